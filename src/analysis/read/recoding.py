"""Changes to the codebook applied to codings, so that rounds coded with an older version can be read."""

from __future__ import annotations

import pandas as pd

from ..corpus import natural
from ..schemas import TABLES

__all__ = ["apply_recodes"]


def apply_recodes(tables: dict[str, pd.DataFrame]) -> list[str]:
    """Replace merged and renamed codes by their successors and leave out dropped and split ones, in place.

    A coder who applied both parts of a merged code to a segment applied the merged code once. What a split
    code would have become is not known: its old codings are left out and counted.

    Returns
    -------
    list of str
        What was done, a sentence an action, with counts.
    """
    if "recodes" not in tables:
        return []
    recodes, codings = tables["recodes"], tables["codings"]
    said = []
    order = sorted(recodes.itertuples(index=False), key=lambda change: natural(change.version))
    for change in order:
        mine = (codings["variable"] == "codes") & (codings["value"] == change.old_code)
        n = int(mine.sum())
        if n and change.action in ("merge", "rename"):
            codings.loc[mine, "value"] = change.new_code
            said.append(f"{n} codings of {change.old_code} read as {change.new_code} ({change.action}).")
        elif n:
            codings = codings[~mine]
            said.append(f"{n} codings of {change.old_code} left out ({change.action}).")
    key = list(TABLES["codings"].key)
    tables["codings"] = codings.drop_duplicates(key).reset_index(drop=True)
    return said
