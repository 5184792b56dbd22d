"""Intervals for a statistic that is a function of how much each cluster counts.

Many agreement statistics of whole texts are ratios of sums over documents. Give cluster ``g`` (a participant,
a document) the weight ``w_g``: the statistic becomes a function ``value(w)``, with ``w = 1`` for the data as
they are. Everything below asks that function, never the texts again:

* *linearised*: the derivative ``u_g = d value / d w_g`` at ``w = 1`` is the influence of cluster ``g``;
  ``se² = G/(G-1) sum (u_g - mean u)²``, and t with ``G - 1`` degrees of freedom;
* *jackknife*: ``w`` with one zero;
* *bootstrap*: ``w`` multinomial, whole clusters drawn with replacement, and percentiles;
* *bootstrap_bayes*: the same with ``w`` Dirichlet, so that no cluster ever drops out.

Letters: ``G`` clusters, ``B`` draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import AgreementError, did_you_mean, quoted
from .estimates import VALIDATED_CLUSTERS
from .intervals import Spread
from .statistic import Statistic

__all__ = ["INTERVALS", "influence", "with_interval"]

FloatArray = npt.NDArray[np.float64]
Value = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]

INTERVALS = ("linearised", "jackknife", "bootstrap", "bootstrap_bayes")
STEP = 1e-30


def influence(value: Value, n_clusters: int) -> FloatArray:
    """Return the derivative of the value by the weight of every cluster, (G,).

    Uses the complex step of Squire and Trapp (1998, SIAM Review 40:110): ``Im f(w + ih) / h`` has no
    cancellation, so the derivative is exact to the last digits for any formula of sums, products and
    quotients.

    Examples
    --------
    >>> sizes, hits = np.array([10.0, 20.0]), np.array([5.0, 4.0])
    >>> influence(lambda w: (w @ hits) / (w @ sizes), 2).round(6)
    array([ 0.066667, -0.066667])
    """
    weights = np.ones((n_clusters, n_clusters)) + 1j * STEP * np.eye(n_clusters)
    return np.imag(value(weights)) / STEP


def with_interval(
    found: Statistic,
    value: Value,
    n_clusters: int,
    *,
    interval: str = "linearised",
    scale: str = "log",
    confidence: float = 0.95,
    minimum: float | None = None,
    draws: int = 1000,
    rng: np.random.Generator | None = None,
) -> Statistic:
    """Return a statistic with its standard error, interval and, given a minimum, ``q``.

    Parameters
    ----------
    found : Statistic
        The estimate, which is ``value`` with all weights 1.
    value : callable
        Maps weights (..., G) to values (...); nan where they leave the statistic undefined.
    n_clusters : int
        Number of clusters, ``G``.
    interval : {"linearised", "jackknife", "bootstrap", "bootstrap_bayes"}
    scale : {"log", "share"}
        Where a t interval is symmetric: see `analysis.agreement.intervals`.
    confidence : float
    minimum : float, optional
        Gives ``q``, the probability that the coefficient lies below it.
    draws : int
        Number of draws ``B`` of a bootstrap.
    rng : numpy.random.Generator, optional
        For a bootstrap. Default: seed 0.

    Raises
    ------
    AgreementError
        An interval that is not known, or not for this kind of statistic.
    """
    if interval not in INTERVALS:
        raise AgreementError(
            f"There is no interval called {quoted(interval)} here.{did_you_mean(interval, INTERVALS)}",
            next_step=f"Intervals are {', '.join(INTERVALS)}.",
        )
    found = replace(found, confidence=confidence, interval=interval)
    if n_clusters < 2:
        return found.noting("no interval: it takes two clusters; all texts are in one")
    if interval in ("linearised", "jackknife"):
        return _from_spread(found, _spread(value, n_clusters, interval, scale), minimum)
    drawn = value(_weights(n_clusters, interval, draws, rng or np.random.default_rng(0)))
    return _from_draws(found, drawn, minimum)


def _spread(value: Value, n_clusters: int, interval: str, scale: str) -> Spread:
    """Return the standard error of a t interval."""
    if interval == "linearised":
        u = influence(value, n_clusters)
        variance = n_clusters / (n_clusters - 1) * ((u - u.mean()) ** 2).sum()
    else:
        left_out = value(1.0 - np.eye(n_clusters))
        variance = (n_clusters - 1) / n_clusters * ((left_out - left_out.mean()) ** 2).sum()
    return Spread(float(np.sqrt(variance)), n_clusters, clustered=True, scale=scale)


def _from_spread(found: Statistic, spread: Spread, minimum: float | None) -> Statistic:
    if not np.isfinite(spread.se):
        return found.noting("no interval: undefined once a cluster is left out")
    if spread.se == 0 or found.estimate == 1:
        return replace(found, se=spread.se).noting("no interval: the clusters do not differ at all")
    low, high = spread.interval(found.estimate, found.confidence)
    q = np.nan if minimum is None else spread.below(minimum, found.estimate)
    few = f"interval not validated below {VALIDATED_CLUSTERS} clusters; there are {spread.n_groups}"
    found = replace(found, se=spread.se, low=low, high=high, q=q)
    return found.noting(few) if spread.n_groups < VALIDATED_CLUSTERS else found


def _weights(n_clusters: int, interval: str, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return random weights of the clusters, (B, G)."""
    if interval == "bootstrap":
        even = np.full(n_clusters, 1 / n_clusters)
        return rng.multinomial(n_clusters, even, size=draws).astype(float)
    return rng.dirichlet(np.ones(n_clusters), size=draws) * n_clusters


def _from_draws(found: Statistic, drawn: FloatArray, minimum: float | None) -> Statistic:
    usable = drawn[np.isfinite(drawn)]
    if len(usable) < 2:
        return found.noting("no interval: undefined in all replicates")
    tail = (1 - found.confidence) / 2
    low, high = (float(limit) for limit in np.quantile(usable, [tail, 1 - tail]))
    q = np.nan if minimum is None else float((usable < minimum).mean())
    found = replace(found, se=float(usable.std(ddof=1)), low=low, high=high, q=q)
    lost = len(drawn) - len(usable)
    return found.noting(f"undefined in {lost} of {len(drawn)} replicates, left out") if lost else found
