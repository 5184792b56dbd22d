"""RQDA: a doctoral study's project against its published table, and a twin with a second coder."""

from __future__ import annotations

import csv

import pytest

from analysis.errors import DataError
from analysis.read.rqda import read_rqda, recognises

SCHEMA = """
create table source (name text, id integer, file text, memo text, owner text, date text, status integer);
create table freecode (name text, memo text, id integer, status integer);
create table coding (cid integer, fid integer, seltext text, selfirst real, selend real, status integer,
                     owner text, date text, memo text);
create table coding2 (cid integer, fid integer, seltext text, selfirst real, selend real, status integer,
                      owner text, date text, memo text);
create table codecat (name text, catid integer, memo text, status integer);
create table treecode (cid integer, catid integer, status integer);
create table cases (name text, id integer, status integer);
create table caselinkage (caseid integer, fid integer, selfirst real, selend real, status integer);
create table caseAttr (variable text, value text, caseID integer, status integer);
create table fileAttr (variable text, value text, fileID integer, status integer);
create table project (databaseversion text);
create table filecat (name text, fid integer, catid integer, owner text, status integer);
create table treefile (fid integer, catid integer, owner text, status integer);
"""
PUBLISHED = {"TALK-Participation": "TALK.Part", "TALK-Transparency": "TALK.Trans", "ACT.Part": "ACT.Part.4"}


def twin(database, truth, **changed):
    fid = {name: n for n, name in enumerate(truth.texts, start=1)}
    cid = {code: n for n, code in enumerate(sorted({s.code for s in truth.spans}), start=1)}
    coding = [
        (cid[s.code], fid[s.document], truth.words(s), float(s.start), float(s.end), 1, s.coder, "", "m")
        for s in truth.spans
    ]
    rows = {
        "project": [("0.2.2",)],
        "source": [(name, fid[name], text, None, "x", "", 1) for name, text in truth.texts.items()],
        "freecode": [(code, None, n, 1) for code, n in cid.items()],
        "coding": coding,
    }
    return database("twin.rqda", SCHEMA, {**rows, **changed}), rows


@pytest.fixture
def opcw(sample, given):
    path = sample("rqda/OPCW.rqda")
    return read_rqda(path, given(path))


class TestStudyOfOpcw:
    def test_live_codings_are_read_and_deleted_ones_counted(self, opcw):
        assert opcw.facts["held"]["coding"] == 1039
        assert opcw.facts["left"] == {"deleted rows of coding": 16}
        taken = opcw.facts["taken"]
        assert (taken["documents"], taken["codes"], taken["codings"], taken["coders"]) == (16, 8, 1023, 1)
        assert opcw.facts["version"] == "0.2.2"
        assert opcw.tables["codings"]["coder_id"].unique().tolist() == ["tobiasweise"]

    def test_codings_by_code_are_those_of_the_project(self, opcw):
        assert opcw.tables["codings"]["value"].value_counts().to_dict() == {
            "ACT.Part": 757,
            "Transparency": 91,
            "Participation": 54,
            "NGO": 40,
            "TALK-Participation": 37,
            "TALK-Transparency": 24,
            "Hint Decision": 17,
            "Openness": 3,
        }

    def test_the_two_codings_stored_one_character_late_are_named(self, opcw):
        assert opcw.facts["positions"]["unit"] == "code point"
        assert opcw.facts["positions"]["end"] == "exclusive"
        (warning,) = opcw.warnings
        assert "2 of 1023 codings do not read as the text" in warning
        late = opcw.tables["segments"].set_index("segment_id")
        assert {"2011:75013-75590", "2011:75014-75591"} <= set(late.index)

    def test_forty_four_of_forty_five_published_cells_are_reproduced(self, opcw, sample):
        document = opcw.tables["segments"].set_index("segment_id")["document_id"]
        codings = opcw.tables["codings"]
        year = codings["segment_id"].map(document).str[:4].astype(int)
        counted = codings.groupby([codings["value"], year]).size()
        with sample("rqda/expected_opcw.csv").open() as table:
            published = list(csv.DictReader(table))
        cells = {
            (code, int(row["Year"])): (int(counted.get((code, int(row["Year"])), 0)), int(row[column]))
            for row in published
            for code, column in PUBLISHED.items()
        }
        assert len(cells) == 45
        assert {cell: pair for cell, pair in cells.items() if pair[0] != pair[1]} == {
            ("ACT.Part", 1997): (13, 10)
        }


def test_a_twin_with_emoji_and_combining_marks_is_recovered_exactly(database, truth, given, spans_of):
    path, _ = twin(database, truth)
    draft = read_rqda(path, given(path))
    assert spans_of(draft) == set(truth.spans)
    assert recognises(path.read_bytes()[:100], path)


def test_the_second_set_belongs_to_whom_the_study_names(database, truth, given, spans_of):
    _, rows = twin(database, truth)
    first = [row for row in rows["coding"] if row[6] == "Ada"]
    second = [(*row[:6], "project owner", *row[7:]) for row in rows["coding"] if row[6] == "Ben"]
    path, _ = twin(database, truth, coding=first, coding2=second)
    with pytest.raises(DataError, match="codings lack a coder"):
        read_rqda(path, given(path))
    assert spans_of(read_rqda(path, given(path, coder="Ben"))) == set(truth.spans)


def test_codings_of_deleted_sources_and_codes_are_counted_and_left(database, truth, given):
    _, rows = twin(database, truth)
    sources = [(*row[:6], -1 if row[1] == 2 else 1) for row in rows["source"]]
    path, _ = twin(database, truth, source=sources)
    draft = read_rqda(path, given(path))
    gone = sum(span.document == list(truth.texts)[1] for span in truth.spans)
    assert draft.facts["left"]["codings whose document is missing"] == gone
    assert draft.facts["taken"]["codings"] == len(truth.spans) - gone


def test_fractions_of_characters_are_refused(database, truth, given):
    _, rows = twin(database, truth)
    coding = [(*row[:3], row[3] + 0.5, *row[4:]) if n == 0 else row for n, row in enumerate(rows["coding"])]
    path, _ = twin(database, truth, coding=coding)
    assert read_rqda(path, given(path)).facts["left"]["codings without a whole position"] == 1


def test_categories_stand_above_codes_and_cases_have_attributes(database, truth, given):
    path, _ = twin(
        database,
        truth,
        codecat=[("Barriers", 1, None, 1), ("Gone", 2, None, -1)],
        treecode=[(1, 1, 1), (2, 2, -1)],
        cases=[("P1", 1, 1)],
        caselinkage=[(1, 1, 0.0, float(len(truth.texts["Interview 1"])), 1)],
        caseAttr=[("age", "25", 1, 1)],
        fileAttr=[("site", "north", 2, 1)],
    )
    draft = read_rqda(path, given(path))
    codes = draft.tables["codes"].set_index("code_id")["parent_id"]
    assert codes.dropna().tolist() == ["Barriers"] and "Gone" not in codes.index
    cases = draft.tables["cases"].set_index("case_id")
    assert cases.loc["P1", "age"] == "25" and cases.loc["Entrevista ñ", "site"] == "north"
    assert draft.tables["documents"]["case_id"].tolist() == ["P1", "Entrevista ñ"]


def test_positions_that_fit_nothing_are_refused(database, truth, given):
    _, rows = twin(database, truth)
    coding = [(*row[:3], row[3] + 7, row[4] + 11, *row[5:]) for row in rows["coding"]]
    path, _ = twin(database, truth, coding=coding)
    with pytest.raises(DataError, match="No way to count fits"):
        read_rqda(path, given(path))


def test_the_stage_is_never_guessed(database, truth, given):
    path, _ = twin(database, truth)
    with pytest.raises(DataError, match="stage not declared"):
        read_rqda(path, given(path, stage=None))


def test_all_by_overrides_whatever_the_file_says(database, truth, given):
    path, _ = twin(database, truth)
    draft = read_rqda(path, given(path, all_by="Cy"))
    assert draft.tables["codings"]["coder_id"].unique().tolist() == ["Cy"]


def test_categories_of_files_are_counted(database, truth, given):
    kinds = {"filecat": [("clinic", None, 1, "x", 1), ("gone", None, 2, "x", -1)]}
    path, _ = twin(database, truth, **kinds, treefile=[(1, 1, "x", 1), (2, 1, "x", 1)])
    left = read_rqda(path, given(path)).facts["left"]
    assert (left["categories of files"], left["files in categories"]) == (1, 2)
    assert left["deleted rows of filecat"] == 1
