"""Characters as people see them: a letter with its marks, a flag, a family of emoji are one each.

The extended grapheme clusters of UAX #29, without its rules for Indic conjuncts and prepended marks.
"""

from __future__ import annotations

import unicodedata

import numpy as np

__all__ = ["starts"]

JOINER = "\u200d"


def starts(text: str) -> np.ndarray:
    """Return where each visible character begins, and the length of the text as the last, shape (G + 1,).

    Examples
    --------
    >>> starts("e\\u0301\\r\\n🇬🇧👩‍👧x").tolist()
    [0, 2, 4, 6, 9, 10]
    """
    if text.isascii() and "\r\n" not in text:
        return np.arange(len(text) + 1)
    found = [0] if text else []
    flags = 0  # regional indicators before this place: two make a flag
    for at in range(1, len(text)):
        before, here = text[at - 1], text[at]
        flags = flags + 1 if _is_flag(before) else 0
        if not _joined(before, here, flags):
            found.append(at)
    return np.array([*found, len(text)], dtype=np.int64)


def _joined(before: str, here: str, flags: int) -> bool:
    if before == "\r":
        return here == "\n"
    if here.isascii() or before == "\n":
        return False
    if _is_flag(here):
        return flags % 2 == 1
    if before == JOINER:
        return unicodedata.category(here) == "So"
    return (
        here == JOINER or unicodedata.category(here)[0] == "M" or _is_shade(here) or _is_hangul(before, here)
    )


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_shade(character: str) -> bool:
    return "\U0001f3fb" <= character <= "\U0001f3ff"


def _is_hangul(before: str, here: str) -> bool:
    """Return whether a vowel or a last consonant goes on a Korean syllable."""
    vowel, last = "\u1160" <= here <= "\u11a7", "\u11a8" <= here <= "\u11ff"
    syllable = "\uac00" <= before <= "\ud7a3"
    open_ = syllable and (ord(before) - 0xAC00) % 28 == 0
    if vowel:
        return "\u1100" <= before <= "\u11a7" or open_
    return last and ("\u1160" <= before <= "\u11ff" or syllable)
