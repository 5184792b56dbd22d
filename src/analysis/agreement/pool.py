"""Unitized texts taken together: who and what counts, and the statistics that come of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import AgreementError, quoted
from .coincidences import Coincidences, together
from .continuum import Continuum, coders_of, codes_of, pairable
from .reweighting import with_interval
from .spans import IntArray
from .statistic import Statistic

__all__ = ["Disagreement", "Formula", "Pool"]

Array = npt.NDArray[Any]
Disagreement = tuple[Array, Array]
Formula = Callable[[Array], Disagreement]


@dataclass(frozen=True, eq=False)
class Pool:
    """Texts that at least two coders coded.

    Attributes
    ----------
    texts : tuple of Continuum
    codes : tuple of str
        The codes that count.
    clusters : array (N,)
        Index of the cluster of every text.
    how : mapping
        Options of `reweighting.with_interval`.
    """

    texts: tuple[Continuum, ...]
    codes: tuple[str, ...]
    clusters: IntArray
    how: dict[str, Any]

    @classmethod
    def of(
        cls, texts: Iterable[Continuum], codes: Sequence[str] | None, cluster: str, how: dict[str, Any]
    ) -> Pool:
        """Return the texts that count, with all codes that they hold unless told which."""
        pooled = pairable(texts)
        return cls(
            pooled, codes_of(pooled) if codes is None else tuple(codes), _clusters(pooled, cluster), how
        )

    @property
    def n_clusters(self) -> int:
        """Return the number of clusters, G."""
        return int(self.clusters.max(initial=-1)) + 1

    @property
    def length(self) -> int:
        """Return the length of all texts, each counted once a coder."""
        return sum(len(text.coders) * text.length for text in self.texts)

    def sums(self, of_text: Callable[[Continuum, Sequence[str]], Coincidences]) -> Coincidences:
        """Return the sums of every cluster."""
        return together([of_text(text, self.codes) for text in self.texts], self.clusters)

    def undefined(self, measure: str, reason: str) -> Statistic:
        """Return a statistic without a value, and why."""
        return self._blank(measure).noting(reason)

    def statistic(self, measure: str, formula: Formula, *, note: str = "", shares: bool = True) -> Statistic:
        """Return ``1 - D_o / D_e`` with its interval.

        Parameters
        ----------
        measure : str
        formula : callable
            Maps weights of the clusters (..., G) to D_o and D_e, each (...).
        note : str
        shares : bool
            Whether D_o and D_e are shares of text, so that 1 less them is agreement.
        """

        def value(weights: Array) -> Array:
            with np.errstate(divide="ignore", invalid="ignore"):
                d_o, d_e = formula(weights)
                return np.asarray(1 - d_o / d_e)

        ones = np.ones(self.n_clusters)
        d_o, d_e = formula(ones)
        agreement = {"observed": float(1 - d_o), "expected": float(1 - d_e)} if shares else {}
        found = self._blank(measure, estimate=float(value(ones)), **agreement).noting(note, self._joined())
        return with_interval(found, value, self.n_clusters, **self.how)

    def _blank(self, measure: str, **figures: Any) -> Statistic:
        """Return a statistic with its counts: characters, units, coders, codes, characters marked."""
        drawn = [t.units(coder, code) for t in self.texts for coder in t.coders for code in self.codes]
        marked = [
            (atoms.covered @ atoms.lengths).sum() for atoms in (t.atoms(self.codes) for t in self.texts)
        ]
        return Statistic(
            measure=measure,
            level="nominal",
            n_units=sum(text.length for text in self.texts),
            n_ratings=sum(len(units) for units in drawn),
            n_coders=len(coders_of(self.texts)),
            n_values=len(self.codes),
            n_positive=float(sum(marked)),
            **figures,
        )

    def _joined(self) -> str:
        """Return how many spans became part of another because one coder drew them over each other."""
        drawn = [(text, coder, code) for text in self.texts for coder in text.coders for code in self.codes]
        lost = sum(len(t.marked(coder, code)) - len(t.units(coder, code)) for t, coder, code in drawn)
        return f"{lost} overlapping spans of one coder and code were joined" if lost else ""


def _clusters(texts: Sequence[Continuum], by: str) -> IntArray:
    """Return the index of every text's cluster: without a case its document, without a name itself."""
    if by not in ("case", "document"):
        raise AgreementError(f'Cluster {quoted(by)} is not known: write "case" or "document".')
    names = [(text.case if by == "case" else "") or text.document or n for n, text in enumerate(texts)]
    index = {name: n for n, name in enumerate(dict.fromkeys(names))}
    return np.array([index[name] for name in names], dtype=np.int64)
