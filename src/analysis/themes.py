"""Who contributed to what: participants and segments of every code and theme, by group and overall."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import sparse

from .asked import Asked, asked_about
from .corpus import Corpus
from .counting import Counted, counted_or_none, counted_values
from .incidence import Incidence, below, incidence
from .keys import Result, key
from .labels import label
from .study import Study

__all__ = [
    "JOINT", "THEMES", "VALUES", "joint_table", "theme_results", "theme_table", "value_table",
]  # fmt: skip

THEMES = [
    "code_id", "name", "parent_id", "level", "domain", "group", "influence", "influence_on", "rollup",
    "counted", "n_cases", "n_asked", "n_group", "n_base", "share", "n_segments", "label", "n_spontaneous",
    "n_supporting", "n_contradicting", "n_cases_contradicting",
]  # fmt: skip
_SIDES = ("n_supporting", "n_contradicting", "n_cases_contradicting")
_OF_CODE = ["code_id", "name", "parent_id", "level", "domain", "influence", "influence_on"]
JOINT = ["code_id", "groups", "n_cases", "n_group"]
VALUES = ["variable", "value", "rule", "group", "n", "n_base", "share", "ties"]


def theme_table(corpus: Corpus, study: Study, counted: Counted | None = None) -> pd.DataFrame:
    """Return participants and segments of every code, by group and for all, as coded and with subcodes.

    A theme's participants are the union of its subcodes' participants, never their sum. Where the study says
    who was asked (``asked``), the base of a share is those asked about the code's domain or who raised it
    unasked; otherwise it is the group.

    Who is on no row of ``asked`` for that domain is in the base only where they raised it.

    ``n_spontaneous`` are participants who raised it and are on record as not asked about its domain; segments
    that support and contradict a code are counted where coders said so (``supports`` in codings).

    Returns
    -------
    DataFrame
        One row a code, rollup and group; columns as in themes.csv.
    """
    counted = counted or counted_or_none(corpus, study)
    if counted is None:
        return pd.DataFrame(columns=THEMES)
    coded = incidence(corpus, counted)
    asked = asked_about(corpus)
    known = asked.known
    gather = {"as_coded": None, "descendants": below(corpus.codes)}
    figures = [
        _figures(coded if codes is None else coded.gathered(codes), asked) | _sides(corpus, counted, codes)
        for codes in gather.values()
    ]
    V, R, G = len(corpus.codes), len(gather), len(coded.groups)
    table = corpus.codes.iloc[np.repeat(np.arange(V), R * G)][_OF_CODE].reset_index(drop=True)
    table["rollup"] = np.tile(np.repeat(list(gather), G), V)
    table["group"] = np.tile(coded.groups, V * R)
    table["counted"] = counted.rule
    for name in figures[0]:
        table[name] = np.stack([each[name] for each in figures], axis=1).ravel()
    base = table["n_base"].to_numpy(int)
    table["share"] = np.divide(table["n_cases"], base, out=np.full(len(table), np.nan), where=base > 0)
    pairs = list(zip(table["n_cases"], base, strict=True))
    labels = {pair: label(*pair, study.themes.labels) for pair in dict.fromkeys(pairs)}
    table["label"] = [labels[pair] for pair in pairs]
    for name, unknown in _unknown(counted, known, R * G).items():
        table[name] = table[name].astype("Int64").mask(unknown)
    return table[THEMES].astype({"level": "Int64"})


def value_table(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return how often each value of every single-valued variable was given, one value a segment.

    Returns
    -------
    DataFrame
        One row a variable, group and value; ``ties`` counts segments whose value a tie rule decided or that
        stay unresolved; columns as in values.csv.
    """
    rows: list[dict[str, object]] = []
    for variable in corpus.variables():
        if variable == "codes":
            continue
        frame = counted_values(corpus, study, variable)
        domain = study.variables[variable].values or sorted(frame["value"].dropna().unique())
        groups = frame["group"].dropna().unique().tolist()
        for group in ["all", *(groups if len(groups) > 1 else [])]:
            part = frame if group == "all" else frame[frame["group"] == group]
            n_all, ties = int(part["value"].notna().sum()), int(part["tie"].sum())
            for value in domain:
                n = int((part["value"] == value).sum())
                share = n / n_all if n_all else float("nan")
                cells = (variable, value, frame["rule"].iloc[0], group, n, n_all, share, ties)
                rows.append(dict(zip(VALUES, cells, strict=True)))
    return pd.DataFrame(rows, columns=VALUES)


def theme_results(themes: pd.DataFrame, values: pd.DataFrame, joint: pd.DataFrame) -> Iterator[Result]:
    """Yield participants and segments of every line of themes.csv and every value, under their keys.

    Parameters
    ----------
    themes, values : DataFrame
        As made by :func:`theme_table` and :func:`value_table`.
    joint : DataFrame
        As made by :func:`joint_table`.
    """
    for line in themes.itertuples(index=False):
        group = None if line.group == "all" else line.group
        rollup = None if line.rollup == "as_coded" else line.rollup
        name = key("themes", line.code_id, group, "n_cases", rollup=rollup)
        yield Result(name, int(line.n_cases), "participants", n=int(line.n_base))
        name = key("themes", line.code_id, group, "n_segments", rollup=rollup)
        yield Result(name, int(line.n_segments), "segments")
    for line in joint.itertuples(index=False):
        name = key("themes", line.code_id, "n_cases", groups=line.groups)
        yield Result(name, int(line.n_cases), "participants", n=int(line.n_group))
    for line in values.itertuples(index=False):
        group = None if line.group == "all" else line.group
        for column, unit in (("n", "segments"), ("share", "share")):
            name = key("values", line.variable, line.value, column, group=group)
            yield Result(name, getattr(line, column), unit, n=int(line.n_base))


def joint_table(corpus: Corpus, study: Study, counted: Counted | None = None) -> pd.DataFrame:
    """Return participants contributing to each code, as coded, in every two groups taken together.

    What a report says of two groups jointly says nothing of either.

    Returns
    -------
    DataFrame
        ``code_id``, ``groups`` ("a|b", sorted), ``n_cases``, ``n_group``; no rows below three groups.
    """
    counted = counted or counted_or_none(corpus, study)
    if counted is None or len(corpus.groups) < 3:
        return pd.DataFrame(columns=JOINT)
    pairs = list(combinations(sorted(corpus.groups), 2))
    raised = incidence(corpus, counted).cases.astype(np.int64)
    either = np.stack([corpus.cases["group"].isin(pair).to_numpy(bool) for pair in pairs], axis=1)
    return pd.DataFrame(
        {
            "code_id": np.repeat(corpus.codes["code_id"].to_numpy(object), len(pairs)),
            "groups": np.tile(["|".join(pair) for pair in pairs], len(corpus.codes)),
            "n_cases": (raised @ either.astype(np.int64)).ravel(),
            "n_group": np.tile(either.sum(axis=0), len(corpus.codes)),
        }
    )


def _figures(coded: Incidence, asked: Asked) -> dict[str, np.ndarray]:
    """Return every count of codes by group, each of shape (V, G)."""
    raised, of_group = coded.cases, coded.members.sum(axis=0)
    return {
        "n_cases": coded.n_cases,
        "n_asked": coded.by_group(asked.yes),
        "n_group": np.broadcast_to(of_group, (len(raised), len(of_group))),
        "n_base": np.where(asked.known[:, None], coded.by_group(asked.yes | raised), of_group),
        "n_segments": coded.n_segments,
        "n_spontaneous": coded.by_group(raised & asked.no),
    }


def _sides(corpus: Corpus, counted: Counted, codes: sparse.csr_array | None) -> dict[str, np.ndarray]:
    """Return segments that support and that contradict a code, and whose they are, each of shape (V, G)."""
    said = counted.marks["supports"]
    if said.isna().all():
        groups = [group for group in corpus.groups if group != "all"]
        return dict.fromkeys(_SIDES, np.zeros((len(corpus.codes), 1 + len(groups)), dtype=np.int64))
    for_, against = (
        incidence(corpus, counted, said.isin([word, "divided"]).to_numpy(bool))
        for word in ("supports", "contradicts")
    )
    if codes is not None:
        for_, against = for_.gathered(codes), against.gathered(codes)
    return dict(zip(_SIDES, (for_.n_segments, against.n_segments, against.n_cases), strict=True))


def _unknown(counted: Counted, known: np.ndarray, each: int) -> dict[str, np.ndarray]:
    """Return column -> rows where the study holds no record of what the column counts."""
    not_asked = np.repeat(~known, each)
    unsaid = np.full(len(not_asked), bool(counted.marks["supports"].isna().all()))
    return {"n_asked": not_asked, "n_spontaneous": not_asked, **dict.fromkeys(_SIDES, unsaid)}
