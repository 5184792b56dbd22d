"""Coincidences of unitized texts: the sums that the alpha family of 2016 is made of.

Krippendorff, Mathet, Bouvry and Widlöcher (2016, Quality & Quantity 50:2347). Every coder cuts a text of
length L into *units* (marked spans, each with a code) and the *gaps* between them. Value 0 is the gap,
values 1 to V are the codes. Over ordered pairs of the m coders i, j and their sections g, h of values c, k:

    o_ck = sum |g ∩ h| / (m - 1),     l_c = sum_k o_ck,     l = sum_c l_c = m L
    e_ck = l (l_c l_k - [c = k] q_c) / (l² - sum_c q_c)

``q_c`` is what the text of value c pairs with itself: ``sum |g|²`` over units, since a unit is one
judgement however long it is, and ``sum |g|`` over gaps, which have no inner structure.

The coefficients need no more than ``o_cc``, ``l_c`` and ``q_c``, and all three add up over texts.
Letters: ``G`` clusters of texts, ``M`` coders, ``A`` atoms (see `spans`), ``K`` values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import quoted
from .continuum import Continuum
from .spans import IntArray, stacked, sweep

__all__ = [
    "Coincidences",
    "of_characters",
    "of_intersections",
    "of_sections",
    "overlapping_units",
    "together",
]

FloatArray = npt.NDArray[np.float64]
Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Coincidences:
    """The three sums of one text, (K,), or of every cluster of texts, (G, K).

    Attributes
    ----------
    agreed : array
        Coincidences of a value with itself, ``o_cc``.
    total : array
        Coincidences of a value with any, ``l_c``.
    itself : array
        Pairs of a judgement with itself, ``q_c``.
    """

    agreed: Array
    total: Array
    itself: Array

    def weighted(self, weights: Array) -> Coincidences:
        """Return the sums with cluster g counted ``weights[..., g]`` times, (..., K)."""
        return Coincidences(weights @ self.agreed, weights @ self.total, weights @ self.itself)


def together(texts: Sequence[Coincidences], clusters: IntArray) -> Coincidences:
    """Add up the sums of the texts of each cluster, (G, K)."""
    member = np.equal.outer(np.arange(clusters.max(initial=-1) + 1), clusters).astype(float)
    return Coincidences(
        agreed=member @ np.array([text.agreed for text in texts]),
        total=member @ np.array([text.total for text in texts]),
        itself=member @ np.array([text.itself for text in texts]),
    )


def of_sections(text: Continuum, codes: Sequence[str]) -> Coincidences:
    """Return the sums over gaps and units, (V + 1,): for uα and |uα.

    Examples
    --------
    >>> text = Continuum(10, [("A", 0, 4, "x"), ("B", 1, 4, "x")])
    >>> of_sections(text, ["x"])
    Coincidences(agreed=array([12.,  6.]), total=array([13.,  7.]), itself=array([13., 25.]))
    """
    values, lengths, units = _partition(text, codes)
    agreed, total = _agreed_and_total(values, lengths, len(codes) + 1)
    itself = np.zeros(len(codes) + 1)
    itself[0] = total[0]
    for _, value, spans in units:
        itself[value] += ((spans[:, 1] - spans[:, 0]) ** 2).sum()
    return Coincidences(agreed, total, itself)


def of_intersections(text: Continuum, codes: Sequence[str]) -> Coincidences:
    """Return the sums where the units of two coders intersect, (V,): for cuα and (k)uα.

    A pair of coders counts only where both marked the text, so l_c leaves ``o_c0`` out; and what unit g
    of coder i pairs with itself is the square of that part of g which coder j marked.
    """
    values, lengths, units = _partition(text, codes)
    m = len(text.coders)
    agreed, _ = _agreed_and_total(values, lengths, len(codes) + 1)
    also_marked = ((values > 0).sum(axis=0) - 1) * lengths / (m - 1)
    total = np.array([(values == value).sum(axis=0) @ also_marked for value in range(1, len(codes) + 1)])
    itself = np.zeros(len(codes))
    marked = [stacked(spans for who, _, spans in units if who == j) for j in range(m)]
    atoms = [sweep(each, np.zeros(len(each)), n_coders=1, length=text.length) for each in marked if units]
    for i, value, spans in units:
        for j in range(m):
            if j != i:
                itself[value - 1] += (atoms[j].within(spans) ** 2).sum() / (m - 1)
    return Coincidences(agreed[1:], total, itself)


def of_characters(text: Continuum, codes: Sequence[str]) -> Coincidences:
    """Return the sums over characters, marked with any of the codes or not, (2,): for c-α-binary.

    Every character is a judgement of its own, so ``q_c = l_c``.
    """
    atoms = text.atoms(codes)
    agreed, total = _agreed_and_total(atoms.covered.astype(np.int64), atoms.lengths, 2)
    return Coincidences(agreed, total, total)


def over_all_values(sums: Coincidences) -> tuple[Array, Array]:
    """Return ``D_o = 1 - sum o_cc / l`` and ``D_e = 1 - sum e_cc / l``."""
    everything = sums.total.sum(-1)
    observed = 1 - sums.agreed.sum(-1) / everything
    expected = 1 - (sums.total**2 - sums.itself).sum(-1) / (everything**2 - sums.itself.sum(-1))
    return observed, expected


def gap_or_not(sums: Coincidences) -> tuple[Array, Array]:
    """Return ``D_o = 2 (l_0 - o_00) / l`` and ``D_e = 2 (e_0. - e_00) / l``."""
    everything, gap = sums.total.sum(-1), sums.total[..., 0]
    observed = 2 * (gap - sums.agreed[..., 0]) / everything
    expected = 2 * gap * (everything - gap) / (everything**2 - sums.itself.sum(-1))
    return observed, expected


def code_or_another(sums: Coincidences, k: int) -> tuple[Array, Array]:
    """Return ``D_o = (l_k - o_kk) / l_k`` and ``D_e = (e_k. - e_kk) / e_k.``."""
    everything, of_code = sums.total.sum(-1), sums.total[..., k]
    observed = 1 - sums.agreed[..., k] / of_code
    expected = of_code * (everything - of_code) / (of_code * everything - sums.itself[..., k])
    return observed, expected


def overlapping_units(texts: Sequence[Continuum], codes: Sequence[str]) -> str:
    """Return where a coder gave overlapping text two codes, so that it has no one value; else ""."""
    for text in texts if len(codes) > 1 else ():
        for coder in text.coders:
            units = stacked(text.units(coder, code) for code in codes)
            one = np.zeros(len(units), dtype=np.int64)
            if (sweep(units, one, n_coders=1, length=text.length).counts > 1).any():
                where = f"document {quoted(text.document)}"
                return f"coder {quoted(coder)} gave overlapping text two codes in {where}"
    return ""


def _partition(
    text: Continuum, codes: Sequence[str]
) -> tuple[IntArray, IntArray, list[tuple[int, int, IntArray]]]:
    """Return values (M, A), lengths of the atoms (A,), and units as (coder, value, spans (S, 2))."""
    units = [
        (i, value, text.units(coder, code))
        for i, coder in enumerate(text.coders)
        for value, code in enumerate(codes, start=1)
        if len(text.marked(coder, code))
    ]
    edges = text.atoms(codes).edges
    values = np.zeros((len(text.coders), len(edges) - 1), dtype=np.int64)
    for i, value, spans in units:
        for first, last in np.searchsorted(edges, spans):
            values[i, first:last] = value
    return values, np.diff(edges), units


def _agreed_and_total(values: IntArray, lengths: IntArray, n_values: int) -> tuple[FloatArray, FloatArray]:
    """Return ``o_cc`` and ``l_c``, each (n_values,), from values (M, A) on atoms of these lengths (A,).

    Of the ``m (m - 1)`` ordered pairs of coders on an atom, ``n_c (n_c - 1)`` agree on value c, given by
    ``n_c``.
    """
    n = np.array([(values == value).sum(axis=0) for value in range(n_values)])
    return (n * (n - 1)) @ lengths / (len(values) - 1), (n @ lengths).astype(float)
