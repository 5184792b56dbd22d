"""ATLAS.ti's intercoder agreement: percentages and alphas over semantic domains.

Sources: the manual, "Methods for testing ICA"; González-Prieto et al., arXiv:2008.00977.

A *semantic domain* is a set of codes that exclude each other. Alphas are ``1 - Do / De`` on coincidences of
text lengths (see `analysis.agreement.coincidences`). That text which nobody coded counts in c-α-binary is
in the manual, and its worked example leaves a unit's pairing with itself out of De. How De of cuα and Cuα
treats it, and how partly coded text is paired, the manual does not say: check against a result of the
program before relying on the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Literal

import numpy as np

from .. import coincidences
from ..continuum import Continuum, Span, coders_of, pairable
from ..fourfold import Fourfold, fourfold
from ..unitizing import alpha_c_binary
from .view import CODED_TEXT, View, name_of, ratio

__all__ = ["intercoder_agreement"]

Judgement = Literal["character", "unit"]
NO_PAIR = "no text was coded by two coders"


def intercoder_agreement(
    texts: Iterable[Continuum],
    domains: Mapping[str, Sequence[str]],
    coders: Sequence[str] = (),
    *,
    judgement: Judgement = "character",
) -> list[View]:
    """Return percent, Holsti, c-α-binary and cuα of every domain, c-α-binary of every code, and Cuα.

    Parameters
    ----------
    texts : iterable of Continuum
    domains : mapping of domain to its codes
    coders : sequence of str, optional
        Any number. Default: everybody who coded one of the texts.
    judgement : {"character", "unit"}
        What De of cuα and Cuα never pairs with itself: a character, or a unit (Krippendorff et al. 2016).

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")])
    >>> views = intercoder_agreement([text], {"relations": ["trust"]})
    >>> [(view.measure, round(view.value, 3)) for view in views][:3]
    [('percent agreement', 0.9), ('Holsti', 0.5), ('c-alpha-binary', 0.445)]
    """
    texts = tuple(texts)
    who = tuple(coders) or coders_of(texts)
    own = [_only(text, who) for text in texts]
    seen = View("ATLAS.ti", "", pair=name_of(who))
    views = [view for name, codes in domains.items() for view in _domain(seen, own, name, codes, who)]
    within = [_cu(replace(seen, measure="cu-alpha", code=n), own, c, judgement) for n, c in domains.items()]
    domain_of = {code: name for name, codes in domains.items() for code in codes}
    by_domain = [_relabelled(text, domain_of) for text in own]
    return [*views, *within, _cu(replace(seen, measure="Cu-alpha"), by_domain, list(domains), judgement)]


def _domain(
    seen: View, texts: Sequence[Continuum], name: str, codes: Sequence[str], who: Sequence[str]
) -> Iterator[View]:
    """Return what is said of a domain as a whole, and c-α-binary of its codes."""
    cells = _cells(texts, codes, who)
    formula = "text on which two coders did the same / text, over pairs of coders"
    value = cells.agreement
    yield replace(seen, measure="percent agreement", code=name, value=value, formula=formula, n=cells.n)
    formula = "2 M / (N1 + N2), M coded by both, Ni coded by each"
    value = ratio(2 * cells.both, 2 * cells.both + cells.first + cells.second)
    seen_coded = replace(seen, universe=CODED_TEXT, n=cells.coded_only.n)
    yield replace(seen_coded, measure="Holsti", code=name, value=value, formula=formula)
    formula = "1 - Do / De over characters, coded with it or not"
    counted = {name: list(codes)} | {code: [code] for code in codes if [code] != [name]}
    for about, included in counted.items():
        found = alpha_c_binary(texts, included)
        binary = replace(seen, measure="c-alpha-binary", code=about, formula=formula, n=found.n_units)
        yield replace(binary, value=found.estimate, note=found.note)


def _cells(texts: Sequence[Continuum], codes: Sequence[str], who: Sequence[str]) -> Fourfold:
    """Return the cells summed over pairs of coders, each over the texts that both coded."""
    cells = Fourfold(0, 0, 0, 0)
    for a, b in combinations(who, 2):
        shared = [text for text in texts if a in text.coders and b in text.coders]
        cells += fourfold(shared, codes, (a, b))
    return cells


def _cu(seen: View, texts: Sequence[Continuum], values: Sequence[str], judgement: Judgement) -> View:
    """Return cuα over the codes of a domain, or Cuα over domains: which, where two coders coded?"""
    formula = f"1 - Do / De over characters that two coders coded; De pairs no {judgement} with itself"
    seen = replace(seen, universe="text that at least two coders coded", formula=formula)
    pooled = pairable(texts)
    reason = coincidences.overlapping_units(pooled, values) if pooled else NO_PAIR
    if reason:
        return replace(seen, note=reason)
    each = [coincidences.of_intersections(text, values) for text in pooled]
    sums = coincidences.together(each, np.zeros(len(each), dtype=np.int64)).weighted(np.ones(1))
    n = float(sums.total.sum())
    if (sums.total > 0).sum() < 2:
        return replace(seen, n=n, note="where two coders coded, there are not two values")
    if judgement == "character":
        sums = replace(sums, itself=sums.total)
    observed, expected = coincidences.over_all_values(sums)
    return replace(seen, value=float(1 - observed / expected), n=n)


def _only(text: Continuum, coders: Sequence[str]) -> Continuum:
    present = tuple(coder for coder in text.coders if coder in coders)
    if len(present) == len(text.coders):
        return text
    return replace(text, spans=[span for span in text.spans if span[0] in present], coders=present)


def _relabelled(text: Continuum, name: Mapping[str, str]) -> Continuum:
    spans = [Span(coder, start, end, name[code]) for coder, start, end, code in text.spans if code in name]
    return replace(text, spans=spans)
