"""Coefficients to which it does not matter who gave a rating: shares, and Gwet's family.

All of the second kind are (p_o - p_e) / (1 - p_e), where p_o is the share of agreeing pairs within a unit,
averaged over the units with two ratings or more, and p_e is what the shares π of the values alone would give.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.agreement.counts import Rows, Tally, agreeing_pairs, weighted_pairs
from analysis.agreement.estimator import Estimator
from analysis.agreement.ratings import FloatArray, Ratings

__all__ = ["Marginal", "Share", "all_equal", "both_given", "of_present", "pairs_within"]

Parts = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class Share(Estimator):
    """A share of units or ratings, Σ part / Σ whole, set against a fixed level of chance.

    Parameters
    ----------
    parts : callable
        From ratings to (part, whole), each (N,).
    chance : float
        Agreement expected by chance; 0 for a plain share.
    """

    parts: Callable[[Ratings], Parts]
    chance: float = 0.0

    @property
    def share(self) -> bool:  # type: ignore[override]
        """Return whether nothing is taken off for chance."""
        return self.chance == 0

    def rows(self, ratings: Ratings) -> Rows:
        """Return (part, whole) of every unit."""
        return Rows(np.column_stack(self.parts(ratings)))

    def agreement(self, totals: FloatArray) -> Parts:
        """Return the share and the fixed level of chance."""
        part, whole = totals[..., 0], totals[..., 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = np.where(whole > 0, part / whole, np.nan)
        return observed, np.full_like(observed, self.chance)

    def gradient(self, totals: FloatArray) -> FloatArray:
        """Return 1 / whole by part and - share / whole by whole, over 1 - chance."""
        observed, _ = self.agreement(totals)
        by_part = 1 / totals[..., 1] / (1 - self.chance)
        return np.stack([by_part, -observed * by_part], axis=-1)


@dataclass(frozen=True, eq=False)
class Marginal(Estimator):
    """Fleiss' kappa, Scott's pi and Gwet's AC: chance from the shares π of the values.

    Totals: agreement of units, units with two ratings, units with one, and the sums of each unit's shares.

    Parameters
    ----------
    size : int
        ``V``.
    weights : array (V, V) or None
        None where only equal values agree.
    gwet : bool
        Chance by Gwet, Σw / (V (V - 1)) Σ π (1 - π), instead of Σ w π π.
    """

    size: int
    weights: FloatArray | None = None
    gwet: bool = False

    needs = 1

    def rows(self, ratings: Ratings) -> Rows:
        """Return agreement, whether there are two ratings and one, and 1 / m for every rating."""
        agreement, paired = pairs_within(self.weights)(ratings)
        given = ratings.given
        part = np.divide(1.0, given, out=np.zeros(len(given)), where=given > 0)
        data = np.column_stack([agreement, paired, given > 0, (ratings.present * part).T])
        index = np.empty(data.shape, np.intp)
        index[:, :3] = np.arange(3)
        index[:, 3:] = np.where(ratings.present, ratings.codes, 0).T + 3
        return Rows(data, index, 3 + self.size)

    def totals(self, ratings: Ratings) -> FloatArray:
        """Return the sums over all units; from a tally where only equal values agree."""
        if self.weights is not None:
            return super().totals(ratings)
        tally = Tally.of(ratings)
        m, two = tally.given, tally.given > 1
        agreement = (2 * tally.agreeing[two] / (m[two] * (m[two] - 1))).sum()
        shares = (tally.values[1:] / m[1:, None]).sum(axis=0)
        return np.concatenate([[agreement, tally.units[two].sum(), tally.units[1:].sum()], shares])

    def agreement(self, totals: FloatArray) -> Parts:
        """Return p_o and p_e."""
        with np.errstate(divide="ignore", invalid="ignore"):
            observed = totals[..., 0] / totals[..., 1]
            pi = totals[..., 3:] / totals[..., 2:3]
        if self.gwet:
            return observed, self._spread * (pi * (1 - pi)).sum(axis=-1)
        return observed, (pi * self._met(pi)).sum(axis=-1)

    def gradient(self, totals: FloatArray) -> FloatArray:
        """Return the derivative, through p_o and p_e, by every total."""
        observed, expected = self.agreement(totals)
        room = (1 - expected)[..., None]
        kappa = self.value(totals)[..., None]
        paired, units = totals[..., 1:2], totals[..., 2:3]
        pi = totals[..., 3:] / units
        by_pi = self._spread * (1 - 2 * pi) if self.gwet else 2 * self._met(pi)
        of_observed = np.concatenate([1 / paired, -observed[..., None] / paired], axis=-1)
        of_expected = np.concatenate([-(by_pi * pi).sum(axis=-1, keepdims=True), by_pi], axis=-1) / units
        return np.concatenate([of_observed / room, -(1 - kappa) / room * of_expected], axis=-1)

    def _met(self, pi: FloatArray) -> FloatArray:
        """Return the agreement that each value meets by chance, Σ_l w_kl π_l."""
        return pi if self.weights is None else np.einsum("...l,lk->...k", pi, self.weights)

    @property
    def _spread(self) -> float:
        """Return Σw / (V (V - 1))."""
        total = self.size if self.weights is None else self.weights.sum()
        return float(total) / (self.size * (self.size - 1))


def pairs_within(weights: FloatArray | None) -> Callable[[Ratings], Parts]:
    """Return the share of agreeing pairs of each unit, and whether it has a pair."""

    def parts(ratings: Ratings) -> Parts:
        m = ratings.given
        pairs = m * (m - 1) / 2
        agreement = np.divide(weighted_pairs(ratings, weights), pairs, out=np.zeros(len(m)), where=pairs > 0)
        return agreement, (m > 1).astype(float)

    return parts


def all_equal(ratings: Ratings) -> Parts:
    """Return whether all ratings of a unit are the same, and whether it has a pair."""
    m = ratings.given
    paired = m > 1
    return (paired & (agreeing_pairs(ratings) == m * (m - 1) // 2)).astype(float), paired.astype(float)


def of_present(value: int) -> Callable[[Ratings], Parts]:
    """Return, for the ratings of one of two values, those that agree and all.

    Of ``t`` such ratings among ``m``, each meets ``t - 1`` others out of ``m - 1``. With two coders this is
    2a / (2a + b + c) of Cicchetti & Feinstein 1990.
    """

    def parts(ratings: Ratings) -> Parts:
        m = ratings.given
        times = (ratings.codes == value).sum(axis=0)
        others = np.maximum(m - 1, 1)
        return times * (times - 1) / others, np.where(m > 1, times, 0).astype(float)

    return parts


def both_given(part: str) -> Callable[[Ratings], Parts]:
    """Return true positives of the second coder, and the ratings that "precision" or "recall" divides by.

    The first coder is the reference; a unit counts where both rated it.
    """

    def parts(ratings: Ratings) -> Parts:
        both = ratings.present.all(axis=0)
        reference, other = (ratings.codes == ratings.n_values - 1) & both
        found = reference & other
        return found.astype(float), (other if part == "precision" else reference).astype(float)

    return parts
