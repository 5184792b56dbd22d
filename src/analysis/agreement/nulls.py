"""Standard errors if there were no agreement beyond chance: for a test against zero, not for an interval."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.agreement.coefficients import Weights, prepare
from analysis.agreement.pairs import Cohen
from analysis.agreement.ratings import Ratings

__all__ = ["null_error"]


def null_error(
    values: npt.ArrayLike,
    measure: str,
    *,
    level: str = "nominal",
    domain: npt.ArrayLike | None = None,
    weights: Weights = None,
) -> float:
    """Return the standard error of Cohen's or Fleiss' kappa under the hypothesis of no agreement.

    Cohen: Fleiss, Cohen & Everitt (1969), weighted or not. Fleiss: Fleiss, Nee & Landis (1979), for complete
    ratings. nan for other measures, and where ratings are missing in the second.

    Examples
    --------
    >>> round(null_error([[1, 1, 2, 2, 1], [1, 1, 2, 1, 1]], "cohen_kappa"), 4)
    0.3983
    """
    setup = prepare(values, measure, level=level, domain=domain, weights=weights)
    if setup.fitted is None:
        return np.nan
    if isinstance(setup.fitted, Cohen) and setup.ratings.n_coders == 2:
        return _cohen(setup.ratings, setup.fitted)
    if measure == "fleiss_kappa" and weights is None and setup.ratings.present.all():
        return _fleiss(setup.ratings)
    return np.nan


def _cohen(ratings: Ratings, cohen: Cohen) -> float:
    """Return sqrt((Σ p_i q_j (w_ij - (w_i. + w_.j))² - p_e²) / (N (1 - p_e)²))."""
    both = ratings.at(ratings.by_all)
    p, q = (np.bincount(codes, minlength=cohen.size) / both.n_units for codes in both.codes)
    weights = np.eye(cohen.size) if cohen.weights is None else cohen.weights
    expected = np.einsum("i,ij,j", p, weights, q)
    row, column = np.einsum("ij,j->i", weights, q), np.einsum("i,ij->j", p, weights)
    spread = (np.outer(p, q) * (weights - row[:, None] - column[None, :]) ** 2).sum() - expected**2
    return float(np.sqrt(spread / both.n_units) / (1 - expected))


def _fleiss(ratings: Ratings) -> float:
    """Return sqrt(2 ((Σ p q)² - Σ p q (q - p))) / (Σ p q sqrt(N m (m - 1)))."""
    units, m = ratings.n_units, ratings.n_coders
    p = np.bincount(ratings.codes.ravel(), minlength=ratings.n_values) / ratings.codes.size
    spread = p * (1 - p)
    inner = spread.sum() ** 2 - (spread * (1 - 2 * p)).sum()
    return float(np.sqrt(2 * inner / (units * m * (m - 1))) / spread.sum())
