"""MAXQDA's intercoder agreement (manual, "Intercoder agreement").

The manual gives three levels, and for segments Brennan and Prediger's kappa with chance ``1 / number of
codes in the result table``. It does not say what the overlap of two segments is a share of, nor whether the
segments of both coders are looked at in turn, so that a matching pair counts twice: both are parameters
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from ..continuum import Continuum
from ..fourfold import corrected
from ..spans import IntArray
from .view import Pair, View, name_of, ratio

__all__ = ["intercoder_agreement"]

Share = Literal["segment", "union"]


def intercoder_agreement(
    texts: Iterable[Continuum],
    codes: Sequence[str],
    pair: Pair,
    *,
    level: Literal["segment", "occurrence", "frequency"] = "segment",
    threshold: float = 0.9,
    overlap_of: Share = "segment",
    both_ways: bool = True,
    q: int | None = None,
) -> list[View]:
    """Return percentages by code and in all, and for segments kappa.

    Parameters
    ----------
    texts : iterable of Continuum
    codes : sequence of str
    pair : tuple of two coders
    level : {"segment", "occurrence", "frequency"}
        A segment has a match; or a code occurs in a document for both or for neither; or it occurs equally
        often.
    threshold : float
        Least overlap at which two segments with the same code match.
    overlap_of : {"segment", "union"}
        What the overlap is a share of: the segment looked at, or both together.
    both_ways : bool
        Look for a match for the segments of both coders in turn; or for the first coder's alone, adding
        what is left of the second's as not matched.
    q : int, optional
        Number of codes in the result table. Default: all of ``codes``.

    Notes
    -----
    No segment is uncoded by both, so there is no fourth cell: without a match kappa is ``-1 / (q - 1)``.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")])
    >>> [view.value for view in intercoder_agreement([text], ["trust"], ("A", "B"), q=5)]
    [0.0, 0.0, -0.25]
    """
    texts = tuple(texts)
    if level == "segment":
        seen = View("MAXQDA", "Percent", unit="segment", universe="segments of either coder")
        formula = f"100 matches / segments, overlap at least {threshold:.0%} of the {overlap_of}"
        counts = [_segments(texts, code, pair, threshold, overlap_of, both_ways) for code in codes]
    else:
        seen = View("MAXQDA", "Percent", unit="document", universe="all documents")
        formula = f"100 documents with equal {level} / documents"
        counts = [_documents(texts, code, pair, level) for code in codes]
    seen = replace(seen, pair=name_of(pair), formula=formula)
    agreed, n = (sum(count[part] for count in counts) for part in (0, 1))
    views = [
        replace(seen, code=code, value=100 * ratio(*count), n=count[1])
        for code, count in zip(codes, counts, strict=True)
    ]
    views.append(replace(seen, value=100 * ratio(agreed, n), n=n))
    return [*views, _kappa(seen, agreed, n, q or len(codes))] if level == "segment" else views


def _kappa(seen: View, agreed: int, n: int, q: int) -> View:
    value = corrected(ratio(agreed, n), 1 / q)
    note = "with one code, agreement by chance is complete" if q == 1 else ""
    formula = f"(Po - 1/q) / (1 - 1/q), Po = matches / segments, q = {q} codes in the table"
    return replace(seen, measure="Kappa", value=value, n=n, formula=formula, note=note)


def _documents(texts: Sequence[Continuum], code: str, pair: Pair, level: str) -> tuple[int, int]:
    """Return documents on which both coders agree, and all documents."""
    times = np.array([[len(text.marked(coder, code)) for coder in pair] for text in texts]).reshape(-1, 2)
    counts = np.minimum(times, 1) if level == "occurrence" else times
    return int((counts[:, 0] == counts[:, 1]).sum()), len(texts)


def _segments(
    texts: Sequence[Continuum], code: str, pair: Pair, threshold: float, overlap_of: Share, both_ways: bool
) -> tuple[int, int]:
    """Return matches, and matches with non-matches."""
    first = second = n_first = n_second = 0
    for text in texts:
        a, b = (text.marked(coder, code) for coder in pair)
        first += _matched(a, b, threshold, overlap_of)
        second += _matched(b, a, threshold, overlap_of)
        n_first, n_second = n_first + len(a), n_second + len(b)
    if both_ways:
        return first + second, n_first + n_second
    return first, n_first + n_second - second


def _matched(own: IntArray, other: IntArray, threshold: float, overlap_of: Share) -> int:
    """Return how many of a coder's segments overlap one of the other's far enough."""
    (start, end), (start_, end_) = own.T[:, :, None], other.T[:, None, :]
    shared = np.maximum(np.minimum(end, end_) - np.maximum(start, start_), 0)
    whole = end - start if overlap_of == "segment" else end - start + end_ - start_ - shared
    return int(((shared > 0) & (shared >= threshold * whole)).any(axis=1).sum())
