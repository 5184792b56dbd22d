"""How much to code twice: units for a stated minimum, units or participants for a stated width."""

from __future__ import annotations

import math

from scipy import special

from analysis.agreement.statistic import Statistic
from analysis.errors import AgreementError, Problem

__all__ = ["groups_for_width", "units_for_minimum"]


def units_for_minimum(minimum: float, share: float, significance: float = 0.05, coders: int = 2) -> int:
    """Return how many units show that alpha is at least `minimum`, for the rarest value.

    Bloch & Kraemer 1989 (3.7), as in Krippendorff 2019 and the ATLAS.ti manual, which multiplies by the
    number of coders::

        N = coders z² ((1 + a)(3 - a) / (4 p (1 - p)(1 - a)) - a)

    Parameters
    ----------
    minimum : float
        ``a``, from 0 to less than 1.
    share : float
        ``p``, the share of ratings that are of the rarest value.
    significance : float
        One-sided.

    Examples
    --------
    >>> units_for_minimum(0.8, 0.25), units_for_minimum(0.667, 0.25)
    (139, 81)
    """
    problems = []
    if not 0 <= minimum < 1:
        problems.append(Problem(f"The minimum must be from 0 to less than 1. Got {minimum:g} instead."))
    if not 0 < share < 1:
        problems.append(Problem(f"The share must be between 0 and 1. Got {share:g} instead."))
    if not 0 < significance < 1:
        problems.append(Problem(f"Significance must be between 0 and 1. Got {significance:g} instead."))
    if coders < 2:
        problems.append(Problem(f"There must be two coders or more. Got {coders} instead."))
    if problems:
        raise AgreementError(problems, title="The plan")
    z = float(special.ndtri(1 - significance))
    inner = (1 + minimum) * (3 - minimum) / (4 * share * (1 - share) * (1 - minimum)) - minimum
    return math.ceil(coders * z**2 * inner)


def groups_for_width(pilot: Statistic, n_pilot: int, width: float, confidence: float = 0.95) -> int:
    """Return how many units, or participants, give an interval no wider than `width`.

    The standard error of a pilot shrinks with the square root of how many there are. With clusters the answer
    is in clusters; more segments of the same people do not stand in for more people.

    Parameters
    ----------
    pilot : Statistic
        From `estimate`, with or without clusters.
    n_pilot : int
        Units, or clusters, of the pilot.
    width : float
        From the lower end of the interval to the upper.

    Examples
    --------
    >>> groups_for_width(Statistic("krippendorff_alpha", "nominal", 0.7, se=0.08), n_pilot=10, width=0.2)
    28
    """
    if not pilot.se > 0:
        raise AgreementError("The pilot has no standard error to plan from. Use `estimate` with an interval.")
    if not 0 < width < 2:
        raise AgreementError(f"The width must be between 0 and 2. Got {width:g} instead.")
    spread = pilot.se * math.sqrt(n_pilot)
    n = 2
    while 2 * float(special.stdtrit(n - 1, (1 + confidence) / 2)) * spread / math.sqrt(n) > width:
        n += 1 + n // 1000
    return n
