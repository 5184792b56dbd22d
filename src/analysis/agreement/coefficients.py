"""From an array of ratings to a coefficient, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.agreement.estimator import Estimator
from analysis.agreement.measures import MEASURES, Weights, check_names, undefined, why_not
from analysis.agreement.ratings import FloatArray, Ratings
from analysis.agreement.statistic import Statistic
from analysis.agreement.weights import weight_matrix
from analysis.errors import AgreementError

__all__ = ["MEASURES", "Setup", "Weights", "coefficient", "describe", "fit", "per_value", "prepare"]

_AC2_WEIGHTS = {"nominal": None, "interval": "quadratic"}
"""Weights of gwet_ac2 where they are not those called like the level."""


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
    check_names(measure, level, weights)
    return fit(Ratings.of(values, domain).of_active_coders(), measure, level=level, weights=weights)


def fit(ratings: Ratings, measure: str, *, level: str = "nominal", weights: Weights = None) -> Setup:
    """Return the estimator for ratings of active coders. Other parameters and errors as for `coefficient`."""
    kind = check_names(measure, level, weights)
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


def describe(measure: str, level: str, ratings: Ratings) -> Statistic:
    """Return a statistic that holds only what the data look like."""
    units = ratings.units_given
    n_units, n_ratings = int(units[2:].sum()), int((units * np.arange(len(units)))[2:].sum())
    n_positive = prevalence = bias = np.nan
    if ratings.n_values == 2:
        present = [int(np.count_nonzero(codes)) for codes in (ratings.codes == 1) & (ratings.given > 1)]
        n_positive = sum(present)
        prevalence = 2 * n_positive / n_ratings - 1 if n_ratings else np.nan
        if ratings.n_coders == 2 and n_units:
            bias = present[0] / n_units - present[1] / n_units
    return Statistic(
        measure=measure,
        level=level,
        n_units=n_units,
        n_ratings=n_ratings,
        n_coders=ratings.n_coders,
        n_values=ratings.n_values,
        n_positive=n_positive,
        prevalence_index=prevalence,
        bias_index=bias,
    )
