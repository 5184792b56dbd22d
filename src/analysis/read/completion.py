"""Tables that were not given, and cells that follow from others: taken from the tables that are there."""

from __future__ import annotations

import pandas as pd

from ..schemas import FILE, ROW
from .casts import typed
from .ordering import natural_ranks

__all__ = ["complete", "no_rows", "told_of_segments"]


def complete(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Infer the tables that were not given; name each in a warning."""
    codings = tables["codings"]
    of_codes = codings.loc[codings["variable"] == "codes", "value"]
    inferred = {
        "segments": ("segment_id", codings["segment_id"], "codings"),
        "coders": ("coder_id", codings["coder_id"], "codings"),
        "codes": ("code_id", of_codes, "codings"),
    }
    warnings = []
    for name, (key, values, origin) in inferred.items():
        if name not in tables:
            warnings += _infer(tables, name, key, values, origin)
    if "documents" not in tables:
        warnings += _infer(tables, "documents", "document_id", tables["segments"]["document_id"], "segments")
    ids = pd.concat([tables["segments"]["case_id"], tables["documents"]["case_id"]])
    if "cases" not in tables:
        warnings += _infer(tables, "cases", "case_id", ids, "segments and documents")
    _fill(tables)
    return warnings


def no_rows(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns typed, the private ones too."""
    frame, _ = typed(
        name, pd.DataFrame({FILE: pd.Series([], dtype="string"), ROW: pd.Series([], dtype="int64")})
    )
    return frame


def _infer(tables: dict[str, pd.DataFrame], name: str, key: str, values: pd.Series, origin: str) -> list[str]:
    ids = values.dropna().drop_duplicates()
    ids = ids.iloc[natural_ranks(ids).argsort()].reset_index(drop=True)
    frame = no_rows(name).reindex(range(len(ids)))
    frame[key] = ids.astype("string")
    if name == "codes":
        frame["name"] = frame[key]
    tables[name] = frame
    return [f"{name}.csv is not there: {len(ids)} {name} taken from {origin}."] if len(ids) else []


def _fill(tables: dict[str, pd.DataFrame]) -> None:
    """Fill what follows: case of a segment, speaker of a span, depth of a code, the one group."""
    documents, codes, cases = (tables[name] for name in ("documents", "codes", "cases"))
    documents["case_id"] = documents["case_id"].fillna(_only_case(tables["segments"], documents))
    tables["segments"] = told_of_segments(tables)
    parent = dict(zip(codes["code_id"], codes["parent_id"], strict=True))
    depth = pd.Series([_depth(code, parent) for code in codes["code_id"]], index=codes.index, dtype="Int64")
    codes["level"] = codes["level"].fillna(depth)
    cases["group"] = cases["group"].fillna("all")


def told_of_segments(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return segments with the case and the speaker that documents and turns tell of them."""
    segments = tables["segments"].drop_duplicates("segment_id").copy()
    if "documents" in tables:
        case_of = tables["documents"].drop_duplicates("document_id").set_index("document_id")["case_id"]
        of_document = segments["document_id"].map(case_of).astype("string")
        segments["case_id"] = segments["case_id"].fillna(of_document)
    if "turns" in tables:
        segments["speaker"] = segments["speaker"].fillna(_speaker_at(segments, tables["turns"]))
    return segments


def _only_case(segments: pd.DataFrame, documents: pd.DataFrame) -> pd.Series:
    """Return the case of documents all of whose segments are one case's: they go where that case goes."""
    told = segments.groupby("document_id")["case_id"]
    only = told.first()[told.nunique(dropna=False) == 1]
    return documents["document_id"].map(only).astype("string")


def _depth(code: str, parent: dict[str, str]) -> int:
    depth = 1
    while not pd.isna(parent[code]):
        code, depth = parent[code], depth + 1
    return depth


def _speaker_at(segments: pd.DataFrame, turns: pd.DataFrame) -> pd.Series:
    """Return the speaker of the turn that a segment starts in."""
    spans = segments.dropna(subset=["document_id", "start"])[["document_id", "start"]].astype(
        {"start": "int64"}
    )
    turns = turns[["document_id", "start", "end", "speaker"]].dropna()
    turns = turns.astype({"start": "int64", "end": "int64"})
    found = pd.merge_asof(
        spans.reset_index().sort_values("start", kind="stable"),
        turns.sort_values("start", kind="stable"),
        on="start",
        by="document_id",
    ).set_index("index")
    inside = segments.loc[found.index, "start"].astype("int64") < found["end"]
    return found["speaker"].where(inside.to_numpy()).reindex(segments.index).astype("string")
