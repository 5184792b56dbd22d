"""Who contributed to what: participants and segments of every code and theme, by group and overall."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pandas as pd

from .corpus import Corpus
from .counting import Counted, counted_or_none, counted_values
from .keys import Result, key
from .labels import label
from .study import Study

__all__ = ["JOINT", "THEMES", "VALUES", "joint_table", "theme_results", "theme_table", "value_table"]

THEMES = [
    "code_id", "name", "parent_id", "level", "domain", "group", "influence", "influence_on", "rollup",
    "counted", "n_cases", "n_asked", "n_group", "share", "n_segments", "label",
]  # fmt: skip
JOINT = ["code_id", "groups", "n_cases", "n_group"]
VALUES = ["variable", "value", "rule", "group", "n", "share", "ties"]


def theme_table(corpus: Corpus, study: Study, counted: Counted | None = None) -> pd.DataFrame:
    """Return participants and segments of every code, by group and for all, as coded and with subcodes.

    A theme's participants are the union of its subcodes' participants, never their sum. Where the study says
    who was asked (``asked``), the base of a share is those asked about the code's domain or who raised it
    unasked; otherwise it is the group.

    Returns
    -------
    DataFrame
        One row a code, group and rollup; columns as in themes.csv.
    """
    counted = counted or counted_or_none(corpus, study)
    if counted is None:
        return pd.DataFrame(columns=THEMES)
    covered = _covered(corpus)
    groups = ["all", *[group for group in corpus.groups if group != "all"]]
    sizes = {group: _cases_in(corpus, group) for group in groups}
    marks = dict(list(counted.marks.groupby("code_id", sort=False)))
    none = counted.marks.iloc[:0]
    rows = []
    for code in corpus.codes.itertuples(index=False):
        below = [code.code_id, *corpus.children(code.code_id)]
        for rollup, codes in (("as_coded", below[:1]), ("descendants", below)):
            mine = pd.concat([marks.get(c, none) for c in codes])
            for group in groups:
                part = mine if group == "all" else mine[mine["group"] == group]
                rows.append(_row(code, group, rollup, counted.rule, part, sizes[group], covered, study))
    return pd.DataFrame(rows, columns=THEMES).astype({"n_asked": "Int64", "level": "Int64"})


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
                cells = (variable, value, frame["rule"].iloc[0], group, n, share, ties)
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
        base = int(line.n_group if pd.isna(line.n_asked) else line.n_asked)
        for column, unit in (("n_cases", "participants"), ("n_segments", "segments")):
            name = key("themes", line.code_id, group, column, rollup=rollup)
            yield Result(name, int(getattr(line, column)), unit, n=base if column == "n_cases" else None)
    for line in joint.itertuples(index=False):
        name = key("themes", line.code_id, "n_cases", groups=line.groups)
        yield Result(name, int(line.n_cases), "participants", n=int(line.n_group))
    for line in values.itertuples(index=False):
        group = None if line.group == "all" else line.group
        base = round(line.n / line.share) if line.n else None
        yield Result(key("values", line.variable, line.value, "n", group=group), line.n, "segments", n=base)
        yield Result(
            key("values", line.variable, line.value, "share", group=group), line.share, "share", n=base
        )


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
    marks = counted.marks
    pairs = list(combinations(sorted(corpus.groups), 2))
    rows = [
        {
            "code_id": code,
            "groups": f"{a}|{b}",
            "n_cases": int(
                marks[(marks["code_id"] == code) & marks["group"].isin([a, b])]["case_id"].nunique()
            ),
            "n_group": int(corpus.cases["group"].isin([a, b]).sum()),
        }
        for code in corpus.codes["code_id"]
        for a, b in pairs
    ]
    return pd.DataFrame(rows, columns=JOINT)


def _row(
    code: Any,
    group: str,
    rollup: str,
    rule: str,
    part: pd.DataFrame,
    cases: set[str],
    covered: dict[str, set[str]],
    study: Study,
) -> dict[str, object]:
    raised = set(part["case_id"].dropna())
    asked = covered.get(code.domain) if not pd.isna(code.domain) else None
    base = len(cases) if asked is None else len((asked | raised) & cases)
    n = len(raised)
    return {
        **{name: getattr(code, name) for name in ("code_id", "name", "parent_id", "level", "domain")},
        **{name: getattr(code, name) for name in ("influence", "influence_on")},
        "group": group,
        "rollup": rollup,
        "counted": rule,
        "n_cases": n,
        "n_asked": pd.NA if asked is None else len(asked & cases),
        "n_group": len(cases),
        "share": n / base if base else float("nan"),
        "n_segments": int(part["segment_id"].nunique()),
        "label": label(n, base, study.themes.labels),
    }


def _cases_in(corpus: Corpus, group: str) -> set[str]:
    cases = corpus.cases
    return set(cases["case_id"] if group == "all" else cases.loc[cases["group"] == group, "case_id"])


def _covered(corpus: Corpus) -> dict[str, set[str]]:
    """Return domain -> cases that were asked about it."""
    asked = corpus.asked[corpus.asked["asked"].fillna(False).astype(bool)].dropna(subset=["domain"])
    return {domain: set(part["case_id"]) for domain, part in asked.groupby("domain")}
