"""What a step records and leaves: once a key, whole numbers whole, the same by hand and under the runner."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

from analysis import consulted
from analysis.errors import DataError, UsageError
from analysis.inforce import InForce
from analysis.keys import Result
from analysis.paths import Workspace
from analysis.plainform import dump_json
from analysis.results import Step, open_step
from analysis.tables import SIMULATED


@pytest.fixture
def by_hand(small, monkeypatch) -> Step:
    monkeypatch.delenv("CONCORD_STAGE", raising=False)
    return Step(small.write(), "02_agreement", small.study())


@pytest.fixture
def staged(small, monkeypatch, tmp_path):
    """Return a maker of steps that run under the runner, in a study that 01_prepare has prepared."""
    study = small.study()

    def step(name: str) -> Step:
        monkeypatch.setenv("CONCORD_STAGE", str(tmp_path / "stage" / name))
        return Step(small.workspace, name, study)

    return step


def recorded(step: Step, *results: Result) -> list[dict]:
    step.record(results)
    step.finish()
    return json.loads((step.out / "step.json").read_text("utf-8"))["results"]


class TestRecords:
    def test_entry_says_where_it_came_from(self, by_hand):
        (entry,) = recorded(by_hand, Result("cases.n", 19, "participants", n=19))
        assert entry["key"] == "cases.n"
        assert entry["value"] == 19
        assert entry["notebook"] == "02_agreement"
        assert entry["cell"] == "record"
        assert entry["inputs"] == ["codings.csv"]

    def test_entries_stand_in_the_order_of_their_keys(self, by_hand):
        found = recorded(by_hand, Result("b", 1, "x"), Result("a", 2, "x"))
        assert [entry["key"] for entry in found] == ["a", "b"]

    @pytest.mark.parametrize(
        ("value", "kept"),
        [
            (math.nan, None),
            (math.inf, None),
            (None, None),
            (pd.NA, None),
            (np.float64(0.1) + 0.2, 0.3),
            (np.int64(3), 3),
            (1 / 3, 0.333333333333),
        ],
    )
    def test_undefined_is_null_and_floats_keep_twelve_digits(self, by_hand, value, kept):
        (entry,) = recorded(by_hand, Result("a", value, "x"))
        assert entry["value"] == kept
        assert type(entry["value"]) is type(kept)

    def test_a_key_is_recorded_once(self, by_hand):
        by_hand.record([Result("a", 1, "x")])
        with pytest.raises(UsageError, match="recorded twice"):
            by_hand.record([Result("a", 1, "x")])


class TestByHand:
    def test_files_go_to_the_lab_which_no_claim_reads(self, by_hand, small):
        by_hand.keep(pd.DataFrame({"a": [1]}), "agreement.csv")
        assert (small.root / ".lab/small/derived/agreement.csv").read_text() == "a\n1\n"
        assert not (small.root / "data/derived").exists()

    def test_a_table_of_an_earlier_step_is_made_anew(self, by_hand):
        table = by_hand.table("themes.csv", lambda: pd.DataFrame({"value": ["n/a", ""], "n": [1, 2]}))
        assert table["value"].iloc[0] == "n/a", "only an empty cell is missing"
        assert pd.isna(table["value"].iloc[1])

    @pytest.mark.parametrize("text", ["one\rtwo", "one\r\ntwo", "one\ntwo", 'a "b", c'])
    def test_words_keep_their_line_ends(self, by_hand, text):
        table = by_hand.table(
            "framework_matrix.csv", lambda: pd.DataFrame({"summary": [text, None], "n": [1, 2]})
        )
        assert table["summary"].tolist() == [text, pd.NA]
        assert table["n"].tolist() == [1, 2]


class TestUnderTheRunner:
    def test_tables_are_left_by_the_first_step_and_loaded_by_the_next(self, staged, small):
        first = staged("01_prepare")
        first.keep_corpus()
        derived = small.workspace.derived("small")
        derived.parent.mkdir(parents=True)
        (first.out / "derived").rename(derived)

        second = staged("02_agreement")
        assert second.corpus.segments["segment_id"].tolist() == first.corpus.segments["segment_id"].tolist()
        assert second.corpus.warnings == first.corpus.warnings
        assert second.files() == first.files()

    def test_what_was_read_is_told_without_text(self, staged, small):
        first = staged("01_prepare")
        first.keep_corpus()
        facts = (first.out / "derived" / "imports.json").read_text("utf-8")

        assert {each["file"] for each in json.loads(facts)["files"]} == set(small.files)
        assert small.secret not in facts

    def test_a_table_that_no_step_left_is_an_error(self, staged):
        with pytest.raises(DataError, match=r"themes\.csv: is not there"):
            staged("05_report").table("themes.csv", pd.DataFrame)

    def test_a_table_reads_the_same_as_by_hand(self, staged, by_hand, small):
        frame = pd.DataFrame({"code_id": ["1", None], "share": [1 / 3, math.nan]})
        step = staged("03_themes")
        step.keep(frame, "themes.csv")
        derived = small.workspace.derived("small")
        derived.mkdir(parents=True)
        (step.out / "derived" / "themes.csv").rename(derived / "themes.csv")

        pd.testing.assert_frame_equal(
            staged("05_report").table("themes.csv", lambda: frame), by_hand.table("themes.csv", lambda: frame)
        )


def test_a_step_opens_in_the_workspace_that_the_environment_names(small, monkeypatch):
    monkeypatch.setenv("CONCORD_ROOT", str(small.write().root))
    monkeypatch.delenv("CONCORD_STAGE", raising=False)
    step = open_step("01_prepare", "small", {"seed": 12})

    assert step.study.seed == 12
    assert step.banner.caption == "A small study"


def test_simulated_studies_say_so_first(bundled, checkout):
    _, study = bundled("simon2021_simulated")
    banner = Step(Workspace(checkout), "01_prepare", study).banner
    assert banner.caption.startswith(SIMULATED)
    assert banner.markup.index("Simulated data") < banner.markup.index("Internet-based")


def test_json_is_sorted_and_never_holds_what_is_no_number():
    assert dump_json({"b": 1, "a": "é"}) == '{\n  "a": "é",\n  "b": 1\n}\n'
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_json({"a": math.nan})


def test_a_second_step_opened_in_one_notebook_counts_as_reading_everything(
    small, monkeypatch, tmp_path
) -> None:
    monkeypatch.setenv("CONCORD_ROOT", str(small.write().root))
    monkeypatch.setenv("CONCORD_STAGE", str(tmp_path / "stage"))

    first = open_step("02_agreement", "small", {})
    assert first.study.agreement.unit == "segment"
    assert list(consulted.read(tmp_path / "stage")) == ["setting agreement.unit"]
    second = open_step("02_agreement", "small", {"agreement.unit": "case"})
    assert second.study.agreement.unit == "case"

    settings = InForce(small.study())
    assert consulted.read(tmp_path / "stage") == {
        **settings.hashes(["setting agreement.unit"]),
        **settings.whole,
    }
