"""Numbers in prose, and what is none."""

from __future__ import annotations

import pytest

from analysis.numerals import numerals


def said(text: str) -> list[str]:
    return [each.text for each in numerals(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("alpha was .81 and kappa 0.74.", [".81", "0.74"]),
        ("64.4% of 9,699 utterances", ["64.4% of 9,699"]),
        ("they were 9,699.", ["9,699"]),
        ("four of six providers", ["four of six"]),
        ("3 out of the 7 patients", ["3 out of the 7"]),
        ("Twenty-one people, then nineteen", ["Twenty-one", "nineteen"]),
        ("one of six", ["one of six"]),
        ("it fell by −0.02", ["−0.02"]),
        ("an interval from 0.61 to 0.85", ["0.61", "0.85"]),
    ],
)  # fmt: skip
def test_numbers_in_digits_and_in_words(text, found):
    assert said(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "In 2021 and in the 1990s", "since 2021-03-04, on 12 March",
        "as told before [12, 14–16] and [@simon2021]", "`n = 4` and\n```\n5\n```\n",
        "see https://a.example/12 or doi:10.1111/papt.12341", "COVID-19, P03, T1, iCBT2",
        "## 3.1 Findings", "1. first\n2. second", "Table 2, figures 3 and 4, section 4.2, theme 1, round 2",
        "the 95% confidence interval", "the 2nd and 3rd time", "no one, and one thing",
        "{{ cases.n }} people",
        "<!-- 12 -->", "[link](page-12.html)",
    ],
)  # fmt: skip
def test_what_is_no_number_of_the_study(text):
    assert said(text) == []


def test_numerals_know_their_line():
    assert [(n.line, n.text) for n in numerals("a\nb 12\n\nfour of six\n")] == [(2, "12"), (4, "four of six")]


def test_words_have_values():
    (found,) = numerals("twenty-one of 30")
    assert (found.number, found.base) == (21, 30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("In theme 3, 14 people said so", ["14"]),
        ("under version 2, 10 codes were left", ["10"]),
        ("tables 2, 3 and 4, 14 people", ["14"]),
        ("1999 segments, 2001 codings; in 1999 it began", ["1999", "2001"]),
        ("zero of six", ["zero of six"]),
        ("nobody, that is zero, objected", ["zero"]),
    ],
)
def test_a_number_behind_the_number_of_a_name_is_one_of_the_study(text, found):
    assert said(text) == found


def test_the_word_one_alone_is_a_number_where_it_is_asked_for():
    text = "Only one said so; one of six did not."
    assert said(text) == ["one of six"]
    assert [n.text for n in numerals(text, ones=True)] == ["one", "one of six"]
