"""A file's bytes and what JSON they hold, within limits and with nothing but ConcordErrors."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem

__all__ = ["LARGEST", "parsed_json", "read_bytes", "sha256_of", "whole_number", "words"]

LARGEST = 512 * 2**20
FURTHEST = 2**31 - 1  # no text is longer; a position beyond is no position


def read_bytes(path: Path, name: str, largest: int = LARGEST) -> bytes:
    """Return all of a file.

    Raises
    ------
    DataError
        If it is not there, cannot be read, is empty or larger than `largest` bytes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise DataError(
            Problem("is not there. Put it in source/ or correct `inputs` in study.yml.", file=name)
        ) from None
    except OSError as error:
        raise DataError(Problem(f"cannot be read ({error.strerror}).", file=name)) from None
    if not content:
        raise DataError(Problem("is empty.", file=name))
    if len(content) > largest:
        raise DataError(Problem(f"is larger than {largest // 2**20} MiB.", file=name))
    return content


def sha256_of(path: Path, name: str) -> str:
    """Return the hash of a file of any size.

    Raises
    ------
    DataError
        If it is not there or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(Problem(f"cannot be read ({error.strerror}).", file=name)) from None


def parsed_json(text: str | bytes, name: str, line: int | None = None) -> Any:
    """Return what JSON says.

    Raises
    ------
    DataError
        If it is no JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = error.lineno if line is None and isinstance(error, json.JSONDecodeError) else line
        what = "is not whole JSON from here on. Export it again."
        raise DataError(Problem(what, file=name, line=where)) from None


def whole_number(value: Any) -> int | None:
    """Return a position or an id that is a whole number from 0 up, else None.

    Examples
    --------
    >>> whole_number(3.0), whole_number(2.5), whole_number("7"), whole_number(True)
    (3, None, 7, None)
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
    if isinstance(value, float):
        value = int(value) if value.is_integer() else None
    return value if isinstance(value, int) and 0 <= value <= FURTHEST else None


def words(value: Any) -> str | None:
    """Return a cell as text without the characters that no file may hold, or None where it says nothing.

    Examples
    --------
    >>> words(" "), words(12), words(1.0), words(None)
    (None, '12', '1', None)
    """
    if value is None or isinstance(value, (bytes, bool, list, dict)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text if text.strip() else None
