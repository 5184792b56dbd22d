"""Requal: an empty project, and a twin whose ends are inclusive."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.read.requal import read_requal, recognises

SCHEMA = """
create table requal_version (project_id integer, version text);
create table users (user_id integer primary key, user_login text, user_name text);
create table documents (doc_id integer primary key, doc_name text, doc_text text);
create table codes (code_id integer primary key, code_name text, code_description text);
create table categories (category_id integer primary key, category_name text, category_description text);
create table categories_codes_map (category_id integer, code_id integer);
create table segments (user_id integer, doc_id integer, code_id integer, segment_id integer primary key,
                       segment_start integer, segment_end integer, segment_text text);
create table cases (case_id integer primary key, case_name text);
create table cases_documents_map (case_id integer, doc_id integer);
create table memos (memo_id integer primary key, text text);
create table memos_segments_map (memo_id integer, segment_id integer);
create table attributes (attribute_id integer, attribute_name text);
create table attribute_values (attribute_value_id integer, attribute_id integer, value text);
create table attributes_cases_map (case_id integer, attribute_id integer, attribute_value_id integer);
"""


def twin(database, truth, base=0):
    doc = {name: n for n, name in enumerate(truth.texts, start=1)}
    code = {name: n for n, name in enumerate(sorted({s.code for s in truth.spans}), start=1)}
    user = {"Ada": 1, "Ben": 2}
    segments = [
        (user[s.coder], doc[s.document], code[s.code], n, s.start + base, s.end - 1 + base, truth.words(s))
        for n, s in enumerate(truth.spans, start=1)
    ]
    segments.append((1, 1, None, 9999, 5, 9, "memo"))
    rows = {
        "requal_version": [(1, "1.1.0")],
        "users": [(1, "ada", "Ada"), (2, "Ben", None)],
        "documents": [(doc[name], name, text) for name, text in truth.texts.items()],
        "codes": [(n, name, "what it means") for name, n in code.items()],
        "categories": [(1, "Barriers", None)],
        "categories_codes_map": [(1, 1)],
        "segments": segments,
        "cases": [(1, "P1")],
        "cases_documents_map": [(1, 1)],
        "memos": [(1, "a thought")],
        "memos_segments_map": [(1, 1)],
        "attributes": [(1, "age")],
        "attribute_values": [(1, 1, "30")],
        "attributes_cases_map": [(1, 1, 1)],
    }
    return database("twin.requal", SCHEMA, rows)


def test_an_empty_project_reads_as_nothing_coded(sample, given):
    path = sample("requal/test_basic.requal")
    assert recognises(path.read_bytes()[:100], path)
    draft = read_requal(path, given(path))
    assert draft.tables["codings"].empty and "documents" not in draft.tables
    assert draft.facts["version"] == "1.0.0"
    assert draft.facts["left"] == {"rows of the log": 1}


@pytest.mark.parametrize("base", [0, 1])
def test_inclusive_ends_are_proved_from_either_base(database, truth, given, spans_of, base):
    path = twin(database, truth, base)
    draft = read_requal(path, given(path))
    assert spans_of(draft) == set(truth.spans)
    assert draft.facts["left"]["segments that only carry a memo"] == 1


def test_categories_cases_attributes_and_memos_come_along(database, truth, given):
    path = twin(database, truth)
    tables = read_requal(path, given(path)).tables
    assert tables["codes"].loc[tables["codes"]["parent_id"] == "Barriers", "name"].tolist() == ["Kosten"]
    assert tables["cases"].set_index("case_id").loc["P1", "age"] == "30"
    assert tables["codings"]["memo"].dropna().tolist() == ["a thought"]


def test_a_database_of_something_else_names_the_tables_it_lacks(database, truth, given):
    path = database("x.requal", "create table documents (doc_id integer);", {})
    with pytest.raises(DataError, match="no table"):
        read_requal(path, given(path))
