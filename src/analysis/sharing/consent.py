"""Whose words may be shared: a participant's, if they agreed to share and the policy shows text."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ..corpus import Corpus
from ..disclosure import check_indirect
from ..policies import NOT_SHOWN
from ..study import Study
from ..textkeys import keyed_hash, text_key

__all__ = ["shared_corpus", "withheld_cases", "withholds_nothing"]

OF_CASES = ("case_id", "group", "interview_order", "consent_quote", "consent_share")


def withheld_cases(corpus: Corpus) -> set[str]:
    """Return the participants who did not agree to share; a missing flag is no agreement."""
    agreed = corpus.cases["consent_share"].fillna(False).astype(bool)
    return set(corpus.cases.loc[~agreed, "case_id"])


def withholds_nothing(corpus: Corpus) -> bool:
    """Return whether everything in the tables may be shared as it is."""
    documents, segments = _withheld(corpus)
    texts = corpus.documents["text"].notna() & documents
    return not (withheld_cases(corpus) or corpus.withdrawn or texts.any()) and not (
        (corpus.segments["text"].notna() & segments).any()
    )


def shared_corpus(corpus: Corpus, study: Study) -> Corpus:
    """Return the tables without the words of people who did not agree to share them.

    Their transcripts, segments, memos on them, summaries and attributes go; their codings and positions stay,
    so that every number stays too. A text that is nobody's in particular is withheld.

    Raises
    ------
    DisclosureError
        If three or more attributes that could tell who somebody is would stand together, unreviewed.
    """
    check_indirect(list(corpus.cases.columns), corpus, study)
    tables = corpus.tables()
    documents, segments = _withheld(corpus)
    closed = withheld_cases(corpus)
    key = text_key(corpus)
    texts = tables["documents"]["text"]
    hashed = texts.map(lambda text: keyed_hash(str(text), key), na_action="ignore").astype("string")
    tables["documents"] = _blank(tables["documents"], documents, ["text", "name", "sha256"])
    tables["documents"]["sha256"] = tables["documents"]["sha256"].mask(documents, hashed)
    tables["segments"] = _blank(tables["segments"], segments, ["text"])
    silent = set(tables["segments"].loc[segments, "segment_id"])
    at = tables["codings"]["segment_id"].isin(silent)
    tables["codings"] = _blank(tables["codings"], at, ["memo"])
    summaries = tables["charting"]["case_id"].isin(closed)
    tables["charting"] = tables["charting"].assign(
        summary=tables["charting"]["summary"].mask(summaries, NOT_SHOWN)
    )
    gone = closed | silent | set(tables["documents"].loc[documents, "document_id"])
    about = tables["audit"]["item"].isin(gone)
    remarks = {name: tables["audit"][name].mask(about, NOT_SHOWN) for name in ("comment", "resolution")}
    tables["audit"] = tables["audit"].assign(**remarks)
    attributes = [name for name in tables["cases"] if name not in OF_CASES]
    tables["cases"] = _blank(tables["cases"], tables["cases"]["case_id"].isin(closed), attributes)
    return replace(corpus, **tables)


def _withheld(corpus: Corpus) -> tuple[pd.Series, pd.Series]:
    """Return which documents and which segments hold words that may not be shared."""
    agreed = set(corpus.cases["case_id"]) - withheld_cases(corpus)
    segments = ~corpus.segments["case_id"].isin(agreed)
    of_others = set(corpus.segments.loc[segments, "document_id"].dropna())
    documents = ~corpus.documents["case_id"].isin(agreed) | corpus.documents["document_id"].isin(of_others)
    closed = set(corpus.documents.loc[documents, "document_id"])
    return documents, segments | corpus.segments["document_id"].isin(closed)


def _blank(frame: pd.DataFrame, rows: pd.Series, columns: list[str]) -> pd.DataFrame:
    return frame.assign(**{name: frame[name].mask(rows) for name in columns})
