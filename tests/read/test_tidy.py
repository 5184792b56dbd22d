"""Tidy tables: recognised by name, completed from study.yml, anything else in the header told."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.inputs import Input
from analysis.read.tidy import read_tidy, table_named
from analysis.schemas import TABLES


@pytest.fixture
def read(tmp_path):
    def read(text: str, file: str = "codings.csv", **given):
        (tmp_path / file).write_text(text, encoding="utf-8")
        return read_tidy(tmp_path / file, Input(file=file, **given))

    return read


@pytest.mark.parametrize("name", TABLES)
def test_table_by_file_name(name):
    assert table_named(f"{name}.csv") == name
    assert table_named(f"wave1/{name.upper()}.TSV") == name
    assert table_named(f"{name}.xlsx") is None
    assert table_named(f"my-{name}.csv") is None


class TestFilledFromStudy:
    def test_columns_that_the_file_lacks(self, read):
        frame = read("segment_id,value\ns1,x\n", stage="independent", round=2, coder="A").tables["codings"]
        assert frame[["coder_id", "variable", "stage", "round"]].iloc[0].tolist() == [
            "A",
            "codes",
            "independent",
            "2",
        ]

    def test_empty_cells_too_and_full_cells_never(self, read):
        frame = read(
            "segment_id,coder_id,value,stage\ns1,B,x,training\ns2,,x,\n", stage="independent", coder="A"
        ).tables["codings"]
        assert frame["coder_id"].tolist() == ["B", "A"]
        assert frame["stage"].tolist() == ["training", "independent"]

    def test_a_rating_file_names_its_variable(self, read):
        frame = read("segment_id,coder_id,value\ns1,A,low\n", stage="independent", variable="mood").tables[
            "codings"
        ]
        assert frame["variable"].tolist() == ["mood"]

    def test_stage_has_no_default(self, read):
        with pytest.raises(DataError, match=r"stage not declared.*agree by construction"):
            read("segment_id,coder_id,value\ns1,A,x\n")

    def test_assignments_are_of_a_stage_as_well(self, read):
        with pytest.raises(DataError, match="stage not declared"):
            read("coder_id,document_id\nA,D1\n", "assignments.csv")
        frame = read("coder_id,document_id\nA,D1\n", "assignments.csv", stage="training").tables[
            "assignments"
        ]
        assert frame["stage"].tolist() == ["training"]


class TestHeader:
    def test_columns_that_are_not_known_are_named_and_left_out(self, read):
        draft = read("segment_id,coder_id,value,stage,mood_of_coder\ns1,A,x,independent,tired\n")
        assert "mood_of_coder" not in draft.tables["codings"]
        assert draft.warnings == ["codings.csv: columns not used: mood_of_coder."]

    def test_any_column_of_cases_is_an_attribute(self, read):
        draft = read("case_id,site,withdrawal_date\nP1,north,\n", "cases.csv")
        assert draft.tables["cases"]["site"].tolist() == ["north"]
        assert draft.warnings == []

    @pytest.mark.parametrize("slip", ["withdrawnn", "Withdrawn", "consent_qoute", "intervieworder"])
    def test_a_slip_of_the_pen_is_no_attribute(self, read, slip):
        with pytest.raises(DataError, match="Did you mean"):
            read(f"case_id,{slip}\nP1,no\n", "cases.csv")

    def test_an_attribute_like_a_column_that_is_there_is_fine(self, read):
        assert "withdrawn2" in read("case_id,withdrawn,withdrawn2\nP1,no,x\n", "cases.csv").tables["cases"]

    def test_missing_columns_are_all_told(self, read):
        with pytest.raises(DataError) as raised:
            read("segment_id,note\ns1,x\n")
        assert {problem.column for problem in raised.value.problems} == {"coder_id", "value", "stage"}
        assert "coder: NAME" in str(raised.value)

    def test_rows_and_file_are_kept_for_messages(self, read):
        frame = read(
            'segment_id,coder_id,value,stage,memo\ns1,A,x,independent,"a\nb"\n\ns2,A,x,independent,\n'
        )
        assert frame.tables["codings"]["_row"].tolist() == [2, 4]
        assert set(frame.tables["codings"]["_file"]) == {"codings.csv"}


def test_table_may_be_named_in_study_yml(read):
    draft = read("code_id,name\nx,X\n", "codebook-v3.csv", table="codes")
    assert list(draft.tables) == ["codes"]


def test_a_file_of_no_table_says_what_there_is(read):
    with pytest.raises(DataError, match=r'is not named after a table.*Did you mean "segments"\?'):
        read("a\n1\n", "segment.csv")


def test_ids_are_cleaned_and_text_is_left_alone(read):
    frame = read('segment_id,text\n" s1 "," two  blanks "\n', "segments.csv").tables["segments"]
    assert frame["segment_id"].tolist() == ["s1"]
    assert frame["text"].tolist() == [" two  blanks "]


def test_facts_of_the_reading(read):
    assert read("code_id;name\nx;X\n", "codes.csv").facts == {
        "format": "tidy", "table": "codes", "rows": 1, "encoding": "utf-8", "delimiter": "semicolon",
    }  # fmt: skip


def test_codings_with_their_places_in_one_table_are_codings_and_segments(tmp_path):
    path = tmp_path / "back.csv"
    path.write_text(
        "document_id,segment_id,start,end,text,coder_id,value,stage\n"
        "d,s1,0,4,wait,A,waiting,independent\n"
        "d,s1,0,4,wait,B,waiting,independent\n"
        "d,s2,5,9,long,A,cost,independent\n"
    )
    draft = read_tidy(path, Input(file="back.csv"))
    assert draft.tables["codings"]["value"].tolist() == ["waiting", "waiting", "cost"]
    segments = draft.tables["segments"]
    assert segments["segment_id"].tolist() == ["s1", "s2"]
    assert segments["text"].tolist() == ["wait", "long"]
    assert draft.warnings == []


def test_such_a_table_that_is_called_codings_is_codings_alone(tmp_path):
    """Its places stand in segments.csv beside it; a second telling could contradict the first."""
    path = tmp_path / "codings.csv"
    path.write_text("document_id,segment_id,start,end,coder_id,value,stage\nd,s1,0,4,A,waiting,independent\n")
    draft = read_tidy(path, Input(file="codings.csv"))
    assert list(draft.tables) == ["codings"]
    assert draft.warnings == ["codings.csv: columns not used: document_id, start, end."]
