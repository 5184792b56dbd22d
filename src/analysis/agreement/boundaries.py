"""Two segmentations of one text, boundary by boundary: B, S, WindowDiff and Pk.

A segmentation cuts a text of n pieces (sentences, turns, characters) into segments that leave no gap. It
is given by its *masses*, the number of pieces in each segment: ``[2, 3, 6]`` cuts 11 pieces after the 2nd
and the 5th, at two of its ``n - 1`` potential boundaries.

Boundaries that both segmentations have *match*. Two of different segmentations that lie fewer than
``n_t`` potential boundaries apart are one *transposition*, a near miss. The rest are *additions*. With a
near miss over distance d counted as ``d / n_t`` of an edit (Fournier 2013, ACL; Fournier and Inkpen 2012,
NAACL),

    B = 1 - (additions + sum d / n_t) / (matches + additions + transpositions)      boundary similarity
    S = 1 - (additions + sum d / n_t) / (n - 1)                                     segmentation similarity

S is near 1 for any two segmentations with few boundaries: B is the one to report. WindowDiff (Pevzner and
Hearst 2002) and Pk (Beeferman, Berger and Lafferty 1999) slide a window over the text. They are errors, 0
is best, and they take one coder for the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import AgreementError
from .spans import IntArray

__all__ = [
    "Edits",
    "Masses",
    "boundaries",
    "boundary_edits",
    "boundary_similarity",
    "masses",
    "pk",
    "segmentation_similarity",
    "window_diff",
]

Masses = Sequence[int]


@dataclass(frozen=True)
class Edits:
    """What turns one segmentation into another.

    Attributes
    ----------
    matches, additions : int
        Boundaries that both have; boundaries that only one has and that are no near miss.
    transpositions : tuple of int
        The distance of every near miss.
    potential : int
        Potential boundaries, ``n - 1``.
    n_t : int
        Distance at which a near miss would count as a whole edit.

    Examples
    --------
    >>> boundary_edits([5, 5], [4, 6])
    Edits(matches=0, additions=0, transpositions=(1,), potential=9, n_t=2)
    """

    matches: int
    additions: int
    transpositions: tuple[int, ...]
    potential: int
    n_t: int

    @property
    def cost(self) -> float:
        """Return the number of edits, a near miss over distance d counted as ``d / n_t``."""
        return self.additions + sum(self.transpositions) / self.n_t

    @property
    def drawn(self) -> int:
        """Return the boundaries that at least one has, a near miss counted once."""
        return self.matches + self.additions + len(self.transpositions)


def masses(cuts: Sequence[int], length: int) -> list[int]:
    """Return the masses of a text of ``length`` pieces that is cut before the pieces ``cuts``.

    Examples
    --------
    >>> masses([5, 2], length=11)
    [2, 3, 6]
    """
    edges = np.unique([0, length, *cuts])
    if edges[0] < 0 or edges[-1] > length:
        raise AgreementError(f"A boundary lies outside the text's length of {length}.")
    return [int(mass) for mass in np.diff(edges)]


def boundaries(segmentation: Masses) -> IntArray:
    """Return the positions of the boundaries within a segmentation.

    Raises
    ------
    AgreementError
        A segmentation without pieces, or a segment of no or negative mass.

    Examples
    --------
    >>> boundaries([2, 3, 6])
    array([2, 5])
    """
    mass = np.asarray(segmentation)
    if not mass.size or mass.dtype.kind not in "iu" or (mass <= 0).any():
        raise AgreementError("Masses must be whole numbers above 0, one for each segment.")
    return np.cumsum(mass)[:-1].astype(np.int64)


def boundary_edits(a: Masses, b: Masses, *, n_t: int = 2) -> Edits:
    """Return what turns segmentation ``a`` into ``b``: nearest near misses first, then from the left."""
    _same_length(a, b)
    cuts_a, cuts_b = set(boundaries(a).tolist()), set(boundaries(b).tolist())
    in_a = {cut: cut in cuts_a for cut in sorted(cuts_a ^ cuts_b)}
    transpositions = []
    for distance in range(1, n_t):
        for cut in list(in_a):
            other = cut + distance
            if cut in in_a and other in in_a and in_a[cut] != in_a[other]:
                transpositions.append(distance)
                del in_a[cut], in_a[other]
    return Edits(len(cuts_a & cuts_b), len(in_a), tuple(transpositions), sum(a) - 1, n_t)


def boundary_similarity(a: Masses, b: Masses, *, n_t: int = 2) -> float:
    """Return B, or nan where neither segmentation has a boundary.

    Examples
    --------
    >>> boundary_similarity([2, 3, 6], [5, 6])
    0.5
    """
    edits = boundary_edits(a, b, n_t=n_t)
    return 1 - edits.cost / edits.drawn if edits.drawn else np.nan


def segmentation_similarity(a: Masses, b: Masses, *, n_t: int = 2) -> float:
    """Return S, or nan where the text has one piece and so no potential boundary.

    Examples
    --------
    >>> segmentation_similarity([2, 3, 6], [5, 6])
    0.9
    """
    edits = boundary_edits(a, b, n_t=n_t)
    return 1 - edits.cost / edits.potential if edits.potential else np.nan


def window_diff(reference: Masses, hypothesis: Masses, *, k: int | None = None) -> float:
    """Return WindowDiff: the share of windows of k + 1 pieces with unequal numbers of boundaries.

    Parameters
    ----------
    reference, hypothesis : sequence of int
        Masses of the segmentation taken for true, and of the other.
    k : int, optional
        Default: half the mean mass of the reference, rounded to even, at least 2.

    Examples
    --------
    >>> window_diff([5, 6], [2, 3, 6])
    0.25
    """
    counts = _boundaries_in_windows(reference, hypothesis, k)
    return float(np.not_equal(*counts).mean()) if counts[0].size else np.nan


def pk(reference: Masses, hypothesis: Masses, *, k: int | None = None) -> float:
    """Return Pk: the share of windows whose ends are in one segment for one coder and in two for the other.

    Parameters as for `window_diff`.

    Examples
    --------
    >>> pk([5, 6], [11])
    0.375
    """
    counts = _boundaries_in_windows(reference, hypothesis, k)
    return float(np.not_equal(counts[0] > 0, counts[1] > 0).mean()) if counts[0].size else np.nan


def _boundaries_in_windows(reference: Masses, hypothesis: Masses, k: int | None) -> tuple[IntArray, IntArray]:
    """Return the boundaries that each segmentation has between pieces i and i + k, (n - k,)."""
    _same_length(reference, hypothesis)
    step = k or max(2, round(sum(reference) / len(reference) / 2))
    segment_ref, segment_hyp = (np.repeat(np.arange(len(own)), own) for own in (reference, hypothesis))
    return segment_ref[step:] - segment_ref[:-step], segment_hyp[step:] - segment_hyp[:-step]


def _same_length(a: Masses, b: Masses) -> None:
    boundaries(a), boundaries(b)
    if sum(a) != sum(b):
        raise AgreementError(f"Segmentations of {sum(a)} and of {sum(b)} pieces are not of one text.")
