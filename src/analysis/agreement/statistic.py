"""One coefficient with everything needed to read it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

__all__ = ["Statistic"]

NAN = math.nan


@dataclass(frozen=True)
class Statistic:
    """A measure of agreement, its interval, and what it was computed from.

    What is not defined is nan, and `note` says why. Fields have the names of the columns of agreement.csv.

    Attributes
    ----------
    measure, level : str
        Such as ``"krippendorff_alpha"`` and ``"ordinal"``; level ``"w:linear"`` names a set of weights.
    estimate, se, low, high : float
        The coefficient, its standard error, and the interval at `confidence`.
    interval : str
        How the interval was made; empty where none was asked for.
    n_units, n_ratings : int
        Units with two ratings or more, and the ratings in them.
    n_coders, n_values : int
        Coders who rated anything; values declared, else met.
    n_positive : float
        Ratings in those units that say "present"; only where there are two values (the higher is present).
    prevalence_index, bias_index : float
        Byrt, Bishop & Carlin 1993: share of present less share of absent; first coder's share of present less
        the second's (two coders).
    observed, expected : float
        Agreement observed and expected by chance, from 0 (values as different as the level allows) to 1.
    q : float
        Probability that the coefficient lies below the minimum asked for.
    note : str
        Why something is undefined, or what to bear in mind.

    Examples
    --------
    >>> print(Statistic("krippendorff_alpha", "nominal", 0.74342, low=0.39914, high=0.89048, confidence=0.95))
    krippendorff_alpha (nominal) 0.743 [0.399, 0.890]
    """

    measure: str
    level: str
    estimate: float = NAN
    se: float = NAN
    low: float = NAN
    high: float = NAN
    confidence: float = NAN
    interval: str = ""
    n_units: int = 0
    n_ratings: int = 0
    n_coders: int = 0
    n_values: int = 0
    n_positive: float = NAN
    prevalence_index: float = NAN
    bias_index: float = NAN
    observed: float = NAN
    expected: float = NAN
    q: float = NAN
    note: str = ""

    def __str__(self) -> str:
        if math.isnan(self.estimate):
            return f"{self.measure} ({self.level}) undefined: {self.note}"
        text = f"{self.measure} ({self.level}) {self.estimate:.3f}"
        if not math.isnan(self.low):
            text += f" [{self.low:.3f}, {self.high:.3f}]"
        return text

    @property
    def defined(self) -> bool:
        """Return whether the coefficient has a value."""
        return not math.isnan(self.estimate)

    def noting(self, *remarks: str) -> Statistic:
        """Return the same statistic with remarks added to its note."""
        said = [part for part in remarks if part]
        return replace(self, note="; ".join(filter(None, [self.note, *said]))) if said else self
