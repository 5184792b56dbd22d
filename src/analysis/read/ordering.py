"""Rows in the order of their key, names in natural order, for tables of a million rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..corpus import natural
from ..schemas import FILE, ROW, TABLES

__all__ = ["KeyOrder", "by_name", "natural_places", "natural_ranks"]

NINE, ZERO = ord("9"), ord("0")
LONGEST_NUMBER = 18  # digits; what is longer does not fit in 64 bits


class KeyOrder:
    """Puts the tables of one corpus in the order of their keys; what several tables name is ranked once."""

    def __init__(self) -> None:
        self._ranked: dict[str, tuple[pd.Index, np.ndarray]] = {}

    def finished(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table without the private columns, in the order of its key.

        Coders and codes keep their file's order.
        """
        known = list(TABLES[name].columns)
        extra = sorted(frame.columns.difference([*known, FILE, ROW])) if TABLES[name].attributes else []
        frame = frame[[*known, *extra]]
        key = [column for column in TABLES[name].key if column in frame]
        if key and len(frame) > 1 and name not in ("coders", "codes"):
            frame = frame.iloc[np.lexsort([self._places(frame[column]) for column in reversed(key)])]
        return frame.reset_index(drop=True)

    def _places(self, cells: pd.Series) -> np.ndarray:
        if pd.api.types.is_numeric_dtype(cells):
            return cells.to_numpy(float, na_value=np.inf)
        return _places(cells, lambda names: self._ranks(str(cells.name), pd.Index(names)))

    def _ranks(self, column: str, names: pd.Index) -> np.ndarray:
        known, ranks = self._ranked.get(column, (names[:0], np.zeros(0, dtype=np.int64)))
        at = known.get_indexer(names) if len(known) >= len(names) else np.array([-1])
        if (at < 0).any():
            self._ranked[column] = names, natural_ranks(names)
            return self._ranked[column][1]
        return ranks[at]


def by_name(name: str) -> tuple[object, str]:
    """Return a key for natural order that also tells P1 from P01 and p1, whatever row came first."""
    return natural(name), name


def natural_places(cells: pd.Series) -> pd.Series:
    """Return each cell's place in natural order; missing cells come last."""
    return pd.Series(_places(cells, natural_ranks), index=cells.index)


def _places(cells: pd.Series, rank: Callable[[Any], np.ndarray]) -> np.ndarray:
    number, names = pd.factorize(cells)
    return np.append(rank(names), len(cells))[number]  # -1, where there is no name, is the last


def natural_ranks(names: Sequence[str]) -> np.ndarray:
    """Return the place of each of N different names in the order of :func:`by_name`, shape (N,).

    Names of one pattern, such as `P#:#-#`, share their words: only patterns are cut into words one by one,
    numbers are read from all names at once.

    Examples
    --------
    >>> natural_ranks(["P10", "P2", "10", "p2"]).tolist()
    [3, 1, 0, 2]
    """
    cells = _joined(pa.array(names, type=pa.large_string()))
    patterns, of_pattern = _patterns(cells)
    numbers = _numbers(cells)
    if numbers is None or any(_other_digits(pattern) for pattern in patterns):
        plain = cells.to_pylist()
        order = np.array(sorted(range(len(plain)), key=lambda row: by_name(plain[row])), dtype=np.int64)
    else:
        order = _order(cells, _words(patterns, numbers.shape[1])[of_pattern], numbers)
    ranks = np.empty(len(order), dtype=np.int64)
    ranks[order] = np.arange(len(order))
    return ranks


def _joined(cells: pa.Array | pa.ChunkedArray) -> pa.Array:
    return cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells


def _patterns(cells: pa.Array) -> tuple[list[str], np.ndarray]:
    """Return the different names with every number written 0, and which of them each name follows."""
    coded = pc.dictionary_encode(pc.replace_substring_regex(cells, "[0-9]+", "0"))
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False)


def _other_digits(pattern: str) -> bool:
    return not pattern.isascii() and any(each.isdecimal() and each > "9" for each in pattern)


def _words(patterns: Sequence[str], most: int) -> np.ndarray:
    """Return the rank of each pattern's words before, between and after its numbers; 0 where there is none.

    Shape (patterns, most + 1).
    """
    cut = [pattern.casefold().split("0") for pattern in patterns]
    places = {word: place for place, word in enumerate(sorted({"", *(w for words in cut for w in words)}))}
    ranks = np.zeros((len(patterns), most + 1), dtype=np.int64)
    for row, words in zip(ranks, cut, strict=True):
        row[: len(words)] = [places[word] for word in words]
    return ranks


def _numbers(cells: pa.Array) -> np.ndarray | None:
    """Return the numbers in each name, -1 after the last, shape (N, most); None where one is too long."""
    bounds, letters = _bytes(cells)
    digit = (letters >= ZERO) & (letters <= NINE)
    begins = np.zeros(len(letters), dtype=bool)
    begins[bounds] = True
    goes_on = digit[1:] & digit[:-1] & ~begins[1:]
    first = np.flatnonzero(digit & ~np.append(False, goes_on))
    length = np.flatnonzero(digit & ~np.append(goes_on, False)) + 1 - first
    if length.max(initial=0) > LONGEST_NUMBER:
        return None
    values = np.zeros(len(first), dtype=np.int64)
    for place in range(length.max(initial=0)):
        there = np.flatnonzero(length > place)
        values[there] = 10 * values[there] + letters[first[there] + place] - ZERO
    name = np.searchsorted(bounds, first, side="right") - 1
    column = np.arange(len(name)) - np.searchsorted(name, name)
    table = np.full((len(cells), int(column.max(initial=-1)) + 1), -1, dtype=np.int64)
    table[name, column] = values
    return table


def _bytes(cells: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return where each name begins, shape (N + 1,), and all names in UTF-8 with a zero after the last."""
    _, offsets, content = cells.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int64, count=len(cells) + 1) if len(cells) else np.zeros(1, int)
    letters = np.frombuffer(content or b"", dtype=np.uint8, count=int(bounds[-1]))
    return bounds, np.append(letters, np.uint8(0))


def _order(cells: pa.Array, words: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return the row numbers in order: words and numbers in turn, then the name itself."""
    columns = [words[:, 0]]
    for place in range(numbers.shape[1]):
        columns += [numbers[:, place], words[:, place + 1]]
    order = np.lexsort(columns[::-1])
    differs = np.zeros(max(len(order) - 1, 0), dtype=bool)
    for column in columns:
        differs |= column[order[1:]] != column[order[:-1]]
    tied = np.flatnonzero(~(np.append(True, differs) & np.append(differs, True)))
    group = np.append(0, np.cumsum(differs))
    alike = zip(group[tied].tolist(), cells.take(order[tied]).to_pylist(), order[tied].tolist(), strict=True)
    order[tied] = [row for _, _, row in sorted(alike)]
    return order
