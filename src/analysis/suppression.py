"""Small counts hidden so that nobody can work them out from the totals printed beside them.

A cell is hidden first because its own count is small, then more are hidden until no hidden cell follows from
what stays on show. That is proved, not assumed: for every hidden cell the least and the greatest count that
the printed numbers allow are found (in a row by arithmetic, in a table by linear programming), and they must
differ.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

__all__ = ["complement", "complement_row", "table_bounds"]


def complement_row(counts: np.ndarray, hidden: np.ndarray, least: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Return which cells of one row stay hidden so that none follows from the others.

    Parameters
    ----------
    counts : ndarray of int, shape (C,)
        The last is the total of the others.
    hidden : ndarray of bool, shape (C,)
        Those that are hidden for themselves.
    least, most : ndarray of int, shape (C,)
        What a reader knows of each: at least so many (1 where zeros are always shown), at most its group.

    Examples
    --------
    >>> counts = np.array([2, 9, 7, 18])
    >>> complement_row(counts, counts < 5, np.zeros(4), np.full(4, 30))
    array([ True, False,  True, False])
    """
    hidden = hidden.copy()
    while _known(counts, hidden, least, most):
        free = [place for place in range(len(counts)) if not hidden[place]]
        if not free:
            break
        hidden[min(free, key=lambda at: _cost(counts, (at,)))] = True
    return hidden


def complement(counts: np.ndarray, hidden: np.ndarray, least: int = 0) -> np.ndarray:
    """Return which cells of a table with a total row and column stay hidden so that none follows.

    Parameters
    ----------
    counts : ndarray of int, shape (R, C)
        The last column holds each row's total, the last row each column's.
    hidden : ndarray of bool, shape (R, C)
    least : int
        What a reader knows about every hidden cell: it is at least that.
    """
    hidden = hidden.copy()
    while hidden.any():
        low, high = table_bounds(counts, hidden, least)
        known = np.argwhere(hidden & (high - low < 0.5))
        if not len(known):
            break
        free = _beside(counts, hidden, *known[0])
        if free is None:
            break
        hidden[free] = True
    return hidden


def table_bounds(counts: np.ndarray, hidden: np.ndarray, least: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and greatest count that the printed numbers of a table allow each cell.

    Returns
    -------
    low, high : ndarray of float, shape (R, C)
        The count itself where it is printed.
    """
    low, high = counts.astype(float), counts.astype(float)
    relations, printed = _relations(counts.shape), np.where(hidden, 0, counts).ravel()
    mine = hidden.ravel()
    used = (relations[:, mine] != 0).any(axis=1)
    A, b = relations[used][:, mine], -(relations[used] @ printed)
    floors = np.minimum(least, counts.ravel()[mine])
    limits = np.column_stack([floors, np.full(len(floors), np.inf)])
    for place, at in enumerate(np.argwhere(hidden)):
        for sign, side in ((1, low), (-1, high)):
            cost = np.zeros(len(floors))
            cost[place] = sign
            found = linprog(cost, A_eq=A, b_eq=b, bounds=limits, method="highs")
            side[tuple(at)] = sign * found.fun if found.status == 0 else np.inf
    return low, high


def _known(counts: np.ndarray, hidden: np.ndarray, least: np.ndarray, most: np.ndarray) -> bool:
    """Return whether a hidden cell of a row follows from the printed ones."""
    if not hidden.any():
        return False
    sign = np.append(np.ones(len(counts) - 1), -1)[hidden]
    rest = -(np.append(counts[:-1], -counts[-1])[~hidden].sum())
    floor, roof = np.minimum(least, counts)[hidden], most[hidden]
    lower, upper = np.where(sign > 0, floor, -roof), np.where(sign > 0, roof, -floor)
    low = np.maximum(lower, rest - (upper.sum() - upper))
    high = np.minimum(upper, rest - (lower.sum() - lower))
    return bool((high - low < 1).any())


def _relations(shape: Sequence[int]) -> np.ndarray:
    """Return one row a total: its cells count 1, the total -1, over the table written row by row."""
    R, C = shape
    at = np.arange(R * C).reshape(R, C)
    relations = np.zeros((R + C, R * C))
    for place, line in enumerate([*at, *at.T]):
        relations[place, line[:-1]], relations[place, line[-1]] = 1, -1
    return relations


def _beside(counts: np.ndarray, hidden: np.ndarray, row: int, column: int) -> tuple[int, ...] | None:
    """Return the next cell to hide: the cheapest shown one in the same row, column, or anywhere."""
    at = np.indices(counts.shape)
    for part in (at[0] == row, at[1] == column, np.ones_like(hidden)):
        free = [tuple(int(each) for each in cell) for cell in np.argwhere(part & ~hidden)]
        if free:
            return min(free, key=lambda cell: _cost(counts, cell))
    return None


def _cost(counts: np.ndarray, at: tuple[int, ...]) -> tuple[bool, bool, int, tuple[int, ...]]:
    """Return what hiding a cell costs the reader: totals most, then zeros, then large counts."""
    total = any(place == size - 1 for place, size in zip(at, counts.shape, strict=True))
    return total, bool(counts[at] == 0), int(counts[at]), at
