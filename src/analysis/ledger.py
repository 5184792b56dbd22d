"""The files of decisions: one a person, a line a decision, nothing ever rewritten, nothing lost."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, fields
from datetime import UTC, datetime
from pathlib import Path

from .decisions import Decision, Question, latest
from .errors import DataError, Problem, UsageError, quoted

__all__ = ["Ledger"]

PERSON = re.compile(r"[^\W_][\w.-]{0,39}")
COLUMNS = tuple(field.name for field in fields(Decision))
LINE_END = "\n"
UNLOCKED = (
    "This folder keeps no locks: decide as one person in one place at a time, "
    "or a decision written in the same instant may be lost."
)
NEXT_STEP = "Put the file back as it was (git has it), and take a new decision instead of editing an old one."


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
            What the person had before them; by default the latest decisions on the question.

        Raises
        ------
        UsageError
            If the name cannot be a file's name.
        """
        if not PERSON.fullmatch(by):
            what = f"{quoted(by)} cannot name a file of decisions: use letters, digits, dots and hyphens."
            raise UsageError(what)
        replaced = seen if seen is not None else latest(self.read()).get(question, ())
        ids = " ".join(sorted(each.id for each in replaced))
        when = datetime.now(UTC).isoformat(timespec="milliseconds")
        said = (question.variable, question.unit_id, question.code_id, before, after, why)
        decision = Decision.identified(when, by, *map(_one_line, said), ids)
        _append(self.folder / f"{by}.csv", decision)
        return decision


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=LINE_END).writerow(cells)
    return out.getvalue()


def _append(path: Path, decision: Decision) -> None:
    """Add a line and wait until the disk has it; what a crash left half-written is cut off first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file, _alone(file.fileno()):
        file.seek(0)
        whole, ended = _whole_lines(file.read())
        file.truncate(whole)
        heading = "" if whole else _line(COLUMNS)
        file.write(f"{heading}{'' if ended else LINE_END}{_line(astuple(decision))}".encode())
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone(handle: int) -> Iterator[None]:
    """Keep another process of the same person out while the end of a file is looked at and written.

    The lock ends with the process. Some network folders keep none: there, say so and go on without.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except OSError:
        warnings.warn(UNLOCKED, stacklevel=2)
    try:
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_UN)


def _whole_lines(content: bytes) -> tuple[int, bool]:
    """Return how many bytes are whole lines, and whether the last has its end: an editor may drop that."""
    end = content.rfind(LINE_END.encode()) + 1
    last = content[end:]
    if last and (cells := _cells(last.decode("utf-8", "replace"))) and _as_decision(cells) is not None:
        return len(content), False
    return end, True


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
