"""Claims as a policy lets them be published: a verdict gives a hidden count away, so its numbers go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .claimfile import Claim
from .claims import Verdict
from .policies import NOT_SHOWN, shows_people
from .study import Study

__all__ = ["hides_numbers", "public_verdicts"]

OF_PEOPLE = ("themes", "values", "cooccurrence", "contributions", "framework", "new_codes", "differences")


def hides_numbers(claim: Claim, study: Study) -> bool:
    """Return whether a claim's numbers count what the study's policy hides or rounds.

    Sizes of groups and coefficients over everything stay; whatever is counted by code or value goes, shown
    elsewhere or not, since a number beside a verdict is exact.
    """
    if shows_people(study):
        return False
    if claim.table is not None:
        return not claim.table.startswith("agreement")
    return any(key.startswith(OF_PEOPLE) for key in claim.expected)


def public_verdicts(found: Sequence[Verdict], study: Study) -> list[Verdict]:
    """Return verdicts without what was recomputed, remarked or compared where the policy hides it.

    What the source printed stays in the claim: show :data:`~analysis.policies.NOT_SHOWN` for it where
    :func:`hides_numbers` says so.
    """
    return [_without_numbers(each) if hides_numbers(each.claim, study) else each for each in found]


def _without_numbers(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        recomputed=tuple(NOT_SHOWN for _ in verdict.recomputed),
        why=verdict.why if verdict.verdict == "not_checkable" else "",
        parts=tuple(replace(part, printed=NOT_SHOWN, recomputed=NOT_SHOWN, why="") for part in verdict.parts),
        decision="",
    )
