"""Quotes chosen by stated rules: agreed by all coders, spread over participants and groups, of fit length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .corpus import Corpus, natural
from .counting import Counted, agreed_by_all
from .disclosure import case_labels, policy_of, public_corpus, public_themes, quotable, shows_people
from .identifiers import find
from .study import Study
from .themes import theme_table

__all__ = ["QUOTES", "quote_rules", "quotes_table"]

QUOTES = [
    "code_id", "name", "place", "segment_id", "case_id", "group", "who", "side", "agreed", "n_words", "quote",
]  # fmt: skip
SIDES = ("supports", "contradicts")


def quotes_table(
    corpus: Corpus, study: Study, counted: Counted | None, names: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the words of consenting participants for each code, the first choice first.

    Only segments that the policy and the participant's consent allow, of the participant's own speech, and
    that hold nothing that looks like a direct identifier. Among them come first those of a fit length, those
    that every coder who saw them gave the code, and those of participants quoted least so far, groups in
    turn. A segment that contradicts the code is quoted beside those that support it. Where the policy hides
    the count of a code in a group, nobody of that group is quoted for it.

    Parameters
    ----------
    corpus, study, counted :
        As elsewhere; `counted` None gives no rows.
    names : sequence of str
        Names that no quote may hold.

    Returns
    -------
    DataFrame
        Columns as in quotes.csv; ``agreed`` is missing where fewer than two coders saw the segment.
    """
    if counted is None or not study.themes.quotes_per_theme:
        return pd.DataFrame(columns=QUOTES)
    found = _candidates(corpus, study, counted, names)
    labels, used, rows = case_labels(corpus), Counter[str](), []
    by_code = dict(list(found.groupby("code_id", sort=False)))
    for code in public_corpus(corpus, study).codes[["code_id", "name"]].itertuples(index=False):
        mine = by_code.get(code.code_id)
        if mine is None:
            continue
        chosen = _chosen(mine, study.themes.quotes_per_theme, used)
        who = labels if study.themes.quotes.labels == "running" else _numbered_anew(chosen)
        for place, line in enumerate(chosen.itertuples(index=False), start=1):
            at = (line.segment_id, line.case_id, line.group, who[str(line.case_id)])
            told = (code.code_id, code.name, place, *at, line.side, line.agreed, line.n_words, line.text)
            rows.append(dict(zip(QUOTES, told, strict=True)))
    return pd.DataFrame(rows, columns=QUOTES)


def quote_rules(study: Study) -> list[str]:
    """Return the rules in words, for the note below a table of quotes."""
    plan = study.themes.quotes
    agreed = "those that every coder who saw them gave the code, " if plan.agreed == "all_coders" else ""
    return [
        "Only words of participants who consented to being quoted, without anything that looks like an "
        "address, a number or a listed name.",
        f"Chosen first: segments of {plan.least_words} to {plan.most_words} words, {agreed}those of "
        "participants quoted least so far, groups in turn.",
    ]


def _candidates(corpus: Corpus, study: Study, counted: Counted, names: Sequence[str]) -> pd.DataFrame:
    may = corpus.segments[quotable(corpus, study)].dropna(subset=["text"])
    clean = np.array([not find(text, names) for text in may["text"]], dtype=bool)
    may = may[clean].set_index("segment_id")
    found = counted.marks[counted.marks["segment_id"].isin(may.index)].copy()
    found["text"] = found["segment_id"].map(may["text"])
    found["n_words"] = found["text"].str.split().str.len().astype(int)
    plan = study.themes.quotes
    found["unfit"] = ~found["n_words"].between(plan.least_words, plan.most_words)
    found["agreed"] = pd.MultiIndex.from_frame(found[["segment_id", "code_id"]]).isin(
        agreed_by_all(corpus, study)
    )
    found["apart"] = ~found["agreed"] & (plan.agreed == "all_coders")
    found["side"] = found["supports"].where(found["supports"].isin(SIDES))
    return found if shows_people(study) else found[_count_stands(found, corpus, study, counted)]


def _count_stands(found: pd.DataFrame, corpus: Corpus, study: Study, counted: Counted) -> np.ndarray:
    """Return which segments' code has its count on show in the speaker's group and overall.

    A quote says that somebody contributed; where the count is hidden, that is more than may be known.
    """
    public = public_themes(theme_table(corpus, study, counted), corpus, study)
    few = public["hidden"] | (public["n_cases"] < policy_of(study).midpoint).fillna(True)
    hidden = set(public.loc[few, ["code_id", "group"]].itertuples(index=False, name=None))
    pairs = found[["code_id", "group"]].itertuples(index=False, name=None)
    return np.array([not {(code, group), (code, "all")} & hidden for code, group in pairs], dtype=bool)


def _chosen(found: pd.DataFrame, most: int, used: Counter[str]) -> pd.DataFrame:
    """Return up to `most` segments for a code and one against it; note whose they are."""
    against = (found["side"] == "contradicts").fillna(False).astype(bool)
    parts = [_spread(found[~against], most, used), _spread(found[against], min(1, most), used)]
    return pd.concat(parts) if len(parts[1]) else parts[0]


def _spread(found: pd.DataFrame, most: int, used: Counter[str]) -> pd.DataFrame:
    """Return up to `most` segments of as many participants and groups, the best first."""
    left = {line.Index: line for line in found[_RANKED].itertuples()}
    taken: list[int] = []
    groups, cases = Counter[str](), Counter[str]()
    while left and len(taken) < most:
        best = left.pop(min(left, key=lambda at: _rank(left[at], groups, cases, used)))
        taken.append(best.Index)
        groups[best.group] += 1
        cases[best.case_id] += 1
        used[best.case_id] += 1
    return found.loc[taken]


_RANKED = ["segment_id", "case_id", "group", "unfit", "apart"]


def _rank(line: Any, groups: Counter, cases: Counter, used: Counter) -> tuple:
    """Return what makes a segment a worse choice, worst first; `line` has the columns that are ranked by."""
    worse = bool(line.unfit), bool(line.apart)
    return cases[line.case_id], worse, groups[line.group], used[line.case_id], natural(str(line.segment_id))


def _numbered_anew(chosen: pd.DataFrame) -> dict[str, str]:
    """Return labels that hold under one code alone: group and number in order of appearance."""
    labels: dict[str, str] = {}
    numbers = Counter[str]()
    for case, group in chosen[["case_id", "group"]].drop_duplicates().itertuples(index=False):
        numbers[group] += 1
        name = "participant" if group == "all" else str(group).replace("_", " ")
        labels[case] = f"{name} {numbers[group]}"
    return labels
