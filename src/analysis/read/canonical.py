"""A text as every tool would agree on it, NFC with LF line ends, and where its characters went."""

from __future__ import annotations

import unicodedata

import numpy as np

__all__ = ["canonical", "moved"]

CR, LF = 0x0D, 0x0A


def canonical(text: str) -> tuple[str, np.ndarray]:
    """Return the text in NFC with LF line ends, and the new place of every old position, shape (L + 1,).

    Examples
    --------
    >>> canonical("a\\r\\nb")[0], canonical("a\\r\\nb")[1].tolist()
    ('a\\nb', [0, 1, 1, 2, 3])
    """
    place = np.arange(len(text) + 1)
    if "\r" in text:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        gone = np.zeros(len(codes), dtype=np.int64)
        gone[:-1] = (codes[:-1] == CR) & (codes[1:] == LF)
        place = place - np.concatenate([[0], np.cumsum(gone)])
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if unicodedata.is_normalized("NFC", text):
        return text, place
    composed, offsets = _composed(text)
    return composed, offsets[place]


def moved(positions: np.ndarray, origin: str, target: str) -> np.ndarray:
    """Return positions in one form of a text as positions in another form of it.

    Parameters
    ----------
    positions : array of int, shape (N,)
        Code points of `origin`.
    origin, target : str
        Texts that are equal in NFC with LF line ends.
    """
    if origin == target:
        return positions
    _, here = canonical(origin)
    _, there = canonical(target)
    return np.minimum(np.searchsorted(there, here[positions], side="left"), len(target))


def _composed(text: str) -> tuple[str, np.ndarray]:
    """Return text in NFC and the new place of every position; inside a composed character its start."""
    parts: list[str] = []
    offsets = np.zeros(len(text) + 1, dtype=np.int64)
    at = begin = 0
    while begin < len(text):
        end = begin + 1
        while end < len(text) and _joins(text[end]):
            end += 1
        part = unicodedata.normalize("NFC", text[begin:end])
        offsets[begin:end] = at
        if len(part) == end - begin:
            offsets[begin:end] += np.arange(end - begin)
        parts.append(part)
        at += len(part)
        begin = end
    offsets[len(text)] = at
    return "".join(parts), offsets


def _joins(character: str) -> bool:
    """Return whether a character may be composed with the one before it: marks, and Hangul parts."""
    if character.isascii():
        return False
    return unicodedata.category(character)[0] == "M" or "\u1161" <= character <= "\u1175" or (
        "\u11a8" <= character <= "\u11c2"
    )  # fmt: skip
