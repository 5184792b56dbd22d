"""QualCoder: the folder NAME.qda with its data.qda, or that SQLite database itself; versions 8 to 17."""

from __future__ import annotations

from pathlib import Path

from ..inputs import Input
from .coded import Case, Code, CodedFile, Coding, Document
from .codeddatabase import coded_database
from .draft import Draft
from .rows import Row, count, holds, rows
from .sqlitefile import SqliteFile

__all__ = ["NEEDED", "read_qualcoder", "recognises"]

DATABASE = "data.qda"
NEEDED = {
    "source": ["id", "name", "fulltext"],
    "code_name": ["cid", "name"],
    "code_text": ["cid", "fid", "pos0", "pos1", "owner"],
}
NOT_TEXT = {
    "code_image": "codings of pictures and PDF areas",
    "code_av": "codings of audio and video",
    "annotation": "annotations",
    "journal": "journal entries",
}


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a folder or database holds QualCoder's tables."""
    return holds(path / DATABASE if path.is_dir() else path, NEEDED)


def read_qualcoder(path: Path, given: Input) -> Draft:
    """Return the codings of text in a QualCoder project.

    The coder is the owner of each coding. Codings of pictures, audio and video are counted and left.

    Raises
    ------
    DataError
        If it is no QualCoder project, or its positions cannot be proved.
    """
    file = path / DATABASE if path.is_dir() else path
    tool, version = ("qualcoder", "QualCoder"), ("project", "databaseversion")
    with coded_database(file, given, NEEDED, tool, version) as (found, database):
        _read_sources(found, database)
        _read_codes(found, database)
        _read_cases(found, database)
        for row in rows(database, "code_text", *CODE_TEXT):
            _read_coding(found, row)
        for table, what in NOT_TEXT.items():
            found.leave(what, count(database, table))
    _warn_of_spellings(found)
    found.place()
    return found.draft()


def _read_sources(found: CodedFile, database: SqliteFile) -> None:
    for row in rows(database, "source", "id", "name", "fulltext", "mediapath", "memo"):
        found.held["sources"] += 1
        text = row.text("fulltext")
        medium = (row.words("mediapath") or "").lstrip("/").partition(":")[0].partition("/")[0]
        if text is None or (not text and medium in ("images", "audio", "video")):
            found.leave("sources without text")
            continue
        found.documents[row.key("id")] = Document(row.words("name") or f"source {row.n}", text, row=row.n)
        found.leave("memos of sources", row.words("memo") is not None)


def _read_codes(found: CodedFile, database: SqliteFile) -> None:
    for row in rows(database, "code_cat", "catid", "name", "memo", "supercatid"):
        above = row.key("supercatid", "category ")
        found.codes[row.key("catid", "category ")] = _code(row, above)
        found.held["categories"] += 1
    for row in rows(database, "code_name", "cid", "name", "memo", "catid", "supercid"):
        above = row.key("supercid", "code ") or row.key("catid", "category ")
        found.codes[row.key("cid", "code ")] = _code(row, above)
        found.held["codes"] += 1


def _code(row: Row, above: str) -> Code:
    return Code(row.words("name") or f"code {row.n}", above or None, row.words("memo"), row.n)


def _read_cases(found: CodedFile, database: SqliteFile) -> None:
    for row in rows(database, "cases", "caseid", "name", "memo"):
        found.cases[row.key("caseid")] = Case(row.words("name") or f"case {row.n}", row=row.n)
        found.held["cases"] += 1
    for row in rows(database, "case_text", "caseid", "fid", "pos0", "pos1"):
        found.link(row.key("caseid"), row.key("fid"), row.number("pos0"), row.number("pos1"))
    for row in rows(database, "attribute", "name", "attr_type", "value", "id"):
        about_case = (row.words("attr_type") or "case").strip().casefold() == "case"
        found.attribute(row.key("id"), row.words("name"), row.words("value"), of_case=about_case)


CODE_TEXT = ("cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo", "important")


def _read_coding(found: CodedFile, row: Row) -> None:
    found.held["codings of text"] += 1
    start, end = row.number("pos0"), row.number("pos1")
    if start is None or end is None:
        found.leave("codings without a position")
        return
    found.codings.append(
        Coding(
            row.key("fid"),
            row.key("cid", "code "),
            row.words("owner"),
            row.n,
            start,
            end,
            row.text("seltext"),
            memo=row.words("memo"),
            created=row.words("date"),
        )
    )
    found.leave("marks of importance", row.number("important") == 1)


def _warn_of_spellings(found: CodedFile) -> None:
    """Owners are typed by hand: the same person under two spellings would be two coders."""
    owners = sorted({each.coder for each in found.codings if each.coder})
    plain: dict[str, list[str]] = {}
    for owner in owners:
        plain.setdefault("".join(owner.casefold().split()), []).append(owner)
    for alike in plain.values():
        if len(alike) > 1:
            found.warn(
                f"the coders {', '.join(alike)} differ in spelling only: map them in study.yml's coders."
            )
