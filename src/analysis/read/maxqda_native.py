"""MAXQDA's own project files (.mx12 to .mx24, .mex): experimental, because their texts are encrypted."""

from __future__ import annotations

from pathlib import Path

from ..inputs import Input
from .coded import Code, CodedFile, Coding, Document
from .codeddatabase import coded_database
from .draft import Draft
from .rows import Row, holds, rows

__all__ = ["NEEDED", "read_maxqda_native", "recognises"]

NEEDED = {
    "Texts": ["ID", "Name"],
    "Codewords": ["ID", "Name"],
    "Codings": ["TextID", "WordID", "SegPos1X", "SegPos2X"],
}
CODING = ("TextID", "WordID", "Author", "Date", "SegPos1X", "SegPos2X", "Weight", "Comment", "ToDelete")
ABOVE = ("ParentID", "ParentWordID", "UpperID")  # the column's name differs between versions


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a database holds MAXQDA's tables."""
    return holds(path, NEEDED)


def read_maxqda_native(path: Path, given: Input) -> Draft:
    """Return who coded what where in a MAXQDA project, without the texts.

    The format is undocumented and differs between versions. Texts are encrypted and previews are cut, so
    positions cannot be proved: good for the overlap of two coders, not for what needs the text's length.

    Raises
    ------
    DataError
        If it is no MAXQDA project.
    """
    tool = ("maxqda-project", "MAXQDA (project file, experimental)")
    with coded_database(path, given, NEEDED, tool) as (found, database):
        for row in rows(database, "Texts", "ID", "Name"):
            found.held["texts"] += 1
            found.documents[row.key("ID")] = Document(row.words("Name") or f"text {row.n}", row=row.n)
        for row in rows(database, "Codewords", "ID", "Name", *ABOVE):
            found.held["codes"] += 1
            above = next(
                (row.key(column) for column in ABOVE if row.key(column) not in ("", "0", "-1")), None
            )
            found.codes[row.key("ID")] = Code(row.words("Name") or f"code {row.n}", above, row=row.n)
        for row in rows(database, "Codings", *CODING):
            _read_coding(found, row)
    found.left["texts (encrypted)"] = len(found.documents)
    found.warn(
        "MAXQDA's own project file is read by experiment: its positions are not proved and its texts are "
        "encrypted. Export a REFI-QDA project (.qdpx) to have both."
    )
    found.place()
    return found.draft()


def _read_coding(found: CodedFile, row: Row) -> None:
    found.held["codings"] += 1
    start, end = row.number("SegPos1X"), row.number("SegPos2X")
    if row.number("ToDelete") == 1:
        found.leave("codings marked as deleted")
    elif start is None or end is None:
        found.leave("codings without a position")
    else:
        found.codings.append(
            Coding(
                row.key("TextID"),
                row.key("WordID"),
                row.words("Author"),
                row.n,
                start,
                end,
                memo=row.words("Comment"),
                created=row.words("Date"),
                weight=_weight(row),
            )
        )


def _weight(row: Row) -> str | None:
    found = row.number("Weight")
    return None if found is None else str(found)
