"""What every coefficient has in common: a value, and a gradient, of sums over units."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from analysis.agreement.counts import Rows
from analysis.agreement.ratings import FloatArray, Ratings

__all__ = ["ROUNDING", "Estimator", "chance_corrected"]

ROUNDING = 1e-12
"""Room for agreement beyond chance below which there is none but rounding."""


class Estimator(ABC):
    """A coefficient as a function of totals, the sums of its rows over units.

    A subclass says what a unit adds to the totals (`rows`), how the coefficient follows from them (`value`)
    and how it moves with them (`gradient`). Totals may have leading axes: replicates, or codes.
    """

    share = False
    """Whether the coefficient is a share and cannot leave 0 to 1."""

    needs = 2
    """Ratings that a unit must have to add anything to the totals."""

    @abstractmethod
    def rows(self, ratings: Ratings) -> Rows:
        """Return what each unit adds to the totals."""

    @abstractmethod
    def agreement(self, totals: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return agreement observed and expected by chance."""

    @abstractmethod
    def gradient(self, totals: FloatArray) -> FloatArray:
        """Return the derivative of the value by every total, (..., S)."""

    def value(self, totals: FloatArray) -> FloatArray:
        """Return the coefficient, nan where totals do not define it."""
        observed, expected = self.agreement(totals)
        return chance_corrected(observed, expected)

    def totals(self, ratings: Ratings) -> FloatArray:
        """Return the sums over all units, (S,)."""
        return np.sum([self.rows(block).totals() for block in ratings.blocks()], axis=0)

    def influence(self, ratings: Ratings, totals: FloatArray) -> FloatArray:
        """Return how the coefficient moves with the weight of each unit, (N,)."""
        gradient = self.gradient(totals)
        return np.concatenate([self.rows(block).along(gradient) for block in ratings.blocks()])


def chance_corrected(observed: FloatArray, expected: FloatArray) -> FloatArray:
    """Return (observed - expected) / (1 - expected), nan where chance alone explains everything."""
    room = 1.0 - np.asarray(expected)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(room > ROUNDING, (observed - expected) / room, np.nan)
