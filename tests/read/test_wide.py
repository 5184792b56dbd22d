"""Wide files in both shapes: a row a segment and coder, or a column a coder."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.inputs import Input
from analysis.read.wide import read_wide

BY_ROW = """\
talk,turn,who,group,said,role,coder,tone,topic
7,1,P1,high,hello there,client,1,warm,n/a
7,1,P1,high,hello there,client,2,cold,n/a
7,2,P1,high,and you,therapist,1,,home
8,1,P2,low,well,client,2,warm,
"""
ROWS = {
    "file": "ratings.csv", "format": "wide", "stage": "independent", "segment": ["talk", "turn"],
    "document": "talk", "case": "who", "group": "group", "text": "said", "speaker": "role", "coder": "coder",
    "variables": ["tone", "topic"],
}  # fmt: skip
BY_COLUMN = "id,A,B\n1,x,\n2,n/a,y\n"
COLUMNS = {
    "file": "ratings.csv", "format": "wide", "stage": "independent", "segment": "id", "coders": ["A", "B"],
    "variable": "mood",
}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    def read(text: str, given: dict, **more):
        (tmp_path / "ratings.csv").write_text(text, encoding="utf-8")
        return read_wide(tmp_path / "ratings.csv", Input(**{**given, **more}))

    return read


def codings(draft) -> list[tuple]:
    columns = ["segment_id", "coder_id", "variable", "value"]
    return sorted(draft.tables["codings"][columns].itertuples(index=False, name=None))


class TestARowASegmentAndCoder:
    def test_every_filled_cell_is_a_coding(self, read):
        assert codings(read(BY_ROW, ROWS)) == [
            ("7:1", "1", "tone", "warm"),
            ("7:1", "1", "topic", "n/a"),
            ("7:1", "2", "tone", "cold"),
            ("7:1", "2", "topic", "n/a"),
            ("7:2", "1", "topic", "home"),
            ("8:1", "2", "tone", "warm"),
        ]

    def test_segments_once_with_document_case_text_and_speaker(self, read):
        segments = read(BY_ROW, ROWS).tables["segments"]
        columns = ["segment_id", "document_id", "case_id", "text", "speaker"]
        assert segments[columns].to_numpy().tolist() == [
            ["7:1", "7", "P1", "hello there", "client"],
            ["7:2", "7", "P1", "and you", "therapist"],
            ["8:1", "8", "P2", "well", "client"],
        ]

    def test_cases_with_their_group(self, read):
        cases = read(BY_ROW, ROWS).tables["cases"]
        assert cases[["case_id", "group"]].to_numpy().tolist() == [["P1", "high"], ["P2", "low"]]

    def test_stage_and_round_may_stand_in_columns(self, read):
        text = BY_ROW.replace("topic\n", "topic,stage,round\n").replace("n/a\n", "n/a,training,2\n")
        text = text.replace("home\n", "home,,\n").replace("warm,\n", "warm,,,\n")
        frame = read(text, ROWS).tables["codings"]
        assert set(frame[["stage", "round"]].itertuples(index=False, name=None)) == {
            ("training", "2"),
            ("independent", "1"),
        }

    @pytest.mark.parametrize(
        ("old", "new", "row", "column", "said"),
        [
            (
                "hello there,client,2",
                "hello here,client,2",
                3,
                "said",
                "is not what row 2 says of the same segment",
            ),
            ("P1,high,and", "P2,high,and", 5, "group", "is not what row 4 says of the same case"),
            ("and you,therapist,1", "and you,therapist,", 4, "coder", "who coded this?"),
            ("7,2,P1", "7,,P1", 4, "turn", "empty"),
        ],
    )
    def test_rows_that_contradict_each_other(self, read, old, new, row, column, said):
        with pytest.raises(DataError) as raised:
            read(BY_ROW.replace(old, new), ROWS)
        (problem,) = raised.value.problems
        assert (problem.row, problem.column) == (row, column)
        assert said in problem.what
        assert "hello" not in str(raised.value), "no words of the interview"

    def test_a_joint_in_a_name_is_refused(self, read):
        with pytest.raises(DataError, match="joins the parts of a segment's name"):
            read(BY_ROW.replace("7,1,", "7:1,1,"), ROWS)


class TestAColumnACoder:
    def test_every_filled_cell_is_a_coding_and_an_empty_cell_is_none(self, read):
        assert codings(read(BY_COLUMN, COLUMNS)) == [
            ("1", "A", "mood", "x"),
            ("2", "A", "mood", "n/a"),
            ("2", "B", "mood", "y"),
        ]

    def test_a_segment_stands_once(self, read):
        with pytest.raises(DataError, match='row 4: segment "1" stands twice'):
            read(BY_COLUMN + "1,x,y\n", COLUMNS)

    def test_segments_that_nobody_rated_are_segments(self, read):
        assert read("id,A,B\n1,x,y\n2,,\n", COLUMNS).tables["segments"]["segment_id"].tolist() == ["1", "2"]


@pytest.mark.parametrize(("text", "given"), [(BY_ROW, ROWS), (BY_COLUMN, COLUMNS)])
def test_stage_has_no_default(read, text, given):
    with pytest.raises(DataError, match="stage not declared"):
        read(text, given, stage=None)


def test_columns_that_are_not_there_are_all_told_with_the_nearest(read):
    with pytest.raises(DataError) as raised:
        read(BY_ROW, ROWS, speaker="rolle", variables=["tone", "topik"])
    assert {(p.row, p.column) for p in raised.value.problems} == {(1, "rolle"), (1, "topik")}
    assert 'Did you mean "role"?' in str(raised.value)


def test_facts_of_the_reading(read):
    facts = read(BY_ROW, ROWS).facts
    assert (facts["rows"], facts["segments"], facts["codings"]) == (4, 3, 6)
