"""SQLite databases of other tools, read only: nothing is written beside them and nothing in them is run.

For readers::

    with SqliteFile(path, given.file) as database:
        database.tables                                      # {"source": ["id", "name", ...], ...}
        database.require({"source": ["id", "name"]})         # DataError that names what is missing
        frame = database.table("source", ["id", "name", "memo"])   # object cells; a column not there is None
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import DataError, Problem, quoted

__all__ = ["SqliteFile", "is_sqlite"]

HEADER = b"SQLite format 3\x00"
LARGEST_FILE = 1 << 32
LARGEST_CELL = 1 << 28
ROWS = 5_000_000
SECONDS = 120
STEPS = 100_000


def is_sqlite(path: Path) -> bool:
    """Return whether a file begins as a SQLite database does."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(HEADER)) == HEADER
    except OSError:
        return False


class SqliteFile:
    """A SQLite database open for reading; views and triggers in it are never run.

    Parameters
    ----------
    path : Path
    name : str
        How messages call the file.

    Raises
    ------
    DataError
        If it is not there, no SQLite database, encrypted, damaged or too large.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        if not path.is_file():
            raise self._refused("is not there.")
        if not is_sqlite(path):
            raise self._refused("is no SQLite database, or is encrypted.")
        if path.stat().st_size > LARGEST_FILE:
            raise self._refused(f"is larger than {LARGEST_FILE >> 30} GiB.")
        wal = path.with_name(path.name + "-wal")
        self.warnings: list[str] = []
        if wal.is_file() and wal.stat().st_size:
            self.warnings.append(f"{name} was not closed by its tool: the last changes are not in it.")
        try:
            self._connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
            self._connection.text_factory = lambda cell: cell.decode("utf-8", "replace")
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
            deadline = time.monotonic() + SECONDS
            self._connection.set_progress_handler(lambda: int(time.monotonic() > deadline), STEPS)
            for pragma in ("query_only = on", "trusted_schema = off", "cell_size_check = on"):
                self._connection.execute(f"pragma {pragma}")
        except sqlite3.Error:
            raise self._damaged() from None

    def __enter__(self) -> SqliteFile:
        return self

    def __exit__(self, *_: Any) -> None:
        self._connection.close()

    @cached_property
    def tables(self) -> dict[str, list[str]]:
        """Names of the tables (no views) and their columns."""
        names = [
            str(row[0])
            for row in self._rows(
                "select name from sqlite_master where type = 'table' and sql like 'create table%'"
            )
        ]
        return {
            name: [str(row[1]) for row in self._rows(f"pragma table_info({_name(name)})")]
            for name in sorted(names)
        }

    def has(self, wanted: Mapping[str, Sequence[str]]) -> bool:
        """Return whether these tables are there with these columns."""
        return all(set(columns) <= set(self.tables.get(table, ())) for table, columns in wanted.items())

    def require(self, wanted: Mapping[str, Sequence[str]]) -> None:
        """Refuse a database that lacks a table or column.

        Raises
        ------
        DataError
            With everything that is missing.
        """
        problems = []
        for table, columns in wanted.items():
            if table not in self.tables:
                problems.append(Problem(f"has no table {quoted(table)}.", file=self.name))
                continue
            absent = [column for column in columns if column not in self.tables[table]]
            problems += [
                Problem(f"table {table} has no such column.", file=self.name, column=c) for c in absent
            ]
        if problems:
            raise DataError(problems)

    def table(self, table: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table's rows in the order of their row ids; a column that is not there is all None.

        Raises
        ------
        DataError
            If the table is not there or cannot be read to its end.
        """
        self.require({table: ()})
        there = self.tables[table]
        wanted = list(columns if columns is not None else there)
        chosen = ", ".join(_name(c) if c in there else f"null as {_name(c)}" for c in wanted)
        rows = self._rows(f"select {chosen} from {_name(table)}")
        return pd.DataFrame(rows, columns=wanted, dtype=object)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        try:
            rows = self._connection.execute(query).fetchmany(ROWS + 1)
        except (
            sqlite3.Error,
            ValueError,
            OverflowError,
            MemoryError,
        ):  # ValueError: a message that is no text
            raise self._damaged() from None
        if len(rows) > ROWS:
            raise self._refused(f"has a table of more than {ROWS} rows.")
        return rows

    def _damaged(self) -> DataError:
        return self._refused(
            "is a damaged database, or takes too long to read. Save it again in its own tool."
        )

    def _refused(self, what: str) -> DataError:
        return DataError(Problem(what, file=self.name))


def _name(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
