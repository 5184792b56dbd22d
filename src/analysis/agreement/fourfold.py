"""One code, two coders: how much text both, one or neither coded, and the coefficients made of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .continuum import Continuum
from .spans import Spans

__all__ = ["Fourfold", "corrected", "fourfold"]

Coder = str | tuple[str, ...]


@dataclass(frozen=True)
class Fourfold:
    """The four cells, in characters or another unit.

    Attributes
    ----------
    both, first, second, neither : float
        Text that both coded, only the first, only the second, neither of them.

    Examples
    --------
    >>> cells = Fourfold(both=50, first=50, second=50, neither=850)
    >>> round(cells.cohen_kappa, 3), round(cells.alpha, 3), round(cells.coded_only.cohen_kappa, 3)
    (0.444, 0.445, -0.5)
    >>> round(cells.coded_only.brennan_prediger(5), 3)
    0.167
    """

    both: float
    first: float
    second: float
    neither: float

    def __add__(self, other: Fourfold) -> Fourfold:
        return Fourfold(
            self.both + other.both,
            self.first + other.first,
            self.second + other.second,
            self.neither + other.neither,
        )

    @property
    def n(self) -> float:
        """Return all text."""
        return self.both + self.first + self.second + self.neither

    @property
    def coded_only(self) -> Fourfold:
        """Return the cells with text that nobody coded left out."""
        return Fourfold(self.both, self.first, self.second, 0)

    @property
    def agreement(self) -> float:
        """Return the share of text on which both did the same."""
        return (self.both + self.neither) / self.n if self.n else np.nan

    @property
    def by_chance(self) -> float:
        """Return Cohen's expected agreement, from the two coders' own shares."""
        if not self.n:
            return np.nan
        a, b = (self.both + self.first) / self.n, (self.both + self.second) / self.n
        return a * b + (1 - a) * (1 - b)

    @property
    def cohen_kappa(self) -> float:
        """Return Cohen's kappa; nan where both coded everything, or nothing."""
        return corrected(self.agreement, self.by_chance)

    @property
    def alpha(self) -> float:
        """Return Krippendorff's nominal alpha, each character a unit; nan without variation."""
        present = 2 * self.both + self.first + self.second
        values = 2 * self.n
        pairs = present * (values - present)
        if not pairs:
            return np.nan
        return 1 - ((self.first + self.second) / self.n) / (2 * pairs / (values * (values - 1)))

    @property
    def overlap(self) -> float:
        """Return the share of coded text that both coded (Jaccard); nan where nobody coded anything."""
        coded = self.both + self.first + self.second
        return self.both / coded if coded else np.nan

    def brennan_prediger(self, q: int) -> float:
        """Return Brennan and Prediger's kappa with chance ``1 / q``; nan for q = 1."""
        return corrected(self.agreement, 1 / q)


def corrected(observed: float, expected: float) -> float:
    """Return ``(observed - expected) / (1 - expected)``, nan where expected agreement is complete.

    Examples
    --------
    >>> corrected(0.9, 0.82).__round__(3)
    0.444
    """
    return (observed - expected) / (1 - expected) if expected < 1 else np.nan


def fourfold(
    texts: Iterable[Continuum],
    codes: Sequence[str],
    pair: tuple[Coder, Coder],
    *,
    units: Mapping[str, Spans] | None = None,
    least: int = 1,
) -> Fourfold:
    """Return the cells over all texts, for text under any of the codes.

    Parameters
    ----------
    texts : iterable of Continuum
    codes : sequence of str
    pair : two coders, or two groups of coders
        A group coded what any of its members coded.
    units : mapping of document to array (U, 2), optional
        Units to count, such as sentences, instead of characters. All count the same, whatever their length.
    least : int
        Characters from which on a unit counts as coded.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")], document="d")
    >>> fourfold([text], ["trust"], ("A", "B"))
    Fourfold(both=50, first=50, second=50, neither=850)
    >>> fourfold([text], ["trust"], ("A", "B"), units={"d": [[0, 40], [40, 120], [120, 1000]]})
    Fourfold(both=1, first=1, second=1, neither=0)
    """
    total = Fourfold(0, 0, 0, 0)
    for text in texts:
        members = [(coder,) if isinstance(coder, str) else coder for coder in pair]
        atoms = text.atoms(codes, [*members[0], *members[1]])
        split = len(members[0])
        if units is None:
            coded, size = atoms.covered, atoms.lengths
        else:
            coded = atoms.within(units[text.document]) >= least
            size = np.ones(coded.shape[1], dtype=np.int64)
        a, b = coded[:split].any(axis=0), coded[split:].any(axis=0)
        cells = np.stack([a & b, a & ~b, ~a & b, ~a & ~b])
        total += Fourfold(*(cells @ size).tolist())
    return total
