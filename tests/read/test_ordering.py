"""Tables in the order of their keys; fast ranks are those of the plain comparison of names."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.read.casts import typed
from analysis.read.ordering import KeyOrder, by_name, natural_places, natural_ranks
from analysis.schemas import FILE, ROW

PARTS = [
    "0",
    "1",
    "01",
    "2",
    "10",
    "007",
    "a",
    "A",
    "b",
    "ß",
    "ss",
    "É",
    "é",
    " ",
    ":",
    "-",
    "x9",
    "\U0001f600",
]
names = st.lists(st.lists(st.sampled_from(PARTS), max_size=5).map("".join), unique=True, max_size=25)
any_names = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
    | st.sampled_from(["٣", "²", "1٣", "9" * 30]),
    unique=True,
    max_size=15,
)


def plainly(names: list[str]) -> list[int]:
    """Return ranks by comparing the names one by one."""
    place = {name: place for place, name in enumerate(sorted(names, key=by_name))}
    return [place[name] for name in names]


def ordered(names: list[str]) -> list[str]:
    return [name for _, name in sorted(zip(natural_ranks(names).tolist(), names, strict=True))]


class TestNaturalRanks:
    def test_numbers_count_as_numbers(self):
        assert ordered(["P10", "P2", "P1"]) == ["P1", "P2", "P10"]

    def test_a_number_comes_before_a_word_and_an_end_before_both(self):
        assert ordered(["Px", "P1", "P", "1", ""]) == ["", "1", "P", "P1", "Px"]

    def test_spans_of_segments_go_on_in_their_text(self):
        names = ["Interview 10:5-9", "Interview 2:100-120", "Interview 2:20-30", "Interview 2"]
        assert ordered(names) == [
            "Interview 2",
            "Interview 2:20-30",
            "Interview 2:100-120",
            "Interview 10:5-9",
        ]

    def test_capitals_and_leading_zeros_only_break_ties(self):
        assert ordered(["p1", "P01", "P1", "p02"]) == ["P01", "P1", "p1", "p02"]

    def test_a_name_that_begins_with_a_digit_does_not_go_on_with_the_name_before(self):
        assert natural_ranks(["a1", "2"]).tolist() == [1, 0]

    @pytest.mark.parametrize("names", [[], [""], ["a"], ["1"], ["9" * 19, "9" * 18, "a" + "9" * 40, "2"]])
    def test_odd_lists(self, names):
        assert natural_ranks(names).tolist() == plainly(names)

    @given(names)
    def test_are_those_of_the_plain_comparison(self, names):
        assert natural_ranks(names).tolist() == plainly(names)

    @given(any_names)
    def test_are_those_of_the_plain_comparison_for_any_text(self, names):
        assert natural_ranks(names).tolist() == plainly(names)


def test_missing_cells_come_last():
    cells = pd.Series(["P10", None, "P2", "P10"], dtype="string")
    places = natural_places(cells)
    assert places[2] < places[0] == places[3] < places[1]


coding = st.tuples(
    st.sampled_from(["D2:5-9", "D10:1-2", "D2:40-50", "d2:5-9"]),
    st.sampled_from(["A", "B", "b"]),
    st.sampled_from(["P2", "P10"]),
    st.sampled_from(["2", "10"]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(coding, unique=True, max_size=12), st.booleans())
def test_codings_stand_in_the_order_of_their_key(rows, segments_first):
    """Ranks of ids met in an earlier table are used again and give the same order."""
    frame = pd.DataFrame(rows, columns=["segment_id", "coder_id", "value", "round"])
    frame = frame.assign(variable="codes", stage="independent", **{FILE: "f", ROW: 1})
    codings, _ = typed("codings", frame)
    order = KeyOrder()
    if segments_first:
        ids = ["D10:1-2", "x", "D2:40-50", "d2:5-9", "D2:5-9"]
        segments, _ = typed("segments", pd.DataFrame({"segment_id": ids, FILE: "f", ROW: 1}))
        assert order.finished("segments", segments)["segment_id"].tolist() == sorted(ids, key=by_name)

    done = order.finished("codings", codings)

    found = done[["segment_id", "coder_id", "value", "round"]].astype(str).to_numpy().tolist()
    key = [(by_name(s), by_name(c), by_name(v), int(r)) for s, c, v, r in map(tuple, rows)]
    assert [tuple(each) for each in found] == [row for _, row in sorted(zip(key, rows, strict=True))]
    assert FILE not in done
