"""What verification of one study found: verdicts, coverage, prose, causes; and the files that say so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import wholefile
from .claimfile import Claim, load_claims
from .claims import VERDICTS, Verdict, explained, judge
from .findings import Prose, rendered_page, shown_text, weighed
from .graph import STEPS
from .paths import Workspace
from .printedtables import printed_tables_of
from .records import Records
from .staging import drafts
from .stepresults import merge, merged
from .study import Study, load_study
from .tablecells import Absent, Tables, tables_of

if TYPE_CHECKING:
    from .moved import Cause, Since

__all__ = [
    "BY_CONSTRUCTION",
    "STATEMENT",
    "Verification",
    "as_data",
    "keep",
    "public",
    "recorded",
    "total",
    "verified",
]

STATEMENT = (
    "Verification shows that the numbers follow from the codings, not that the interpretation is right."
)
BY_CONSTRUCTION = (
    "Simulated data: these claims hold because the data were written to meet them. They test Concord, not "
    "the paper, and are counted nowhere."
)
NOT_SHOWN = "not shown"
COUNTS_SHOWN = ("as_published", "text_free")


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
    withdrawn : int
    """

    study: str
    title: str
    simulated: bool
    verdicts: tuple[Verdict, ...]
    prose: Prose | None = None
    causes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: tuple[str, ...] = ()
    results: str = ""
    withdrawn: int = 0

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
    plain = judge(
        results,
        stated,
        study.simulated,
        tables=tables,
        printed=printed_tables_of(workspace, name),
        minimum=study.agreement.minimum,
    )
    odd = [v.claim for v in plain if v.failed or v.known]
    since = _since(workspace, name) if odd else None
    verdicts = plain if not withdrawn else _after_withdrawal(plain, results, withdrawn, since)
    prose = weighed(workspace, study, stated, results, _main_themes(tables))
    return Verification(
        name,
        study.title,
        study.simulated,
        tuple(verdicts),
        prose,
        {claim.id: tuple(since.why(_keys(claim))) for claim in odd} if since else {},
        _source(workspace, name),
        hashlib.sha256(wholefile.dumps(results).encode()).hexdigest(),
        withdrawn,
    )


def recorded(workspace: Workspace, study: str) -> list[dict[str, Any]]:
    """Return the results of every step that has a record, and write results.json anew where it differs."""
    records = Records(workspace, study)
    steps = [step.name for step in STEPS if records.read(step.name) is not None]
    merge(workspace, study, steps)
    return merged(workspace, study, steps)


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
    from .moved import Since

    return Since.baseline(workspace, study)


def _after_withdrawal(
    verdicts: Sequence[Verdict], results: Sequence[Mapping[str, Any]], withdrawn: int, since: Since | None
) -> list[Verdict]:
    """Return verdicts with those explained that a withdrawal, and nothing else that changed, accounts for."""
    if since is None:
        return explained(verdicts, results, withdrawn)
    then, now = since.then.withdrawn, since.now.withdrawn
    gone = now - then if isinstance(then, int) and isinstance(now, int) else 0
    if gone < 1:
        return list(verdicts)
    before = [{"key": key, **each} for key, each in since.then.results.items() if isinstance(each, dict)]
    told = explained(verdicts, results, gone, before)
    return [
        new if all(map(_goes_with_withdrawal, since.causes(_keys(v.claim)))) else v
        for v, new in zip(verdicts, told, strict=True)
    ]


def _goes_with_withdrawal(cause: Cause) -> bool:
    """Tell whether a change is the withdrawal, rows taken out with it, or its own effect."""
    return cause.kind in ("withdrawal", "result") or (cause.kind == "raw" and " fewer " in cause.said)


def _keys(claim: Claim) -> list[str]:
    return [f"{claim.table.removesuffix('.csv')}.csv"] if claim.table else list(claim.expected)


def _source(workspace: Workspace, study: str) -> tuple[str, ...]:
    from . import manifest

    return tuple(manifest.warnings(workspace, study))


def public(v: Verification, study: Study) -> Verification:
    """Return a verification as the study's policy lets it be published: without counts that it hides."""
    if study.disclosure.policy in COUNTS_SHOWN:
        return v
    from .publicclaims import hides_numbers, public_verdicts

    shown = [
        replace(each, claim=_unprinted(each.claim)) if hides_numbers(each.claim, study) else each
        for each in public_verdicts(v.verdicts, study)
    ]
    return replace(v, verdicts=tuple(shown))


def _unprinted(claim: Claim) -> Claim:
    hidden = {"results": dict.fromkeys(claim.results, NOT_SHOWN)}
    numbers = {"printed": NOT_SHOWN, "interval": None, "known_difference": None, "note": None}
    return claim.model_copy(update={**hidden, **numbers})


def as_data(v: Verification) -> dict[str, Any]:
    """Return a verification as JSON data: the content of verification.json."""
    return {
        "statement": STATEMENT,
        "study": v.study,
        "title": v.title,
        "simulated": v.simulated,
        "by_construction": BY_CONSTRUCTION if v.simulated else None,
        "coverage": v.coverage,
        "tally": v.tally,
        "failed": v.failed,
        "withdrawn": v.withdrawn,
        "results_sha256": v.results,
        "source": list(v.source),
        "claims": [_claim_data(each, v.causes.get(each.claim.id, ())) for each in v.ordered],
        "findings": v.prose.as_data() if v.prose else None,
    }


def _claim_data(v: Verdict, causes: Sequence[str]) -> dict[str, Any]:
    names = ("place", "printed", "recomputed", "verdict", "why", "origin")
    return {
        "claim": v.claim.id,
        "says": v.claim.says,
        "source": v.claim.source,
        "basis": v.claim.basis,
        "comparator": v.claim.comparator,
        "printed": v.claim.expected,
        "recomputed": list(v.recomputed),
        "verdict": v.verdict,
        "failed": v.failed,
        "known": v.known,
        "why": v.why,
        "decision": v.decision,
        "note": v.claim.note,
        "from": v.origin,
        "parts": [{name: getattr(part, name) for name in names} for part in v.parts],
        "changed": list(causes),
    }


def keep(workspace: Workspace, v: Verification, study: Study | None = None) -> list[str]:
    """Write what was found into reports/<study>; the same findings are the same bytes.

    Parameters
    ----------
    workspace : Workspace
    v : Verification
    study : Study, optional
        Where it has been read already.

    Returns
    -------
    list of str
        The files, relative to the workspace.

    Raises
    ------
    DisclosureError
        If a file, such as the authors' text, holds what looks like a direct identifier.
    """
    from .verificationpage import page

    study = study or load_study(workspace, v.study)
    v = public(v, study)
    folder = workspace.reports(v.study)
    files = {"verification.json": wholefile.dumps(as_data(v)), "verification.html": page(v)}
    if v.prose:
        files |= {"findings.md": shown_text(v.prose, v.simulated), "findings.html": rendered_page(v.prose, v)}
    else:
        for name in ("findings.md", "findings.html"):
            (folder / name).unlink(missing_ok=True)
    new = {name: text for name, text in files.items() if _is_new(folder / name, text)}
    if new:
        from .clearance import clear_for

        clear_for(workspace, study, new)
    for name, text in new.items():
        wholefile.write_text(folder / name, text, scratch=drafts(workspace, v.study))
    return [(folder / name).relative_to(workspace.root).as_posix() for name in files]


def _is_new(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_bytes() != text.encode()


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
