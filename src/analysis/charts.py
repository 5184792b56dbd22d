"""Stock figures of the theme notebooks: barriers and facilitators, code tree, codes together, new codes."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd

from .codetree import depth_first, parents_of
from .cooccurrence import WITHIN
from .corpus import Corpus
from .disclosure import public_corpus, public_pairs, shows_people
from .figures import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PAGE,
    SHADES,
    SMALLEST,
    Drawn,
    figure_of,
    in_style,
    to_svg,
    words_of,
)
from .saturation import TITLE
from .study import Study

__all__ = ["code_tree", "cooccurrence_map", "influence_bars", "new_codes_curve"]

MOST_CODES = 20  # more do not fit a journal's page


def influence_bars(themes: pd.DataFrame, simulated: bool) -> Drawn | None:
    """Return barriers to the left, facilitators to the right, as coded: participants contributing to each.

    Parameters
    ----------
    themes : DataFrame
        Rows of themes.csv, best as published; hidden counts are drawn as a mark without a bar.
    simulated : bool
        Whether the figure must say so.
    """
    mine = themes[(themes["rollup"] == "descendants") & (themes["group"] == "all")]
    mine = mine[mine["influence"].isin(["barrier", "facilitator"])]
    if mine.empty:
        return None
    mine = mine.assign(sign=np.where(mine["influence"] == "barrier", -1, 1))
    mine = mine.sort_values(["sign", "n_cases"], ascending=[True, False], kind="stable", na_position="last")
    n, base = mine["n_cases"].astype("Float64").to_numpy(float, na_value=np.nan), int(mine["n_group"].max())
    signed, place = np.nan_to_num(n) * mine["sign"].to_numpy(), np.arange(len(mine))
    with in_style():
        figure = figure_of(6.6, 1.0 + 0.3 * len(mine))
        axes = figure.subplots()
        axes.barh(place, signed, color=np.where(signed < 0, ORANGE, BLUE), height=0.68)
        for row, (value, sign) in enumerate(zip(n, mine["sign"], strict=True)):
            text = "*" if np.isnan(value) else f"{value:.0f}"
            at = (0 if np.isnan(value) else value) * sign + 0.12 * sign * base / 6
            axes.text(at, row, text, va="center", ha="right" if sign < 0 else "left", color=INK)
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_yticks(place, [textwrap.shorten(str(name), 46) for name in mine["name"]])
        axes.set_xlim(-1.15 * base, 1.15 * base)
        ticks = _ticks(base)
        axes.set_xticks(ticks, [str(abs(tick)) for tick in ticks])
        axes.set_xlabel(f"participants contributing (n = {base})")
        axes.set_title("\u2190 barriers   |   facilitators \u2192", fontsize=9)
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        svg = to_svg(figure, simulated)
    said = [
        f"{name} ({'hidden' if pd.isna(count) else int(count)})"
        for name, count in mine[["name", "n_cases"]].to_numpy()
    ]
    split = int((mine["sign"] < 0).sum())
    alt = f"Of {base} participants, contributing to barriers: {', '.join(said[:split]) or 'none'}; "
    alt += f"to facilitators: {', '.join(said[split:]) or 'none'}."
    caption = "Barriers and facilitators: participants contributing to each, subcodes included."
    columns = ["code_id", "name", "influence", "influence_on", "n_cases", "n_group"]
    return Drawn(svg, caption, alt, mine[columns].reset_index(drop=True), figure)


def code_tree(themes: pd.DataFrame, simulated: bool) -> Drawn | None:
    """Return the codebook as a tree, with the participants contributing to each code, subcodes included."""
    mine = themes[(themes["rollup"] == "descendants") & (themes["group"] == "all")]
    if mine.empty:
        return None
    mine = depth_first(mine)
    level = mine["level"].astype(int).to_numpy()
    base = int(mine["n_group"].max())
    n = mine["n_cases"].astype("Float64").to_numpy(float, na_value=np.nan)
    names = [textwrap.shorten(str(name), 60) for name in mine["name"]]
    counted = max(0.35 * (d - 1) + 0.1 * len(name) for d, name in zip(level, names, strict=True)) + 0.5
    longest = max(1.4, 7.2 - counted)
    with in_style():
        figure = figure_of(6.6, 0.6 + 0.25 * len(mine))
        axes = figure.subplots()
        for row, (depth, parent) in enumerate(zip(level, parents_of(mine), strict=True)):
            x = 0.35 * (depth - 1)
            if parent >= 0:
                axes.plot(
                    [x - 0.25, x - 0.25, x - 0.05], [parent + 0.35, row, row], color=GREY, linewidth=0.8
                )
            axes.text(
                x, row, names[row], va="center", fontweight="bold" if depth == 1 else "normal", color=INK
            )
            count = "*" if np.isnan(n[row]) else f"{n[row]:.0f}"
            axes.text(counted, row, count, va="center", ha="right", color=INK)
            if not np.isnan(n[row]):
                axes.barh(row, longest * n[row] / base, left=counted + 0.12, height=0.5, color=BLUE)
        axes.text(counted, -0.9, f"of {base}", ha="right", va="center", fontsize=8, color=INK)
        axes.set_xlim(-0.1, counted + 0.2 + longest)
        axes.set_ylim(len(mine) - 0.4, -1.4)
        axes.set_axis_off()
        svg = to_svg(figure, simulated)
    roots = mine[level == 1]
    said = ", ".join(
        f"{name} ({_said(count)})" for name, count in roots[["name", "n_cases"]].head(8).to_numpy()
    )
    alt = f"Tree of {len(mine)} codes in {level.max()} levels; participants contributing, of {base}: {said}."
    caption = "Codes and participants contributing to each, subcodes included."
    data = mine[["code_id", "name", "parent_id", "level", "n_cases", "n_group"]].reset_index(drop=True)
    return Drawn(svg, caption, alt, data, figure)


def cooccurrence_map(
    table: pd.DataFrame, corpus: Corpus, study: Study, within: str = "segment"
) -> Drawn | None:
    """Return which codes stand together: counts in the lower triangle, shaded by Jaccard.

    Parameters
    ----------
    table : DataFrame
        Rows of cooccurrence.csv.
    corpus : Corpus
    study : Study
        Where its policy hides small counts, there is no map of participants, and none shaded by Jaccard.
    within : str
        segment, span or case.
    """
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    table = public_pairs(table, study).dropna(subset=["n", "n_a", "n_b"])
    mine = table[(table["within"] == within)]
    if mine.empty:
        return None
    apart = mine[mine["n"] > 0]
    busy = pd.concat([apart["code_a"], apart["code_b"]]).value_counts()
    codes = [each for each in pd.unique(mine[["code_a", "code_b"]].to_numpy(object).ravel()) if each in busy]
    codes = [each for each in codes if each in set(busy.index[:MOST_CODES])]
    if not codes:
        return None
    mine = mine[mine["code_a"].isin(codes) & mine["code_b"].isin(codes)]
    at = {code: place for place, code in enumerate(codes)}
    V = len(codes)
    n, share = np.zeros((V, V), dtype=int), np.full((V, V), np.nan)
    row = mine["code_b"].map(at).to_numpy(int)
    column = mine["code_a"].map(at).to_numpy(int)
    n[np.maximum(row, column), np.minimum(row, column)] = mine["n"]
    share[np.maximum(row, column), np.minimum(row, column)] = mine["jaccard"]
    labels = [textwrap.shorten(str(names[code]), 46) for code in codes]
    with in_style():
        figure = figure_of(min(PAGE, 3.3 + 0.34 * V), 0.8 + 0.3 * V)
        axes = figure.subplots()
        axes.imshow(np.ma.masked_less_equal(np.nan_to_num(share), 0), **SHADES)
        for (r, c), count in np.ndenumerate(n):
            if r > c and count:
                axes.text(
                    c, r, str(count), ha="center", va="center", fontsize=SMALLEST + (V <= 12), color=INK
                )
        axes.set_yticks(range(V), [f"{place}  {name}" for place, name in enumerate(labels, start=1)])
        axes.set_xticks(range(V), [str(place) for place in range(1, V + 1)])
        axes.set_xticks(np.arange(V + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(V + 1) - 0.5, minor=True)
        axes.grid(which="minor", color="#e4e4e0", linewidth=0.5)
        axes.tick_params(which="both", length=0)
        axes.spines[:].set_visible(False)
        svg = to_svg(figure, study.simulated)
    top = mine.sort_values(["n", "jaccard"], ascending=False, kind="stable").iloc[0]
    closeness = f" (Jaccard {top['jaccard']:.2f})" if shows_people(study) else ""
    alt = (
        f"Map of {V} codes that stand together. Most often: {names[top['code_a']]} and "
        f"{names[top['code_b']]}, {top['n']} {WITHIN[within]}{closeness}."
    )
    caption = f"Codes that stand together; numbers are {WITHIN[within]}."
    caption += " Darker: a larger Jaccard index." if shows_people(study) else ""
    caption += f" The {V} of {len(busy)} codes that do so with most others." if len(busy) > V else ""
    return Drawn(svg, caption, alt, mine.reset_index(drop=True), figure)


def new_codes_curve(table: pd.DataFrame, simulated: bool) -> Drawn | None:
    """Return codes found so far by interview, within the orders that might have been, one panel a group.

    Parameters
    ----------
    table : DataFrame
        Rows of new_codes.csv.
    simulated : bool
    """
    mine = table[table["codes"] == "all"]
    if mine.empty:
        return None
    groups = list(dict.fromkeys(mine["group"]))
    with in_style():
        figure = figure_of(min(PAGE, 3.0 + 1.6 * (len(groups) - 1) + 1.2), 2.9)
        panels = np.atleast_1d(figure.subplots(1, len(groups), sharey=True))
        for axes, group in zip(panels, groups, strict=True):
            _panel(axes, mine[mine["group"] == group], group)
        panels[0].set_ylabel("codes found so far")
        panels[0].set_ylim(0, 1.06 * mine[["high", "n_so_far"]].to_numpy(float).max())
        svg = to_svg(figure, simulated)
    said = []
    for group in groups:
        part = mine[mine["group"] == group]
        last = part.loc[part["n_new"] > 0, "position"].max()
        total = int(part["n_so_far"].iloc[-1])
        said.append(f"{words_of(group)}: {total} codes in {len(part)} interviews, the last in number {last}")
    alt = f"{TITLE}. " + "; ".join(said) + "."
    caption = (
        f"{TITLE}. Line: the recorded order; band: the middle 95 % of the orders that might have been; "
        "dashes: their median; ticks at the top: a new guide."
    )
    columns = ["group", "position", "n_new", "n_so_far", "low", "median", "high", "guide_changed", "n_orders"]
    return Drawn(svg, caption, alt, mine[columns].reset_index(drop=True), figure)


def _panel(axes: Any, part: pd.DataFrame, group: str) -> None:
    at = part["position"].to_numpy(float)
    low, median, high, so_far = (part[name].to_numpy(float) for name in ("low", "median", "high", "n_so_far"))
    axes.fill_between(at, low, high, color=BLUE, alpha=0.2, linewidth=0)
    axes.plot(at, median, color=BLUE, linewidth=0.9, linestyle="--")
    axes.plot(at, so_far, color=INK, linewidth=1.3, marker="o", markersize=3)
    for place in part.loc[part["guide_changed"].astype(bool), "position"]:
        axes.axvline(place - 0.5, ymin=0.93, color=ORANGE, linewidth=1.6)
    axes.set_title(f"{words_of(group)}\n(n = {len(part)})", fontsize=9)
    axes.set_xlabel("interview")
    axes.yaxis.get_major_locator().set_params(integer=True)
    step = max(1, -(-len(part) // 6))
    axes.set_xticks(range(1, len(part) + 1, step))


def _ticks(base: int) -> np.ndarray:
    """Return whole numbers to either side of zero, evenly apart, at most four a side."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if base <= 4 * step + step - 1)
    return np.arange(-(base // step), base // step + 1) * step


def _said(count: Any) -> str:
    return "hidden" if pd.isna(count) else str(int(count))
