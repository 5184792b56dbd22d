"""A tool's project that is a database, opened with the coded file that it is read into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..inputs import Input
from .coded import CodedFile
from .contents import sha256_of
from .rows import rows
from .sqlitefile import SqliteFile

__all__ = ["coded_database"]


@contextmanager
def coded_database(
    path: Path,
    given: Input,
    needed: Mapping[str, Sequence[str]],
    tool: tuple[str, str],
    version: tuple[str, str] | None = None,
) -> Iterator[tuple[CodedFile, SqliteFile]]:
    """Open a project; what is read of it goes into the coded file that comes with it.

    Parameters
    ----------
    path : Path
    given : Input
    needed : mapping
        Table -> columns without which it is no project of this tool.
    tool : tuple of str
        The format as study.yml calls it, and the tool by its name.
    version : tuple of str, optional
        Table and column that hold the version.

    Raises
    ------
    DataError
        If it is no database, or lacks what is needed.
    """
    with SqliteFile(path, given.file) as database:
        database.require(needed)
        found = CodedFile(given, sha256_of(path, given.file), *tool)
        found.warnings += database.warnings
        if version is not None:
            table, column = version
            for row in rows(database, table, column):
                found.version = row.words(column)
        yield found, database
