"""Stock figures, drawn from analyses only: SVG with an alternative text made from the plotted data."""

from __future__ import annotations

import html
import io
import textwrap
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .tables import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "BLUE", "GREY", "INK", "ORANGE", "PAGE", "SHADES", "SMALLEST", "Drawn", "agreement_forest", "figure_of",
    "in_style", "theme_figure", "theme_map", "to_svg", "words_of",
]  # fmt: skip

STYLE = {
    "svg.hashsalt": "concord",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "figure.dpi": 100,
}
PAGE = 7.0  # inches: what a journal prints over two columns; figures are drawn at that size or smaller
SMALLEST = 7  # points
POINTS = 72  # in an inch: what SVG counts in
INK, BLUE, ORANGE, GREY = "#1a1a1a", "#0072b2", "#d55e00", "#767676"
SHADES: dict[str, Any] = {
    "cmap": "Blues",
    "vmin": -0.15,
    "vmax": 1.9,
    "aspect": "auto",
}  # dark ink reads on all


@dataclass(frozen=True)
class Drawn:
    """A finished figure.

    Parameters
    ----------
    svg : str
    caption : str
    alt : str
        What the figure shows, in a sentence made from its data.
    data : DataFrame
        What was plotted.
    figure : matplotlib Figure, optional
        As it was drawn, for other formats.
    """

    svg: str
    caption: str
    alt: str
    data: pd.DataFrame
    figure: Figure | None = field(default=None, compare=False, repr=False)

    def png(self, dpi: int = 200) -> bytes:
        """Return the figure as a picture, for documents that take no SVG; the same bytes every time."""
        buffer = io.BytesIO()
        if self.figure is not None:
            with in_style():
                self.figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
        return buffer.getvalue()

    def shown(self) -> Shown:
        """Return the figure for a notebook or report."""
        inline = self.svg[self.svg.index("<svg") :].replace(
            "<svg", f'<svg role="img" aria-label="{html.escape(self.alt)}"', 1
        )
        caption = html.escape(self.caption)
        return Shown(f"<figure>{inline}<figcaption>{caption}</figcaption></figure>", self.alt)


def theme_map(table: pd.DataFrame, simulated: bool) -> Drawn:
    """Return the map of codes by group: participants contributing, as numbers in shaded cells.

    Parameters
    ----------
    table : DataFrame
        Rows of themes.csv.
    simulated : bool
        Whether the figure must say so.
    """
    mine = table[(table["rollup"] == "descendants")]
    groups = list(dict.fromkeys(mine["group"]))
    groups = [g for g in groups if g != "all"] if len(groups) > 2 else ["all"]
    mine = mine[mine["group"].isin(groups)]
    codes = list(dict.fromkeys(mine["code_id"]))
    counts = mine.set_index(["code_id", "group"])["n_cases"].unstack()  # noqa: PD010
    counts = counts.loc[codes, groups].astype("Float64").to_numpy(float, na_value=np.nan)
    sizes = mine.groupby("group", sort=False)["n_group"].first()[groups]
    names = mine.drop_duplicates("code_id").set_index("code_id")
    labels = [
        "– " * (int(names.at[c, "level"]) - 1) + textwrap.shorten(str(names.at[c, "name"]), 52) for c in codes
    ]
    with in_style():
        figure = figure_of(min(PAGE, 3.7 + 0.95 * len(groups)), 1.2 + 0.27 * len(codes))
        axes = figure.subplots()
        share = np.nan_to_num(counts) / np.maximum(sizes.to_numpy(float), 1)
        axes.imshow(np.ma.masked_equal(share, 0), **SHADES)
        axes.set_xticks(np.arange(len(groups) + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(len(codes) + 1) - 0.5, minor=True)
        axes.grid(which="minor", color="#d8d8d4", linewidth=0.6)
        for (row, column), n in np.ndenumerate(counts):
            text = "*" if np.isnan(n) else f"{n:.0f}"
            axes.text(column, row, text, ha="center", va="center", color=INK)
        axes.set_xticks(range(len(groups)), [f"{words_of(g)}\n(n = {sizes[g]})" for g in groups])
        axes.set_yticks(range(len(codes)), labels)
        axes.xaxis.tick_top()
        axes.tick_params(which="both", length=0)
        axes.spines[:].set_visible(False)
        svg = to_svg(figure, simulated)
    top = mine.sort_values("n_cases", ascending=False, kind="stable").iloc[0]
    hidden = int(np.isnan(counts).sum())
    known = counts[~np.isnan(counts)]
    span = f"from {known.min():.0f} to {known.max():.0f}" if len(known) else "all hidden"
    alt = (
        f"Map of {len(codes)} codes by {len(groups)} group{'s' if len(groups) > 1 else ''}; numbers are "
        f"participants contributing, {span}{f', {hidden} hidden' if hidden else ''}. "
    )
    if len(known):
        whose = words_of(top["group"]).removeprefix("all ")
        alt += f"Most: {top['name']}, {top['n_cases']} of {top['n_group']} {whose}."
    alt = alt.strip()
    caption = (
        "Participants contributing to each code, subcodes included. Darker: a larger share of the group."
    )
    data = mine[["code_id", "name", "group", "n_cases", "n_group"]]
    return Drawn(svg, caption, alt, data, figure)


def theme_figure(table: pd.DataFrame, simulated: bool) -> Drawn | None:
    """Return :func:`theme_map`, or None where the study has no codes."""
    return None if table.empty else theme_map(table, simulated)


def agreement_forest(table: pd.DataFrame, minimum: float | None, simulated: bool, title: str) -> Drawn:
    """Return point estimates with their intervals, one line a subject, best first.

    Parameters
    ----------
    table : DataFrame
        ``subject``, ``estimate``, ``low``, ``high``, ``n_units``.
    minimum : float or None
        Cut-off that the study declared.
    simulated : bool
        Whether the figure must say so.
    title : str
        What is estimated, for caption and alternative text.
    """
    data = table.sort_values("estimate", ascending=False, kind="stable", na_position="last")
    data = data.reset_index(drop=True)
    place = np.arange(len(data))
    with in_style():
        figure = figure_of(6.2, 0.9 + 0.28 * len(data))
        axes = figure.subplots()
        axes.axvline(0, color=GREY, linewidth=0.6)
        if minimum is not None:
            axes.axvline(minimum, color=INK, linewidth=0.8, linestyle="--")
            axes.text(minimum, -0.9, f"minimum {minimum:g}", ha="center", va="bottom", fontsize=8)
        axes.hlines(place, data["low"].astype(float), data["high"].astype(float), color=BLUE, linewidth=1.6)
        axes.plot(data["estimate"].astype(float), place, "o", color=BLUE, markersize=5)
        for row in data.index[data["estimate"].isna()]:
            axes.text(0.02, row, "undefined", va="center", fontsize=8, color=INK)
        axes.set_yticks(place, [textwrap.shorten(str(name), 46) for name in data["subject"]])
        axes.set_ylim(len(data) - 0.4, -0.9 if minimum is not None else -0.6)
        axes.set_xlim(max(-1.02, min(-0.05, data["low"].astype(float).fillna(0).min() - 0.02)), 1.02)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        svg = to_svg(figure, simulated)
    caption = f"{title}. Points are estimates, bars their intervals."
    return Drawn(svg, caption, _forest_alt(data, title), data, figure)


def _forest_alt(data: pd.DataFrame, title: str) -> str:
    known = data.dropna(subset=["estimate"])
    if known.empty:
        return f"{title}: all {len(data)} are undefined."
    first, last = known.iloc[0], known.iloc[-1]
    return (
        f"{title} for {len(data)} lines, from {last['estimate']:.2f} ({last['subject']}) to "
        f"{first['estimate']:.2f} ({first['subject']}); {len(data) - len(known)} undefined."
    )


def words_of(name: object) -> str:
    """Return a group's name as people read it."""
    return "all participants" if name == "all" else str(name).replace("_", " ")


def in_style() -> AbstractContextManager[None]:
    """Return the context in which every figure is drawn, so that the same data give the same bytes."""
    import matplotlib as mpl

    return mpl.rc_context(STYLE)


def figure_of(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def to_svg(figure: Figure, simulated: bool) -> str:
    """Return a finished figure as SVG, marked where the data are simulated; its layout is then settled."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    if simulated:
        figure.supxlabel("Simulated data", fontsize=8, color=GREY, x=0.99, ha="right")
    dpi = figure.dpi
    FigureCanvasSVG(figure)  # measures text as it will stand in the file
    figure.set_dpi(POINTS)
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    figure.set_layout_engine(None)  # where there is one, every kind of file is drawn twice
    figure.set_dpi(dpi)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
