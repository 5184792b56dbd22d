"""Frequency labels: general, typical, variant, rare. The rule is data; the base is always stated."""

from __future__ import annotations

import pandas as pd

__all__ = ["LEAST_BASE", "RULES", "label", "label_table"]

LEAST_BASE = 5
RULES = {
    "cqr2005": "Hill et al. 2005, J Couns Psychol 52(2):196-205",
    "four_labels": "as cqr2005, but rare is exactly one, whatever the base",
}


def label(n: int, base: int, rule: str) -> str:
    """Return the label of `n` participants out of `base`.

    Below a base of 5 no label is given: at 4 no count is typical, at 2 one is also "all but one".

    Parameters
    ----------
    n, base : int
        Participants contributing, and participants who could have.
    rule : str
        cqr2005, four_labels or none.

    Examples
    --------
    >>> [label(n, 6, "cqr2005") for n in range(7)]
    ['', 'other', 'variant', 'variant', 'typical', 'general', 'general']
    """
    if rule == "none" or n == 0 or base < LEAST_BASE:
        return ""
    if n == 1:
        return "other" if rule == "cqr2005" else "rare"
    if n >= base - 1:
        return "general"
    if 2 * n > base:
        return "typical"
    return "rare" if rule == "cqr2005" and base > 15 and n <= 3 else "variant"


def label_table(base: int, rule: str) -> pd.DataFrame:
    """Return which counts carry which label at a base: the key printed under every labelled table."""
    named = [(label(n, base, rule), n) for n in range(1, base + 1)]
    rows = []
    for name in dict.fromkeys(name for name, _ in named if name):
        counts = [n for each, n in named if each == name]
        span = f"{counts[0]}-{counts[-1]}" if len(counts) > 1 else str(counts[0])
        rows.append({"label": name, "participants": span, "of": base})
    return pd.DataFrame(rows, columns=["label", "participants", "of"])
