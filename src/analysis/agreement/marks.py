"""The list of marks: which coder gave which code to which unit, and who was asked to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.errors import AgreementError, Problem

__all__ = ["Marks", "Patterns"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Marks:
    """Who gave which code to which unit, and who was asked.

    Parameters
    ----------
    unit, coder, code : int arrays
        One entry a mark; a mark that is made twice counts once.
    assigned : bool array (M, N)
        Whether coder ``i`` coded unit ``u``: no mark means absent where True, missing where False.
    n_codes : int
        ``C``; codes that nobody gave are undefined, not left out.

    Raises
    ------
    AgreementError
        A mark names a unit, coder or code that is not there, or was made by a coder who was not assigned.

    Examples
    --------
    >>> marks = Marks([0, 0, 1, 2, 2], [0, 1, 0, 0, 1], [0, 0, 0, 1, 1], np.ones((2, 4), bool), n_codes=3)
    >>> marks.times
    array([2, 1, 2])
    """

    unit: Ints
    coder: Ints
    code: Ints
    assigned: npt.NDArray[np.bool_]
    n_codes: int

    def __post_init__(self) -> None:
        for name in ("unit", "coder", "code"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.int64).ravel())
        object.__setattr__(self, "assigned", np.asarray(self.assigned, bool))
        self._check()
        _, n_units = self.assigned.shape
        keys = np.sort((self.code * n_units + self.unit) * len(self.assigned) + self.coder)
        keys = keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
        cells, coder = np.divmod(keys, len(self.assigned))
        code, unit = np.divmod(cells, n_units)
        for name, column in (("unit", unit), ("coder", coder), ("code", code)):
            object.__setattr__(self, name, column)

    def _check(self) -> None:
        if self.assigned.ndim != 2 or 0 in self.assigned.shape:
            raise AgreementError(f"Assignments must be (coders, units). Got {self.assigned.shape} instead.")
        if not len(self.unit) == len(self.coder) == len(self.code):
            raise AgreementError("Marks must have as many units as coders and codes.")
        ends = {"coder": len(self.assigned), "unit": self.assigned.shape[1], "code": self.n_codes}
        outside = {
            name: (getattr(self, name) < 0) | (getattr(self, name) >= end) for name, end in ends.items()
        }
        problems = [
            Problem(f"{int(out.sum())} name a {name} that is not one of the {ends[name]}.")
            for name, out in outside.items()
            if out.any()
        ]
        if not problems:
            strange = ~self.assigned[self.coder, self.unit]
            if strange.any():
                problems.append(
                    Problem(f"{int(strange.sum())} were made by a coder who was not assigned the unit.")
                )
        if problems:
            raise AgreementError(problems, title="The list of marks")

    @property
    def n_units(self) -> int:
        """Return ``N``."""
        return self.assigned.shape[1]

    @cached_property
    def given(self) -> Ints:
        """Return how many coders coded each unit, (N,)."""
        return self.assigned.sum(axis=0)

    @cached_property
    def starts(self) -> npt.NDArray[np.intp]:
        """Return where each cell begins in the list of marks, (K,)."""
        new = np.append(True, (self.unit[1:] != self.unit[:-1]) | (self.code[1:] != self.code[:-1]))
        return np.flatnonzero(new[: len(self.unit)])

    def where(self, units: npt.NDArray[np.bool_]) -> Marks:
        """Return the marks with all other units taken as not coded."""
        kept = units[self.unit]
        return Marks(self.unit[kept], self.coder[kept], self.code[kept], self.assigned & units, self.n_codes)

    @cached_property
    def times(self) -> Ints:
        """Return how many coders made the mark of each cell, (K,)."""
        return np.diff(np.append(self.starts, len(self.unit)))


@dataclass(frozen=True, eq=False)
class Patterns:
    """The ways in which a unit can be coded with a code that occur, or could.

    Attributes
    ----------
    codes : int array (M, P)
        Ratings of each pattern: 1 present, 0 absent, 2 not coded.
    of_unit : int array (N,)
        Pattern of each unit as long as nobody gives it the code.
    of_cell : int array (K,)
        Pattern of each cell.
    """

    codes: npt.NDArray[np.int8]
    of_unit: Ints
    of_cell: Ints

    @classmethod
    def by_count(cls, marks: Marks) -> Patterns:
        """Return patterns by how many coded a unit and how many of them marked it, m and t."""
        most = len(marks.assigned)
        m, t = (grid.ravel() for grid in np.indices((most + 1, most + 1)))
        place = np.arange(most)[:, None]
        codes = np.where(place < t, 1, np.where(place < m, 0, 2)).astype(np.int8)
        of_unit = marks.given * (most + 1)
        return cls(codes, of_unit, of_unit[marks.unit[marks.starts]] + marks.times)

    @classmethod
    def by_coder(cls, marks: Marks) -> Patterns:
        """Return patterns by who coded a unit and who of them marked it, as bits."""
        most = len(marks.assigned)
        if most > 31:
            raise AgreementError(
                f"Coefficients that know the coder take up to 31 coders here. Got {most} instead."
            )
        bit = np.int64(1) << np.arange(most)
        asked = np.where(marks.assigned, bit[:, None], 0).sum(axis=0) << most
        marked = np.add.reduceat(bit[marks.coder], marks.starts) if len(marks.starts) else marks.times
        keys, place = np.unique(
            np.concatenate([asked, asked[marks.unit[marks.starts]] | marked]), return_inverse=True
        )
        present, coded = (keys & bit[:, None]) > 0, (keys >> most & bit[:, None]) > 0
        codes = np.where(present, 1, np.where(coded, 0, 2)).astype(np.int8)
        return cls(codes, place[: marks.n_units], place[marks.n_units :])
