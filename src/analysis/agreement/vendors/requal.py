"""Requal's agreement (source code, ``mod_agreement_utils_agreement.R``): overlap, without chance.

Over characters, Requal joins the rows of two coders, a row for each character of each segment. With r1 and
r2 the times that they coded a character, it makes ``r1 r2`` rows if both did and ``r1 + r2`` if one did; no
union is taken. Overlap is the share of rows that come from both: the Jaccard index, if nobody coded
anything twice. Over segments it is the share that any segment of the other coder with the same code
touches. Overlaps of several pairs or codes are averaged with their rows (or segments) as weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from ..continuum import Continuum, coders_of
from ..spans import IntArray, covered, covered_within, overlap
from .view import CODED_TEXT, Pair, View, name_of, ratio

__all__ = ["agreement"]

FORMULA = {
    "character": "joined rows from both / joined rows; a / (a + b + c) if nobody coded twice",
    "segment": "segments that one of the other coder's touches / segments",
}


def agreement(
    texts: Iterable[Continuum],
    codes: Sequence[str],
    coders: Sequence[str] = (),
    *,
    count_leftovers: bool = False,
) -> list[View]:
    """Return overlaps of every code and pair of coders, of every code, and in all.

    Parameters
    ----------
    texts : iterable of Continuum
    codes : sequence of str
    coders : sequence of str, optional
        Default: everybody who coded one of the texts.
    count_leftovers : bool
        Some versions take what the other coder alone coded, in a document and code, for one more segment
        without overlap.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")])
    >>> {view.unit: round(view.value, 3) for view in agreement([text], ["trust"])}
    {'character': 0.333, 'segment': 1.0}
    """
    texts = tuple(texts)
    pairs = list(combinations(tuple(coders) or coders_of(texts), 2))
    nothing = np.zeros(2, dtype=np.int64)
    rows, segments = {}, {}
    for about in product(codes, pairs):
        rows[about] = sum((_rows(text, *about) for text in texts), nothing)
        segments[about] = sum((_segments(text, *about, count_leftovers) for text in texts), nothing)
    return [*_views(rows, "character"), *_views(segments, "segment")]


def _views(counts: Mapping[tuple[str, Pair], IntArray], unit: str) -> Iterator[View]:
    """Return overlaps from counts of (overlapping, all)."""
    seen = View("Requal", f"Overlap [{unit}]", unit=unit, universe=CODED_TEXT, formula=FORMULA[unit])
    for (code, pair), (both, n) in counts.items():
        yield replace(seen, code=code, pair=name_of(pair), value=ratio(both, n), n=float(n))
    for code in dict.fromkeys(code for code, _ in counts):
        both, n = np.sum([count for (name, _), count in counts.items() if name == code], axis=0)
        yield replace(seen, code=code, value=ratio(both, n), n=float(n))
    both, n = np.sum([np.zeros(2), *counts.values()], axis=0)
    yield replace(seen, measure=f"Total overlap [{unit}]", value=ratio(both, n), n=float(n))


def _rows(text: Continuum, code: str, pair: Pair) -> IntArray:
    """Return joined rows from both coders, and all joined rows."""
    atoms = text.atoms([code], pair)
    r1, r2 = atoms.counts
    both = (r1 * r2) @ atoms.lengths
    one = ((r1 + r2) * ((r1 == 0) | (r2 == 0))) @ atoms.lengths
    return np.array([both, both + one])


def _segments(text: Continuum, code: str, pair: Pair, count_leftovers: bool) -> IntArray:
    """Return segments that one of the other coder's touches, and all segments, of both coders."""
    touched = n = 0
    for own, other in (pair, pair[::-1]):
        mine, theirs = text.marked(own, code), text.marked(other, code)
        touched += int((covered_within(mine, theirs) > 0).sum())
        n += len(mine)
        if count_leftovers and covered(theirs) > overlap(theirs, mine):
            n += 1
    return np.array([touched, n])
