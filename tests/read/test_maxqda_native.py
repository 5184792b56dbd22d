"""MAXQDA's own project file, read by experiment."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.read.maxqda_native import read_maxqda_native, recognises

SCHEMA = """
create table Texts (ID integer primary key, Name text, Content blob);
create table Codewords (ID integer primary key, Name text, ParentID integer);
create table Codings (ID integer primary key, TextID integer, WordID integer, Author text, Date text,
                      Preview text, SegPos1X integer, SegPos2X integer, Area integer, Weight integer{more});
"""


def twin(database, truth, deleted=0):
    text = {name: n for n, name in enumerate(truth.texts, start=1)}
    word = {code: n for n, code in enumerate(sorted({s.code for s in truth.spans}), start=1)}
    codings = [
        (n, text[s.document], word[s.code], s.coder, "", truth.words(s)[:63], s.start, s.end, 1, 5)
        for n, s in enumerate(truth.spans, start=1)
    ]
    more = ""
    if deleted:
        more = ", ToDelete integer"
        codings = [(*row, int(n < deleted)) for n, row in enumerate(codings)]
    rows = {
        "Texts": [(n, name, b"\x00encrypted") for name, n in text.items()],
        "Codewords": [(n, code, 0 if n == 1 else 1) for code, n in word.items()],
        "Codings": codings,
    }
    return database("team.mx24", SCHEMA.format(more=more), rows)


def test_spans_and_coders_are_read_without_texts_and_marked_experimental(database, truth, given, spans_of):
    path = twin(database, truth)
    assert recognises(path.read_bytes()[:100], path)
    draft = read_maxqda_native(path, given(path))
    assert spans_of(draft) == set(truth.spans)
    assert "text" not in draft.tables["documents"]
    assert draft.facts["positions"]["verdict"] == "nothing to prove"
    assert any("by experiment" in warning for warning in draft.warnings)
    assert draft.tables["codes"]["parent_id"].notna().sum() == len(draft.tables["codes"]) - 1


def test_codings_marked_as_deleted_are_left(database, truth, given):
    path = twin(database, truth, deleted=3)
    assert read_maxqda_native(path, given(path)).facts["left"]["codings marked as deleted"] == 3


def test_another_version_says_which_columns_are_missing(database, given):
    path = database(
        "x.mx30", "create table Texts (ID integer, Name text); create table Codewords (ID integer);", {}
    )
    with pytest.raises(DataError, match="no table"):
        read_maxqda_native(path, given(path))
