"""Requal: one SQLite database of a project and its users."""

from __future__ import annotations

from pathlib import Path

from ..inputs import Input
from .coded import Case, Code, CodedFile, Coding, Document
from .codeddatabase import coded_database
from .draft import Draft
from .rows import Row, count, holds, rows
from .sqlitefile import SqliteFile

__all__ = ["NEEDED", "read_requal", "recognises"]

NEEDED = {
    "documents": ["doc_id", "doc_name", "doc_text"],
    "codes": ["code_id", "code_name"],
    "segments": ["user_id", "doc_id", "code_id", "segment_start", "segment_end", "segment_text"],
    "users": ["user_id"],
}
SEGMENT = ("segment_id", "user_id", "doc_id", "code_id", "segment_start", "segment_end", "segment_text")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a database holds Requal's tables."""
    return holds(path, NEEDED)


def read_requal(path: Path, given: Input) -> Draft:
    """Return the coded segments of a Requal project; one without codings reads as nothing coded.

    Raises
    ------
    DataError
        If it is no Requal project, or its positions cannot be proved.
    """
    tool, version = ("requal", "Requal"), ("requal_version", "version")
    with coded_database(path, given, NEEDED, tool, version) as (found, database):
        for row in rows(database, "documents", "doc_id", "doc_name", "doc_text"):
            found.held["documents"] += 1
            name = row.words("doc_name") or f"document {row.n}"
            found.documents[row.key("doc_id")] = Document(name, row.text("doc_text"), row=row.n)
        _read_codes(found, database)
        _read_cases(found, database)
        _read_segments(found, database)
        found.leave("memos", count(database, "memos"))
        found.leave("rows of the log", count(database, "logs"))
    found.place()
    return found.draft()


def _read_codes(found: CodedFile, database: SqliteFile) -> None:
    above: dict[str, str] = {}
    for row in rows(database, "categories_codes_map", "category_id", "code_id"):
        category = row.key("category_id", "category ")
        if above.setdefault(row.key("code_id"), category) != category:
            found.leave("further categories of a code")
    for row in rows(database, "categories", "category_id", "category_name", "category_description"):
        name = row.words("category_name") or f"category {row.n}"
        key = row.key("category_id", "category ")
        found.codes[key] = Code(name, None, row.words("category_description"), row.n)
    for row in rows(database, "codes", "code_id", "code_name", "code_description"):
        found.held["codes"] += 1
        name = row.words("code_name") or f"code {row.n}"
        parent = above.get(row.key("code_id"))
        found.codes[row.key("code_id")] = Code(name, parent, row.words("code_description"), row.n)


def _read_cases(found: CodedFile, database: SqliteFile) -> None:
    for row in rows(database, "cases", "case_id", "case_name"):
        found.held["cases"] += 1
        found.cases[row.key("case_id")] = Case(row.words("case_name") or f"case {row.n}", row=row.n)
    for row in rows(database, "cases_documents_map", "case_id", "doc_id"):
        found.link(row.key("case_id"), row.key("doc_id"))
    names = {
        row.key("attribute_id"): row.words("attribute_name")
        for row in rows(database, "attributes", "attribute_id", "attribute_name")
    }
    values = {
        row.key("attribute_value_id"): row.words("value")
        for row in rows(database, "attribute_values", "attribute_value_id", "value")
    }
    for table, owner in (("attributes_cases_map", "case_id"), ("attributes_documents_map", "doc_id")):
        for row in rows(database, table, owner, "attribute_id", "attribute_value_id"):
            name, value = names.get(row.key("attribute_id")), values.get(row.key("attribute_value_id"))
            found.attribute(row.key(owner), name, value, of_case=owner == "case_id")


def _read_segments(found: CodedFile, database: SqliteFile) -> None:
    users = {row.key("user_id"): _name(row) for row in rows(database, "users", *USER)}
    memos = _memos(database)
    for row in rows(database, "segments", *SEGMENT):
        found.held["segments"] += 1
        if not row.key("code_id"):
            found.leave("segments that only carry a memo")
            continue
        start, end = row.number("segment_start"), row.number("segment_end")
        if start is None or end is None:
            found.leave("segments without a position")
            continue
        found.codings.append(
            Coding(
                row.key("doc_id"),
                row.key("code_id"),
                users.get(row.key("user_id")) or row.words("user_id"),
                row.n,
                start,
                end,
                row.text("segment_text"),
                memo=memos.get(row.key("segment_id")),
            )
        )


USER = ("user_id", "user_login", "user_name")


def _name(row: Row) -> str | None:
    return row.words("user_name") or row.words("user_login") or row.words("user_id")


def _memos(database: SqliteFile) -> dict[str, str]:
    texts = {row.key("memo_id"): row.words("text") for row in rows(database, "memos", "memo_id", "text")}
    linked = rows(database, "memos_segments_map", "memo_id", "segment_id")
    return {row.key("segment_id"): texts.get(row.key("memo_id")) or "" for row in linked}
