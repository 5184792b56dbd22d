"""Spreadsheets as text cells: xlsx and xls, with limits; formulas are never evaluated.

For readers::

    for sheet in read_sheets(path, given.file):
        frame = sheet.table(known={"code", "segment", "document name"}, least=2)
        # None, or text cells (missing where empty); index: the row as the spreadsheet counts it
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import DataError, Problem
from .archive import Archive

__all__ = ["Sheet", "read_sheets"]

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LARGEST_XLS = 1 << 28
LARGEST_XML = 1 << 30
ROWS = 1_048_576
COLUMNS = 16_384
CELLS = 20_000_000
HEADER_WITHIN = 30


@dataclass(frozen=True)
class Sheet:
    """One sheet: rows that hold anything, by their number in the spreadsheet.

    Parameters
    ----------
    name : str
    rows : dict of int to tuple of str or None
        Text of each cell; None where it is empty.
    """

    name: str
    rows: dict[int, tuple[str | None, ...]]

    def header(self, known: Collection[str], least: int = 2) -> int | None:
        """Return the first row, of the first thirty, that holds `least` known headings."""
        words = {word.strip().casefold() for word in known}
        for number in list(self.rows)[:HEADER_WITHIN]:
            found = {cell.strip().casefold() for cell in self.rows[number] if cell}
            if len(found & words) >= least:
                return number
        return None

    def table(self, known: Collection[str], least: int = 2) -> pd.DataFrame | None:
        """Return the cells below the header, or None where no row is a header.

        Columns without a heading are left out; of two columns with the same heading the first is kept.
        """
        header = self.header(known, least)
        if header is None:
            return None
        columns: dict[str, int] = {}
        for place, heading in enumerate(self.rows[header]):
            if heading and heading.strip():
                columns.setdefault(heading.strip(), place)
        below = {number: cells for number, cells in self.rows.items() if number > header}
        data = [[cells[p] if p < len(cells) else None for p in columns.values()] for cells in below.values()]
        return pd.DataFrame(data, columns=list(columns), index=list(below), dtype="string")


def read_sheets(path: Path, name: str) -> list[Sheet]:
    """Return every sheet of an xlsx or xls file.

    Raises
    ------
    DataError
        If it is not there, no spreadsheet, damaged, protected by a password, or too large.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
    except OSError:
        raise DataError(Problem("is not there.", file=name)) from None
    if start.startswith(ZIP):
        return list(_xlsx(path, name))
    if start == OLE:
        return list(_xls(path, name))
    raise DataError(Problem("is no spreadsheet.", file=name))


def _xlsx(path: Path, name: str) -> Iterator[Sheet]:
    import openpyxl

    with Archive(path, name) as archive:
        total = sum(archive.size(member) for member in archive.names if member.endswith((".xml", ".rels")))
    if total > LARGEST_XML:
        raise DataError(Problem(f"unpacks to more than {LARGEST_XML >> 20} MiB of cells.", file=name))
    try:
        with path.open("rb") as stream:  # a stream: openpyxl judges a path by its ending
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                yield Sheet(sheet.title, _filled(sheet.iter_rows(values_only=True), name))
            book.close()
    except DataError:
        raise
    except Exception:  # openpyxl raises whatever a damaged part makes it stumble over
        raise _damaged(name) from None


def _xls(path: Path, name: str) -> Iterator[Sheet]:
    import xlrd

    if path.stat().st_size > LARGEST_XLS:
        raise DataError(Problem(f"is larger than {LARGEST_XLS >> 20} MiB.", file=name))
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _locked(name)
    try:
        with Path(os.devnull).open("w") as quiet:
            # ragged: else rows and columns that a damaged file claims are filled with empty cells
            book = xlrd.open_workbook(file_contents=content, logfile=quiet, on_demand=False, ragged_rows=True)
            for sheet in book.sheets():
                rows = ([_xls_value(cell, book) for cell in sheet.row(r)] for r in range(sheet.nrows))
                yield Sheet(sheet.name, _filled(rows, name))
    except DataError:
        raise
    except Exception as error:  # as above
        raise (_locked(name) if "encrypted" in str(error) else _damaged(name)) from None


def _xls_value(cell: Any, book: Any) -> Any:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError, xlrd.XLDateError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    return None if cell.ctype in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_EMPTY) else cell.value


def _filled(rows: Iterable[Iterable[Any]], name: str) -> dict[int, tuple[str | None, ...]]:
    filled: dict[int, tuple[str | None, ...]] = {}
    cells = 0
    for number, row in enumerate(rows, start=1):
        if number > ROWS:
            raise DataError(Problem(f"has more than {ROWS} rows.", file=name))
        texts = tuple(_text(value) for value in row)
        cells += len(texts)  # of empty rows too: one cell at the far end makes a row of all before it
        if any(text is not None for text in texts):
            filled[number] = texts
        if len(texts) > COLUMNS or cells > CELLS:
            raise DataError(Problem(f"has more than {COLUMNS} columns or {CELLS} cells.", file=name))
    return filled


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _damaged(name: str) -> DataError:
    return DataError(Problem("is a damaged spreadsheet. Save it again as xlsx.", file=name))


def _locked(name: str) -> DataError:
    return DataError(Problem("is protected by a password. Save it without one.", file=name))
