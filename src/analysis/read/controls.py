"""Control characters outside texts, read as blanks: no figure, Word table or exchange file can hold one.

Texts keep theirs, since positions count them; tables that are printed use `analysis.printable`.
"""

from __future__ import annotations

import pandas as pd

from ..printable import CONTROLS, printable
from ..schemas import FILE, ROW

__all__ = ["without_controls"]

KEPT = {FILE, ROW, "text"}


def without_controls(name: str, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return a table with a blank for each control character, and a warning that counts the cells.

    Parameters
    ----------
    name : str
        Name of the table.
    raw : DataFrame
        Text cells (missing where empty).

    Examples
    --------
    >>> table = pd.DataFrame({"code_id": ["a"], "name": ["No\\x0ctime"]})
    >>> cleared, said = without_controls("codes", table)
    >>> cleared.at[0, "name"]
    'No time'
    >>> said
    ['codes.name: 1 cell holds control characters, each read as a blank.']
    """
    said = []
    for column in raw.columns.difference(KEPT, sort=False):
        cells = raw[column]
        if cells.dtype.kind in "biufM":
            continue
        odd = cells.astype("string").str.contains(f"[{CONTROLS}]", na=False)
        if odd.any():
            raw = raw.assign(**{column: cells.mask(odd, cells[odd].map(printable))})
            hold = "cell holds" if odd.sum() == 1 else "cells hold"
            said.append(f"{name}.{column}: {odd.sum()} {hold} control characters, each read as a blank.")
    return raw, said
