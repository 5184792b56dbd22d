"""What is planted in a simulated study: who says what how often, and where coders slip.

Nothing in a plan is drawn. A code's row is one digit a participant, the number of segments in which that
participant raises it, so the plan reads as the table that an analysis must give back.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Case", "Code", "CodingRound", "Merge", "Pair", "Plan", "Remark", "Slip"]


@dataclass(frozen=True)
class Case:
    """A participant, with the length of the interview's small talk."""

    id: str
    group: str
    interview_order: int
    uncoded: int
    consent_quote: bool
    consent_share: bool
    setting: str
    experience: str


@dataclass(frozen=True)
class Code:
    """A code of the final codebook; `mentions` is its row of digits, with spaces between groups."""

    id: str
    name: str
    domain: str
    mentions: str
    definition: str
    parent: str = ""
    level: int = 1
    influence: str = ""
    influence_on: str = ""
    a_priori: bool = False
    introduced: int = 1


@dataclass(frozen=True)
class Pair:
    """Two codes that share one segment in each of these participants' interviews."""

    first: str
    second: str
    cases: str


@dataclass(frozen=True)
class Slip:
    """`times` segments where one coder leaves a code out, adds one, or applies one in place of another."""

    coder: str
    times: int
    misses: str = ""
    adds: str = ""


@dataclass(frozen=True)
class CodingRound:
    """One round of coding: who coded which interviews, under which codebook, with which slips.

    `both` are the cases that both coders coded, `first_only` those of the first coder alone. A segment takes
    part in one slip of a round at most, so slips never cancel out.
    """

    stage: str
    number: int
    both: str
    slips: tuple[Slip, ...]
    first_only: str = ""
    version: int = 1


@dataclass(frozen=True)
class Merge:
    """A code of an earlier codebook, later merged into `new`.

    In rounds under the earlier codebook every second segment of `new` carries `old`; in `swapped` segments
    that both coders coded with `new`, the first coder used one of the two and the second coder the other.
    """

    old: str
    new: str
    version: int
    swapped: int
    date: str
    by: str
    why: str


@dataclass(frozen=True)
class Remark:
    """One line of the audit record."""

    item: str
    comment: str
    resolution: str
    date: str


@dataclass(frozen=True)
class Plan:
    """Everything that is planted in one study."""

    study: str
    seed: int
    cases: tuple[Case, ...]
    codes: tuple[Code, ...]
    pairs: tuple[Pair, ...]
    rounds: tuple[CodingRound, ...]
    coders: tuple[tuple[str, str, str], ...]  # id, role, affiliation; the first two code, see CodingRound
    domains: tuple[str, ...]
    merges: tuple[Merge, ...] = ()
    remarks: tuple[Remark, ...] = ()
    labelled: bool = False
    charted: bool = False
    not_charted: tuple[tuple[str, str], ...] = ()
    charted_only: tuple[tuple[str, str], ...] = ()
    asks: bool = False
    not_asked: tuple[tuple[str, str], ...] = ()

    def mentions(self, code: Code) -> dict[str, int]:
        """Return the number of segments with a code, case by case.

        Raises
        ------
        ValueError
            If the code's row has not one digit a case.
        """
        digits = code.mentions.replace(" ", "").replace(".", "0")
        if len(digits) != len(self.cases):
            raise ValueError(f"{code.id}: {len(digits)} digits planted for {len(self.cases)} cases.")
        return {case.id: int(digit) for case, digit in zip(self.cases, digits, strict=True)}

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups in the order of their first participant."""
        return tuple(dict.fromkeys(case.group for case in self.cases))

    @property
    def pair_of_coders(self) -> tuple[str, str]:
        """The two who code independently."""
        return self.coders[0][0], self.coders[1][0]
