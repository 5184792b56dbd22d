"""What a study holds and an export cannot: counted, so that nobody takes the export for the study."""

from __future__ import annotations

import pandas as pd

from ..corpus import Corpus
from ..schemas import TABLES

__all__ = ["left_behind"]

ALWAYS = ("turns", "assignments", "asked", "charting", "audit")
OF_CODINGS = {"weight": "weights", "supports": "marks of support", "codebook_version": "codebook versions"}
OF_CODES = {"domain": "domains of codes", "influence": "influences of codes"}


def left_behind(corpus: Corpus, codings: pd.DataFrame, format_: str) -> dict[str, int]:
    """Return what of a study does not go into an export, each with its count.

    Parameters
    ----------
    corpus : Corpus
    codings : DataFrame
        Those rows of ``corpus.codings`` that are written.
    format_ : {"refi-qda", "csv"}
    """
    tables = corpus.tables()
    left = {"codings of other stages or rounds": len(corpus.codings) - len(codings)}
    if format_ == "refi-qda":
        left["ratings"] = int((codings["variable"] != "codes").sum())
        left |= {name: _given(codings, column) for column, name in OF_CODINGS.items()}
        left |= {name: _given(corpus.codes, column) for column, name in OF_CODES.items()}
    else:
        left |= {name: _given(codings, column) for column, name in OF_CODINGS.items() if column != "weight"}
        left["texts of documents"] = _given(corpus.documents, "text")
        left["definitions of codes"] = _given(corpus.codes, "definition")
        about = [c for c in corpus.cases.columns if c not in ("case_id", "withdrawn")]
        known = corpus.cases[about].notna().any(axis="columns") if about else pd.Series(dtype=bool)
        left["participants with their group, consent and attributes"] = int(known.sum())
    left |= {name: len(tables[name]) for name in ALWAYS if name in tables and name in TABLES}
    return {name: count for name, count in left.items() if count}


def _given(frame: pd.DataFrame, column: str) -> int:
    return int(frame[column].notna().sum()) if column in frame else 0
