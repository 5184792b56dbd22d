"""Named rules for what is published: which counts are hidden or rounded, and whether any text is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .study import Study

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "HIDDEN",
    "NOT_SHOWN",
    "POLICIES",
    "Policy",
    "no_people",
    "policy_of",
    "shows_people",
    "shows_text",
]

NOT_SHOWN = "[not shown]"
HIDDEN = "*"


@dataclass(frozen=True)
class Policy:
    """A named rule for what is published.

    Parameters
    ----------
    said : str
        The rule in words, with its source.
    hides_to : int
        Counts of participants from 1 to this are hidden.
    hides_zero : bool
        Whether zero is hidden too.
    nearest : int
        What is shown is rounded to a multiple of this; 1 shows counts as they are.
    midpoint : int
        Counts are shown as the middle of steps of this size, 0 as 0; 1 shows counts as they are.
    text : bool
        Whether interview text, summaries, memos and definitions may be shown where consent allows.
    """

    said: str
    hides_to: int = 0
    hides_zero: bool = False
    nearest: int = 1
    midpoint: int = 1
    text: bool = True

    @property
    def counts_as_they_are(self) -> bool:
        """Whether no count is hidden or changed."""
        return not self.hides_to and self.nearest == 1 and self.midpoint == 1

    def small(self, counts: np.ndarray) -> np.ndarray:
        """Return which counts are hidden for themselves."""
        return (counts <= self.hides_to) & ((counts > 0) | self.hides_zero) & bool(self.hides_to)

    def rounded(self, counts: np.ndarray) -> np.ndarray:
        """Return counts as they are printed.

        Examples
        --------
        >>> import numpy as np
        >>> POLICIES["opensafely_midpoint6"].rounded(np.array([0, 1, 6, 7, 13]))
        array([ 0,  3,  3,  9, 15])
        >>> POLICIES["acro"].rounded(np.array([12, 13]))
        array([10, 15])
        """
        if self.midpoint > 1:
            step = -(-counts // self.midpoint)
            return step * self.midpoint - (self.midpoint // 2) * (counts > 0)
        return (counts + self.nearest // 2) // self.nearest * self.nearest


POLICIES = {
    "as_published": Policy("All counts and the words of consenting participants are shown."),
    "text_free": Policy(
        "All counts are shown; no text, summary, memo, definition or participant's phrase is.", text=False
    ),
    "nhs_mental_health": Policy(
        "Counts below 5, zero too, are hidden, others rounded to the nearest 5 (NHS England, mental health "
        "statistics).",
        hides_to=4, hides_zero=True, nearest=5,
    ),
    "hes_before_2018": Policy(
        "Counts of 1 to 5 are hidden (NHS Digital, Hospital Episode Statistics before September 2018).",
        hides_to=5,
    ),
    "nhs_subnational": Policy(
        "Counts of 1 to 7 are hidden, others rounded to the nearest 5 (NHS Digital, sub-national figures "
        "from 2018; zero is not spoken of and is shown).",
        hides_to=7, nearest=5,
    ),
    "opensafely": Policy(
        "Counts of 1 to 7 are hidden, others rounded to the nearest 5; totals are sums of rounded counts "
        "(OpenSAFELY).",
        hides_to=7, nearest=5,
    ),
    "opensafely_midpoint6": Policy(
        "Counts are shown as the middle of steps of six, zero as zero (OpenSAFELY).", midpoint=6
    ),
    "ukllc": Policy("Counts below 10, zero too, are hidden (UK LLC).", hides_to=9, hides_zero=True),
    "acro": Policy(
        "Counts below 10, zero too, are hidden, others rounded to the nearest 5 (ACRO, defaults).",
        hides_to=9, hides_zero=True, nearest=5,
    ),
}  # fmt: skip


def policy_of(study: Study) -> Policy:
    """Return the policy that the study declares."""
    return POLICIES[study.disclosure.policy]


def shows_text(study: Study) -> bool:
    """Return whether the study's policy lets any interview text, summary or memo be published."""
    return policy_of(study).text


def shows_people(study: Study) -> bool:
    """Return whether lines about single participants may be published.

    Where small counts are hidden they may not: who counts such lines has the counts.
    """
    return policy_of(study).counts_as_they_are


def no_people(study: Study) -> str:
    """Return what stands where lines about single participants would."""
    return (
        "Not shown: lines about single participants would give away the counts that this study's policy "
        f"hides. {policy_of(study).said}"
    )
