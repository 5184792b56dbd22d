"""Segments coded differently: which, by whom, how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from .corpus import Corpus
from .keys import Result, key
from .presence import Presence
from .readings import applied
from .study import Study
from .units import Ratings, ratings

__all__ = ["DIFFERENCES", "difference_results", "differences_table", "in_place_table"]

DIFFERENCES = [
    "variable", "code_id", "segment_id", "case_id", "document_id", "n_coders", "agreeing", "given",
]  # fmt: skip


def differences_table(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return every segment (and code) that coders of the headline round coded differently.

    ``agreeing`` is the share of pairs of coders that agree on it; the most divided come first. ``given`` says
    who gave what, without text.
    """
    parts = []
    for variable in corpus.variables():
        if variable == "codes":
            seen = applied(corpus, study)
            parts.append(_divided([seen.of(code) for code in seen.codes], ("no", "yes"), seen.frame))
        else:
            rated = ratings(corpus, study, variable)
            parts.append(_divided([rated], rated.domain, rated))
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=DIFFERENCES)
    return frame.sort_values(["variable", "agreeing"], kind="stable", ignore_index=True)[DIFFERENCES]


def difference_results(corpus: Corpus, study: Study) -> Iterator[Result]:
    """Yield how many segments all coders coded alike and how many differently, by variable or code."""
    for variable in corpus.variables():
        if variable == "codes":
            seen = applied(corpus, study)
            parts = [seen.of(code) for code in seen.codes]
        else:
            parts = [ratings(corpus, study, variable)]
        for part in parts:
            n = int(((~np.isnan(part.values)).sum(axis=0) > 1).sum())
            differ = int(_differ(_counts(part, len(part.domain))).sum())
            at = ("differences", variable, part.code_id)
            yield Result(key(*at, "unanimous"), n - differ, "segments", n=n)
            yield Result(key(*at, "differ"), differ, "segments", n=n)


def in_place_table(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return which codes, or values, two coders applied in place of each other, who did, and how often.

    The first coder gave the unit the first code and not the second, the other coder the second and not the
    first.

    Returns
    -------
    DataFrame
        ``variable``, ``coder_a``, ``gave_a``, ``coder_b``, ``gave_b``, ``n`` units; most frequent first.
    """
    swapped: Counter[tuple[str, ...]] = Counter()
    for variable in corpus.variables():
        part = applied(corpus, study) if variable == "codes" else ratings(corpus, study, variable)
        swapped.update((variable, *names) for names in _swapped(part))
    rows = [(*names, n) for names, n in sorted(swapped.items(), key=lambda item: (-item[1], item[0]))]
    return pd.DataFrame(rows, columns=["variable", "coder_a", "gave_a", "coder_b", "gave_b", "n"])


def _swapped(part: Presence | Ratings) -> Iterator[tuple[str, str, str, str]]:
    coders = part.frame.coders if isinstance(part, Presence) else part.coders
    rows = part.sets() if isinstance(part, Presence) else _singles(part)
    for (a, mine), (b, theirs) in combinations(zip(coders, rows, strict=True), 2):
        for first, second in zip(mine, theirs, strict=True):
            if first is not None and second is not None:
                for one, other in product(sorted(first - second), sorted(second - first)):
                    yield a, one, b, other


def _singles(part: Ratings) -> list[list[frozenset[str] | None]]:
    """Return single values as sets of one, so that codes and values are compared alike."""
    return [
        [None if np.isnan(value) else frozenset({part.domain[int(value)]}) for value in row]
        for row in part.values
    ]


def _counts(part: Ratings, n_values: int) -> np.ndarray:
    """Return how many coders gave each value to each unit, (V, N)."""
    return np.stack([(part.values == value).sum(axis=0) for value in range(n_values)])


def _differ(counts: np.ndarray) -> np.ndarray:
    """Return which units two coders or more rated, and not alike, (N,)."""
    m = counts.sum(axis=0)
    return (m > 1) & (counts.max(axis=0) < m)


def _divided(parts: Sequence[Ratings], words: tuple[str, ...], frame: Ratings) -> pd.DataFrame:
    """Return the units of a frame that were not rated alike, for each of its ratings."""
    rows: list[tuple[int, str | None, int, float, str]] = []
    for part in parts:
        counts = _counts(part, len(words))
        at = np.flatnonzero(_differ(counts))
        counts, m = counts[:, at], counts[:, at].sum(axis=0)
        agreeing = (counts * (counts - 1)).sum(axis=0) / (m * (m - 1))
        given = [_given(column, part.coders, words) for column in part.values[:, at].T]
        code = [part.code_id] * len(at)
        rows += zip(at.tolist(), code, m.tolist(), agreeing.tolist(), given, strict=True)
    told = pd.DataFrame(rows, columns=["at", "code_id", "n_coders", "agreeing", "given"])
    told = told.astype({"n_coders": int, "agreeing": float})  # of no rows pandas cannot tell
    units = frame.units.iloc[told.pop("at").to_numpy(int)].reset_index(drop=True)
    return units.rename(columns={"unit_id": "segment_id"}).assign(variable=frame.variable, **told)


def _given(values: np.ndarray, coders: tuple[str, ...], words: tuple[str, ...]) -> str:
    return "; ".join(f"{c}: {words[int(v)]}" for c, v in zip(coders, values, strict=True) if not np.isnan(v))
