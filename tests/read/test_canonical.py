"""A text as every tool agrees on it, and positions that follow it there and back."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.read.canonical import canonical, moved

PIECES = [
    *("a", "word", " ", "\n", "\r\n", "\r", "e\u0301", "é", "n\u0303", "😀", "👩‍👩‍👧", "🇬🇧"),
    *("שלום", "ק\u05b8", "각", "\u1100\u1161\u11a8", "\u0301", "a\u0323\u0302", "𝒳", "ﬁ", "Å", "\u212b"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def boundaries(text: str) -> list[int]:
    """Return the positions between characters: not before a mark, nor within what NFC or a line end joins."""
    whole = plain(text)
    return [
        at
        for at in range(len(text) + 1)
        if plain(text[:at]) + plain(text[at:]) == whole
        and not (at < len(text) and unicodedata.category(text[at])[0] == "M")
    ]


@given(TEXTS)
@example("a\r\ne\u0301\r\nb")
def test_the_text_is_nfc_with_lf_and_no_position_is_lost(text):
    found, place = canonical(text)
    assert found == plain(text)
    assert place[0] == 0 and place[-1] == len(found)
    assert (np.diff(place) >= 0).all()


@given(TEXTS)
def test_a_position_between_characters_is_where_the_text_before_it_ends(text):
    _, place = canonical(text)
    for at in boundaries(text):
        assert place[at] == len(plain(text[:at]))


@given(TEXTS)
def test_a_text_in_its_own_form_moves_nowhere(text):
    found, _ = canonical(text)
    assert canonical(found)[0] == found
    assert canonical(found)[1].tolist() == list(range(len(found) + 1))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@given(
    words=st.lists(st.sampled_from(PIECES), min_size=1, max_size=20),
    cut=st.tuples(st.integers(0, 19), st.integers(1, 20)),
)
def test_a_span_reads_the_same_in_another_form_of_the_text(form, newline, words, cut):
    """Whole pieces, as people select them: never half a line end or half a letter."""
    words = [piece for piece in words if piece not in ("\r", "\r\n", "\u0301")] or ["word"]
    first, after = sorted((min(cut[0], len(words)), min(cut[1], len(words))))
    origin = "".join(words)
    target = unicodedata.normalize(form, origin).replace("\n", newline)
    if plain(origin) != plain(target):
        return  # a compatibility character that has no way back
    span = np.array([len("".join(words[:first])), len("".join(words[:after]))])
    there = moved(span, origin, target)
    if set(span.tolist()) <= set(boundaries(origin)):
        assert plain(target[there[0] : there[1]]) == plain(origin[span[0] : span[1]])
    if set(there.tolist()) <= set(boundaries(target)):
        assert plain(target[: there[0]]) == plain(origin[: span[0]])


def test_equal_texts_move_nothing():
    span = np.array([3, 7])
    assert moved(span, "a\r\nbcdefg", "a\r\nbcdefg") is span
