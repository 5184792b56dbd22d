"""Counts of codes, values and pairs of codes as a policy lets them be published."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .corpus import Corpus
from .policies import Policy, policy_of, shows_people
from .publicnames import code_names
from .study import Study
from .suppression import complement_row
from .treesuppression import complement_tree

__all__ = ["public_new_codes", "public_pairs", "public_themes", "public_values", "rarely_applied"]

_GO_ALONG = [
    "n_segments", "n_asked", "n_base", "n_spontaneous", "n_supporting", "n_contradicting",
    "n_cases_contradicting",
]  # fmt: skip


def public_themes(themes: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return lines of themes.csv as the policy lets them be published.

    Hidden counts are missing and the line is marked ``hidden``; a share, a label and the segments of a hidden
    count go with it. More counts are hidden until none follows from the others: from the total of its line,
    the sizes of the groups, and from a theme having no fewer participants than each of its subcodes and no
    more than all of them. Names that may be participants' words go where no text may be shown.

    Returns
    -------
    DataFrame
        The same lines with a further column ``hidden``.
    """
    names = code_names(corpus, study)
    named = themes["code_id"].map(names).fillna(themes["name"]).astype(themes["name"].dtype)
    table = themes.assign(name=named, hidden=False)
    policy = policy_of(study)
    if policy.counts_as_they_are or table.empty:
        return table
    hidden = _hidden(table, corpus, policy)
    counts = table["n_cases"].to_numpy(int)
    shown = policy.rounded(counts)
    if study.disclosure.policy == "opensafely":
        hidden, shown = _summed(table, hidden, shown)
    table["hidden"] = hidden
    table["n_cases"] = pd.array(shown, dtype="Int64")
    table["share"] = shown / table["n_group"].to_numpy(float)
    gone = [name for name in _GO_ALONG if name in table]
    table[gone] = table[gone].astype("Int64").mask(pd.Series(True, index=table.index))
    table["n_cases"] = table["n_cases"].mask(hidden)
    table["share"] = table["share"].mask(hidden)
    table["label"] = ""
    return table


def public_values(values: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return lines of values.csv as the policy lets them be published; hidden counts are missing.

    Where counts are hidden or rounded, only lines about all groups together stand, and shares and ties, which
    would give counts away, go. How many segments were rated is known, so a value hidden alone takes another
    with it.
    """
    policy = policy_of(study)
    if policy.counts_as_they_are or values.empty:
        return values
    whole = values[values["group"] == "all"].reset_index(drop=True)
    counts = whole["n"].to_numpy(int)
    hidden = policy.small(counts)
    for rows in whole.groupby("variable", sort=False).indices.values():
        if hidden[rows].any():
            line = np.append(counts[rows], counts[rows].sum())
            known = np.append(hidden[rows], False)
            hidden[rows] = complement_row(line, known, np.zeros(len(line)), np.full(len(line), line[-1]))[:-1]
    shown = pd.Series(policy.rounded(counts), dtype="Int64").mask(hidden)
    return whole.assign(n=shown, share=np.nan, ties=pd.NA).astype({"ties": "Int64"})


def public_pairs(pairs: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return lines of cooccurrence.csv as the policy lets them be published; hidden counts are missing.

    Where small counts are hidden, lines about participants go, and so does the Jaccard index, from which
    counts could be worked out.
    """
    policy = policy_of(study)
    if policy.counts_as_they_are or pairs.empty:
        return pairs
    table = pairs[pairs["within"] != "case"].copy()
    for name in ("n", "n_a", "n_b"):
        counts = table[name].to_numpy(int)
        table[name] = pd.Series(policy.rounded(counts), index=table.index, dtype="Int64").mask(
            policy.small(counts)
        )
    table["jaccard"] = np.nan
    return table


def public_new_codes(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return lines of new_codes.csv, one a participant: none where lines about single ones may not stand."""
    return table if shows_people(study) else table.iloc[:0]


def rarely_applied(n_positive: pd.Series, study: Study) -> pd.Series:
    """Return which codes were applied so rarely that the policy hides their coefficients too.

    How often a code was applied is no less than how many participants contributed to it, and coefficients of
    known units give it away.
    """
    policy = policy_of(study)
    counts = n_positive.fillna(0).to_numpy(int)
    if policy.counts_as_they_are:
        return pd.Series(False, index=n_positive.index)
    within_first = (counts < policy.midpoint) & (policy.midpoint > 1)
    return pd.Series(policy.small(counts) | within_first, index=n_positive.index)


def _hidden(table: pd.DataFrame, corpus: Corpus, policy: Policy) -> np.ndarray:
    """Return which lines are hidden: small counts, and those from which these would follow."""
    if not policy.hides_to:
        return np.zeros(len(table), dtype=bool)
    group = table["group"].to_numpy(object)
    order = [*dict.fromkeys(name for name in group if name != "all"), "all"]
    nodes = table[["code_id", "rollup"]].drop_duplicates().itertuples(index=False, name=None)
    place = {node: at for at, node in enumerate(nodes)}
    row = np.array([place[node] for node in zip(table["code_id"], table["rollup"], strict=True)])
    column = np.array([order.index(name) for name in group])
    shape = len(place), len(order)
    counts, size = np.zeros(shape, dtype=int), np.zeros(shape, dtype=int)
    counts[row, column], size[row, column] = table["n_cases"], table["n_group"]
    above = _above(place, corpus)
    found = complement_tree(counts, policy.small(counts), above, size, least=0 if policy.hides_zero else 1)
    return found[row, column]


def _above(place: dict[tuple[str, str], int], corpus: Corpus) -> np.ndarray:
    """Return which line of the table holds at least every participant of each: -1 where none does.

    A code as coded stands below itself with its subcodes, which stands below its theme.
    """
    parent = corpus.codes.set_index("code_id")["parent_id"].to_dict()
    above = np.full(len(place), -1)
    for (code, rollup), at in place.items():
        over = (code, "descendants") if rollup == "as_coded" else (parent.get(code), "descendants")
        above[at] = place.get(over, -1)
    return above


def _summed(table: pd.DataFrame, hidden: np.ndarray, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return totals as sums of rounded counts; hidden where one of these is, since it would give it away."""
    hidden, shown = hidden.copy(), shown.copy()
    group = table["group"].to_numpy(object)
    for rows in table.groupby(["code_id", "rollup"], sort=False).indices.values():
        total, parts = rows[group[rows] == "all"], rows[group[rows] != "all"]
        if len(parts):
            shown[total] = shown[parts].sum()
            hidden[total] = hidden[parts].any()
    return hidden, shown
