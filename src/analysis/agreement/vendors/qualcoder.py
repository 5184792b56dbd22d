"""QualCoder's coder comparison (source code, ``reports.py``, ``calculate_agreement_for_code``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..continuum import Continuum
from ..fourfold import corrected
from .view import CODED_TEXT, Pair, View, name_of, ratio

__all__ = ["Counts", "coder_comparison", "count"]


@dataclass(frozen=True)
class Counts:
    """QualCoder's counts of one code, all files together.

    Attributes
    ----------
    characters : int
        Length of all files.
    coded0, coded1 : int
        Characters that each coder coded, counted with repetition.
    uncoded, single, dual : int
        Characters coded never, exactly once, exactly twice, by whomever: one that a single coder coded
        twice is "dual", and one that was coded three times or more is in no class.
    """

    characters: int
    coded0: int
    coded1: int
    uncoded: int
    single: int
    dual: int

    @property
    def unique(self) -> int:
        """Return what kappa takes as all text: ``u = coded0 + coded1 - dual``."""
        return self.coded0 + self.coded1 - self.dual

    @property
    def kappa(self) -> float:
        """Return kappa as QualCoder computes it: its Pe is a product where Cohen's is a sum.

        ``Po = dual / u`` and ``Pe = (coded0/u · coded1/u) · ((u - coded0)/u · (u - coded1)/u)``.
        """
        u = self.unique
        p_yes = ratio(self.coded0, u) * ratio(self.coded1, u)
        p_no = ratio(u - self.coded0, u) * ratio(u - self.coded1, u)
        return corrected(ratio(self.dual, u), p_yes * p_no)


def count(texts: Iterable[Continuum], code: str, pair: Pair) -> Counts:
    """Return QualCoder's counts.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust"), ("B", 140, 150, "trust")])
    >>> count([text], "trust", ("A", "B"))
    Counts(characters=1000, coded0=100, coded1=110, uncoded=850, single=90, dual=60)
    """
    sums = np.zeros(6, dtype=np.int64)
    for text in texts:
        atoms = text.atoms([code], pair)
        times = atoms.counts.sum(axis=0)
        coded = atoms.counts @ atoms.lengths
        sums += [text.length, *coded, *(atoms.lengths[times == n].sum() for n in range(3))]
    return Counts(*(int(each) for each in sums))


def coder_comparison(texts: Iterable[Continuum], code: str, pair: Pair) -> list[View]:
    """Return the row of one code as QualCoder prints it, rounded as there.

    Text that nobody coded does not enter kappa, but it does enter "Agree %".

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")])
    >>> {view.measure: view.value for view in coder_comparison([text], "trust", ("A", "B"))}["Kappa"]
    0.2987
    """
    n = count(texts, code, pair)
    agree = _percent(n.dual + n.uncoded, n.characters)
    columns = {
        "Agree %": (agree, "100 (dual + uncoded) / characters"),
        "A and B %": (_percent(n.dual, n.characters), "100 dual / characters"),
        "Not A Not B %": (_percent(n.uncoded, n.characters), "100 uncoded / characters"),
        "Disagree %": (round(100 - agree, 2), "100 - Agree %"),
    }
    seen = View("QualCoder", "", code=code, pair=name_of(pair), n=n.characters)
    views = [
        replace(seen, measure=m, value=value, formula=formula) for m, (value, formula) in columns.items()
    ]
    coded = replace(seen, universe=CODED_TEXT)
    among = _percent(n.dual, n.dual + n.single)
    formula = "100 dual / (dual + single)"
    views.append(
        replace(coded, measure="Agree coded only %", value=among, formula=formula, n=n.dual + n.single)
    )
    formula = "(Po - Pe) / (1 - Pe), Po = dual / u, Pe = p_yes p_no, u = coded0 + coded1 - dual"
    views.append(replace(coded, measure="Kappa", value=round(n.kappa, 4), formula=formula, n=n.unique))
    return [replace(view, note="division by zero") if np.isnan(view.value) else view for view in views]


def _percent(part: int, whole: int) -> float:
    return round(100 * ratio(part, whole), 2)
