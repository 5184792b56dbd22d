"""GRID.yml: what runs, under which names, and everything wrong at once before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.errors import UsageError
from analysis.grid import Grid, load_grid, setting
from analysis.gridfile import MOST_RUNS
from analysis.paths import Workspace
from analysis.runnames import said


@pytest.fixture
def grid(small, tmp_path: Path):
    """Return a reader of a grid over the small study."""
    workspace = small.write()

    def read(text: str, name: str = "choices.yml") -> Grid:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return load_grid(workspace, path)

    return read


def names(grid: Grid) -> list[str]:
    return [run.name for run in grid.runs]


class TestRuns:
    def test_every_combination_runs_once_under_a_readable_name(self, grid) -> None:
        found = grid("studies: [small]\nvary:\n  agreement.unit: [segment, case]\n  exclude.coder: [A, B]\n")

        assert names(found) == [
            "small--unit=segment--coder=A",
            "small--unit=segment--coder=B",
            "small--unit=case--coder=A",
            "small--unit=case--coder=B",
        ]
        assert found.runs[2].overrides == {"agreement.unit": "case", "exclude.coder": "A"}
        assert found.runs[2].study.agreement.unit == "case"
        assert found.runs[2].study.exclude.coder == ["A"]

    def test_a_tilde_leaves_what_study_yml_says(self, grid) -> None:
        found = grid("studies: [small]\nvary: {exclude.coder: [~, A, [A, B]]}\n")

        assert names(found) == ["small--as-it-is", "small--coder=A", "small--coder=A+B"]
        assert found.runs[0].overrides == {}

    def test_products_and_single_runs_stand_side_by_side(self, grid) -> None:
        found = grid(
            "studies: [small]\n"
            "vary:\n  - {agreement.unit: [segment, case]}\n  - {seed: [3, 4]}\n"
            "runs:\n  - {agreement.primary: gwet_ac1, seed: 7}\n"
            "always: {agreement.interval.draws: 200}\n"
        )

        assert names(found) == [
            "small--unit=segment", "small--unit=case", "small--seed=3", "small--seed=4",
            "small--primary=gwet_ac1--seed=7",
        ]  # fmt: skip
        assert {run.study.agreement.interval.draws for run in found.runs} == {200}

    def test_the_same_settings_run_once(self, grid) -> None:
        found = grid("studies: [small, small]\nvary: {seed: [1, 1]}\nruns: [{seed: 1}]\n")

        assert names(found) == ["small--seed=1"]

    def test_settings_that_come_to_the_same_run_once(self, grid) -> None:
        found = grid("studies: [small]\nvary: {agreement.unit: [~, segment], exclude.coder: [~, []]}\n")

        assert names(found) == ["small--as-it-is"]

    def test_coders_whose_ids_may_be_names_stand_in_no_name_or_setting(self, grid, small) -> None:
        for table in ("coders", "codings", "assignments", "charting"):
            small.put(table, [["Annika" if c == "A" else c for c in row] for row in small.rows(table)])
        small.write()
        found = grid(
            "studies: [small]\nvary: {exclude.coder: [Annika, B], themes.counted: ['coder:Annika']}\n"
        )

        assert names(found) == [
            "small--coder=coder-1--counted=coder-coder-1",
            "small--coder=B--counted=coder-coder-1",
        ]
        assert found.runs[0].study.exclude.coder == ["Annika"]
        assert found.runs[0].settings == {"exclude.coder": ["coder 1"], "themes.counted": "coder:coder 1"}

    def test_nor_do_they_where_study_yml_alone_names_them(self, grid, small) -> None:
        for table in ("coders", "codings", "assignments", "charting"):
            small.put(table, [["Annika" if c == "A" else c for c in row] for row in small.rows(table)])
        small.edit("study.yml", "counted: consensus", "counted: 'coder:Annika'")
        small.write()
        found = grid("studies: [small]\nvary: {themes.counted: [~, any]}\n")

        assert found.own == {"small": {"themes.counted": "coder:coder 1"}}
        assert found.runs[0].settings == {"themes.counted": "coder:coder 1"}

    def test_a_larger_grid_keeps_the_names_of_runs_that_were_there(self, grid) -> None:
        before = grid("studies: [small]\nvary: {seed: [1, 2]}\n")
        after = grid("studies: [small]\nvary: {seed: [1, 2, 3]}\nruns: [{agreement.unit: case}]\n")

        assert set(names(before)) <= set(names(after))

    def test_unless_it_varies_another_setting_that_ends_alike(self, grid) -> None:
        text = "studies: [small]\nvary: {agreement.where.speaker: [x]}\n"
        before, after = grid(text), grid(f"{text}runs: [{{variables.mood.where.speaker: y}}]\n")

        assert names(before) == ["small--speaker=x"]
        assert names(after) == ["small--agreement.where.speaker=x", "small--mood.where.speaker=y"]

    def test_settings_that_end_alike_are_told_apart(self, grid) -> None:
        found = grid(
            "studies: [small]\nvary: {agreement.where.speaker: [x], variables.mood.where.speaker: [y]}\n"
        )

        assert names(found) == ["small--agreement.where.speaker=x--mood.where.speaker=y"]

    def test_names_are_short_safe_and_differ(self, grid) -> None:
        long = "themes.labels: [cqr2005, four_labels]"
        words = ", ".join(f'"speaker {n}/.. {"x" * 40}"' for n in range(4))
        found = grid(f"studies: [small]\nvary:\n  agreement.where.speaker: [[{words}]]\n  {long}\n")

        assert len(set(names(found))) == 2
        assert all(len(name) <= 96 and "/" not in name and " " not in name for name in names(found))

    def test_nothing_varied_is_one_run(self, grid) -> None:
        assert names(grid("studies: [small]\n")) == ["small--as-it-is"]

    def test_its_name_is_the_files_unless_it_says_otherwise(self, grid) -> None:
        assert grid("studies: [small]\n").name == "choices"
        assert grid("studies: [small]\nname: others\n").name == "others"


class TestProblems:
    def refused(self, grid, text: str) -> str:
        with pytest.raises(UsageError) as caught:
            grid(text)
        return str(caught.value)

    def test_all_are_told_at_once_with_their_lines(self, grid) -> None:
        told = self.refused(
            grid,
            "studies: [small]\nvary:\n  agreement.unti: [segment]\n  agreement.unit: [segment, cse]\n"
            "  disclosure.policy: [as_published, text_free]\nruns:\n  - {exclude.case: P1}\n",
        )

        assert "choices.yml has 4 problems" in told
        assert "line 3, 'agreement.unti': is not known here. Did you mean \"unit\"?" in told
        assert "line 4, 'agreement.unit': must be one of" in told
        assert 'Did you mean "case"?' in told
        assert "line 5, 'disclosure': a batch may not change it" in told
        assert "line 7, 'exclude.case': names participants" in told
        assert told.endswith("Nothing was started.")

    def test_an_unknown_study_is_told_with_a_near_one(self, grid) -> None:
        told = self.refused(grid, "studies: [smal]\n")

        assert 'there is no study "smal" below data/raw. Did you mean "small"?' in told

    def test_an_unknown_key_of_the_file_is_told(self, grid) -> None:
        assert 'Did you mean "vary"?' in self.refused(grid, "studies: [small]\nvari: {seed: [1]}\n")

    def test_a_value_that_is_no_list_is_told(self, grid) -> None:
        assert "vary" in self.refused(grid, "studies: [small]\nvary: {seed: 1}\n")

    @pytest.mark.parametrize(
        "settings",
        ["exclude: {case: [P1]}", "agreement.where.case: P1", "agreement.where: {document: D1}",
         "simulated: true", "study: other"],
    )  # fmt: skip
    def test_participants_and_what_governs_publishing_stay_out_of_settings(self, grid, settings) -> None:
        assert "Nothing was started" in self.refused(grid, f"studies: [small]\nruns: [{{{settings}}}]\n")

    def test_a_date_is_no_setting(self, grid) -> None:
        told = self.refused(grid, "studies: [small]\nvary: {title: [2024-01-01]}\n")

        assert "line 2, 'title'" in told
        assert "write it in quotes" in told

    def test_more_runs_than_anybody_waits_for_are_refused(self, grid) -> None:
        seeds = ", ".join(map(str, range(100)))
        text = f"studies: [small]\nvary: {{seed: [{seeds}], agreement.interval.draws: [{seeds}]}}\n"

        assert f"more than {MOST_RUNS:,}" in self.refused(grid, text)


def test_a_setting_is_found_by_its_dotted_name(small) -> None:
    study = small.study()

    assert setting(study, "agreement.interval.method") == study.agreement.interval.method
    assert setting(study, "agreement.nothing.such") is None


@pytest.mark.parametrize(
    ("value", "words"),
    [("case", "case"), (0.9, "0.9"), (200, "200"), (None, "none"), ([], "none"), (["A", "B"], "A+B"),
     (True, "yes"), ({"speaker": "x", "case": None}, "speaker=x")],
)  # fmt: skip
def test_values_are_told_in_a_word(value, words) -> None:
    assert said(value) == words


def test_a_study_called_batch_would_be_in_the_way(small, tmp_path) -> None:
    small.write()
    small.raw.rename(small.raw.with_name("batch"))
    path = tmp_path / "g.yml"
    path.write_text("studies: [batch]\n", "utf-8")

    with pytest.raises(UsageError, match="Rename the study"):
        load_grid(Workspace(tmp_path), path)
