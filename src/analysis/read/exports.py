"""What tables of tools' exports need once they stand together: places by search, and whose a document is."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..schemas import FILE
from .search import locate, meet_by_name

__all__ = ["complete_exports"]


def complete_exports(tables: dict[str, pd.DataFrame], exports: Sequence[str]) -> list[str]:
    """Find the places of excerpts that came without, and give documents a participant, in place.

    Returns
    -------
    list of str
        What was done, a sentence each, with counts.
    """
    if not exports or "documents" not in tables:
        return []
    meet_by_name(tables, exports)
    return [*_found_places(tables, exports), *_own_cases(tables, exports)]


def _found_places(tables: dict[str, pd.DataFrame], exports: Sequence[str]) -> list[str]:
    """A segment without a place would stand for its whole document: its words are looked for instead."""
    if "segments" not in tables:
        return []
    segments = tables["segments"]
    theirs = segments[FILE].isin(list(exports)) & segments["page"].isna()
    asks = theirs & segments["start"].isna() & segments["text"].notna()
    if not asks.any():
        return []
    found, counts, refused = locate(segments[theirs], tables["documents"])
    tables["segments"] = pd.concat([segments[~theirs], found], ignore_index=True)
    codings = tables["codings"]
    lost = codings["segment_id"].isin(refused)
    tables["codings"] = codings[~lost].reset_index(drop=True)
    said = []
    if counts["found"]:
        said.append(
            f"{counts['found']} excerpts without positions were found in their documents by their words."
        )
    if refused:
        said.append(
            f"{len(refused)} excerpts stand nowhere in their document, or more than once; their "
            f"{int(lost.sum())} codings were left out."
        )
    return said


def _own_cases(tables: dict[str, pd.DataFrame], exports: Sequence[str]) -> list[str]:
    """Where no file names participants, each document of an export is one."""
    documents = tables["documents"]
    if "cases" in tables or documents["case_id"].notna().any():
        return []
    theirs = documents[FILE].isin(list(exports))
    if ("segments" in tables and tables["segments"]["case_id"].notna().any()) or not theirs.any():
        return []
    documents["case_id"] = documents["case_id"].mask(theirs, documents["document_id"])
    return [
        f"No file says whose the documents are: each of the {int(theirs.sum())} counts as a participant of "
        "its own. Say otherwise in a table documents.csv (document_id, case_id)."
    ]
