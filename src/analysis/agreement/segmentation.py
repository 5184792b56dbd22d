"""Did the coders cut the texts in the same places? Boundary agreement over coders and texts.

Observed agreement pools B (or S) of every pair of coders (see `boundaries`) over texts, numerators over
denominators:

    A_o = sum (drawn - cost) / sum drawn

Chance correction follows Fournier and Inkpen (2012, NAACL): ``(A_o - A_e) / (1 - A_e)``. With ``p_i`` the
boundaries of coder i over the potential boundaries of the texts that i cut,

    pi       A_e = p²                           p over all coders: they cut equally often
    kappa    A_e = mean over pairs of p_i p_j   each coder has a rate of their own

where pairs count by the potential boundaries that they share: equally, if everybody cut every text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import AgreementError, did_you_mean, quoted
from .boundaries import Masses, boundary_edits
from .reweighting import with_interval
from .statistic import Statistic

__all__ = ["boundary_agreement"]

Array = npt.NDArray[Any]
Cuts = Mapping[str, Masses]
MEASURES = {"B": "boundary", "S": "segmentation"}
CHANCE = ("pi", "kappa")


@dataclass(frozen=True, eq=False)
class Sums:
    """What boundary agreement needs of each of T texts, for M coders.

    Attributes
    ----------
    agreed, compared : array (T,)
        Numerator and denominator of the similarity, over pairs of coders.
    drawn, potential : array (T, M)
        Boundaries and potential boundaries of each coder; 0 where a coder did not cut the text.
    shared : array (T, M, M)
        Potential boundaries of the pairs i < j who both cut the text.
    """

    agreed: Array
    compared: Array
    drawn: Array
    potential: Array
    shared: Array

    def observed(self, w: Array) -> Array:
        """Return ``A_o`` with text t counted ``w[..., t]`` times."""
        return (w @ self.agreed) / (w @ self.compared)

    def expected(self, w: Array, chance: str | None) -> Array:
        """Return ``A_e`` with text t counted ``w[..., t]`` times."""
        drawn, potential = w @ self.drawn, w @ self.potential
        if chance is None:
            return np.zeros(drawn.shape[:-1])
        if chance == "pi":
            return (drawn.sum(-1) / potential.sum(-1)) ** 2
        rate = drawn / np.where(potential == 0, 1, potential)
        shared = np.tensordot(w, self.shared, 1)
        return (shared * rate[..., :, None] * rate[..., None, :]).sum((-2, -1)) / shared.sum((-2, -1))


def boundary_agreement(
    texts: Mapping[str, Cuts],
    *,
    similarity: str = "B",
    chance: str | None = "pi",
    n_t: int = 2,
    **how: Any,
) -> Statistic:
    """Return agreement on boundaries over texts and coders, corrected for chance or not.

    Parameters
    ----------
    texts : mapping of text to mapping of coder to masses
        Coders may differ from text to text; a text that one coder cut is left out.
    similarity : {"B", "S"}
    chance : {"pi", "kappa"}, optional
        None: ``A_o`` as it is.
    n_t : int
        Potential boundaries from which on a near miss is none.
    **how
        ``interval``, ``confidence``, ``minimum``, ``draws``, ``rng`` of `reweighting.with_interval`; the text
        is the cluster.

    Returns
    -------
    Statistic
        ``n_units`` potential boundaries, ``n_ratings`` segments, ``n_positive`` boundaries over coders.

    Examples
    --------
    >>> texts = {"interview 1": {"A": [2, 3, 6], "B": [5, 6]}}
    >>> boundary_agreement(texts, chance=None).estimate
    0.5
    """
    if similarity not in MEASURES:
        raise AgreementError(f'Similarity {quoted(similarity)} is not known: write "B" or "S".')
    if chance is not None and chance not in CHANCE:
        raise AgreementError(f"Chance {quoted(chance)} is not known.{did_you_mean(chance, CHANCE)}")
    measure = f"{MEASURES[similarity]}_{chance or 'similarity'}"
    cut = [text for text in texts.values() if len(text) > 1]
    if not cut:
        return _undefined(measure, cut, "no text was cut by two coders")
    sums = _sums(cut, similarity, n_t)
    if not sums.compared.sum():
        return _undefined(measure, cut, "nobody drew a boundary")

    def value(w: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            expected = sums.expected(w, chance)
            return np.asarray((sums.observed(w) - expected) / (1 - expected))

    ones = np.ones(len(cut))
    found = Statistic(
        measure=measure,
        level="nominal",
        estimate=float(value(ones)),
        observed=float(sums.observed(ones)),
        expected=float(sums.expected(ones, chance)),
        **_counts(cut),
    )
    return with_interval(found, value, len(cut), scale="log" if chance else "share", **how)


def _sums(texts: list[Cuts], similarity: str, n_t: int) -> Sums:
    coders = sorted({coder for text in texts for coder in text})
    pairs = list(combinations(range(len(coders)), 2))
    drawn, potential = np.zeros((2, len(texts), len(coders)))
    shared = np.zeros((len(texts), len(coders), len(coders)))
    agreed, compared = np.zeros((2, len(texts)))
    for t, text in enumerate(texts):
        own = [text.get(coder) for coder in coders]
        drawn[t] = [len(mass) - 1 if mass is not None else 0 for mass in own]
        potential[t] = [sum(mass) - 1 if mass is not None else 0 for mass in own]
        for i, j in pairs:
            a, b = own[i], own[j]
            if a is not None and b is not None:
                edits = boundary_edits(a, b, n_t=n_t)
                most = edits.drawn if similarity == "B" else edits.potential
                agreed[t] += most - edits.cost
                compared[t] += most
                shared[t, i, j] = edits.potential
    return Sums(agreed, compared, drawn, potential, shared)


def _undefined(measure: str, texts: list[Cuts], reason: str) -> Statistic:
    return Statistic(measure=measure, level="nominal", note=reason, **_counts(texts))


def _counts(texts: list[Cuts]) -> dict[str, Any]:
    cuts = [mass for text in texts for mass in text.values()]
    return {
        "n_units": sum(sum(next(iter(text.values()))) - 1 for text in texts),
        "n_ratings": sum(len(mass) for mass in cuts),
        "n_coders": len({coder for text in texts for coder in text}),
        "n_values": 2,
        "n_positive": sum(len(mass) - 1 for mass in cuts),
    }
