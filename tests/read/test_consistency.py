"""Contradictions between tables: told with file, row and column, whatever else is wrong besides.

The sentences people read are tested through the command line (tests/cli/test_bad_input.py).
"""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.read.consistency import among


@pytest.fixture
def small(small):
    return small.without("assignments", "asked", "audit", "turns")


def problems(study, **overrides) -> list:
    with pytest.raises(DataError) as raised:
        study.corpus(**overrides)
    return list(raised.value.problems)


def places(study) -> set[tuple]:
    return {(p.file, p.row, p.column) for p in problems(study)}


def test_everything_wrong_in_every_table_at_once(small):
    small.edit("codings.csv", "P1-2,A,codes,waiting", "P1-2,A,codes,wating")
    small.edit("cases.csv", "P1,patient,1", "P1,pateint,first")
    small.edit("segments.csv", "P1-2,D1,85,147", "P1-2,D1,85,1470")
    small.edit("charting.csv", "P3,cost", "P4,cost")
    assert places(small) == {
        ("cases.csv", 2, "group"),
        ("cases.csv", 2, "interview_order"),
        ("charting.csv", 3, "case_id"),
        ("codings.csv", 2, "value"),
        ("segments.csv", 3, "end"),
    }


@pytest.mark.parametrize("table", ["cases", "documents", "coders", "codes", "segments"])
def test_an_empty_id_is_one_problem_and_does_not_hide_others(small, table):
    """Not also a duplicate, an unknown id or a crash."""
    rows = small.rows(table)
    key = rows[0][0]
    small.put(table, [rows[0], ["", *rows[1][1:]], *rows[2:], ["", *rows[1][1:]]])
    mine = [p for p in problems(small) if p.file == f"{table}.csv" and p.column == key]

    assert [(p.row, p.what) for p in mine] == [(2, "empty."), (len(rows) + 1, "empty.")]


def test_empty_values_of_variables_are_told_as_empty(small):
    small.edit("codings.csv", "P1-2,A,mood,low", "P1-2,A,mood,")
    (problem,) = problems(small)
    assert (problem.row, problem.column, problem.what) == (15, "value", "empty.")


def test_a_duplicate_in_another_file_names_it(small):
    small.settings = small.settings.replace(
        "  - {file: codings.csv}", "  - {file: codings.csv}\n  - {file: more.csv, table: codings}"
    )
    small.files["more.csv"] = "segment_id,coder_id,value,stage\nP1-2,A,waiting,independent\n"
    (problem,) = problems(small)
    assert (problem.file, problem.row) == ("more.csv", 2)
    assert "duplicate of row 2 of codings.csv" in problem.what


def test_the_same_coding_in_another_round_or_stage_is_no_duplicate(small):
    small.files["codings.csv"] += "P1-2,A,codes,waiting,independent,2,\nP1-2,A,codes,waiting,training,1,\n"
    assert len(small.corpus().codings) == 20


def test_several_codes_a_segment_are_no_second_value(small):
    small.files["codings.csv"] += "P1-2,A,codes,cost,independent,1,\n"
    assert len(small.corpus().codings) == 19


def test_two_values_that_meet_when_equal_spans_merge_are_told(small):
    """s1 and s2 are one span under two names: a coder may not rate it twice."""
    small.files["segments.csv"] += "P1-2b,D1,85,147,,q2\n"
    small.files["codings.csv"] += "P1-2b,A,mood,high,independent,1,\n"
    (problem,) = problems(small)
    assert problem.column == "value"
    assert 'a second value of "mood"' in problem.what


@pytest.mark.parametrize(
    ("parents", "circular"),
    [
        ({"access": "waiting"}, {"access", "waiting"}),
        ({"access": "access"}, {"access"}),
        ({"access": "cost", "cost": "contact"}, {"access", "cost", "contact"}),
        ({"cost": "access"}, set()),
    ],
)
def test_codes_in_a_circle(small, parents, circular):
    rows = small.rows("codes")
    for row in rows[1:]:
        row[2] = parents.get(row[0], row[2])
    small.put("codes", rows)
    if not circular:
        assert small.corpus().children("access") == ["waiting", "contact", "cost"]
        return
    found = {rows[p.row - 1][0] for p in problems(small) if "below itself" in p.what}
    assert found == circular


@pytest.mark.parametrize(("start", "end"), [("85", "148"), ("224", "225")])
def test_a_span_may_end_where_its_text_ends_and_not_beyond(small, start, end):
    small.files["segments.csv"] = f"segment_id,document_id,start,end\nP1-2,D1,{start},{end}\n"
    small.keep("segments.csv", "documents.csv", "codings.csv")
    small.files["codings.csv"] = "segment_id,coder_id,value,stage\nP1-2,A,x,independent\n"
    assert len(small.corpus().segments) == 1
    small.files["segments.csv"] = "segment_id,document_id,start,end\nP1-2,D1,85,226\n"
    assert "226 is outside the text" in problems(small)[0].what


def test_a_span_needs_a_document(small):
    small.files["segments.csv"] += "X,,3,9,,q1\n"
    assert any(p.column == "document_id" and "stands in a document" in p.what for p in problems(small))


def test_ids_without_their_table_are_not_unknown(small):
    small.keep("codings.csv")
    small.edit("codings.csv", "P3-2,A,codes,price", "P3-2,A,codes,cost")
    assert set(small.corpus().codes["code_id"]) == {"waiting", "contact", "cost"}


@pytest.mark.parametrize("kind", ["interval", "ratio"])
def test_numbers_are_asked_for_only_of_interval_and_ratio(small, kind):
    small.edit(
        "study.yml",
        "{kind: ordinal, values: [low, middling, high, n/a]}",
        f"{{kind: {kind}, values: ['1', '2']}}",
    )
    for old, new in (
        ("mood,low", "mood,1"),
        ("mood,n/a", "mood,2"),
        ("mood,high", "mood,2"),
        ("mood,middling", "mood,1"),
    ):
        small.files["codings.csv"] = small.files["codings.csv"].replace(old, new)
    assert len(small.corpus().of("mood")) == 5


def test_one_coder_needs_no_segmentation(small):
    small.only(codings="segment_id,coder_id,value\na,A,x\n")
    small.settings = small.settings.replace("segmentation: shared\n", "")
    assert len(small.corpus().codings) == 1


def test_recoded_codes_need_not_stand_in_the_codebook(small):
    assert "price" not in set(small.corpus().codes["code_id"])
    small.edit("recodes.csv", "price,rename,cost", "prices,rename,cost")
    (problem,) = problems(small)
    assert (problem.file, problem.column) == ("codings.csv", "value")


cells = st.lists(st.none() | st.sampled_from(["P1", "P2", "p1", "", "\U0001f600"]), max_size=8)


@settings(deadline=None)
@given(cells, cells)
def test_names_are_looked_up_as_isin_looks_them_up(asked, known):
    asked, known = (pd.Series(each, dtype="string", index=range(5, 5 + len(each))) for each in (asked, known))
    found = among(asked, known)
    assert found.tolist() == asked.isin(known.dropna()).tolist()
    assert found.index.equals(asked.index)
