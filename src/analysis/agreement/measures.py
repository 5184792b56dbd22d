"""The measures by name: what each is made of, and which data it is defined for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.agreement.alpha import MetricAlpha, PointAlpha
from analysis.agreement.chance import Marginal, Share, all_equal, both_given, of_present, pairs_within
from analysis.agreement.estimator import Estimator
from analysis.agreement.metrics import LEVELS, circle, line, metric_of, metric_of_table
from analysis.agreement.pairs import Cohen, Conger
from analysis.agreement.ranks import RankAlpha
from analysis.agreement.ratings import FloatArray, Ratings
from analysis.agreement.weights import named_weights
from analysis.errors import AgreementError, did_you_mean, quoted

__all__ = ["MEASURES", "Measure", "Weights", "check_names", "undefined", "why_not"]

Weights = str | npt.ArrayLike | None
Build = Callable[[Ratings, str, FloatArray | None], Estimator]

_ONE_VALUE = "all ratings are the same value: without variation agreement beyond chance cannot be told"


@dataclass(frozen=True)
class Measure:
    """How a coefficient is made, and which data it is made for.

    Attributes
    ----------
    build : callable
        From ratings, level and weights (V, V) to an estimator.
    weighted : bool
        Whether other weights than "equal or not" make sense.
    two_coders, two_values : bool
        Whether it is defined only for two coders; for present and absent only.
    by_coder : bool
        Whether it matters who gave which rating.
    """

    build: Build
    weighted: bool = False
    two_coders: bool = False
    two_values: bool = False
    by_coder: bool = False


def _alpha(ratings: Ratings, level: str, weights: FloatArray | None) -> Estimator:
    values = ratings.domain
    if weights is not None:
        return MetricAlpha(metric_of_table(1 - weights))
    if level == "ordinal":
        return RankAlpha.of(ratings)
    if level == "interval":
        return PointAlpha(line(values), widest=float(np.ptp(values)) ** 2)
    if level == "circular":
        points = circle(values)
        return PointAlpha(points, widest=float(((points - points[0]) ** 2).sum(axis=1).max()))
    return MetricAlpha(metric_of(level, values))


def _stepwise(name: str) -> Build:
    """Weigh by rank, as is usual; at levels interval and ratio, where distances mean something, by value."""

    def build(ratings: Ratings, level: str, weights: FloatArray | None) -> Estimator:
        ranks = np.arange(ratings.n_values, dtype=float)
        values = ratings.domain if level in ("interval", "ratio") else ranks
        return Cohen(ratings.n_values, named_weights(name, values))

    return build


def _pairs(chance: Callable[[Ratings, FloatArray | None], float]) -> Build:
    return lambda ratings, level, weights: Share(pairs_within(weights), chance(ratings, weights))


def _even(ratings: Ratings, weights: FloatArray | None) -> float:
    """Return chance where all values are equally likely, Σw / V²."""
    size = ratings.n_values
    return float(size if weights is None else weights.sum()) / size**2


def _share(parts: Callable) -> Build:
    return lambda ratings, level, weights: Share(parts)


def _both(part: str) -> Build:
    return lambda ratings, level, weights: Share(both_given(part))


MEASURES: dict[str, Measure] = {
    "percent": Measure(_pairs(lambda ratings, weights: 0.0), weighted=True),
    "unanimous": Measure(_share(all_equal)),
    "positive_agreement": Measure(_share(of_present(1)), two_values=True),
    "negative_agreement": Measure(_share(of_present(0)), two_values=True),
    "cohen_kappa": Measure(
        lambda r, _, w: Cohen(r.n_values, w), weighted=True, two_coders=True, by_coder=True
    ),
    "cohen_kappa_linear": Measure(_stepwise("linear"), two_coders=True, by_coder=True),
    "cohen_kappa_quadratic": Measure(_stepwise("quadratic"), two_coders=True, by_coder=True),
    "conger_kappa": Measure(lambda r, _, w: Conger(r.n_values, w), weighted=True, by_coder=True),
    "light_kappa": Measure(lambda r, _, w: Cohen(r.n_values, w), weighted=True, by_coder=True),
    "fleiss_kappa": Measure(lambda r, _, w: Marginal(r.n_values, w), weighted=True),
    "scott_pi": Measure(lambda r, _, w: Marginal(r.n_values, w), weighted=True, two_coders=True),
    "randolph_kappa": Measure(_pairs(_even)),
    "brennan_prediger": Measure(_pairs(_even), weighted=True),
    "pabak": Measure(_pairs(_even), two_values=True),
    "gwet_ac1": Measure(lambda r, _, w: Marginal(r.n_values, None, gwet=True)),
    "gwet_ac2": Measure(lambda r, _, w: Marginal(r.n_values, w, gwet=True), weighted=True),
    "krippendorff_alpha": Measure(_alpha, weighted=True),
    "f1": Measure(_share(of_present(1)), two_coders=True, two_values=True),
    "precision": Measure(_both("precision"), two_coders=True, two_values=True, by_coder=True),
    "recall": Measure(_both("recall"), two_coders=True, two_values=True, by_coder=True),
}
"""Every measure by its name in agreement.csv. In `precision` and `recall` the first coder is right."""


def check_names(measure: str, level: str, weights: Weights) -> Measure:
    """Check the names that were asked for."""
    if measure not in MEASURES:
        raise AgreementError(
            f"There is no measure called {quoted(measure)}.{did_you_mean(measure, MEASURES)}",
            next_step=f"Measures are {', '.join(MEASURES)}.",
        )
    if level not in LEVELS:
        raise AgreementError(
            f"There is no level called {quoted(level)}.{did_you_mean(level, LEVELS)}",
            next_step=f"Levels are {', '.join(LEVELS)}.",
        )
    kind = MEASURES[measure]
    if weights is not None and not kind.weighted:
        instead = {"gwet_ac1": "gwet_ac2", "randolph_kappa": "brennan_prediger", "pabak": "brennan_prediger"}
        hint = f" Use {instead[measure]}." if measure in instead else ""
        raise AgreementError(f"{measure} takes no weights.{hint}")
    return kind


def undefined(measure: str, ratings: Ratings) -> str:
    """Return why the ratings do not define a measure, or an empty string."""
    kind = MEASURES[measure]
    if not ratings.n_coders:
        return "nobody rated anything"
    if ratings.n_coders == 1:
        return "only one coder rated anything"
    if not ratings.units_given[2:].any():
        return "no unit was rated by two coders"
    if kind.two_coders and ratings.n_coders > 2:
        return f"defined for two coders; there are {ratings.n_coders}"
    if kind.two_values and ratings.n_values != 2:
        return f"defined for two values, present and absent; there are {ratings.n_values}"
    if ratings.n_values == 1 and measure not in ("percent", "unanimous"):
        return _ONE_VALUE
    return ""


def why_not(measure: str, observed: float) -> str:
    """Return why a coefficient came out undefined although it was computed."""
    if measure == "light_kappa":
        return "a pair of coders has no kappa: no unit in common, or all ratings the same value"
    if np.isnan(observed):
        return "the value was never given where two coders rated"
    return _ONE_VALUE
