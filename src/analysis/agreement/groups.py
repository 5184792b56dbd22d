"""Which units belong together: participants, documents, or each unit by itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.agreement.counts import Rows
from analysis.agreement.ratings import FloatArray
from analysis.errors import AgreementError

__all__ = ["Groups"]


@dataclass(frozen=True, eq=False)
class Groups:
    """Which cluster each unit belongs to; without clusters, each unit is its own.

    Attributes
    ----------
    of : int array (N,)
    size : int
        ``G``.
    clustered : bool
    """

    of: npt.NDArray[np.intp]
    size: int
    clustered: bool

    @classmethod
    def units(cls, n_units: int) -> Groups:
        """Return every unit as its own group."""
        return cls(np.arange(n_units), n_units, clustered=False)

    @classmethod
    def by(cls, labels: npt.ArrayLike | None, n_units: int) -> Groups:
        """Return groups by label (N,), or every unit as its own group where there are no labels."""
        return cls.units(n_units) if labels is None else cls.clusters(labels, n_units)

    @classmethod
    def clusters(cls, labels: npt.ArrayLike, n_units: int) -> Groups:
        """Return groups by label (N,).

        Raises
        ------
        AgreementError
            There is not one label a unit, or some are missing.
        """
        of, named = pd.factorize(np.asarray(labels, dtype=object))
        if of.shape != (n_units,):
            raise AgreementError(f"Clusters must be {n_units} labels, one a unit. Got {of.shape} instead.")
        missing = int(np.count_nonzero(of < 0))
        if missing:
            raise AgreementError(f"Clusters: {missing} unit(s) have no label. Every unit must belong to one.")
        return cls(of, len(named), clustered=True)

    def sums(self, numbers: FloatArray) -> FloatArray:
        """Return numbers (N,) summed by group, (G,)."""
        if not self.clustered:
            return numbers
        return np.asarray(np.bincount(self.of, numbers, minlength=self.size), dtype=float)

    def rows(self, rows: Rows) -> Rows:
        """Return rows summed by group."""
        return Rows(rows.by(self.of, self.size)) if self.clustered else rows

    def holding(self, units: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which groups have any of these units, (G,)."""
        return self.sums(units.astype(float)) > 0
