"""What people said who withdrew, in documents that others share: blotted out, length and positions kept."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

import pandas as pd

from .corpus import Corpus

__all__ = ["BLOT", "WITHDRAWN", "without_ids", "without_words"]

BLOT = "\u2588"
WITHDRAWN = "[withdrawn]"
_INK = re.compile(r"[^\n\r]")


def without_words(corpus: Corpus, case_ids: Iterable[str]) -> Corpus:
    """Return the corpus with the words of some cases blotted out of documents that are not theirs alone.

    Call it before :meth:`~analysis.corpus.Corpus.without_cases`, which takes out what is theirs alone. In a
    document of several people (a focus group) their segments, the turns that these lie in, and every other
    turn of a speaker all of whose segments there are theirs become blots of the same length, line breaks
    kept, so that everybody else's positions hold. Segments of others that reach into such a stretch lose
    that part. Their name as a speaker goes; a hash of the document no longer fits and goes too.

    What somebody else says about them stays: nobody can find that by position.

    Examples
    --------
    >>> documents = pd.DataFrame({"document_id": ["F"], "text": ["Ann: yes\\nBo: no"]}).astype("string")
    >>> segments = pd.DataFrame({"segment_id": ["1"], "document_id": ["F"], "case_id": ["A"], "start": [5],
    ...     "end": [8], "text": ["yes"], "speaker": ["Ann"]})
    >>> print(without_words(Corpus(documents=documents, segments=segments), ["A"]).documents["text"][0])
    Ann: ███
    Bo: no
    """
    gone = set(case_ids)
    alone = corpus.documents.reindex(columns=["document_id", "case_id"])
    alone = alone.loc[alone["case_id"].isin(gone), "document_id"]
    mine = corpus.segments["case_id"].isin(gone) & ~corpus.segments["document_id"].isin(alone)
    theirs = corpus.segments[mine]
    shared = theirs["document_id"].dropna().unique().tolist()
    if not shared:
        return corpus
    turns = corpus.turns.copy()
    spoken = _turns_of(turns, corpus.segments, theirs, gone)
    spans = {each: _spans(each, theirs, turns[spoken]) for each in shared}
    turns["speaker"] = turns["speaker"].mask(spoken, WITHDRAWN)
    return replace(
        corpus,
        documents=_blotted_documents(corpus.documents, spans),
        segments=_blotted_segments(corpus.segments, spans),
        turns=turns,
    )


def without_ids(warnings: Iterable[str], corpus: Corpus, case_ids: Iterable[str]) -> tuple[str, ...]:
    """Return remarks of the reading without the ids of some cases, their documents and segments.

    Parameters
    ----------
    warnings : iterable of str
    corpus : Corpus
        With these cases still in it.
    case_ids : iterable of str
    """
    gone = set(case_ids)
    ids = [*gone]
    for frame, column in ((corpus.documents, "document_id"), (corpus.segments, "segment_id")):
        if "case_id" in frame:
            ids += frame.loc[frame["case_id"].isin(gone), column].tolist()
    words = "|".join(re.escape(str(each)) for each in sorted(ids, key=lambda each: (-len(each), each)))
    pattern = re.compile(rf"(?<![\w-])(?:{words})(?![\w-])") if words else None
    return tuple(pattern.sub(WITHDRAWN, text) if pattern else text for text in warnings)


def _turns_of(
    turns: pd.DataFrame, segments: pd.DataFrame, theirs: pd.DataFrame, gone: Collection[str]
) -> pd.Series:
    """Return which turns are spoken by those who are gone."""
    alone = _speakers_alone(segments, gone)
    at = list(zip(turns["document_id"], turns["speaker"], strict=True))
    named = pd.Series([each in alone for each in at], index=turns.index, dtype=bool)
    for each in theirs.dropna(subset=["start", "end"]).itertuples(index=False):
        around = (turns["document_id"] == each.document_id) & (turns["start"] < each.end)
        around &= (turns["end"] > each.start) & _spoken_by(turns["speaker"], each.speaker)
        named |= around
    return named


def _spoken_by(speakers: pd.Series, speaker: object) -> pd.Series:
    """Return which turns may be a speaker's: all where nobody is named."""
    return (
        pd.Series(True, index=speakers.index) if pd.isna(speaker) else speakers.isna() | (speakers == speaker)
    )


def _speakers_alone(segments: pd.DataFrame, gone: Collection[str]) -> set[tuple[object, object]]:
    """Return (document, speaker) pairs all of whose segments belong to those who are gone."""
    named = segments.dropna(subset=["document_id", "speaker"])
    whose = named["case_id"].isin(list(gone)).groupby([named["document_id"], named["speaker"]]).all()
    return set(whose.index[whose])


def _spans(document: str, theirs: pd.DataFrame, turns: pd.DataFrame) -> list[tuple[int, int]]:
    parts = [
        frame.loc[frame["document_id"] == document, ["start", "end"]].dropna() for frame in (theirs, turns)
    ]
    return [(int(start), int(end)) for part in parts for start, end in part.to_numpy()]


def _blotted_documents(documents: pd.DataFrame, spans: dict[str, list[tuple[int, int]]]) -> pd.DataFrame:
    touched = documents["document_id"].isin(list(spans))
    texts = [
        _blotted(text, spans[document]) if document in spans and not pd.isna(text) else text
        for document, text in zip(documents["document_id"], documents["text"], strict=True)
    ]
    changed = {"text": pd.Series(texts, index=documents.index, dtype="string")}
    if "sha256" in documents:
        changed["sha256"] = documents["sha256"].mask(touched)
    return documents.assign(**changed)


def _blotted_segments(segments: pd.DataFrame, spans: dict[str, list[tuple[int, int]]]) -> pd.DataFrame:
    """Return segments whose text is as their document now reads."""
    texts = segments["text"].tolist()
    touched = segments["document_id"].isin(list(spans)) & segments["start"].notna() & segments["text"].notna()
    for place in touched.to_numpy().nonzero()[0]:
        document, start, text = (segments[name].iloc[place] for name in ("document_id", "start", "text"))
        texts[place] = _blotted(text, [(a - int(start), b - int(start)) for a, b in spans[document]])
    return segments.assign(text=pd.Series(texts, index=segments.index, dtype="string"))


def _blotted(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        first, last = max(0, start), min(len(text), end)
        if first < last:
            text = text[:first] + _INK.sub(BLOT, text[first:last]) + text[last:]
    return text
