"""What one file held, before the tables are put together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

import pandas as pd

from ..schemas import FILE

__all__ = ["Draft", "clean_ids", "of_file"]


@dataclass(frozen=True)
class Draft:
    """Tables of text cells read from one file, with what a person should know about the reading.

    Parameters
    ----------
    file : str
        Path inside source/.
    sha256 : str
        Of the file's bytes.
    tables : dict of DataFrame
        Table name -> text cells, plus ``_file`` and ``_row`` (as a spreadsheet counts: header is row 1).
    facts : dict
        Encoding, delimiter, rows; goes to imports.json.
    warnings : list of str
        In a sentence each; no interview text.
    """

    file: str
    sha256: str
    tables: dict[str, pd.DataFrame]
    facts: dict[str, object] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def of_file(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """Return `frame` with the private column that says which file its rows are of."""
    return frame.assign(**{FILE: pd.Series(file, index=frame.index, dtype="string")})


def clean_ids(cells: pd.Series) -> pd.Series:
    """Return ids in NFC without surrounding white space; empty cells are missing."""
    tidy = {cell: unicodedata.normalize("NFC", cell).strip() or None for cell in cells.dropna().unique()}
    return pd.Series([tidy.get(cell) for cell in cells], index=cells.index, dtype="string")
