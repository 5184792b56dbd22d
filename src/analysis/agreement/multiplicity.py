"""Many codes at once: bounds that hold for all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.agreement.intervals import SCALES
from analysis.agreement.ratings import FloatArray
from analysis.agreement.statistic import Statistic
from analysis.errors import AgreementError

__all__ = ["holm", "simultaneous"]


def holm(probabilities: npt.ArrayLike) -> FloatArray:
    """Return probabilities adjusted for how many there are (Holm 1979); nan stays nan and does not count.

    Given each code's ``q``, the probability of lying below the minimum, a code is shown to reach it, among
    all codes, where the adjusted one is below .05.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    array([0.03, 0.06, 0.06])
    """
    given = np.asarray(probabilities, dtype=float)
    adjusted = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    times = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(given[order] * times), 1.0)
    return adjusted


def simultaneous(found: Sequence[Statistic], drawn: FloatArray) -> list[Statistic]:
    """Return the statistics with bounds that hold for all of them together at their stated confidence.

    The half-width, in standard errors, is the one that the greatest deviation among all codes stays within,
    in that share of the replicates; never less than each interval's own. Widths are those of the scale
    log(1 - x).

    Parameters
    ----------
    found : sequence of C Statistic
        With linearised intervals.
    drawn : array (B, C)
        Replicates of all of them under shared weights, from `code_replicates`.
    """
    if np.shape(drawn)[1:] != (len(found),):
        raise AgreementError(f"Replicates must be (draws, {len(found)}). Got {np.shape(drawn)} instead.")
    usable = [c for c, statistic in enumerate(found) if statistic.se > 0 and statistic.estimate < 1]
    if not usable:
        return list(found)
    scale = SCALES["log"]
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = -np.log1p(-drawn[:, usable])
    moved[~np.isfinite(moved)] = np.nan
    centre = np.array([scale.there(found[c].estimate) for c in usable])
    away = np.abs(moved - centre) / np.nanstd(moved, axis=0)
    wide = float(np.nanquantile(np.nanmax(away, axis=1), found[usable[0]].confidence))
    adjusted = list(found)
    for c in usable:
        own = found[c]
        reach = wide * own.se * scale.slope(own.estimate)
        low, high = (scale.back(scale.there(own.estimate) + sign * reach) for sign in (-1, 1))
        adjusted[c] = replace(
            own, low=float(min(low, own.low)), high=float(max(high, own.high)), interval="simultaneous"
        )
    return adjusted
