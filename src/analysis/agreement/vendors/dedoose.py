"""Dedoose's training test (Training Center pages and the article on calculating kappa)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..continuum import Continuum
from ..fourfold import corrected, fourfold
from ..spans import IntArray, Spans
from .view import Pair, View, name_of

__all__ = ["training_test"]


def training_test(
    texts: Iterable[Continuum],
    codes: Sequence[str],
    pair: Pair,
    *,
    excerpts: Mapping[str, Spans] | None = None,
    least: int = 1,
) -> list[View]:
    """Return kappa of every code over given excerpts, and pooled kappa.

    Parameters
    ----------
    texts : iterable of Continuum
    codes : sequence of str
    pair : tuple of expert and trainee
    excerpts : mapping of document to array (U, 2), optional
        The excerpts to judge. Default: the expert's, so that where to cut is not tested.
    least : int
        Characters of an excerpt that a coder's spans must reach for the code to count as applied to it.

    Notes ----- Pooled kappa is de Vries, Elliott, Kanouse and Teleki's (2008, Field Methods 20:272):
    ``(mean Po - mean Pe) / (1 - mean Pe)`` over codes. A code that both applied to every excerpt, or to
    none, has no kappa but enters the means. Weights, which Dedoose compares by Pearson's r, are not
    compared here.

    Examples
    --------
    >>> spans = [("A", 0, 10, "x"), ("A", 20, 30, "y"), ("B", 2, 8, "x"), ("B", 20, 30, "x")]
    >>> [view.value for view in training_test([Continuum(50, spans)], ["x", "y"], ("A", "B"))]
    [0.0, 0.0, 0.0]
    """
    texts = tuple(texts)
    units: Mapping[str, Spans] = excerpts or {text.document: _drawn(text, pair[0]) for text in texts}
    universe = "excerpts of the expert" if excerpts is None else "given excerpts"
    formula = "(Po - Pe) / (1 - Pe), each excerpt with the code or without"
    seen = View("Dedoose", "Kappa", np.nan, "", name_of(pair), "", "excerpt", universe, formula)
    cells = [fourfold(texts, [code], pair, units=units, least=least) for code in codes]
    seen = replace(seen, n=max((found.n for found in cells), default=0))
    views = [replace(seen, code=c, value=found.cohen_kappa) for c, found in zip(codes, cells, strict=True)]
    observed = float(np.mean([found.agreement for found in cells]))
    expected = float(np.mean([found.by_chance for found in cells]))
    formula = "(mean Po - mean Pe) / (1 - mean Pe), means over codes"
    pooled = replace(seen, measure="Pooled kappa", value=corrected(observed, expected), formula=formula)
    undefined = "both coders treated every excerpt alike: nothing varies"
    return [replace(v, note=undefined) if np.isnan(v.value) else v for v in (*views, pooled)]


def _drawn(text: Continuum, coder: str) -> IntArray:
    """Return the distinct spans of a coder, whatever the code, (U, 2)."""
    spans = sorted({(start, end) for who, start, end, _ in text.spans if who == coder})
    return np.array(spans, dtype=np.int64).reshape(-1, 2)
