"""The segments coded differently as a spreadsheet, and decisions back from it.

The sheet is a working paper of the team: it shows words, so it stays in data/derived, out of git and reports.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from .contested import Item
from .corpus import natural
from .decisions import BACK, Decision, latest
from .errors import DataError, Problem, did_you_mean, quoted
from .officefiles import plain_workbook
from .review import Review

__all__ = ["Brought", "read_sheet", "sheet"]

FIXED = ("variable", "code", "segment", "document", "participant", "name", "words")
ASKED = ("decision", "why")
MEMORY = "seen"  # hidden: the decisions that the sheet knew when it was written
LONGEST = 4000  # characters; a unit may be a whole transcript
WIDTHS = {"words": 70, "name": 28, "why": 40, "segment": 16, "document": 16}
HINT = (
    "Fill in `decision` and `why`; leave a row empty to leave it open. "
    "Then: concord differences import STUDY FILE --by NAME"
)


@dataclass(frozen=True)
class Brought:
    """What came back from a sheet.

    Parameters
    ----------
    taken : list of Decision
    same : int
        Rows whose decision stood already, or that were left as they came, whatever was decided since.
    clashing : list of Item
        Rows decided otherwise by somebody since the sheet was written; kept, and shown as conflicts.
    """

    taken: list[Decision]
    same: int
    clashing: list[Item]


def sheet(review: Review) -> bytes:
    """Return a workbook with a row for every segment coded differently, same bytes for the same decisions."""
    buffer = io.BytesIO()
    with plain_workbook(buffer) as book:
        page = book.add_worksheet("differences")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        coders = _coders(review)
        columns = [*FIXED, *map(_heading, coders), *ASKED, MEMORY]
        page.write_string(0, 0, HINT)
        for at, name in enumerate(columns):
            page.write_string(1, at, name, bold)
            page.set_column(at, at, WIDTHS.get(name, 12), wrapped, {"hidden": name == MEMORY})
        told = latest(review.taken())
        for row, item in enumerate(review.items, start=2):
            cells = _row(review, item, coders, told.get(item.question, ()))
            for at, name in enumerate(columns):
                page.write_string(row, at, cells[name], wrapped)
            at = columns.index("decision")
            page.data_validation(row, at, row, at, {"validate": "list", "source": list(item.choices)})
        page.freeze_panes(2, 0)
        page.autofilter(1, 0, 1 + len(review.items), len(columns) - 2)
    return buffer.getvalue()


def read_sheet(path: Path, review: Review) -> Brought:
    """Keep every decision of a filled-in sheet; all of them or, where a row is wrong, none.

    Parameters
    ----------
    path : Path
        As :func:`sheet` wrote it, rows in any order, filled in.
    review : Review
        Names whose decisions they are.

    Raises
    ------
    DataError
        With every row that cannot be taken: unknown segment, no such answer, no reason.
    """
    rows = list(_rows(path))
    places = {_key(item): n for n, item in enumerate(review.items)}
    wanted: list[tuple[int, str, str, str]] = []
    problems: list[Problem] = []
    for number, cells in rows:
        if not cells["decision"] and not cells["why"]:
            continue
        place = places.get((cells["variable"], cells["code"], cells["segment"]))
        what, column = _wrong(cells, None if place is None else review.items[place])
        if what:
            problems.append(Problem(what, file=path.name, row=number, column=column))
        elif place is not None:
            wanted.append((place, cells["decision"], cells["why"], cells[MEMORY]))
    if problems:
        raise DataError(problems, next_step="Nothing was kept. Put these rows right and import again.")
    return _kept(review, wanted)


def _kept(review: Review, wanted: Sequence[tuple[int, str, str, str]]) -> Brought:
    told = review.taken()
    by_id = {each.id: each for each in told}
    heads = latest(told)
    taken, clashing, same = [], [], 0
    for place, after, why, memory in wanted:
        item = review.items[place]
        now = heads.get(item.question, ())
        seen = [by_id[name] for name in memory.split() if name in by_id]
        if (after, why) == _prefilled(seen) or {each.after for each in now} == {after}:
            same += 1
            continue
        if {each.id for each in now} - {each.id for each in seen}:
            clashing.append(item)
        taken.append(review.decide(place, after, why, seen))
    return Brought(taken, same, clashing)


def _coders(review: Review) -> list[str]:
    return sorted({coder for item in review.items for coder in item.marks}, key=natural)


def _heading(coder: str) -> str:
    return f"coder {coder}"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _key(item: Item) -> tuple[str, str, str]:
    return item.question.variable, item.question.code_id, item.question.unit_id


def _row(review: Review, item: Item, coders: Sequence[str], now: Sequence[Decision]) -> dict[str, str]:
    decided, why = _prefilled(now)
    variable, code, unit = _key(item)
    return {
        **{_heading(coder): item.marks.get(coder, "") for coder in coders},
        "variable": variable,
        "code": code,
        "segment": unit,
        "document": item.document_id,
        "participant": item.case_id,
        "name": item.name,
        "words": _shortened(review.contested.passage(item).text),
        "decision": decided,
        "why": why,
        MEMORY: " ".join(each.id for each in now),
    }


def _prefilled(known: Sequence[Decision]) -> tuple[str, str]:
    """Return the decision and the reason that a row is written with."""
    settled = {each.after for each in known}
    decided = settled.pop() if len(settled) == 1 else BACK
    return decided, known[0].why if decided else ""


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield row number and cells by heading; the heading is the first row that holds `decision`."""
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError, ValueError) as error:
        what = "cannot be read as a workbook. Save it as .xlsx and import again."
        raise DataError(Problem(what, file=path.name)) from error
    heading: list[str] | None = None
    for number, values in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
        cells = ["" if value is None else _plain(value) for value in values]
        if heading is None:
            heading = cells if "decision" in cells else None
        elif any(cells):
            yield number, dict.fromkeys((*FIXED, *ASKED, MEMORY), "") | _named(heading, cells)
    book.close()
    if heading is None:
        what = "has no column `decision`: it is not a sheet that `concord differences export` wrote."
        raise DataError(Problem(what, file=path.name))


def _named(heading: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(heading, cells, strict=False) if name}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value).strip()


def _wrong(cells: Mapping[str, str], item: Item | None) -> tuple[str, str]:
    if item is None:
        return "is not a segment coded differently in this study.", "segment"
    if not cells["decision"]:
        return "holds a reason and no decision.", "decision"
    if cells["decision"] not in item.choices:
        hint = did_you_mean(cells["decision"], item.choices)
        listed = ", ".join(item.choices)
        return f"{quoted(cells['decision'])} is no answer here.{hint} One of: {listed}.", "decision"
    if not cells["why"]:
        return "needs a reason: the decision log is what a reviewer reads.", "why"
    return "", ""
