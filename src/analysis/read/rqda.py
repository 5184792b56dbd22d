"""RQDA: one SQLite database, in which nothing is ever deleted, only marked so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ..inputs import Input
from .coded import Case, Code, CodedFile, Coding, Document
from .codeddatabase import coded_database
from .draft import Draft
from .rows import Row, holds, rows
from .sqlitefile import SqliteFile

__all__ = ["NEEDED", "read_rqda", "recognises"]

LIVE = 1
NEEDED = {
    "source": ["name", "id", "file"],
    "freecode": ["name", "id"],
    "coding": ["cid", "fid", "selfirst", "selend", "owner"],
}
NOT_TAKEN = {
    "journal": "rows of journal",
    "annotation": "rows of annotation",
    "imageCoding": "rows of imageCoding",
    "filecat": "categories of files",
    "treefile": "files in categories",
}
CODING = ("cid", "fid", "seltext", "selfirst", "selend", "status", "owner", "date", "memo")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a database holds RQDA's tables."""
    return holds(path, NEEDED)


def read_rqda(path: Path, given: Input) -> Draft:
    """Return the live codings of an RQDA project.

    The coder is the owner of each coding. A second set (table coding2) belongs to whom study.yml names: its
    owner is whoever opened the project.

    Raises
    ------
    DataError
        If it is no RQDA project, or its positions cannot be proved.
    """
    tool, version = ("rqda", "RQDA"), ("project", "databaseversion")
    with coded_database(path, given, NEEDED, tool, version) as (found, database):
        for row in _live(found, database, "source", "name", "id", "file", "memo"):
            name = row.words("name") or f"source {row.n}"
            found.documents[row.key("id")] = Document(name, row.text("file"), row=row.n)
            found.leave("memos of sources", row.words("memo") is not None)
        _read_codes(found, database)
        _read_cases(found, database)
        _read_codings(found, database)
        for table, what in NOT_TAKEN.items():
            found.leave(what, sum(1 for _ in _live(found, database, table, "owner")))
    found.place()
    return found.draft()


def _live(found: CodedFile, database: SqliteFile, table: str, *columns: str) -> Iterator[Row]:
    """Yield the rows that are not marked as deleted; count the others."""
    for row in rows(database, table, *columns, "status"):
        found.held[table] += 1
        if row.cells["status"] is None or row.number("status") == LIVE:
            yield row
        else:
            found.leave(f"deleted rows of {table}")


def _read_codes(found: CodedFile, database: SqliteFile) -> None:
    above: dict[str, str] = {}
    for row in _live(found, database, "treecode", "cid", "catid"):
        if above.setdefault(row.key("cid"), row.key("catid", "category ")) != row.key("catid", "category "):
            found.leave("further categories of a code")
    for row in _live(found, database, "codecat", "name", "catid", "memo"):
        name = row.words("name") or f"category {row.n}"
        found.codes[row.key("catid", "category ")] = Code(name, None, row.words("memo"), row.n)
    for row in _live(found, database, "freecode", "name", "id", "memo"):
        name = row.words("name") or f"code {row.n}"
        found.codes[row.key("id")] = Code(name, above.get(row.key("id")), row.words("memo"), row.n)


def _read_cases(found: CodedFile, database: SqliteFile) -> None:
    for row in _live(found, database, "cases", "name", "id"):
        found.cases[row.key("id")] = Case(row.words("name") or f"case {row.n}", row=row.n)
    for row in _live(found, database, "caselinkage", "caseid", "fid", "selfirst", "selend"):
        found.link(row.key("caseid"), row.key("fid"), row.number("selfirst"), row.number("selend"))
    for row in _live(found, database, "caseAttr", "variable", "value", "caseID"):
        found.attribute(row.key("caseID"), row.words("variable"), row.words("value"), of_case=True)
    for row in _live(found, database, "fileAttr", "variable", "value", "fileID"):
        found.attribute(row.key("fileID"), row.words("variable"), row.words("value"), of_case=False)


def _read_codings(found: CodedFile, database: SqliteFile) -> None:
    second = 0
    for table in ("coding", "coding2"):
        for row in _live(found, database, table, *CODING):
            start, end = row.number("selfirst"), row.number("selend")
            if start is None or end is None:
                found.leave("codings without a whole position")
                continue
            second += table == "coding2"
            found.codings.append(
                Coding(
                    row.key("fid"),
                    row.key("cid"),
                    row.words("owner") if table == "coding" else None,
                    row.n,
                    start,
                    end,
                    row.text("seltext"),
                    memo=row.words("memo"),
                    created=row.words("date"),
                )
            )
    if second:
        found.warn(f"{second} codings of the second set (coding2) are by the coder that study.yml names.")
