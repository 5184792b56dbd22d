"""Exports of several people brought together: the same text is the same document, whatever it is called.

Two coders' files of one transcript differ in GUIDs, names, line ends, byte-order marks and composed letters.
What they share is the text; by its hash their documents become one, and positions move to the first file's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..schemas import TABLES
from .canonical import moved
from .codedtables import text_hash
from .draft import Draft
from .formats import is_export

__all__ = ["align"]

COPY = 200  # characters; equal documents of one file that are as long are copies, shorter ones may be answers


@dataclass
class _Home:
    """A document that later files' documents may be the same as."""

    document_id: str
    text: str | None
    draft: int


def align(drafts: Sequence[Draft]) -> tuple[list[Draft], list[str]]:
    """Return the drafts with documents of equal text under one id, positions moved, and what was done.

    Tables that people wrote (tidy, wide) stay as they are; their documents are the first that exports are
    compared with.
    """
    exported = [is_export(draft.facts.get("format")) for draft in drafts]
    order = sorted(range(len(drafts)), key=lambda i: exported[i])
    by_text: dict[str, list[_Home]] = {}
    by_id: dict[str, _Home] = {}
    aligned = list(drafts)
    warnings: list[str] = []
    for i in order:
        draft = aligned[i]
        if exported[i]:
            aligned[i], said = _one_id_a_text(draft, i, by_text, by_id)
            warnings += said
        for document, text in _texts(aligned[i]).items():
            home = by_id.get(document)
            if home is None or (home.text is None and text is not None):
                by_id[document] = home = _Home(document, text, i)
                if text:
                    by_text.setdefault(text_hash(text), []).append(home)
    return aligned, warnings


def _texts(draft: Draft) -> dict[str, str | None]:
    documents = draft.tables.get("documents")
    if documents is None or "document_id" not in documents:
        return {}
    if "text" not in documents:
        return dict.fromkeys(documents["document_id"].dropna().tolist())
    pairs = documents.dropna(subset=["document_id"])[["document_id", "text"]].itertuples(index=False)
    return {str(document): None if pd.isna(text) else str(text) for document, text in pairs}


def _one_id_a_text(
    draft: Draft, number: int, by_text: dict[str, list[_Home]], by_id: dict[str, _Home]
) -> tuple[Draft, list[str]]:
    texts = _texts(draft)
    homes: dict[str, _Home] = {}
    taken: set[str] = set()
    clashes = 0
    for document, text in texts.items():
        found = (
            [home for home in by_text.get(text_hash(text), ()) if home.document_id not in taken]
            if text
            else []
        )
        named = [home for home in found if home.document_id == document]
        if named or len(found) == 1:
            homes[document] = (named or found)[0]
            taken.add(homes[document].document_id)
        elif text and document in by_id and by_id[document].text:
            clashes += 1
            homes[document] = _Home(f"{document} ({draft.file})", text, number)
    warnings = []
    if clashes:
        warnings.append(
            f"{draft.file}: {clashes} documents are named as in another file but hold another text; they are "
            "kept apart, and codings of the two do not meet."
        )
    copies, said = _copies(draft, texts, homes)
    met = sum(1 for document, home in homes.items() if home.draft != number)
    if met and any(home.document_id != document for document, home in homes.items()):
        warnings.append(f"{draft.file}: {met} documents are the same texts as in another file.")
    return _renamed(draft, texts, homes | copies), [*warnings, *said]


def _copies(
    draft: Draft, texts: dict[str, str | None], homes: dict[str, _Home]
) -> tuple[dict[str, _Home], list[str]]:
    """Return which documents are copies of another of the same file, one a coder, as MAXQDA needs them."""
    groups: dict[str, list[str]] = {}
    for document, text in texts.items():
        if text and len(text) >= COPY:
            groups.setdefault(text_hash(text), []).append(document)
    if all(len(group) == 1 for group in groups.values()):
        return {}, []
    coders = _coders(draft)
    found: dict[str, _Home] = {}
    apart = 0
    for group in groups.values():
        first = group[0]
        home = homes.get(first) or _Home(first, texts[first], -1)
        seen = set(coders.get(first, ()))
        for copy in group[1:]:
            if seen & coders.get(copy, set()):
                apart += 1
            else:
                found[copy] = home
                seen |= coders.get(copy, set())
    said = []
    if found:
        said.append(
            f"{draft.file}: {len(found)} documents are copies of another, coded by other people; their "
            "codings were brought together on one text."
        )
    if apart:
        said.append(
            f"{draft.file}: {apart} documents hold the same text as another and one coder coded both; they "
            "are kept apart. If each copy is another person's, export one file a coder and name the coders."
        )
    return found, said


def _coders(draft: Draft) -> dict[str, set[str]]:
    segments, codings = draft.tables.get("segments"), draft.tables.get("codings")
    if segments is None or codings is None or codings.empty:
        return {}
    document = segments.drop_duplicates("segment_id").set_index("segment_id")["document_id"]
    pairs = pd.DataFrame({"document": codings["segment_id"].map(document), "coder": codings["coder_id"]})
    return {str(d): set(rows) for d, rows in pairs.dropna().drop_duplicates().groupby("document")["coder"]}


def _renamed(draft: Draft, texts: dict[str, str | None], homes: dict[str, _Home]) -> Draft:
    """Return the draft with documents under the ids of their homes and positions in the homes' texts."""
    homes = {document: home for document, home in homes.items() if not _same(document, texts[document], home)}
    if not homes:
        return draft
    tables = dict(draft.tables)
    names = {document: home.document_id for document, home in homes.items()}
    documents = tables["documents"]
    gone = documents[documents["document_id"].isin(list(homes))]
    kept = documents.assign(document_id=documents["document_id"].replace(names))
    tables["documents"] = kept.drop_duplicates("document_id", ignore_index=True)
    if "segments" in tables:
        tables["segments"], ids = _moved_segments(tables["segments"], texts, homes)
        codings = tables["codings"]
        segment = pd.Series([ids.get(each, each) for each in codings["segment_id"]], dtype="string")
        key = list(TABLES["codings"].key)
        tables["codings"] = codings.assign(segment_id=segment.to_numpy()).drop_duplicates(
            key, ignore_index=True
        )
    if "cases" in tables and "case_id" in gone:
        tables["cases"] = _without_orphans(tables, set(gone["case_id"].dropna()))
    return replace(draft, tables=tables)


def _same(document: str, text: str | None, home: _Home) -> bool:
    return home.document_id == document and home.text == text


def _moved_segments(
    segments: pd.DataFrame, texts: dict[str, str | None], homes: dict[str, _Home]
) -> tuple[pd.DataFrame, dict[str, str]]:
    segments = segments.copy()
    ids: dict[str, str] = {}
    for document, rows in segments[segments["document_id"].isin(list(homes))].groupby("document_id"):
        home, text = homes[str(document)], texts[str(document)]
        spans = rows.dropna(subset=["start", "end"]) if {"start", "end"} <= set(rows) else rows.iloc[:0]
        for each in rows["segment_id"].drop(spans.index):
            ids[each] = f"{home.document_id}{each.removeprefix(str(document))}"
        if len(spans):
            place = {c: spans[c].astype("int64").to_numpy() for c in ("start", "end")}
            if text is not None and home.text is not None:
                place = {c: moved(p, text, home.text) for c, p in place.items()}
            pairs = zip(spans["segment_id"], place["start"].tolist(), place["end"].tolist(), strict=True)
            ids |= {each: f"{home.document_id}:{start}-{end}" for each, start, end in pairs}
            for column, positions in place.items():
                dtype = segments[column].dtype
                segments.loc[spans.index, column] = pd.array(positions).astype(dtype)
            if "text" in segments and home.text is not None:
                words = [home.text[s:e] for s, e in np.column_stack([place["start"], place["end"]]).tolist()]
                segments.loc[spans.index, "text"] = pd.array(words, dtype="string")
        segments.loc[rows.index, "document_id"] = home.document_id
    segments["segment_id"] = pd.array(
        [ids.get(each, each) for each in segments["segment_id"]], dtype="string"
    )
    return segments.drop_duplicates("segment_id", ignore_index=True), ids


def _without_orphans(tables: dict[str, pd.DataFrame], perhaps: set[str]) -> pd.DataFrame:
    """Return the cases without those that no document or segment speaks of any more."""
    cases = tables["cases"]
    for name in ("documents", "segments"):
        if name in tables and "case_id" in tables[name]:
            perhaps -= set(tables[name]["case_id"].dropna())
    return cases[~cases["case_id"].isin(perhaps)].reset_index(drop=True)
