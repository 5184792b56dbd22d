"""Whether an id is a label that nobody is called by, such as A, R12 or P-03, or may be somebody's name."""

from __future__ import annotations

import re

__all__ = ["is_label"]

LABEL = re.compile(r"[A-Za-z]{0,3}[-_. ]?\d+(?:[-_. ][A-Za-z]{0,2}\d+|[a-z])*|[A-Z]{1,3}|[a-z]")


def is_label(name: str) -> bool:
    """Return whether an id is a letter or a few capitals, or ends in a number.

    Examples
    --------
    >>> [is_label(each) for each in ("A", "R12", "P-03", "T1.2", "AB")]
    [True, True, True, True, True]
    >>> [is_label(each) for each in ("Ann", "Annika", "it clicked")]
    [False, False, False]
    """
    return LABEL.fullmatch(name) is not None
