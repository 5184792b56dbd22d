"""Which claims survive without somebody: judged anew in memory, without notebooks, changing nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .claimfile import Claim, load_claims
from .claims import Verdict
from .coders import independent_codings
from .consensus import settled_corpus
from .corpus import Corpus
from .errors import ConcordError, UsageError, did_you_mean, quoted
from .judging import judged
from .paths import Workspace
from .publicclaims import public_verdicts
from .recomputation import BROKEN_DOWN, FAMILIES, TABLES, Recomputation
from .study import Study, load_study

__all__ = ["Robustness", "Survival", "as_data", "lines", "public", "survivors", "without"]

KINDS = ("coder", "group", "case")
COUNTS = ("cases", "groups", "documents", "segments", "coders", "double_coded", "ratings")
LEAD = (
    "Computed in memory from source/; nothing is written. A settled consensus stands as it was settled, "
    "whoever is left out."
)
SIMULATED = "Simulated data: what survives here says nothing about the paper, and is counted nowhere."
UNASKED = "cannot be asked here, since figures and some tables are not computed in memory"


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
    """What becomes of a study's claims when somebody is left out.

    Parameters
    ----------
    study : str
    simulated : bool
    whole : Survival
        With everybody.
    left : tuple of Survival
    unasked : tuple of str
        Claims about what is not computed in memory.
    """

    study: str
    simulated: bool
    whole: Survival
    left: tuple[Survival, ...]
    unasked: tuple[str, ...] = ()

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
    stated = [claim for claim in load_claims(workspace, name) if claim.status is None]
    claims = [claim for claim in stated if _is_computed(claim)]
    corpus = settled_corpus(workspace, study)
    sets = [tuple(left_out)] if left_out else []
    if leave_one_out:
        sets += [(each,) for each in _everybody(corpus)]
    reduced = [without(corpus, each) for each in sets]  # unknown names are refused before all computing
    told = [_survival(workspace, study, claims, corpus, ())]
    for each, part in zip(sets, reduced, strict=True):
        say(f"{name}: without {', '.join(each)}")
        told.append(_survival(workspace, study, claims, part, each))
    unasked = tuple(claim.id for claim in stated if claim not in claims)
    return Robustness(name, study.simulated, told[0], tuple(told[1:]), unasked)


def _is_computed(claim: Claim) -> bool:
    """Tell whether what a claim is about is computed without notebooks."""
    if claim.table is not None:
        return claim.table.removesuffix(".csv") in TABLES
    return all(key.partition(".")[0] in FAMILIES for key in claim.expected)


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
    """Return every person who coded independently, and every case."""
    used = set(independent_codings(corpus)["coder_id"])
    coders = [coder for coder in corpus.coders["coder_id"] if coder in used]
    return [*(f"coder:{name}" for name in coders), *(f"case:{name}" for name in corpus.cases["case_id"])]


def _survival(
    workspace: Workspace, study: Study, claims: Sequence[Claim], corpus: Corpus, left_out: tuple[str, ...]
) -> Survival:
    keys = [key for claim in claims if claim.table is None for key in claim.expected]
    parted = any(name in key for key in keys for name in BROKEN_DOWN)
    parted |= any(claim.rests_on == ["agreement.csv"] for claim in claims)
    computed = Recomputation(corpus, study, broken_down=parted)
    try:
        verdicts = judged(workspace, study, computed.results(keys), claims, tables=computed.table)
    except ConcordError as error:
        return Survival(left_out, problem=str(error.problems[0]))
    return Survival(left_out, tuple(verdicts))


def public(found: Robustness, study: Study) -> Robustness:
    """Return what may leave this machine: without numbers that the study's policy hides."""

    def shown(each: Survival) -> Survival:
        return replace(each, verdicts=tuple(public_verdicts(each.verdicts, study)))

    return replace(found, whole=shown(found.whole), left=tuple(map(shown, found.left)))


def lines(found: Robustness) -> Iterator[str]:
    """Yield a line for everybody, and one for each left out with the claims that fall."""
    yield f"{found.study}: which claims survive. {LEAD}"
    if found.simulated:
        yield f"  {SIMULATED}"
    else:
        total = [v for v in found.whole.verdicts if not is_count(v.claim)]
        held = f"{_held(found)} of {len(total)} claims hold"
        yield f"  with everybody: {held}; counts of who took part stand apart"
    if found.unasked:
        yield f"  {UNASKED}: {', '.join(found.unasked)}"
    for each in found.left:
        if each.problem:
            yield f"  {each.said}: cannot be computed: {each.problem}"
            continue
        yield f"  {each.said}: {_survived(found, each)}"
        for v in found.fallen(each):
            yield f"    {v.claim.id}: {_fallen(v)}"


def _held(found: Robustness) -> int:
    return sum(not v.failed and not is_count(v.claim) for v in found.whole.verdicts)


def _survived(found: Robustness, each: Survival) -> str:
    """Return how many claims survive; of simulated data only whether some fall, for no tally counts these."""
    fallen, counts = found.fallen(each), found.counts(each)
    if found.simulated:
        return "these no longer hold by construction" if fallen else "what held by construction still does"
    apart = f"; {len(counts)} counts of who took part change" if counts else ""
    return f"{_held(found) - len(fallen)} of {_held(found)} survive{apart}"


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
        "unasked": list(found.unasked),
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
