"""What several exports say of the same thing, said once; and where they say different things."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..schemas import FILE, PRIVATE, ROW, TABLES
from .consents import STRICTER, strictest

__all__ = ["conflicts", "fold"]

FOLDED = ("documents", "codes", "cases", "coders", "segments", "codings")
TOLD_BY_THE_FILE = {"sha256", "level", "parent_id"}  # follow from the file's own letters and folders


def fold(name: str, rows: pd.DataFrame, exports: Sequence[str]) -> pd.DataFrame:
    """Return a table in which what several exports speak of stands once, empty cells filled from the others.

    Rows of files that are no exports are all kept: a duplicate there is somebody's mistake.

    Parameters
    ----------
    name : str
        Of the table.
    rows : DataFrame
        Of all files.
    exports : sequence of str
        Files that are exports.
    """
    key = [column for column in TABLES[name].key if column in rows]
    theirs = rows[FILE].isin(list(exports))
    if name not in FOLDED or not theirs.any() or not key:
        return rows
    rows = rows.loc[theirs.sort_values(kind="stable").index]
    theirs = theirs[rows.index]
    again = rows.duplicated(key, keep="first") & theirs
    if not again.any():
        return rows.reset_index(drop=True)
    if name == "cases":
        rows = strictest(rows, key)
    if name not in ("segments", "codings"):
        filled = rows.groupby(key, sort=False, dropna=False).transform("first")
        for column in filled.columns.difference([FILE]):
            rows[column] = rows[column].fillna(filled[column])
    return rows[~again].reset_index(drop=True)


def conflicts(name: str, rows: pd.DataFrame, exports: Sequence[str]) -> list[str]:
    """Return a sentence where exports say otherwise than another file what a document, code or case is.

    Of consent and withdrawal the stricter statement holds, and of names and texts any form will do: neither
    is told here.
    """
    key = [column for column in TABLES[name].key if column in rows]
    if name not in ("documents", "codes", "cases") or not key or not rows[FILE].isin(list(exports)).any():
        return []
    silent = {*key, FILE, ROW, *STRICTER, *TOLD_BY_THE_FILE, *(PRIVATE - {"definition"})}
    counts = {}
    for column in rows.columns.difference(list(silent), sort=False):
        said = rows[column].str.strip().groupby([rows[each] for each in key]).nunique()
        if torn := int((said > 1).sum()):
            counts[column] = torn
    if not counts:
        return []
    listed = ", ".join(f"{column} {count}" for column, count in counts.items())
    return [f"{name}: files say different things of the same ones ({listed}); the first file's word stands."]
