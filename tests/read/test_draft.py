"""Ids are compared in one form, whatever keyboard or spreadsheet they come from."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.read.draft import clean_ids


def cleaned(*cells: str | None) -> list[str | None]:
    found = clean_ids(pd.Series(cells, dtype="string"))
    return [None if pd.isna(cell) else cell for cell in found]


def test_composed_and_decomposed_letters_are_one_id():
    assert cleaned("Zoe\u0308", "Zoë") == ["Zoë", "Zoë"]


def test_blanks_around_an_id_are_none_of_it():
    assert cleaned(" P1\u00a0", "\tP1\n", "P 1") == ["P1", "P1", "P 1"]


def test_blanks_alone_are_missing():
    assert cleaned("  ", None, "") == [None, None, None]


def test_index_is_kept():
    assert clean_ids(pd.Series(["a"], index=[7], dtype="string")).index.tolist() == [7]


@given(st.lists(st.one_of(st.none(), st.text(max_size=8))))
def test_cleaning_twice_changes_nothing_more(cells):
    once = cleaned(*cells)
    assert cleaned(*once) == once
