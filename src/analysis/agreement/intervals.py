"""Standard errors and the intervals that follow from them, over units or over clusters of units.

The default is linearised: a coefficient moves with the weight of a unit by that unit's influence, so the
spread of the influences is its standard error. Influences of units that belong together are summed first;
nothing else is needed for a standard error that holds where segments are clustered in participants.

Coefficients that are corrected for chance get an interval that is symmetric for log(1 - x): they pile up
below 1, and it covers better there (benchmarks/coverage). Shares get one that is symmetric for the share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.agreement.coefficients import Setup
from analysis.agreement.groups import Groups
from analysis.agreement.ratings import FloatArray

__all__ = ["SCALES", "Scale", "Spread", "gwet", "jackknife", "linearised"]

_GWET_FAMILY = frozenset(
    ["percent", "brennan_prediger", "fleiss_kappa", "conger_kappa", "gwet_ac1", "gwet_ac2"]
)


@dataclass(frozen=True)
class Spread:
    """A standard error and what it came from.

    Attributes
    ----------
    se : float
        nan with fewer than two groups.
    n_groups : int
        Units, or clusters of units, that had anything to say; there is one degree of freedom less.
    clustered : bool
    scale : str
        A key of `SCALES`: where the interval is symmetric.
    """

    se: float
    n_groups: int
    clustered: bool
    scale: str

    def interval(self, estimate: float, confidence: float) -> tuple[float, float]:
        """Return the t interval, from no lower than -1 unless the coefficient itself is."""
        scale = SCALES[self.scale]
        reach = special.stdtrit(self.n_groups - 1, (1 + confidence) / 2) * self.se * scale.slope(estimate)
        centre = scale.there(estimate)
        low, high = float(scale.back(centre - reach)), float(scale.back(centre + reach))
        return max(low, min(-1.0, estimate)), high

    def below(self, minimum: float, estimate: float) -> float:
        """Return the probability that the coefficient lies below a minimum."""
        if minimum >= 1:
            return 1.0
        scale = SCALES[self.scale]
        steps = (scale.there(minimum) - scale.there(estimate)) / (self.se * scale.slope(estimate))
        return float(special.stdtr(self.n_groups - 1, steps))


@dataclass(frozen=True)
class Scale:
    """A scale on which an interval is symmetric: the way there, its slope, and the way back."""

    there: Callable[[float], float]
    slope: Callable[[float], float]
    back: Callable[[float], float]


SCALES = {
    "log": Scale(lambda x: -np.log1p(-x), lambda x: 1 / (1 - x), lambda y: -np.expm1(-y)),
    "share": Scale(lambda x: x, lambda x: 1.0, lambda y: min(max(y, 0.0), 1.0)),
    "gwet": Scale(lambda x: x, lambda x: 1.0, lambda y: min(y, 1.0)),
}
"""-log(1 - x) for what is corrected for chance; x within 0 and 1; x cut at 1 as Gwet does."""


def linearised(setup: Setup, groups: Groups) -> Spread:
    """Return the spread of the influences, summed by group."""
    influence = setup.estimator.influence(setup.ratings, setup.totals)
    sums = groups.sums(influence)[_heard(setup, groups)]
    return Spread(_standard_error(sums), len(sums), groups.clustered, _scale(setup))


def jackknife(setup: Setup, groups: Groups) -> Spread:
    """Return the spread of the coefficient with each group left out in turn."""
    rows = groups.rows(setup.estimator.rows(setup.ratings)).only(_heard(setup, groups))
    left = np.concatenate([setup.estimator.value(setup.totals - part) for part in rows.dense_blocks()])
    n = len(left)
    se = float(np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum())) if n > 1 else np.nan
    return Spread(se, n, groups.clustered, _scale(setup))


def gwet(setup: Setup, groups: Groups) -> Spread:
    """Return Gwet's standard error over units (2014, as R irrCAC computes it).

    It is the linearised one, but for alpha without the small-sample term of D_e; for the others with the
    number of units that have two ratings taken as fixed, which matters only where ratings are missing.
    """
    influence = setup.estimator.influence(setup.ratings, setup.totals)
    estimate, m = setup.statistic.estimate, setup.ratings.given
    paired = m > 1
    if setup.measure == "krippendorff_alpha":
        n = setup.statistic.n_ratings
        sums = n / (n - 1) * (influence + (1 - estimate) * m / (n**2 * (n - 1)))[paired]
    elif setup.measure in _GWET_FAMILY:
        sums = (influence + estimate * paired / paired.sum())[m > 0]
    else:
        sums = influence[_heard(setup, groups)]
    return Spread(_standard_error(sums), len(sums), groups.clustered, "gwet")


def _heard(setup: Setup, groups: Groups) -> npt.NDArray[np.bool_]:
    """Return which groups have a unit that adds anything to the coefficient."""
    return groups.holding(setup.ratings.given >= setup.estimator.needs)


def _scale(setup: Setup) -> str:
    return "share" if setup.estimator.share else "log"


def _standard_error(sums: FloatArray) -> float:
    n = len(sums)
    return float(np.sqrt(n / (n - 1) * ((sums - sums.mean()) ** 2).sum())) if n > 1 else np.nan
