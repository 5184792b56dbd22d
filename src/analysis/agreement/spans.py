"""Spans on a line of text: union, overlap, and who covered what, without a cell per character.

A span is half-open, ``[start, end)``, in characters (code points) or any other unit of length. Spans of one
coder may touch, overlap, nest or repeat. All boundaries of all coders together cut a text into *atoms*:
stretches within which nothing changes. There are at most ``2 S + 1`` atoms for ``S`` spans, however long the
text is, so every count "in characters" is a sum over atoms weighted by their length.

Letters: ``S`` spans, ``M`` coders, ``A`` atoms, ``U`` units (sentences, turns ...).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ..errors import AgreementError, Problem

__all__ = [
    "Atoms",
    "as_spans",
    "covered",
    "covered_within",
    "intersection",
    "merged",
    "overlap",
    "stacked",
    "sweep",
]

IntArray = npt.NDArray[np.int64]
Spans = npt.ArrayLike


@dataclass(frozen=True, eq=False)
class Atoms:
    """The stretches between neighbouring boundaries, and how often each coder covered each.

    Attributes
    ----------
    edges : array (A + 1,)
        Boundaries in ascending order, from 0 to the length of the text.
    counts : array (M, A)
        Number of spans with which coder ``i`` covers atom ``a``: 0 not coded, 2 or more where spans overlap.

    Examples
    --------
    >>> atoms = sweep([[0, 100], [50, 150]], [0, 1], n_coders=2, length=1000)
    >>> atoms.lengths
    array([ 50,  50,  50, 850])
    >>> atoms.counts
    array([[1, 1, 0, 0],
           [0, 1, 1, 0]])
    """

    edges: IntArray
    counts: IntArray

    @cached_property
    def lengths(self) -> IntArray:
        """Return the length of every atom, (A,)."""
        return np.diff(self.edges)

    @cached_property
    def covered(self) -> npt.NDArray[np.bool_]:
        """Return whether coder ``i`` covers atom ``a``, (M, A)."""
        return self.counts > 0

    def within(self, units: Spans) -> IntArray:
        """Return how much of every unit each coder covered, (M, U), repetition counted once.

        Parameters
        ----------
        units : array (U, 2)
            Half-open units of the same text, in any order; they may overlap.

        Examples
        --------
        >>> atoms = sweep([[0, 100], [50, 150]], [0, 1], n_coders=2, length=1000)
        >>> atoms.within([[0, 60], [60, 1000]])
        array([[60, 40],
               [10, 90]])
        """
        start, end = as_spans(units).T
        upto = np.zeros((len(self.counts), len(self.edges)), dtype=np.int64)
        np.cumsum(self.covered * self.lengths, axis=1, out=upto[:, 1:])
        return self._reach(upto, end) - self._reach(upto, start)

    def _reach(self, upto: IntArray, position: IntArray) -> IntArray:
        """Return the covered length from 0 up to each position, (M, U)."""
        position = np.clip(position, 0, self.edges[-1])
        if len(self.edges) < 2:
            return np.zeros((len(self.counts), len(position)), dtype=np.int64)
        atom = np.clip(np.searchsorted(self.edges, position, side="right") - 1, 0, len(self.edges) - 2)
        return upto[:, atom] + self.covered[:, atom] * (position - self.edges[atom])


def as_spans(spans: Spans) -> IntArray:
    """Return spans as an integer array (S, 2), or say which are not spans.

    Raises
    ------
    AgreementError
        A span that is empty, runs backwards, starts below 0 or is not a pair of whole numbers.

    Examples
    --------
    >>> as_spans([(3, 8)])
    array([[3, 8]])
    """
    array = np.asarray(spans)
    if array.size == 0:
        return np.empty((0, 2), dtype=np.int64)
    whole = array.dtype.kind in "iu" or (array.dtype.kind == "f" and not np.any(array % 1 != 0))
    if array.ndim != 2 or array.shape[1] != 2 or not whole:
        raise AgreementError("Spans must be pairs of whole numbers (start, end).")
    array = array.astype(np.int64, copy=False)
    wrong = np.flatnonzero((array[:, 0] >= array[:, 1]) | (array[:, 0] < 0))
    if len(wrong):
        raise AgreementError(
            [
                Problem(f"span {n + 1} is [{array[n, 0]}, {array[n, 1]}); 0 <= start < end is needed.")
                for n in wrong
            ],
            title="The list of spans",
        )
    return array


def stacked(pieces: Iterable[IntArray]) -> IntArray:
    """Return the spans of all pieces one below the other, (S, 2); of no pieces none."""
    return np.concatenate([np.empty((0, 2), dtype=np.int64), *pieces])


def merged(spans: Spans, *, touching: bool = True) -> IntArray:
    """Return the union of spans as disjoint spans in order.

    Parameters
    ----------
    spans : array (S, 2)
    touching : bool
        Whether ``[0, 5)`` and ``[5, 9)`` become one span. They cover the same text either way; as *units*
        they are two.

    Examples
    --------
    >>> merged([[5, 9], [0, 5], [6, 7]])
    array([[0, 9]])
    >>> merged([[5, 9], [0, 5], [6, 7]], touching=False)
    array([[0, 5],
           [5, 9]])
    """
    array = as_spans(spans)
    if not len(array):
        return array
    array = array[np.lexsort((array[:, 1], array[:, 0]))]
    reach = np.maximum.accumulate(array[:, 1])
    gap = array[1:, 0] > reach[:-1] if touching else array[1:, 0] >= reach[:-1]
    first = np.concatenate([[True], gap])
    last = np.concatenate([gap, [True]])
    return np.column_stack([array[first, 0], reach[last]])


def covered(spans: Spans) -> int:
    """Return the length of text under at least one span.

    Examples
    --------
    >>> covered([[0, 10], [5, 12], [5, 12]])
    12
    """
    union = merged(spans)
    return int((union[:, 1] - union[:, 0]).sum())


def intersection(a: Spans, b: Spans) -> IntArray:
    """Return the text under both ``a`` and ``b`` as disjoint spans in order.

    Examples
    --------
    >>> intersection([[0, 10], [20, 30]], [[5, 25]])
    array([[ 5, 10],
           [20, 25]])
    """
    sides = merged(a), merged(b)
    both = stacked(sides)
    if not len(both):
        return both
    coder = np.repeat([0, 1], [len(side) for side in sides])
    atoms = sweep(both, coder, n_coders=2, length=int(both.max()))
    shared = atoms.covered.all(axis=0)
    return merged(np.column_stack([atoms.edges[:-1][shared], atoms.edges[1:][shared]]))


def overlap(a: Spans, b: Spans) -> int:
    """Return the length of text under both ``a`` and ``b``.

    Examples
    --------
    >>> overlap([[0, 100]], [[50, 150]])
    50
    """
    return covered(intersection(a, b))


def sweep(
    spans: Spans, coder: npt.ArrayLike, *, n_coders: int, length: int, cuts: npt.ArrayLike = ()
) -> Atoms:
    """Cut ``[0, length)`` at every boundary and count who covers each stretch.

    Parameters
    ----------
    spans : array (S, 2)
        Spans of all coders, in any order.
    coder : array (S,)
        Index of the coder of each span, 0 to ``n_coders - 1``.
    n_coders : int
        Number of coders, also those without a span.
    length : int
        Length of the text; no span may end beyond it.
    cuts : array, optional
        Further positions to cut at, such as the ends of turns.

    Returns
    -------
    Atoms

    Raises
    ------
    AgreementError
        A span that is not one, or that ends beyond the text.
    """
    array = as_spans(spans)
    if len(array) and array[:, 1].max() > length:
        raise AgreementError(f"A span ends at {array[:, 1].max()}, beyond the text's length of {length}.")
    inner = np.asarray(cuts, dtype=np.int64)
    inner = inner[(inner > 0) & (inner < length)]
    edges = np.unique(np.concatenate([array.ravel(), inner, np.array([0, length], dtype=np.int64)]))
    change = np.zeros((n_coders, len(edges)), dtype=np.int64)
    who = np.asarray(coder, dtype=np.int64)
    np.add.at(change, (who, np.searchsorted(edges, array[:, 0])), 1)
    np.add.at(change, (who, np.searchsorted(edges, array[:, 1])), -1)
    return Atoms(edges=edges, counts=np.cumsum(change, axis=1)[:, :-1])


def covered_within(units: Spans, spans: Spans) -> IntArray:
    """Return how much of every unit the spans cover, (U,), repetition counted once.

    Examples
    --------
    >>> covered_within([[0, 10], [10, 20]], [[5, 12], [6, 8]])
    array([5, 2])
    """
    array, places = as_spans(spans), as_spans(units)
    if not len(array) or not len(places):
        return np.zeros(len(places), dtype=np.int64)
    reach = int(max(array.max(initial=0), places.max(initial=0)))
    coder = np.zeros(len(array), dtype=np.int64)
    return sweep(array, coder, n_coders=1, length=reach).within(places)[0]
