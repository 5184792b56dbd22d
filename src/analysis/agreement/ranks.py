"""Ordinal alpha, whose differences depend on how often the values between two values occur."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.agreement.alpha import FEW, Alpha
from analysis.agreement.counts import Rows, coincidences
from analysis.agreement.ratings import FloatArray, Ratings

__all__ = ["RankAlpha"]


@dataclass(frozen=True, eq=False)
class RankAlpha(Alpha):
    """Ordinal alpha. Its δ² is the squared difference of mid-ranks, r_c = Σ_{g<c} n_g + n_c / 2.

    The ranks move with the counts, so a reweighted sample has other differences; totals must hold the
    coincidences themselves. Totals: n_c for every value, then coincidences for every pair of values met.

    Parameters
    ----------
    size : int
        ``V``.
    pairs : int array (P,)
        Pairs as ``c * V + k``, ascending.
    """

    size: int
    pairs: npt.NDArray[np.int64]

    @classmethod
    def of(cls, ratings: Ratings) -> RankAlpha:
        """Return the estimator for the pairs of values that occur within units."""
        size = ratings.n_values
        if size <= FEW:
            low, high = np.triu_indices(size, 1)
            return cls(size, low * size + high)
        met = [np.unique(_pair_keys(block, size)) for block in ratings.blocks()]
        keys = np.unique(np.concatenate([np.empty(0, np.int64), *met]))
        return cls(size, keys[keys >= 0])

    def rows(self, ratings: Ratings) -> Rows:
        """Return each unit's ratings and coincidences."""
        m = ratings.given
        paired = m > 1
        keys = _pair_keys(ratings, self.size)
        data = np.empty((ratings.n_units, ratings.n_coders + len(keys)))
        index = np.zeros(data.shape, np.intp)
        data[:, : ratings.n_coders] = (ratings.present & paired).T
        index[:, : ratings.n_coders] = np.where(ratings.present, ratings.codes, 0).T
        data[:, ratings.n_coders :] = ((keys >= 0) / np.maximum(m - 1, 1)).T
        index[:, ratings.n_coders :] = np.where(keys >= 0, self.size + self._place(keys), 0).T
        return Rows(data, index, self.size + len(self.pairs))

    def totals(self, ratings: Ratings) -> FloatArray:
        """Return the sums over all units, from the table of coincidences where the values are few enough."""
        if self.size > FEW:
            return super().totals(ratings)
        met = coincidences(ratings)
        return np.concatenate([met.sum(axis=1), met[self._ends]])

    def disagreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return n, D = 2 Σ o_ck (r_c - r_k)² and E = 2 n Σ n_c r_c² - n⁴ / 2, as Σ n_c r_c = n² / 2."""
        counts, met = totals[..., : self.size], totals[..., self.size :]
        n, ranks = counts.sum(axis=-1), _mid_ranks(counts)
        low, high = self._ends
        d = 2 * (met * (ranks[..., low] - ranks[..., high]) ** 2).sum(axis=-1)
        centred = ranks - n[..., None] / 2
        return n, d, 2 * n * (counts * centred**2).sum(axis=-1)

    def disagreement_gradient(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the derivatives, those by n_c both direct and through the ranks."""
        counts, met = totals[..., : self.size], totals[..., self.size :]
        n, ranks = counts.sum(axis=-1, keepdims=True), _mid_ranks(counts)
        low, high = self._ends
        apart = ranks[..., low] - ranks[..., high]
        by_rank = np.zeros_like(counts)
        np.add.at(by_rank, (..., low), 4 * met * apart)  # type: ignore[arg-type]
        np.add.at(by_rank, (..., high), -4 * met * apart)  # type: ignore[arg-type]
        by_n, by_d, by_e = np.zeros_like(totals), np.empty_like(totals), np.zeros_like(totals)
        by_n[..., : self.size] = 1
        by_d[..., : self.size] = _through_ranks(by_rank)
        by_d[..., self.size :] = 2 * apart**2
        squares = (counts * ranks**2).sum(axis=-1, keepdims=True)
        by_e[..., : self.size] = 2 * (squares + n * ranks**2 - n**3) + _through_ranks(4 * n * counts * ranks)
        return by_n, by_d, by_e

    def greatest(self, totals: FloatArray) -> FloatArray:
        """Return the squared distance in rank of the lowest and highest value that occur."""
        ranks, occur = _mid_ranks(totals[..., : self.size]), totals[..., : self.size] > 0
        lowest = np.where(occur, ranks, np.inf).min(axis=-1)
        return (np.where(occur, ranks, -np.inf).max(axis=-1) - lowest) ** 2

    def apart(
        self, totals: FloatArray, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]
    ) -> FloatArray:
        """Return squared differences of mid-ranks."""
        ranks = _mid_ranks(totals[: self.size])
        return (ranks[one] - ranks[other]) ** 2

    @cached_property
    def _ends(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return self.pairs // self.size, self.pairs % self.size

    def _place(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        """Return where each pair stands among the statistics."""
        if self.size > FEW:
            return np.searchsorted(self.pairs, keys)
        table = np.zeros(self.size * self.size + 1, np.intp)
        table[self.pairs] = np.arange(len(self.pairs))
        return table[keys]


def _pair_keys(ratings: Ratings, size: int) -> npt.NDArray[np.int64]:
    """Return every pair of unequal ratings of a unit as ``c * V + k`` with c < k, else -1; (pairs, N)."""
    codes = ratings.codes.astype(np.int64)
    keys = []
    for one, other in combinations(codes, 2):
        low, high = np.minimum(one, other), np.maximum(one, other)
        keys.append(np.where((low < high) & (high < size), low * size + high, -1))
    return np.array(keys).reshape(-1, ratings.n_units)


def _mid_ranks(counts: FloatArray) -> FloatArray:
    return np.cumsum(counts, axis=-1) - counts / 2


def _through_ranks(by_rank: FloatArray) -> FloatArray:
    """Return the derivative by n_j through the ranks: all ranks above j move by 1, its own by 1/2."""
    above = np.cumsum(by_rank[..., ::-1], axis=-1)[..., ::-1] - by_rank
    return above + by_rank / 2
