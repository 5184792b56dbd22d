"""What a step wrote goes into place whole, and what it no longer writes goes."""

from __future__ import annotations

import json

import pytest

from analysis import staging, wholefile
from analysis.errors import RunError
from analysis.paths import Workspace
from analysis.records import Records

INPUTS = {"data/raw/demo/a.csv": "1"}


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def records(workspace) -> Records:
    return Records(workspace, "demo")


def stage(workspace: Workspace, files: dict[str, str], step: str = "01_prepare") -> staging.Stage:
    made = staging.Stage(workspace, "demo", step)
    for label, text in files.items():
        path = made.out / label
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return made


def place(workspace, records, files: dict[str, str], step: str = "01_prepare"):
    return staging.place(stage(workspace, files, step), records, step, INPUTS)


def test_files_go_to_their_folders_and_the_record_fits(workspace, records):
    place(workspace, records, {"derived/a.csv": "1", "reports/figures/f.svg": "2"})
    assert (workspace.derived("demo") / "a.csv").read_text() == "1"
    assert (workspace.reports("demo") / "figures" / "f.svg").read_text() == "2"
    assert records.misfit(records.read("01_prepare"), INPUTS) is None


def test_an_output_no_longer_written_is_removed_with_its_folder(workspace, records):
    place(workspace, records, {"derived/a.csv": "1", "reports/figures/f.svg": "2"})
    place(workspace, records, {"derived/a.csv": "1"})
    assert not (workspace.reports("demo") / "figures").exists()
    assert records.misfit(records.read("01_prepare"), INPUTS) is None


def test_a_file_that_another_step_now_writes_is_not_removed(workspace, records):
    place(workspace, records, {"derived/a.csv": "1"})
    place(workspace, records, {"derived/a.csv": "2"}, "02_agreement")
    place(workspace, records, {"derived/b.csv": "3"})
    assert (workspace.derived("demo") / "a.csv").read_text() == "2"


@pytest.mark.parametrize("moves", [0, 1, 2, 3])
def test_a_crash_at_any_move_leaves_the_step_stale_and_no_orphan_later(
    workspace, records, monkeypatch, moves
):
    place(workspace, records, {"derived/a.csv": "old", "derived/gone.csv": "old"})
    made = stage(workspace, {"derived/a.csv": "new", "derived/b.csv": "new"})
    real, left = wholefile.move, iter(range(moves))

    def crash(source, target):
        if next(left, None) is None:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(wholefile, "move", crash)
    with pytest.raises(KeyboardInterrupt):
        staging.place(made, records, "01_prepare", INPUTS)
    monkeypatch.undo()

    assert moves == 0 or records.misfit(records.read("01_prepare"), INPUTS) == "an earlier run was cut off"
    place(workspace, records, {"derived/c.csv": "newest"})
    assert {path.name for path in workspace.derived("demo").glob("*.csv")} == {"c.csv"}


def test_a_crash_before_the_first_move_leaves_the_old_files_and_record(workspace, records, monkeypatch):
    place(workspace, records, {"derived/a.csv": "old"})
    made = stage(workspace, {"derived/a.csv": "new"})
    monkeypatch.setattr(wholefile, "move", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        staging.place(made, records, "01_prepare", INPUTS)
    assert (workspace.derived("demo") / "a.csv").read_text() == "old"
    assert records.misfit(records.read("01_prepare"), INPUTS) is None


@pytest.mark.parametrize(
    "label", ["elsewhere.csv", "derived/results.json", "reports/run.json", "derived/.records/x"]
)
def test_a_step_may_not_write_what_is_not_its_own(workspace, label):
    with pytest.raises(RunError, match="may not write"):
        stage(workspace, {label: "x"}).written()


def test_a_step_may_not_leave_a_link(workspace, tmp_path):
    made = stage(workspace, {})
    (made.out / "derived" / "a.csv").symlink_to(tmp_path)
    with pytest.raises(RunError, match="may not write"):
        made.written()


def test_what_a_step_left_goes_when_it_no_longer_applies(workspace, records):
    place(workspace, records, {"derived/matrix.csv": "1"})
    assert staging.retire(records, "01_prepare")
    assert not (workspace.derived("demo") / "matrix.csv").exists()
    assert not staging.retire(records, "01_prepare")


def test_the_sweep_leaves_other_studies_alone(workspace):
    mine, other = stage(workspace, {}), staging.Stage(workspace, "demo2", "01_prepare")
    staging.sweep(workspace, "demo")
    assert not mine.folder.exists()
    assert other.folder.exists()


class TestRecord:
    def test_none_means_stale(self, records):
        assert records.misfit(records.read("01_prepare"), INPUTS) == "no record of an earlier run"

    @pytest.mark.parametrize(
        ("now", "reason"),
        [
            ({"data/raw/demo/a.csv": "2"}, "data/raw/demo/a.csv changed"),
            ({**INPUTS, "data/raw/demo/b.csv": "1"}, "data/raw/demo/b.csv is new"),
            ({}, "data/raw/demo/a.csv is gone"),
            ({"data/raw/demo/a.csv": "2", "x": "1", "y": "2"}, "data/raw/demo/a.csv changed, and 2 more"),
        ],
    )
    def test_a_changed_input_is_the_reason(self, workspace, records, now, reason):
        place(workspace, records, {"derived/a.csv": "1"})
        assert records.misfit(records.read("01_prepare"), now) == reason

    def test_an_output_edited_by_hand_is_stale(self, workspace, records):
        place(workspace, records, {"derived/a.csv": "1"})
        (workspace.derived("demo") / "a.csv").write_text("2")
        assert (
            records.misfit(records.read("01_prepare"), INPUTS)
            == "data/derived/demo/a.csv was changed by hand"
        )

    def test_an_output_that_is_missing_is_stale(self, workspace, records):
        place(workspace, records, {"reports/a.html": "1"})
        (workspace.reports("demo") / "a.html").unlink()
        assert records.misfit(records.read("01_prepare"), INPUTS) == "reports/demo/a.html is missing"

    @pytest.mark.parametrize("label", ["derived/../../raw/demo/study.yml", "/etc/x", "derived", "other/x"])
    def test_a_record_that_names_files_elsewhere_is_no_record(self, workspace, records, label):
        place(workspace, records, {"derived/a.csv": "1"})
        path = workspace.derived("demo") / ".records" / "01_prepare.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "outputs": {label: "1"}}))
        assert records.read("01_prepare") is None

    @pytest.mark.parametrize("text", ["", "{", "[]", '{"step": "02_agreement"}'])
    def test_a_damaged_record_is_no_record(self, workspace, records, text):
        place(workspace, records, {"derived/a.csv": "1"})
        (workspace.derived("demo") / ".records" / "01_prepare.json").write_text(text)
        assert records.misfit(records.read("01_prepare"), INPUTS) == "no record of an earlier run"

    def test_executed_notebooks_are_no_input_of_later_steps(self, workspace, records):
        place(workspace, records, {"derived/a.csv": "1", "reports/notebooks/01_prepare.ipynb": "{}"})
        assert list(records.upstream(("01_prepare",))) == ["data/derived/demo/a.csv"]
