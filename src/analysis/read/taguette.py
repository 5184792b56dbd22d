"""Taguette: highlights as CSV or xlsx (no positions, no coder) and its SQLite database (both)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import DataError
from ..inputs import Input
from .coded import Code, CodedFile, Coding, Document
from .codeddatabase import coded_database
from .contents import parsed_json, sha256_of, whole_number, words
from .draft import Draft
from .headings import Heading, Line, find_heading, matched
from .html import text_of
from .rows import Row, count, holds, rows
from .sqlitefile import SqliteFile, is_sqlite
from .tablefile import first_rows, tables_of

__all__ = ["NEEDED", "read_taguette", "recognises"]

NEEDED = {
    "documents": ["id", "name", "contents"],
    "highlights": ["id", "document_id", "start_offset", "end_offset"],
    "tags": ["id", "path"],
    "highlight_tags": ["highlight_id", "tag_id"],
}
HEADINGS = {"id": ["id"], "document": ["document"], "tag": ["tag"], "content": ["content"]}
NEEDED_CELLS = ("document", "tag", "content")
ANYBODY = "admin"  # the user of a single-user Taguette, and of every exported project
STEP = "."


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file holds Taguette's tables, or its columns of highlights."""
    if is_sqlite(path):
        return holds(path, NEEDED)
    rows_ = first_rows(head, path)
    return any(set(HEADINGS) <= set(matched(cells, HEADINGS)) and len(cells) <= 5 for cells in rows_)


def read_taguette(path: Path, given: Input) -> Draft:
    """Return the highlights of a Taguette project.

    Only the database of a server knows who highlighted what (its log of commands); an exported project makes
    everybody ``admin``, and CSV and xlsx name nobody: there study.yml names the coder, one file each.

    Raises
    ------
    DataError
        If it is no export of Taguette, nobody says who coded, or its positions cannot be proved.
    """
    if is_sqlite(path):
        return _read_database(path, given)
    found = CodedFile(given, sha256_of(path, given.file), "taguette", "Taguette")
    tables = tables_of(path, given)
    lines = tables.get("highlights", next(iter(tables.values())))
    heading = find_heading(lines, HEADINGS, NEEDED_CELLS, given.file)
    for line in lines:
        if line.row > heading.row:
            _read_line(found, line, heading)
    _above(found)
    found.facts["positions_by"] = "search of the excerpts"
    return found.draft()


def _read_line(found: CodedFile, line: Line, heading: Heading) -> None:
    found.held["highlight tags"] += 1
    document, tag, excerpt = (heading.cell(line, field) for field in NEEDED_CELLS)
    if document is None or tag is None or excerpt is None:
        found.leave("rows without document, tag or content")
        return
    found.documents.setdefault(document, Document(document, row=line.row))
    found.codes.setdefault(tag, Code(tag, row=line.row))
    found.codings.append(
        Coding(document, tag, None, line.row, excerpt=excerpt, near=heading.cell(line, "id"))
    )


def _above(found: CodedFile) -> None:
    """A tag `care.waiting` stands below the tag `care`, where there is one."""
    by_path = {code.name: key for key, code in found.codes.items()}
    for code in found.codes.values():
        stem = code.name.rpartition(STEP)[0]
        code.parent = by_path.get(stem) if stem else None


def _read_database(path: Path, given: Input) -> Draft:
    tool, version = ("taguette", "Taguette"), ("alembic_version", "version_num")
    with coded_database(path, given, NEEDED, tool, version) as (found, database):
        for row in rows(database, "documents", "id", "name", "contents", "description"):
            found.held["documents"] += 1
            name = row.words("name") or f"document {row.n}"
            html = row.text("contents")
            text = None if html is None else text_of(html)
            found.documents[row.key("id")] = Document(name, text, row=row.n)
        for row in rows(database, "tags", "id", "path", "description"):
            found.held["tags"] += 1
            name = row.words("path") or f"tag {row.n}"
            found.codes[row.key("id")] = Code(name, None, row.words("description"), row.n)
        _above(found)
        if count(database, "projects") > 1:
            found.warn(f"holds {count(database, 'projects')} projects; all are read.")
        _read_highlights(found, database)
    found.place()
    return found.draft()


def _read_highlights(found: CodedFile, database: SqliteFile) -> None:
    coder_of = _coders(found, database)
    tags: dict[str, list[str]] = {}
    for row in rows(database, "highlight_tags", "highlight_id", "tag_id"):
        tags.setdefault(row.key("highlight_id"), []).append(row.key("tag_id"))
    for row in rows(database, "highlights", "id", "document_id", "start_offset", "end_offset", "snippet"):
        found.held["highlights"] += 1
        start, end = row.number("start_offset"), row.number("end_offset")
        mine = sorted(set(tags.get(row.key("id"), [])))
        if start is None or end is None or not mine:
            found.leave("highlights without a tag" if not mine else "highlights without a position")
            continue
        snippet = row.text("snippet")
        excerpt = None if snippet is None else text_of(snippet)
        for tag in mine:
            coder = coder_of.get(row.key("id"))
            found.codings.append(Coding(row.key("document_id"), tag, coder, row.n, start, end, excerpt))


def _coders(found: CodedFile, database: SqliteFile) -> dict[str, str]:
    """Return highlight -> who made it: the first command that added it; later ones are edits."""
    creators: dict[str, str] = {}
    touched: dict[str, set[str]] = {}
    for row in rows(database, "commands", "id", "user_login", "payload"):
        highlight, kind = _command(row, found.file)
        login = row.words("user_login")
        if highlight and login and kind == "highlight_add":
            creators.setdefault(highlight, login)
            touched.setdefault(highlight, set()).add(login)
        elif highlight and kind == "highlight_delete":
            creators.pop(highlight, None)
            touched.pop(highlight, None)
    shared = sum(len(logins) > 1 for logins in touched.values())
    if shared:
        found.warn(f"{shared} highlights were changed by somebody else; they count as their first coder's.")
    if set(creators.values()) == {ANYBODY}:
        found.leave("names of coders (the export calls everybody `admin`)", len(creators))
        return {}
    return creators


def _command(row: Row, file: str) -> tuple[str | None, str | None]:
    """Return the highlight that a line of the log is about, and what was done to it."""
    payload: Any = row.cells["payload"]
    if isinstance(payload, str):
        try:
            payload = parsed_json(payload, file)
        except DataError:
            return None, None
    if not isinstance(payload, dict):
        return None, None
    number = whole_number(payload.get("highlight_id", payload.get("id")))
    return words(number), words(payload.get("type"))
