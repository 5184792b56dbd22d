"""One text measured in every unit that tools count in: code points, UTF-16 units, UTF-8 bytes."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import Literal

import numpy as np

from ..errors import DataError

__all__ = ["LINE_ENDS", "UNITS", "LineEnds", "Ruler", "TextUnit"]

TextUnit = Literal["code point", "utf-16", "utf-8"]
LineEnds = Literal["stored", "one"]
UNITS: tuple[TextUnit, ...] = ("code point", "utf-16", "utf-8")
LINE_ENDS: tuple[LineEnds, ...] = ("stored", "one")

BOM = "\ufeff"
CR, LF, JOINER = 0x0D, 0x0A, 0x200D
SPACE, WORD, MARK, UNKNOWN = 1, 2, 4, 255
KINDS = np.full(0x110000, UNKNOWN, dtype=np.uint8)  # of every code point, filled as they are met
UNSPACED = (  # scripts that put no space between words: every character may begin or end one
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


class Ruler:
    """A text and where its characters stand in each unit.

    Parameters
    ----------
    text : str or bytes
        As it came, with its byte-order mark if it has one; bytes are UTF-8 (or UTF-16 with a mark).

    Raises
    ------
    DataError
        If the bytes are no text.

    Examples
    --------
    >>> ruler = Ruler("a😀b")
    >>> ruler.to_code_points(np.array([0, 1, 2, 3]), "utf-16", "stored").tolist()
    [0, 1, -1, 2]
    """

    def __init__(self, text: str | bytes) -> None:
        decoded = _decoded(text) if isinstance(text, bytes) else text
        self.marked = decoded.startswith(BOM)
        self.text = decoded[1:] if self.marked else decoded
        self.is_ascii = self.text.isascii()
        self.has_crlf = "\r\n" in self.text
        self._before: dict[tuple[TextUnit, LineEnds], np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.text)

    @cached_property
    def characters(self) -> np.ndarray:
        """Code points, shape (L,)."""
        return np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), dtype="<u4")

    @cached_property
    def has_astral(self) -> bool:
        """Whether a character takes two UTF-16 units, as emoji do."""
        return not self.is_ascii and bool((self.characters > 0xFFFF).any())

    def same_as_code_points(self, unit: TextUnit, line_ends: LineEnds) -> bool:
        """Return whether positions in this unit are code points anyway."""
        plain = unit == "code point" or self.is_ascii or (unit == "utf-16" and not self.has_astral)
        return plain and (line_ends == "stored" or not self.has_crlf)

    def before(self, unit: TextUnit, line_ends: LineEnds) -> np.ndarray:
        """Return how many units stand before each character, and before the end: shape (L + 1,)."""
        if (unit, line_ends) not in self._before:
            self._before[unit, line_ends] = self._measured(unit, line_ends)
        return self._before[unit, line_ends]

    def _measured(self, unit: TextUnit, line_ends: LineEnds) -> np.ndarray:
        c = self.characters
        width = np.ones(len(c), dtype=np.int64)
        if unit == "utf-16":
            width += c > 0xFFFF
        elif unit == "utf-8":
            width += (c > 0x7F).astype(np.int64) + (c > 0x7FF) + (c > 0xFFFF)
        if line_ends == "one" and len(c):
            width[:-1][(c[:-1] == CR) & (c[1:] == LF)] = 0
        return np.concatenate([[0], np.cumsum(width)])

    def to_code_points(self, positions: np.ndarray, unit: TextUnit, line_ends: LineEnds) -> np.ndarray:
        """Return positions as code points; -1 where one is outside the text or splits a character."""
        if self.same_as_code_points(unit, line_ends):
            inside = (positions >= 0) & (positions <= len(self.text))
            return np.where(inside, positions, -1)
        before = self.before(unit, line_ends)
        found = np.searchsorted(before, positions, side="left")
        found = np.minimum(found, len(self.text))
        return np.where(before[found] == positions, found, -1)

    @cached_property
    def kinds(self) -> np.ndarray:
        """What each character is, as bits SPACE, WORD and MARK: shape (L,)."""
        for letter in set(self.text):
            if KINDS[ord(letter)] == UNKNOWN:
                KINDS[ord(letter)] = _kind(letter)
        return KINDS[self.characters]

    @cached_property
    def splits(self) -> np.ndarray:
        """Whether a cut before each character, or at the end, splits a word or a character: (L + 1,)."""
        splits = np.zeros(len(self.text) + 1, dtype=bool)
        if len(self.text) > 1:
            kinds = self.kinds
            words = (kinds[:-1] & kinds[1:] & WORD) > 0
            splits[1:-1] = words | ((kinds[1:] & MARK) > 0) | (self.characters[:-1] == JOINER)
        return splits

    def forget(self) -> None:
        """Drop what was measured; it is measured again when asked for."""
        self._before.clear()
        for measured in ("characters", "kinds", "splits"):
            self.__dict__.pop(measured, None)

    def unsplit(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return whether spans lie inside the text and cut no word or character in two."""
        return self._inside(start, end) & ~self.splits[np.clip(start, 0, None)] & ~self.splits[end]

    def clean(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return whether spans are unsplit and neither begin nor end in white space."""
        clean = self.unsplit(start, end)
        at = np.flatnonzero(clean)
        edges = self.kinds[start[at]] | self.kinds[end[at] - 1] if len(at) else np.zeros(0, np.uint8)
        clean[at] = (edges & SPACE) == 0
        return clean

    def _inside(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        return (start >= 0) & (end > start)


def _decoded(content: bytes) -> str:
    marks = (b"\xff\xfe", b"\xfe\xff")
    try:
        return BOM + content.decode("utf-16") if content.startswith(marks) else content.decode("utf-8")
    except UnicodeDecodeError:
        raise DataError("a text is not UTF-8.") from None


def _kind(letter: str) -> int:
    category, character = unicodedata.category(letter), ord(letter)
    if letter.isspace():
        return SPACE
    if category[0] == "M" or character == JOINER:
        return MARK | WORD
    if category[0] in "LN" and not any(low <= character <= high for low, high in UNSPACED):
        return WORD
    return 0
