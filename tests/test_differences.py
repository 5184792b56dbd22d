"""Segments coded differently: which, and how far apart the coders are."""

from __future__ import annotations

import pytest

from analysis import simulate
from analysis.differences import DIFFERENCES, difference_results, differences_table
from analysis.plainform import csv_text


@pytest.fixture
def study(small):
    """Three coders saw D1. On b two of three applied x; on c one did; on a all did."""
    return small.only(
        segments="segment_id,document_id,case_id\na,D1,P1\nb,D1,P1\nc,D1,P1\nd,D1,P1\n",
        codings="segment_id,coder_id,value\na,A,x\na,B,x\na,C,x\nb,A,x\nb,B,x\nc,C,x\n",
    )


def test_divided_segments_with_who_gave_what(study):
    table = differences_table(*study.both())

    assert list(table.columns) == DIFFERENCES
    assert table[["segment_id", "code_id", "given"]].to_numpy().tolist() == [
        ["b", "x", "A: yes; B: yes; C: no"],
        ["c", "x", "A: no; B: no; C: yes"],
    ]
    assert table["agreeing"].tolist() == pytest.approx([1 / 3, 1 / 3])


def test_the_most_divided_come_first(small):
    study = small.only(
        codings="segment_id,coder_id,variable,value\n"
        "a,A,mood,x\na,B,mood,x\na,C,mood,y\nb,A,mood,x\nb,B,mood,y\nb,C,mood,z\n"
    )
    study.settings += "variables: {mood: {kind: nominal, values: [x, y, z]}}\n"
    table = differences_table(*study.both())

    assert table["segment_id"].tolist() == ["b", "a"]
    assert table["agreeing"].tolist() == pytest.approx([0, 1 / 3])
    assert table["given"].tolist()[0] == "A: x; B: y; C: z"


def test_a_variable_that_all_agree_on_leaves_the_others_numbers_numbers(small):
    study = small.only(
        codings="segment_id,coder_id,variable,value\n"
        "a,A,mood,x\na,B,mood,x\na,C,mood,y\na,A,tone,x\na,B,tone,x\na,C,tone,x\n"
    )
    study.settings += (
        "variables: {mood: {kind: nominal, values: [x, y]}, tone: {kind: nominal, values: [x]}}\n"
    )
    table = differences_table(*study.both())

    assert table["agreeing"].dtype == float
    assert ",3,0.3333333333," in csv_text(table)


def test_segments_that_one_coder_saw_cannot_differ(small):
    study = small.only(codings="segment_id,coder_id,value\na,A,x\nb,B,x\n")
    assert differences_table(*study.both()).empty


def test_counts_rest_on_segments_that_two_or_more_saw(study):
    results = {r.key: r for r in difference_results(*study.both())}

    assert (results["differences.codes.x.unanimous"].value, results["differences.codes.x.unanimous"].n) == (
        2,
        4,
    )
    assert results["differences.codes.x.differ"].value == 2


def test_table_holds_no_text(small):
    table = differences_table(*small.both())
    assert len(table) > 0
    assert small.secret not in table.to_csv()


@pytest.mark.parametrize("name", simulate.STUDIES)
def test_planted_differences_are_found(bundled, name):
    (corpus, study), truth = bundled(name), simulate.truth(name)
    planted = truth.agreement[max(key for key in truth.agreement if key[0] == "independent")]

    table = differences_table(corpus, study)
    results = {r.key: r for r in difference_results(corpus, study)}
    applied = {code for code, t in planted.items() if t.both + t.different}
    for code in applied:
        assert (table["code_id"] == code).sum() == planted[code].different, code
        assert results[f"differences.codes.{code}.differ"].value == planted[code].different
        assert results[f"differences.codes.{code}.differ"].n == planted[code].n
    assert set(table["code_id"]) <= applied
