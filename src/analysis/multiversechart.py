"""The specification curve: one number at every combination of choices, smallest first, choices below it."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .estimands import Estimand
from .figures import BLUE, GREY, INK, ORANGE, PAGE, SMALLEST, Drawn, figure_of, in_style, to_svg
from .printed import read_printed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ordered", "specification_curve"]

CURVE, ROW = 1.9, 0.21  # inches: height of the curve, of a line of choices


def ordered(estimand: Estimand, varied: Sequence[str]) -> pd.DataFrame:
    """Return an estimand's rows from the smallest value to the largest, ties by choice, undefined last."""
    return estimand.table.sort_values(
        ["value", *varied, "run"], kind="stable", na_position="last", ignore_index=True
    )


def specification_curve(estimand: Estimand, varied: Sequence[str], simulated: bool) -> Drawn:
    """Return one panel: estimates with intervals above, the choices that each stands for below.

    Parameters
    ----------
    estimand : Estimand
    varied : sequence of str
        Settings that were varied, in the order in which they are shown.
    simulated : bool
        Whether the figure must say so.
    """
    data = ordered(estimand, varied)
    varied = [name for name in varied if data[name].nunique(dropna=False) > 1]
    choices = [(name, value) for name in varied for value in sorted(data[name].astype(str).unique())]
    place = np.arange(len(data))
    with in_style():
        figure = figure_of(PAGE, CURVE + 0.35 + ROW * (len(choices) + 0.6 * len(varied)))
        upper, lower = figure.subplots(
            2, 1, sharex=True, height_ratios=[CURVE, 0.1 + ROW * (len(choices) + 0.6 * len(varied))]
        )
        _curve(upper, data, place, estimand)
        _choices(lower, data, place, varied, choices)
        figure.align_ylabels()
        svg = to_svg(figure, simulated)
    caption = (
        f"Exploratory: {estimand.name} at {len(data)} combinations of choices, smallest first. Bars are "
        "intervals, the diamond the study's own settings; squares below say what was chosen."
    )
    return Drawn(svg, caption, alternative(estimand, data), data)


def alternative(estimand: Estimand, data: pd.DataFrame) -> str:
    """Return in a sentence what the panel shows.

    Examples
    --------
    >>> table = pd.DataFrame({"run": ["a", "b"], "own": [True, False], "value": [0.5, 0.75]})
    >>> alternative(Estimand("x.alpha", "coefficient", table, ("0.50",)), table)
    'x.alpha over 2 combinations of choices: from 0.5 to 0.75, middle 0.625, own settings 0.5, printed 0.50.'
    """
    known = data["value"].astype(float).dropna()
    if known.empty:
        return f"{estimand.name} over {len(data)} combinations of choices: undefined in all."
    told = f"from {known.min():.3g} to {known.max():.3g}, middle {known.median():.3g}"
    told += f", own settings {estimand.own:.3g}" if estimand.own is not None else ""
    told += f", printed {' and '.join(estimand.printed)}" if estimand.printed else ""
    hidden = len(data) - len(known)
    told += f"; {hidden} undefined" if hidden else ""
    return f"{estimand.name} over {len(data)} combinations of choices: {told}."


def _short(name: str) -> str:
    """Return a setting's name as a line of choices has room for."""
    kind, _, end = name.rpartition(".")
    return f"without {end}" if kind == "exclude" else end


def _curve(axes: Axes, data: pd.DataFrame, place: np.ndarray, estimand: Estimand) -> None:
    value, low, high = (data[name].astype(float) for name in ("value", "low", "high"))
    thin = len(data) > 80
    axes.vlines(place, low, high, color=BLUE, linewidth=0.6 if thin else 1.4, alpha=0.55)
    own = data["own"].to_numpy(bool)
    axes.plot(place[~own], value[~own], "o", color=BLUE, markersize=2.5 if thin else 4.5)
    axes.plot(place[own], value[own], "D", color=INK, markersize=6)
    for text in estimand.printed:
        number = read_printed(text)
        if number is not None:
            axes.axhline(float(number.number), color=ORANGE, linewidth=0.9, linestyle="--", zorder=1)
            axes.annotate(
                f"printed {text}",
                (1, float(number.number)),
                xycoords=("axes fraction", "data"),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=SMALLEST,
                color=INK,
            )
    lowest = value.min() if value.notna().any() else 0.0
    for row in data.index[value.isna()]:
        axes.text(row, lowest, "undefined", rotation=90, va="bottom", ha="center", fontsize=SMALLEST)
    axes.set_ylabel(estimand.unit or "value")
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.grid(axis="y", color="#e4e4e0", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines["bottom"].set_visible(False)


def _choices(
    axes: Axes, data: pd.DataFrame, place: np.ndarray, varied: Sequence[str], choices: list[tuple[str, str]]
) -> None:
    heights: dict[tuple[str, str], float] = {}
    here = 0.0
    for name in varied:
        here += 0.6
        for pair in choices:
            if pair[0] == name:
                heights[pair] = here
                here += 1
    own = data["own"].to_numpy(bool)
    for (name, value), height in heights.items():
        axes.axhline(height, color="#ececec", linewidth=0.6, zorder=0)
        chosen = (data[name].astype(str) == value).to_numpy()
        for mask, color in ((chosen & ~own, BLUE), (chosen & own, INK)):
            axes.plot(
                place[mask], np.full(mask.sum(), height), "|" if len(data) > 80 else "s", color=color,
                markersize=4.5,
            )  # fmt: skip
    axes.set_yticks(
        list(heights.values()),
        [f"{_short(name)}: {textwrap.shorten(value, 24)}" for name, value in heights],
        fontsize=8,
    )
    axes.set_ylim(here - 0.3, -0.1)
    axes.set_xticks([])
    axes.set_xlim(-0.7, len(data) - 0.3)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(f"{len(data)} runs, smallest value first", fontsize=8, color=GREY)
