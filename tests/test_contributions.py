"""Counts beyond participants by group: spontaneous, for and against, by domain; labels as data."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from analysis import shown
from analysis.contributions import asked_view, contribution_table, contribution_view
from analysis.corpus import Corpus
from analysis.counting import Counted, counted_codes
from analysis.disclosure import public_themes
from analysis.labels import label, label_table, word
from analysis.settings import LabelRule
from analysis.study import Study
from analysis.themes import theme_table

FIRST_DOMAIN = {"positive": (10, 18, 2, 2, 0, 16, 1), "negative": (2, 2, 11, 0, 6, 4, 1)}


def _cell(table: pd.DataFrame, code: str, group: str = "all", rollup: str = "as_coded") -> pd.Series:
    return table.set_index(["code_id", "group", "rollup"]).loc[(code, group, rollup)]


def test_a_published_table_of_comments_adds_up():
    """Hadjistavropoulos et al. 2017, 10.1186/s12888-017-1496-7, Table 4, first domain: 49, 26 and 75."""
    marks = [
        (f"{side}{row}-{n}", f"{side}{row}")
        for side, counts in FIRST_DOMAIN.items()
        for row, count in enumerate(counts)
        for n in range(count)
    ]
    frame = pd.DataFrame(marks, columns=["segment_id", "code_id"])
    frame = frame.assign(case_id="P", group="all", supports=pd.NA)
    rows = [("all", None), *((side, "all") for side in FIRST_DOMAIN)]
    rows += [(f"{side}{row}", side) for side in FIRST_DOMAIN for row in range(7)]
    codes = pd.DataFrame(rows, columns=["code_id", "parent_id"]).assign(name="", level=1, domain=pd.NA)
    codes = codes.assign(influence=pd.NA, influence_on=pd.NA)
    told = {"study": "x", "title": "x", "method": "codebook", "inputs": [{"file": "a.csv"}]}
    study = Study.model_validate(told | {"disclosure": {"policy": "as_published"}})
    corpus = Corpus(cases=pd.DataFrame({"case_id": ["P"], "group": ["all"]}), codes=codes)
    table = theme_table(corpus, study, Counted("any", "", frame))
    gathered = {
        code: _cell(table, code, rollup="descendants")["n_segments"]
        for code in ("positive", "negative", "all")
    }

    assert gathered == {"positive": 49, "negative": 26, "all": 75}


def test_raised_though_not_asked_is_spontaneous(small):
    corpus, study = small.both()
    table = theme_table(corpus, study, counted_codes(corpus, study))

    assert _cell(table, "cost")["n_spontaneous"] == 0
    small.edit("asked.csv", "P3,money,yes", "P3,money,no")
    corpus, study = small.both()
    cost = _cell(theme_table(corpus, study, counted_codes(corpus, study)), "cost")

    assert (cost["n_cases"], cost["n_asked"], cost["n_spontaneous"], cost["share"]) == (1, 0, 1, 1.0)


def test_segments_for_and_against_are_counted_apart(small):
    small.files["codings.csv"] = (
        "segment_id,coder_id,value,stage,supports\n"
        "P1-2,A,waiting,independent,supports\nP1-3,A,waiting,independent,contradicts\n"
        "P2-2,A,waiting,independent,supports\nP2-2,B,waiting,independent,contradicts\n"
    )
    corpus, study = small.both(themes__counted="any")
    table = theme_table(corpus, study, counted_codes(corpus, study))
    columns = ["n_segments", "n_supporting", "n_contradicting", "n_cases_contradicting"]

    assert _cell(table, "waiting")[columns].tolist() == [3, 2, 2, 2]
    assert _cell(table, "access", rollup="descendants")[columns].tolist() == [3, 2, 2, 2]
    assert "contradict" in shown.opposing(table).markup


def test_without_a_word_from_coders_nothing_is_said_for_or_against(small):
    corpus, study = small.both()

    assert theme_table(corpus, study)["n_contradicting"].isna().all()


def test_participants_of_a_domain_level_and_influence_count_once(small):
    corpus, study = small.both()
    table = contribution_table(corpus, study).set_index(["by", "value", "influence_on", "group"])

    assert table.loc[("domain", "care", "", "all"), ["n_codes", "n_cases", "n_segments"]].tolist() == [
        2,
        2,
        3,
    ]
    assert table.loc[("influence", "barrier", "care", "patient"), "n_cases"] == 3 - 1
    assert table.loc[("influence", "facilitator", "care", "staff"), "n_cases"] == 0


OWN = [LabelRule(label="most", more_than=0.5), LabelRule(label="a few", at_most=2), LabelRule(label="some")]


def test_a_study_s_own_rule_is_taken_line_by_line():
    assert [label(n, 7, OWN) for n in range(8)] == [
        "",
        "a few",
        "a few",
        "some",
        "most",
        "most",
        "most",
        "most",
    ]
    assert label_table(7, OWN)["participants"].tolist() == ["1-2", "3", "4-7"]


def test_a_study_s_own_rule_is_written_in_study_yml(small):
    rule = [{"label": "most", "more_than": 0.5}, {"label": "some", "at_least": 1}]
    corpus, study = small.both(themes__labels=rule)

    assert set(theme_table(corpus, study)["label"]) == {""}  # three people are below any base for labels
    assert study.themes.labels[0] == LabelRule(label="most", more_than=0.5)


@pytest.mark.parametrize(
    ("how", "cell"),
    [("n", "6 (15) general"), ("n_percent", "6/6"), ("labels", "general"), ("words", "all"), ("none", "•")],
)
def test_counts_are_shown_as_the_study_chooses(how, cell, bundled):
    corpus, study = bundled("duffy2023_simulated")
    study = study.model_copy(update={"themes": study.themes.model_copy(update={"show": how})})
    counted = counted_codes(corpus, study)
    markup = shown.themes_by_group(theme_table(corpus, study, counted), counted, study).markup
    row = next(line for line in markup.splitlines() if "Leadership and management" in line)

    assert cell in re.findall("<td[^>]*>([^<]*)</td>", row)


def test_no_percent_stands_below_a_base_of_twenty(bundled):
    corpus, study = bundled("duffy2023_simulated")
    study = study.model_copy(update={"themes": study.themes.model_copy(update={"show": "n_percent"})})
    counted = counted_codes(corpus, study)
    table = shown.themes_by_group(theme_table(corpus, study, counted), counted, study).markup

    assert not re.search(r"\d %", table)


def test_words_cover_every_count():
    assert [word(n, 3) for n in range(4)] == ["none", "one", "most", "all"]


def test_contributions_are_shown_by_group_and_each_participant_counts_once(bundled):
    corpus, study = bundled("duffy2023_simulated")
    markup = contribution_view(contribution_table(corpus, study), study).markup
    row = next(line for line in markup.splitlines() if "barrier" in line)

    assert "icbt in routine service" in row
    assert len(re.findall("<td", row)) == 6  # what, codes, all and three groups


@pytest.mark.parametrize("policy", ["hes_before_2018", "opensafely_midpoint6", "acro"])
def test_where_counts_are_hidden_no_overlapping_table_gives_them_away(policy, bundled):
    corpus, study = bundled("duffy2023_simulated")
    hidden = study.disclosure.model_copy(update={"policy": policy})
    study = study.model_copy(update={"disclosure": hidden})
    shown_ = contribution_view(contribution_table(corpus, study), study)
    themes = public_themes(theme_table(corpus, study), corpus, study)

    assert "<td" not in shown_.markup
    assert "<td" not in asked_view(themes).markup


def test_asked_and_unasked_are_shown_apart(small):
    small.edit("asked.csv", "P3,money,yes", "P3,money,no")
    small.edit("asked.csv", "P2,care,yes", "P2,care,yes\nP1,money,yes")
    corpus, study = small.both()
    row = next(line for line in asked_view(theme_table(corpus, study)).markup.splitlines() if "Cost" in line)

    assert re.findall("<td[^>]*>([^<]*)</td>", row) == ["all", "1", "1", "1", "3"]


def test_both_rollups_and_the_counting_rule_are_in_themes_csv(bundled):
    corpus, study = bundled("duffy2023_simulated")
    table = theme_table(corpus, study)

    assert set(table["rollup"]) == {"as_coded", "descendants"}
    assert set(table["counted"]) == {"consensus"}
    assert {"n_asked", "n_spontaneous", "share", "n_supporting", "n_contradicting"} <= set(table.columns)
