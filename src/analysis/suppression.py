"""Small counts of a row hidden so that nobody can work them out from the total printed beside them.

A cell is hidden first because its own count is small, then more are hidden until no hidden cell follows from
what stays on show. That is proved, not assumed: for every hidden cell the least and the greatest count that
the printed numbers allow are found, and they must differ. Codes below one another are `treesuppression`'s.
"""

from __future__ import annotations

import numpy as np

__all__ = ["complement_row"]


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
        hidden[min(free, key=lambda place: _cost(counts, place))] = True
    return hidden


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


def _cost(counts: np.ndarray, place: int) -> tuple[bool, bool, int, int]:
    """Return what hiding a cell costs the reader: the total most, then zeros, then large counts."""
    count = int(counts[place])
    return place == len(counts) - 1, count == 0, count, place
