"""Claims as a policy lets them be published: a verdict gives a hidden count away, so its numbers go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .claimfile import Claim
from .claims import Verdict
from .policies import NOT_SHOWN, shows_people
from .printed import read_printed
from .publickeys import is_over_everything
from .study import Study

__all__ = ["hides_numbers", "public_verdicts", "stays", "unprinted"]

OVER_ALL = {"variable", "measure", "level", "unit", "aggregation"}
COEFFICIENTS = ("estimate", "low", "high", "q")
SOME = "participants withdrew"


def hides_numbers(claim: Claim, study: Study) -> bool:
    """Return whether a claim's numbers count what the study's policy hides or rounds.

    The number of participants, sizes of groups and coefficients over everything stay; all else is counted
    for less, or is a base of it, and goes, shown elsewhere or not: a number beside a verdict is exact.
    """
    if shows_people(study):
        return False
    if claim.table is not None:
        return not _is_coefficient(claim)
    return not all(stays(key) and not _has_base(printed) for key, printed in claim.expected.items())


def stays(key: str) -> bool:
    """Tell whether a result stands under a policy that hides small counts.

    Examples
    --------
    >>> stays("cases.group.patient"), stays("documents.n"), stays("agreement.codes.waiting.percent")
    (True, False, False)
    """
    return key == "cases.n" or key.startswith("cases.group.") or is_over_everything(key)


def _has_base(printed: str) -> bool:
    number = read_printed(printed)
    return number is not None and number.base is not None


def _is_coefficient(claim: Claim) -> bool:
    """Tell whether a claim is about a cell of agreement.csv that no single code or group is behind."""
    of_agreement = str(claim.table).removesuffix(".csv") == "agreement" and claim.cells is None
    return of_agreement and claim.column in COEFFICIENTS and claim.where.keys() <= OVER_ALL


def public_verdicts(found: Sequence[Verdict], study: Study) -> list[Verdict]:
    """Return verdicts without what was recomputed, remarked or compared where the policy hides it.

    What the source printed stays in the claim: show :data:`~analysis.policies.NOT_SHOWN` for it where
    :func:`hides_numbers` says so. How many withdrew is a small count too.
    """
    if shows_people(study):
        return list(found)
    told = [replace(v, why=SOME) if v.verdict == "changed_by_withdrawal" else v for v in found]
    return [_without_numbers(v) if hides_numbers(v.claim, study) else v for v in told]


def unprinted(claim: Claim) -> Claim:
    """Return a claim without the numbers that its source prints, and without notes on them."""
    numbers = {"printed": NOT_SHOWN, "interval": None, "known_difference": None, "note": None}
    return claim.model_copy(update={"results": dict.fromkeys(claim.results, NOT_SHOWN), **numbers})


def _without_numbers(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        recomputed=tuple(NOT_SHOWN for _ in verdict.recomputed),
        why=verdict.why if verdict.verdict == "not_checkable" else "",
        parts=tuple(replace(part, printed=NOT_SHOWN, recomputed=NOT_SHOWN, why="") for part in verdict.parts),
        decision="",
    )
