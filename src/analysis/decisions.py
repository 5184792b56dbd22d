"""How segments coded differently were settled: decisions, which of them stand, and where they clash.

A decision names the decisions on the same question that its writer had before them (`seen`). So it is
always known which one stands, whatever the clocks of two machines say: the one that no other has seen. Where
two stand side by side and differ, both were taken without knowledge of the other: a conflict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

__all__ = ["Conflict", "Decision", "Question", "conflicts", "latest", "standing"]

BACK = ""  # what a decision that takes an earlier one back leaves in `after`


@dataclass(frozen=True, order=True)
class Question:
    """What is decided on: a segment's value of a variable, or whether it carries a code.

    Parameters
    ----------
    variable : str
    unit_id : str
        A segment, or another unit such as a sentence where coders drew their own segments.
    code_id : str
        Empty for a variable other than codes.
    """

    variable: str
    unit_id: str
    code_id: str = ""


@dataclass(frozen=True)
class Decision:
    """One decision by one person.

    Parameters
    ----------
    id : str
        The beginning of the sha256 of everything else: a line changed afterwards shows.
    when : str
        ISO 8601, UTC.
    by : str
    variable, unit_id, code_id : str
        The question.
    before : str
        Who gave what.
    after : str
        ``yes`` or ``no`` for a code, else the value; empty takes an earlier decision back.
    why : str
    seen : str
        Ids of decisions on the same question that this one replaces, separated by blanks.
    """

    id: str
    when: str
    by: str
    variable: str
    unit_id: str
    code_id: str
    before: str
    after: str
    why: str
    seen: str

    @classmethod
    def identified(cls, *told: str) -> Decision:
        """Return the decision that says so, `id` made from all that it says."""
        return cls(_id_of(told), *told)

    @property
    def question(self) -> Question:
        """What is decided on."""
        return Question(self.variable, self.unit_id, self.code_id)

    @property
    def fits(self) -> bool:
        """Whether the line is as it was written."""
        return self.id == _id_of(astuple(self)[1:])


@dataclass(frozen=True)
class Conflict:
    """Decisions on one question that were taken without knowledge of each other, and differ."""

    question: Question
    decisions: tuple[Decision, ...]


def latest(decisions: Iterable[Decision]) -> dict[Question, tuple[Decision, ...]]:
    """Return question -> the decisions that no later one has replaced, those that take one back included."""
    told = list(decisions)
    replaced = {(each.question, old) for each in told for old in each.seen.split()}
    heads: dict[Question, tuple[Decision, ...]] = {}
    for each in told:
        if (each.question, each.id) not in replaced:
            heads[each.question] = (*heads.get(each.question, ()), each)
    return dict(sorted(heads.items()))


def standing(decisions: Iterable[Decision]) -> dict[Question, tuple[Decision, ...]]:
    """Return question -> its latest decisions, but for those that take one back: they answer nothing."""
    answers = {q: tuple(d for d in found if d.after != BACK) for q, found in latest(decisions).items()}
    return {question: found for question, found in answers.items() if found}


def conflicts(decisions: Iterable[Decision]) -> list[Conflict]:
    """Return the questions on which two standing decisions differ."""
    return [
        Conflict(question, found)
        for question, found in standing(decisions).items()
        if len({each.after for each in found}) > 1
    ]


def _id_of(told: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:16]
