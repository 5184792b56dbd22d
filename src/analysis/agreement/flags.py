"""What to bear in mind with a coefficient: rare codes, prevalence, few units."""

from __future__ import annotations

import math

from .statistic import Statistic

__all__ = ["FEW_UNITS", "flags"]

FEW_UNITS = 30
EXPECTED_BY_CHANCE = 5
HIGH, LOW = 0.9, 0.8
CORRECTED = ("krippendorff_alpha", "cohen_kappa", "fleiss_kappa", "conger_kappa", "light_kappa", "scott_pi")


def flags(found: Statistic) -> list[str]:
    """Return remarks on one coefficient.

    A code is rare where coders would agree on it by chance fewer than five times (units times the squared
    share of "present"). A coefficient is affected by prevalence where it stays below .80 although more than
    .90 of the ratings agree: it is flagged, never replaced.

    Parameters
    ----------
    found : Statistic

    Examples
    --------
    >>> flags(Statistic("krippendorff_alpha", "nominal", 0.3, n_units=100, n_ratings=200, n_values=2,
    ...     n_positive=6, observed=0.96))
    ['rare code', 'affected by prevalence']
    """
    said = []
    if found.n_units and found.n_units < FEW_UNITS:
        said.append(f"fewer than {FEW_UNITS} units")
    if found.n_ratings and not math.isnan(found.n_positive):
        share = found.n_positive / found.n_ratings
        if found.n_units * share**2 < EXPECTED_BY_CHANCE:
            said.append("rare code")
    if found.measure in CORRECTED and found.estimate < LOW and found.observed > HIGH:
        said.append("affected by prevalence")
    return said
