"""What came in: files, participants, and who has coded what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from .coders import coders_of, independent_codings
from .corpus import Corpus
from .counting import counted_codes
from .keys import Result, key
from .read.draft import Draft
from .study import Study

__all__ = ["coded_by_table", "files_table", "groups_table", "overview_results", "stages_table"]


def files_table(drafts: Sequence[Draft]) -> pd.DataFrame:
    """Return one row a file: what it held and how it was read."""
    rows = [
        {
            "file": draft.file,
            "holds": draft.facts.get("table", draft.facts.get("format")),
            "rows": _size(draft),
            "encoding": draft.facts.get("encoding"),
            "tool": " ".join(str(draft.facts[k]) for k in ("tool", "version") if draft.facts.get(k)) or None,
            "sha256": draft.sha256[:12],
        }
        for draft in drafts
    ]
    return pd.DataFrame(rows)


def _size(draft: Draft) -> int:
    """Return how many rows a table has, or how many codings were taken from an export."""
    taken = draft.facts.get("taken")
    rows = draft.facts.get("rows")
    if rows is None and isinstance(taken, dict):
        rows = taken.get("codings", 0)
    return int(str(rows or 0))


def groups_table(corpus: Corpus) -> pd.DataFrame:
    """Return participants, documents and segments by group and overall."""
    group = corpus.cases.set_index("case_id")["group"]
    segments = corpus.segments["case_id"].map(group)
    documents = corpus.documents["case_id"].map(group)
    rows = [
        {
            "group": name,
            "participants": int((corpus.cases["group"] == name).sum()),
            "documents": int((documents == name).sum()),
            "segments": int((segments == name).sum()),
        }
        for name in corpus.groups
    ]
    whole = {"group": "all", "participants": len(corpus.cases)}
    whole |= {"documents": len(corpus.documents), "segments": len(corpus.segments)}
    return pd.DataFrame([*rows, whole] if len(rows) != 1 or rows[0]["group"] != "all" else [whole])


def stages_table(corpus: Corpus) -> pd.DataFrame:
    """Return who coded how much: one row a variable, stage, round and coder."""
    home = corpus.segments.set_index("segment_id")["document_id"]
    frame = corpus.codings.assign(document_id=corpus.codings["segment_id"].map(home))
    by = ["variable", "stage", "round", "coder_id"]
    grouped = frame.groupby(by, sort=False)
    table = grouped.agg(
        documents=("document_id", "nunique"), segments=("segment_id", "nunique"), codings=("value", "size")
    ).reset_index()
    order = {"training": 0, "independent": 1, "consensus": 2, "recode": 3}
    place = {coder: n for n, coder in enumerate(corpus.coders["coder_id"])}
    table = table.assign(_stage=table["stage"].map(order), _coder=table["coder_id"].map(place))
    table = table.sort_values(["variable", "_stage", "round", "_coder"], kind="stable", ignore_index=True)
    return table[[*by, "documents", "segments", "codings"]]


def coded_by_table(corpus: Corpus) -> pd.DataFrame:
    """Return how many people coded each document independently.

    Returns
    -------
    DataFrame
        ``document_id``, ``case_id``, ``n_coders``, ``n_segments``; documents that nobody coded have 0.
    """
    independent = independent_codings(corpus)
    at = corpus.segments.set_index("segment_id")
    coded = independent.assign(document_id=independent["segment_id"].map(at["document_id"]))
    coders = coded.groupby("document_id")["coder_id"].nunique()
    n_segments = corpus.segments.groupby("document_id")["segment_id"].size()
    table = corpus.documents[["document_id", "case_id"]].copy()
    table["n_coders"] = table["document_id"].map(coders).fillna(0).astype(int)
    table["n_segments"] = table["document_id"].map(n_segments).fillna(0).astype(int)
    return table


def overview_results(corpus: Corpus, study: Study) -> Iterator[Result]:
    """Yield every count that says what the study consists of."""
    yield Result(key("cases", "n"), len(corpus.cases), "participants")
    yield Result(key("groups", "n"), len(corpus.groups), "groups")
    for group in corpus.groups:
        yield Result(
            key("cases", "group", group), int((corpus.cases["group"] == group).sum()), "participants"
        )
    yield Result(key("documents", "n"), len(corpus.documents), "documents")
    yield Result(key("segments", "n"), len(corpus.segments), "segments")
    for speaker, n in corpus.segments["speaker"].value_counts().sort_index().items():
        yield Result(key("segments", "speaker", speaker), int(n), "segments")
    yield Result(key("coders", "n"), len(coders_of(corpus)), "coders")
    yield from _double_coded(corpus)
    yield from _by_number_of_coders(corpus)
    yield from _codebook(corpus)
    if (corpus.codings["variable"] == "codes").any():
        yield from _contributions(corpus, study)


def _double_coded(corpus: Corpus) -> Iterator[Result]:
    table = coded_by_table(corpus)
    if table.empty:
        return
    several = table["n_coders"] >= 2
    yield Result(key("double_coded", "documents"), int(several.sum()), "documents")
    cases = table.loc[several, "case_id"].dropna()
    yield Result(key("double_coded", "cases"), int(cases.nunique()), "participants")
    yield Result(key("double_coded", "min_coders"), int(table["n_coders"].min()), "coders")


def _by_number_of_coders(corpus: Corpus) -> Iterator[Result]:
    """How many documents, segments and ratings had one coder, two coders and so on, independently."""
    independent = independent_codings(corpus)
    coders = independent.groupby("segment_id")["coder_id"].nunique()
    at = corpus.segments.set_index("segment_id").loc[coders.index]
    yield Result(key("ratings", "n"), int(coders.sum()), "segments by coder")
    for n, part in coders.groupby(coders):
        name = str(n)
        yield Result(key("segments", "coders", name), len(part), "segments")
        yield Result(key("ratings", "coders", name), int(part.sum()), "segments by coder")
        for speaker, mine in at.loc[part.index].groupby("speaker"):
            yield Result(key("segments", "coders", name, speaker=speaker), len(mine), "segments")
    by_document = coders.groupby(at["document_id"]).max()
    for n, documents in by_document.groupby(by_document):
        yield Result(key("documents", "coders", n), len(documents), "documents")


def _codebook(corpus: Corpus) -> Iterator[Result]:
    codes = corpus.codes
    if codes.empty:
        return
    yield Result(key("codes", "n"), len(codes), "codes")
    for level, n in codes["level"].value_counts().sort_index().items():
        yield Result(key("themes", f"level_{level}", "n"), int(n), "codes")
    for influence, part in codes.groupby("influence"):
        yield Result(key("codes", "influence", influence, "n"), len(part), "codes")
        for target, mine in part.groupby("influence_on"):
            name = key("codes", "influence", influence, "n", influence_on=target)
            yield Result(name, len(mine), "codes")


def _contributions(corpus: Corpus, study: Study) -> Iterator[Result]:
    """How many codes of a domain each group contributes to, subcodes included, and how many they share."""
    raised: dict[str, set[Any]] = {}
    marks = counted_codes(corpus, study).marks
    for code in corpus.codes["code_id"]:
        below = [code, *corpus.children(code)]
        raised[code] = set(marks.loc[marks["code_id"].isin(below), "group"].dropna())
    for domain, codes in corpus.codes.groupby("domain"):
        shared = sum(len(raised[code]) > 1 for code in codes["code_id"])
        yield Result(key("codes", "shared", "n", domain=domain), shared, "codes")
        for group in corpus.groups:
            mine = codes[[group in raised[code] for code in codes["code_id"]]]
            yield Result(key("codes", "group", group, "n", domain=domain), len(mine), "codes")
            for level, part in mine.groupby("level"):
                name = key("codes", "group", group, "n", domain=domain, level=level)
                yield Result(name, len(part), "codes")
