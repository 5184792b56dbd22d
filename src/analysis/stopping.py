"""When a run of interviews brings few new codes: the twelve settings of Guest, Namey and Chen.

Guest, Namey and Chen 2020, PLoS ONE 15(5):e0232076: new codes in a run of interviews, as a share of the codes
found in the first few (the base), against a threshold. That runs slide by one interview also where a run has
three is our reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

__all__ = ["LARGEST_BASE", "LONGEST_RUN", "SETTINGS", "STATES", "Setting", "judged", "too_few"]

STATES = ("reached", "not_reached", "not_assessable")
LARGEST_BASE, LONGEST_RUN = 6, 3


@dataclass(frozen=True)
class Setting:
    """One of the twelve settings: base, run and threshold in percent."""

    base: int
    run: int
    threshold: int


SETTINGS = tuple(Setting(*each) for each in product((4, 5, LARGEST_BASE), (2, LONGEST_RUN), (5, 0)))


def judged(so_far: np.ndarray, setting: Setting) -> np.ndarray:
    """Return the interview after which a run first meets the threshold, 0 where none does.

    Parameters
    ----------
    so_far : ndarray of int, shape (K orders, n interviews)
        Codes found after each interview; n is at least base + run.
    setting : Setting

    Returns
    -------
    ndarray of int, shape (K,)

    Examples
    --------
    >>> so_far = np.cumsum([[10, 6, 4, 2, 1, 1, 0, 1, 0, 0]], axis=1)
    >>> judged(so_far, Setting(4, 2, 5)), judged(so_far, Setting(4, 3, 0))
    (array([5]), array([0]))
    """
    base = so_far[:, setting.base - 1]
    after = so_far[:, setting.base + setting.run - 1 :]
    before = so_far[:, setting.base - 1 : so_far.shape[1] - setting.run]
    met = 100 * (after - before) <= setting.threshold * base[:, None]
    return np.where(met.any(axis=1), setting.base + met.argmax(axis=1), 0)


def too_few(n: int, setting: Setting) -> str:
    """Return why n interviews do not allow a setting; empty where they do.

    Examples
    --------
    >>> too_few(6, Setting(4, 3, 5))
    '6 interviews are too few for a base of 4 and a run of 3'
    """
    if n >= setting.base + setting.run:
        return ""
    return f"{n} interviews are too few for a base of {setting.base} and a run of {setting.run}"
