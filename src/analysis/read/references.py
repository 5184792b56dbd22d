"""Ids that tables made by people point at, held against what is there: charting.segment_ids, audit.item."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pandas as pd

from ..errors import Problem, did_you_mean, quoted
from ..schemas import FILE, ROW

__all__ = ["dangling"]


def dangling(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Return a problem for every id that points at nothing.

    ``charting.segment_ids`` (separated by spaces, commas or semicolons) must be segments. An ``audit.item``
    may be anything; one that is written as segments are (the same letters, digits and signs in turn) must be
    a segment, case, document or code.
    """
    segments = _ids(tables, "segments", "segment_id")
    return [*_charted(tables, segments), *_audited(tables, segments)]


def _charted(tables: Mapping[str, pd.DataFrame], segments: list[str]) -> Iterator[Problem]:
    charting = tables.get("charting")
    if charting is None or "segment_ids" not in charting or not segments:
        return
    known = set(segments)
    for row in charting.dropna(subset=["segment_ids"]).itertuples(index=False):
        for each in str(row.segment_ids).replace(",", " ").replace(";", " ").split():
            if each not in known:
                what = f"{quoted(each)} is no segment.{did_you_mean(each, segments)}"
                yield _problem(what, row, charting, "segment_ids")


def _audited(tables: Mapping[str, pd.DataFrame], segments: list[str]) -> Iterator[Problem]:
    audit = tables.get("audit")
    if audit is None or not segments:
        return
    known = [*segments]
    for table, column in (("cases", "case_id"), ("documents", "document_id"), ("codes", "code_id")):
        known += _ids(tables, table, column)
    shapes = {_shape(each) for each in segments} - {""}
    meant = audit["item"].map(lambda item: not pd.isna(item) and _shape(str(item)) in shapes).astype(bool)
    for row in audit[meant & ~audit["item"].isin(known)].itertuples(index=False):
        what = f"{quoted(row.item)} is no segment, case, document or code.{did_you_mean(row.item, known)}"
        yield _problem(what, row, audit, "item")


def _shape(name: str) -> str:
    """Return an id with every run of letters as `a` and of digits as `0`; words alone have none."""
    shape = re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", name))
    return shape if "0" in shape else ""


def _problem(what: str, row: object, frame: pd.DataFrame, column: str) -> Problem:
    told = dict(zip(frame.columns, row, strict=True))  # type: ignore[call-overload]
    at = None if pd.isna(told.get(ROW)) else int(told[ROW])
    return Problem(what, file=told.get(FILE), row=at, column=column)


def _ids(tables: Mapping[str, pd.DataFrame], table: str, column: str) -> list[str]:
    frame = tables.get(table)
    return [] if frame is None or column not in frame else frame[column].dropna().astype(str).tolist()
