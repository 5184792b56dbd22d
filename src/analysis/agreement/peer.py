"""Krippendorff's alpha by the package of that name: the one place that calls it, as a check on our own."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["package_alpha"]


def package_alpha(values: np.ndarray, level: str, domain: np.ndarray) -> float:
    """Return alpha as the krippendorff package computes it, nan where it is undefined.

    Parameters
    ----------
    values : ndarray of float, shape (M coders, N units)
        nan where a coder did not rate.
    level : str
        nominal, ordinal, interval or ratio.
    domain : ndarray of float, shape (V,)
        All values that may occur.

    Examples
    --------
    >>> package_alpha(np.array([[0.0, 1, 1], [0, 1, 1]]), "nominal", np.array([0.0, 1]))
    1.0
    """
    import krippendorff

    name: Any = level  # the package lists its levels as literals

    pairable = (~np.isnan(values)).sum(axis=0) >= 2
    used = values[:, pairable]
    if len(np.unique(used[~np.isnan(used)])) < 2:
        return float("nan")
    return float(
        krippendorff.alpha(
            reliability_data=used, value_domain=domain.tolist(), level_of_measurement=name, dtype=np.float64
        )
    )
