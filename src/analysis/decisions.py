"""How segments coded differently were settled: one file a person, a line a decision, nothing ever rewritten.

A decision names the decisions on the same question that its writer had before them (`seen`). So it is
always known which one stands, whatever the clocks of two machines say: the one that no other has seen. Where
two stand side by side and differ, both were taken without knowledge of the other: a conflict.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from .errors import DataError, Problem, UsageError, quoted

__all__ = ["Conflict", "Decision", "Ledger", "Question", "conflicts", "standing"]

PERSON = re.compile(r"[^\W_][\w.-]{0,39}")
BACK = ""  # what a decision that takes an earlier one back leaves in `after`
NEXT_STEP = "Put the file back as it was (git has it), and take a new decision instead of editing an old one."


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

    @property
    def question(self) -> Question:
        """What is decided on."""
        return Question(self.variable, self.unit_id, self.code_id)

    @property
    def fits(self) -> bool:
        """Whether the line is as it was written."""
        return self.id == _id_of(astuple(self)[1:])


COLUMNS = tuple(field.name for field in fields(Decision))


@dataclass(frozen=True)
class Conflict:
    """Decisions on one question that were taken without knowledge of each other, and differ."""

    question: Question
    decisions: tuple[Decision, ...]


class Ledger:
    """The decisions of one study, in data/raw/<study>/decisions.

    Parameters
    ----------
    folder : Path

    Examples
    --------
    >>> import tempfile
    >>> ledger = Ledger(Path(tempfile.mkdtemp()))
    >>> taken = ledger.take("ana", Question("codes", "s1", "T1"), "A: yes; B: no", "yes", "as defined")
    >>> [each.after for each in ledger.read()]
    ['yes']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self) -> list[Decision]:
        """Return all decisions of all people, each once, by time and id.

        A last line that was cut off while it was written is left out: nobody was told that it was kept.

        Raises
        ------
        DataError
            If a line was changed after it was written, or is no decision.
        """
        found: dict[str, Decision] = {}
        problems: list[Problem] = []
        for path in sorted(self.folder.glob("*.csv")):
            lines, wrong = _parsed(path)
            found.update((each.id, each) for each in lines)
            problems += wrong
        if problems:
            raise DataError(problems, next_step=NEXT_STEP)
        return sorted(found.values(), key=lambda each: (each.when, each.id))

    def take(
        self,
        by: str,
        question: Question,
        before: str,
        after: str,
        why: str,
        seen: Sequence[Decision] | None = None,
    ) -> Decision:
        """Keep a decision at once, on disk, and return it.

        Parameters
        ----------
        by : str
            Who decides; names the file.
        question : Question
        before, after, why : str
        seen : sequence of Decision, optional
            What the person had before them; by default what stands now.

        Raises
        ------
        UsageError
            If the name cannot be a file's name.
        """
        if not PERSON.fullmatch(by):
            what = f"{quoted(by)} cannot name a file of decisions: use letters, digits, dots and hyphens."
            raise UsageError(what)
        replaced = seen if seen is not None else standing(self.read()).get(question, ())
        ids = " ".join(sorted(each.id for each in replaced))
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        told = (when, by, *map(_one_line, _plain(question)), *map(_one_line, (before, after, why)), ids)
        decision = Decision(_id_of(told), *told)
        _append(self.folder / f"{by}.csv", decision)
        return decision


def standing(decisions: Iterable[Decision]) -> dict[Question, tuple[Decision, ...]]:
    """Return question -> the decisions that no later one has replaced; taken-back ones are left out."""
    told = list(decisions)
    replaced = {(each.question, old) for each in told for old in each.seen.split()}
    heads: dict[Question, tuple[Decision, ...]] = {}
    for each in told:
        if (each.question, each.id) not in replaced:
            heads[each.question] = (*heads.get(each.question, ()), each)
    return {
        question: found for question, found in sorted(heads.items()) if any(d.after != BACK for d in found)
    }


def conflicts(decisions: Iterable[Decision]) -> list[Conflict]:
    """Return the questions on which two standing decisions differ."""
    return [
        Conflict(question, found)
        for question, found in standing(decisions).items()
        if len({each.after for each in found}) > 1
    ]


def _plain(question: Question) -> tuple[str, str, str]:
    return question.variable, question.unit_id, question.code_id


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _id_of(told: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()[:16]


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _append(path: Path, decision: Decision) -> None:
    """Add a line and wait until the disk has it; what a crash left half-written is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        whole = _whole_lines(path)
        if whole == 0:
            file.truncate(0)
            file.write(_line(COLUMNS).encode())
        else:
            file.truncate(whole)
        file.write(_line(astuple(decision)).encode())
        file.flush()
        os.fsync(file.fileno())


def _whole_lines(path: Path) -> int:
    """Return how many bytes of a file are lines that ended; a last one that reads well is given its end."""
    content = path.read_bytes()
    end = content.rfind(b"\n") + 1
    last = content[end:]
    if last and (cells := _cells(last.decode("utf-8", "replace"))) and _as_decision(cells) is not None:
        with path.open("ab") as file:
            file.write(b"\n")
        return len(content) + 1
    return end


def _parsed(path: Path) -> tuple[list[Decision], list[Problem]]:
    content = path.read_bytes().decode("utf-8-sig", "replace")
    whole = content.endswith("\n")
    lines = content.splitlines()
    found: list[Decision] = []
    problems: list[Problem] = []
    name = f"decisions/{path.name}"
    for number, line in enumerate(lines, start=1):
        cells = _cells(line)
        if cells in ([], list(COLUMNS)):
            continue
        decision = _as_decision(cells)
        if decision is not None:
            found.append(decision)
        elif whole or number < len(lines):
            what = "was changed after it was written." if len(cells) == len(COLUMNS) else "is no decision."
            problems.append(Problem(what, file=name, row=number))
    return found, problems


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]), [])


def _as_decision(cells: Sequence[str]) -> Decision | None:
    if len(cells) != len(COLUMNS):
        return None
    decision = Decision(*cells)
    return decision if decision.fits else None
