"""What of the tables a study speaks of: its `where`, what it excludes, who withdrew."""

from __future__ import annotations

import pandas as pd

from ..corpus import Corpus
from ..errors import Problem, did_you_mean, quoted
from ..study import Study
from ..withdrawal import without_ids, without_words
from .completion import told_of_segments

__all__ = ["limit_to_where", "limited_corpus", "unknown_exclusions"]


def limit_to_where(tables: dict[str, pd.DataFrame], study: Study) -> list[str]:
    """Leave out ratings of segments that a variable does not speak of."""
    limited = {name: each.where.columns() for name, each in study.variables.items() if each.where.columns()}
    if "segments" not in tables or not limited:
        return []
    warnings = []
    segments = told_of_segments(tables).set_index("segment_id")
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


def unknown_exclusions(tables: dict[str, pd.DataFrame], study: Study) -> list[Problem]:
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


def limited_corpus(corpus: Corpus, study: Study) -> Corpus:
    """Return the corpus without the cases that withdrew and without what the study excludes."""
    return _excluded(_without_withdrawn(corpus), study)


def _without_withdrawn(corpus: Corpus) -> Corpus:
    gone = corpus.cases.loc[corpus.cases["withdrawn"].fillna(False), "case_id"].tolist()
    if not gone:
        return corpus
    left = without_words(corpus, gone).without_cases(gone)
    said = without_ids(corpus.warnings, corpus, gone)
    return Corpus(**left.tables(), withdrawn=len(gone), warnings=said)


def _excluded(corpus: Corpus, study: Study) -> Corpus:
    cases = corpus.cases
    unwanted = cases["case_id"].isin(study.exclude.case) | cases["group"].isin(study.exclude.group)
    return corpus.without_cases(cases.loc[unwanted, "case_id"]).without_coders(study.exclude.coder)
