"""Weights of partial agreement between two values (Gwet 2014, chapter 3): 1 on the diagonal, less beside it.

Every function takes the values (V,) in ascending order and returns a symmetric (V, V) array. `linear`,
`quadratic`, `radical`, `ratio`, `circular` and `bipolar` look at the values themselves, `ordinal` at their
order only.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from analysis.agreement.ratings import FloatArray
from analysis.errors import AgreementError, Problem, did_you_mean, quoted

__all__ = ["WEIGHTS", "named_weights", "weight_matrix"]

MOST = 4096
"""Values for which weights are still kept as a table."""


def _apart(values: FloatArray) -> FloatArray:
    return np.abs(values[:, None] - values[None, :])


def _unweighted(values: FloatArray) -> FloatArray:
    return np.eye(len(values))


def _linear(values: FloatArray) -> FloatArray:
    return 1 - _apart(values) / np.ptp(values)


def _quadratic(values: FloatArray) -> FloatArray:
    return 1 - (_apart(values) / np.ptp(values)) ** 2


def _radical(values: FloatArray) -> FloatArray:
    return 1 - np.sqrt(_apart(values) / np.ptp(values))


def _ordinal(values: FloatArray) -> FloatArray:
    """Count the pairs of values within the stretch from one value to the other: C(|k - l| + 1, 2)."""
    steps = _apart(np.arange(len(values), dtype=float))
    pairs = steps * (steps + 1) / 2
    return 1 - pairs / pairs.max()


def _ratio(values: FloatArray) -> FloatArray:
    total = values[:, None] + values[None, :]
    apart = _apart(values)
    share = np.divide(apart, total, out=np.zeros_like(apart), where=apart > 0) ** 2
    return 1 - share / share.max()


def _circular(values: FloatArray) -> FloatArray:
    """Measure across a circle on which the value after the highest is the lowest."""
    chord = np.sin(np.pi * _apart(values) / (np.ptp(values) + 1)) ** 2
    return 1 - chord / chord.max()


def _bipolar(values: FloatArray) -> FloatArray:
    lowest, highest = values[0], values[-1]
    total = values[:, None] + values[None, :]
    room = (total - 2 * lowest) * (2 * highest - total)
    apart = _apart(values) ** 2
    share = np.divide(apart, room, out=np.zeros_like(apart), where=apart > 0)
    return 1 - share / share.max()


WEIGHTS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "unweighted": _unweighted,
    "linear": _linear,
    "quadratic": _quadratic,
    "ordinal": _ordinal,
    "radical": _radical,
    "ratio": _ratio,
    "circular": _circular,
    "bipolar": _bipolar,
}
"""Gwet's weights by name."""


def named_weights(name: str, values: FloatArray) -> FloatArray:
    """Return one of Gwet's weights for values (V,) in ascending order.

    Examples
    --------
    >>> named_weights("linear", np.array([1.0, 2.0, 5.0]))
    array([[1.  , 0.75, 0.  ],
           [0.75, 1.  , 0.25],
           [0.  , 0.25, 1.  ]])
    """
    if name not in WEIGHTS:
        raise AgreementError(f"There are no weights called {quoted(name)}.{did_you_mean(name, WEIGHTS)}")
    if name == "ratio" and values[0] < 0:
        raise AgreementError(f"Ratio weights need values of 0 or more. Got {values[0]:g} instead.")
    return np.ones((1, 1)) if len(values) == 1 else WEIGHTS[name](values)


def weight_matrix(weights: str | npt.ArrayLike | None, values: FloatArray) -> FloatArray | None:
    """Return weights (V, V) from a name or a matrix; None where only equal values agree.

    Raises
    ------
    AgreementError
        The name is not one of Gwet's, or the matrix is not (V, V), symmetric, finite, and 1 on the diagonal.
    """
    if weights is None or (isinstance(weights, str) and weights == "unweighted"):
        return None
    if isinstance(weights, str):
        if len(values) > MOST:
            raise AgreementError(
                f"Weights for {len(values):,} values would be too large a table.",
                next_step="Use krippendorff_alpha at level interval or ordinal, or put values into classes.",
            )
        return named_weights(weights, values)
    matrix = np.asarray(weights, dtype=float)
    n_values = len(values)
    if matrix.shape != (n_values, n_values):
        raise AgreementError(
            f"Weights must be ({n_values}, {n_values}), one row a value. Got {matrix.shape} instead."
        )
    problems = []
    if not np.isfinite(matrix).all():
        problems.append(Problem("Some are not finite."))
    if not np.array_equal(matrix, matrix.T):
        problems.append(Problem("They are not symmetric: the order of the coders would matter."))
    if not np.array_equal(np.diag(matrix), np.ones(n_values)):
        problems.append(Problem("The diagonal is not 1: a value must agree with itself."))
    if problems:
        raise AgreementError(problems, title="The matrix of weights")
    return None if np.array_equal(matrix, np.eye(n_values)) else matrix
