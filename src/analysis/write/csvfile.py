"""A study's codings as one CSV, a coding a row, with the place and the words it is about."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from ..corpus import Corpus

__all__ = ["write_csv"]

OF_SEGMENTS = ["document_id", "case_id", "start", "end", "page", "text", "speaker", "question"]
COLUMNS = [
    *("document_id", "case_id", "segment_id", "start", "end", "page", "text", "speaker", "question"),
    *("coder_id", "variable", "value", "code", "stage", "round"),
    *("weight", "supports", "memo", "created", "codebook_version"),
]


def write_csv(corpus: Corpus, codings: pd.DataFrame, path: Path) -> dict[str, int]:
    """Write codings as UTF-8 CSV; return how many.

    Parameters
    ----------
    corpus : Corpus
    codings : DataFrame
        Those rows of ``corpus.codings`` that are to be written.
    path : Path
    """
    rows = codings.join(corpus.segments.set_index("segment_id")[OF_SEGMENTS], on="segment_id")
    names = corpus.codes.set_index("code_id")["name"]
    rows["code"] = rows["value"].map(names).where(rows["variable"] == "codes")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        # everything in quotes: a carriage return alone would else end a row when it is read back
        out = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL)
        out.writerow(COLUMNS)
        for row in rows[COLUMNS].itertuples(index=False):
            out.writerow(["" if pd.isna(cell) else cell for cell in row])
    part.replace(path)
    return {"codings": len(rows)}
