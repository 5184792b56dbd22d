"""Who gave which value to which unit: the array that every coefficient starts from.

Letters, the same in all modules of this package: ``M`` coders, ``N`` units, ``V`` values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.errors import AgreementError, Problem

__all__ = ["BLOCK", "FloatArray", "IntArray", "Ratings", "smallest"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer]

BLOCK = 1 << 16
"""Units that are worked on at a time, so that intermediate arrays stay in the processor's cache."""

_MISSING = np.int8(-128)

_WHOLE = {int(np.iinfo(kind).max): kind for kind in (np.int8, np.int16, np.int32, np.int64)}


@dataclass(frozen=True, eq=False)
class Ratings:
    """Ratings as positions in the list of values.

    Attributes
    ----------
    codes : int array (M, N)
        Position in `domain` of the value that coder ``i`` gave to unit ``u``; ``V`` where none was given.
    domain : float array (V,)
        The values in ascending order.
    declared : bool
        Whether somebody declared the values; else they are those that were met.

    Examples
    --------
    >>> ratings = Ratings.of([[1, 2, np.nan], [1, 4, 4]])
    >>> ratings.domain
    array([1., 2., 4.])
    >>> ratings.codes
    array([[0, 1, 3],
           [0, 2, 2]], dtype=int8)
    >>> ratings.given
    array([2, 2, 1])
    """

    codes: IntArray
    domain: FloatArray
    declared: bool = False

    @classmethod
    def of(cls, values: npt.ArrayLike, domain: npt.ArrayLike | None = None) -> Ratings:
        """Check an array (M, N) of numbers, nan where a coder did not code, and look its values up.

        Raises
        ------
        AgreementError
            The array is not of numbers or not (M, N), holds an infinite value, or a value that is not
            declared.
        """
        array = _numbers(values)
        declared = None if domain is None else _domain(domain)
        whole = _small_whole_numbers(array)
        met = _met(array) if whole is None else _met_whole(whole)
        if declared is not None:
            _refuse_undeclared(met, declared)
        listed = met if declared is None else declared
        codes = _positions(array, listed) if whole is None else _looked_up(whole, listed)
        return cls(codes, listed, declared is not None)

    @property
    def n_values(self) -> int:
        """Return ``V``."""
        return len(self.domain)

    @property
    def n_coders(self) -> int:
        """Return ``M``."""
        return self.codes.shape[0]

    @property
    def n_units(self) -> int:
        """Return ``N``, coded or not."""
        return self.codes.shape[1]

    @cached_property
    def present(self) -> npt.NDArray[np.bool_]:
        """Return whether coder ``i`` rated unit ``u``, (M, N)."""
        return self.codes != self.n_values

    @cached_property
    def given(self) -> npt.NDArray[np.int64]:
        """Return how many ratings each unit was given, ``m``, (N,)."""
        given = np.zeros(self.n_units, np.int8 if self.n_coders < 127 else np.int64)
        for codes in self.codes:
            np.add(given, codes != self.n_values, out=given)
        return given.astype(np.int64)

    @cached_property
    def units_given(self) -> npt.NDArray[np.int64]:
        """Return how many units were given 0, 1 ... M ratings, (M + 1,)."""
        return np.bincount(self.given, minlength=self.n_coders + 1)

    @cached_property
    def alike(self) -> npt.NDArray[np.integer]:
        """Return how many pairs of coders stand the same, both missing included, (N,)."""
        pairs = np.zeros(self.n_units, smallest(self.n_coders * (self.n_coders - 1) // 2))
        for one, other in combinations(self.codes, 2):
            pairs += one == other
        return pairs

    def of_active_coders(self) -> Ratings:
        """Return the ratings without the coders who rated nothing."""
        active = (self.codes != self.n_values).any(axis=1)
        return self if active.all() else self.only(np.flatnonzero(active))

    def gathered(self) -> Ratings:
        """Return the ratings of each unit side by side, without saying whose they are.

        Of a hundred coders of whom five see each unit, five rows are left.
        """
        most = int(self.given.max(initial=0))
        if 2 * most > self.n_coders:
            return self
        return Ratings(np.sort(self.codes, axis=0)[:most], self.domain, self.declared)

    def only(self, coders: Sequence[int] | npt.NDArray[np.intp]) -> Ratings:
        """Return the ratings of some coders, over the same values."""
        return Ratings(self.codes[np.asarray(coders)], self.domain, self.declared)

    def at(self, units: slice | npt.NDArray[np.generic]) -> Ratings:
        """Return the ratings of some units."""
        return Ratings(self.codes[:, units], self.domain, self.declared)

    @cached_property
    def by_all(self) -> npt.NDArray[np.bool_]:
        """Return which units every coder rated, (N,)."""
        return self.given == self.n_coders

    def where(self, units: npt.NDArray[np.bool_]) -> Ratings:
        """Return the ratings with those of all other units taken as missing."""
        codes = np.where(units, self.codes, self.codes.dtype.type(self.n_values))
        return Ratings(codes, self.domain, self.declared)

    def blocks(self) -> Iterator[Ratings]:
        """Yield the ratings a block of units at a time."""
        if self.n_units <= BLOCK:
            yield self
            return
        for start in range(0, self.n_units, BLOCK):
            yield self.at(slice(start, start + BLOCK))

    def looked_up(self, table: FloatArray) -> FloatArray:
        """Return what `table` (V,) holds for every rating, 0 where there is none; (M, N)."""
        return np.append(table, 0.0)[self.codes]


def _numbers(values: npt.ArrayLike) -> FloatArray:
    if isinstance(values, np.ma.MaskedArray):
        values = np.ma.filled(values.astype(float), np.nan)
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise AgreementError(
            "Ratings must be an array of numbers, nan where a coder did not code.",
            next_step="Pass labels, pd.NA or None through agreement.encode first.",
        ) from None
    if array.ndim != 2:
        raise AgreementError(
            f"Ratings must be an array (coders, units). Got {array.ndim} dimension(s) instead."
        )
    return array


def _domain(domain: npt.ArrayLike) -> FloatArray:
    values = _numbers([np.ravel(np.asarray(domain))])[0]
    problems = []
    if not values.size:
        problems.append(Problem("The list of declared values is empty."))
    if not np.isfinite(values).all():
        problems.append(Problem("The declared values must be finite: nan stands for a missing rating."))
    if len(np.unique(values)) < len(values):
        problems.append(Problem("The declared values name a value twice."))
    if problems:
        raise AgreementError(problems)
    return np.sort(values)


def _refuse_undeclared(met: FloatArray, domain: FloatArray) -> None:
    unknown = met[~np.isin(met, domain)]
    if unknown.size:
        raise AgreementError(
            [
                Problem(f"{value:g} was given but is not among the {len(domain)} declared.")
                for value in unknown
            ],
            title="The list of values",
        )


def _small_whole_numbers(array: FloatArray) -> npt.NDArray[np.int8] | None:
    """Return the ratings as int8, missing as -128; None unless all are whole numbers from -127 to 127.

    The way that nearly all codings take: a few cheap passes instead of a sort. nan has no int8; whatever the
    processor makes of it is cleared. Bits are set instead of branching on every value.
    """
    if not (array.flags.c_contiguous or array.flags.f_contiguous):
        array = np.ascontiguousarray(array)
    whole = np.empty_like(array, dtype=np.int8)
    given, found = array.ravel(order="K"), whole.ravel(order="K")
    with np.errstate(invalid="ignore"):
        for start in range(0, given.size, BLOCK):
            piece, out = given[start : start + BLOCK], found[start : start + BLOCK]
            missing = np.isnan(piece)
            np.copyto(out, piece, casting="unsafe")
            if np.count_nonzero(out != piece) != np.count_nonzero(missing):
                return None
            bits = missing.view(np.int8)
            out &= bits - np.int8(1)
            if out.min() == _MISSING:
                return None
            out |= bits << np.int8(7)
    return np.ascontiguousarray(whole)


def _met_whole(whole: npt.NDArray[np.int8]) -> FloatArray:
    """Return the values that occur: those of the first block, and others as soon as they are found."""
    if not whole.size:
        return np.empty(0)
    flat = whole.ravel()
    from_one = flat.view(np.uint8) + np.uint8(127)  # missing comes last, as 255
    first = np.bincount(from_one[:BLOCK], minlength=256)
    later = [from_one[start : start + BLOCK] for start in range(BLOCK, flat.size, BLOCK)]
    candidates = range(int(from_one.min()), int(flat.max()) + 128)
    met = [k for k in candidates if first[k] or any((piece == k).any() for piece in later)]
    return np.array(met, dtype=float) - 127


def _met(array: FloatArray) -> FloatArray:
    infinite = int(np.isinf(array).sum())
    if infinite:
        raise AgreementError(
            f"Ratings hold {infinite} infinite value(s). Use nan where a coder did not code."
        )
    return np.unique(array[~np.isnan(array)])


def _looked_up(whole: npt.NDArray[np.int8], domain: FloatArray) -> IntArray:
    """Return the position in `domain` of every small whole number, ``V`` where it is missing."""
    n_values = len(domain)
    lowest = int(domain[0]) if n_values else 0
    if n_values < 128 and np.array_equal(domain, np.arange(lowest, lowest + n_values)) and abs(lowest) < 128:
        missing = (whole == _MISSING).view(np.int8)
        return ((whole - np.int8(lowest)) & (missing - np.int8(1))) | (missing * np.int8(n_values))
    table = np.full(256, n_values, smallest(n_values))
    small = (domain == np.rint(domain)) & (np.abs(domain) < 128)
    table[domain[small].astype(np.int8).view(np.uint8)] = np.flatnonzero(small)
    return table[whole.view(np.uint8)]


def _positions(array: FloatArray, domain: FloatArray) -> IntArray:
    """Return the position in `domain` of every value, ``V`` where it is nan (which sorts last)."""
    return np.searchsorted(domain, array).astype(smallest(len(domain)))


def smallest(largest: int) -> type[np.signedinteger]:
    """Return the smallest type for whole numbers up to `largest`."""
    return next(kind for most, kind in _WHOLE.items() if largest <= most)
