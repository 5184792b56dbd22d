"""Did the coders mark the same stretches of text? Krippendorff's alpha for unitized texts.

Every coder cuts a text into units (marked spans, each with a code) and gaps between them. All coefficients
are ``α = 1 - D_o / D_e``, observed over expected disagreement:

===========  ================  ================================================  ====================
coefficient  measure           asks                                              disagreement
===========  ================  ================================================  ====================
uα           `alpha_u`         same stretches with the same codes?               over all values
|uα          `alpha_u_binary`  same text relevant, whatever the code?            gap or not
cuα          `alpha_cu`        the same code where both marked?                  over codes, no gaps
(k)uα        `alpha_ku`        and for code k in particular?                     code k or another
c-α-binary   `alpha_c_binary`  as |uα, each character a judgement (ATLAS.ti)     marked or not
αU           `alpha_u_1995`    how far apart do units begin and end?             squared distances
===========  ================  ================================================  ====================

The first four are the family of 2016 (see `coincidences`), the last is the older form (see `sections`).
Several texts are pooled by adding up their sums; a text that fewer than two coders coded says nothing and is
left out; every text has its own coders. Intervals reweight these sums by cluster (see `reweighting`).

Common parameters
-----------------
texts : iterable of Continuum
    Texts with the spans of their coders.
codes : sequence of str, optional
    The codes that count; text under any other is a gap. Default: all.
cluster : {"case", "document"}
    What the interval takes as drawn independently.
**how
    ``interval``, ``confidence``, ``minimum``, ``draws``, ``rng`` of `reweighting.with_interval`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import AgreementError, did_you_mean, quoted
from .coincidences import (
    Coincidences,
    code_or_another,
    gap_or_not,
    of_characters,
    of_intersections,
    of_sections,
    over_all_values,
    overlapping_units,
)
from .continuum import Continuum, pairable
from .pool import Disagreement, Formula, Pool
from .sections import sections_of
from .statistic import Statistic

__all__ = [
    "alpha_c_binary",
    "alpha_cu",
    "alpha_ku",
    "alpha_u",
    "alpha_u_1995",
    "alpha_u_binary",
    "disagreement_1995",
    "family",
]

Texts = Iterable[Continuum]
Codes = Sequence[str] | None
Array = npt.NDArray[Any]
BOUNDLESS = 1e6  # D_e beyond this is rounding in place of a division by zero
CODED_ONCE = "no text was coded by two coders"


def alpha_u(texts: Texts, codes: Codes = None, *, cluster: str = "case", **how: Any) -> Statistic:
    """Return uα: do the coders mark the same stretches and give them the same codes?

    Undefined, with the reason, where a coder's units of two codes overlap, since such text has no one value
    (take one code at a time, or `alpha_u_1995`); and where all text has the same value.

    Examples
    --------
    >>> text = Continuum(60, [("A", 2, 12, "x"), ("A", 20, 30, "y"), ("B", 2, 9, "x"), ("B", 20, 30, "y")])
    >>> round(alpha_u([text]).estimate, 4)
    0.8976
    """
    pool = Pool.of(texts, codes, cluster, how)
    reason = _no_values(pool)
    return pool.undefined("alpha_u", reason) if reason else _u(pool, pool.sums(of_sections))


def alpha_u_binary(texts: Texts, codes: Codes = None, *, cluster: str = "case", **how: Any) -> Statistic:
    """Return |uα: do the coders find the same text relevant, whatever code they give it? As `alpha_u`."""
    pool = Pool.of(texts, codes, cluster, how)
    reason = _no_values(pool)
    return pool.undefined("alpha_u_binary", reason) if reason else _u_binary(pool, pool.sums(of_sections))


def alpha_cu(texts: Texts, codes: Codes = None, *, cluster: str = "case", **how: Any) -> Statistic:
    """Return cuα: where two coders both marked text, did they give it the same code? As `alpha_u`.

    The note says how much of the text that is: a high cuα over a twentieth of a text is agreement on little.
    """
    pool = Pool.of(texts, codes, cluster, how)
    reason = _no_values(pool)
    return pool.undefined("alpha_cu", reason) if reason else _cu(pool, pool.sums(of_intersections))


def alpha_ku(texts: Texts, code: str, codes: Codes = None, *, cluster: str = "case", **how: Any) -> Statistic:
    """Return (k)uα: where two coders both marked text, do they agree on code k? As `alpha_cu`."""
    pool = Pool.of(texts, codes, cluster, how)
    if code not in pool.codes:
        raise AgreementError(f"Code {quoted(code)} is not among the codes.{did_you_mean(code, pool.codes)}")
    reason = _no_values(pool)
    return pool.undefined("alpha_ku", reason) if reason else _ku(pool, pool.sums(of_intersections), code)


def alpha_c_binary(texts: Texts, codes: Codes = None, *, cluster: str = "case", **how: Any) -> Statistic:
    """Return c-α-binary: nominal alpha over characters, marked with any of the codes or not.

    All text counts, unmarked text too, and every character is a judgement of its own. Overlapping codes do no
    harm.

    Examples
    --------
    >>> text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")])
    >>> round(alpha_c_binary([text]).estimate, 3)
    0.445
    """
    pool = Pool.of(texts, codes, cluster, how)
    if not pool.texts:
        return pool.undefined("alpha_c_binary", CODED_ONCE)
    sums = pool.sums(of_characters)
    if (sums.total.sum(axis=0) > 0).sum() < 2:
        return pool.undefined("alpha_c_binary", "no variation: all text is marked, or none")
    return pool.statistic("alpha_c_binary", _reweighted(sums, over_all_values))


def family(texts: Texts, codes: Codes = None, *, cluster: str = "case", **how: Any) -> dict[str, Statistic]:
    """Return uα, |uα, cuα, c-α-binary and (k)uα of every code, by name (``alpha_ku[trust]``)."""
    pool = Pool.of(texts, codes, cluster, how)
    names = ["alpha_u", "alpha_u_binary", "alpha_cu", *(f"alpha_ku[{code}]" for code in pool.codes)]
    binary = {"alpha_c_binary": alpha_c_binary(pool.texts, pool.codes, cluster=cluster, **how)}
    reason = _no_values(pool)
    if reason:
        return {name: pool.undefined(name.partition("[")[0], reason) for name in names} | binary
    sections, intersections = pool.sums(of_sections), pool.sums(of_intersections)
    found = [_u(pool, sections), _u_binary(pool, sections), _cu(pool, intersections)]
    found += [_ku(pool, intersections, code) for code in pool.codes]
    return dict(zip(names, found, strict=True)) | binary


def alpha_u_1995(texts: Texts, code: str | None = None, *, cluster: str = "case", **how: Any) -> Statistic:
    """Return αU of 1995 and 2004 for one code, or over all codes as ``1 - sum D_o / sum D_e``.

    Compares where units begin and end, so a boundary that is further off counts for more. Codes are taken one
    at a time and may overlap. Observed and expected are squared distances, not shares of agreement, so they
    stand in the note.

    Examples
    --------
    >>> text = Continuum(24, [("i", 2, 10, "x"), ("i", 14, 20, "x"), ("j", 4, 8, "x"), ("j", 15, 17, "x")])
    >>> round(alpha_u_1995([text]).estimate, 4)
    0.5153
    """
    pool = Pool.of(texts, None if code is None else [code], cluster, how)
    if not pool.texts:
        return pool.undefined("alpha_u_1995", CODED_ONCE)
    of_code = [sections_of(pool.texts, name, pool.clusters) for name in pool.codes]
    if not sum(each.units.sum() for each in of_code):
        return pool.undefined("alpha_u_1995", "no text was marked")

    def disagree(weights: Array) -> Disagreement:
        both = [each.disagreement(weights) for each in of_code]
        return np.sum([d_o for d_o, _ in both], axis=0), np.sum([d_e for _, d_e in both], axis=0)

    d_o, d_e = disagree(np.ones(pool.n_clusters))
    if not d_e > 0:
        return pool.undefined("alpha_u_1995", "no variation: the units leave no room to disagree")
    return pool.statistic("alpha_u_1995", disagree, note=f"D_o {d_o:.6g}, D_e {d_e:.6g}", shares=False)


def disagreement_1995(texts: Texts, code: str) -> tuple[float, float]:
    """Return ``D_o`` and ``D_e`` of αU for one code, nan where no text was coded by two coders.

    Examples
    --------
    >>> text = Continuum(24, [("i", 2, 10, "x"), ("i", 14, 20, "x"), ("j", 4, 8, "x"), ("j", 15, 17, "x")])
    >>> disagreement_1995([text], "x")[0]
    0.03125
    """
    pooled = pairable(texts)
    if not pooled:
        return np.nan, np.nan
    sections = sections_of(pooled, code, np.arange(len(pooled)))
    d_o, d_e = sections.disagreement(np.ones(len(pooled)))
    return float(d_o), float(d_e)


def _no_values(pool: Pool) -> str:
    """Return why text has no values to compare, or an empty string."""
    return overlapping_units(pool.texts, pool.codes) if pool.texts else CODED_ONCE


def _u(pool: Pool, sums: Coincidences) -> Statistic:
    if (sums.total.sum(axis=0) > 0).sum() < 2:
        return pool.undefined("alpha_u", "no variation: all text has the same value")
    return pool.statistic("alpha_u", _reweighted(sums, over_all_values))


def _u_binary(pool: Pool, sums: Coincidences) -> Statistic:
    if sums.total[:, 0].sum() in (0, pool.length):
        return pool.undefined("alpha_u_binary", "no variation: all text is marked, or none")
    return pool.statistic("alpha_u_binary", _reweighted(sums, gap_or_not))


def _cu(pool: Pool, sums: Coincidences) -> Statistic:
    return _where_both_marked("alpha_cu", pool, sums, over_all_values)


def _ku(pool: Pool, sums: Coincidences, code: str) -> Statistic:
    k = pool.codes.index(code)
    if not sums.total[:, k].any():
        return pool.undefined("alpha_ku", "where two coders marked text, nobody gave this code")
    return _where_both_marked("alpha_ku", pool, sums, partial(code_or_another, k=k))


def _where_both_marked(
    measure: str, pool: Pool, sums: Coincidences, formula: Callable[[Coincidences], Disagreement]
) -> Statistic:
    total = sums.total.sum(axis=0)
    if (total > 0).sum() < 2:
        return pool.undefined(measure, "where two coders marked text, there are not two codes")
    disagree = _reweighted(sums, formula)
    if not 0 < disagree(np.ones(pool.n_clusters))[1] < BOUNDLESS:
        return pool.undefined(measure, "too few units intersect to say what chance would do")
    return pool.statistic(measure, disagree, note=f"covers {total.sum() / pool.length:.1%} of the text")


def _reweighted(sums: Coincidences, formula: Callable[[Coincidences], Disagreement]) -> Formula:
    """Return D_o and D_e as a function of the weights of the clusters."""

    def disagree(weights: Array) -> Disagreement:
        with np.errstate(divide="ignore", invalid="ignore"):
            return formula(sums.weighted(weights))

    return disagree
