"""The sheet that `concord assign` writes for one coder, filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from ..errors import DataError, Problem
from ..inputs import Input
from ..schemas import FILE, ROW
from .contents import sha256_of
from .draft import Draft
from .sheet import ZIP, Sheet, read_sheets
from .tablefile import first_rows

__all__ = ["CODES", "CODES_A_SEGMENT", "FIXED", "read_codingsheet", "recognises", "title"]

FIXED = ("segment", "document", "speaker", "start", "end", "words")
CODES = "code"
CODES_A_SEGMENT = 4
TITLE = re.compile(r"Concord coding sheet, study (?P<study>\S+), round (?P<round>\d+), coder (?P<coder>.+)")


def title(study: str, coder: str, round_: int) -> str:
    """Return the first cell of a sheet: whose it is, and of which round."""
    return f"Concord coding sheet, study {study}, round {round_}, coder {coder}"


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a workbook's first cell is a sheet's title."""
    rows = first_rows(head, path) if head.startswith(ZIP) else []
    return any(row and TITLE.fullmatch(row[0] or "") for row in rows[:1])


def read_codingsheet(path: Path, given: Input) -> Draft:
    """Return the codings of a filled-in sheet, independent unless study.yml says otherwise.

    The coder and the round are the sheet's own. Paragraphs that are no segments yet become segments.

    Raises
    ------
    DataError
        If it is no such sheet, or its first row was changed.
    """
    sheet = next((each for each in read_sheets(path, given.file) if each.name == "coding"), None)
    told = _title(sheet)
    table = None if sheet is None else sheet.table({*FIXED, "memo"}, least=3)
    if told is None or table is None or not set(FIXED) <= set(table):
        what = (
            "is no coding sheet, or its first two rows were changed. Import the sheet as `assign` wrote it."
        )
        raise DataError(Problem(what, file=given.file))
    about = {"coder_id": told["coder"], "stage": given.stage or "independent", "round": told["round"]}
    codings = _codings(table).assign(**about, **{FILE: given.file})
    tables = {"codings": codings.astype(dict.fromkeys(about, "string"))}
    fresh = _paragraphs(table)
    if not fresh.empty:
        tables["segments"] = fresh.assign(**{FILE: given.file})
    facts = {"format": "coding-sheet", "rows": len(table), "tool": "Concord"}
    facts |= {"held": {"segments": len(table)}, "taken": {"codings": len(codings)}}
    return Draft(given.file, sha256_of(path, given.file), tables, facts, [])


def _title(sheet: Sheet | None) -> re.Match[str] | None:
    first = next(iter(sheet.rows.values()), ()) if sheet else ()
    return TITLE.fullmatch(first[0] or "") if first else None


def _codings(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for every code or value that stands in a segment's row."""
    parts = []
    for column in table.columns.difference([*FIXED, "memo"], sort=False):
        filled = table[column].str.strip().replace("", pd.NA).dropna()
        variable = "codes" if re.fullmatch(rf"{CODES} \d+", column) else column
        memo = table["memo"] if "memo" in table else pd.Series(pd.NA, index=table.index, dtype="string")
        rows = {"segment_id": table["segment"], "value": filled, "memo": memo}
        part = pd.DataFrame(rows).loc[filled.index].assign(variable=variable)
        parts.append(part.assign(**{ROW: part.index}))
    columns = ["segment_id", "variable", "value", "memo", ROW]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    found = found.drop_duplicates(["segment_id", "variable", "value"]).sort_values(ROW, kind="stable")
    return found[columns].astype(dict.fromkeys(columns[:-1], "string")).reset_index(drop=True)


def _paragraphs(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose segment is named after its place, as paragraphs are."""
    placed = table["document"].fillna("") + ":" + table["start"].fillna("")
    mine = table[(table["segment"] == placed) & table["start"].notna()]
    renamed = mine.rename(columns={"segment": "segment_id", "document": "document_id"})
    columns = ["segment_id", "document_id", "start", "end"]
    return renamed.reindex(columns=columns).assign(**{ROW: mine.index}).reset_index(drop=True)
