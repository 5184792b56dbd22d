"""Gamma: how well can the units of several coders be aligned, in place and code at once?

Mathet, Widlöcher and Métivier (2015, Computational Linguistics 41:437). Units may overlap, also those of one
coder. A *unitary alignment* takes at most one unit of every coder; an *alignment* uses every unit exactly
once. With s and e where a unit starts and ends, and D the cost of a unit without counterpart (``empty``),

    d(u, v) = α ((|s - s'| + |e - e'|) / ((e - s) + (e' - s')))² D + β [codes differ] D
    d(u, nothing) = d(nothing, nothing) = D

the disorder of a unitary alignment is the mean of d over the pairs of n coders, the disorder of an alignment
is the sum over its unitary alignments divided by the mean number of units a coder, and the best alignment has
the least:

    γ = 1 - observed disorder / expected disorder

The best alignment is an exact cover of least cost, solved to optimality with HiGHS. Expected disorder is the
mean over texts drawn at random with the numbers, lengths, gaps and codes of the coders' units, so γ itself is
a Monte Carlo estimate; observed disorder is not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from ..errors import AgreementError
from .continuum import Continuum
from .statistic import Statistic

__all__ = ["Dissimilarity", "gamma", "observed_disorder"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
NOTHING = -1
SHORTEST = 1e-6


@dataclass(frozen=True)
class Dissimilarity:
    """Weights of place (``alpha``) and code (``beta``), and the cost of a missing counterpart (``empty``)."""

    alpha: float = 1.0
    beta: float = 1.0
    empty: float = 1.0


@dataclass(frozen=True, eq=False)
class Units:
    """The units of one coder: where they start and end, and the index of their code; each (S,)."""

    start: FloatArray
    end: FloatArray
    code: IntArray

    def __len__(self) -> int:
        return len(self.start)


def gamma(
    text: Continuum,
    rng: np.random.Generator,
    *,
    samples: int = 30,
    dissimilarity: Dissimilarity = Dissimilarity(),
) -> Statistic:
    """Return γ of one text.

    Parameters
    ----------
    text : Continuum
    rng : numpy.random.Generator
    samples : int
        Texts drawn for the expected disorder.
    dissimilarity : Dissimilarity

    Returns
    -------
    Statistic
        ``se`` is the Monte Carlo error of the expected disorder, not a sampling error of the text.

    Examples
    --------
    >>> text = Continuum(25, [("A", 1, 5, "x"), ("A", 10, 15, "y"), ("B", 1, 5, "x"), ("B", 10, 15, "y")])
    >>> gamma(text, np.random.default_rng(1)).estimate
    1.0
    """
    units = _units(text)
    blank = Statistic(
        "gamma",
        "nominal",
        n_units=text.length,
        n_ratings=sum(map(len, units)),
        n_coders=len(units),
        n_values=len(text.codes),
    )
    if len(units) < 2 or not blank.n_ratings:
        return blank.noting("gamma needs two coders and at least one unit")
    drawn = np.array([_disorder(_random(units, rng), dissimilarity) for _ in range(samples)])
    expected = drawn.mean()
    if not expected > 0:
        return blank.noting("no disorder is expected by chance")
    observed = _disorder(units, dissimilarity)
    error = observed / expected**2 * drawn.std(ddof=1) / np.sqrt(samples) if samples > 1 else np.nan
    found = replace(blank, estimate=float(1 - observed / expected), se=float(error))
    return found.noting(
        f"disorder {observed:.6g}, {expected:.4g} expected over {samples} random texts",
        "se is the Monte Carlo error",
    )


def observed_disorder(
    text: Continuum,
    *,
    dissimilarity: Dissimilarity = Dissimilarity(),
) -> float:
    """Return the disorder of the best alignment.

    Examples
    --------
    >>> observed_disorder(Continuum(10, [("A", 1, 5, "x"), ("B", 2, 6, "x")]))
    0.0625
    """
    units = _units(text)
    if len(units) < 2 or not sum(map(len, units)):
        raise AgreementError("Disorder needs two coders and at least one unit.")
    return _disorder(units, dissimilarity)


def _units(text: Continuum) -> list[Units]:
    index = {code: n for n, code in enumerate(text.codes)}
    found = []
    for coder in text.coders:
        own = sorted((start, end, index[code]) for who, start, end, code in text.spans if who == coder)
        start, end, code = np.array(own, dtype=np.int64).reshape(-1, 3).T
        found.append(Units(start.astype(float), end.astype(float), code))
    return found


def _disorder(units: list[Units], dissimilarity: Dissimilarity) -> float:
    """Return the least cost of an exact cover of all units by unitary alignments."""
    n_units = sum(map(len, units))
    members, cost = _unitary_alignments(units, dissimilarity)
    offset = np.cumsum([0, *map(len, units[:-1])])
    alignment, coder = np.nonzero(members != NOTHING)
    row = offset[coder] + members[alignment, coder]
    cover = sparse.csr_array((np.ones(len(row)), (row, alignment)), shape=(n_units, len(cost)))
    best = milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(cover, 1, 1),
        options={"mip_rel_gap": 0.0},
    )
    return float(cost @ np.round(best.x)) / (n_units / len(units))


def _unitary_alignments(units: list[Units], dissimilarity: Dissimilarity) -> tuple[IntArray, FloatArray]:
    """Return members (A, n), `NOTHING` where a coder has none, and disorders (A,) of all that can be of use.

    One of k units is of no use if the k units alone, each without counterpart, cost less.
    """
    n = len(units)
    pairs = n * (n - 1) / 2
    alone = pairs * dissimilarity.empty
    members = np.empty((1, 0), dtype=np.int64)
    total = np.zeros(1)
    for coder in range(n):
        choices = np.arange(NOTHING, len(units[coder]))
        grown = np.column_stack([np.repeat(members, len(choices), axis=0), np.tile(choices, len(members))])
        total = np.repeat(total, len(choices))
        for other in range(coder):
            between = _dissimilarities(units[other], units[coder], dissimilarity)
            total = total + between[grown[:, other], grown[:, coder]]
        # Each coder still to come can add one unit at most, and with it what that unit costs alone.
        present = (grown != NOTHING).sum(axis=1) + (n - 1 - coder)
        worth = total <= present * alone + 1e-12
        members, total = grown[worth], total[worth]
    some = (members != NOTHING).any(axis=1)
    return members[some], total[some] / pairs


def _dissimilarities(a: Units, b: Units, weights: Dissimilarity) -> FloatArray:
    """Return d between units of two coders, (S + 1, S' + 1); the last row and column stand for nothing."""
    apart = np.abs(np.subtract.outer(a.start, b.start)) + np.abs(np.subtract.outer(a.end, b.end))
    size = np.add.outer(a.end - a.start, b.end - b.start)
    found = np.full((len(a) + 1, len(b) + 1), float(weights.empty))
    found[:-1, :-1] = weights.empty * (
        weights.alpha * (apart / size) ** 2 + weights.beta * np.not_equal.outer(a.code, b.code)
    )
    return found


def _random(units: list[Units], rng: np.random.Generator) -> list[Units]:
    """Return units drawn with the mean and spread of the numbers, lengths, gaps and codes met.

    As pygamma-agreement's statistical sampler draws them, so that values compare: one gap of 0 is added to
    the gaps met, and a text has at least one unit.
    """
    numbers = np.array([len(own) for own in units])
    lengths = np.concatenate([own.end - own.start for own in units])
    codes = np.concatenate([own.code for own in units])
    gaps = np.concatenate([[0.0], *(_gaps(own) for own in units)])
    found: list[Units] = []
    for _ in units:
        n = abs(int(rng.normal(numbers.mean(), numbers.std())))
        n = n if any(map(len, found)) else max(1, n)
        length = np.abs(rng.normal(lengths.mean(), lengths.std(), n)) + SHORTEST
        end = np.cumsum(rng.normal(gaps.mean(), gaps.std(), n) + length)
        found.append(Units(end - length, end, rng.choice(codes, n)))
    return found


def _gaps(own: Units) -> FloatArray:
    """Return the gaps before each unit of a coder, without one of 0 before the first."""
    before = own.start - np.concatenate([[0.0], own.end])[: len(own)]
    return before[1:] if len(own) and before[0] == 0 else before
