"""Codes in the order of their tree."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["depth_first", "parents_of"]


def depth_first(codes: pd.DataFrame) -> pd.DataFrame:
    """Return codes so that each stands below its theme, at every depth, else in the order given.

    Parameters
    ----------
    codes : DataFrame
        ``code_id``, ``parent_id``; a parent that is not among them is none.

    Examples
    --------
    >>> codes = pd.DataFrame({"code_id": ["a", "b", "a1"], "parent_id": [None, None, "a"]})
    >>> depth_first(codes)["code_id"].tolist()
    ['a', 'a1', 'b']
    """
    below: dict[str, list[int]] = {}
    known = set(codes["code_id"])
    for place, parent in enumerate(codes["parent_id"]):
        below.setdefault("" if pd.isna(parent) or parent not in known else str(parent), []).append(place)
    order: list[int] = []
    left = list(reversed(below.get("", [])))
    while left:
        place = left.pop()
        order.append(place)
        left += reversed(below.get(str(codes["code_id"].iloc[place]), []))
    return codes.iloc[order].reset_index(drop=True)


def parents_of(codes: pd.DataFrame) -> np.ndarray:
    """Return the row of each code's parent, -1 where it has none among them."""
    return pd.Index(codes["code_id"]).get_indexer(codes["parent_id"])
