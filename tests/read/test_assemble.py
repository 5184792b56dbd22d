"""From drafts to one corpus: joined, checked, completed, merged; who withdrew is gone."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.schemas import TABLES


@pytest.fixture
def small(small):
    return small.without("assignments", "asked", "charting", "audit")


class TestInferred:
    def test_the_least_a_study_needs(self, small):
        corpus = small.only(codings="segment_id,coder_id,value\ns2,B,y\ns10,A,x\n").corpus()

        assert corpus.segments["segment_id"].tolist() == ["s2", "s10"]
        assert corpus.coders["coder_id"].tolist() == ["A", "B"]
        assert corpus.codes[["code_id", "name", "level"]].to_numpy().tolist() == [
            ["x", "x", 1],
            ["y", "y", 1],
        ]
        assert corpus.cases.empty
        assert corpus.codings["stage"].unique().tolist() == ["independent"]

    def test_what_was_inferred_is_named(self, small):
        warnings = small.only(codings="segment_id,coder_id,value\ns2,B,y\ns10,A,x\n").corpus().warnings
        assert warnings == (
            "segments.csv is not there: 2 segments taken from codings.",
            "coders.csv is not there: 2 coders taken from codings.",
            "codes.csv is not there: 2 codes taken from codings.",
        )

    def test_a_complete_study_warns_of_nothing_but_its_recodes(self, small):
        assert small.corpus().warnings == ("1 codings of price read as cost (rename).",)

    def test_cases_and_documents_from_segments(self, small):
        corpus = small.only(
            codings="segment_id,coder_id,value\na,A,x\n",
            segments="segment_id,document_id,case_id\na,D1,P1\nb,D1,P1\nc,D2,P2\nd,D3,P3\ne,D3,P4\n",
        ).corpus()

        assert corpus.cases[["case_id", "group"]].to_numpy().tolist() == [
            [f"P{n}", "all"] for n in (1, 2, 3, 4)
        ]
        found = corpus.documents[["document_id", "case_id"]].fillna("").to_numpy().tolist()
        assert found == [["D1", "P1"], ["D2", "P2"], ["D3", ""]], "a document of two people is of neither"

    def test_case_of_a_segment_is_its_documents(self, small):
        assert small.corpus().segments.set_index("segment_id")["case_id"]["P2-3"] == "P2"

    def test_depth_of_codes(self, small):
        codes = small.corpus().codes.set_index("code_id")["level"]
        assert codes.to_dict() == {"access": 1, "waiting": 2, "contact": 2, "cost": 1}


class TestSpeakers:
    def test_speaker_is_of_the_turn_that_a_segment_starts_in(self, small):
        speakers = small.corpus().segments.set_index("segment_id")["speaker"]
        assert speakers[["P1-1", "P1-2", "P3-2"]].tolist() == ["interviewer", "participant", "participant"]

    def test_a_segment_between_turns_has_no_speaker(self, small):
        """Characters 0 to 12 are the label `Interviewer: `."""
        small.files["segments.csv"] += "label,D1,0,12,,\n"
        assert pd.isna(small.corpus().segments.set_index("segment_id")["speaker"]["label"])

    def test_what_the_segments_say_comes_first(self, small):
        rows = small.rows("segments")
        small.put(
            "segments", [[*rows[0], "speaker"], [*rows[1], "moderator"], *([*row, ""] for row in rows[2:])]
        )
        speakers = small.corpus().segments.set_index("segment_id")["speaker"]
        assert speakers[["P1-1", "P1-2"]].tolist() == ["moderator", "participant"]


class TestEqualSpans:
    @pytest.fixture
    def twice(self, small):
        """The span of P1-2 once more, under a name that sorts first, coded by A alone."""
        small.files["segments.csv"] += "P1-02,D1,85,147,,q2\n"
        small.files["codings.csv"] += (
            "P1-02,A,codes,waiting,independent,1,\nP1-02,A,codes,cost,independent,1,\n"
        )
        return small

    def test_are_one_segment(self, twice):
        corpus = twice.corpus()
        spans = corpus.segments[["document_id", "start", "end"]]

        assert not spans.duplicated().any()
        assert len(corpus.segments) == 8
        assert "1 segments with the same span as another were merged with it." in corpus.warnings

    def test_carry_all_codings_each_once(self, twice):
        corpus = twice.corpus()
        mine = corpus.codings[(corpus.codings["coder_id"] == "A") & (corpus.codings["variable"] == "codes")]
        first = mine[mine["segment_id"].isin(["P1-2", "P1-02"])]
        assert sorted(first["value"]) == ["cost", "waiting"]
        assert first["segment_id"].nunique() == 1

    def test_segments_without_positions_are_never_merged(self, small):
        corpus = small.only(
            segments="segment_id,document_id,text\na,D1,same words\nb,D1,same words\n",
            codings="segment_id,coder_id,value\na,A,x\nb,A,x\n",
        ).corpus()
        assert len(corpus.segments) == 2


class TestSlices:
    def shift(self, small, *ids: str) -> None:
        rows = small.rows("segments")
        for row in rows:
            if row[0] in ids:
                row[2:4] = [str(int(row[2]) + 1), str(int(row[3]) + 1)]
        small.put("segments", rows)

    def test_positions_that_read_otherwise_are_told_by_row(self, small):
        self.shift(small, "P1-2", "P2-2")
        with pytest.raises(DataError) as raised:
            small.corpus()
        assert [(p.file, p.row, p.column) for p in raised.value.problems] == [
            ("segments.csv", 3, "start"),
            ("segments.csv", 6, "start"),
        ]
        assert small.secret not in str(raised.value)

    def test_blanks_and_line_ends_do_not_count(self, small):
        """Tools trim, and break lines as their system does."""
        small.files["segments.csv"] = small.files["segments.csv"].replace("months until", "months  until")
        assert len(small.corpus().segments) == 8

    def test_a_few_in_many_are_a_warning(self, small):
        """One letter of twenty-six stands elsewhere: 3.8 %, below the twentieth that stops a study."""
        letters = "abcdefghijklmnopqrstuvwxyz"
        rows = [f"{letter},D1,{n},{n + 1},{letter}\n" for n, letter in enumerate(letters)]
        rows[3] = "d,D1,9,10,d\n"
        small.only(
            codings="segment_id,coder_id,value\na,A,x\n",
            documents=f"document_id,text\nD1,{letters}\n",
            segments="segment_id,document_id,start,end,text\n" + "".join(rows),
        )
        warnings = small.corpus().warnings
        assert "1 of 26 segments do not read as the document does at their place." in warnings


class TestWithdrawn:
    @pytest.fixture
    def gone(self, new_small):
        """Every table has something of P1, who withdrew."""
        small = new_small()
        small.edit("cases.csv", "P1,patient,1,yes,yes,no", "P1,patient,1,yes,yes,yes")
        return small

    def test_nothing_of_theirs_is_in_any_table(self, gone):
        corpus = gone.corpus()

        assert corpus.withdrawn == 1
        for name, frame in corpus.tables().items():
            cells = frame.astype("string").fillna("").to_numpy().ravel()
            assert not any(cell in ("P1", "D1") or cell.startswith("P1-") for cell in cells), name

    def test_nothing_of_theirs_is_in_any_file(self, gone, tmp_path):
        for path in gone.corpus().save(tmp_path / "derived"):
            assert b"anybody wrote to us" not in path.read_bytes()
            text = pd.read_parquet(path).astype("string").fillna("").to_csv()
            assert "P1-" not in text, path.name

    def test_nor_is_it_told_who_withdrew(self, gone):
        assert not any("P1" in warning for warning in gone.corpus().warnings)

    def test_a_document_goes_with_the_only_case_of_its_segments(self, small):
        """documents.csv names no case; every segment of D1 is of P1, who withdrew."""
        small.only(
            codings="segment_id,coder_id,value\na,A,x\nc,A,x\n",
            cases="case_id,withdrawn\nP1,yes\nP2,no\n",
            documents="document_id,text\nD1,words of somebody who withdrew\nD2,other words\n",
            turns="document_id,start,end,speaker\nD1,0,5,participant\nD2,0,5,participant\n",
            segments="segment_id,document_id,case_id,start,end\na,D1,P1,0,5\nb,D1,P1,6,8\nc,D2,P2,0,5\n",
        )
        corpus = small.corpus()

        assert corpus.documents["document_id"].tolist() == ["D2"]
        assert corpus.turns["document_id"].tolist() == ["D2"]
        assert corpus.codings["segment_id"].tolist() == ["c"]

    def test_a_missing_flag_is_no_withdrawal(self, small):
        small.edit("cases.csv", "P1,patient,1,yes,yes,no", "P1,patient,1,yes,yes,")
        assert small.corpus().withdrawn == 0


class TestExcluded:
    @pytest.mark.parametrize(
        ("overrides", "cases"),
        [
            ({"exclude__case": "P1"}, ["P2", "P3"]),
            ({"exclude__case": ["P1", "P2"]}, ["P3"]),
            ({"exclude__group": ["patient"]}, ["P3"]),
            ({"exclude__group": "staff"}, ["P1", "P2"]),
        ],
    )
    def test_cases_and_groups(self, small, overrides, cases):
        corpus = small.corpus(**overrides)
        assert corpus.cases["case_id"].tolist() == cases
        assert set(corpus.segments["case_id"]) == set(cases)
        assert corpus.withdrawn == 0

    def test_coders(self, small):
        corpus = small.corpus(exclude__coder="B")
        assert set(corpus.codings["coder_id"]) == {"A", "team"}
        assert len(corpus.segments) == 8

    @pytest.mark.parametrize(
        ("overrides", "said"),
        [
            ({"exclude__coder": "a"}, '"a" is not among the study\'s coders. Did you mean "A"?'),
            ({"exclude__case": ["P1", "P11"]}, '"P11" is not among the study\'s cases. Did you mean "P1"?'),
            ({"exclude__group": "patients"}, 'Did you mean "patient"?'),
        ],
    )
    def test_a_name_that_is_not_there_would_leave_everything_in(self, small, overrides, said):
        with pytest.raises(DataError) as raised:
            small.corpus(**overrides)
        assert said in str(raised.value)

    def test_who_withdrew_may_be_left_out_by_name(self, small):
        small.edit("cases.csv", "P1,patient,1,yes,yes,no", "P1,patient,1,yes,yes,yes")
        assert small.corpus(exclude__case="P1").cases["case_id"].tolist() == ["P2", "P3"]


class TestCodersMap:
    def test_names_in_files_become_coder_ids(self, small):
        small.only(
            codings="segment_id,coder_id,value\na,Anna (laptop),x\na,Ben,x\nb,ANNA,y\n",
            assignments="coder_id,segment_id,stage\nANNA,a,independent\n",
            coders="coder_id\nA\nBen\n",
        )
        small.settings += "coders: {Anna (laptop): A, ANNA: A}\n"
        corpus = small.corpus()

        assert set(corpus.codings["coder_id"]) == {"A", "Ben"}
        assert corpus.assignments["coder_id"].tolist() == ["A"]

    def test_two_names_of_one_coder_cannot_hide_a_duplicate(self, small):
        small.only(codings="segment_id,coder_id,value\na,Anna,x\na,ANNA,x\n")
        small.settings += "coders: {ANNA: Anna}\n"
        with pytest.raises(DataError, match="duplicate of row 2"):
            small.corpus()


class TestLimitedVariables:
    """Mood was rated by A in P1-2, P2-2, P3-2 and by B in P1-2, P2-2; in P2-2 A wrote n/a."""

    @pytest.mark.parametrize(
        ("where", "left_out"),
        [
            ("{question: q2}", 0),
            ("{case: P2}", 3),  # documents say whose segment it is
            ("{speaker: participant}", 0),  # turns say who speaks
            ("{speaker: interviewer}", 5),
            ("{group: staff}", 4),
            ("{document: [D1, D3]}", 2),
            ("{case: P2, question: q3}", 5),
        ],
    )
    def test_ratings_of_other_segments_are_left_out_and_counted(self, small, where, left_out):
        small.edit("study.yml", "high, n/a]}", f"high, n/a], where: {where}}}")
        corpus = small.corpus()

        said = [warning for warning in corpus.warnings if "`where`" in warning]
        assert said == ([f"mood: {left_out} cells outside its `where` left out."] if left_out else [])
        assert len(corpus.of("mood")) == 5 - left_out
        assert len(corpus.of("codes")) == 13

    def test_values_need_be_declared_only_where_the_variable_applies(self, small):
        small.edit("study.yml", "high, n/a]}", "high], where: {case: [P1, P3]}}")
        assert set(small.corpus().of("mood")["value"]) == {"low", "high"}

    def test_a_segment_that_is_not_there_is_no_segment_elsewhere(self, small):
        small.edit("study.yml", "high, n/a]}", "high, n/a], where: {speaker: participant}}")
        small.edit("codings.csv", "P3-2,A,mood", "P3-9,A,mood")
        with pytest.raises(DataError, match=r'"P3-9" is not in segments\.csv'):
            small.corpus()


def test_tables_have_every_column_in_its_type(small):
    for name, frame in small.corpus().tables().items():
        known = list(TABLES[name].columns)
        assert list(frame.columns[: len(known)]) == known
        assert frame.index.tolist() == list(range(len(frame))), name
        assert not any(column.startswith("_") for column in frame.columns)


def test_attributes_of_cases_stay(small):
    assert small.corpus().cases["site"].tolist() == ["north", "south", "north"]


def test_no_codings_is_an_error_except_where_nobody_codes_independently(small):
    small.settings = small.settings.replace("codings.csv", "documents.csv").replace(
        "themes: {counted: consensus}\n", ""
    )
    small.keep("documents.csv", "cases.csv")
    with pytest.raises(DataError, match="no file of codings among the inputs"):
        small.corpus()
    small.settings = small.settings.replace("method: codebook", "method: reflexive")
    assert len(small.corpus().documents) == 3
