"""How different two values are: Krippendorff's difference functions δ² (2019, chapter 12.4).

Two shapes suffice. `line` and `circle` place values so that δ² is a squared distance; sums over all pairs
then follow from sums over values, however many there are (interval, circular). `Metric` compares values one
pair at a time (nominal, ratio, bipolar, sets, weights); it is kept as a table (V, V) up to `TABLE` values and
worked out in blocks of rows above. Ordinal differences depend on how often values occur; they live with their
coefficient in `alpha`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.agreement.ratings import FloatArray
from analysis.errors import AgreementError

__all__ = ["LEVELS", "TABLE", "Metric", "circle", "line", "metric_of", "metric_of_table"]

LEVELS = ("nominal", "ordinal", "interval", "ratio", "circular", "bipolar")

TABLE = 1024
"""Values up to which differences are kept as a table."""

_ROWS = 64


@dataclass(frozen=True, eq=False)
class Metric:
    """Differences between ``V`` values, by their positions in the list of values.

    Attributes
    ----------
    size : int
        ``V``.
    between : callable
        ``between(i, j)`` returns the differences of values ``i`` and ``j`` (arrays of positions, broadcast).
    nominal : bool
        Whether every two values are equally different.
    """

    size: int
    between: Callable[[npt.NDArray[np.integer], npt.NDArray[np.integer]], FloatArray]
    nominal: bool = False

    @cached_property
    def table(self) -> FloatArray:
        """Return all differences, (V, V)."""
        every, table = np.arange(self.size), np.empty((self.size, self.size))
        for start in range(0, self.size, _ROWS):
            rows = every[start : start + _ROWS]
            table[rows] = self.between(rows[:, None], every[None, :])
        return table

    def against(self, counts: FloatArray) -> FloatArray:
        """Return every value's difference from all of `counts` (..., V) ratings, (..., V)."""
        if self.nominal:
            return counts.sum(axis=-1, keepdims=True) - counts
        if self.size <= TABLE:
            return np.einsum("...k,kc->...c", counts, self.table)
        every = np.arange(self.size)
        blocks = [every[start : start + _ROWS] for start in range(0, self.size, _ROWS)]
        parts = [np.einsum("...k,ck->...c", counts, self.between(b[:, None], every[None, :])) for b in blocks]
        return np.concatenate(parts, axis=-1)

    @cached_property
    def greatest(self) -> float:
        """Return the greatest difference of all."""
        if self.nominal:
            return 1.0
        if self.size <= TABLE:
            return float(self.table.max())
        every = np.arange(self.size)
        starts = range(0, self.size, _ROWS)
        return max(float(self.between(every[s : s + _ROWS, None], every[None, :]).max()) for s in starts)


def metric_of(level: str, values: FloatArray) -> Metric:
    """Return the difference function of level nominal, ratio or bipolar over values (V,).

    Examples
    --------
    >>> metric_of("ratio", np.array([1.0, 3.0])).table
    array([[0.  , 0.25],
           [0.25, 0.  ]])
    """
    if level == "nominal":
        return Metric(len(values), lambda i, j: (i != j).astype(float), nominal=True)
    if level == "ratio":
        if values[0] < 0:
            raise AgreementError(f"Level ratio needs values of 0 or more. Got {values[0]:g} instead.")
        return Metric(len(values), lambda i, j: _share(values[i] - values[j], values[i] + values[j]) ** 2)
    above, below = values - values[0], values[-1] - values
    return Metric(
        len(values),
        lambda i, j: _share((values[i] - values[j]) ** 2, (above[i] + above[j]) * (below[i] + below[j])),
    )


def metric_of_table(table: FloatArray) -> Metric:
    """Return the difference function that a table (V, V) spells out."""
    return Metric(len(table), lambda i, j: table[i, j])


def line(values: FloatArray) -> FloatArray:
    """Return where values stand on a line, (V, 1); moved towards 0 so that no digits are lost."""
    return (values - values.mean())[:, None]


def circle(values: FloatArray) -> FloatArray:
    """Return where values stand on a circle, (V, 2).

    The value after the highest is the lowest, so the way round is U = max - min + 1 and half the distance
    of two values sin(π (c - k) / U).
    """
    angle = 2 * np.pi * (values - values[0]) / (values[-1] - values[0] + 1)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return part / whole, 0 where both are 0 (a value compared with itself)."""
    return np.divide(part, whole, out=np.zeros(np.shape(part)), where=part != 0)
