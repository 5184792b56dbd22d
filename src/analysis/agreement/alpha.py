"""Krippendorff's alpha, 1 - D_o / D_e, from differences, positions or ranks (Krippendorff 2011, 2019).

Only units with two ratings or more enter, D_e included. With n ratings, of which n_c are of value c, and
o_ck coincidences (each unit's ordered pairs over m - 1)::

    D_o = Σ o_ck δ²_ck / n        D_e = Σ n_c n_k δ²_ck / (n (n - 1))

All kinds write alpha = 1 - (n - 1) D / E with D = n D_o and E = n (n - 1) D_e.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.agreement.counts import Rows, Tally, agreeing_pairs, coincidences, over_pairs
from analysis.agreement.estimator import ROUNDING, Estimator
from analysis.agreement.metrics import TABLE, Metric
from analysis.agreement.ratings import FloatArray, Ratings

__all__ = ["FEW", "Alpha", "MetricAlpha", "PointAlpha"]


FEW = 64
"""Values up to which coincidences are counted in a table instead of unit by unit."""


class Alpha(Estimator):
    """Alpha of D and E; a subclass computes them, and their derivatives, from its totals."""

    def disagreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return n, D and E."""
        raise NotImplementedError

    def disagreement_gradient(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the derivatives of n, D and E by every total."""
        raise NotImplementedError

    def greatest(self, totals: FloatArray) -> FloatArray:
        """Return the greatest difference that two values can have."""
        raise NotImplementedError

    def apart(
        self, totals: FloatArray, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]
    ) -> FloatArray:
        """Return the differences of values by their positions."""
        raise NotImplementedError

    def value(self, totals: FloatArray) -> FloatArray:
        """Return 1 - (n - 1) D / E."""
        n, d, e = self.disagreement(totals)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(e > ROUNDING * n * n * self.greatest(totals), 1 - (n - 1) * d / e, np.nan)

    def agreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return 1 - D_o and 1 - D_e, on the scale on which the greatest difference is 1."""
        n, d, e = self.disagreement(totals)
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = n * self.greatest(totals)
            return 1 - d / scale, 1 - e / (scale * (n - 1))

    def gradient(self, totals: FloatArray) -> FloatArray:
        """Return the derivative of alpha by every total."""
        n, d, e = (part[..., None] for part in self.disagreement(totals))
        by_n, by_d, by_e = self.disagreement_gradient(totals)
        return -(d * by_n + (n - 1) * by_d - (n - 1) * d / e * by_e) / e


@dataclass(frozen=True, eq=False)
class MetricAlpha(Alpha):
    """Alpha for any table of differences: nominal, ratio, bipolar, sets, weights.

    Totals: D, then n_c for every value.
    """

    metric: Metric

    def rows(self, ratings: Ratings) -> Rows:
        """Return each unit's part of D and its ratings."""
        m = ratings.given
        paired = m > 1
        data = np.empty((ratings.n_units, 1 + ratings.n_coders))
        data[:, 0] = 2 * self._apart(ratings) / np.maximum(m - 1, 1)
        data[:, 1:] = (ratings.present & paired).T
        index = np.zeros(data.shape, np.intp)
        index[:, 1:] = np.where(ratings.present, ratings.codes, 0).T + 1
        return Rows(data, index, 1 + self.metric.size)

    def totals(self, ratings: Ratings) -> FloatArray:
        """Return the sums over all units, from tables of counts where the values are few enough."""
        if not self.metric.nominal:
            if self.metric.size > FEW:
                return super().totals(ratings)
            met = coincidences(ratings)
            return np.append((met * self.metric.table).sum(), met.sum(axis=1))
        tally = Tally.of(ratings)
        m = tally.given[2:]
        apart = tally.units[2:] * m * (m - 1) - 2 * tally.agreeing[2:]
        return np.append((apart / (m - 1)).sum(), tally.values[2:].sum(axis=0))

    def disagreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return n, D and E = Σ n_c Σ n_k δ²_ck."""
        counts = totals[..., 1:]
        return counts.sum(axis=-1), totals[..., 0], (counts * self.metric.against(counts)).sum(axis=-1)

    def disagreement_gradient(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the derivatives: E moves by 2 Σ_k n_k δ²_ck with n_c."""
        by_n, by_d, by_e = np.ones_like(totals), np.zeros_like(totals), np.zeros_like(totals)
        by_n[..., 0] = 0
        by_d[..., 0] = 1
        by_e[..., 1:] = 2 * self.metric.against(totals[..., 1:])
        return by_n, by_d, by_e

    def greatest(self, totals: FloatArray) -> FloatArray:
        """Return the greatest difference in the table."""
        return np.asarray(self.metric.greatest)

    def apart(
        self, totals: FloatArray, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]
    ) -> FloatArray:
        """Return entries of the table."""
        return self.metric.between(one, other)

    def _apart(self, ratings: Ratings) -> FloatArray:
        """Return the differences summed over the pairs of each unit."""
        if self.metric.nominal:
            m = ratings.given
            return m * (m - 1) / 2 - agreeing_pairs(ratings)
        if self.metric.size <= TABLE:
            return over_pairs(ratings.codes, self.metric.table)
        apart = np.zeros(ratings.n_units)
        for one, other in combinations(range(ratings.n_coders), 2):
            both = ratings.present[one] & ratings.present[other]
            apart[both] += self.metric.between(ratings.codes[one, both], ratings.codes[other, both])
        return apart


@dataclass(frozen=True, eq=False)
class PointAlpha(Alpha):
    """Alpha where δ² is a squared distance between points: interval on a line, circular on a circle.

    Sums over all pairs follow from sums over ratings, so nothing grows with the number of values.
    Totals: D, n, the sum of squared lengths of the points, and the sum of the points.

    Parameters
    ----------
    points : array (V, P)
    scale : float
        δ² = distance² / scale.
    """

    points: FloatArray
    widest: float

    def rows(self, ratings: Ratings) -> Rows:
        """Return each unit's D, n and sums; D from deviations about the unit's mean, which keeps digits."""
        m = ratings.given
        kept = np.where(m > 1, m, 0)
        axes = [ratings.looked_up(axis) for axis in self.points.T]
        sums = [axis.sum(axis=0) for axis in axes]
        apart = np.zeros(ratings.n_units)
        for axis, total in zip(axes, sums, strict=True):
            apart += (((axis - total / np.maximum(m, 1)) * ratings.present) ** 2).sum(axis=0)
        squares = ratings.looked_up((self.points**2).sum(axis=1)).sum(axis=0)
        within = 2 * kept * apart / np.maximum(m - 1, 1)
        return Rows(np.column_stack([within, kept, squares * (m > 1), *(total * (m > 1) for total in sums)]))

    def totals(self, ratings: Ratings) -> FloatArray:
        """Return the sums over all units, from the table of coincidences where the values are few enough."""
        if len(self.points) > FEW:
            return super().totals(ratings)
        met = coincidences(ratings)
        counts = met.sum(axis=1)
        every = np.arange(len(self.points))
        within = (met * self.apart(np.empty(0), every[:, None], every[None, :])).sum()
        squares = (self.points**2).sum(axis=1)
        return np.array([within, counts.sum(), counts @ squares, *(counts @ self.points)])

    def disagreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return n, D and E = 2 (n Σ|x|² - |Σx|²)."""
        n, squares, sums = totals[..., 1], totals[..., 2], totals[..., 3:]
        return n, totals[..., 0], 2 * (n * squares - (sums**2).sum(axis=-1))

    def disagreement_gradient(self, totals: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return the derivatives by D, n, Σ|x|² and Σx."""
        by_n, by_d, by_e = np.zeros_like(totals), np.zeros_like(totals), np.empty_like(totals)
        by_d[..., 0] = 1
        by_n[..., 1] = 1
        by_e[..., 0] = 0
        by_e[..., 1] = 2 * totals[..., 2]
        by_e[..., 2] = 2 * totals[..., 1]
        by_e[..., 3:] = -4 * totals[..., 3:]
        return by_n, by_d, by_e

    def greatest(self, totals: FloatArray) -> FloatArray:
        """Return the greatest squared distance."""
        return np.asarray(self.widest)

    def apart(
        self, totals: FloatArray, one: npt.NDArray[np.integer], other: npt.NDArray[np.integer]
    ) -> FloatArray:
        """Return squared distances."""
        return ((self.points[one] - self.points[other]) ** 2).sum(axis=-1)
