"""Result keys: dotted, quoted where needed, in one order."""

from __future__ import annotations

import tomllib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.keys import key


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (key("cases", "group", "patient"), "cases.group.patient"),
        (key("agreement", "codes", "Q5: trust", "cohen_kappa", pair="A|B"),
         'agreement.codes."Q5: trust".cohen_kappa[pair=A|B]'),
        (key("themes", "T1", "patient", "n_cases", rollup="descendants"),
         "themes.T1.patient.n_cases[rollup=descendants]"),
        (key("a", level=1, domain="x"), "a[domain=x,level=1]"),
        (key("values", "mood", "n/a", "n"), 'values.mood."n/a".n'),
        (key("segments", "coders", "10"), "segments.coders.10"),
        (key("a", "b c", x="d e"), 'a."b c"[x="d e"]'),
        (key("a", "Ängste"), 'a."Ängste"'),
        (key("a", 'so "quoted"'), r'a."so \"quoted\""'),
    ],
)  # fmt: skip
def test_key_is_written_as_in_the_design(made, expected):
    assert made == expected


def test_parts_that_are_not_given_are_left_out():
    assert (
        key("agreement", None, "percent", pair=None, group=pd.NA, level=float("nan")) == "agreement.percent"
    )


# `|` stays bare for pairs of coders, which TOML does not allow
WRITTEN = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="|")


@given(st.lists(st.text(WRITTEN), min_size=1))
def test_dotted_part_reads_back_as_toml(parts):
    """Whatever a code is called, TOML finds the same parts in the key."""
    made = key("root", *parts)
    here = tomllib.loads(f"{made} = 1")
    for part in ("root", *parts):
        here = here[part]
    assert here == 1


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_different_parts_give_different_keys(first, second):
    assert (key(*first) == key(*second)) == (first == second)
