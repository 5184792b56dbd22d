"""Quotes: only consented words, chosen by rules that can be stated."""

from __future__ import annotations

import pytest

from analysis import shown, simulate
from analysis.counting import counted_codes
from analysis.differences import differences_table
from analysis.disclosure import quotable, segment_labels
from analysis.quotes import QUOTES, quotes_table


def _quotes(study, **overrides):
    corpus, plan = study.both(**overrides)
    return quotes_table(corpus, plan, counted_codes(corpus, plan))


def test_each_code_has_words_of_people_who_agreed(small):
    table = _quotes(small)

    assert table[["code_id", "case_id", "who"]].to_numpy().tolist() == [
        ["waiting", "P1", "patient 1"],
        ["contact", "P1", "patient 1"],
        ["cost", "P3", "staff 1"],
    ]


def test_nobody_is_quoted_without_consent_or_against_the_policy(small, new_small):
    small.files["cases.csv"] = "case_id,group\nP1,patient\nP2,patient\nP3,staff\n"

    assert _quotes(small).empty
    assert _quotes(new_small(), disclosure__policy="text_free").empty
    assert _quotes(new_small(), themes__quotes_per_theme=0).empty


def test_words_with_an_address_in_them_are_not_quoted(small):
    words = "Nobody rang back, so I gave up, rather quixotic, at the café 😀."
    mail = "a@b.org"
    for name in ("segments.csv", "documents.csv"):
        text = small.files[name]
        small.files[name] = text.replace("Nobody", mail[:6].ljust(6, "x"), 1).replace(
            words, words.replace("Nobody", mail[:6]), 1
        )

    assert "contact" not in _quotes(small)["code_id"].tolist()


def test_a_segment_that_contradicts_is_quoted_beside_one_that_supports(small):
    small.files["codings.csv"] = (
        "segment_id,coder_id,value,stage,supports\n"
        "P1-2,A,waiting,independent,supports\nP1-3,A,waiting,independent,contradicts\n"
    )
    small.settings = small.settings.replace("themes: {counted: consensus}", "themes: {counted: any}")
    table = _quotes(small)

    assert table[["segment_id", "side"]].to_numpy().tolist() == [
        ["P1-2", "supports"],
        ["P1-3", "contradicts"],
    ]


def test_numbers_anew_under_each_code_do_not_link_up(small):
    small.edit("cases.csv", "P2,patient,2,no", "P2,patient,2,yes")
    small.edit("codings.csv", "P2-2,team,codes,waiting,consensus", "P2-3,team,codes,cost,consensus")
    running, anew = (
        _quotes(small, themes__quotes={"labels": kind}).set_index(["code_id", "case_id"])["who"]
        for kind in ("running", "by_code")
    )

    assert running["cost", "P2"] == "patient 2"
    assert anew["cost", "P2"] == "patient 1"


def test_ids_of_segments_do_not_link_quotes_that_are_numbered_anew(small):
    corpus, plan = small.both(themes__quotes={"labels": "by_code"})
    table = quotes_table(corpus, plan, counted_codes(corpus, plan))
    markup = shown.quotes(corpus, plan, counted_codes(corpus, plan), table).markup

    assert len(table) == 3
    assert not any(f"{each}-" in markup for each in ("P1", "P2", "P3"))
    assert len(set(segment_labels(corpus, plan).values())) == len(corpus.segments)
    assert "patient" not in shown.differences(differences_table(corpus, plan), corpus, plan).markup


def test_nobody_is_quoted_for_a_count_that_the_policy_hides(small):
    assert _quotes(small, disclosure__policy="hes_before_2018").empty


@pytest.mark.parametrize("name", simulate.STUDIES)
def test_quotes_of_the_simulated_studies_follow_the_rules(name, bundled):
    corpus, study = bundled(name)
    table = quotes_table(corpus, study, counted_codes(corpus, study))
    may = set(corpus.segments.loc[quotable(corpus, study), "segment_id"])

    assert list(table) == QUOTES
    assert table["segment_id"].isin(may).all()
    assert table.groupby("code_id").size().max() == study.themes.quotes_per_theme
    assert not table.duplicated(["code_id", "case_id"]).any()
    assert table["case_id"].nunique() > len(corpus.cases) / 2
