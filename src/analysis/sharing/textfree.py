"""The tables of a study without a word of anybody's: hashes, positions and codings."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ..corpus import Corpus, empty_table
from ..disclosure import public_corpus
from ..policies import NOT_SHOWN
from ..study import Study
from .renaming import Renaming

__all__ = ["text_free_corpus"]

KEPT = {  # what a number can rest on
    "cases": ["case_id", "group", "interview_order"],
    "documents": ["document_id", "case_id", "sha256", "guide_version", "coded_version"],
    "turns": ["document_id", "start", "end", "speaker"],
    "coders": ["coder_id", "kind"],
    "codes": [
        "code_id", "name", "parent_id", "level", "domain", "influence", "influence_on", "a_priori",
        "introduced_version",
    ],
    "segments": ["segment_id", "document_id", "case_id", "start", "end", "speaker", "question"],
    "codings": [
        "segment_id", "coder_id", "variable", "value", "stage", "round", "weight", "supports",
        "codebook_version",
    ],
    "assignments": ["coder_id", "segment_id", "document_id", "stage", "round", "variable", "code_id"],
    "asked": ["case_id", "question", "domain", "asked", "prompted"],
    "charting": ["case_id", "code_id", "summary", "author", "segment_ids", "codebook_version"],
}  # fmt: skip


def text_free_corpus(corpus: Corpus, study: Study, names: Renaming) -> Corpus:
    """Return the tables without text, under names that tell nothing.

    Documents keep a keyed hash of their text; the key is computed from all texts and is not among the tables.
    Auditors' remarks and the history of the codebook go: codings hold the codes as they became.

    Parameters
    ----------
    corpus : Corpus
    study : Study
        With the policy text_free.
    names : Renaming
    """
    public = public_corpus(corpus, study)
    spoken = {
        "turns": public.turns.assign(speaker=corpus.turns["speaker"]),
        "segments": public.segments.assign(speaker=corpus.segments["speaker"]),
    }
    tables = names.corpus(replace(public, **spoken)).tables()
    tables["charting"] = tables["charting"].assign(summary=NOT_SHOWN)
    kept = {name: _only(name, tables[name]) for name in tables}
    return Corpus(**kept, warnings=())


def _only(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the columns that numbers rest on; the others are there and empty."""
    whole = empty_table(name)
    if name not in KEPT:
        return whole
    columns = {
        column: frame[column] if column in KEPT[name] else pd.Series(pd.NA, frame.index, whole[column].dtype)
        for column in whole
    }
    return pd.DataFrame(columns, index=frame.index)
