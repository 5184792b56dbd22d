"""Segments that have a place in a text: does it read as they do, and which are the same place?"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..errors import DataError, Problem
from ..schemas import FILE, ROW, TABLES
from .consistency import among
from .ordering import natural_places

__all__ = ["NEXT_STEP", "check_slices", "merge_equal_spans"]

SLICES_FIT = 0.95
NEXT_STEP = "Correct these, then run `concord check` again."


def check_slices(tables: dict[str, pd.DataFrame], exports: Sequence[str]) -> list[str]:
    """Where a segment has text and a span, the document must read the same there; exports were proved."""
    if "segments" not in tables or "documents" not in tables:
        return []
    documents = tables["documents"].set_index("document_id")["text"]
    spans = tables["segments"].dropna(subset=["text", "start", "end", "document_id"])
    spans = spans[~spans[FILE].isin(exports)]
    spans = spans[spans["document_id"].isin(documents.dropna().index)]
    if spans.empty:
        return []
    fits = [
        _squeezed(documents[d][s:e]) == _squeezed(t)
        for d, s, e, t in spans[["document_id", "start", "end", "text"]].itertuples(index=False)
    ]
    wrong = spans[[not fit for fit in fits]]
    if wrong.empty:
        return []
    if 1 - len(wrong) / len(spans) < SLICES_FIT:
        what = (
            "the document reads otherwise from start to end: offsets count characters (code points) from 0."
        )
        problems = [
            Problem(what, file=f, row=int(r), column="start")
            for f, r in wrong[[FILE, ROW]].itertuples(index=False)
        ]
        raise DataError(problems, next_step=NEXT_STEP)
    return [f"{len(wrong)} of {len(spans)} segments do not read as the document does at their place."]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def merge_equal_spans(tables: dict[str, pd.DataFrame]) -> list[str]:
    """A segment is a distinct (document, start, end): later ids of the same span become the first one."""
    segments = tables["segments"]
    spanned = segments.dropna(subset=["document_id", "start", "end"])
    spanned = spanned[spanned.duplicated(["document_id", "start", "end"], keep=False)]
    spanned = spanned.sort_values("segment_id", key=natural_places, kind="stable")
    first = spanned.groupby(["document_id", "start", "end"], sort=False)["segment_id"].transform("first")
    later = spanned["segment_id"] != first
    if not later.any():
        return []
    merged = dict(zip(spanned.loc[later, "segment_id"], first[later], strict=True))
    tables["segments"] = segments[~among(segments["segment_id"], spanned.loc[later, "segment_id"])]
    for name in ("codings", "assignments"):
        if name in tables:
            frame = tables[name]
            moved = frame["segment_id"].map(merged).astype("string")
            frame["segment_id"] = moved.fillna(frame["segment_id"])
            tables[name] = frame.drop_duplicates(list(TABLES[name].key))
    return [f"{len(merged)} segments with the same span as another were merged with it."]
