"""Agreement on sets of codes: alpha whose differences are Jaccard's or MASI (Passonneau 2006)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from analysis.agreement.alpha import MetricAlpha
from analysis.agreement.coefficients import Setup, describe, undefined
from analysis.agreement.estimates import with_interval
from analysis.agreement.groups import Groups
from analysis.agreement.metrics import Metric
from analysis.agreement.ratings import FloatArray, Ratings
from analysis.agreement.statistic import Statistic
from analysis.errors import AgreementError, did_you_mean, quoted

__all__ = ["DISTANCES", "set_alpha", "set_distance"]

LabelSet = Collection[object]

DISTANCES = ("jaccard", "masi")


def set_distance(one: LabelSet, other: LabelSet, distance: str = "masi") -> float:
    """Return how different two sets of codes are, from 0 to 1.

    ``jaccard`` is 1 - |A ∩ B| / |A ∪ B|. ``masi`` is 1 - J M with J that share, and M = 1 for equal sets, 2/3
    where one holds the other, 1/3 where they overlap, 0 where they do not. Two empty sets do not differ.

    Examples
    --------
    >>> set_distance({"trust"}, {"trust", "cost"}, "jaccard")
    0.5
    >>> round(set_distance({"trust"}, {"trust", "cost"}, "masi"), 4)
    0.6667
    >>> set_distance([], [])
    0.0
    """
    metric = _metric(_bits([frozenset(one), frozenset(other)]), _checked(distance))
    return float(metric.table[0, 1])


def set_alpha(
    sets: Sequence[Sequence[LabelSet | None]],
    distance: str = "masi",
    *,
    interval: str = "",
    cluster: npt.ArrayLike | None = None,
    confidence: float = 0.95,
    minimum: float | None = None,
    draws: int = 1000,
    rng: np.random.Generator | None = None,
) -> Statistic:
    """Return Krippendorff's alpha of sets of codes.

    Parameters
    ----------
    sets : M sequences of N sets
        The codes that each coder gave to each unit; an empty set where a coder saw it and gave none, None
        where a coder did not code it.
    distance : str
        ``masi`` or ``jaccard``.
    interval, cluster, confidence, minimum, draws, rng
        As for `estimate`; no interval if left out.

    Returns
    -------
    Statistic
        Of measure ``krippendorff_alpha`` and level ``set:masi`` or ``set:jaccard``.

    Raises
    ------
    AgreementError
        The sequences are not of one length, or the distance is not known.

    Examples
    --------
    >>> sets = [[{"f", "s"}, {"s"}], [{"f"}, {"s"}], [{"e", "m", "s"}, {"e", "s"}]]
    >>> print(set_alpha(sets, "jaccard"))
    krippendorff_alpha (set:jaccard) 0.152
    """
    setup = _setup(sets, _checked(distance))
    if not interval:
        return setup.statistic
    groups = Groups.by(cluster, setup.ratings.n_units)
    return with_interval(
        setup, groups, interval, confidence=confidence, minimum=minimum, draws=draws, rng=rng
    )


def _setup(sets: Sequence[Sequence[LabelSet | None]], distance: str) -> Setup:
    lengths = sorted({len(row) for row in sets})
    if len(lengths) > 1:
        raise AgreementError(f"Coders must have coded the same units. Got {lengths} units.")
    place: dict[frozenset[object], int] = {}
    codes = np.array(
        [[-1 if s is None else place.setdefault(frozenset(s), len(place)) for s in row] for row in sets],
        dtype=int,
    ).reshape(len(sets), -1)
    codes[codes < 0] = len(place)
    ratings = Ratings(codes, np.arange(len(place), dtype=float)).of_active_coders()
    described = describe("krippendorff_alpha", f"set:{distance}", ratings)
    reason = undefined("krippendorff_alpha", ratings)
    if reason:
        return Setup(replace(described, note=reason), ratings, None)
    return Setup(described, ratings.gathered(), MetricAlpha(_metric(_bits(list(place)), distance)))


def _checked(distance: str) -> str:
    if distance not in DISTANCES:
        raise AgreementError(
            f"There is no distance of sets called {quoted(distance)}.{did_you_mean(distance, DISTANCES)}",
            next_step=f"Distances are {', '.join(DISTANCES)}.",
        )
    return distance


def _bits(sets: list[frozenset[object]]) -> npt.NDArray[np.uint64]:
    """Return sets as bits, one row a set, 64 codes to a word."""
    code: dict[object, int] = {}
    bits = [sum(1 << code.setdefault(label, len(code)) for label in labels) for labels in sets]
    words = range(0, max(len(code), 1), 64)
    return np.array([[row >> start & (1 << 64) - 1 for start in words] for row in bits], np.uint64)


def _metric(bits: npt.NDArray[np.uint64], distance: str) -> Metric:
    size = np.bitwise_count(bits).sum(axis=1, dtype=np.int32)

    def between(i: npt.NDArray[np.integer], j: npt.NDArray[np.integer]) -> FloatArray:
        common = np.bitwise_count(bits[i] & bits[j]).sum(axis=-1, dtype=np.int32)
        union = size[i] + size[j] - common
        alike = common / np.maximum(union, 1)
        if distance == "masi":
            held = common == np.minimum(size[i], size[j])
            alike *= np.where(held, 2 / 3, 1 / 3)
        return 1 - np.where(common == union, 1.0, alike)

    return Metric(len(bits), between)
