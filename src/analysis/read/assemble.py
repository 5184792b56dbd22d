"""From the drafts of all files to one Corpus: join, check, complete, merge equal spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..corpus import Corpus, natural
from ..errors import DataError, Problem, did_you_mean, quoted
from ..schemas import FILE, ROW, TABLES, typed
from ..study import Study
from .alignment import align, fold
from .consistency import contradictions, several_values
from .draft import Draft
from .exports import complete_exports
from .formats import is_export
from .recoding import apply_recodes

__all__ = ["assemble"]

SLICES_FIT = 0.95
NEXT_STEP = "Correct these, then run `concord check` again."


def assemble(drafts: Sequence[Draft], study: Study) -> Corpus:
    """Return the corpus that the drafts make up.

    Raises
    ------
    DataError
        With every problem in every table.
    """
    exports = [draft.file for draft in drafts if is_export(draft.facts.get("format"))]
    drafts, aligned = align(drafts)
    tables, problems = _joined(drafts, exports)
    if "codings" not in tables and study.method != "reflexive":
        problems.append(Problem("no file of codings among the inputs.", file="study.yml", column="inputs"))
    tables.setdefault("codings", _none("codings"))
    warnings = [*(warning for draft in drafts for warning in draft.warnings), *aligned]
    warnings += complete_exports(tables, exports)
    _map_coders(tables, study)
    warnings += _limit_to_where(tables, study)
    problems += contradictions(tables, study)
    if problems:
        raise DataError(_in_order(problems), title=_title(problems, study), next_step=NEXT_STEP)
    warnings += apply_recodes(tables)
    warnings += _check_slices(tables, exports)
    warnings += _complete(tables)
    warnings += _merge_equal_spans(tables)
    problems = [*several_values(tables), *_unknown_exclusions(tables, study)]
    if problems:
        raise DataError(_in_order(problems), title=_title(problems, study), next_step=NEXT_STEP)
    frames: dict[str, Any] = {name: _finished(name, frame) for name, frame in tables.items()}
    corpus = Corpus(**frames, warnings=tuple(warnings))
    return _excluded(_without_withdrawn(corpus), study)


def _joined(drafts: Sequence[Draft], exports: Sequence[str]) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    parts: dict[str, list[pd.DataFrame]] = {}
    for draft in drafts:
        for name, frame in draft.tables.items():
            parts.setdefault(name, []).append(frame)
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Problem] = []
    for name in TABLES:
        if name in parts:
            raw = pd.concat(parts[name], ignore_index=True)
            raw = fold(name, raw, exports) if len(parts[name]) > 1 else raw
            tables[name], wrong = typed(name, raw)
            problems += wrong
    if "segments" in tables and len(parts["segments"]) > 1:
        same = [c for c in tables["segments"].columns if c not in (FILE, ROW)]
        tables["segments"] = tables["segments"].drop_duplicates(same, ignore_index=True)
    return tables, problems


def _none(name: str) -> pd.DataFrame:
    frame, _ = typed(
        name, pd.DataFrame({FILE: pd.Series([], dtype="string"), ROW: pd.Series([], dtype="int64")})
    )
    return frame


def _in_order(problems: list[Problem]) -> list[Problem]:
    unique = {str(problem): problem for problem in problems}.values()
    return sorted(unique, key=lambda p: (p.file != "study.yml", p.file or "", p.row or 0))


def _title(problems: list[Problem], study: Study) -> str | None:
    files = {problem.file for problem in problems}
    return f"source/{files.pop()}" if len(files) == 1 and "study.yml" not in files else f"study {study.study}"


def _map_coders(tables: dict[str, pd.DataFrame], study: Study) -> None:
    for name in ("codings", "assignments"):
        if name in tables and study.coders:
            tables[name]["coder_id"] = tables[name]["coder_id"].replace(study.coders)


def _limit_to_where(tables: dict[str, pd.DataFrame], study: Study) -> list[str]:
    """Leave out ratings of segments that a variable does not speak of."""
    limited = {name: each.where.columns() for name, each in study.variables.items() if each.where.columns()}
    if "segments" not in tables or not limited:
        return []
    warnings = []
    segments = _told_of_segments(tables).set_index("segment_id")
    if "cases" in tables:
        cases = tables["cases"].drop_duplicates("case_id").set_index("case_id")
        segments["group"] = segments["case_id"].map(cases["group"]).astype("string")
    for name, where in limited.items():
        codings = tables["codings"]
        admitted = pd.Series(True, index=codings.index)
        for column, allowed in where.items():
            if column in segments:
                admitted &= codings["segment_id"].map(segments[column]).isin(allowed)
        outside = (codings["variable"] == name) & codings["segment_id"].isin(segments.index) & ~admitted
        if outside.any():
            tables["codings"] = codings[~outside].reset_index(drop=True)
            warnings.append(f"{name}: {int(outside.sum())} cells outside its `where` left out.")
    return warnings


def _check_slices(tables: dict[str, pd.DataFrame], exports: Sequence[str]) -> list[str]:
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


def _complete(tables: dict[str, pd.DataFrame]) -> list[str]:
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


def _infer(tables: dict[str, pd.DataFrame], name: str, key: str, values: pd.Series, origin: str) -> list[str]:
    ids = sorted(values.dropna().unique().tolist(), key=_by_name)
    frame = _none(name).reindex(range(len(ids)))
    frame[key] = pd.Series(ids, dtype="string")
    if name == "codes":
        frame["name"] = frame[key]
    tables[name] = frame
    return [f"{name}.csv is not there: {len(ids)} {name} taken from {origin}."] if ids else []


def _fill(tables: dict[str, pd.DataFrame]) -> None:
    """Fill what follows: case of a segment, speaker of a span, depth of a code, the one group."""
    documents, codes, cases = (tables[name] for name in ("documents", "codes", "cases"))
    documents["case_id"] = documents["case_id"].fillna(_only_case(tables["segments"], documents))
    tables["segments"] = _told_of_segments(tables)
    parent = dict(zip(codes["code_id"], codes["parent_id"], strict=True))
    depth = pd.Series([_depth(code, parent) for code in codes["code_id"]], index=codes.index, dtype="Int64")
    codes["level"] = codes["level"].fillna(depth)
    cases["group"] = cases["group"].fillna("all")


def _told_of_segments(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
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


def _merge_equal_spans(tables: dict[str, pd.DataFrame]) -> list[str]:
    """A segment is a distinct (document, start, end): later ids of the same span become the first one."""
    segments = tables["segments"]
    spanned = segments.dropna(subset=["document_id", "start", "end"])
    spanned = spanned[spanned.duplicated(["document_id", "start", "end"], keep=False)]
    spanned = spanned.sort_values("segment_id", key=_rank, kind="stable")
    first = spanned.groupby(["document_id", "start", "end"], sort=False)["segment_id"].transform("first")
    same = dict(zip(spanned["segment_id"], first, strict=True))
    merged = {old: new for old, new in same.items() if old != new}
    if not merged:
        return []
    tables["segments"] = segments[~segments["segment_id"].isin(merged)]
    for name in ("codings", "assignments"):
        if name in tables:
            frame = tables[name]
            frame["segment_id"] = frame["segment_id"].replace(merged)
            tables[name] = frame.drop_duplicates(list(TABLES[name].key))
    return [f"{len(merged)} segments with the same span as another were merged with it."]


def _finished(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Drop the private columns and put rows in the order of the key (coders and codes keep their file's)."""
    frame = frame.drop(columns=[FILE, ROW])
    known = list(TABLES[name].columns)
    extra = sorted(frame.columns.difference(known)) if TABLES[name].attributes else []
    frame = frame[[*known, *extra]]
    order = [column for column in TABLES[name].key if column in frame]
    if order and len(frame) > 1 and name not in ("coders", "codes"):
        places = [_rank(frame[column]).to_numpy(float, na_value=np.inf) for column in reversed(order)]
        frame = frame.iloc[np.lexsort(places)]
    return frame.reset_index(drop=True)


def _rank(cells: pd.Series) -> pd.Series:
    """Return each cell's place in natural order; missing cells come last."""
    if pd.api.types.is_numeric_dtype(cells):
        return cells
    places = {name: place for place, name in enumerate(sorted(cells.dropna().unique(), key=_by_name))}
    return pd.Series([places.get(cell, len(places)) for cell in cells], index=cells.index)


def _by_name(name: str) -> tuple[object, str]:
    """Return a key for natural order that also tells P1 from P01 and p1, whatever row came first."""
    return natural(name), name


def _without_withdrawn(corpus: Corpus) -> Corpus:
    gone = corpus.cases.loc[corpus.cases["withdrawn"].fillna(False), "case_id"].tolist()
    if not gone:
        return corpus
    left = corpus.without_cases(gone)
    return Corpus(**left.tables(), withdrawn=len(gone), warnings=corpus.warnings)


def _unknown_exclusions(tables: dict[str, pd.DataFrame], study: Study) -> list[Problem]:
    """An id to leave out that is not there would leave everything in."""
    known = {
        "coder": tables["coders"]["coder_id"],
        "case": tables["cases"]["case_id"],
        "group": tables["cases"]["group"],
    }
    return [
        Problem(
            f"{quoted(name)} is not among the study's {kind}s.{did_you_mean(name, known[kind].dropna())}",
            file="study.yml",
            column=f"exclude.{kind}",
        )
        for kind, names in study.exclude
        for name in names
        if name not in set(known[kind])
    ]


def _excluded(corpus: Corpus, study: Study) -> Corpus:
    cases = corpus.cases
    unwanted = cases["case_id"].isin(study.exclude.case) | cases["group"].isin(study.exclude.group)
    return corpus.without_cases(cases.loc[unwanted, "case_id"]).without_coders(study.exclude.coder)
