"""NVivo's coding comparison (help of NVivo 9 to 12, "Coding comparison query")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from ..continuum import Continuum
from ..fourfold import Coder, Fourfold, fourfold
from ..spans import Spans
from .view import View, name_of, ratio

__all__ = ["coding_comparison"]

KAPPA = "(Po - Pe) / (1 - Pe), Po = (a + d) / N, Pe from each coder's share of the file"


def coding_comparison(
    texts: Iterable[Continuum],
    code: str,
    pair: tuple[Coder, Coder],
    *,
    unit: str = "character",
    units: Mapping[str, Spans] | None = None,
    complete_is_one: bool = True,
) -> list[View]:
    """Return one code's rows, one a file, and the two averages over files that the help describes.

    Kappa is Cohen's over every character of a file, so long stretches that nobody coded raise it. NVivo for
    Mac can count sentences or paragraphs instead: one is coded if any character of it is, and all count the
    same.

    Parameters
    ----------
    texts : iterable of Continuum
    code : str
    pair : two coders, or two groups of coders
        With groups, text is coded if a member coded it.
    unit : str
        What ``units`` are.
    units : mapping of document to array (U, 2), optional
        Sentences or paragraphs instead of characters.
    complete_is_one : bool
        Print 1 where kappa is undefined because both coded the whole file, or none of it: the help says
        that kappa is 1 for complete agreement.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")], document="d")
    >>> [(view.measure, round(view.value, 3)) for view in coding_comparison([text], "trust", ("A", "B"))][:2]
    [('Kappa', 0.444), ('Agreement (%)', 90.0)]
    """
    rows = [(text.document, fourfold([text], [code], pair, units=units)) for text in texts]
    seen = View("NVivo", "", code=code, pair=name_of(pair), unit=unit)
    kappas = [_kappa(replace(seen, document=name), cells, complete_is_one) for name, cells in rows]
    shares = [view for name, cells in rows for view in _percentages(replace(seen, document=name), cells)]
    by_file = sorted([*kappas, *shares], key=lambda view: [name for name, _ in rows].index(view.document))
    return [*by_file, *_averages(kappas)]


def _kappa(seen: View, cells: Fourfold, complete_is_one: bool) -> View:
    value, note = cells.cohen_kappa, ""
    if np.isnan(value):
        note = "undefined: both coded the whole file, or none of it"
        value = 1.0 if complete_is_one and cells.n else np.nan
    return replace(seen, measure="Kappa", value=value, formula=KAPPA, n=cells.n, note=note)


def _percentages(seen: View, cells: Fourfold) -> Iterator[View]:
    columns = {
        "Agreement (%)": (cells.both + cells.neither, "100 (a + d) / N"),
        "A and B (%)": (cells.both, "100 a / N"),
        "Not A and Not B (%)": (cells.neither, "100 d / N"),
        "Disagreement (%)": (cells.first + cells.second, "100 (b + c) / N"),
        "A and Not B (%)": (cells.first, "100 b / N"),
        "B and Not A (%)": (cells.second, "100 c / N"),
    }
    for measure, (part, formula) in columns.items():
        value = 100 * ratio(part, cells.n)
        yield replace(seen, measure=measure, value=value, formula=formula, n=cells.n)


def _averages(kappas: list[View]) -> Iterator[View]:
    """Return kappa averaged over files, plainly and by size; without the files where it is undefined."""
    defined = [view for view in kappas if not np.isnan(view.value)]
    if not defined:
        return
    values, sizes = [view.value for view in defined], [view.n for view in defined]
    note = f"over {len(defined)} of {len(kappas)} files"
    over = replace(defined[0], document="", n=sum(sizes), note=note)
    plain, weighted = float(np.mean(values)), float(np.average(values, weights=sizes))
    yield replace(over, measure="Kappa, mean", value=plain, formula="mean of Kappa over files")
    yield replace(
        over, measure="Kappa, mean by size", value=weighted, formula="mean over files, weighted by size"
    )
