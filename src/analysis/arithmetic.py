"""Whether a printed table holds together in itself: sums, partitions, and intervals about coefficients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

from .errors import DataError, Problem

__all__ = ["Interval", "interval_problems", "partition_problem", "sum_of"]

Blank = Literal["zero", "not_stated"]


@dataclass(frozen=True)
class Interval:
    """A coefficient as it is printed, with its interval and how many units it rests on.

    Parameters
    ----------
    estimate, low, high : float
    n_units : int, optional
        Units that two coders rated; without it nobody can say whether an interval is too narrow.
    """

    estimate: float
    low: float
    high: float
    n_units: int | None = None


def interval_problems(printed: Interval) -> list[str]:
    """Return what cannot be right about a printed coefficient and its interval.

    Three things are looked at, each apart: an interval that goes beyond 1, an estimate outside its own
    interval, and an interval narrower than the standard error that two coders who agree by chance alone would
    have, 1 / sqrt(n) (the coefficient of a code that is present or absent).

    Examples
    --------
    >>> interval_problems(Interval(0.79, 0.65, 0.66))
    ['the estimate 0.79 lies outside its own interval 0.65 to 0.66']
    >>> interval_problems(Interval(0.48, 0.47, 0.49, n_units=44))
    ['the interval is 0.01 to either side; by chance alone 44 units have a standard error of 0.15']
    """
    found = []
    span = f"{printed.low:g} to {printed.high:g}"
    if printed.high > 1:
        found.append(f"the interval {span} goes beyond 1")
    if not printed.low <= printed.estimate <= printed.high:
        found.append(f"the estimate {printed.estimate:g} lies outside its own interval {span}")
    half = (printed.high - printed.low) / 2
    by_chance = 1 / sqrt(printed.n_units) if printed.n_units else 0.0
    if isfinite(half) and abs(printed.estimate) < 1 and half < by_chance / 4:
        found.append(
            f"the interval is {half:.2g} to either side; by chance alone {printed.n_units} units have a "
            f"standard error of {by_chance:.2f}"
        )
    return found


def partition_problem(total: int, parts: Sequence[int], remainder: int = 0) -> str:
    """Return why parts do not make up a total, empty where they do.

    Parameters
    ----------
    total : int
    parts : sequence of int
    remainder : int
        How many are in no part, as the source says ("2 did not get that far"); never worked out.

    Examples
    --------
    >>> partition_problem(31, [25, 3, 3])
    ''
    >>> partition_problem(31, [12, 17])
    'the parts add to 29 of 31; say how many are in none of them'
    """
    found = sum(parts) + remainder
    if found == total:
        return ""
    said = f"{sum(parts)} and {remainder} in none" if remainder else f"{sum(parts)}"
    ask = "; say how many are in none of them" if found < total and not remainder else ""
    return f"the parts add to {said} of {total}{ask}"


def sum_of(cells: Mapping[str, str], blank: Blank | None = None) -> int:
    """Return the sum of printed counts; a blank cell is read only by a declared rule.

    Parameters
    ----------
    cells : mapping
        Name of a cell -> what is printed in it.
    blank : str, optional
        zero, or not_stated: such cells are in no sum.

    Raises
    ------
    DataError
        If a cell is blank and no rule says what that means, or is no whole number.

    Examples
    --------
    >>> sum_of({"positive": "10", "negative": ""}, blank="zero")
    10
    """
    problems = []
    for name, text in cells.items():
        if not text.strip() and blank is None:
            problems.append(Problem("is blank: zero or not stated? Declare which.", column=name))
        elif text.strip() and not text.strip().isdecimal():
            problems.append(Problem("holds no whole number.", column=name))
    if problems:
        raise DataError(problems)
    return sum(int(text) for text in cells.values() if text.strip())
