"""Numbers as sources print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.printed import ROUNDINGS, at_scale, holding_rule, read_printed, read_range


@pytest.mark.parametrize(
    ("text", "number", "places"),
    [
        (".81", "0.81", 2),
        ("−0.020", "-0.020", 3),
        ("–.01", "-0.01", 2),
        ("+3", "3", 0),
        ("9,699", "9699", 0),
        ("13 551", "13551", 0),
        ("1\u202f234.5", "1234.5", 1),
        ("12.", "12", 0),
    ],
)
def test_signs_thousands_and_leading_points_are_read(text, number, places):
    printed = read_printed(text)
    assert printed is not None
    assert (printed.number, printed.places) == (Decimal(number), places)


@pytest.mark.parametrize("text", ["0,81", "about 3", "", "1,23", "3-4", "12,3456", "0,812", "x"])
def test_what_is_no_number_in_this_form_is_none(text):
    """A decimal comma would be read as thousands by somebody else."""
    assert read_printed(text) is None


@pytest.mark.parametrize(
    ("text", "base", "share"),
    [
        ("4 of 6", 6, None),
        ("4/6", 6, None),
        ("42/57 (73.6%)", 57, "73.6"),
        ("3 out of 1,200", 1200, None),
        ("4 (67 %)", None, "67"),
    ],
)
def test_counts_come_with_base_and_share(text, base, share):
    printed = read_printed(text)
    assert printed is not None
    assert (printed.base, printed.share and printed.share.number) == (base, share and Decimal(share))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.6..0.8", "0.6", "0.8"),
        ("0.61 to 0.85", "0.61", "0.85"),
        ("-.05--.03", "-0.05", "-0.03"),
        ("[.94, .96]", "0.94", "0.96"),
        ("12–15", "12", "15"),
    ],
)
def test_ranges_are_read_with_any_dash(text, low, high):
    ends = read_range(text)
    assert ends is not None
    assert [end.number for end in ends] == [Decimal(low), Decimal(high)]


def test_a_percent_sign_behind_a_range_is_for_both_ends():
    ends = read_range("20–30%")
    assert ends is not None
    assert [end.percent for end in ends] == [True, True]


def test_percent_of_a_count_is_its_share_of_the_base():
    printed = read_printed("73.6%")
    assert printed is not None
    assert holding_rule(at_scale(42, printed, 57, counted=True), printed, ROUNDINGS) == "truncate"


@given(st.floats(-1e300, 1e300, allow_nan=False), st.integers(0, 4))
def test_no_size_of_number_is_too_large_to_be_rounded(value, places):
    printed = read_printed(f"{0:.{places}f}")
    assert printed is not None
    assert holding_rule(at_scale(value, printed), printed, ROUNDINGS) in (None, *ROUNDINGS)


@given(st.integers(-99_999_999, 99_999_999))
def test_thousands_separators_change_nothing(n):
    assert read_printed(f"{n:,}") == read_printed(str(n))
