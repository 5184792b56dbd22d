"""Which claims survive without somebody: judged anew in memory, without notebooks, changing nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .claimfile import Claim, load_claims
from .claims import Verdict, judge
from .consensus import settled_corpus
from .corpus import Corpus
from .errors import ConcordError, UsageError, did_you_mean, quoted
from .paths import Workspace
from .printedtables import printed_tables_of
from .recomputation import BROKEN_DOWN, Recomputation
from .study import Study, load_study

__all__ = ["Robustness", "Survival", "as_data", "lines", "survivors", "without"]

KINDS = ("coder", "group", "case")
COUNTS = ("cases", "groups", "documents", "segments", "coders", "double_coded", "ratings")
LEAD = (
    "Computed in memory from source/; nothing is written. A settled consensus stands as it was settled, "
    "whoever is left out."
)
SIMULATED = "Simulated data: what survives here says nothing about the paper."


@dataclass(frozen=True)
class Survival:
    """The claims of a study without somebody.

    Parameters
    ----------
    left_out : tuple of str
        Such as ``coder:B``; empty for nobody.
    verdicts : tuple of Verdict
    problem : str
        Why nothing could be computed.
    """

    left_out: tuple[str, ...]
    verdicts: tuple[Verdict, ...] = ()
    problem: str = ""

    @property
    def said(self) -> str:
        """Who is left out, in words."""
        return f"without {', '.join(self.left_out)}" if self.left_out else "with everybody"


@dataclass(frozen=True)
class Robustness:
    """What becomes of a study's claims when somebody is left out."""

    study: str
    simulated: bool
    whole: Survival
    left: tuple[Survival, ...]

    def fallen(self, survival: Survival) -> list[Verdict]:
        """Return the claims that hold with everybody and not here; counts of who took part are left aside."""
        held = {v.claim.id for v in self.whole.verdicts if not v.failed}
        return [v for v in survival.verdicts if v.failed and v.claim.id in held and not is_count(v.claim)]

    def counts(self, survival: Survival) -> list[Verdict]:
        """Return the claims that only count who took part, and so follow whoever is left out."""
        return [v for v in survival.verdicts if v.failed and is_count(v.claim)]


def is_count(claim: Claim) -> bool:
    """Tell whether a claim does no more than count participants, coders or material."""
    return claim.table is None and all(key.partition(".")[0] in COUNTS for key in claim.expected)


def survivors(
    workspace: Workspace,
    name: str,
    left_out: Sequence[str],
    leave_one_out: bool = False,
    say: Callable[[str], None] = lambda line: None,
) -> Robustness:
    """Return which claims hold without somebody.

    Parameters
    ----------
    workspace : Workspace
    name : str
        The study.
    left_out : sequence of str
        ``coder:B``, ``group:patient``, ``case:P03``: all left out together.
    leave_one_out : bool
        Also leave out every coder and every case, one at a time.
    say : callable
        Takes a line of progress.

    Raises
    ------
    UsageError
        If somebody to be left out is not there.
    """
    study = load_study(workspace, name)
    claims = [claim for claim in load_claims(workspace, name) if claim.status is None]
    corpus = settled_corpus(workspace, study)
    sets = [tuple(left_out)] if left_out else []
    if leave_one_out:
        sets += [(each,) for each in _everybody(corpus)]
    reduced = [
        without(corpus, each) for each in sets
    ]  # refuses all unknown names before anything is computed
    judged = [_survival(workspace, study, claims, corpus, ())]
    for each, part in zip(sets, reduced, strict=True):
        say(f"{name}: without {', '.join(each)}")
        judged.append(_survival(workspace, study, claims, part, each))
    return Robustness(name, study.simulated, judged[0], tuple(judged[1:]))


def without(corpus: Corpus, left_out: Sequence[str]) -> Corpus:
    """Return the corpus without some coders, groups or cases.

    Parameters
    ----------
    corpus : Corpus
    left_out : sequence of str
        ``coder:B``, ``group:patient``, ``case:P03``.

    Raises
    ------
    UsageError
        If one of them is not written so, or is not there.
    """
    wanted: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for each in left_out:
        kind, _, name = each.partition(":")
        if kind not in KINDS or not name:
            raise UsageError(
                f"--without takes coder:NAME, group:NAME or case:NAME. Found {quoted(each)}."
                f"{did_you_mean(kind, KINDS)}"
            )
        known = _known(corpus, kind)
        if name not in known:
            raise UsageError(
                f"--without {each}: there is no {kind} {quoted(name)}.{did_you_mean(name, known)}"
            )
        wanted[kind].append(name)
    cases = corpus.cases
    gone = cases["group"].isin(wanted["group"]) | cases["case_id"].isin(wanted["case"])
    return corpus.without_cases(cases.loc[gone, "case_id"]).without_coders(wanted["coder"])


def _known(corpus: Corpus, kind: str) -> list[str]:
    if kind == "coder":
        return list(dict.fromkeys(corpus.codings["coder_id"]))
    return list(corpus.cases["case_id"]) if kind == "case" else corpus.groups


def _everybody(corpus: Corpus) -> list[str]:
    """Return every coder who coded independently, and every case."""
    independent = corpus.codings[corpus.codings["stage"] == "independent"]
    coders = [c for c in corpus.coders["coder_id"] if c in set(independent["coder_id"])]
    return [*(f"coder:{name}" for name in coders), *(f"case:{name}" for name in corpus.cases["case_id"])]


def _survival(
    workspace: Workspace, study: Study, claims: Sequence[Claim], corpus: Corpus, left_out: tuple[str, ...]
) -> Survival:
    keys = [key for claim in claims if claim.table is None for key in claim.expected]
    parted = any(name in key for key in keys for name in BROKEN_DOWN) or any(
        c.table == "agreement" for c in claims
    )
    computed = Recomputation(corpus, study, broken_down=parted)
    try:
        verdicts = judge(
            computed.results(keys),
            claims,
            tables=computed.table,
            printed=printed_tables_of(workspace, study.study),
            minimum=study.agreement.minimum,
        )
    except ConcordError as error:
        return Survival(left_out, problem=str(error.problems[0]))
    return Survival(left_out, tuple(verdicts))


def lines(found: Robustness) -> Iterator[str]:
    """Yield a line for everybody, and one for each left out with the claims that fall."""
    yield f"{found.study}: which claims survive. {LEAD}"
    if found.simulated:
        yield f"  {SIMULATED}"
    total = [v for v in found.whole.verdicts if not is_count(v.claim)]
    held = sum(not v.failed for v in total)
    yield f"  with everybody: {held} of {len(total)} claims hold; counts of who took part stand apart"
    for each in found.left:
        if each.problem:
            yield f"  {each.said}: cannot be computed: {each.problem}"
            continue
        fallen, counts = found.fallen(each), found.counts(each)
        apart = f"; {len(counts)} counts of who took part change" if counts else ""
        yield f"  {each.said}: {held - len(fallen)} of {held} survive{apart}"
        for v in fallen:
            yield f"    {v.claim.id}: {_fallen(v)}"


def _fallen(v: Verdict) -> str:
    if v.verdict == "missing":
        return f"cannot be asked: {v.why.partition(' Did you mean')[0]}"
    why = f" ({v.why})" if v.why else ""
    return f"printed {v.claim.said}, recomputed {', '.join(v.recomputed)}: {v.verdict}{why}"


def as_data(found: Robustness) -> dict[str, Any]:
    """Return JSON data."""
    return {
        "study": found.study,
        "simulated": found.simulated,
        "with_everybody": {v.claim.id: v.verdict for v in found.whole.verdicts},
        "left_out": [
            {
                "without": list(each.left_out),
                "problem": each.problem or None,
                "falls": [v.claim.id for v in found.fallen(each)],
                "counts": [v.claim.id for v in found.counts(each)],
                "claims": {
                    v.claim.id: {"verdict": v.verdict, "recomputed": list(v.recomputed), "why": v.why}
                    for v in each.verdicts
                },
            }
            for each in found.left
        ],
    }
