"""A table that a tool exported, as lines of text cells: xlsx, xls or CSV alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ..errors import DataError, Problem
from ..inputs import Input
from .headings import LOOKED_AT, Line
from .sheet import read_sheets
from .textfile import read_text_table

__all__ = ["first_rows", "tables_of"]

SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
RETURN = "_x000D_"  # how xlsx writes a carriage return


def tables_of(path: Path, given: Input) -> dict[str, list[Line]]:
    """Return the lines of each sheet that holds anything, by its name; a CSV is one sheet.

    Raises
    ------
    DataError
        If it is no table, damaged, protected or too large.
    """
    if path.is_file() and _start(path).startswith(SPREADSHEETS):
        return _sheets(path, given.file)
    table = read_text_table(path, given.file, given.encoding).frame
    cells = table.astype(object).where(table.notna(), None)
    below = [
        Line(int(row), line) for row, line in zip(table.index, cells.itertuples(False, None), strict=True)
    ]
    return {"": [Line(1, list(table.columns)), *below]}


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(8)


def _sheets(path: Path, name: str) -> dict[str, list[Line]]:
    sheets = {
        sheet.name: [Line(row, [_plain(cell) for cell in cells]) for row, cells in sheet.rows.items()]
        for sheet in read_sheets(path, name)
        if sheet.rows
    }
    if not sheets:
        raise DataError(Problem("holds no cells.", file=name))
    return sheets


def _plain(cell: str | None) -> str | None:
    return cell.replace(RETURN, "\r") if cell and RETURN in cell else cell


def first_rows(head: bytes, path: Path) -> list[Sequence[str | None]]:
    """Return the first rows of every sheet, to recognise a table by; none where it cannot be read."""
    if head.startswith(SPREADSHEETS):
        facts = path.stat()
        return list(_first_of_sheets(path, facts.st_mtime_ns, facts.st_size))
    line = head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace").strip("\r")
    delimiter = max(",;\t", key=line.count)
    return [[cell.strip('"') for cell in line.split(delimiter)]]


@lru_cache(maxsize=4)
def _first_of_sheets(path: Path, _changed: int, _size: int) -> tuple[Sequence[str | None], ...]:
    try:
        sheets = _sheets(path, path.name)
    except DataError:
        return ()
    return tuple(line.cells for lines in sheets.values() for line in lines[:LOOKED_AT])
