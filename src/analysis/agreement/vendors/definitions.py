"""One code, two coders, and the same text under one definition of agreement after another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..continuum import Continuum
from ..fourfold import fourfold
from . import qualcoder
from .view import CODED_TEXT, Pair, View, name_of

__all__ = ["side_by_side"]


def side_by_side(texts: Iterable[Continuum], code: str, pair: Pair, *, q: int = 5) -> list[View]:
    """Return one number a definition, over the characters of all texts together.

    Parameters
    ----------
    texts : iterable of Continuum
    code : str
    pair : tuple of two coders
    q : int
        Number of codes that Brennan and Prediger's chance, ``1 / q``, is taken from.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")])
    >>> [round(view.value, 3) for view in side_by_side([text], "trust", ("A", "B"), q=5)]
    [0.444, 0.445, 0.299, 0.333, -0.5, 0.167]
    """
    texts = tuple(texts)
    cells = fourfold(texts, [code], pair)
    coded = cells.coded_only
    of_qualcoder = next(v for v in qualcoder.coder_comparison(texts, code, pair) if v.measure == "Kappa")
    all_text = View("", "", code=code, pair=name_of(pair), n=cells.n)
    coded_text = replace(all_text, universe=CODED_TEXT, n=coded.n)
    return [
        replace(
            all_text,
            vendor="NVivo",
            measure="Cohen's kappa",
            value=cells.cohen_kappa,
            formula="(Po - Pe) / (1 - Pe), Po = (a + d) / N, Pe from each coder's share",
        ),
        replace(
            all_text,
            vendor="ATLAS.ti",
            measure="Krippendorff's alpha",
            value=cells.alpha,
            formula="1 - Do / De, Do = (b + c) / N, De from the coders' shares together",
        ),
        of_qualcoder,
        replace(
            coded_text,
            vendor="Requal",
            measure="overlap",
            value=cells.overlap,
            formula="a / (a + b + c), no chance",
        ),
        replace(
            coded_text,
            measure="Cohen's kappa, coded text only",
            value=coded.cohen_kappa,
            formula="(Po - Pe) / (1 - Pe) with d = 0",
        ),
        replace(
            coded_text,
            measure="Brennan-Prediger, coded text only",
            value=coded.brennan_prediger(q),
            formula=f"(Po - 1/q) / (1 - 1/q), Po = a / (a + b + c), q = {q} codes",
        ),
    ]
