"""Which results stand under a policy that hides small counts: coefficients over everything."""

from __future__ import annotations

from .keys import split

__all__ = ["is_over_everything"]

ABOUT_ALL = {"level", "aggregation", "unit"}


def is_over_everything(key: str) -> bool:
    """Tell whether a result is a coefficient that no single code, value, pair or group is behind.

    Examples
    --------
    >>> is_over_everything("agreement.mood.krippendorff_alpha")
    True
    >>> is_over_everything("agreement.codes.waiting.krippendorff_alpha")
    False
    """
    parts, only = split(key)
    whole = len(parts) == 3 or (len(parts) == 4 and parts[3] == "median")
    return parts[:1] == ["agreement"] and whole and only.keys() <= ABOUT_ALL
