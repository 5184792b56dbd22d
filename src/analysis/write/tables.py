"""A Corpus as tidy CSV tables that read back as the same Corpus."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from ..corpus import Corpus
from ..schemas import TABLES

__all__ = ["table_csv", "write_tables"]


def write_tables(corpus: Corpus, folder: Path) -> list[str]:
    """Write every table that has rows to ``<folder>/<table>.csv``; return the files' names.

    Columns that nothing stands in are left out, unless the table cannot do without them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in corpus.tables().items():
        if frame.empty:
            continue
        needed = [*TABLES[name].key, *TABLES[name].required]
        kept = [column for column in frame if column in needed or frame[column].notna().any()]
        (folder / f"{name}.csv").write_text(table_csv(frame[kept]), encoding="utf-8", newline="")
        written.append(f"{name}.csv")
    return written


def table_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV: flags as yes and no, empty where nothing is known.

    Examples
    --------
    >>> table_csv(pd.DataFrame({"case_id": ["P1"], "withdrawn": pd.array([False], dtype="boolean")}))
    'case_id,withdrawn\\nP1,no\\n'
    """
    flags = [name for name in frame if frame[name].dtype == "boolean"]
    frame = frame.assign(**{name: frame[name].map({True: "yes", False: "no"}) for name in flags})
    text = frame.to_csv(index=False, lineterminator="\n")
    if "\r" in text:  # a lone carriage return is left unquoted, and would end a row
        text = frame.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_ALL)
    return text
