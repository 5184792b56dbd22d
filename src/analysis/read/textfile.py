"""Delimited text files: bytes to a frame of text cells, saying which encoding and delimiter were found."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import DataError, Problem, quoted

__all__ = ["TextTable", "decode", "read_text_table"]

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOJIBAKE = re.compile("Ã[\u0080-\u00bf]|â€[\u0080-\u00ff\u2019-\u2122]")
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
SPREADSHEET = "Save the sheet as `CSV UTF-8` and name that file."
QUOTING = "a quotation mark is opened and not closed, or stands inside a cell without being doubled."
LONGEST_CELL = 2**31 - 1  # a cell may hold a whole transcript; the csv module stops at 131,072 characters


@dataclass(frozen=True)
class TextTable:
    """The cells of one file as text, and how they were read."""

    frame: pd.DataFrame
    sha256: str
    encoding: str
    delimiter: str
    warnings: tuple[str, ...]


def read_text_table(path: Path, name: str, encoding: str | None = None) -> TextTable:
    """Return the cells of a CSV file as text; only an empty cell is missing.

    Parameters
    ----------
    path : Path
    name : str
        How messages call the file: its path inside source/.
    encoding : str, optional
        Declared in study.yml; otherwise UTF-8 (with or without mark), else Windows-1252, which is reported.

    Raises
    ------
    DataError
        If the file is missing, empty, no text, in another encoding, or its header or rows are mangled.
    """
    try:
        content = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        what = f"is not there. Put it in source/ or correct `inputs` in study.yml.{_neighbours(path)}"
        raise DataError(Problem(what, file=name)) from None
    except OSError as error:
        raise DataError(Problem(f"cannot be read ({error.strerror}).", file=name)) from None
    text, found = decode(content, name, encoding)
    if not text.strip():
        raise DataError(Problem("is empty.", file=name))
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    header = _header(rows, name)
    columns = [column.strip().strip("\ufeff\u200b\u00a0").strip() for column in header]
    while len(columns) > 1 and not columns[-1]:
        columns.pop()
    _check_header(columns, name)
    frame = _cells(rows, delimiter, columns, len(header), name)
    warnings = []
    if found == "cp1252":
        warnings.append(f"{name} is not UTF-8; read as Windows-1252. Check accented letters.")
    if delimiter != ",":
        warnings.append(f"{name} is separated by {DELIMITERS[delimiter]}s.")
    if MOJIBAKE.search(text):
        warnings.append(f"{name} holds letter pairs that come of reading UTF-8 as Windows-1252 (as in Ã©).")
    return TextTable(
        frame, hashlib.sha256(content).hexdigest(), found, DELIMITERS[delimiter], tuple(warnings)
    )


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Return text without byte-order mark, and the encoding that it was in.

    Raises
    ------
    DataError
        If the bytes are no text in the declared encoding, or in UTF-8 or Windows-1252.

    Examples
    --------
    >>> decode("é".encode("cp1252"), "a.csv")
    ('é', 'cp1252')
    """
    if content.startswith((ZIP, OLE)):
        raise DataError(Problem(f"is a spreadsheet or an archive, not text. {SPREADSHEET}", file=name))
    if encoding:
        try:
            return content.decode(encoding).removeprefix("\ufeff"), encoding
        except (ValueError, LookupError):  # not these bytes, or no such encoding
            what = f"is not in the encoding that study.yml names, {quoted(encoding)}."
            raise DataError(Problem(what, file=name)) from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        what = "is UTF-16 or no text at all. Save it as UTF-8, or name its `encoding` in study.yml."
        raise DataError(Problem(what, file=name))
    try:
        return content.decode("utf-8-sig"), "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8"
    except UnicodeDecodeError as utf8:
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            text = ""
        if not text or re.search("[\x01-\x08\x0e-\x1f]", text):
            line = content.count(b"\n", 0, utf8.start) + 1
            what = "is neither UTF-8 nor Windows-1252. Save it as UTF-8, or name its `encoding` in study.yml."
            raise DataError(Problem(what, file=name, line=line)) from None
        return text, "cp1252"


def _delimiter(text: str) -> str:
    first = text.lstrip("\r\n").split("\n", 1)[0]
    bare = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=bare.count)


def _check_header(columns: list[str], name: str) -> None:
    problems = []
    for number, column in enumerate(columns, start=1):
        if not column or re.fullmatch(r"Unnamed: \d+|Column\d+|#\w+[!?]|sep=.?", column):
            found = f"reads {quoted(column)}" if column else "is empty"
            what = f"header of column {number} {found}. Give every column its name in the first row."
            problems.append(Problem(what, file=name, row=1))
        elif column in columns[: number - 1]:
            problems.append(Problem("stands twice in the header. Keep one.", file=name, row=1, column=column))
    if problems:
        raise DataError(problems)


def _rows(text: str, delimiter: str) -> Any:
    csv.field_size_limit(LONGEST_CELL)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _header(rows: Any, name: str) -> list[str]:
    try:
        return next(rows) or [""]
    except csv.Error:
        raise DataError(Problem(QUOTING, file=name, line=rows.line_num)) from None


def _cells(reader: Any, delimiter: str, columns: list[str], width: int, name: str) -> pd.DataFrame:
    """Return the rows below the header, indexed by their row in a spreadsheet; an empty cell is missing."""
    rows: dict[int, list[str | None]] = {}
    problems: list[Problem] = []
    try:
        for number, cells in enumerate(reader, start=2):
            if not any(cells):
                continue
            if len(cells) != width or any(cells[len(columns) :]):
                problems.append(_ragged(len(cells), width, delimiter, name, number))
            rows[number] = [cell or None for cell in cells[: len(columns)]]
    except csv.Error:
        problems.append(Problem(QUOTING, file=name, line=reader.line_num))
    if problems:
        raise DataError(problems)
    if not rows:
        raise DataError(Problem("has a header but no rows.", file=name))
    return pd.DataFrame(list(rows.values()), columns=columns, index=list(rows), dtype="string")


def _ragged(found: int, width: int, delimiter: str, name: str, row: int) -> Problem:
    what = (
        f"has {found} cells, the header has {width}. Put cells that hold a {DELIMITERS[delimiter]} or a line "
        "break in double quotes."
    )
    return Problem(what, file=name, row=row)


def _neighbours(path: Path) -> str:
    there = sorted(p.name for p in path.parent.glob("*") if p.is_file()) if path.parent.is_dir() else []
    listed = ", ".join(there[:8]) + (", ..." if len(there) > 8 else "")
    return f" source/ holds: {listed}." if there else " source/ is empty."
