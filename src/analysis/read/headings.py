"""Headings of a tool's table in the languages of its interface, in any order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..errors import DataError, Problem, quoted

__all__ = ["Heading", "Line", "bare", "find_heading", "matched"]

LOOKED_AT = 20  # rows: some tools print a title above the heading


class Line(NamedTuple):
    """A row of a table: its number in the spreadsheet and its cells."""

    row: int
    cells: Sequence[str | None]

    def cell(self, place: int | None) -> str | None:
        """Return one cell; None where it is empty or the row is shorter."""
        found = self.cells[place] if place is not None and place < len(self.cells) else None
        return found if found and found.strip() else None


@dataclass(frozen=True)
class Heading:
    """Where a table's heading stands, and which of its columns hold what.

    Parameters
    ----------
    row : int
        As a spreadsheet counts: the first is 1.
    columns : dict of str to int
        Field -> place in the row, from 0.
    others : list of str
        Headings that no field is known for.
    """

    row: int
    columns: dict[str, int]
    others: list[str]

    def cell(self, line: Line, field: str) -> str | None:
        """Return a row's cell of a field; None where the table has no such column or the cell is empty."""
        return line.cell(self.columns.get(field))


def bare(heading: str | None) -> str:
    """Return a heading without case, accents, blanks and punctuation.

    Examples
    --------
    >>> bare("Nom du  Document"), bare("Début"), bare("Created.by")
    ('nomdudocument', 'debut', 'createdby')
    """
    plain = unicodedata.normalize("NFKD", (heading or "").casefold()).replace("ł", "l").replace("ø", "o")
    return re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def matched(cells: Sequence[str | None], known: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Return field -> places of the headings that name it."""
    field_of = {bare(name): field for field, names in known.items() for name in names}
    found: dict[str, list[int]] = {}
    for place, heading in enumerate(cells):
        field = field_of.get(bare(heading))
        if field is not None:
            found.setdefault(field, []).append(place)
    return found


def find_heading(
    lines: Sequence[Line], known: Mapping[str, Sequence[str]], needed: Sequence[str], file: str
) -> Heading:
    """Return the heading of a table among its first rows.

    Parameters
    ----------
    lines : sequence of Line
    known : mapping of field to headings, in every language
    needed : fields that the table cannot do without

    Raises
    ------
    DataError
        If no row names all that is needed, or two columns go by the same field.
    """
    best, found = Line(1, []), dict[str, list[int]]()
    for line in lines[:LOOKED_AT]:
        here = matched(line.cells, known)
        if sum(field in here for field in needed) > sum(field in found for field in needed):
            best, found = line, here
    missing = [field for field in needed if field not in found]
    if missing:
        names = "; ".join(f"{field} ({', '.join(known[field][:3])})" for field in missing)
        what = f"the heading lacks {names}. Show these columns in the program and export again."
        raise DataError(Problem(what, file=file, row=best.row))
    twice = {field: places for field, places in found.items() if len(places) > 1}
    if twice:
        raise DataError([_either(best, field, places, file) for field, places in twice.items()])
    columns = {field: places[0] for field, places in found.items()}
    others = [cell for place, cell in enumerate(best.cells) if cell and place not in columns.values()]
    return Heading(best.row, columns, others)


def _either(line: Line, field: str, places: Sequence[int], file: str) -> Problem:
    headings = ", ".join(quoted(line.cells[place]) for place in places)
    return Problem(f"{headings} may each be the {field}. Delete all but one.", file=file, row=line.row)
