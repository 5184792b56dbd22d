"""How a study's material is divided into units that coders are compared on.

==========  =====================================================================================
unit        what one is
==========  =====================================================================================
segment     a distinct span, or a row of text without a document
character   a code point of a document
token       a word, or a single mark that is no letter, digit or blank
sentence    text up to a full stop, question or exclamation mark, or a line end
paragraph   a line of text
turn        what a speaker says before another does
question    everything that a participant says to one question
document    a transcript
case        a participant
==========  =====================================================================================

Interviewers' speech is in no unit unless the study's filter names that speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from .corpus import Corpus
from .errors import AgreementError, Problem
from .settings import Where

__all__ = ["GATHERED", "INTERVIEWERS", "SPANNED", "UNIT_COLUMNS", "divide", "gathered_in", "universe_of"]

INTERVIEWERS = ("interviewer", "moderator", "researcher")
SPANNED = ("character", "token", "sentence", "paragraph", "turn")
GATHERED = {"question": ["case_id", "question"], "document": ["document_id"], "case": ["case_id"]}
UNIT_COLUMNS = ["unit_id", "document_id", "case_id", "group"]
PIECES = {
    "token": re.compile(r"\w+|[^\w\s]"),
    "sentence": re.compile(r"[^\s.!?…][^.!?…\n\r]*[.!?…]*[\"'”’)\]]*"),
    "paragraph": re.compile(r"[^\s][^\n\r]*"),
}


def universe_of(corpus: Corpus, where: Where) -> pd.DataFrame:
    """Return the segments that a filter admits, with their case's group; interviewers' speech is left out.

    An interviewer's segments stay in only where the filter names that speaker.
    """
    groups = corpus.cases.set_index("case_id")["group"]
    segments = corpus.segments.assign(group=corpus.segments["case_id"].map(groups).astype("string"))
    keep = pd.Series(True, index=segments.index)
    if where.speaker is None:
        keep &= ~segments["speaker"].str.casefold().isin(INTERVIEWERS).fillna(False)
    for column, allowed in where.columns().items():
        keep &= segments[column].isin(allowed)
    return segments[keep].reset_index(drop=True)


def divide(corpus: Corpus, where: Where, unit: str) -> pd.DataFrame:
    """Return the units that a filter admits.

    Parameters
    ----------
    corpus : Corpus
    where : Where
    unit : str

    Returns
    -------
    DataFrame
        ``unit_id``, ``document_id``, ``case_id``, ``group``; ``start``, ``end`` too where units are spans.

    Raises
    ------
    AgreementError
        If the material has no such units: no text, no turns, no questions.
    """
    if unit == "segment":
        return universe_of(corpus, where).rename(columns={"segment_id": "unit_id"})[UNIT_COLUMNS]
    if unit in GATHERED:
        return _gathered(universe_of(corpus, where), unit)
    return _spanned(corpus, where, unit)


def _gathered(segments: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Units that gather segments: everything said to a question, in a document, by a participant."""
    key = GATHERED[unit]
    known = segments.dropna(subset=key)
    if known.empty:
        what = f"no segment has a {key[-1].removesuffix('_id')}, so there is nothing to compare by {unit}."
        raise AgreementError(Problem(what, file="study.yml", column="agreement.unit"))
    first = known.drop_duplicates(key).copy()
    first["unit_id"] = _joined(first, key)
    spread = known.groupby(key, sort=False)["document_id"].transform("nunique") > 1
    first["document_id"] = first["document_id"].mask(spread.loc[first.index])
    return first[UNIT_COLUMNS].reset_index(drop=True)


def gathered_in(segments: pd.DataFrame, unit: str) -> pd.Series:
    """Return the unit that each segment is gathered in."""
    return _joined(segments, GATHERED[unit])


def _joined(segments: pd.DataFrame, key: list[str]) -> pd.Series:
    joined = segments[key[0]]
    for column in key[1:]:
        joined = joined + ":" + segments[column]
    return joined


def _spanned(corpus: Corpus, where: Where, unit: str) -> pd.DataFrame:
    texts = corpus.documents.dropna(subset=["text"])
    if texts.empty:
        what = f"no document has text, so there is nothing to compare by {unit}. Write `unit: segment`."
        raise AgreementError(Problem(what, file="study.yml", column="agreement.unit"))
    if unit == "turn":
        spans = corpus.turns[["document_id", "start", "end", "speaker"]]
        if spans.empty:
            what = "turns.csv is not there, so there is nothing to compare by turn."
            raise AgreementError(Problem(what, file="study.yml", column="agreement.unit"))
    else:
        spans = _pieces(texts, unit)
        spans = spans.assign(speaker=_speakers(spans, corpus.turns))
    group = corpus.cases.set_index("case_id")["group"]
    spans = spans.assign(case_id=spans["document_id"].map(texts.set_index("document_id")["case_id"]))
    spans["group"] = spans["case_id"].map(group)
    keep = spans["speaker"].notna() | corpus.turns.empty
    if where.speaker is None:
        keep &= ~spans["speaker"].str.casefold().isin(INTERVIEWERS).fillna(False)
    for column, allowed in where.columns().items():
        if column != "question":
            keep &= spans[column].isin(allowed)
    spans = spans[keep].reset_index(drop=True)
    spans["unit_id"] = spans["document_id"] + ":" + spans["start"].astype("string")
    return spans[[*UNIT_COLUMNS, "start", "end"]]


def _pieces(texts: pd.DataFrame, unit: str) -> pd.DataFrame:
    documents, starts, ends = [], [], []
    for document, text in texts[["document_id", "text"]].itertuples(index=False):
        found = np.array(list(_spans(text, unit)), dtype=np.int64).reshape(-1, 2)
        documents.append(np.full(len(found), document, dtype=object))
        starts.append(found[:, 0])
        ends.append(found[:, 1])
    columns = {"document_id": pd.Series(np.concatenate(documents), dtype="string")}
    return pd.DataFrame(columns | {"start": np.concatenate(starts), "end": np.concatenate(ends)})


def _spans(text: str, unit: str) -> Iterator[tuple[int, int]]:
    if unit == "character":
        return zip(range(len(text)), range(1, len(text) + 1), strict=True)
    return (match.span() for match in PIECES[unit].finditer(text))


def _speakers(spans: pd.DataFrame, turns: pd.DataFrame) -> pd.Series:
    """Return whose turn each span first touches; missing outside all turns, where nobody speaks."""
    speakers = pd.Series(pd.NA, index=spans.index, dtype="string")
    if turns.empty:
        return speakers
    for document, mine in turns.sort_values("start").groupby("document_id"):
        rows = spans.index[spans["document_id"] == document]
        start, end = (spans.loc[rows, name].to_numpy(np.int64) for name in ("start", "end"))
        place = np.searchsorted(mine["end"].to_numpy(np.int64), start, side="right")
        begins = np.append(mine["start"].to_numpy(np.int64), np.iinfo(np.int64).max)
        inside = begins[place] < end
        speakers.loc[rows[inside]] = mine["speaker"].to_numpy(object)[place[inside]]
    return speakers
