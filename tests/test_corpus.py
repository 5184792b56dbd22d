"""The corpus: order, parts, and taking cases and coders out of every table."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.corpus import Corpus, empty_table, natural
from analysis.errors import DataError
from analysis.schemas import TABLES


@pytest.fixture
def corpus(small):
    return small.corpus()


class TestNaturalOrder:
    def test_numbers_sort_as_numbers(self):
        assert sorted(["P10", "P9", "p1", "2", "10", "a"], key=natural) == ["2", "10", "a", "p1", "P9", "P10"]

    @given(st.permutations(["P1", "P2", "P10", "2", "10", "", "²", "٣", "é", "E"]))
    def test_order_is_the_same_wherever_one_starts(self, names):
        assert sorted(names, key=natural) == sorted(sorted(names), key=natural)

    @given(st.integers(0, 10**9), st.integers(0, 10**9), st.text(st.characters(categories=["L"]), max_size=3))
    def test_order_of_numbers_behind_a_word(self, a, b, word):
        assert (natural(f"{word}{a}") < natural(f"{word}{b}")) == (a < b)


class TestParts:
    def test_groups_in_order_of_appearance(self, corpus):
        assert corpus.groups == ["patient", "staff"]

    def test_codes_come_before_other_variables(self, corpus):
        assert corpus.variables() == ["codes", "mood"]

    def test_codings_of_a_variable_stage_and_round(self, corpus):
        assert len(corpus.of("codes")) == 13
        assert len(corpus.of("codes", "consensus")) == 4
        assert len(corpus.of("codes", "independent", 2)) == 0
        assert corpus.rounds("codes") == [1]

    def test_what_is_made_of_the_tables_is_made_once_and_for_these_tables_alone(self, corpus):
        made: list[int] = []

        def make() -> int:
            made.append(len(corpus.codings))
            return len(made)

        assert [corpus.once("a", make), corpus.once("a", make), corpus.once("b", make)] == [1, 1, 2]
        assert corpus.without_coders(["A"]).once("a", make) == 3

    def test_subcodes_at_every_depth(self):
        codes = pd.DataFrame({"code_id": list("abcd"), "parent_id": [None, "a", "b", "a"]}, dtype="string")
        assert Corpus(codes=codes).children("a") == ["b", "c", "d"]
        assert Corpus(codes=codes).children("c") == []

    @pytest.mark.parametrize("name", TABLES)
    def test_empty_tables_have_typed_columns(self, name):
        frame = empty_table(name)
        assert list(frame.columns) == list(TABLES[name].columns)
        assert "object" not in frame.dtypes.astype(str).to_numpy()


class TestWithout:
    def test_nothing_of_a_case_stays_in_any_table(self, corpus):
        left = corpus.without_cases(["P1"])

        for name, frame in left.tables().items():
            cells = frame.astype("string").fillna("").to_numpy().ravel()
            assert not any("P1" in cell or cell == "D1" for cell in cells), name
        assert left.cases["case_id"].tolist() == ["P2", "P3"]
        assert set(left.assignments["document_id"]) == {"D2", "D3"}
        assert left.audit["item"].tolist() == ["codebook"]

    def test_segments_of_another_case_leave_a_shared_cell(self, corpus):
        charting = corpus.charting.copy()
        charting.loc[charting["case_id"] == "P3", "segment_ids"] = "P1-2; P3-2"
        shared = Corpus(**{**corpus.tables(), "charting": charting})

        assert shared.without_cases(["P1"]).charting["segment_ids"].tolist() == ["P3-2"]

    def test_taking_nobody_out_changes_nothing(self, corpus):
        assert corpus.without_cases([]) is corpus

    def test_nothing_of_a_coder_stays(self, corpus):
        left = corpus.without_coders(["A"])

        assert left.coders["coder_id"].tolist() == ["B", "team"]
        assert "A" not in set(left.codings["coder_id"]) | set(left.assignments["coder_id"])
        assert len(left.segments) == len(corpus.segments)


class TestSaved:
    def test_round_trip_through_parquet(self, corpus, tmp_path):
        written = corpus.save(tmp_path / "derived")
        back = Corpus.load(tmp_path / "derived", corpus.withdrawn, corpus.warnings)

        assert {path.stem for path in written} == set(TABLES)
        assert back.warnings == corpus.warnings
        for name, frame in corpus.tables().items():
            pd.testing.assert_frame_equal(back.tables()[name], frame, check_dtype=False)

    def test_saved_twice_is_the_same_bytes(self, corpus, tmp_path):
        for one, other in zip(corpus.save(tmp_path / "a"), corpus.save(tmp_path / "b"), strict=True):
            assert one.read_bytes() == other.read_bytes()

    def test_a_table_that_is_not_there_is_named(self, corpus, tmp_path):
        corpus.save(tmp_path)
        (tmp_path / "codes.parquet").unlink()
        with pytest.raises(DataError, match=r"codes\.parquet.*is not there"):
            Corpus.load(tmp_path)
