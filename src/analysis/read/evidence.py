"""How well each way of counting fits a file's selections, selection by selection."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .ruler import Ruler

__all__ = ["Evidence", "Placed", "evidence", "grouped"]

ENOUGH = 20  # excerpts, to judge by them alone
CUT = ("…", "...")
COLUMNS = ["document_id", "start", "end", "excerpt"]

Place = Callable[[Ruler, np.ndarray, np.ndarray, Any], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Placed:
    """The selections of one document, in the tool's own positions."""

    document_id: str
    ruler: Ruler
    start: np.ndarray
    end: np.ndarray
    excerpts: np.ndarray  # object; None where the tool gave none

    def every(self, step: int) -> Placed:
        """Return every `step`-th selection."""
        cut = slice(None, None, step)
        return Placed(self.document_id, self.ruler, self.start[cut], self.end[cut], self.excerpts[cut])


def grouped(rulers: Mapping[str, Ruler], selections: Iterable[Any] | pd.DataFrame) -> list[Placed]:
    """Return selections by document, those in documents without text left out."""
    if isinstance(selections, pd.DataFrame):
        frame = selections.reindex(columns=COLUMNS)
    else:
        frame = pd.DataFrame(list(selections), columns=COLUMNS)
    frame = frame[frame["document_id"].isin(list(rulers))]
    start, end = (frame[column].to_numpy(np.int64) for column in ("start", "end"))
    excerpts = frame["excerpt"].to_numpy(object)
    excerpts = np.where(pd.isna(excerpts), None, excerpts)
    number, names = pd.factorize(frame["document_id"], sort=True)
    order = np.argsort(number, kind="stable")
    bounds = np.searchsorted(number[order], np.arange(len(names) + 1))
    groups = []
    for place, name in enumerate(names):
        rows = order[bounds[place] : bounds[place + 1]]
        groups.append(Placed(str(name), rulers[str(name)], start[rows], end[rows], excerpts[rows]))
    return groups


@dataclass(frozen=True)
class Evidence:
    """For each way of counting (C of them) and each selection (S of them): does it fit?

    Parameters
    ----------
    conventions : sequence
    match : array of uint8, shape (C, S)
        2 excerpt and text read the same, 1 once white space at the edges is left out, 0 otherwise.
    clean, unsplit : array of bool, shape (C, S)
    start, end : array of int64, shape (C, S)
    excerpt : array of bool, shape (S,)
        Whether the selection has a usable excerpt.
    used : array of bool, shape (S,)
        Whether the selection counts.
    dropped : int
        Excerpts that fit nowhere.
    """

    conventions: Sequence[Any]
    match: np.ndarray
    clean: np.ndarray
    unsplit: np.ndarray
    start: np.ndarray
    end: np.ndarray
    excerpt: np.ndarray
    used: np.ndarray
    dropped: int

    @property
    def by(self) -> str:
        """What the selections were judged by."""
        kinds = [("excerpts", self.excerpt), ("word edges", ~self.excerpt)]
        return " and ".join(name for name, rows in kinds if (rows & self.used).any())

    def fits(self, convention: Any) -> np.ndarray:
        """Return which selections fit, shape (S,)."""
        c = self.conventions.index(convention)
        return np.where(self.excerpt, self.match[c] > 0, self.clean[c]) & self.used

    def placed(self, convention: Any) -> np.ndarray:
        """Return which selections stand in place, shape (S,): white space at the edges harms nothing."""
        c = self.conventions.index(convention)
        return np.where(self.excerpt, self.match[c] > 0, self.unsplit[c]) & self.used

    def share(self, convention: Any) -> float:
        """Return the share of the used selections that fit."""
        return float(self.fits(convention).sum() / max(self.used.sum(), 1))

    def rank(self, convention: Any) -> tuple[int, int, int]:
        """Return what conventions are compared by: fits, then exact excerpts, then clean edges."""
        c = self.conventions.index(convention)
        exact = int((self.match[c] == 2)[self.used].sum())
        return int(self.fits(convention).sum()), exact, int(self.clean[c][self.used].sum())

    def same_spans(self, one: Any, other: Any) -> bool:
        """Return whether two conventions place every used selection alike."""
        return not self._differ(one, other).any()

    def _differ(self, one: Any, other: Any) -> np.ndarray:
        a, b = self.conventions.index(one), self.conventions.index(other)
        return ((self.start[a] != self.start[b]) | (self.end[a] != self.end[b])) & self.used

    def stands_out(self, best: Any, accepted: float) -> bool:
        """Return whether spans split no word, and white space alone keeps them from clean edges.

        Judged by word edges only: people drag selections over a space. Where the best way to count and
        another disagree, the best must be clean more than twice as often.
        """
        c = self.conventions.index(best)
        if self.excerpt[self.used].any() or self.unsplit[c][self.used].mean() < accepted:
            return False
        for other in self.conventions:
            differ = self._differ(best, other)
            wins, losses = (self.fits(each)[differ].sum() for each in (best, other))
            if differ.any() and wins <= 2 * losses:
                return False
        return bool(self.share(best) >= 0.5)

    def misfits(self, best: Any, groups: Sequence[Placed], least: int, accepted: float) -> list[str]:
        """Return documents with `least` used selections or more of which too few stand in their place."""
        fits, found, at = self.placed(best), [], 0
        for group in groups:
            rows = slice(at, at := at + len(group.start))
            n = int(self.used[rows].sum())
            if n >= least and fits[rows].sum() < accepted * n:
                found.append(group.document_id)
        return found


def evidence(groups: Sequence[Placed], conventions: Sequence[Any], place: Place, titles: bool) -> Evidence:
    """Return how every convention fits every selection."""
    shape = (len(conventions), sum(len(group.start) for group in groups))
    match, clean = np.zeros(shape, np.uint8), np.zeros(shape, bool)
    unsplit = np.zeros(shape, bool)
    start, end = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
    excerpt = np.zeros(shape[1], bool)
    at = 0
    for group in groups:
        rows = slice(at, at := at + len(group.start))
        excerpt[rows] = [bool(words and words.strip()) for words in group.excerpts]
        given = any(group.excerpts)
        for c, convention in enumerate(conventions):
            first, after = place(group.ruler, group.start, group.end, convention)
            start[c, rows], end[c, rows] = first, after
            clean[c, rows] = group.ruler.clean(first, after)
            unsplit[c, rows] = group.ruler.unsplit(first, after)
            if given:
                match[c, rows] = _matches(group.ruler.text, first, after, group.excerpts)
        group.ruler.forget()
    used = np.ones(shape[1], bool)
    dropped = 0
    if titles:
        nowhere = excerpt & ~(match > 0).any(axis=0)
        if 2 * nowhere.sum() < excerpt.sum():
            dropped = int(nowhere.sum())
            used &= ~nowhere
        else:  # names are not excerpts in this file
            excerpt[:] = False
    if (excerpt & used).sum() >= ENOUGH:
        used &= excerpt
    return Evidence(conventions, match, clean, unsplit, start, end, excerpt, used, dropped)


def _matches(text: str, start: np.ndarray, end: np.ndarray, excerpts: np.ndarray) -> np.ndarray:
    found = np.zeros(len(start), np.uint8)
    spans = zip(start.tolist(), end.tolist(), excerpts.tolist(), strict=True)
    for i, (first, after, words) in enumerate(spans):
        if words and 0 <= first < after:
            there = text[first:after]
            found[i] = 2 if there == words else _match(_squeezed(there), _squeezed(words))
    return found


def _match(text: str, words: str) -> int:
    if text == words:
        return 2 * bool(words)
    text, words = text.strip(), words.strip()
    if text == words:
        return int(bool(words))
    for sign in CUT:
        if words.endswith(sign) and len(words) > len(sign):
            return 2 if text.startswith(words.removesuffix(sign).rstrip()) else 0
    return 0


def _squeezed(text: str) -> str:
    """Return text in NFC, every run of white space one space; at the edges too."""
    inner = " ".join(text.split())
    if not inner:
        return ""
    squeezed = f"{' ' * text[0].isspace()}{inner}{' ' * text[-1].isspace()}"
    return squeezed if squeezed.isascii() else unicodedata.normalize("NFC", squeezed)
