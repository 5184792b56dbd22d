"""Verbal labels of coefficients, with the probability that a coefficient deserves them (Gwet 2014, ch. 6).

A label that the estimate just reaches is more than the data say. Gwet's benchmark is the highest label that
the coefficient deserves with a stated probability, given its standard error. No scale is endorsed here:
verbal labels were made for one coefficient each and do not carry over to others (Vach & Gerke 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import special

from analysis.errors import AgreementError, did_you_mean, quoted

__all__ = ["SCALES_OF_LABELS", "Label", "benchmark", "label_probabilities"]


class Label(NamedTuple):
    """A label, the stretch it covers, and the probability that the coefficient lies there or above."""

    name: str
    low: float
    high: float
    probability: float


SCALES_OF_LABELS: dict[str, tuple[tuple[str, float], ...]] = {
    "landis_koch": (
        ("almost perfect", 0.8),
        ("substantial", 0.6),
        ("moderate", 0.4),
        ("fair", 0.2),
        ("slight", 0.0),
        ("poor", -1.0),
    ),
    "altman": (("very good", 0.8), ("good", 0.6), ("moderate", 0.4), ("fair", 0.2), ("poor", -1.0)),
    "fleiss": (("excellent", 0.75), ("intermediate to good", 0.4), ("poor", -1.0)),
    "krippendorff": (("reliable", 0.8), ("tentative", 0.667), ("not reliable", -1.0)),
}
"""Labels from the highest down, each with the value it begins at."""


def label_probabilities(estimate: float, se: float, scale: str = "landis_koch") -> list[Label]:
    """Return, from the highest label down, the probability that the coefficient is that high or higher.

    The coefficient is taken as normal with this standard error, cut off at -1 and 1.

    Examples
    --------
    >>> for label in label_probabilities(0.77544, 0.14295, "fleiss"):
    ...     print(f"{label.name}: {label.probability:.4f}")
    excellent: 0.5441
    intermediate to good: 0.9954
    poor: 1.0000
    """
    if scale not in SCALES_OF_LABELS:
        raise AgreementError(
            f"There is no scale of labels called {quoted(scale)}.{did_you_mean(scale, SCALES_OF_LABELS)}",
            next_step=f"Scales are {', '.join(SCALES_OF_LABELS)}.",
        )
    if not se > 0:
        raise AgreementError("A probability of labels needs a standard error above 0.")
    named = SCALES_OF_LABELS[scale]
    lows = np.array([low for _, low in named])
    top, bottom = special.ndtr((1 - estimate) / se), special.ndtr((-1 - estimate) / se)
    above = (top - special.ndtr((lows - estimate) / se)) / (top - bottom)
    highs = [1.0, *lows[:-1].tolist()]
    return [
        Label(name, low, high, float(p)) for (name, low), high, p in zip(named, highs, above, strict=True)
    ]


def benchmark(probabilities: Sequence[Label], wanted: float = 0.95) -> Label:
    """Return the highest label that the coefficient deserves with the wanted probability.

    Examples
    --------
    >>> benchmark(label_probabilities(0.77544, 0.14295)).name
    'moderate'
    """
    return next((label for label in probabilities if label.probability >= wanted), probabilities[-1])
