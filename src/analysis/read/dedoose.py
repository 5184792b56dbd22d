"""Dedoose: the spreadsheet of excerpts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import DataError, Problem
from ..inputs import Input
from .coded import CodedFile, Coding, Document
from .contents import sha256_of
from .draft import Draft
from .headings import Heading, Line, find_heading, matched
from .tablefile import first_rows, tables_of

__all__ = ["HEADINGS", "read_dedoose", "recognises"]

HEADINGS: dict[str, tuple[str, ...]] = {
    "document": ("Media Title", "Resource Title", "Resource"),
    "range": ("Excerpt Range",),
    "coder": ("Excerpt Creator",),
    "created": ("Excerpt Date",),
    "content": ("Excerpt Copy", "Excerpt Text", "Excerpt"),
    "codes": ("Codes Applied Combined", "Codes Applied"),
}
NEEDED = ("document", "content")
APPLIED = re.compile(r"^Code: (?P<code>.+) Applied$")
WEIGHTED = re.compile(r"^Code: (?P<code>.+) Weight$")
YES = ("true", "yes", "1", "wahr", "verdadero", "vrai")
OTHERS = (
    "the coder is who made an excerpt; codes that others added to it are invisible in this export and count "
    "as theirs."
)


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a sheet has the columns of excerpts."""
    return any({"document", "content", "range"} <= set(matched(c, HEADINGS)) for c in first_rows(head, path))


def read_dedoose(path: Path, given: Input) -> Draft:
    """Return the excerpts of a Dedoose spreadsheet, a coding for each code applied.

    Raises
    ------
    DataError
        If the heading lacks media title or excerpt, or nobody says who coded.
    """
    found = CodedFile(given, sha256_of(path, given.file), "dedoose", "Dedoose")
    tables = tables_of(path, given)
    lines = next(iter(tables.values()), [])
    heading = find_heading(lines, HEADINGS, NEEDED, given.file)
    header = next(line for line in lines if line.row == heading.row)
    applied, weights = _columns(header, APPLIED), _columns(header, WEIGHTED)
    if not applied and "codes" not in heading.columns:
        what = "has neither columns `Code: ... Applied` nor `Codes Applied Combined`. Export them too."
        raise DataError(Problem(what, file=given.file, row=heading.row))
    for line in lines:
        if line.row > heading.row:
            found.held["excerpts"] += 1
            _read_excerpt(found, line, heading, applied, weights)
    if not applied:
        found.warn("has no column a code: a code whose title holds a comma was read as two.")
    found.warn(OTHERS)
    found.facts["positions_by"] = "search of the excerpts"
    return found.draft()


def _columns(header: Line, pattern: re.Pattern[str]) -> dict[str, int]:
    """Return code path -> place of its column."""
    places = {}
    for place, cell in enumerate(header.cells):
        match = pattern.match((cell or "").strip())
        if match:
            places[match["code"]] = place
    return places


def _read_excerpt(
    found: CodedFile, line: Line, heading: Heading, applied: dict[str, int], weights: dict[str, int]
) -> None:
    name, content = heading.cell(line, "document"), heading.cell(line, "content")
    codes = list(_codes(line, heading, applied))
    if name is None or content is None or not codes:
        found.leave("excerpts without a code" if not codes else "rows without media title or text")
        return
    found.documents.setdefault(name, Document(name, row=line.row))
    for code in codes:
        weight = line.cell(weights.get(code))
        found.codings.append(
            Coding(
                name,
                found.code_path([step.strip() for step in code.split("\\") if step.strip()], line.row),
                heading.cell(line, "coder"),
                line.row,
                excerpt=content,
                created=heading.cell(line, "created"),
                near=(heading.cell(line, "range") or "").rpartition("-")[0],  # ends differ by a blank
                weight=weight if weight and re.fullmatch(r"-?\d+(\.\d+)?", weight) else None,
            )
        )


def _codes(line: Line, heading: Heading, applied: dict[str, int]) -> Iterator[str]:
    if applied:
        yield from (code for code, place in applied.items() if (line.cell(place) or "").casefold() in YES)
        return
    for code in (heading.cell(line, "codes") or "").split(","):
        if code.strip():
            yield code.strip()
