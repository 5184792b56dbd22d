"""Printed tables held against recomputed ones, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .claimfile import Claim
from .comparison import Judged, compare, compare_words
from .paths import Workspace
from .printed import read_printed
from .tablecells import Absent, Cells, printed_cells

__all__ = ["PrintedTable", "judged_cell", "judged_cells", "printed_tables_of"]

PrintedTable = Callable[[Claim], Cells]
"""Takes a claim about a whole table; gives the cells that its source prints."""

EMPTY = ("", "–", "-", "n/a")


def printed_tables_of(workspace: Workspace, study: str) -> PrintedTable:
    """Return a reader of the printed cells in a study's folder."""

    def read(claim: Claim) -> Cells:
        return printed_cells(workspace.raw(study) / str(claim.cells), claim.by)

    return read


def judged_cell(claim: Claim, table: Cells) -> Judged:
    """Return what became of one cell of a table.

    Raises
    ------
    Absent
        If the table has no such column or line.
    """
    column = str(claim.column)
    table.require(column)
    line = table.line(claim.where)
    return _judged(claim, claim.place, claim.printed or "", table, line, column)


def judged_cells(claim: Claim, printed: Cells, table: Cells) -> list[Judged]:
    """Return what became of every printed cell; an empty one was not printed and is not judged.

    Columns of the printed table are those of the recomputed one, or, with `across`, values of that column.
    """
    judged = []
    others = [name for name in printed.columns if name not in claim.by]
    for row in printed.rows:
        named = {name: row[name] for name in claim.by}
        for heading in others:
            text = row[heading].strip()
            if text in EMPTY:
                continue
            where = {**claim.where, **named} | ({claim.across: heading} if claim.across else {})
            column = str(claim.column) if claim.across else heading
            place = f"{', '.join(named.values())}, {heading}"
            judged.append(_found(claim, place, text, table, where, column))
    return judged


def _found(
    claim: Claim, place: str, printed: str, table: Cells, where: Mapping[str, Any], column: str
) -> Judged:
    try:
        table.require(column)
        line = table.line(where)
    except Absent as absent:
        return Judged(place, printed, "missing", "missing", str(absent), table.name)
    return _judged(claim, place, printed, table, line, column)


def _judged(
    claim: Claim, place: str, printed: str, table: Cells, line: Mapping[str, str], column: str
) -> Judged:
    found = line[column]
    if claim.comparator == "equal" and read_printed(printed) is None:
        verdict, text, why = compare_words(printed, found)
    else:
        entry = _entry(table, line, column)
        if entry is None:
            return Judged(place, printed, "no number", "differs", f"{column} holds words", table.name)
        verdict, text, why = compare(printed, entry, claim.comparator, claim.rounding)
    return Judged(place, printed, text, verdict, why, table.name)


def _entry(table: Cells, line: Mapping[str, str], column: str) -> dict[str, Any] | None:
    try:
        value = float(line[column]) if line[column] else None
    except ValueError:
        return None
    unit = "count" if column.startswith("n") else ""
    return {"value": value, "n": table.base(line, column), "unit": unit, "note": line.get("note", "")}
