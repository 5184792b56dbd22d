"""The codings of a REFI-QDA project: those that have a place and a code, and their table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ..schemas import FILE, ROW
from .refi_areas import Left
from .refi_documents import Documents
from .refi_places import Places
from .refi_rows import NOWHERE, ProjectXml
from .refi_texts import Texts

__all__ = ["coding_numbers", "coding_table", "left_out", "placed_only", "words"]

LARGEST_NOTE = 1 << 20


def coding_numbers(xml: ProjectXml, documents: Documents, places: Places) -> pd.DataFrame:
    """Return every coding as numbers: its selection, place, code, user and line."""
    marks = xml.marks
    selection = np.array(marks.selection, dtype=np.int64)
    marked = selection != NOWHERE
    at = selection[marked]
    document = documents.of_source[np.array(marks.whole, dtype=np.int64)]
    start, end = np.full(len(document), NOWHERE), np.full(len(document), NOWHERE)
    document[marked], start[marked], end[marked] = places.document[at], places.start[at], places.end[at]
    lost = np.zeros(len(document), dtype=bool)
    lost[marked] = places.lost[at]
    return pd.DataFrame(
        {
            "selection": selection,
            "document": document,
            "start": start,
            "end": end,
            "code": np.array(marks.code, dtype=np.int64),
            "user": np.array(marks.user, dtype=np.int64),
            "line": np.array(marks.coding_line, dtype=np.int64),
            "number": np.arange(len(document)),
            "lost": lost,
            "empty": marked & (end <= start),
        }
    )


def placed_only(rows: pd.DataFrame, missing: Any, left: Left) -> pd.DataFrame:
    """Return codings that have a code and a place; the others are counted in `left`.

    Parameters
    ----------
    missing : array of bool
        Which codings have a code that is not there.
    """
    rows = left_out(rows, missing, "codings whose code is missing", left)
    rows = left_out(rows, rows["document"] == NOWHERE, "codings whose text is no document here", left)
    rows = left_out(rows, rows["lost"], "codings outside their text", left)
    return left_out(rows, rows["empty"], "codings of no text", left)


def left_out(rows: pd.DataFrame, out: Any, what: str, left: Left) -> pd.DataFrame:
    """Return the other rows; those that are out are counted."""
    count = int(np.count_nonzero(out))
    if count:
        left[what] += count
    return rows[~np.asarray(out, dtype=bool)] if count else rows


def coding_table(
    rows: pd.DataFrame, xml: ProjectXml, texts: Texts, code_ids: dict[str, str], about: dict[str, Any]
) -> pd.DataFrame:
    """Return the codings with the cells that are `about` all of them or given as columns."""
    ids = [code_ids.get(guid) for guid in xml.guids["code"]] or [None]
    memos = _memos(rows, xml, texts)
    index = rows.index
    columns = {
        **about,
        "variable": "codes",
        "value": pd.array(ids, dtype="string").take(rows["code"].to_numpy()),
        "memo": words(
            [memos.get(number) for number in rows["number"].tolist()] if memos else [None] * len(rows)
        ),
        "created": words(xml.marks.created).take(rows["number"].to_numpy()),
    }
    typed = {
        name: pd.Series(cells, index=index, dtype="string") if isinstance(cells, str) else cells
        for name, cells in columns.items()
    }
    order = ["segment_id", "coder_id", "variable", "value", "stage", "round", "memo", "created", FILE]
    frame = pd.DataFrame({name: typed[name] for name in order}, index=index)
    return frame.assign(**{ROW: rows["line"].to_numpy()}).reset_index(drop=True)


def words(cells: list[str | None]) -> Any:
    """Return text cells as an array, taken over as they are: `pandas.array` would look at each again."""
    return pd.StringDtype().__from_arrow__(pa.array(cells, type=pa.large_string()))


def _memos(rows: pd.DataFrame, xml: ProjectXml, texts: Texts) -> dict[int, str]:
    """Return coding number -> what is noted about it or its selection."""
    marks = xml.marks
    if not (marks.memo or marks.notes or marks.coding_notes):
        return {}
    memos = {}
    for number, selection in rows[["number", "selection"]].itertuples(index=False):
        notes = [*marks.notes.get(selection, ()), *marks.coding_notes.get(number, ())]
        said = [marks.memo.get(selection), *(_note(guid, xml, texts) for guid in dict.fromkeys(notes))]
        if any(said):
            memos[number] = "\n\n".join(each.strip() for each in said if each and each.strip())
    return memos


def _note(guid: str, xml: ProjectXml, texts: Texts) -> str | None:
    content, path = xml.notes.get(guid, (None, None))
    if content is not None:
        return content
    found = texts.read(path)
    return None if found is None else found[:LARGEST_NOTE].decode("utf-8-sig", "replace")
