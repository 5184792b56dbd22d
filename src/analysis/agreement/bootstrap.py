"""Bootstrap distributions by reweighting: a resampled data set is a weighted sum of the same rows.

Nothing is copied and no coefficient is computed anew from ratings. A draw gives every unit (or cluster of
units) a weight, the weights times the rows are the totals, and the coefficient follows from the totals.

The same seed gives the same bytes on one thread or many: rows are first rounded to a grid on which every sum
of them is exact (`on_grid`), hence the same in any order of summation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from analysis.agreement.alpha import Alpha
from analysis.agreement.counts import Rows
from analysis.agreement.estimator import Estimator
from analysis.agreement.metrics import TABLE
from analysis.agreement.ratings import FloatArray, Ratings

__all__ = [
    "bca",
    "heaviest",
    "kalpha_draws",
    "on_grid",
    "percentile",
    "redrawn",
    "replicates",
    "weights_drawn",
]

_CELLS = 1 << 14
"""Weights that are drawn at a time, few enough to stay in the cache."""

_SHORT = 1 << 10
"""Rows below which calls cost more than counting."""

_LEAST = 16
"""Draws that are multiplied at a time even where units are many."""

_KEPT = 1 << 20
"""Totals that are gathered before coefficients are computed from them."""

_GRID = 1024
"""Steps into which a Bayesian weight of 1 is divided, so that sums of weights are exact, too."""


def replicates(
    estimator: Estimator, rows: Rows, draws: int, rng: np.random.Generator, *, bayesian: bool = False
) -> FloatArray:
    """Return the coefficient of `draws` reweighted data sets, (B,); nan where one does not define it.

    Parameters
    ----------
    rows : Rows
        What each unit, or each cluster of units, adds to the totals.
    bayesian : bool
        Exponential weights (Rubin 1981) instead of drawing with replacement: no ties, no empty draw.
    """
    return np.concatenate([estimator.value(t) for t in redrawn(rows, draws, rng, bayesian=bayesian)])


def redrawn(
    rows: Rows, draws: int, rng: np.random.Generator, *, bayesian: bool = False
) -> Iterator[FloatArray]:
    """Yield totals (b, S) of reweighted data sets, some draws at a time."""
    grid = _summable(rows, heaviest(len(rows), bayesian))
    totals: list[FloatArray] = []
    for weights in weights_drawn(len(rows), draws, rng, bayesian=bayesian):
        totals.append((grid.T @ weights.T).T if sparse.issparse(grid) else weights @ grid)
        if sum(part.size for part in totals) > _KEPT:
            yield np.concatenate(totals)
            totals = []
    if totals:
        yield np.concatenate(totals)


def weights_drawn(
    n_rows: int, draws: int, rng: np.random.Generator, *, bayesian: bool = False, at_least: int = _LEAST
) -> Iterator[FloatArray]:
    """Yield weights (b, N), some draws at a time: how often each row was drawn, or exponential weights."""
    at_a_time = max(at_least, _CELLS // n_rows)
    for start in range(0, draws, at_a_time):
        shape = (min(at_a_time, draws - start), n_rows)
        if bayesian:
            yield np.rint(rng.standard_exponential(shape) * _GRID) / _GRID
        else:
            yield _times(rng.integers(0, n_rows, shape), n_rows)


def _times(drawn: npt.NDArray[np.int64], n_rows: int) -> FloatArray:
    """Return how often each row was drawn, (b, N): counted together where a draw is short."""
    if n_rows < _SHORT:
        cells = drawn + np.arange(0, len(drawn) * n_rows, n_rows)[:, None]
        return np.bincount(cells.ravel(), minlength=drawn.size).reshape(drawn.shape).astype(float)
    weights = np.empty(drawn.shape)
    for row, of_row in zip(weights, drawn, strict=True):
        row[:] = np.bincount(of_row, minlength=n_rows)
    return weights


def heaviest(n_rows: int, bayesian: bool) -> float:
    """Return more than the weights of a draw can sum to, in steps of the weights."""
    return n_rows * (32.0 * _GRID if bayesian else 1.0)


def on_grid(table: FloatArray, draws_weight: float) -> FloatArray:
    """Round each column so that any sum with whole weights of at most `draws_weight` in all is exact.

    A column is rounded to whole steps, the step a power of two that keeps every possible sum below 2 ** 53
    steps. With 10,000 units this changes the 13th digit.
    """
    largest = np.abs(table).max(axis=0, initial=0.0) * draws_weight
    step = np.exp2(np.ceil(np.log2(np.where(largest > 0, largest, 1.0))) - 52)
    return np.rint(table / step) * step


def percentile(drawn: FloatArray, confidence: float) -> tuple[float, float]:
    """Return the interval between two percentiles of the defined replicates."""
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return float(low), float(high)


def bca(drawn: FloatArray, estimate: float, influence: FloatArray, confidence: float) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval (Efron 1987), acceleration from influences."""
    drawn = drawn[~np.isnan(drawn)]
    below = (np.count_nonzero(drawn < estimate) + np.count_nonzero(drawn == estimate) / 2) / len(drawn)
    bias = special.ndtri(np.clip(below, 1 / (len(drawn) + 1), len(drawn) / (len(drawn) + 1)))
    centred = influence - influence.mean()
    spread = (centred**2).sum() ** 1.5
    acceleration = (centred**3).sum() / (6 * spread) if spread > 0 else 0.0
    z = bias + special.ndtri(np.array([1 - confidence, 1 + confidence]) / 2)
    low, high = np.quantile(drawn, special.ndtr(bias + z / (1 - acceleration * z)))
    return float(low), float(high)


def kalpha_draws(alpha: Alpha, ratings: Ratings, draws: int, rng: np.random.Generator) -> FloatArray:
    """Return replicates of alpha by Krippendorff's own algorithm, as the KALPHA macro and icr draw them.

    For every pair of ratings within a unit of m, some pair of the data is drawn, and its difference over
    m - 1 goes into D_o; D_e is kept. Known defects: pairs within a unit are taken as independent and D_e as
    known, so intervals are too narrow (Zapf et al. 2016). The cap on the number of pairs in early versions of
    the macro, on account of which intervals stop shrinking, is not imitated.
    """
    totals = alpha.totals(ratings)
    n, _, e = (float(part) for part in alpha.disagreement(totals))
    cells, counts = _pairs_met(ratings)
    apart = alpha.apart(totals, cells // ratings.n_values, cells % ratings.n_values)
    given = ratings.given
    drawn = np.zeros(draws)
    for m in np.unique(given[given > 1]).tolist():
        pairs = int((given == m).sum()) * m * (m - 1) // 2
        met = rng.multinomial(pairs, counts / counts.sum(), size=draws)
        drawn += 2 / (m - 1) * np.einsum("bc,c->b", met, apart)
    return np.maximum(1 - (n - 1) * drawn / e, -1.0)


def _pairs_met(ratings: Ratings) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the pairs of values that occur within units, as ``c * V + k``, and how often."""
    codes = ratings.codes.astype(np.int64)
    keys = []
    for one, other in combinations(range(ratings.n_coders), 2):
        both = ratings.present[one] & ratings.present[other]
        low, high = np.sort(codes[[one, other]][:, both], axis=0)
        keys.append(low * ratings.n_values + high)
    return np.unique(np.concatenate(keys), return_counts=True)


def _summable(rows: Rows, draws_weight: float) -> FloatArray | sparse.csr_array:
    """Return the rows on the grid: dense where narrow, else sparse."""
    if rows.index is None or rows.width <= TABLE:
        return on_grid(rows.dense(), draws_weight)
    starts = np.arange(0, rows.data.size + 1, rows.data.shape[1])
    grid = on_grid(rows.data.reshape(-1, 1), draws_weight * rows.data.shape[1]).ravel()
    return sparse.csr_array((grid, rows.index.ravel(), starts), shape=(len(rows), rows.width))
