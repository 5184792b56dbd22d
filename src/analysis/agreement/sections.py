"""Distances between the sections of unitized texts: the sums that αU of 1995 and 2004 is made of.

Krippendorff (1995, Sociological Methodology 25:47; 2004, Quality & Quantity 38:787). One code at a time,
every coder cuts a text of length L into *units* with that code and the *gaps* between them: its sections.
With b where a section begins, e where it ends and l its length, two sections of coders i and j are apart
by

    δ² = (b - b')² + (e - e')²   two units that overlap
         l²                      a unit of length l within a gap
         0                       otherwise

and over m coders, N units in all,

    D_o = sum over i ≠ j of δ² / (m (m - 1) L²)
    D_e = 2/L · sum over units of [ (N - 1)/3 (2l³ - 3l² + l) + l² sum over gaps l' ≥ l of (l' - l + 1) ]
          / ( mL (mL - 1) - sum over units of l (l - 1) )

Over several texts the sums run over all of them, L and mL are totals, and m (m - 1) is each text's own:
as if the texts were laid end to end with a cut between them. Letters: ``G`` clusters of texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .continuum import Continuum
from .spans import IntArray

__all__ = ["Sections", "sections_of"]

FloatArray = npt.NDArray[np.float64]
Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Sections:
    """Sums over the sections of one code, for each cluster of texts; all (G,) but ``in_gaps``, (G, G).

    Attributes
    ----------
    length : array
        Length of the text, ``L``.
    sections : array
        Length of the text counted once a coder, ``m L``.
    distance : array
        Sum of δ², averaged over ordered pairs of coders.
    units : array
        Number of units, ``N``.
    slides : array
        ``sum (2l³ - 3l² + l) / 3`` over units: one unit slid past another.
    in_gaps : array
        ``sum l² (l' - l + 1)`` over units l of one cluster and gaps l' of another that can hold them.
    itself : array
        ``sum l (l - 1)`` over units: positions that a unit shares with itself.
    """

    length: FloatArray
    sections: FloatArray
    distance: FloatArray
    units: FloatArray
    slides: FloatArray
    in_gaps: FloatArray
    itself: FloatArray

    def disagreement(self, w: Array) -> tuple[Array, Array]:
        """Return ``D_o`` and ``D_e`` with cluster g counted ``w[..., g]`` times, each (...)."""
        length, sections = w @ self.length, w @ self.sections
        unit_on_unit = (w @ self.units - 1) * (w @ self.slides)
        unit_in_gap = ((w @ self.in_gaps) * w).sum(-1)
        pairs = sections * (sections - 1) - w @ self.itself
        return w @ self.distance / length**2, 2 / length * (unit_on_unit + unit_in_gap) / pairs


def sections_of(texts: Sequence[Continuum], code: str, clusters: IntArray) -> Sections:
    """Return the sums of one code, text n belonging to cluster ``clusters[n]``."""
    units = [[text.units(coder, code) for coder in text.coders] for text in texts]
    gaps = [[_gaps(own, text.length) for own in all_] for text, all_ in zip(texts, units, strict=True)]
    sizes, rooms = [_sizes(all_) for all_ in units], [_sizes(all_) for all_ in gaps]
    member = np.equal.outer(np.arange(clusters.max(initial=-1) + 1), clusters).astype(float)
    in_gaps = np.array([[_in_gaps(size, room) for room in rooms] for size in sizes])
    return Sections(
        length=member @ [float(text.length) for text in texts],
        sections=member @ [float(text.length * len(text.coders)) for text in texts],
        distance=member @ [_distance(u, g) for u, g in zip(units, gaps, strict=True)],
        units=member @ [float(len(size)) for size in sizes],
        slides=member @ [((2 * size**3 - 3 * size**2 + size) / 3).sum() for size in sizes],
        in_gaps=member @ in_gaps @ member.T,
        itself=member @ [(size * (size - 1)).sum() for size in sizes],
    )


def _gaps(units: IntArray, length: int) -> IntArray:
    """Return the stretches of ``[0, length)`` between units, (S, 2)."""
    edges = np.concatenate([[0], units.ravel(), [length]]).reshape(-1, 2)
    return edges[edges[:, 0] < edges[:, 1]]


def _sizes(sections: Sequence[IntArray]) -> FloatArray:
    """Return the lengths of the sections of all coders."""
    joined = np.concatenate(sections)
    return (joined[:, 1] - joined[:, 0]).astype(float)


def _distance(units: Sequence[IntArray], gaps: Sequence[IntArray]) -> float:
    """Return δ² summed over pairs of sections, averaged over ordered pairs of coders."""
    m = len(units)
    pairs = [(i, j) for i in range(m) for j in range(m) if i != j]
    return sum(_apart(units[i], units[j]) + 2 * _within(units[i], gaps[j]) for i, j in pairs) / len(pairs)


def _apart(a: IntArray, b: IntArray) -> float:
    """Return ``(b - b')² + (e - e')²`` summed over overlapping units."""
    (begin, end), (begin_, end_) = a.T[:, :, None], b.T[:, None, :]
    meet = (begin < end_) & (begin_ < end)
    return float((((begin - begin_) ** 2 + (end - end_) ** 2) * meet).sum())


def _within(units: IntArray, gaps: IntArray) -> float:
    """Return ``l²`` summed over units that lie within a gap."""
    (begin, end), (begin_, end_) = units.T[:, :, None], gaps.T[:, None, :]
    return float(((end - begin) ** 2 * ((begin_ <= begin) & (end <= end_))).sum())


def _in_gaps(units: FloatArray, gaps: FloatArray) -> float:
    """Return ``l² (l' - l + 1)`` summed over units l and the gaps l' that can hold them."""
    places = np.maximum(gaps[None, :] - units[:, None] + 1, 0)
    return float((units[:, None] ** 2 * places).sum())
