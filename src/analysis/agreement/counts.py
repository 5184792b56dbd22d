"""What a coefficient needs to know of every unit, and the sums of it: sufficient statistics.

Every coefficient of this package is a smooth function of sums over units. `Rows` holds what each unit adds
to those sums. From the same rows follow the estimate (of their sum), its linearised standard error (rows
times the gradient), the jackknife (sum less a row), any bootstrap (reweighted sums) and all of them by
participant (rows summed by cluster).

Letters: ``M`` coders, ``N`` units, ``V`` values, ``S`` statistics, ``E`` entries a row, ``G`` groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.agreement.ratings import FloatArray, IntArray, Ratings, smallest

__all__ = ["Rows", "Tally", "agreeing_pairs", "coincidences", "over_pairs", "weighted_pairs"]

_CELLS = 1 << 22


@dataclass(frozen=True, eq=False)
class Rows:
    """One row of ``S`` statistics a unit, of which at most ``E`` are not zero.

    Attributes
    ----------
    data : array (N, E)
    index : int array (N, E), optional
        Which statistic each entry belongs to; left out, entry ``e`` is statistic ``e``.
    width : int
        ``S``.
    """

    data: FloatArray
    index: npt.NDArray[np.intp] | None = None
    width: int = 0

    def __len__(self) -> int:
        return len(self.data)

    def only(self, units: npt.NDArray[np.generic]) -> Rows:
        """Return the rows of some units."""
        return Rows(self.data[units], None if self.index is None else self.index[units], self.width)

    def totals(self) -> FloatArray:
        """Return the sum over units, (S,)."""
        if self.index is None:
            return self.data.sum(axis=0)
        return _sums(self.index.ravel(), self.data.ravel(), self.width)

    def along(self, gradient: FloatArray) -> FloatArray:
        """Return the product of every row with a gradient (S,), (N,)."""
        entries = gradient[None, :] if self.index is None else gradient[self.index]
        return (self.data * entries).sum(axis=1)

    def by(self, groups: npt.NDArray[np.intp], n_groups: int) -> FloatArray:
        """Return the sums over the units of each group, (G, S)."""
        index = np.arange(self.data.shape[1]) if self.index is None else self.index
        width = self.data.shape[1] if self.index is None else self.width
        cells = groups[:, None] * width + index
        return _sums(cells.ravel(), self.data.ravel(), n_groups * width).reshape(n_groups, width)

    def dense_blocks(self) -> Iterator[FloatArray]:
        """Yield all rows as (n, S), so many at a time that they stay small."""
        width = self.data.shape[1] if self.index is None else self.width
        at_a_time = max(1, _CELLS // width)
        for start in range(0, len(self), at_a_time):
            units = np.arange(start, min(start + at_a_time, len(self)))
            yield self.only(units).dense()

    def dense(self) -> FloatArray:
        """Return all rows, (N, S)."""
        return self.data if self.index is None else self.by(np.arange(len(self)), len(self))


@dataclass(frozen=True, eq=False)
class Tally:
    """Unweighted agreement of all units that have the same number of ratings, for each such number.

    All that the anonymous nominal coefficients need, without a cell per unit and value.

    Attributes
    ----------
    units : int array (M + 1,)
        Number of units with ``m`` ratings.
    agreeing : int array (M + 1,)
        Pairs of equal ratings within those units.
    values : int array (M + 1, V)
        Ratings of each value in those units.
    """

    units: npt.NDArray[np.int64]
    agreeing: npt.NDArray[np.int64]
    values: npt.NDArray[np.int64]

    @classmethod
    def of(cls, ratings: Ratings) -> Tally:
        """Count, a block of units at a time."""
        most, units = ratings.n_coders, ratings.units_given
        alike = np.zeros(most + 1, np.int64)
        values = np.zeros((most + 1, ratings.n_values + 1), np.int64)
        for block in ratings.blocks():
            alike += np.bincount(block.given, block.alike, minlength=most + 1).astype(np.int64)
            _count(values, block.given, block.codes)
        missing = most - np.arange(most + 1)
        return cls(units, alike - units * (missing * (missing - 1) // 2), values[:, :-1])

    @cached_property
    def given(self) -> npt.NDArray[np.int64]:
        """Return 0, 1 ... M: the number of ratings that each row of the tally is about."""
        return np.arange(len(self.units))


def coincidences(ratings: Ratings) -> FloatArray:
    """Return the coincidences of Krippendorff (2011), (V, V): each unit's ordered pairs over m - 1.

    Examples
    --------
    >>> coincidences(Ratings.of([[0, 0, 1], [0, 1, 1], [0, 1, np.nan]]))
    array([[3., 1.],
           [1., 3.]])
    """
    most, wide = ratings.n_coders, ratings.n_values + 1
    pairs = np.zeros((most + 1, wide * wide), np.int64)
    for block in ratings.blocks():
        one = block.codes.astype(smallest(wide * wide)) * wide
        for row, other in combinations(range(most), 2):
            _count(pairs, block.given, one[row] + block.codes[other])
    by_given = pairs.reshape(-1, wide, wide)[2:, :-1, :-1]
    m = np.arange(2, most + 1)[:, None, None]
    return ((by_given + by_given.transpose(0, 2, 1)) / (m - 1)).sum(axis=0)


def agreeing_pairs(ratings: Ratings) -> npt.NDArray[np.integer]:
    """Return how many pairs of ratings are equal within each unit, (N,)."""
    missing = ratings.n_coders - ratings.given
    return ratings.alike - missing * (missing - 1) // 2


def over_pairs(codes: IntArray, table: FloatArray) -> FloatArray:
    """Return the sum of ``table[c, k]`` over the pairs of ratings of each unit, (N,).

    Parameters
    ----------
    codes : int array (M, N)
        ``V`` where a rating is missing.
    table : array (V, V)
        Symmetric.
    """
    n_values = len(table)
    padded = np.zeros((n_values + 1, n_values + 1))
    padded[:n_values, :n_values] = table
    flat = padded.ravel()
    rows = codes.astype(np.intp) * (n_values + 1)
    sums = np.zeros(codes.shape[1])
    for row, other in combinations(range(len(codes)), 2):
        sums += flat[rows[row] + codes[other]]
    return sums


def weighted_pairs(ratings: Ratings, weights: FloatArray | None) -> FloatArray:
    """Return the summed agreement of the pairs of ratings of each unit, (N,)."""
    if weights is None:
        return agreeing_pairs(ratings).astype(float)
    return over_pairs(ratings.codes, weights)


def _count(
    table: npt.NDArray[np.int64], rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer]
) -> None:
    """Add 1 to the table at each of these cells. Small numbers stay small, which is where the speed is."""
    keys = rows.astype(smallest(table.size)) * table.shape[1] + columns
    table += np.bincount(keys.ravel(), minlength=table.size).reshape(table.shape)


def _sums(places: npt.NDArray[np.integer], numbers: FloatArray, n_places: int) -> FloatArray:
    """Return numbers summed by place."""
    return np.asarray(np.bincount(places, numbers, minlength=n_places), dtype=float)
