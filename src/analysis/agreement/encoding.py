"""From labels as people and pandas write them to an array of numbers, without losing or inventing a value.

Missing is what pandas calls missing (None, nan, NaT, pd.NA), and an empty cell. Everything else is a value:
the label "nan", the number 0, and the text "NA".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.agreement.ratings import FloatArray
from analysis.errors import AgreementError, Problem, did_you_mean, quoted

__all__ = ["Encoded", "encode"]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")

_INFINITE = "Ratings hold an infinite number. Leave the cell empty where a coder did not code."

_EXACT = 2**53
"""Whole numbers beyond this are not all different as floats."""


class Encoded(NamedTuple):
    """Ratings as numbers.

    Attributes
    ----------
    values : array (M, N)
        nan where a coder did not code.
    domain : array (V,)
        The values that could have been given: the numbers themselves, or 0, 1 ... for labels.
    labels : tuple of length V
        What each of them was called.
    """

    values: FloatArray
    domain: FloatArray
    labels: tuple[object, ...]


def encode(ratings: pd.DataFrame | Sequence | npt.NDArray, labels: Iterable[object] | None = None) -> Encoded:
    """Return ratings of any kind as an array of numbers.

    Numbers, and texts that are all numbers, keep their value. Other labels become 0, 1 ... in the order of
    `labels`, else of an ordered or unordered Categorical (unused categories stay in the domain), else sorted.

    Parameters
    ----------
    ratings : data frame (N rows, M columns), or sequence of M columns of length N
        A column a coder. An array is (M, N), as everywhere in this package.
    labels : iterable, optional
        The values that could have been given, in their order.

    Raises
    ------
    AgreementError
        Columns of different length, a value that is not among `labels`, numbers mixed with text, or a number
        that is infinite.

    Examples
    --------
    >>> encoded = encode([["yes", "no", None], ["yes", "nan", "no"]])
    >>> encoded.labels
    ('nan', 'no', 'yes')
    >>> encoded.values
    array([[ 2.,  1., nan],
           [ 2.,  0.,  1.]])
    >>> encode([[1, 2, pd.NA], [1, 1, 4]]).domain
    array([1., 2., 4.])
    """
    columns = _columns(ratings)
    if labels is None and columns and all(_holds_numbers(column) for column in columns):
        return _numeric(columns)
    declared = _declared(columns) if labels is None else list(labels)
    cells = [_cells(column) for column in columns]
    _refuse_truth_values(cells)
    met = list(dict.fromkeys(cell for column in cells for cell in column if cell is not None))
    if declared is not None:
        return _as_labels(cells, _known(met, declared))
    numbers = _as_numbers(met)
    if numbers is None:
        return _as_labels(cells, _sorted(met))
    values = np.array(
        [[np.nan if c is None else numbers[c] for c in column] for column in cells], dtype=float
    )
    domain = np.unique(list(numbers.values())) if numbers else np.empty(0)
    called = {number: label for label, number in reversed(numbers.items())}
    return Encoded(
        values.reshape(len(cells), -1), domain, tuple(called[number] for number in domain.tolist())
    )


def _columns(ratings: pd.DataFrame | Sequence | npt.NDArray) -> list[pd.Series]:
    if isinstance(ratings, pd.DataFrame):
        return [ratings.iloc[:, place] for place in range(ratings.shape[1])]
    columns = [
        column if isinstance(column, pd.Series) else pd.Series(column, dtype=_dtype(column))
        for column in ratings
    ]
    lengths = sorted({len(column) for column in columns})
    if len(lengths) > 1:
        raise AgreementError(f"Coders must have rated the same units. Got columns of {lengths} units.")
    return columns


def _dtype(column: object) -> object:
    """Return the type that keeps the cells of a column as they are."""
    kind = getattr(column, "dtype", None)
    return object if kind is None or getattr(kind, "kind", "O") in "SU" else kind


def _holds_numbers(column: pd.Series) -> bool:
    """Return whether a column is of a numeric type, and none of its numbers too long for a float."""
    kind = column.dtype
    if not pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind):
        return False
    if pd.api.types.is_complex_dtype(kind):
        return False
    return not pd.api.types.is_integer_dtype(kind) or not (column.abs() > _EXACT).any()


def _numeric(columns: list[pd.Series]) -> Encoded:
    values = np.array([column.to_numpy(dtype=float, na_value=np.nan) for column in columns])
    domain = np.unique(values[~np.isnan(values)])
    if np.isinf(domain).any():
        raise AgreementError(_INFINITE)
    return Encoded(values, domain, tuple(domain.tolist()))


def _declared(columns: list[pd.Series]) -> list[object] | None:
    """Return the categories that all columns share, if all are categorical."""
    kinds = [column.dtype for column in columns]
    if not kinds or not all(isinstance(kind, pd.CategoricalDtype) for kind in kinds):
        return None
    lists = [list(kind.categories) for kind in kinds]
    if any(kind.ordered for kind in kinds) and any(order != lists[0] for order in lists):
        raise AgreementError("Coders have the same variable with its values in different order.")
    union = list(dict.fromkeys(label for order in lists for label in order))
    return union if all(order == lists[0] for order in lists) else _sorted(union)


def _cells(column: pd.Series) -> list[object]:
    """Return the cells of a column, None where it is missing or empty."""
    missing = column.isna().to_numpy(dtype=bool)
    plain = column.astype(object).tolist()
    return [None if gone or cell == "" else _plain(cell) for cell, gone in zip(plain, missing, strict=True)]


def _refuse_truth_values(cells: list[list[object]]) -> None:
    """True equals 1, so the two cannot be told apart where both occur."""
    kinds = {type(cell) for column in cells for cell in column}
    if bool in kinds and kinds & {int, float}:
        raise AgreementError(
            "Ratings mix True and False with numbers.", next_step="Make them all one or the other."
        )


def _plain(cell: object) -> object:
    """Return a cell as a value that can be compared; numpy's numbers as Python's."""
    return cell.item() if isinstance(cell, np.generic) else cell


def _as_numbers(met: list[object]) -> dict[object, float] | None:
    """Return the number that each value stands for; None where they are labels.

    Texts count as numbers only if all of them are and no two are the same number: "1" and "01" are labels.
    """
    is_number = [isinstance(cell, int | float) and not isinstance(cell, bool) for cell in met]
    is_text = [isinstance(cell, str) for cell in met]
    if any(is_number) and any(is_text):
        raise AgreementError(
            f"Ratings mix numbers with text, such as {quoted(met[is_text.index(True)])}.",
            next_step="Make them all numbers, or all text.",
        )
    if all(is_text):
        if not all(_NUMBER.fullmatch(str(cell)) for cell in met):
            return None
        numbers = {cell: float(str(cell)) for cell in met}
        return numbers if len(set(numbers.values())) == len(met) else None
    if not all(is_number):
        return None
    if any(isinstance(cell, int) and abs(cell) > _EXACT for cell in met):
        return None
    if any(isinstance(cell, float) and np.isinf(cell) for cell in met):
        raise AgreementError(_INFINITE)
    return {cell: float(cell) for cell in met}  # type: ignore[arg-type]


def _sorted(met: list[object]) -> list[object]:
    """Return labels in their own order, or by kind and text where they have none."""
    try:
        return sorted(met)  # type: ignore[type-var]
    except TypeError:
        return sorted(met, key=lambda cell: (type(cell).__name__, str(cell)))


def _known(met: list[object], declared: list[object]) -> list[object]:
    known = [_plain(label) for label in declared]
    if len(set(known)) < len(known):
        raise AgreementError("The list of values names one twice.")
    strange = [cell for cell in met if cell not in set(known)]
    if strange:
        names = [str(label) for label in known]
        raise AgreementError(
            [
                Problem(f"{quoted(cell)} was given but is not declared.{did_you_mean(str(cell), names)}")
                for cell in strange
            ],
            title="The list of values",
        )
    return known


def _as_labels(cells: list[list[object]], labels: list[object]) -> Encoded:
    place = {label: float(position) for position, label in enumerate(labels)}
    values = [[np.nan if cell is None else place[cell] for cell in column] for column in cells]
    return Encoded(
        np.array(values, dtype=float).reshape(len(cells), -1),
        np.arange(len(labels), dtype=float),
        tuple(labels),
    )
