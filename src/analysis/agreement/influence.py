"""What a coefficient hangs on: single units, single coders, single participants."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.agreement.coefficients import Setup, Weights, prepare
from analysis.agreement.groups import Groups
from analysis.agreement.ratings import FloatArray
from analysis.agreement.statistic import Statistic

__all__ = ["unit_influence", "without_coder", "without_group"]


def unit_influence(
    values: npt.ArrayLike,
    measure: str,
    *,
    level: str = "nominal",
    domain: npt.ArrayLike | None = None,
    weights: Weights = None,
) -> FloatArray:
    """Return how much each unit holds the coefficient up (positive) or down (negative), (N,).

    To first order, the coefficient without the unit is the coefficient less its influence. The units to
    talk about next are those with the lowest. Parameters as for `coefficient`; all nan where undefined.

    Examples
    --------
    >>> found = unit_influence([[1, 1, 2, 2], [1, 1, 2, 1]], "krippendorff_alpha")
    >>> int(found.argmin())
    3
    """
    setup = prepare(values, measure, level=level, domain=domain, weights=weights)
    if not setup.statistic.defined:
        return np.full(setup.ratings.n_units, np.nan)
    return setup.estimator.influence(setup.ratings, setup.totals)


def without_coder(
    values: npt.ArrayLike,
    measure: str,
    *,
    level: str = "nominal",
    domain: npt.ArrayLike | None = None,
    weights: Weights = None,
) -> list[Statistic]:
    """Return the coefficient without each coder in turn.

    The coder without whom agreement is highest is the one who differs most from the others. Parameters as for
    `coefficient`. Values stay those of all coders, so that the coefficients can be compared.

    Examples
    --------
    >>> for found in without_coder([[1, 1, 2, 2], [1, 1, 2, 2], [1, 2, 1, 2]], "krippendorff_alpha"):
    ...     print(found)
    krippendorff_alpha (nominal) 0.125
    krippendorff_alpha (nominal) 0.125
    krippendorff_alpha (nominal) 1.000
    """
    rated = np.asarray(values, dtype=float)
    met = np.unique(rated[~np.isnan(rated)]) if domain is None else domain
    return [
        prepare(np.delete(rated, coder, axis=0), measure, level=level, domain=met, weights=weights).statistic
        for coder in range(len(rated))
    ]


def without_group(
    values: npt.ArrayLike,
    measure: str,
    cluster: npt.ArrayLike,
    *,
    level: str = "nominal",
    domain: npt.ArrayLike | None = None,
    weights: Weights = None,
) -> dict[object, float]:
    """Return the coefficient without each participant (or document) in turn, by label.

    Parameters as for `coefficient` and, for `cluster`, `estimate`. Exact, not to first order.

    Examples
    --------
    >>> without_group([[1, 1, 2, 2], [1, 1, 2, 1]], "percent", ["P1", "P1", "P2", "P2"])
    {'P1': 0.5, 'P2': 1.0}
    """
    setup = prepare(values, measure, level=level, domain=domain, weights=weights)
    groups = Groups.clusters(cluster, setup.ratings.n_units)
    labels = list(dict.fromkeys(np.asarray(cluster, dtype=object).tolist()))
    if setup.fitted is None:
        return dict.fromkeys(labels, np.nan)
    return dict(zip(labels, _left_out(setup, groups).tolist(), strict=True))


def _left_out(setup: Setup, groups: Groups) -> FloatArray:
    """Return the coefficient without each group, (G,)."""
    rows = groups.rows(setup.estimator.rows(setup.ratings))
    return np.concatenate([setup.estimator.value(setup.totals - part) for part in rows.dense_blocks()])
