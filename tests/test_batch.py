"""A grid run: folders, records, failures and the table, with notebooks that only pretend."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

import pandas as pd
import pytest

from analysis import consulted, normalform, provenance, runs, wholefile
from analysis.batch import check_data, folder_of, left_over, require_success, run_grid
from analysis.batchprogress import BatchProgress
from analysis.errors import DataError, DisclosureError, RunError
from analysis.grid import Grid, load_grid
from analysis.inforce import GIVEN, InForce
from analysis.kernels import Ending, Failure, Job
from analysis.multiverse import multiverse
from analysis.multiversepage import publish
from analysis.outcomes import StepRun
from analysis.paths import Workspace
from analysis.provenance import Library
from analysis.schedule import Schedule
from analysis.study import load_study

STUDY = "krippendorff2011"
GRID = f"studies: [{STUDY}]\nvary: {{agreement.unit: [segment, case], exclude.coder: [~, A]}}\n"


class Pretending:
    """An executor whose notebooks record what their settings imply, at once and without a kernel."""

    capacity = 2

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.fails = lambda job: False
        self.leaves: dict[str, dict[str, str]] = {}
        self.also: dict[str, list[dict]] = {}
        self.says = "Report"
        self.reads: dict[str, list[str]] = {}
        self.finds = lambda workspace, job: load_study(workspace, job.study, job.parameters["overrides"])

    def submit(self, job: Job) -> Future[Ending]:
        self.jobs.append(job)
        future: Future[Ending] = Future()
        if self.fails(job):
            future.set_result(Ending("failed", Failure("ValueError", "c1", "it went wrong.")))
            return future
        settings = job.parameters["overrides"]
        results = []
        if job.step == "02_agreement":
            value = 0.743 if "exclude.coder" not in settings else 0.5
            value -= 0.1 * (settings.get("agreement.unit") == "case")
            key = "agreement.rating.krippendorff_alpha"
            results = [{"key": key, "value": value, "low": 0.1, "high": 0.9, "n": 11, "unit": "coefficient"}]
        results += self.also.get(job.step, [])
        stage = job.stage
        stage.recorded.write_text(json.dumps({"step": job.step, "results": results}), "utf-8")
        if job.step in self.reads:
            study = self.finds(Workspace(job.root), job)
            notes = consulted.Notes(stage.out, InForce(study))
            for each in self.reads[job.step]:
                notes.add(GIVEN, each)
        (stage.folder / "current.json").write_text('{"cell": "record"}', "utf-8")
        empty = normalform.dumps(normalform.normal_form({"cells": [], "metadata": {}}))
        stage.notebook.write_text(empty, "utf-8")
        copy = stage.out / "reports" / "notebooks" / f"{job.step}.ipynb"
        copy.parent.mkdir(parents=True)
        copy.write_text(empty, "utf-8")
        copy.with_suffix(".html").write_text("<p></p>", "utf-8")
        for name, text in self.leaves.get(job.step, {}).items():
            (stage.out / name).write_text(text, "utf-8")
        if job.step == "05_report":
            (stage.out / "reports" / "index.html").write_text(f"<p>{self.says}</p>", "utf-8")
        future.set_result(Ending("completed"))
        return future

    def stop(self) -> None:
        pass


@pytest.fixture
def workspace(tmp_path: Path, checkout: Path, parsed_library: Path) -> Workspace:
    shutil.copytree(checkout / "data" / "raw" / STUDY, tmp_path / "data" / "raw" / STUDY)
    (tmp_path / ".concord").mkdir()
    shutil.copy(parsed_library, tmp_path / ".concord")
    return Workspace(tmp_path)


def grid_of(workspace: Workspace, text: str = GRID) -> Grid:
    path = workspace.root / "choices.yml"
    path.write_text(text, "utf-8")
    return load_grid(workspace, path)


def ran(workspace: Workspace, executor: Pretending, grid: Grid | None = None, said: list[str] | None = None):
    return run_grid(
        workspace, grid or grid_of(workspace), executor, say=(said if said is not None else []).append
    )


class TestFolders:
    def test_each_run_has_run_json_and_executed_notebooks_in_a_folder_of_its_own(self, workspace) -> None:
        batch = ran(workspace, Pretending())

        for each in batch.done:
            folder = workspace.root / "reports" / "batch" / "choices" / each.run.name
            told = json.loads((folder / "run.json").read_text("utf-8"))
            assert told["steps"]["02_agreement"]["ran"]["parameters"]["overrides"] == dict(each.run.overrides)
            assert (folder / "notebooks" / "02_agreement.ipynb").is_file()

    def test_raw_and_derived_data_stay_out_of_reports(self, workspace) -> None:
        ran(workspace, Pretending())

        published = [path.name for path in (workspace.root / "reports").rglob("*")]
        assert "results.json" not in published
        assert "study.yml" not in published

    def test_the_studys_own_data_and_reports_are_left_alone(self, workspace) -> None:
        before = sorted((workspace.root / "data" / "raw").rglob("*"))
        ran(workspace, Pretending())

        assert sorted((workspace.root / "data" / "raw").rglob("*")) == before
        assert not workspace.derived(STUDY).exists()
        assert not workspace.reports(STUDY).exists()

    def test_links_hold_when_the_workspace_is_moved(self, workspace, tmp_path) -> None:
        executor = Pretending()
        ran(workspace, executor)
        moved = tmp_path.with_name(f"{tmp_path.name}-moved")
        shutil.copytree(tmp_path, moved, symlinks=True)
        shutil.rmtree(tmp_path / "data")
        count = len(executor.jobs)

        ran(Workspace(moved), executor)

        assert len(executor.jobs) == count


class TestRuns:
    def test_what_fits_its_record_is_skipped(self, workspace) -> None:
        executor, said = Pretending(), []
        ran(workspace, executor)
        count = len(executor.jobs)

        ran(workspace, executor, said=said)

        assert len(executor.jobs) == count == 16
        assert said[0] == f"{STUDY}--unit=segment: unchanged [1 of 4]"

    def test_a_larger_grid_runs_only_what_is_new(self, workspace) -> None:
        executor = Pretending()
        ran(workspace, executor)
        executor.jobs.clear()

        ran(workspace, executor, grid_of(workspace, GRID.replace("[~, A]", "[~, A, B]")))

        assert {job.parameters["overrides"]["exclude.coder"] for job in executor.jobs} == {"B"}

    def test_a_failed_run_stops_only_itself_and_is_named(self, workspace) -> None:
        executor, said = Pretending(), []
        executor.fails = lambda job: (
            job.step == "03_themes" and job.parameters["overrides"] == {"agreement.unit": "case"}
        )

        batch = ran(workspace, executor, said=said)

        assert [each.ended_well for each in batch.done] == [True, True, False, True]
        assert any(line.startswith(f"{STUDY}--unit=case: failed: 03_themes, cell c1") for line in said)
        assert "4 runs, 1 failed" in said[-1]
        with pytest.raises(
            RunError, match=r"unit=case 03_themes: cell c1: ValueError: it went wrong"
        ) as caught:
            require_success(batch.done)
        assert caught.value.exit_status == 1

    def test_results_that_a_failed_run_did_reach_are_kept(self, workspace) -> None:
        executor = Pretending()
        executor.fails = lambda job: job.step == "05_report"

        batch = ran(workspace, executor)

        assert [len(each.results) for each in batch.done] == [1, 1, 1, 1]

    def test_whoever_is_not_there_is_refused_before_anything_runs(self, workspace) -> None:
        grid = grid_of(workspace, GRID.replace("[~, A]", "[~, Ann, Z]"))

        with pytest.raises(DataError) as caught:
            check_data(workspace, grid)

        assert f'{STUDY}--unit=segment--coder=Z: "Z" is not among the study' in str(caught.value)
        assert len(caught.value.problems) == 4
        assert not folder_of(workspace, grid).exists()

    def test_folders_of_an_earlier_grid_are_named_and_left(self, workspace) -> None:
        ran(workspace, Pretending())
        smaller = grid_of(workspace, GRID.replace("[segment, case]", "[segment]"))

        assert left_over(workspace, smaller) == [f"{STUDY}--unit=case", f"{STUDY}--unit=case--coder=A"]


class TestSharing:
    """Of the four runs two settle each step that reads one setting alone."""

    @pytest.fixture
    def executor(self) -> Pretending:
        executor = Pretending()
        executor.reads = {
            "01_prepare": ["exclude.coder"],
            "02_agreement": ["agreement.unit", "exclude.coder"],
            "03_themes": [],
            "05_report": ["title"],
        }
        executor.leaves = {"01_prepare": {"derived/cases.csv": "case_id\n"}}
        return executor

    def executed(self, executor: Pretending) -> dict[str, int]:
        return {step: sum(job.step == step for job in executor.jobs) for step in executor.reads}

    def test_a_notebook_is_executed_once_for_all_runs_whose_settings_it_does_not_touch(
        self, workspace, executor
    ) -> None:
        said: list[str] = []
        batch = ran(workspace, executor, said=said)

        # the report follows from agreement, which is another in each of the four
        assert self.executed(executor) == {
            "01_prepare": 2,
            "02_agreement": 4,
            "03_themes": 1,
            "05_report": 4,
        }
        assert [each.results[0]["value"] for each in batch.done] == [0.743, 0.5, 0.643, 0.4]
        assert said[-1].startswith("4 runs: 11 notebooks run, 5 shared with other runs in ")

    def test_a_shared_notebook_leaves_its_own_files_and_says_whose_run_it_was(
        self, workspace, executor
    ) -> None:
        batch = ran(workspace, executor)

        shared = next(each for each in batch.done if each.outcome.steps[0].outcome == "shared")
        told = json.loads((shared.workspace.reports(STUDY) / "run.json").read_text("utf-8"))
        step = told["steps"]["01_prepare"]
        assert step["status"] == "shared"
        assert step["ran"]["shared_with"] == f"{STUDY}--unit=segment"
        assert step["ran"]["parameters"]["overrides"] == dict(shared.run.overrides)
        cases = shared.workspace.derived(STUDY) / "cases.csv"
        assert cases.read_text("utf-8") == "case_id\n"
        assert not cases.is_symlink()
        assert cases.stat().st_nlink == 1

    def test_what_was_shared_stands_when_the_batch_runs_again(self, workspace, executor) -> None:
        ran(workspace, executor)
        executor.jobs.clear()

        again = ran(workspace, executor)

        assert executor.jobs == []
        assert {step.outcome for each in again.done for step in each.outcome.steps} == {
            "skipped",
            "not_applicable",
        }

    def test_a_new_run_takes_what_runs_of_an_earlier_batch_left(self, workspace, executor) -> None:
        ran(workspace, executor)
        executor.jobs.clear()

        ran(workspace, executor, grid_of(workspace, GRID.replace("[segment, case]", "[segment, case, turn]")))

        assert [job.step for job in executor.jobs] == [
            "02_agreement",
            "02_agreement",
            "05_report",
            "05_report",
        ]

    def test_a_file_changed_by_hand_is_not_handed_on(self, workspace, executor) -> None:
        ran(workspace, executor, grid_of(workspace, GRID.replace("[segment, case]", "[segment]")))
        executor.jobs.clear()
        done = ran(workspace, executor, grid_of(workspace, GRID.replace("[segment, case]", "[segment]"))).done
        (done[0].workspace.derived(STUDY) / "cases.csv").write_text("changed\n", "utf-8")
        (done[1].workspace.derived(STUDY) / "cases.csv").write_text("changed\n", "utf-8")

        again = ran(workspace, executor)

        assert self.executed(executor)["01_prepare"] == 2
        for each in again.done:
            assert (each.workspace.derived(STUDY) / "cases.csv").read_text("utf-8") == "case_id\n"

    def test_a_setting_that_changed_while_a_notebook_ran_fails_it(self, workspace, executor) -> None:
        executor.finds = lambda workspace, job: load_study(workspace, job.study, {"exclude.coder": ["B"]})
        batch = ran(workspace, executor)

        (failed,) = [step for step in batch.done[0].outcome.steps if step.outcome == "failed"]
        assert failed.step == "01_prepare"
        assert failed.failure.message == "study.yml was changed while it ran. Run again."
        assert not (batch.done[0].workspace.derived(STUDY) / "cases.csv").exists()

    def test_what_stands_is_taken_over_by_new_runs_that_come_before_it(self, workspace, executor) -> None:
        ran(workspace, executor, grid_of(workspace, GRID.replace("[segment, case]", "[case]")))
        executor.jobs.clear()

        ran(workspace, executor, grid_of(workspace, GRID.replace("[segment, case]", "[turn, case]")))

        assert sorted(job.step for job in executor.jobs) == ["02_agreement"] * 2 + ["05_report"] * 2

    def test_no_run_waits_for_the_like_of_a_notebook_that_failed(self, workspace, executor) -> None:
        executor.fails = lambda job: job.step == "01_prepare"
        grid = grid_of(workspace, f"studies: [{STUDY}]\nvary: {{seed: [1, 2, 3, 4]}}\n")
        begun, begin = [], Schedule._begin
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Schedule, "_begin", lambda self: (begun.append(len(executor.jobs)), begin(self))[1])
            ran(workspace, executor, grid)

        assert len(executor.jobs) == 4
        assert 2 not in begun  # after the first failed, the other three began together

    def test_whoever_would_be_idle_executes_what_may_be_shared(self, workspace, executor) -> None:
        executor.capacity, ended = 3, executor.submit
        held: list[tuple[Job, Future[Ending]]] = []

        def submit(job: Job) -> Future[Ending]:
            future: Future[Ending] = Future()
            held.append((job, future))
            if len(held) == 3:  # until then the others would have to wait for the first
                for each, waiting in held:
                    waiting.set_result(ended(each).result())
                executor.submit = ended
            return future

        executor.submit = submit
        unheld = threading.Timer(20, lambda: [future.cancel() for _, future in held])  # else it never ends
        unheld.daemon = True
        unheld.start()
        batch = ran(
            workspace, executor, grid_of(workspace, f"studies: [{STUDY}]\nvary: {{seed: [1, 2, 3, 4]}}\n")
        )

        unheld.cancel()
        assert [job.step for job, _ in held] == ["01_prepare"] * 3
        assert [each.outcome.steps[0].outcome for each in batch.done] == ["completed"] * 3 + ["shared"]

    def late(self, executor: Pretending, is_late: Callable[[Job], bool]) -> None:
        """Let the notebooks that are chosen take a second."""
        ended = executor.submit

        def submit(job: Job) -> Future[Ending]:
            future = ended(job)
            if not is_late(job):
                return future
            later: Future[Ending] = Future()
            threading.Timer(1, lambda: later.set_result(future.result())).start()
            return later

        executor.submit = submit

    def test_nobody_waits_for_the_like_of_what_is_there(self, workspace, executor) -> None:
        begun: list[Job] = []
        # the second is begun because a worker would be idle, and is still under way when the first has ended
        self.late(executor, lambda job: begun.append(job) is None and len(begun) <= 2)
        slow = executor.submit
        executor.submit = lambda job: slow(job) if len(begun) != 1 else self.much_later(slow(job))
        said: list[str] = []
        ran(workspace, executor, grid_of(workspace, f"studies: [{STUDY}]\nvary: {{seed: [1, 2, 3]}}\n"), said)

        assert [job.step for job in begun[:2]] == ["01_prepare"] * 2
        order = [line.partition("seed=")[2][:1] for line in said if "seed=" in line]
        assert order == ["1", "3", "2"]

    def much_later(self, future: Future[Ending]) -> Future[Ending]:
        later: Future[Ending] = Future()
        threading.Timer(4, lambda: later.set_result(future.result())).start()
        return later

    def test_who_knows_what_a_step_reads_waits_and_executes_nothing_ahead(self, workspace, executor) -> None:
        executor.capacity = 3
        self.late(
            executor, lambda job: job.step == "01_prepare" and "exclude.coder" in job.parameters["overrides"]
        )
        grid = f"studies: [{STUDY}]\nvary: {{exclude.coder: [~, A], seed: [1, 2, 3]}}\n"
        ran(workspace, executor, grid_of(workspace, grid))

        assert self.executed(executor)["01_prepare"] == 2

    def test_a_notebook_that_shows_overrides_is_shared_with_no_run(self, workspace, executor) -> None:
        library = Library(workspace)
        library.opens_first = lambda notebook: notebook.stem != "03_themes"
        run_grid(workspace, grid_of(workspace), executor, say=lambda _: None, library=library)

        assert self.executed(executor)["03_themes"] == 4

    def test_force_executes_every_notebook_of_every_run(self, workspace, executor) -> None:
        run_grid(workspace, grid_of(workspace), executor, force=True, say=lambda _: None)

        assert len(executor.jobs) == 16

    def test_a_notebook_that_keeps_no_notes_is_shared_with_no_run(self, workspace, executor) -> None:
        executor.reads = {}
        ran(workspace, executor)

        assert len(executor.jobs) == 16

    def test_what_a_failed_notebook_left_is_shared_with_no_run(self, workspace, executor) -> None:
        executor.fails = lambda job: job.step == "03_themes" and not job.parameters["overrides"]
        batch = ran(workspace, executor, grid_of(workspace, GRID.replace("[segment, case]", "[~, case]")))

        became = [
            step.outcome for each in batch.done for step in each.outcome.steps if step.step == "03_themes"
        ]
        assert became[0] == "failed"
        assert {*became[1:]} <= {"completed", "shared"}


class TestOutputs:
    def outcomes(self, batch) -> list[dict[str, str]]:
        return [{step.step: step.outcome for step in each.outcome.steps} for each in batch.done]

    @pytest.mark.parametrize(
        ("name", "text", "error"),
        [
            ("reports/tables.xlsx", "no zip", "BadZipFile"),
            ("reports/notebooks/more.ipynb", "no JSON", "JSONDecodeError"),
        ],
    )
    def test_what_cannot_be_read_fails_its_notebook_alone(self, workspace, name, text, error) -> None:
        executor = Pretending()
        executor.leaves = {"03_themes": {name: text}}

        batch = ran(workspace, executor, grid_of(workspace, f"studies: [{STUDY}]\n"))

        (outcome,) = self.outcomes(batch)
        assert (outcome["02_agreement"], outcome["03_themes"]) == ("completed", "failed")
        assert outcome["05_report"] == "blocked"
        (failed,) = [step for step in batch.done[0].outcome.steps if step.outcome == "failed"]
        assert failed.failure == Failure("Outputs", None, f"what it left cannot be read ({error}).")

    def test_a_key_that_two_notebooks_record_fails_the_later_again_and_again(self, workspace) -> None:
        executor, grid = Pretending(), grid_of(workspace, f"studies: [{STUDY}]\n")
        one = {"key": "themes.n", "value": 1}
        executor.also, executor.capacity = {"02_agreement": [one], "03_themes": [one]}, 1

        first, again = ran(workspace, executor, grid), ran(workspace, executor, grid)

        assert [self.outcomes(each)[0]["03_themes"] for each in (first, again)] == ["failed", "failed"]

    def test_two_batches_of_one_grid_write_no_file_by_way_of_the_same_draft(
        self, workspace, monkeypatch
    ) -> None:
        batch = ran(workspace, Pretending())
        found, drafts = multiverse(batch), []
        move = wholefile.move
        monkeypatch.setattr(wholefile, "move", lambda draft, to: (drafts.append(draft), move(draft, to)))

        publish(batch, found)
        publish(batch, found)

        assert len(set(drafts)) == len(drafts) >= 2 * 3

    def test_git_is_asked_once_however_many_runs_share_the_raw_data(self, workspace, monkeypatch) -> None:
        asked: list[Path] = []
        monkeypatch.setattr(provenance, "git_state", lambda folder: asked.append(folder) or {})

        ran(workspace, Pretending())

        assert asked == [provenance.PACKAGE, (workspace.root / "data" / "raw").resolve()]


class TestTable:
    def published(self, workspace: Workspace, executor: Pretending) -> pd.DataFrame:
        batch = ran(workspace, executor)
        publish(batch, multiverse(batch))
        return pd.read_parquet(batch.folder / "results.parquet")

    def test_it_holds_every_result_with_each_setting_as_a_column(self, workspace) -> None:
        table = self.published(workspace, Pretending())

        assert list(table) == [
            "run", "study", "agreement.unit", "exclude.coder", "key", "value", "low", "high", "n", "unit",
        ]  # fmt: skip
        assert list(table["value"].round(3)) == [0.743, 0.5, 0.643, 0.4]
        assert list(table["exclude.coder"]) == ["none", "A", "none", "A"]
        assert list(table["n"]) == [11] * 4

    def test_csv_and_parquet_agree(self, workspace) -> None:
        table = self.published(workspace, Pretending())
        text = pd.read_csv(workspace.root / "reports/batch/choices/results.csv", keep_default_na=False)

        assert list(text) == list(table)
        assert list(text["value"]) == list(table["value"].round(10))

    def test_the_same_results_are_the_same_bytes(self, workspace) -> None:
        def bytes_of() -> dict[str, bytes]:
            folder = workspace.root / "reports" / "batch" / "choices"
            files = [path for path in folder.rglob("*") if path.is_file() and path.name != "run.json"]
            return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

        self.published(workspace, Pretending())
        first = bytes_of()
        self.published(workspace, Pretending())

        assert bytes_of() == first

    def test_what_looks_like_an_identifier_is_not_published(self, workspace) -> None:
        text = f"title: Ask Ann at ann.smith@example.nhs.uk\n{GRID}"
        batch = ran(workspace, Pretending(), grid_of(workspace, text))

        with pytest.raises(DisclosureError):
            publish(batch, multiverse(batch))

        assert not (batch.folder / "index.html").exists()

    def test_a_report_that_holds_one_fails_its_run_alone(self, workspace) -> None:
        executor = Pretending()
        executor.says = "write to ann.smith@example.nhs.uk"

        batch = ran(workspace, executor)

        assert not any(each.ended_well for each in batch.done)
        assert not list(batch.folder.glob("*/index.html"))

    def test_where_small_counts_are_hidden_only_coefficients_over_everything_stand(self, workspace) -> None:
        path = workspace.raw(STUDY) / "study.yml"
        path.write_text(path.read_text("utf-8").replace("as_published}", "ukllc}"), "utf-8")

        table = self.published(workspace, Pretending())

        assert set(table["key"]) == {"agreement.rating.krippendorff_alpha"}
        assert table["n"].isna().all()


class TestProgress:
    def progress(self, said: list[str]) -> BatchProgress:
        return BatchProgress(said.append, 2, Pretending())

    def test_it_says_one_line_a_run(self) -> None:
        said: list[str] = []
        progress = self.progress(said)
        for label in ("a", "b"):
            for step in ("01_prepare", "02_agreement", "03_themes", "04_framework", "05_report"):
                progress.begun(label, step)
                progress.ended(label, StepRun(step, "completed", "forced"), 1.0)
        progress.close()

        assert [line.split(" in ")[0] for line in said] == [
            "a: 5 notebooks run", "b: 5 notebooks run", "2 runs: 10 notebooks run",
        ]  # fmt: skip
        assert "[1 of 2, about 2.5 s left]" in said[0]
        assert said[1].endswith("[2 of 2]")


def test_runs_share_one_executor_and_never_a_folder(workspace) -> None:
    executor = Pretending()
    ran(workspace, executor)

    assert len({job.root for job in executor.jobs}) == 4
    assert all(runs.plan(Workspace(job.root), STUDY) for job in executor.jobs[:1])
