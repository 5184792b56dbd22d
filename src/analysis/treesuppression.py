"""Small counts of a code tree hidden so that none follows from lines above, below or beside it.

Participants contributing are no additive table: a participant may raise many codes. What a reader knows is
the total of each line, the size of each group, that a theme has no fewer participants than each of its
subcodes, and, where the theme as coded is a line too, no more than all of them together. For every hidden
count, two counts that differ must both be possible under all of this; that is proved by linear programming,
tree by tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from .suppression import complement_row

__all__ = ["complement_tree", "tree_determined"]


@dataclass(frozen=True)
class _Known:
    """What a reader knows of the hidden cells of one tree: equal @ x = total, below @ x <= most."""

    cells: np.ndarray  # (K, 2) places of the hidden cells
    equal: sparse.csr_array
    total: np.ndarray
    below: sparse.csr_array
    most: np.ndarray
    limits: np.ndarray  # (K, 2)


def complement_tree(
    counts: np.ndarray, hidden: np.ndarray, above: np.ndarray, size: np.ndarray, least: int = 0
) -> np.ndarray:
    """Return which cells of a table of codes stay hidden so that none follows from what is printed.

    Parameters
    ----------
    counts : ndarray of int, shape (V, G + 1)
        Participants of each line and group; the last column is the total of the others (alone: the total).
    hidden : ndarray of bool, shape (V, G + 1)
        Those that are hidden for themselves.
    above : ndarray of int, shape (V,)
        The line that counts at least everybody whom this line counts, -1 for none.
    size : ndarray of int, shape (V, G + 1)
        Participants there are.
    least : int
        What a reader knows of every count hidden for itself: it is at least that.

    Examples
    --------
    >>> counts = np.array([[2, 9, 7, 18], [2, 9, 9, 20]])
    >>> size = np.full((2, 4), 30)
    >>> complement_tree(counts, counts < 5, np.array([1, -1]), size)
    array([[ True, False,  True, False],
           [ True,  True, False, False]])
    """
    hidden = hidden.copy()
    for row in range(len(counts)):
        hidden[row] = _complement_line(counts[row], hidden[row], size[row], least)
    for tree in _trees(above):
        while hidden[tree].any():
            known = tree_determined(counts, hidden, above, size, tree, least)
            changed = [_hide_beside(counts, hidden, above, *cell) for cell in known]
            if not any(changed):
                break
    return hidden


def tree_determined(
    counts: np.ndarray, hidden: np.ndarray, above: np.ndarray, size: np.ndarray, tree: np.ndarray, least: int
) -> list[tuple[int, int]]:
    """Return the hidden cells of one tree that can have no other count than theirs.

    `tree` holds the tree's lines; everything else is as in :func:`complement_tree`.
    """
    known = _known(counts, hidden, above, size, tree, least)
    if not len(known.cells):
        return []
    low = counts[tuple(known.cells.T)].astype(float)  # the truth is possible
    high = low.copy()
    for place in range(len(low)):
        for sign in (-1, 1):
            if high[place] - low[place] >= 1 - 1e-6:
                break
            cost = np.zeros(len(low))
            cost[place] = sign
            found = linprog(
                cost, A_ub=known.below, b_ub=known.most, A_eq=known.equal, b_eq=known.total,
                bounds=known.limits, method="highs",
            )  # fmt: skip
            if found.status == 0:
                low, high = np.minimum(low, found.x), np.maximum(high, found.x)
    stuck = known.cells[high - low < 1 - 1e-6]
    return [(int(row), int(column)) for row, column in stuck]


def _complement_line(counts: np.ndarray, hidden: np.ndarray, size: np.ndarray, least: int) -> np.ndarray:
    if len(counts) == 1 or not hidden.any():
        return hidden
    return complement_row(counts, hidden, np.full(len(counts), least), size)


def _trees(above: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the lines of each tree."""
    V = len(above)
    child = np.flatnonzero(above >= 0)
    links = sparse.csr_array((np.ones(len(child)), (child, above[child])), shape=(V, V))
    n, tree = sparse.csgraph.connected_components(links, directed=False)
    order = np.argsort(tree, kind="stable")
    yield from np.split(order, np.cumsum(np.bincount(tree, minlength=n))[:-1])


def _known(
    counts: np.ndarray, hidden: np.ndarray, above: np.ndarray, size: np.ndarray, tree: np.ndarray, least: int
) -> _Known:
    C = counts.shape[1]
    cells = np.array([(row, column) for row in tree for column in range(C) if hidden[row, column]])
    cells = cells.reshape(-1, 2)
    place = {(int(row), int(column)): at for at, (row, column) in enumerate(cells)}
    equal, below = _Relations(counts, place), _Relations(counts, place)
    for row in tree:
        if C > 1:
            equal.add([(row, column, 1) for column in range(C - 1)] + [(row, C - 1, -1)])
        under = tree[above[tree] == row]
        for column in range(C):
            for child in under:
                below.add([(child, column, 1), (row, column, -1)])
            if len(under) and (counts[row] <= counts[under].sum(axis=0)).all():
                below.add([(row, column, 1), *((child, column, -1) for child in under)])
    true, roof = counts[tuple(cells.T)], size[tuple(cells.T)]
    limits = np.column_stack([np.minimum(least, true), np.maximum(roof, true)]).astype(float)
    return _Known(cells, *equal.made(), *below.made(), limits)


class _Relations:
    """Sums of cells, written as rows over the hidden ones; what is printed goes to the right side."""

    def __init__(self, counts: np.ndarray, place: dict[tuple[int, int], int]) -> None:
        self.counts, self.place = counts, place
        self.rows: list[dict[int, int]] = []
        self.right: list[int] = []

    def add(self, terms: list[tuple[int, int, int]]) -> None:
        row: dict[int, int] = {}
        right = 0
        for line, column, sign in terms:
            at = self.place.get((int(line), column))
            if at is None:
                right -= sign * int(self.counts[line, column])
            else:
                row[at] = sign
        if row:
            self.rows.append(row)
            self.right.append(right)

    def made(self) -> tuple[sparse.csr_array, np.ndarray]:
        at = [(r, c, sign) for r, row in enumerate(self.rows) for c, sign in row.items()]
        r, c, signs = zip(*at, strict=True) if at else ((), (), ())
        shape = (len(self.rows), len(self.place))
        return sparse.csr_array((np.array(signs, float), (r, c)), shape=shape), np.array(self.right, float)


def _hide_beside(counts: np.ndarray, hidden: np.ndarray, above: np.ndarray, row: int, column: int) -> bool:
    """Hide one more cell next to one that is known: in its line, else above or below it."""
    line = [(row, each) for each in range(counts.shape[1])]
    near = [above[row], *np.flatnonzero(above == row)]
    beside = [(int(each), column) for each in near if each >= 0]
    further = [(int(each), other) for each in near if each >= 0 for other in range(counts.shape[1])]
    for part in (line, beside, further):
        free = [cell for cell in part if not hidden[cell]]
        if free:
            last = counts.shape[1] - 1
            cell = min(free, key=lambda at: (at[1] == last, counts[at] == 0, counts[at], at))
            hidden[cell] = True
            return True
    return False
