"""A coefficient for every one of many codes, each present or absent, from the list of marks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.agreement.cells import PRESENT_ABSENT, Sums
from analysis.agreement.estimates import check_interval, from_replicates, from_spread
from analysis.agreement.groups import Groups
from analysis.agreement.intervals import Spread
from analysis.agreement.marks import Marks
from analysis.agreement.measures import check_names, undefined, why_not
from analysis.agreement.ratings import FloatArray, Ratings
from analysis.agreement.statistic import Statistic
from analysis.errors import AgreementError

__all__ = ["code_replicates", "per_code"]


def per_code(
    marks: Marks,
    measure: str = "krippendorff_alpha",
    *,
    interval: str = "linearised",
    cluster: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    minimum: float | None = None,
    draws: int = 1000,
    rng: np.random.Generator | None = None,
) -> list[Statistic]:
    """Return a coefficient for every code, present or absent.

    The same numbers as `estimate` on each code's own array of 0, 1 and nan, in a fraction of the time: one
    pass over the marks, and, for a bootstrap, one set of weights for all codes (`code_replicates`).

    Parameters
    ----------
    marks : Marks
    measure : str
        Any key of `MEASURES` that is defined for two values.
    interval : str
        ``linearised``, ``bootstrap`` or ``bootstrap_bayes``; none if empty.
    cluster, confidence, minimum, draws, rng
        As for `estimate`.

    Returns
    -------
    list of Statistic
        One a code, in the order of the codes.

    Examples
    --------
    >>> marks = Marks([0, 0, 1, 2, 2], [0, 1, 0, 0, 1], [0, 0, 0, 1, 1], np.ones((2, 4), bool), n_codes=3)
    >>> for found in per_code(marks, interval=""):
    ...     print(found)  # doctest: +ELLIPSIS
    krippendorff_alpha (nominal) 0.533
    krippendorff_alpha (nominal) 1.000
    krippendorff_alpha (nominal) undefined: all ratings are the same value: ...
    """
    _check(measure, interval, confidence, draws)
    marks = _usable(marks, measure)
    known = _described(marks, measure)
    if interval:
        known = [replace(found, interval=interval, confidence=confidence) for found in known]
    absent = np.where(marks.assigned, 0, 2).astype(np.int8)
    reason = undefined(measure, Ratings(absent, PRESENT_ABSENT, declared=True))
    if reason:
        return [replace(found, note=reason) for found in known]
    sums = Sums.of(marks, measure)
    points = _points(known, sums)
    if not interval:
        return points
    groups = Groups.by(cluster, marks.n_units)
    if interval != "linearised":
        rng = np.random.default_rng(0) if rng is None else rng
        drawn = sums.replicates(groups, draws, rng, bayesian=interval == "bootstrap_bayes")
        return [
            from_replicates(found, column, minimum) for found, column in zip(points, drawn.T, strict=True)
        ]
    held = groups.holding(marks.given >= sums.estimator.needs)
    n, scale = int(np.count_nonzero(held)), "share" if sums.estimator.share else "log"
    spreads = [Spread(se, n, groups.clustered, scale) for se in sums.standard_errors(groups, held).tolist()]
    return [from_spread(found, spread, minimum) for found, spread in zip(points, spreads, strict=True)]


def code_replicates(
    marks: Marks,
    measure: str = "krippendorff_alpha",
    *,
    cluster: npt.ArrayLike | None = None,
    draws: int = 1000,
    rng: np.random.Generator | None = None,
    bayesian: bool = False,
) -> FloatArray:
    """Return every code's coefficient in the same `draws` resampled data sets, (B, C).

    The weights are shared, so differences between codes, and their largest deviation, have the right spread.
    """
    _check(measure, "bootstrap", 0.5, draws)
    marks = _usable(marks, measure)
    groups = Groups.by(cluster, marks.n_units)
    rng = np.random.default_rng(0) if rng is None else rng
    return Sums.of(marks, measure).replicates(groups, draws, rng, bayesian=bayesian)


def _check(measure: str, interval: str, confidence: float, draws: int) -> None:
    check_names(measure, "nominal", None)
    if interval:
        check_interval(interval, confidence, draws)
    if interval not in ("", "linearised", "bootstrap", "bootstrap_bayes"):
        raise AgreementError(f"Interval {interval} is not there for many codes at once. Use linearised.")


def _usable(marks: Marks, measure: str) -> Marks:
    """Return the marks of coders who were assigned anything; for Scott's pi, on units that both coded."""
    active = marks.assigned.any(axis=1)
    if not active.all():
        coder = np.cumsum(active) - 1
        marks = Marks(marks.unit, coder[marks.coder], marks.code, marks.assigned[active], marks.n_codes)
    if measure == "scott_pi" and len(marks.assigned) == 2:
        return marks.where(marks.given == len(marks.assigned))
    return marks


def _points(known: list[Statistic], sums: Sums) -> list[Statistic]:
    """Return the coefficients without intervals."""
    values = sums.estimator.value(sums.totals)
    observed, expected = sums.estimator.agreement(sums.totals)
    if sums.estimator.share:
        expected = np.full_like(observed, np.nan)
    return [
        replace(f, estimate=x, observed=o, expected=e, note=why_not(f.measure, o) if np.isnan(x) else "")
        for f, x, o, e in zip(known, values.tolist(), observed.tolist(), expected.tolist(), strict=True)
    ]


def _described(marks: Marks, measure: str) -> list[Statistic]:
    """Return statistics that hold only what the data look like."""
    paired = marks.given > 1
    n_ratings = int(marks.given.sum(where=paired))
    both = paired[marks.unit]
    n_positive = np.bincount(marks.code[both], minlength=marks.n_codes)
    bias = np.full(marks.n_codes, np.nan)
    if len(marks.assigned) == 2 and paired.any():
        first = np.bincount(marks.code[both], 1 - 2 * marks.coder[both], minlength=marks.n_codes)
        bias = first / np.count_nonzero(paired)
    return [
        Statistic(
            measure,
            "nominal",
            n_units=int(np.count_nonzero(paired)),
            n_ratings=n_ratings,
            n_coders=len(marks.assigned),
            n_values=2,
            n_positive=positive,
            prevalence_index=2 * positive / n_ratings - 1 if n_ratings else np.nan,
            bias_index=of_bias,
        )
        for positive, of_bias in zip(n_positive.tolist(), bias.tolist(), strict=True)
    ]
