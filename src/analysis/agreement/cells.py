"""What units and marked cells add to the totals of many codes at once.

Of a hundred codes a segment carries one or two. So nothing is laid out as units x codes: a unit that was seen
and not marked adds the same to every code, and only cells with a mark differ from that. Cells that look alike
(marked by t of m coders) add the same, so every coefficient needs its rows for those few patterns only.

Letters: ``C`` codes, ``K`` cells (a unit and a code that somebody gave it), ``P`` patterns, ``S`` statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from analysis.agreement import bootstrap
from analysis.agreement.counts import Rows
from analysis.agreement.estimator import Estimator
from analysis.agreement.groups import Groups
from analysis.agreement.marks import Marks, Patterns
from analysis.agreement.measures import MEASURES
from analysis.agreement.ratings import FloatArray, Ratings

__all__ = ["PRESENT_ABSENT", "Sums"]

PRESENT_ABSENT = np.array([0.0, 1.0])


@dataclass(frozen=True, eq=False)
class Sums:
    """What units and cells add to the totals of every code.

    Attributes
    ----------
    estimator : Estimator
    rows : array (P, S)
        What each pattern adds.
    seen_as : int array (N,)
        Pattern of each unit for a code that nobody gave it.
    more : array (K, S)
        What a cell adds beyond what its unit adds without a mark.
    unit, code : int arrays (K,)
        Of every cell, by code, then unit.
    """

    estimator: Estimator
    rows: FloatArray
    seen_as: npt.NDArray[np.int64]
    more: FloatArray
    unit: npt.NDArray[np.int64]
    code: npt.NDArray[np.int64]
    n_codes: int

    @classmethod
    def of(cls, marks: Marks, measure: str) -> Sums:
        """Return the sums for a measure, its rows computed once for every pattern that occurs."""
        estimator = MEASURES[measure].build(
            Ratings(np.empty((2, 0), np.int8), PRESENT_ABSENT), "nominal", None
        )
        unit, code = marks.unit[marks.starts], marks.code[marks.starts]
        patterns = (Patterns.by_coder if MEASURES[measure].by_coder else Patterns.by_count)(marks)
        rows = estimator.rows(Ratings(patterns.codes, PRESENT_ABSENT)).dense()
        more = rows[patterns.of_cell] - rows[patterns.of_unit[unit]]
        return cls(estimator, rows, patterns.of_unit, more, unit, code, marks.n_codes)

    @cached_property
    def seen(self) -> FloatArray:
        """Return what each unit adds to a code that nobody gave it, (N, S)."""
        return self.rows[self.seen_as]

    @cached_property
    def totals(self) -> FloatArray:
        """Return the totals of every code, (C, S)."""
        return self.seen.sum(axis=0) + np.column_stack(
            [np.bincount(self.code, column, minlength=self.n_codes) for column in self.more.T]
        )

    def by_group(self, groups: Groups) -> FloatArray:
        """Return the sums of every code in every group, (C, G, S)."""
        seen = np.column_stack(
            [np.bincount(groups.of, column, minlength=groups.size) for column in self.seen.T]
        )
        cells = self.code * groups.size + groups.of[self.unit]
        more = [np.bincount(cells, column, minlength=self.n_codes * groups.size) for column in self.more.T]
        return np.asarray(seen, dtype=float) + np.stack(more, axis=-1).reshape(self.n_codes, groups.size, -1)

    def standard_errors(self, groups: Groups, held: npt.NDArray[np.bool_]) -> FloatArray:
        """Return the linearised standard error of every code, (C,)."""
        n = int(np.count_nonzero(held))
        if n < 2:
            return np.full(self.n_codes, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            gradient = self.estimator.gradient(self.totals)
        if groups.clustered:
            influence = np.einsum("cgs,cs->cg", self.by_group(groups), gradient)[:, held]
            first, second = influence.sum(axis=1), (influence**2).sum(axis=1)
        else:
            first, second = self._moments(gradient)
        return np.sqrt(n / (n - 1) * np.maximum(second - first**2 / n, 0))

    def _moments(self, gradient: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return Σψ and Σψ² over units, (C,): those of units without a mark, corrected in the cells."""
        times = np.bincount(self.seen_as, minlength=len(self.rows))
        seen = np.einsum("cs,ps->cp", gradient, self.rows)
        before = seen[self.code, self.seen_as[self.unit]]
        more = np.einsum("ks,ks->k", gradient[self.code], self.more)
        change = (before + more) ** 2 - before**2
        first = (seen * times).sum(axis=1) + np.bincount(self.code, more, minlength=self.n_codes)
        second = (seen**2 * times).sum(axis=1) + np.bincount(self.code, change, minlength=self.n_codes)
        return first, second

    def replicates(
        self, groups: Groups, draws: int, rng: np.random.Generator, *, bayesian: bool
    ) -> FloatArray:
        """Return every code's coefficient under the same drawn weights, (B, C)."""
        if not groups.clustered:
            return self.estimator.value(self._redrawn_units(draws, rng, bayesian))
        sums = self.by_group(groups).transpose(1, 0, 2).reshape(groups.size, -1)
        drawn = np.concatenate(list(bootstrap.redrawn(Rows(sums), draws, rng, bayesian=bayesian)))
        return self.estimator.value(drawn.reshape(draws, self.n_codes, -1))

    def _redrawn_units(self, draws: int, rng: np.random.Generator, bayesian: bool) -> FloatArray:
        """Return the totals of every code under the same drawn weights, (B, C, S)."""
        (n_units,), width = self.seen_as.shape, self.rows.shape[1]
        starts = np.searchsorted(self.code, np.arange(self.n_codes + 1))
        columns = [
            sparse.csr_array((m, self.unit, starts), shape=(self.n_codes, n_units)) for m in self.more.T
        ]
        seen = bootstrap.on_grid(self.seen, bootstrap.heaviest(n_units, bayesian))
        totals, start = np.empty((draws, self.n_codes, width)), 0
        for weights in bootstrap.weights_drawn(n_units, draws, rng, bayesian=bayesian, at_least=_AT_ONCE):
            unmarked, by_unit = weights @ seen, np.ascontiguousarray(weights.T)
            block = totals[start : start + len(weights)]
            block[:] = unmarked[:, None, :]
            for s, column in enumerate(columns):
                mirror = next(
                    (t for t in range(s) if np.array_equal(self.more[:, s], -self.more[:, t])), None
                )
                if mirror is not None:  # what "present" gains, "absent" loses
                    block[:, :, s] -= block[:, :, mirror] - unmarked[:, None, mirror]
                elif self.more[:, s].any():
                    block[:, :, s] += (column @ by_unit).T
            start += len(weights)
        return totals


_AT_ONCE = 64
"""Draws that are carried through the list of cells together."""
