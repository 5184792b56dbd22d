"""Clusters: what is refused before anything starts, and runs that survive the loss of a worker."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import parcels, runs
from analysis.batch import require_success, run_grid
from analysis.clusters import ClusterFile, load_cluster, made_cluster, require_encrypted
from analysis.errors import RunError, UsageError
from analysis.grid import load_grid
from analysis.kernels import Ending, Job
from analysis.outcomes import StudyRun
from analysis.paths import Workspace
from analysis.provenance import Library
from analysis.staging import Stage

STUDY = "krippendorff2011"


class TestAddresses:
    @pytest.mark.parametrize(
        "address",
        ["tls://dask.example.org:8786", "tcp://127.0.0.1:8786", "tcp://[::1]:8786", "localhost:8786",
         "wss://dask.example.org", "inproc://1/2", "gateway://dask.example.org:80/x"],
    )  # fmt: skip
    def test_encrypted_or_on_this_machine_is_taken(self, address) -> None:
        require_encrypted(address, "--scheduler")

    @pytest.mark.parametrize(
        "address",
        ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "tcp://localhost.example.org:8786", "ws://192.0.2.1:80",
         "tcp://0.0.0.0:8786", "ucx://127.0.0.1:1", "tcp://127.0.0.1.example.org:1"],
    )  # fmt: skip
    def test_anything_else_is_refused(self, address) -> None:
        with pytest.raises(UsageError):
            require_encrypted(address, "--scheduler")

    def test_the_refusal_says_what_to_do(self) -> None:
        with pytest.raises(UsageError, match=r"--protocol tls` and name tls://10\.0\.0\.5:8786"):
            require_encrypted("tcp://10.0.0.5:8786", "--scheduler")


class TestConfiguration:
    def written(self, folder: Path, text: str) -> Path:
        path = folder / "dask.yml"
        path.write_text(text, "utf-8")
        return path

    def test_a_class_with_its_arguments_is_read(self, tmp_path) -> None:
        text = "cluster: dask_jobqueue.SLURMCluster\narguments: {cores: 4}\nadapt: {maximum: 10}\n"

        found = load_cluster(self.written(tmp_path, text))

        assert found.cluster == "dask_jobqueue.SLURMCluster"
        assert found.arguments == {"cores": 4}
        assert found.adapt.maximum == 10

    def test_every_mistake_is_told_with_its_line(self, tmp_path) -> None:
        with pytest.raises(UsageError) as caught:
            load_cluster(self.written(tmp_path, "cluter: x.Y\nscale: 0\n"))

        assert "line 1, 'cluter': is not known here. Did you mean \"cluster\"?" in str(caught.value)
        assert "line 2, 'scale'" in str(caught.value)

    @pytest.mark.parametrize("text", ["scale: 3\n", "cluster: x.Y\nscheduler: tls://h:1\n"])
    def test_an_address_or_a_class_is_needed_and_not_both(self, tmp_path, text) -> None:
        with pytest.raises(UsageError, match="either `scheduler`"):
            load_cluster(self.written(tmp_path, text))

    def test_certificates_are_found_beside_the_file(self, tmp_path) -> None:
        for name in ("ca.pem", "me.pem"):
            (tmp_path / name).touch()
        text = "scheduler: tls://h:1\ntls: {ca: ca.pem, cert: me.pem, key: absent.pem}\n"

        with pytest.raises(UsageError, match=r"`tls\.key` names a file that is not there"):
            load_cluster(self.written(tmp_path, text))
        (tmp_path / "absent.pem").touch()
        assert load_cluster(self.written(tmp_path, text)).tls.ca == tmp_path / "ca.pem"

    def test_a_class_that_is_not_installed_is_named(self) -> None:
        settings = ClusterFile(cluster="dask_nowhere.Cluster")

        with (
            pytest.raises(UsageError, match="cannot be imported"),
            made_cluster(settings),
        ):
            pass

    def test_a_cluster_that_listens_unencrypted_is_closed_again(self, monkeypatch) -> None:
        monkeypatch.setattr(Unsafe, "closed", False)
        settings = ClusterFile(cluster=f"{__name__}.Unsafe")
        monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])

        with pytest.raises(UsageError, match="is not encrypted"), made_cluster(settings):
            pass

        assert Unsafe.closed


class Unsafe:
    """A cluster as careless defaults make it."""

    scheduler_address = "tcp://192.0.2.7:8786"
    closed = False

    def close(self) -> None:
        type(self).closed = True


class TestParcels:
    def test_what_came_back_can_only_go_into_the_stage(self, tmp_path) -> None:
        stage = Stage(Workspace(tmp_path), STUDY, "01_prepare")

        for name in ("../out.txt", "/etc/out.txt", "out/../../x", "a\\b"):
            with pytest.raises(RunError, match="is no place here"):
                parcels.unpack(parcels.Returned(Ending("completed"), {name: b""}), stage)

    def test_a_worker_with_other_code_refuses(self, checkout, tmp_path) -> None:
        workspace = Workspace(tmp_path)
        notebook = checkout / "notebooks" / "01_prepare.ipynb"
        job = Job(notebook, tmp_path, Stage(workspace, STUDY, "01_prepare"), study=STUDY, step="01_prepare")
        parcel = parcels.packed(job, Library(workspace))
        told = {**parcel.made_of, "package pandas": "0.1"}
        other = parcels.Parcel(job, parcel.notebook, parcel.files, told)

        returned = parcels.execute(other, "session", str(tmp_path))

        assert returned.ending.failure.kind == "OtherInstallation"
        assert "package pandas" in returned.ending.failure.message
        assert not list(tmp_path.glob("concord-*"))

    @pytest.fixture
    def library(self, tmp_path, parsed_library) -> Library:
        (tmp_path / ".concord").mkdir()
        shutil.copy(parsed_library, tmp_path / ".concord")
        return Library(Workspace(tmp_path))

    def job(self, checkout: Path, workspace: Workspace, *reads: str) -> Job:
        notebook, stage = checkout / "notebooks" / "01_prepare.ipynb", Stage(workspace, STUDY, "01_prepare")
        return Job(notebook, workspace.root, stage, study=STUDY, step="01_prepare", reads=reads)

    def test_a_log_of_the_cluster_shows_no_name_of_a_file_and_no_content(
        self, checkout, tmp_path, library
    ) -> None:
        (tmp_path / "ann-smith.csv").write_text("a confidence", "utf-8")
        parcel = parcels.packed(self.job(checkout, Workspace(tmp_path), "ann-smith.csv"), library)
        shown = repr(parcel) + repr(parcels.Returned(Ending("completed"), parcel.files))

        assert parcel.files == {"ann-smith.csv": b"a confidence"}
        assert "ann-smith" not in shown
        assert "confidence" not in shown

    def test_a_worker_keeps_nothing_of_a_notebook_that_is_gone(
        self, checkout, tmp_path, library, monkeypatch
    ) -> None:
        monkeypatch.setattr(parcels, "_library", lambda: library)
        job = self.job(checkout, Workspace(tmp_path))
        parcel = parcels.Parcel(job, job.notebook.read_bytes(), {}, {})

        assert parcels.execute(parcel, "session", str(tmp_path)).ending.failure.kind == "OtherInstallation"
        assert library._notebooks == {}


class Remote:
    """What Dask gives for a job: its end comes when the test says so."""

    status = "pending"

    def __init__(self) -> None:
        self.tell: list[Callable[[Remote], None]] = []
        self.outcome: object = None

    def add_done_callback(self, tell: Callable[[Remote], None]) -> None:
        self.tell.append(tell)

    def result(self) -> object:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def ends(self, status: str, outcome: object = None) -> None:
        self.status, self.outcome = status, outcome
        for tell in self.tell:
            tell(self)


class Client:
    """A connection to a cluster that only exists for the test."""

    def __init__(self) -> None:
        self.scheduler = self
        self.address = "tls://dask.example.org:8786"
        self.workers = {"tls://10.0.0.1:4000": 2}
        self.remotes: list[Remote] = []
        self.called_off = False

    def nthreads(self) -> dict[str, int]:
        return self.workers

    def submit(self, *given: object, **settings: object) -> Remote:
        self.remotes.append(Remote())
        return self.remotes[-1]

    def cancel(self, remotes: list[Remote], force: bool) -> None:
        self.called_off = True

    def run(self, *given: object, **settings: object) -> None:
        pass


class TestExecutor:
    @pytest.fixture
    def client(self, monkeypatch) -> Client:
        made = Client()
        monkeypatch.setattr("analysis.daskexecutor._client", lambda settings, opened: made)
        monkeypatch.setattr("analysis.parcels.packed", lambda *given, **settings: None)
        return made

    @pytest.fixture
    def executor(self, client, tmp_path):
        from analysis.daskexecutor import DaskExecutor

        settings = ClusterFile(scheduler=client.address)
        with DaskExecutor(settings, Library(Workspace(tmp_path))) as made:
            yield made

    @pytest.fixture
    def job(self, tmp_path) -> Job:
        stage = Stage(Workspace(tmp_path), STUDY, "01_prepare")
        return Job(tmp_path / "01_prepare.ipynb", tmp_path, stage, study=STUDY, step="01_prepare")

    def test_what_came_back_stands_in_the_stage(self, executor, client, job) -> None:
        future = executor.submit(job)
        client.remotes[0].ends("finished", parcels.Returned(Ending("completed"), {"out/derived/a.csv": b"1"}))

        assert future.result(0) == Ending("completed")
        assert (job.stage.out / "derived" / "a.csv").read_bytes() == b"1"

    def test_a_result_that_comes_twice_is_taken_once(self, executor, client, job) -> None:
        future = executor.submit(job)
        returned = parcels.Returned(Ending("completed"), {"out/derived/a.csv": b"1"})
        client.remotes[0].ends("finished", returned)
        client.remotes[0].ends("finished", returned)

        assert future.result(0).status == "completed"

    def test_a_lost_scheduler_and_lost_workers_are_told_as_such(self, executor, client, job) -> None:
        class KilledWorker(Exception):
            pass

        futures = [executor.submit(job), executor.submit(job), executor.submit(job)]
        client.remotes[0].ends("cancelled")
        client.remotes[1].ends("error", KilledWorker("interview text"))
        client.remotes[2].ends("error", ModuleNotFoundError("analysis"))

        told = [str(future.result(0).failure) for future in futures]
        assert told[0] == "ClusterLost: the connection to the scheduler was lost."
        assert told[1].startswith("KilledWorker: every worker that began it was lost")
        assert "Install the same version there" in told[2]
        assert "interview" not in "".join(told)

    def test_stopping_resolves_everything_at_once_and_late_results_are_ignored(
        self, executor, client, job
    ) -> None:
        future = executor.submit(job)
        executor.stop()
        client.remotes[0].ends("finished", parcels.Returned(Ending("completed"), {"out/derived/a.csv": b"1"}))

        assert future.result(0).status == "interrupted"
        assert client.called_off
        assert not (job.stage.out / "derived" / "a.csv").exists()

    def test_a_cluster_that_fails_while_it_is_closed_says_nothing_on_screen(
        self, client, tmp_path, monkeypatch
    ) -> None:
        from analysis.daskexecutor import DaskExecutor

        told: list[object] = []
        monkeypatch.setattr(threading, "excepthook", told.append)
        with DaskExecutor(ClusterFile(scheduler=client.address), Library(Workspace(tmp_path))) as made:
            made._held.callback(lambda: 1 / 0)
        assert told == []

    def test_a_worker_that_is_reached_unencrypted_is_refused(self, client, tmp_path) -> None:
        from analysis.daskexecutor import DaskExecutor

        client.workers["tcp://10.0.0.2:4000"] = 1

        with pytest.raises(UsageError, match=r"the worker tcp://10\.0\.0\.2:4000 is not encrypted"):
            DaskExecutor(ClusterFile(scheduler=client.address), Library(Workspace(tmp_path)))


class Cluster:
    """A scheduler and workers on this machine that share no folder with us or with each other."""

    def __init__(self, folder: Path, tls: dict[str, Path] | None = None) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self._tls = [f"--tls-{name}={path}" for name, path in (tls or {}).items()]
        self._tls += ["--protocol=tls"] if tls else []
        file = folder / "scheduler.json"
        self._begin("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                    "--scheduler-file", str(file))  # fmt: skip
        until = time.monotonic() + 60
        while not file.is_file() or not file.read_text("utf-8"):
            assert time.monotonic() < until, "the scheduler did not start"
            time.sleep(0.1)
        self.address = json.loads(file.read_text("utf-8"))["address"]

    def add_worker(self) -> subprocess.Popen[bytes]:
        own = self.folder / f"worker-{len(self.processes)}"
        (own / "tmp").mkdir(parents=True)
        return self._begin("dask_worker", self.address, "--no-nanny", "--no-dashboard", "--nthreads", "1",
                           "--host", "127.0.0.1", "--local-directory", str(own), folder=own)  # fmt: skip

    def _begin(self, program: str, *arguments: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
        folder = folder or self.folder
        command = [sys.executable, "-m", f"distributed.cli.{program}", *self._tls, *arguments]
        environment = {**os.environ, "TMPDIR": str(folder)}
        with (self.folder / f"{program}-{len(self.processes)}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
            )
        return self.processes[-1]

    def close(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def workspace_with(folder: Path, checkout: Path) -> Workspace:
    shutil.copytree(checkout / "data" / "raw" / STUDY, folder / "data" / "raw" / STUDY)
    return Workspace(folder)


def left(workspace: Workspace) -> dict[str, bytes]:
    """Return every file of a run but run.json, which alone tells times."""
    folders = (workspace.root / "data" / "derived", workspace.root / "reports")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        path.relative_to(workspace.root).as_posix(): path.read_bytes()
        for path in sorted(files)
        if path.name != "run.json"
    }


def on_cluster(
    workspace: Workspace,
    cluster: Cluster,
    settings: ClusterFile | None = None,
    say: Callable[[str], None] = print,
) -> list[StudyRun]:
    from analysis.daskexecutor import DaskExecutor

    settings = settings or ClusterFile(scheduler=cluster.address)
    with DaskExecutor(settings, Library(workspace), say) as executor:
        return runs.reproduce(workspace, [STUDY], executor=executor, say=say)


def executes(folder: Path) -> bool:
    """Tell whether a notebook is being executed below a worker's folder, whose files come and go."""
    try:
        return any(folder.rglob("current.json"))
    except OSError:
        return False


class Killer(threading.Thread):
    """Kills the first worker that is found in the middle of a notebook."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(daemon=True)
        self.cluster = cluster
        self.killed: list[subprocess.Popen[bytes]] = []

    def run(self) -> None:
        until = time.monotonic() + 300
        while not self.killed and time.monotonic() < until:
            for number, process in enumerate(self.cluster.processes):
                if number and not self.killed and executes(self.cluster.folder / f"worker-{number}"):
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    self.killed.append(process)
            time.sleep(0.02)


def survives_the_loss_of_a_worker(folder: Path, checkout: Path, cluster: Cluster, plain: dict) -> None:
    workspace = workspace_with(folder, checkout)
    cluster.add_worker()
    cluster.add_worker()
    killer = Killer(cluster)
    killer.start()

    (run,) = on_cluster(workspace, cluster)

    assert killer.killed, "no worker was killed in mid-run"
    assert run.ended_well, [str(step.failure) for step in run.steps]
    assert left(workspace) == plain


@pytest.mark.soak
@pytest.mark.notebooks
def test_ten_times_a_worker_is_killed_and_the_results_are_those_of_a_plain_run(tmp_path, checkout) -> None:
    pytest.importorskip("distributed")
    here = workspace_with(tmp_path / "plain", checkout)
    runs.require_success(runs.reproduce(here, [STUDY], say=lambda line: None))
    plain = left(here)
    for number in range(10):
        folder = tmp_path / f"cluster-{number}"
        folder.mkdir()
        made = Cluster(folder)
        try:
            survives_the_loss_of_a_worker(tmp_path / f"run-{number}", checkout, made, plain)
        finally:
            made.close()


@pytest.mark.soak
@pytest.mark.notebooks
def test_a_batch_on_a_cluster_leaves_what_it_leaves_here(tmp_path, checkout) -> None:
    pytest.importorskip("distributed")
    from analysis.daskexecutor import DaskExecutor

    folder, found = tmp_path / "cluster", []
    folder.mkdir()
    cluster = Cluster(folder)
    try:
        cluster.add_worker()
        cluster.add_worker()
        for name in ("here", "there"):
            workspace = workspace_with(tmp_path / name, checkout)
            path = tmp_path / "grid.yml"
            path.write_text(f"studies: [{STUDY}]\nvary: {{themes.counted: [any, majority], seed: [1, 2]}}\n")
            grid, library = load_grid(workspace, path), Library(workspace)
            executor = (
                runs.local_executor(workspace, 2, library=library)
                if name == "here"
                else DaskExecutor(ClusterFile(scheduler=cluster.address), library)
            )
            with executor:
                done = run_grid(workspace, grid, executor, say=lambda line: None, library=library)
            require_success(done.done)
            found.append(left(workspace))
    finally:
        cluster.close()
    assert found[0] == found[1]


@pytest.mark.soak
@pytest.mark.notebooks
def test_an_encrypted_cluster_is_reached_with_certificates_and_not_without(tmp_path, checkout) -> None:
    pytest.importorskip("distributed")
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificates, is not installed")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    folder = tmp_path / "cluster"
    folder.mkdir()
    cluster = Cluster(folder, {"ca-file": cert, "cert": cert, "key": key})
    try:
        cluster.add_worker()
        workspace = workspace_with(tmp_path / "w", checkout)
        with pytest.raises(UsageError, match="Name certificates under `tls`"):
            on_cluster(workspace, cluster)
        file = tmp_path / "dask.yml"
        file.write_text(
            f"scheduler: {cluster.address}\ntls: {{ca: cert.pem, cert: cert.pem, key: key.pem}}\n", "utf-8"
        )
        (run,) = on_cluster(workspace, cluster, settings=load_cluster(file))
        assert run.ended_well
    finally:
        cluster.close()
