"""Rows of a tool's database, one at a time, as text and whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import DataError
from .contents import whole_number, words
from .sqlitefile import SqliteFile, is_sqlite

__all__ = ["Row", "count", "holds", "rows"]


class Row:
    """One row: its number (from 1) and its cells.

    Examples
    --------
    >>> row = Row(1, {"selfirst": 12.0, "owner": " "})
    >>> row.number("selfirst"), row.words("owner"), row.words("memo")
    (12, None, None)
    """

    __slots__ = ("cells", "n")

    def __init__(self, n: int, cells: dict[str, Any]) -> None:
        self.n = n
        self.cells = cells

    def words(self, column: str) -> str | None:
        """Return a cell as text; None where it is empty or the table has no such column."""
        return words(self.cells.get(column))

    def key(self, column: str, kind: str = "") -> str:
        """Return an id as text, marked with its kind where ids of several tables meet; "" for no id."""
        found = self.words(column)
        return f"{kind}{found.strip()}" if found else ""

    def number(self, column: str) -> int | None:
        """Return a cell as a whole number from 0 up."""
        return whole_number(self.cells.get(column))

    def text(self, column: str) -> str | None:
        """Return a text of any length as it is; None where the cell holds none."""
        found = self.cells.get(column)
        return found if isinstance(found, str) else None


def rows(database: SqliteFile, table: str, *columns: str) -> Iterator[Row]:
    """Yield the rows of a table; none where the database has no such table."""
    if table in database.tables:
        frame = database.table(table, columns)
        for n, cells in enumerate(frame.itertuples(index=False, name=None), start=1):
            yield Row(n, dict(zip(columns, cells, strict=True)))


def count(database: SqliteFile, table: str) -> int:
    """Return how many rows a table has; 0 where there is no such table."""
    return len(database.table(table, database.tables[table][:1])) if table in database.tables else 0


def holds(path: Path, wanted: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a file is a database with these tables and columns; False where it cannot be read."""
    if not is_sqlite(path):
        return False
    try:
        with SqliteFile(path, path.name) as database:
            return database.has(wanted)
    except DataError:
        return False
