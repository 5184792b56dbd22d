"""Tables for people: escaped, captioned, rounded for display only."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest

from analysis.tables import Shown, decimals, note, note_list, show_table

FRAME = pd.DataFrame({"name": ["a", "b"], "estimate": [0.74342, math.nan], "n": [12, 3]})


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (0.7434, 2, "0.74"),
        (0.7434, 3, "0.743"),
        (-0.001, 2, "0.00"),
        (math.nan, 2, "–"),
        (None, 2, "–"),
        (pd.NA, 2, "–"),
        (12, 2, "12"),
        (False, 2, "no"),
        ("word", 2, "word"),
    ],
)
def test_cells_as_people_read_them(value, places, said):
    assert decimals(value, places) == said


def cells(shown: Shown) -> list[tuple[str, str, str]]:
    """Return tag, scope and text of every cell, whatever it looks like."""
    found = re.findall(r"<(th|td)((?: [^>]*)?)>(.*?)</\1>", shown.markup)
    return [(tag, "".join(re.findall(r'scope="(\w+)"', rest)), text) for tag, rest, text in found]


def test_table_has_a_caption_and_scoped_headers():
    shown = show_table(FRAME, "Agreement", places=3)

    assert re.search(r"<caption[^>]*>Agreement</caption>", shown.markup)
    assert cells(shown) == [
        ("th", "col", "name"),
        ("th", "col", "estimate"),
        ("th", "col", "n"),
        ("th", "row", "a"),
        ("td", "", "0.743"),
        ("td", "", "12"),
        ("th", "row", "b"),
        ("td", "", "–"),
        ("td", "", "3"),
    ]


def test_a_missing_number_is_a_dash():
    frame = pd.DataFrame({"a": ["x"], "n": pd.array([None], dtype="Int64"), "share": [math.nan]})
    assert [text for tag, _, text in cells(show_table(frame, "x")) if tag == "td"] == ["–", "–"]


def test_columns_choose_order_and_name():
    shown = show_table(FRAME, "x", {"n": "units", "name": "code"})
    assert [text for _, scope, text in cells(shown) if scope == "col"] == ["units", "code"]


def test_everything_is_escaped():
    frame = pd.DataFrame({"<b>": ["<script>alert(1)</script>"]})
    for markup in (
        show_table(frame, "<i>caption", notes=["<u>note"]).markup,
        note("<i>text").markup,
        note_list("<i>caption", ["<u>line"]).markup,
    ):
        assert not any(tag in markup for tag in ("<script>", "<i>", "<u>", "<b>"))
        assert "&lt;" in markup


def test_a_cut_is_said():
    shown = show_table(pd.DataFrame({"n": range(12)}), "x", rows=10)
    assert shown.markup.count("<tr>") == 11
    assert "The first 10 of 12 rows." in shown.markup


def test_as_plain_text_it_is_its_caption():
    assert repr(show_table(FRAME, "Agreement")) == "Agreement"
    assert repr(note("Nothing here.")) == "Nothing here."
    assert repr(note_list("Warnings", [])) == "Warnings: none."


def test_same_frame_same_markup_whatever_its_index():
    moved = FRAME.set_index(np.array([7, 9]))
    assert show_table(FRAME, "x").markup == show_table(moved, "x").markup
