"""Text as it can be printed: without the control characters that no document can hold."""

from __future__ import annotations

import re

__all__ = ["CONTROLS", "printable"]

CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
"""What XML 1.0, and with it SVG, Word and REFI-QDA, has no place for; as in brackets of a pattern."""
UNPRINTABLE = re.compile(f"[{CONTROLS}\ud800-\udfff]")


def printable(text: str) -> str:
    """Return text with a blank for each control character, so that positions stay what they are.

    Examples
    --------
    >>> printable("one page\\x0cand the next")
    'one page and the next'
    """
    return UNPRINTABLE.sub(" ", text)
