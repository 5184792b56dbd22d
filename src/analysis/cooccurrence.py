"""Codes that stand together: in the same segment, in overlapping text, or in the same participant."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from .corpus import Corpus
from .counting import Counted

__all__ = ["COOCCURRENCE", "WITHIN", "cooccurrence_table", "together"]

COOCCURRENCE = ["code_a", "code_b", "within", "n", "n_a", "n_b", "jaccard"]
WITHIN = {
    "segment": "segments that carry both codes",
    "span": "stretches of text in which a segment of one code overlaps a segment of the other",
    "case": "participants who contributed to both codes",
}


def cooccurrence_table(corpus: Corpus, counted: Counted | None) -> pd.DataFrame:
    """Return how often every two codes stand together, as coded (subcodes are codes of their own).

    A stretch is text that segments cover without a gap; two codes stand together in it where a segment of one
    shares a character with a segment of the other, so `n` never exceeds `n_a` or `n_b`. Where no segments
    overlap, a stretch is a segment.

    Parameters
    ----------
    corpus : Corpus
    counted : Counted or None
        The codings that count; None gives a table without rows.

    Returns
    -------
    DataFrame
        One row a pair of applied codes (codebook order) and kind of unit (:data:`WITHIN`): `n` units with
        both, `n_a` and `n_b` units with either, `jaccard` = n / (n_a + n_b - n); columns as in
        cooccurrence.csv.
    """
    if counted is None or counted.marks.empty:
        return pd.DataFrame(columns=COOCCURRENCE)
    at = counted.places(corpus)
    applied, code = np.unique(at.code, return_inverse=True)
    codes, segment = corpus.codes["code_id"].to_numpy(object)[applied], at.segment
    case = at.case[segment]
    known = case >= 0
    start, end = _lying(corpus, at.row)
    counts = {
        "segment": together(segment, code, len(codes)),
        "span": _overlapping(start, end, segment, code, len(codes)),
        "case": together(case[known], code[known], len(codes)),
    }
    return pd.concat([_pairs(codes, n, within) for within, n in counts.items()], ignore_index=True)


def together(unit: np.ndarray, code: np.ndarray, V: int) -> np.ndarray:
    """Return in how many units every two codes stand; the diagonal counts units with one code.

    Parameters
    ----------
    unit, code : ndarray of int, shape (number of codings,)
        Places; a coding that is there twice counts once.
    V : int
        Number of codes.

    Returns
    -------
    ndarray of int, shape (V, V)

    Examples
    --------
    >>> together(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 2)
    array([[1, 1],
           [1, 2]])
    """
    N = int(unit.max()) + 1 if len(unit) else 0
    present = sparse.csr_array((np.ones(len(unit), np.int32), (unit, code)), shape=(N, V))
    present.data[:] = 1
    return (present.T @ present).toarray().astype(np.int64)


def _lying(corpus: Corpus, segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return first and last character of segments on one scale for all documents, each ``(N,)``.

    A segment without positions is its whole document; without a document it lies apart from all others.
    """
    rows = corpus.segments[["document_id", "start", "end"]].iloc[segments]
    start, end = rows["start"].fillna(0).to_numpy(np.int64), rows["end"]
    if end.isna().any():
        whole = rows["document_id"].map(corpus.documents.set_index("document_id")["text"].str.len())
        end = end.fillna(whole).fillna(0)
    end = end.to_numpy(np.int64)
    document = pd.factorize(rows["document_id"])[0]
    apart = (document < 0) | (end <= start)
    document = np.where(apart, document.max(initial=0) + 1 + np.arange(len(rows)), document)
    offset = document * (int(end.max(initial=0)) + 2)
    return offset + np.where(apart, 0, start), offset + np.where(apart, 1, end)


def _overlapping(
    start: np.ndarray, end: np.ndarray, segment: np.ndarray, code: np.ndarray, V: int
) -> np.ndarray:
    """Return in how many stretches segments of every two codes overlap, shape (V, V)."""
    order = np.argsort(start, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    start, end, segment = start[order], end[order], place[segment]
    opens = np.ones(len(start), dtype=bool)
    opens[1:] = start[1:] >= np.maximum.accumulate(end)[:-1]
    stretch = np.cumsum(opens) - 1
    alone = np.bincount(stretch)[stretch] == 1
    n = together(segment[alone[segment]], code[alone[segment]], V)
    crowded = np.flatnonzero(~alone)
    if not len(crowded):
        return n
    later = np.searchsorted(start, end[crowded], side="left") - crowded  # itself and those that begin in it
    first = np.repeat(crowded, later)
    second = first + _counting_up(later)
    at, a, b = _crossed(first, second, segment, code)
    once = np.sort((stretch[at] * V + np.minimum(a, b)) * V + np.maximum(a, b))
    once = once[np.diff(once, prepend=-1) > 0]
    upper = np.bincount(once % (V * V), minlength=V * V).reshape(V, V)
    return n + upper + np.triu(upper, k=1).T


def _crossed(
    first: np.ndarray, second: np.ndarray, segment: np.ndarray, code: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return every code of the first segment beside every code of the second: segment, code, code."""
    order = np.argsort(segment, kind="stable")
    code, N = code[order], np.bincount(segment)
    begins = np.cumsum(N) - N
    left = np.repeat(np.arange(len(first)), N[first])
    a = np.repeat(begins[first], N[first]) + _counting_up(N[first])
    each = N[second[left]]
    b = np.repeat(begins[second[left]], each) + _counting_up(each)
    return np.repeat(first[left], each), code[np.repeat(a, each)], code[b]


def _counting_up(lengths: np.ndarray) -> np.ndarray:
    """Return 0, 1, ... for every length in turn."""
    return np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _pairs(codes: np.ndarray, n: np.ndarray, within: str) -> pd.DataFrame:
    a, b = np.triu_indices(len(codes), k=1)
    alone, both = np.diag(n), n[a, b]
    either = alone[a] + alone[b] - both
    jaccard = np.divide(both, either, out=np.full(len(a), np.nan), where=either > 0)
    cells = (codes[a], codes[b], within, both, alone[a], alone[b], jaccard)
    return pd.DataFrame(dict(zip(COOCCURRENCE, cells, strict=True)))
