"""The measures by name: from an array of ratings to a coefficient, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.agreement.alpha import MetricAlpha, PointAlpha, RankAlpha
from analysis.agreement.chance import Marginal, Share, all_equal, both_given, of_present, pairs_within
from analysis.agreement.estimator import Estimator
from analysis.agreement.metrics import LEVELS, circle, line, metric_of, metric_of_table
from analysis.agreement.pairs import Cohen, Conger
from analysis.agreement.ratings import FloatArray, Ratings
from analysis.agreement.statistic import Statistic
from analysis.agreement.weights import named_weights, weight_matrix
from analysis.errors import AgreementError, did_you_mean, quoted

__all__ = [
    "MEASURES",
    "Measure",
    "Setup",
    "check_names",
    "coefficient",
    "describe",
    "per_value",
    "prepare",
    "undefined",
    "why_not",
]

Weights = str | npt.ArrayLike | None
Build = Callable[[Ratings, str, FloatArray | None], Estimator]


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

_AC2_WEIGHTS = {"nominal": None, "interval": "quadratic"}

_ONE_VALUE = "all ratings are the same value: without variation agreement beyond chance cannot be told"


@dataclass(frozen=True, eq=False)
class Setup:
    """Ratings and the estimator for them, or the reason why there is none.

    Attributes
    ----------
    described : Statistic
        What the data look like, and in `note` why there is no estimator.
    ratings : Ratings
    fitted : Estimator or None
    """

    described: Statistic
    ratings: Ratings
    fitted: Estimator | None

    @property
    def measure(self) -> str:
        """Return the name of the coefficient."""
        return self.described.measure

    @property
    def estimator(self) -> Estimator:
        """Return the estimator, or raise AgreementError with the reason why there is none."""
        if self.fitted is None:
            raise AgreementError(f"{self.measure} is undefined: {self.described.note}.")
        return self.fitted

    @cached_property
    def totals(self) -> FloatArray:
        """Return the sums that the estimator works on."""
        return self.estimator.totals(self.ratings)

    @cached_property
    def statistic(self) -> Statistic:
        """Return the coefficient without an interval."""
        if self.fitted is None:
            return self.described
        estimate = float(self.estimator.value(self.totals))
        observed, expected = (float(part) for part in self.estimator.agreement(self.totals))
        note = why_not(self.measure, observed) if np.isnan(estimate) else ""
        if self.estimator.share:
            expected = np.nan
        return replace(self.described, estimate=estimate, observed=observed, expected=expected, note=note)


def coefficient(
    values: npt.ArrayLike,
    measure: str,
    *,
    level: str = "nominal",
    domain: npt.ArrayLike | None = None,
    weights: Weights = None,
) -> Statistic:
    """Return a coefficient of agreement without an interval.

    Parameters
    ----------
    values : array (M, N)
        The value that each of ``M`` coders gave to each of ``N`` units, nan where a coder did not code.
    measure : str
        A key of `MEASURES`.
    level : str
        nominal, ordinal, interval, ratio, circular or bipolar. Alpha takes its differences from it,
        `gwet_ac2` its weights (ordinal, quadratic for interval, ...); linear and quadratic kappa go by rank,
        at levels interval and ratio by value.
    domain : array (V,), optional
        The values that could have been given. Default: those that were.
    weights : str or array (V, V), optional
        One of Gwet's weights, or a matrix, for coefficients that can be weighted.

    Returns
    -------
    Statistic
        nan, with the reason in `note`, where the data do not define the coefficient.

    Raises
    ------
    AgreementError
        The input cannot be meant: no such measure, not an array of numbers, a value that is not declared.

    Examples
    --------
    Krippendorff (2011), four observers and twelve units:

    >>> from numpy import nan
    >>> values = [
    ...     [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
    ...     [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
    ...     [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
    ...     [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    ... ]
    >>> for level in ("nominal", "ordinal", "interval", "ratio"):
    ...     print(coefficient(values, "krippendorff_alpha", level=level))
    krippendorff_alpha (nominal) 0.743
    krippendorff_alpha (ordinal) 0.815
    krippendorff_alpha (interval) 0.849
    krippendorff_alpha (ratio) 0.797
    """
    return prepare(values, measure, level=level, domain=domain, weights=weights).statistic


def per_value(
    values: npt.ArrayLike,
    measure: str,
    *,
    domain: npt.ArrayLike | None = None,
    statistic: Callable[..., Statistic] = coefficient,
    **how: object,
) -> dict[float, Statistic]:
    """Return a coefficient for every value: this value against all others.

    Parameters
    ----------
    values, measure, domain
        As for `coefficient`.
    statistic : callable
        `coefficient`, or `estimate` for intervals.
    **how
        Passed on, such as ``cluster``.

    Examples
    --------
    >>> for value, found in per_value([[1, 2, 3, 3], [1, 2, 3, 2]], "fleiss_kappa").items():
    ...     print(value, found)
    1.0 fleiss_kappa (nominal) 1.000
    2.0 fleiss_kappa (nominal) 0.467
    3.0 fleiss_kappa (nominal) 0.467
    """
    ratings = Ratings.of(values, domain)
    found = {}
    for position, value in enumerate(ratings.domain):
        present = np.where(ratings.present, ratings.codes == position, np.nan)
        found[float(value)] = statistic(present, measure, domain=[0, 1], **how)
    return found


def prepare(
    values: npt.ArrayLike,
    measure: str,
    *,
    level: str = "nominal",
    domain: npt.ArrayLike | None = None,
    weights: Weights = None,
) -> Setup:
    """Return checked ratings and the estimator for them. Parameters and errors as for `coefficient`."""
    kind = check_names(measure, level, weights)
    ratings = Ratings.of(values, domain).of_active_coders()
    if measure == "gwet_ac2" and weights is None:
        weights = _AC2_WEIGHTS.get(level, level)
    label = level if weights is None else f"w:{weights}" if isinstance(weights, str) else "w:given"
    reason = undefined(measure, ratings)
    if reason:
        return Setup(replace(describe(measure, label, ratings), note=reason), ratings, None)
    if measure == "scott_pi":
        ratings = ratings.where(ratings.by_all)
    matrix = weight_matrix(weights, ratings.domain)
    described = describe(measure, label, ratings)
    if not kind.by_coder:
        ratings = ratings.gathered()
    return Setup(described, ratings, kind.build(ratings, level, matrix))


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


def describe(measure: str, level: str, ratings: Ratings) -> Statistic:
    """Return a statistic that holds only what the data look like."""
    units = ratings.units_given
    described = Statistic(
        measure=measure,
        level=level,
        n_units=int(units[2:].sum()),
        n_ratings=int((units * np.arange(len(units)))[2:].sum()),
        n_coders=ratings.n_coders,
        n_values=ratings.n_values,
    )
    if ratings.n_values != 2:
        return described
    present, paired = ratings.codes == 1, ratings.given > 1
    n_positive = int(np.count_nonzero(present & paired))
    prevalence = 2 * n_positive / described.n_ratings - 1 if described.n_ratings else np.nan
    bias = np.nan
    if ratings.n_coders == 2 and paired.any():
        bias = float(present[0, paired].mean() - present[1, paired].mean())
    return replace(described, n_positive=n_positive, prevalence_index=prevalence, bias_index=bias)
