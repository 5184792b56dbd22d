"""Whose text a span is, where a REFI-QDA project says it by coding text to a case as to a code."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .refi_cases import Cases
from .refi_places import Places
from .refi_rows import NOWHERE, ProjectXml

__all__ = ["CaseSpans", "case_spans", "cases_of_segments"]

CaseSpans = dict[int, list[tuple[int, int, str]]]  # number of a document -> start, end, case id


def case_spans(rows: pd.DataFrame, xml: ProjectXml, places: Places, cases: Cases) -> CaseSpans:
    """Return the spans that belong to cases; a document in which one case alone speaks becomes that case's.

    Parameters
    ----------
    rows : DataFrame
        Codings to cases: document, start, end, code as numbers.
    """
    guids = xml.guids["code"]
    found: CaseSpans = {}
    for document, start, end, code in rows[["document", "start", "end", "code"]].itertuples(index=False):
        found.setdefault(document, []).append((start, end, cases.of_guid[guids[code]]))
    for guid, case in cases.of_selection.items():
        row = xml.selection_guids.get(guid)
        if row is not None and not places.lost[row]:
            span = (int(places.start[row]), int(places.end[row]), case)
            found.setdefault(int(places.document[row]), []).append(span)
    for document, spans in found.items():
        names = {case for _, _, case in spans}
        if document != NOWHERE and len(names) == 1:
            cases.of_source.setdefault(places.keys[document], names.pop())
    return found


def cases_of_segments(
    segments: pd.DataFrame, document: np.ndarray, spans: CaseSpans, places: Places, cases: Cases
) -> pd.Series:
    """Return the case of segments in documents that several cases speak in."""
    found = pd.Series(pd.NA, index=segments.index, dtype="string")
    for number, told in spans.items():
        if number == NOWHERE or places.keys[number] in cases.of_source:
            continue
        mine = segments[(document == number) & segments["start"].notna()]
        for start, end, case in told:
            found[mine.index[(mine["start"] >= start) & (mine["end"] <= end)]] = case
    return found
