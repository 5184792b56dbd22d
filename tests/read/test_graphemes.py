"""Visible characters: examples of UAX #29, and what every text has in common."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.read.graphemes import starts


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("", 0),
        ("abc", 3),
        ("e\u0301", 1),
        ("\r\n", 1),
        ("\n\r", 2),
        ("🇬🇧🇫🇷", 2),
        ("🇬🇧🇫", 2),
        ("a🇬🇧🇫🇷b", 4),
        ("👩\u200d👩\u200d👧", 1),
        ("👍🏽", 1),
        ("❤\ufe0f", 1),
        ("각", 1),
        ("\u1100\u1161\u11a8", 1),
        ("각가", 2),
        ("שלום", 4),
        ("ק\u05b8", 1),
    ],
)
def test_visible_characters_are_counted_as_people_do(text, visible):
    assert len(starts(text)) - 1 == visible


@given(st.text(st.sampled_from("ae\u0301\r\n😀👩\u200d🇬🇧\ufe0f각 "), max_size=20))
def test_starts_rise_from_the_beginning_to_the_length(text):
    found = starts(text).tolist()
    assert found == sorted(set(found))
    assert found[-1] == len(text)
    assert not text or found[0] == 0
