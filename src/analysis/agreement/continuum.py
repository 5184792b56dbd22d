"""One text and the spans that its coders marked in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ..errors import AgreementError, Problem, did_you_mean, quoted
from .spans import Atoms, IntArray, merged, stacked, sweep

__all__ = ["Continuum", "Span", "coders_of", "codes_of", "pairable"]

KEPT = 64  # sweeps of a document: several programs count over the same codes and coders


class Span(NamedTuple):
    """A half-open stretch ``[start, end)`` to which one coder gave one code."""

    coder: str
    start: int
    end: int
    code: str


@dataclass(frozen=True)
class Continuum:
    """A document of known length, who coded it, and what they marked.

    Parameters
    ----------
    length : int
        Length of the text, in the unit of the positions.
    spans : sequence of (coder, start, end, code)
        Spans may touch, overlap, nest and repeat.
    coders : sequence of str, optional
        Everybody who coded the document, also those who marked nothing in it. Default: whoever marked
        something.
    document, case : str, optional
        Names of the document and of the participant it comes from.

    Raises
    ------
    AgreementError
        All spans that are empty, leave the text or belong to nobody in ``coders``.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")])
    >>> text.coders
    ('A', 'B')
    >>> text.marked("A", "trust")
    array([[  0, 100]])
    """

    length: int
    spans: Sequence[Span | tuple[str, int, int, str]]
    coders: Sequence[str] = ()
    document: str = ""
    case: str = ""

    def __post_init__(self) -> None:
        spans = tuple(Span(*span) for span in self.spans)
        coders = tuple(self.coders) or tuple(sorted({span.coder for span in spans}))
        problems = list(_problems(self.length, spans, coders))
        if problems:
            raise AgreementError(problems, title=f"Document {quoted(self.document)}")
        object.__setattr__(self, "spans", spans)
        object.__setattr__(self, "coders", coders)

    @cached_property
    def _drawn(self) -> dict[tuple[str, str], IntArray]:
        drawn: dict[tuple[str, str], list[tuple[int, int]]] = {}
        for coder, start, end, code in self.spans:
            drawn.setdefault((coder, code), []).append((start, end))
        return {key: np.array(sorted(spans), dtype=np.int64) for key, spans in drawn.items()}

    @cached_property
    def _joined(self) -> dict[tuple[str, str], IntArray]:
        return {key: merged(spans, touching=False) for key, spans in self._drawn.items()}

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes used in this document, sorted."""
        return tuple(sorted({code for _, code in self._drawn}))

    def marked(self, coder: str, code: str) -> IntArray:
        """Return the spans of one coder and code as they were drawn, (S, 2), sorted."""
        return self._drawn.get((coder, code), np.empty((0, 2), dtype=np.int64))

    def units(self, coder: str, code: str) -> IntArray:
        """Return the spans of one coder and code as units: overlapping ones joined, touching ones not."""
        return self._joined.get((coder, code), np.empty((0, 2), dtype=np.int64))

    def atoms(self, codes: Iterable[str], coders: Sequence[str] = ()) -> Atoms:
        """Return the atoms of all spans with one of the codes, counted for each coder (default: all)."""
        about = tuple(codes), tuple(coders or self.coders)
        if about not in self._swept:
            if len(self._swept) >= KEPT:
                self._swept.clear()
            self._swept[about] = self._sweep(*about)
        return self._swept[about]

    @cached_property
    def _swept(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], Atoms]:
        return {}

    def _sweep(self, codes: Sequence[str], coders: Sequence[str]) -> Atoms:
        drawn = [(i, self.marked(coder, code)) for code in codes for i, coder in enumerate(coders)]
        spans = stacked(spans for _, spans in drawn)
        index = np.repeat([i for i, _ in drawn], [len(spans) for _, spans in drawn])
        return sweep(spans, index, n_coders=len(coders), length=self.length)


def codes_of(continua: Iterable[Continuum]) -> tuple[str, ...]:
    """Return all codes that somebody used, sorted."""
    return tuple(sorted({code for continuum in continua for code in continuum.codes}))


def coders_of(continua: Iterable[Continuum]) -> tuple[str, ...]:
    """Return everybody who coded one of the documents, sorted."""
    return tuple(sorted({coder for continuum in continua for coder in continuum.coders}))


def pairable(continua: Iterable[Continuum]) -> tuple[Continuum, ...]:
    """Return the documents that at least two coders coded: the others say nothing about agreement."""
    return tuple(c for c in continua if len(c.coders) > 1 and c.length > 0)


def _problems(length: int, spans: Sequence[Span], coders: Sequence[str]) -> Iterator[Problem]:
    if length < 0:
        yield Problem(f"length {length} is negative.")
    if len(set(coders)) < len(coders):
        yield Problem("a coder is named twice in coders.")
    for n, (coder, start, end, _) in enumerate(spans, start=1):
        if start % 1 or end % 1 or not 0 <= start < end:
            yield Problem(f"span {n} is [{start}, {end}); whole numbers 0 <= start < end are needed.")
        elif end > length:
            yield Problem(f"span {n} ends at {end}, beyond the text's length of {length}.")
        if coder not in coders:
            yield Problem(f"span {n}: coder {quoted(coder)} is not in coders.{did_you_mean(coder, coders)}")
