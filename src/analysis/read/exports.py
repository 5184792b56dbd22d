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
    """Where no file names participants, each document of an export is one; else say which are nobody's."""
    documents = tables["documents"]
    theirs = documents[FILE].isin(list(exports))
    if _named(tables):
        return _nobodys(tables, documents.loc[theirs & documents["case_id"].isna(), "document_id"])
    if not theirs.any():
        return []
    documents["case_id"] = documents["case_id"].mask(theirs, documents["document_id"])
    return [
        f"No file says whose the documents are: each of the {int(theirs.sum())} counts as a participant of "
        "its own. Say otherwise in a table documents.csv (document_id, case_id)."
    ]


def _named(tables: dict[str, pd.DataFrame]) -> bool:
    """Return whether any file names a participant."""
    held = [tables[name]["case_id"] for name in ("documents", "segments") if name in tables]
    return "cases" in tables or any(bool(each.notna().any()) for each in held)


def _nobodys(tables: dict[str, pd.DataFrame], bare: pd.Series) -> list[str]:
    """Say how many coded documents belong to no participant, although others do."""
    if "segments" not in tables:
        return []
    segments = tables["segments"]
    mine = segments[segments["document_id"].isin(bare) & segments["case_id"].isna()]
    codings = tables["codings"]["segment_id"].isin(mine["segment_id"])
    coded = mine["segment_id"].isin(tables["codings"].loc[codings, "segment_id"])
    count = mine.loc[coded, "document_id"].nunique()
    if not count:
        return []
    return [
        f"{count} coded documents belong, wholly or in part, to no participant, although others do: "
        f"{int(codings.sum())} codings of theirs count for no participant. Say whose they are in a table "
        "documents.csv (document_id, case_id)."
    ]
