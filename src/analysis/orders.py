"""Orders that interviews might have been held in, and how many codes each has found by then."""

from __future__ import annotations

import zlib
from itertools import permutations
from math import factorial

import numpy as np

__all__ = ["codes_so_far", "orders_of"]

MOST_COUNTED = 7  # 5,040 orders; above, a seeded sample
DRAWS = 1000
WORDS_AT_ONCE = 1 << 21  # 16 MB


def orders_of(n: int, seed: int, group: str = "all") -> tuple[np.ndarray, str]:
    """Return the orders that might have been: all of them up to seven interviews, else a seeded sample.

    Returns
    -------
    orders : ndarray of int, shape (K, n)
    said : str
        ``all`` or ``sample``.
    """
    if n <= MOST_COUNTED:
        return np.array(list(permutations(range(n))), dtype=np.int32).reshape(factorial(n), n), "all"
    generator = np.random.default_rng([seed, zlib.crc32(f"new_codes.{group}".encode())])
    return generator.permuted(np.tile(np.arange(n, dtype=np.int32), (DRAWS, 1)), axis=1), "sample"


def codes_so_far(present: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """Return how many codes have been found after each interview.

    Every interview's codes are bits, so that what is found so far is one ``or`` an interview for 64 codes.

    Parameters
    ----------
    present : ndarray of bool, shape (n interviews, V codes)
    orders : ndarray of int, shape (K orders, n interviews)

    Returns
    -------
    ndarray of int, shape (K, m)
        m is at most n: after m interviews every order has found all there is to find.

    Examples
    --------
    >>> present = np.array([[1, 0], [1, 1], [0, 1]], dtype=bool)
    >>> codes_so_far(present, np.array([[0, 1, 2], [2, 0, 1]]))
    array([[1, 2],
           [1, 2]])
    """
    words = _packed(present)
    (n, W), K = words.shape, len(orders)
    whole = np.bitwise_or.reduce(words, axis=0, initial=0)
    found, seen = [np.zeros((0, K), np.int64)], np.zeros((K, W), np.uint64)
    start, size = 0, 16
    while start < n:
        block = words[orders.T[start : start + size]]  # (interviews, K, W)
        block[0] |= seen
        np.bitwise_or.accumulate(block, axis=0, out=block)
        found.append(np.bitwise_count(block).sum(axis=2, dtype=np.int64))
        seen, start = block[-1], start + size
        if (seen == whole).all():
            break
        size = max(1, min(4 * size, WORDS_AT_ONCE // max(1, K * W)))
    so_far = np.concatenate(found)
    last = int((so_far < present.any(axis=0).sum()).any(axis=1).sum()) + 1
    return so_far[:last].T


def _packed(present: np.ndarray) -> np.ndarray:
    """Return which codes each interview has as bits, shape (n, W) of uint64."""
    n, V = present.shape
    whole = np.zeros((n, 64 * -(-V // 64)), dtype=bool)
    whole[:, :V] = present
    return np.packbits(whole, axis=1).view(np.uint64)
