"""Positions are proved, never assumed."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest

from analysis.read.positions import Convention, Selection, prove
from analysis.read.ruler import Ruler

WORDS = (
    "We waited 😀 for months, and nobody rang back.\r\nThe café said nai\u0308ve things; "
    "👩‍👩‍👧 cost too much!\r\n"
    "שלום עולם, היא אמרה. Then 𝒳 came and we went home.\r\nAnother line without anything odd in it.\r\n"
) * 6


def encoded(text: str, position: int, convention: Convention) -> int:
    """Return a code-point position as a tool with this convention would write it, by other means."""
    before = text[:position]
    if convention.line_ends == "one":
        before = before.replace("\r\n", "\n")
    width = {
        "code point": len,
        "utf-16": lambda s: len(s.encode("utf-16-le")) // 2,
        "utf-8": lambda s: len(s.encode()),
    }
    return width[convention.unit](before)


def words_of(text: str, convention: Convention, *, excerpts: bool, bom: str = "\ufeff") -> list[Selection]:
    """Return a selection a word (and some of several words), as such a tool would write them."""
    found = [match.span() for match in re.finditer(r"[^\W\d_][\w\u0308]*", text)]
    found += [(a[0], b[1]) for a, b in zip(found[::5], found[3::5], strict=False)]
    shift = encoded(bom, len(bom), convention) if convention.bom else 0
    selections = []
    for start, end in found:
        first, after = (encoded(text, at, convention) + shift for at in (start, end))
        after -= convention.end == "inclusive"
        selections.append(Selection("D", first, after, text[start:end] if excerpts else None))
    return selections


EVERY = [
    Convention(*c)
    for c in product(("code point", "utf-16", "utf-8"), ("stored", "one"), ("exclusive", "inclusive"), (0, 1))
]


@pytest.mark.parametrize("excerpts", [True, False])
@pytest.mark.parametrize("convention", EVERY, ids="-".join(map(str, ())) or str)
def test_every_convention_is_recovered_with_every_span(convention, excerpts):
    selections = words_of(WORDS, convention, excerpts=excerpts)
    proof = prove({"D": "\ufeff" + WORDS}, selections)
    assert proof.usable
    assert proof.convention == convention
    start, end = proof.to_code_points(
        "\ufeff" + WORDS, [s.start for s in selections], [s.end for s in selections]
    )
    truth = words_of(WORDS, Convention(), excerpts=True)
    assert list(zip(start, end, strict=True)) == [(s.start, s.end) for s in truth]


def test_plain_text_is_not_distinguishable_and_harmless():
    text = "We waited for months and nobody rang. " * 30
    proof = prove({"D": text}, words_of(text, Convention("utf-16"), excerpts=True))
    assert proof.verdict == "not distinguishable, harmless"
    assert proof.unit == "code point"
    assert proof.score == 1


def test_a_convention_of_nobody_is_refused():
    selections = [
        s._replace(start=s.start + 3, end=s.end + 3) for s in words_of(WORDS, Convention(), excerpts=False)
    ]
    proof = prove({"D": WORDS}, selections)
    assert proof.verdict == "refused"
    assert not proof.usable


def test_excerpts_that_fit_nowhere_are_titles_only_where_titles_may_stand():
    selections = words_of(WORDS, Convention("utf-16"), excerpts=True)
    named = [
        s._replace(excerpt="a name given by hand") if i % 3 == 0 else s for i, s in enumerate(selections)
    ]
    assert prove({"D": WORDS}, named, titles=True).convention == Convention("utf-16")
    assert prove({"D": WORDS}, named).verdict == "refused"


def test_a_cut_excerpt_is_compared_as_a_prefix():
    text = "A long answer about waiting, and waiting. 😀 " * 40
    selections = [Selection("D", at, at + 300, text[at : at + 100] + "…") for at in range(0, 900, 45)] + [
        Selection("D", 5, 9, text[5:9])
    ] * 5
    assert prove({"D": text}, selections, titles=True).usable


def test_few_selections_are_said_to_be_few():
    proof = prove({"D": WORDS}, words_of(WORDS, Convention(), excerpts=True)[:6])
    assert "Only 6 selections" in proof.note


def test_a_tie_with_other_spans_is_refused():
    proof = prove({"D": "one. two. " * 20}, [Selection("D", 0, 3), Selection("D", 10, 13)] * 30)
    assert proof.verdict == "refused"
    assert "other ways to count fit as well" in proof.note


def test_spans_dragged_over_a_space_do_not_refuse_a_file():
    selections = words_of(WORDS, Convention("utf-16"), excerpts=False)
    dragged = [s._replace(end=s.end + 1) if i % 5 == 0 else s for i, s in enumerate(selections)]
    proof = prove({"D": WORDS}, dragged)
    assert proof.convention == Convention("utf-16")
    assert proof.verdict == "proved"


def test_a_document_that_counts_otherwise_is_named():
    texts = {"D": WORDS, "E": WORDS}
    other = [s._replace(document_id="E") for s in words_of(WORDS, Convention("utf-8"), excerpts=True)[:40]]
    proof = prove(texts, words_of(WORDS * 4, Convention("utf-16"), excerpts=True) + other)
    assert proof.unit == "utf-16" or proof.verdict == "refused"
    many = prove(
        {"D": WORDS * 8, "E": WORDS}, words_of(WORDS * 8, Convention("utf-16"), excerpts=True) + other
    )
    assert many.exceptions == ("E",)


def test_nothing_in_a_text_that_is_there_is_nothing_to_prove():
    assert prove({}, [Selection("D", 0, 5)]).verdict == "nothing to prove"


def test_a_split_character_is_no_position():
    assert Ruler("a😀b").to_code_points(np.array([2, 9, -1]), "utf-16", "stored").tolist() == [-1, -1, -1]
