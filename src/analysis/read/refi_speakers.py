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
    """Return the spans that belong to cases; a document coded to one case alone becomes that case's.

    A case that names selections names these alone: the rest of their document stays whose it was.

    Parameters
    ----------
    rows : DataFrame
        Codings to cases: document, start, end, code as numbers.
    """
    guids = xml.guids["code"]
    found: CaseSpans = {}
    for document, start, end, code in rows[["document", "start", "end", "code"]].itertuples(index=False):
        if document != NOWHERE:
            found.setdefault(document, []).append((start, end, cases.of_guid[guids[code]]))
    for document, spans in found.items():
        names = {case for _, _, case in spans}
        if len(names) == 1:
            cases.of_source.setdefault(places.keys[document], names.pop())
    found = {number: spans for number, spans in found.items() if places.keys[number] not in cases.of_source}
    for guid, case in cases.of_selection.items():
        row = xml.selection_guids.get(guid)
        if row is not None and not places.lost[row] and places.document[row] != NOWHERE:
            span = (int(places.start[row]), int(places.end[row]), case)
            found.setdefault(int(places.document[row]), []).append(span)
    return found


def cases_of_segments(segments: pd.DataFrame, document: np.ndarray, spans: CaseSpans) -> pd.Series:
    """Return the case of segments in documents that several cases speak in: of the closest span around."""
    found = np.full(len(segments), None, dtype=object)
    start, end = (segments[column].fillna(NOWHERE).to_numpy(np.int64) for column in ("start", "end"))
    for number, told in spans.items():
        mine = np.flatnonzero((document == number) & (start != NOWHERE))
        mine = mine[np.argsort(start[mine], kind="stable")]
        starts = start[mine]
        for first, after, case in sorted(told, key=lambda span: span[0] - span[1]):
            low, high = np.searchsorted(starts, (first, after))
            within = mine[low:high]
            found[within[end[within] <= after]] = case
    return pd.Series(found, index=segments.index, dtype="string")
