"""What verification of one study found: verdicts, coverage, prose, causes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import manifest, wholefile
from .claimfile import Claim, load_claims
from .claims import VERDICTS, Verdict
from .departures import explained, since_baseline
from .findings import Prose, weighed
from .judging import judged
from .paths import Workspace
from .stepresults import recorded
from .study import Study
from .tablecells import Absent, Tables, tables_of

if TYPE_CHECKING:
    from .moved import Since

__all__ = ["BY_CONSTRUCTION", "STATEMENT", "Verification", "total", "verified"]

STATEMENT = (
    "Verification shows that the numbers follow from the codings, not that the interpretation is right."
)
BY_CONSTRUCTION = (
    "Simulated data: these claims hold because the data were written to meet them. They test Concord, not "
    "the paper, and are counted nowhere."
)


@dataclass(frozen=True)
class Verification:
    """What became of every claim of a study.

    Parameters
    ----------
    study, title : str
    simulated : bool
    verdicts : tuple of Verdict
    prose : Prose, optional
        What stands in findings.md.
    causes : dict
        Claim id -> what changed upstream since the baseline, the first first.
    source : tuple of str
        Files of source/ that are not as they were frozen.
    results : str
        Hash of the results that were judged.
    withdrawn : int or None
        Participants who withdrew; None for some, where the policy hides how many.
    """

    study: str
    title: str
    simulated: bool
    verdicts: tuple[Verdict, ...]
    prose: Prose | None = None
    causes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: tuple[str, ...] = ()
    results: str = ""
    withdrawn: int | None = 0

    @property
    def ordered(self) -> list[Verdict]:
        """Verdicts as people read them: failures last."""
        return sorted(self.verdicts, key=lambda v: v.failed)

    @property
    def failed(self) -> int:
        """How many claims do not hold, and how many are named in prose beside another number."""
        return sum(v.failed for v in self.verdicts) + (len(self.prose.retyped) if self.prose else 0)

    @property
    def tally(self) -> dict[str, int]:
        """Verdict -> how many claims; empty where the data are simulated."""
        if self.simulated:
            return {}
        counts = {name: sum(v.verdict == name for v in self.verdicts) for name in VERDICTS}
        return {name: count for name, count in counts.items() if count}

    @property
    def coverage(self) -> str:
        """How many statements there are, how many are checked, and why the others cannot be."""
        left = [v for v in self.verdicts if v.verdict == "not_checkable"]
        if not left:
            return self.counted
        because = "; ".join(dict.fromkeys(v.why.rstrip(".") for v in left))
        return f"{self.counted.removesuffix('.')} because: {because}."

    @property
    def counted(self) -> str:
        """The same without reasons."""
        n, left = len(self.verdicts), sum(v.verdict == "not_checkable" for v in self.verdicts)
        if not n:
            return "No statements: there is no claims.yml, or it lists none."
        checked = f"{n - left} {'is' if n - left == 1 else 'are'} checked here"
        cannot = f", {left} cannot be" if left else ""
        return f"{n} statement{'s' if n > 1 else ''} in claims.yml: {checked}{cannot}."


def verified(workspace: Workspace, study: Study, claims: Sequence[Claim] | None = None) -> Verification:
    """Return what became of every claim, judged on what the steps recorded; runs nothing.

    Results are taken from the steps themselves, never from a results.json that somebody may have touched.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    claims : sequence of Claim, optional
        Those of claims.yml, where they have been read already.

    Raises
    ------
    ClaimsError
        If claims.yml, a table of printed cells or findings.md cannot be read.
    RunError
        If two steps recorded one key.
    """
    name = study.study
    stated = load_claims(workspace, name) if claims is None else claims
    results = recorded(workspace, name)
    tables = tables_of(workspace, name)
    withdrawn = _withdrawn(workspace, name)
    verdicts = judged(workspace, study, results, stated, tables=tables)
    odd = [v.claim for v in verdicts if v.failed or v.known]
    since = _since(workspace, name) if odd else None
    if withdrawn and since:
        verdicts = since_baseline(verdicts, results, withdrawn, since)
    elif withdrawn:
        verdicts = explained(verdicts, results, withdrawn)
    return Verification(
        name,
        study.title,
        study.simulated,
        tuple(verdicts),
        weighed(workspace, study, stated, results, _main_themes(tables)),
        {claim.id: tuple(since.why(claim.rests_on, claim.id)) for claim in odd} if since else {},
        tuple(manifest.warnings(workspace, name)),
        hashlib.sha256(wholefile.dumps(results).encode()).hexdigest(),
        withdrawn,
    )


def _main_themes(tables: Tables) -> list[str]:
    """Return the codes of the first level."""
    try:
        rows = tables("themes").rows
    except Absent:
        return []
    return list(dict.fromkeys(row["code_id"] for row in rows if row.get("level") == "1"))


def _withdrawn(workspace: Workspace, study: str) -> int:
    facts = wholefile.read_json(workspace.derived(study) / "imports.json") or {}
    return int(facts.get("withdrawn", 0))


def _since(workspace: Workspace, study: str) -> Since | None:
    """Return the study held against its baseline, where it has one that can be read."""
    from .moved import Since  # loads pandas, which a study that holds does without

    return Since.baseline(workspace, study)


def total(found: Iterable[Verification]) -> str:
    """Return the tally over several studies in words; simulated ones are left out and named."""
    counts: dict[str, int] = {}
    everything = list(found)
    for v in everything:
        for name, n in v.tally.items():
            counts[name] = counts.get(name, 0) + n
    told = [f"{n} {name.replace('_', ' ')}" for name, n in counts.items()]
    simulated = [v.study for v in everything if v.simulated]
    told = [", ".join(told)] if told else []
    if simulated:
        told.append(f"not counted, because simulated: {', '.join(simulated)}")
    return f"{'; '.join(told)}."
