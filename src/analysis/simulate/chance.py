"""Seeded draws that come out the same on every platform.

Only uniform doubles are drawn: their stream is the one that numpy has never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np

__all__ = ["generator", "pick", "shuffled"]

Item = TypeVar("Item")


def generator(seed: int, step: str) -> np.random.Generator:
    """Return the one generator of a named step.

    Examples
    --------
    >>> round(float(generator(1, "text").random()), 6) == round(float(generator(1, "text").random()), 6)
    True
    """
    return np.random.default_rng([seed, crc32(step.encode())])


def pick(rng: np.random.Generator, options: Sequence[Item]) -> Item:
    """Return one of the options."""
    return options[int(rng.random() * len(options))]


def shuffled(rng: np.random.Generator, items: Iterable[Item]) -> list[Item]:
    """Return the items in a drawn order.

    Examples
    --------
    >>> sorted(shuffled(generator(1, "order"), "abc"))
    ['a', 'b', 'c']
    """
    listed = list(items)
    return [listed[i] for i in np.argsort(rng.random(len(listed)), kind="stable")]
