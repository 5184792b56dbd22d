"""Coefficients that know who gave a rating: Cohen's kappa, Light's and Conger's for more than two coders."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from analysis.agreement.chance import pairs_within
from analysis.agreement.counts import Rows
from analysis.agreement.estimator import Estimator, chance_corrected
from analysis.agreement.ratings import FloatArray, Ratings

__all__ = ["Cohen", "Conger"]


@dataclass(frozen=True, eq=False)
class Cohen(Estimator):
    """Cohen's kappa of two coders; of more, the mean over their pairs (Light 1971).

    Each pair is compared on the units that both rated. Totals of a pair: agreement, units, the first coder's
    ratings of each value, the second's.

    Parameters
    ----------
    size : int
        ``V``.
    weights : array (V, V) or None
        None where only equal values agree.
    """

    size: int
    weights: FloatArray | None = None

    @property
    def width(self) -> int:
        """Return the number of statistics of a pair of coders."""
        return 2 + 2 * self.size

    def rows(self, ratings: Ratings) -> Rows:
        """Return the four entries of every pair of coders."""
        weights = np.eye(self.size) if self.weights is None else self.weights
        data, index = [], []
        for pair, (one, other) in enumerate(combinations(range(ratings.n_coders), 2)):
            both = ratings.present[one] & ratings.present[other]
            first, second = (np.where(both, ratings.codes[coder], 0) for coder in (one, other))
            start = np.full(ratings.n_units, pair * self.width)
            data += [np.where(both, weights[first, second], 0.0), both, both, both]
            index += [start, start + 1, start + 2 + first, start + 2 + self.size + second]
        return Rows(
            np.column_stack(data).astype(float), np.column_stack(index), (len(index) // 4) * self.width
        )

    def agreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return p_o and p_e, each the mean over pairs."""
        observed, expected = self._by_pair(totals)
        return observed.mean(axis=-1), expected.mean(axis=-1)

    def value(self, totals: FloatArray) -> FloatArray:
        """Return the mean kappa of the pairs; nan where one of them has none."""
        observed, expected = self._by_pair(totals)
        return chance_corrected(observed, expected).mean(axis=-1)

    def gradient(self, totals: FloatArray) -> FloatArray:
        """Return the derivative by every total of every pair."""
        observed, expected = (part[..., None] for part in self._by_pair(totals))
        units, first, second = self._split(totals)
        room = 1 - expected
        beyond = (1 - observed) / room  # 1 - kappa
        by_agreement = np.ones_like(observed)
        by_units = -observed + 2 * beyond * expected
        by_first, by_second = -beyond * self._met(second), -beyond * self._met(first)
        by_all = np.concatenate([by_agreement, by_units, by_first, by_second], axis=-1)
        n_pairs = room.shape[-2]
        return (by_all / (room * units * n_pairs)).reshape(totals.shape)

    def _split(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return units and both coders' shares of the values, by pair: (..., P, 1), (..., P, V) twice."""
        by_pair = totals.reshape(*totals.shape[:-1], -1, self.width)
        units = by_pair[..., 1:2]
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = by_pair[..., 2:] / units
        return units, shares[..., : self.size], shares[..., self.size :]

    def _by_pair(self, totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        units, first, second = self._split(totals)
        agreement = totals.reshape(*totals.shape[:-1], -1, self.width)[..., 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            return agreement / units[..., 0], (first * self._met(second)).sum(axis=-1)

    def _met(self, shares: FloatArray) -> FloatArray:
        return shares if self.weights is None else np.einsum("...l,lk->...k", shares, self.weights)


@dataclass(frozen=True, eq=False)
class Conger(Estimator):
    """Conger's kappa (1980): chance is the mean, over pairs of coders, of what their own habits would give.

    Totals: agreement of units, units with two ratings, and every coder's ratings of each value.
    """

    size: int
    weights: FloatArray | None = None

    needs = 1

    def rows(self, ratings: Ratings) -> Rows:
        """Return agreement, whether there are two ratings, and every rating under its coder."""
        agreement, paired = pairs_within(self.weights)(ratings)
        data = np.column_stack([agreement, paired, ratings.present.T])
        index = np.empty(data.shape, np.intp)
        index[:, :2] = np.arange(2)
        starts = 2 + self.size * np.arange(ratings.n_coders)
        index[:, 2:] = np.where(ratings.present, ratings.codes, 0).T + starts
        return Rows(data, index, 2 + self.size * ratings.n_coders)

    def agreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return p_o and p_e = (s'Ws - Σ p_g'Wp_g) / (r (r - 1)): p_g a coder's shares, s their sum."""
        shares, _, coders = self._shares(totals)
        total = shares.sum(axis=-2)
        together = (total * self._met(total)).sum(axis=-1)
        alone = (shares * self._met(shares)).sum(axis=(-2, -1))
        with np.errstate(divide="ignore", invalid="ignore"):
            return totals[..., 0] / totals[..., 1], (together - alone) / (coders * (coders - 1))

    def gradient(self, totals: FloatArray) -> FloatArray:
        """Return the derivative by agreement, units, and every coder's ratings of every value."""
        observed, expected = self.agreement(totals)
        kappa = self.value(totals)
        shares, given, coders = self._shares(totals)
        others = shares.sum(axis=-2, keepdims=True) - shares
        by_share = 2 * self._met(others) / (coders * (coders - 1))[..., None, None]
        inner = (by_share * shares).sum(axis=-1, keepdims=True)
        by_rating = np.divide(by_share - inner, given, out=np.zeros_like(by_share), where=given > 0)
        of_expected = by_rating.reshape(*totals.shape[:-1], -1)
        of_observed = np.stack([np.ones_like(observed), -observed], axis=-1) / totals[..., 1:2]
        room = (1 - expected)[..., None]
        return np.concatenate([of_observed, -(1 - kappa)[..., None] * of_expected], axis=-1) / room

    def _shares(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return each coder's shares of the values, how many ratings each gave, and how many gave any."""
        counts = totals[..., 2:].reshape(*totals.shape[:-1], -1, self.size)
        given = counts.sum(axis=-1, keepdims=True)
        shares = np.divide(counts, given, out=np.zeros_like(counts), where=given > 0)
        return shares, given, (given > 0).sum(axis=(-2, -1))

    def _met(self, shares: FloatArray) -> FloatArray:
        return shares if self.weights is None else np.einsum("...l,lk->...k", shares, self.weights)
