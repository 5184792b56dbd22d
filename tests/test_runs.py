"""A run says the truth about how each notebook ended, and leaves whole files or none."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis import (
    kernelenvironment,
    kernels,
    normalform,
    notebooks,
    provenance,
    runs,
    stepresults,
    studylock,
)
from analysis.errors import RunError, StudyError, UsageError
from analysis.graph import STEPS, Step
from analysis.kernels import Limits
from analysis.paths import Workspace
from analysis.staging import Stage

STUDY = """\
study: {name}
title: A study
method: codebook
inputs: [{{file: codings.csv, stage: independent}}]
disclosure: {{policy: text_free}}
seed: 7
"""
LOAD = """\
import json, os
from pathlib import Path

root, stage = Path(os.environ["CONCORD_ROOT"]), Path(os.environ["CONCORD_STAGE"])
text = (root / "data" / "raw" / study / "source" / "codings.csv").read_text()"""
WRITE = '(stage / "derived" / "lengths.csv").write_text(str(len(text)))'
RECORD = (
    '(stage / "step.json").write_text(json.dumps({"results": [{"key": "segments.n", "value": len(text)}]}))'
)
SECRET = "I never told anyone"

ONE = (Step("01_prepare"),)


def notebook(workspace: Workspace, name: str, *sources: str) -> None:
    """Write a small notebook whose cells are called work-0, work-1 and so on."""
    parameters = 'study: str = "other"  # folder below data/raw\noverrides: dict = {}  # settings'
    cells = [
        new_markdown_cell(f"# {name}", id="title"),
        new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}),
        *(new_code_cell(source, id=f"work-{n}") for n, source in enumerate(sources)),
    ]
    workspace.notebooks.mkdir(exist_ok=True)
    path = workspace.notebooks / f"{name}.ipynb"
    path.write_text(json.dumps(new_notebook(cells=cells)))


def new_workspace(root: Path, *studies: str) -> Workspace:
    for name in studies or ("demo",):
        source = root / "data" / "raw" / name / "source"
        source.mkdir(parents=True)
        (source.parent / "study.yml").write_text(STUDY.format(name=name))
        (source / "codings.csv").write_text("segment_id,coder_id\n")
    workspace = Workspace(root, root / "notebooks")
    notebook(workspace, "01_prepare", LOAD, WRITE, RECORD, "study, len(text)")
    return workspace


def files(*folders: Path) -> dict[str, bytes]:
    """Return every file below some folders but run.json, by its name from there."""
    return {
        path.relative_to(folder.parent).as_posix(): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def run_json(workspace: Workspace, study: str = "demo") -> dict:
    return json.loads((workspace.reports(study) / "run.json").read_text())


def outcomes(found: list[runs.StudyRun]) -> dict[str, str]:
    return {step.step: step.outcome for run in found for step in run.steps}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Let the library that counts be one small module that no one edits while the tests run."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "themes.py").write_text("x = 1\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "PACKAGE", folder)
        yield folder


@pytest.fixture
def workspace(tmp_path, library) -> Workspace:
    return new_workspace(tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory, library):
    """Return a workspace where one step has been run, and what was said."""
    workspace = new_workspace(tmp_path_factory.mktemp("finished"))
    said: list[str] = []
    runs.reproduce(workspace, ["demo"], steps=ONE, say=said.append)
    return workspace, said


@pytest.fixture
def after(finished, tmp_path) -> Workspace:
    """Return a copy of the workspace where one step has been run."""
    root = tmp_path / "copy"
    shutil.copytree(finished[0].root, root)
    return Workspace(root, root / "notebooks")


@pytest.mark.notebooks
class TestARunThatEndsWell:
    def test_leaves_outputs_results_page_and_record(self, finished):
        derived = finished[0].derived("demo")
        reports = finished[0].reports("demo")
        assert (derived / "lengths.csv").read_text() == "20"
        (result,) = json.loads((derived / "results.json").read_text())
        assert result["key"] == "segments.n"
        assert (result["notebook"], result["cell"], result["value"]) == ("01_prepare", "work-3", 20)
        assert "('demo', 20)" in (reports / "notebooks" / "01_prepare.html").read_text().replace("&#39;", "'")
        assert (derived / ".records" / "01_prepare.json").is_file()

    def test_tells_in_run_json_what_ran_when_and_why(self, finished):
        told = run_json(finished[0])
        step = told["steps"]["01_prepare"]
        assert (told["status"], step["status"], step["error"]) == ("completed", "completed", None)
        assert step["reason"] == "no record of an earlier run"
        assert step["ran"]["seed"] == 7
        assert step["ran"]["parameters"] == {"study": "demo", "overrides": {}}
        assert step["ran"]["started"] < step["ran"]["ended"]
        assert step["ran"]["packages"]["papermill"]
        assert "data/raw/demo/source/codings.csv" in step["ran"]["inputs"]

    def test_says_what_runs_and_why(self, finished):
        ran, total = finished[1]
        assert ran.startswith("demo: run 01_prepare (no record of an earlier run) done in ")
        assert total.startswith("1 notebook run in ")

    def test_leaves_the_executed_notebook_in_normal_form_and_without_a_path(self, finished):
        text = (finished[0].reports("demo") / "notebooks" / "01_prepare.ipynb").read_text()
        assert 'study: str = \\"demo\\"' in text
        assert str(finished[0].root) not in text
        assert "papermill" not in text

    def test_leaves_a_page_without_script_or_address(self, finished):
        page = (finished[0].reports("demo") / "notebooks" / "01_prepare.html").read_text()
        assert "<script" not in page
        assert "http://" not in page and "https://" not in page
        assert "Content-Security-Policy" in page

    def test_leaves_nothing_else(self, finished):
        assert not (finished[0].scratch / "stage" / "demo").exists()
        assert not (finished[0].scratch / "failed").exists()

    def test_gives_the_same_bytes_in_another_folder_locale_and_terminal(
        self, finished, tmp_path, monkeypatch
    ):
        for name, value in {"LC_ALL": "C", "LANG": "tr_TR", "COLUMNS": "200", "TZ": "Asia/Tokyo"}.items():
            monkeypatch.setenv(name, value)
        other = new_workspace(tmp_path / "another place")
        runs.reproduce(other, ["demo"], steps=ONE, say=lambda _: None)
        here, there = (files(w.derived("demo"), w.reports("demo")) for w in (finished[0], other))
        assert here == there
        assert len(here) == 6


@pytest.mark.notebooks
class TestAfterARun:
    def test_nothing_runs_when_nothing_changed(self, after):
        said: list[str] = []
        before = files(after.derived("demo"), after.reports("demo"))
        found = runs.reproduce(after, ["demo"], steps=ONE, say=said.append)
        assert outcomes(found) == {"01_prepare": "skipped"}
        assert said == ["demo: skip 01_prepare (unchanged)"]
        assert files(after.derived("demo"), after.reports("demo")) == before

    def test_run_json_still_tells_how_the_skipped_outputs_were_made(self, after, finished):
        runs.reproduce(after, ["demo"], steps=ONE, say=lambda _: None)
        step = run_json(after)["steps"]["01_prepare"]
        assert step["status"] == "skipped"
        assert step["ran"] == run_json(finished[0])["steps"]["01_prepare"]["ran"]

    @pytest.mark.parametrize(
        ("name", "text", "reason"),
        [
            ("data/raw/demo/source/codings.csv", "segment_id,coder\n", "codings.csv changed"),
            ("data/derived/demo/lengths.csv", "21", "lengths.csv was changed by hand"),
            ("data/derived/demo/results/01_prepare.json", "[]", "01_prepare.json was changed by hand"),
            ("reports/demo/notebooks/01_prepare.html", "", "01_prepare.html was changed by hand"),
        ],
    )
    def test_a_changed_file_makes_the_step_stale(self, after, name, text, reason):
        (after.root / name).write_text(text)
        (run,) = runs.status(after, ["demo"], steps=ONE)
        assert run.steps[0].outcome == "stale"
        assert run.steps[0].reason.endswith(reason)

    def test_status_writes_nothing_that_people_read(self, after):
        before = files(after.derived("demo"), after.reports("demo"))
        runs.status(after, ["demo"], steps=ONE)
        assert files(after.derived("demo"), after.reports("demo")) == before

    def test_a_step_after_a_stale_one_is_stale(self, after):
        notebook(after, "02_agreement", LOAD)
        (after.raw("demo") / "source" / "codings.csv").write_text("x")
        steps = (*ONE, Step("02_agreement", needs=("01_prepare",)))
        assert outcomes(runs.status(after, ["demo"], steps=steps)) == {
            "01_prepare": "stale",
            "02_agreement": "stale",
        }

    def test_a_step_that_no_longer_applies_takes_its_files_with_it(self, after):
        said: list[str] = []
        found = runs.reproduce(
            after,
            ["demo"],
            steps=ONE,
            say=said.append,
            applicable=lambda step, study: "not part of the method.",
        )
        assert outcomes(found) == {"01_prepare": "not_applicable"}
        assert not (after.derived("demo") / "lengths.csv").exists()
        assert json.loads((after.derived("demo") / "results.json").read_text()) == []
        assert run_json(after)["steps"]["01_prepare"]["reason"] == "not part of the method."

    def test_results_edited_by_hand_are_merged_anew(self, after):
        path = after.derived("demo") / "results.json"
        before = path.read_bytes()
        path.write_text("[]")
        runs.reproduce(after, ["demo"], steps=ONE, say=lambda _: None)
        assert path.read_bytes() == before


def test_what_never_ran_is_told_stale_without_reading_the_librarys_code(workspace):
    (found,) = runs.status(workspace, ["demo"], steps=ONE)
    assert found.steps[0].reason == "no record of an earlier run"
    assert not (workspace.scratch / "source-digests.json").exists()


@pytest.fixture(scope="module")
def failed(tmp_path_factory, library):
    """Return a workspace where each step failed in a way of its own, and what was found."""
    workspace = new_workspace(tmp_path_factory.mktemp("failed"))
    raises_ours = "from analysis.errors import DataError\nraise DataError('codings.csv is empty.')"
    sources = {
        "raises": [f"raise ValueError({SECRET!r})"],
        "raises_ours": [raises_ours],
        "killed": ["import os, signal", "os.kill(os.getpid(), signal.SIGKILL)", "1"],
        "slow": ["import time", "time.sleep(60)"],
        "silent": ["1"],
        "leaves": ["import sys", "sys.exit(0)", "1"],
        "orphaned": ["import os, signal, time", "os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)"],
    }
    for name, cells in sources.items():
        notebook(workspace, name, *cells)
    notebook(workspace, "after_raises", LOAD, RECORD)
    steps = (*(Step(name) for name in sources), Step("after_raises", needs=("raises",)), *ONE)
    found = runs.reproduce(
        workspace,
        ["demo"],
        steps=steps,
        jobs=3,
        say=lambda _: None,
        limits=Limits(start=60, cell=6, notebook=120),
    )
    return workspace, found


@pytest.mark.notebooks
class TestARunThatFails:
    @pytest.mark.parametrize(
        ("step", "kind", "where", "message"),
        [
            ("raises", "ValueError", "work-0", ""),
            ("raises_ours", "DataError", "work-0", "codings.csv is empty."),
            ("killed", "DeadKernelError", "work-1", "the kernel died: it was killed, or ran out of memory."),
            ("slow", "CellTimeoutError", "work-1", "the cell took longer than 6 s."),
            ("silent", "Unfinished", None, "it ended without recording its results."),
            ("leaves", "Unfinished", "work-2", "the cell was not executed."),
            (
                "orphaned",
                "WorkerDied",
                "work-1",
                "the process that ran the notebook ended with signal 9 before the notebook did.",
            ),
        ],
    )
    def test_run_json_names_error_cell_and_message(self, failed, step, kind, where, message):
        told = run_json(failed[0])["steps"][step]
        assert told["status"] == "failed"
        assert told["error"] == {"class": kind, "cell": where, "message": message}

    def test_a_failed_notebook_stops_only_what_needs_it(self, failed):
        found = outcomes(failed[1])
        assert found["after_raises"] == "blocked"
        assert found["01_prepare"] == "completed"
        assert run_json(failed[0])["status"] == "failed"

    def test_nothing_of_a_failed_step_is_in_place(self, failed):
        names = {path.name for path in failed[0].derived("demo").rglob("*") if path.is_file()}
        assert names == {"lengths.csv", "results.json", "01_prepare.json"}

    def test_no_interview_text_is_told(self, failed):
        assert SECRET not in (failed[0].reports("demo") / "run.json").read_text()
        assert SECRET not in str(failed[1])
        logs = sorted((failed[0].scratch / "failed" / "demo").glob("*.log"))
        assert len(logs) == 7
        assert [log.name for log in logs if SECRET in log.read_text()] == []

    def test_the_error_names_each_notebook_its_cell_and_how_to_open_it(self, failed):
        with pytest.raises(RunError) as caught:
            runs.require_success(failed[1])
        assert caught.value.exit_status == 1
        assert len(caught.value.problems) == 7
        copy = failed[0].scratch / "failed" / "demo" / "raises.ipynb"
        assert str(caught.value.problems[0]) == (
            f"demo raises: cell work-0: ValueError. Open it: jupyter lab {copy}"
        )
        assert (failed[0].scratch / "failed" / "demo" / "raises.ipynb").is_file()

    def test_no_kernel_is_left(self, failed):
        assert not processes_of(failed[0].root)


def processes_of(root: Path) -> list[int]:
    """Return the processes that work in a workspace."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            named = f"CONCORD_ROOT={root}".encode() in (folder / "environ").read_bytes().split(b"\0")
            if named or (folder / "cwd").readlink().is_relative_to(root):  # a forked one keeps another's
                found.append(int(folder.name))
    return found


STARTED = """\
import signal
import sys
from pathlib import Path
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is started deaf to Ctrl-C
from analysis import provenance, runs
from analysis.graph import Step
from analysis.paths import Workspace
root = Path(sys.argv[1])
provenance.PACKAGE = Path(sys.argv[2])
steps = [Step("01_prepare"), Step("02_agreement", needs=("01_prepare",))]
runs.reproduce(Workspace(root, root / "notebooks"), ["demo"], steps=steps)
"""


@pytest.mark.notebooks
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes below /proc")
class TestARunThatIsCutOff:
    @pytest.fixture
    def under_way(self, workspace, library):
        """Return a workspace and a process that has a notebook under way which would take a minute."""
        begun = workspace.root / "begun"
        notebook(
            workspace,
            "01_prepare",
            LOAD,
            WRITE,
            f"Path({str(begun)!r}).touch()\nimport time; time.sleep(60)",
            RECORD,
        )
        notebook(workspace, "02_agreement", LOAD, RECORD)
        process = subprocess.Popen(
            [sys.executable, "-c", STARTED, str(workspace.root), str(library)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        deadline = time.monotonic() + 60
        while not begun.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert begun.exists()
        yield workspace, process
        process.kill()
        process.communicate()

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_it_ends_in_five_seconds_with_every_kernel(self, under_way, number):
        workspace, process = under_way
        assert processes_of(workspace.root)
        process.send_signal(number)
        process.wait(5)
        deadline = time.monotonic() + 5
        while processes_of(workspace.root) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not processes_of(workspace.root)

        told = run_json(workspace)
        if number == signal.SIGKILL:
            assert (told["status"], told["ended"]) == ("running", None)
        else:
            assert told["status"] == "interrupted"
            assert {step["status"] for step in told["steps"].values()} == {"interrupted"}
            assert not (workspace.scratch / "stage" / "demo").exists()
        assert not (workspace.derived("demo") / "lengths.csv").exists()
        assert outcomes(runs.status(workspace, ["demo"], steps=ONE)) == {"01_prepare": "stale"}

    def test_the_next_run_makes_good_and_leaves_nothing_of_the_old(self, under_way):
        workspace, process = under_way
        process.kill()
        process.wait(5)
        notebook(workspace, "01_prepare", LOAD, WRITE, RECORD)
        found = runs.reproduce(workspace, ["demo"], steps=ONE, say=lambda _: None)
        assert outcomes(found) == {"01_prepare": "completed"}
        assert not (workspace.scratch / "stage" / "demo").exists()


@pytest.mark.notebooks
def test_a_run_that_is_through_stays_so_when_others_are_cut_off(tmp_path, library):
    workspace = new_workspace(tmp_path, "demo", "other")

    def say(line: str) -> None:
        if line.startswith("demo: run"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        runs.reproduce(workspace, ["demo", "other"], steps=ONE, say=say)
    assert run_json(workspace)["status"] == "completed"
    assert run_json(workspace, "other")["status"] == "interrupted"


@pytest.mark.notebooks
def test_two_runs_at_once_do_the_work_once(workspace, library):
    command = [sys.executable, "-c", STARTED, str(workspace.root), str(library)]
    notebook(workspace, "02_agreement", LOAD, RECORD.replace("segments.n", "agreement.n"))
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("run 01_prepare" in text for text in said) == 1
    assert sum("skip 01_prepare (unchanged)" in text for text in said) == 1
    assert sum("another run is under way" in text for text in said) == 1


@pytest.mark.notebooks
def test_what_a_notebook_left_running_does_not_hold_the_run_and_is_ended(workspace):
    left_running = (
        "import subprocess, threading, time\nthreading.Thread(target=time.sleep, args=[99]).start()"
    )
    started = "_ = subprocess.Popen(['sleep', '99'])"
    notebook(workspace, "01_prepare", LOAD, left_running, started, RECORD)
    found = runs.reproduce(workspace, ["demo"], steps=ONE, say=lambda _: None)
    assert outcomes(found) == {"01_prepare": "completed"}
    assert not processes_of(workspace.root)


@pytest.mark.notebooks
def test_notebooks_executed_in_place_are_in_normal_form_and_write_nothing_else(workspace):
    notebook(workspace, "01_prepare", "import os", "print(study, 'CONCORD_STAGE' in os.environ)")
    path = workspace.notebooks / "01_prepare.ipynb"
    said: list[str] = []
    assert notebooks.execute_in_place(workspace, said.append, ONE) == ["01_prepare"]
    nb = normalform.load(path)
    assert normalform.dumps(normalform.normal_form(nb)) == path.read_text()
    assert nb["cells"][-1]["outputs"][0]["text"] == "other False\n"
    assert not workspace.derived("demo").exists()
    assert not workspace.reports("demo").exists()
    assert said == ["notebooks/01_prepare.ipynb changed"]


@pytest.mark.notebooks
def test_the_outer_limit_ends_a_notebook_whatever_it_does(workspace):
    notebook(workspace, "01_prepare", "import time; time.sleep(60)", RECORD)
    (run,) = runs.reproduce(workspace, ["demo"], steps=ONE, say=lambda _: None, limits=Limits(60, 60, 3))
    assert run.steps[0].failure is not None
    assert run.steps[0].failure.kind == "NotebookTimeout"
    assert not processes_of(workspace.root)


class TestBeforeAnythingIsStarted:
    def test_a_notebook_that_takes_other_parameters_is_refused(self, workspace):
        path = workspace.notebooks / "01_prepare.ipynb"
        path.write_text(path.read_text().replace("overrides: dict", "override: dict"))
        with pytest.raises(UsageError, match='"overrides" is unknown'):
            runs.reproduce(workspace, ["demo"], steps=ONE)
        assert not workspace.scratch.exists()
        assert not workspace.reports("demo").exists()

    def test_a_missing_notebook_is_named(self, workspace):
        with pytest.raises(UsageError, match=r"notebooks/02_agreement\.ipynb: is not there"):
            runs.reproduce(workspace, ["demo"], steps=[*ONE, Step("02_agreement")])

    def test_a_study_that_is_not_there_is_named(self, workspace):
        with pytest.raises(StudyError, match="Did you mean"):
            runs.reproduce(workspace, ["demos"], steps=ONE)

    def test_no_jobs_are_refused(self, workspace):
        with pytest.raises(UsageError, match="--jobs"):
            runs.reproduce(workspace, ["demo"], steps=ONE, jobs=0)

    @pytest.mark.notebooks
    def test_neither_papermill_nor_pandas_is_imported_where_nothing_is_stale(self, after, library):
        code = STARTED.replace('steps = [Step("01_prepare"), ', "steps = [").replace(
            'Step("02_agreement", needs=("01_prepare",))', 'Step("01_prepare")'
        )
        code += (
            'runs.status(Workspace(root, root / "notebooks"), ["demo"], steps=steps)\n'
            "print(sorted({'matplotlib', 'nbformat', 'numpy', 'pandas', 'papermill'} & set(sys.modules)))"
        )
        command = [sys.executable, "-c", code, str(after.root), str(library)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ["demo: skip 01_prepare (unchanged)", "[]"]


class TestEnvironment:
    OWN: ClassVar = {
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSTARTUP": "x",
        "JUPYTER_PATH": "x",
        "LC_NUMERIC": "de_DE",
        "LANG": "de_DE",
    }

    @pytest.fixture
    def given(self, workspace, monkeypatch) -> dict[str, str]:
        for name, value in self.OWN.items():
            monkeypatch.setenv(name, value)
        job = kernels.Job(
            workspace.notebooks / "01_prepare.ipynb", workspace.root, Stage(workspace, "demo", "01_prepare")
        )
        return kernelenvironment.environment(job)

    def test_nothing_of_a_persons_own_set_up_is_left(self, given):
        assert not {*self.OWN} & given.keys()

    def test_what_makes_runs_alike_is_fixed(self, given):
        fixed = {
            "PYTHONHASHSEED": "0",
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "SOURCE_DATE_EPOCH": "0",
            "COLUMNS": "80",
        }
        assert fixed.items() <= given.items()

    def test_the_notebook_is_told_where_to_read_and_write(self, given, workspace):
        assert given["CONCORD_ROOT"] == str(workspace.root)
        assert given["CONCORD_STAGE"].startswith(str(workspace.scratch))


class TestLock:
    def test_a_second_run_says_that_it_waits_and_then_goes_on(self, workspace):
        said: list[str] = []
        entered = threading.Event()

        def second() -> None:
            with studylock.locked(workspace, "demo", said.append):
                entered.set()

        with studylock.locked(workspace, "demo", said.append):
            thread = threading.Thread(target=second)
            thread.start()
            assert not entered.wait(0.3)
        thread.join(5)
        assert entered.is_set()
        assert said == [f"demo: another run is under way (process {os.getpid()}); waiting for it"]

    def test_where_no_locks_are_kept_that_is_said_and_the_run_goes_on(self, workspace, monkeypatch):
        def refused(handle: int, how: int) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr(studylock.fcntl, "flock", refused)
        said: list[str] = []
        with studylock.locked(workspace, "demo", said.append):
            said.append("goes on")
        assert said == [
            "demo: this file system keeps no locks (No locks available), so nothing stops a second run of "
            "the study. Start none.",
            "goes on",
        ]

    def test_an_error_of_the_run_itself_is_not_taken_for_one_of_the_lock(self, workspace):
        with pytest.raises(OSError, match="disk full"), studylock.locked(workspace, "demo", pytest.fail):
            raise OSError("disk full")

    def test_another_study_does_not_wait(self, workspace):
        with (
            studylock.locked(workspace, "demo", pytest.fail),
            studylock.locked(workspace, "demo2", pytest.fail),
        ):
            pass


class TestResults:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            '{"results": [{"value": 1}]}',
            '{"results": [{"key": "a"}]}',
            '{"results": [{"key": "a", "value": NaN}]}',
            '{"results": [{"key": "a", "value": 1e999}]}',
            '{"results": [{"key": "a", "value": 1}, {"key": "a", "value": 2}]}',
        ],
    )
    def test_a_malformed_step_file_is_refused(self, workspace, text):
        stage = Stage(workspace, "demo", "01_prepare")
        (stage.folder / "current.json").write_text('{"cell": "last"}')
        stage.recorded.write_text(text)
        with pytest.raises(RunError, match=r"step\.json"):
            stepresults.complete(stage, "01_prepare", "hash")

    def test_what_a_result_says_of_itself_is_kept(self, workspace):
        stage = Stage(workspace, "demo", "01_prepare")
        (stage.folder / "current.json").write_text('{"cell": "last"}')
        stage.recorded.write_text(
            '{"results": [{"key": "a", "value": null, "cell": "mine"}, {"key": "b", "value": 1}]}'
        )
        found = stepresults.complete(stage, "01_prepare", "hash")
        assert [result["cell"] for result in found] == ["mine", "last"]
        assert {result["inputs"] for result in found} == {"hash"}

    def test_one_key_recorded_by_two_steps_is_refused(self, workspace):
        folder = workspace.derived("demo") / "results"
        folder.mkdir(parents=True)
        for step in ("01_prepare", "02_agreement"):
            (folder / f"{step}.json").write_text(json.dumps([{"key": "a", "value": 1, "notebook": step}]))
        with pytest.raises(RunError, match='02_agreement records "a", which 01_prepare records too'):
            stepresults.merged(workspace, "demo", ["01_prepare", "02_agreement"])


class TestGraph:
    def test_every_step_comes_after_those_it_needs(self):
        seen: set[str] = set()
        for step in STEPS:
            assert set(step.needs) <= seen
            seen.add(step.name)
