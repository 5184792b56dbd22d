"""Stock figures: drawn from tables alone, the same bytes twice, legible to everybody."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb

from analysis import simulate
from analysis.charts import (
    MOST_CODES,
    _ticks,
    code_tree,
    cooccurrence_map,
    influence_bars,
    new_codes_curve,
)
from analysis.cooccurrence import cooccurrence_table
from analysis.corpus import Corpus
from analysis.counting import counted_codes
from analysis.disclosure import public_themes
from analysis.figures import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PAGE,
    SHADES,
    SMALLEST,
    figure_of,
    in_style,
    theme_map,
    to_svg,
)
from analysis.saturation import new_codes
from analysis.study import Study
from analysis.themes import theme_table


def _drawn(corpus, study):
    study = study.model_copy(update={"saturation": study.saturation.model_copy(update={"run": True})})
    counted = counted_codes(corpus, study)
    themes = public_themes(theme_table(corpus, study, counted), corpus, study)
    return {
        "influence": influence_bars(themes, study.simulated),
        "tree": code_tree(themes, study.simulated),
        "map": theme_map(themes, study.simulated),
        "together": cooccurrence_map(cooccurrence_table(corpus, counted), corpus, study),
        "new": new_codes_curve(new_codes(corpus, study, counted).table, study.simulated),
    }


@pytest.fixture(scope="module", params=simulate.STUDIES)
def drawn(request, bundled):
    corpus, study = bundled(request.param)
    return _drawn(corpus, study), _drawn(corpus, study)


def test_the_same_data_are_the_same_bytes(drawn):
    once, again = drawn

    assert {name: each.svg for name, each in once.items()} == {name: each.svg for name, each in again.items()}


def test_a_figure_is_laid_out_as_where_matplotlib_saves_it_by_itself():
    def made():
        figure = figure_of(3, 2)
        figure.subplots().barh(["a name that takes room", "b"], [1, 2])
        return figure

    saved = io.StringIO()
    with in_style():
        made().savefig(saved, format="svg", metadata={"Date": None, "Creator": None})
        assert to_svg(made(), simulated=False) == saved.getvalue()


def test_simulated_data_are_marked_in_every_figure(drawn):
    assert all("Simulated data" in each.svg for each in drawn[0].values())


def test_no_figure_holds_ids_of_people_or_words_that_were_said(drawn):
    for each in drawn[0].values():
        assert "case_id" not in each.data
        assert not re.search(r"\bP\d\d\b", each.svg + each.alt)


def test_the_alternative_text_names_numbers_that_were_plotted(drawn):
    influence = drawn[0]["influence"]

    for line in influence.data.itertuples():
        assert f"{line.name} ({line.n_cases})" in influence.alt


def test_hidden_counts_are_in_no_figure(bundled):
    corpus, study = bundled("duffy2023_simulated")
    hes = study.disclosure.model_copy(update={"policy": "hes_before_2018"})
    found = _drawn(corpus, study.model_copy(update={"disclosure": hes}))

    assert found["map"].data["n_cases"].dropna().isin([0, 6, 7]).all()
    assert "hidden" in found["map"].alt
    assert ">*<" in found["influence"].svg


def _luminance(colour) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _contrast(one, other) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_numbers_read_on_every_shade_and_marks_on_white():
    low, high = SHADES["vmin"], SHADES["vmax"]
    shades = [colormaps[SHADES["cmap"]]((share / 100 - low) / (high - low))[:3] for share in range(101)]

    assert min(_contrast(INK, shade) for shade in shades) >= 4.5
    assert all(_contrast(colour, "white") >= 3 for colour in (BLUE, ORANGE, GREY))


def test_the_two_colours_stay_apart_without_red_or_green_vision():
    """Machado, Oliveira and Fernandes 2009, full deuteranopia and protanopia."""
    deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    protan = [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]
    for matrix in (deutan, protan):
        seen = [
            [sum(m * c for m, c in zip(row, to_rgb(colour), strict=True)) for row in matrix]
            for colour in (BLUE, ORANGE)
        ]
        assert sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5 > 0.4


def test_nothing_to_draw_is_no_figure(small):
    corpus, study = small.both()
    counted = counted_codes(corpus, study)

    assert new_codes_curve(new_codes(corpus, study, counted).table, False) is None
    assert influence_bars(theme_table(corpus, study, counted).iloc[:0], False) is None


def test_figures_are_drawn_at_the_size_they_are_printed_at(drawn):
    """Not wider than a journal's page (7 inches, 504 points), no letter below 7 points."""
    for name, each in drawn[0].items():
        width = float(re.search(r'<svg[^>]* width="([\d.]+)pt"', each.svg)[1])
        sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:\w+ )?([\d.]+)px", each.svg)]
        assert width <= 72 * PAGE, name
        assert sizes, name
        assert min(sizes) >= SMALLEST, name


@pytest.mark.parametrize("V", [5, 20, 45])
def test_a_large_codebook_still_fits_the_page(V):
    """What does not fit is cut, and the cut is said."""
    ids = [f"c{n}" for n in range(V)]
    a, b = (ids[:-1], ids[1:])
    table = pd.DataFrame({"code_a": a, "code_b": b, "within": "segment", "n": 3, "n_a": 5, "n_b": 6})
    corpus = Corpus(
        codes=pd.DataFrame({"code_id": ids, "name": [f"A code of some length, number {n}" for n in ids]})
    )
    told = {"study": "x", "title": "x", "method": "codebook", "inputs": [{"file": "a.csv"}]}
    study = Study.model_validate(told | {"disclosure": {"policy": "as_published"}})
    made = cooccurrence_map(table.assign(jaccard=0.375), corpus, study)

    assert float(re.search(r'<svg[^>]* width="([\d.]+)pt"', made.svg)[1]) <= 72 * PAGE
    assert (f"of {V} codes" in made.caption) == (V > MOST_CODES)


@pytest.mark.parametrize(
    ("base", "ticks"),
    [(6, [-6, -4, -2, 0, 2, 4, 6]), (19, [-15, -10, -5, 0, 5, 10, 15]), (3, [-3, -2, -1, 0, 1, 2, 3])],
)
def test_ticks_are_whole_even_and_the_same_on_both_sides(base, ticks):
    assert _ticks(base).tolist() == ticks
