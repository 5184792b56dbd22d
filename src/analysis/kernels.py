"""One notebook executed in a process of its own, and the truth about how it ended.

The process (`analysis.worker`) drives papermill and the kernel. It lives only while it can read from us: when
we close its input, or are gone ourselves, it kills its kernel and ends. What it says about the outcome is
believed only where the evidence bears it out.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import IO, Any, Literal

from . import memory, wholefile
from .kernelenvironment import environment
from .nursery import Forked, Nursery
from .staging import Stage

__all__ = ["Ending", "Failure", "Job", "Limits", "run"]

PAUSE = 0.1
LOOK = 0.2
GRACE = 2.0


@dataclass(frozen=True)
class Limits:
    """What one notebook may take.

    Parameters
    ----------
    start, cell, notebook : int
        Seconds until its kernel is ready, for a cell, for all of it.
    memory : float, optional
        Bytes that its kernel, with what that started, may hold in memory.
    """

    start: int = 60
    cell: int = 3600
    notebook: int = 7200
    memory: float | None = None


@dataclass(frozen=True)
class Job:
    """One notebook to execute, with all that its execution needs.

    Parameters
    ----------
    notebook : Path
    root : Path
        The workspace; the kernel's working folder.
    stage : Stage
    parameters : dict
    title : str
        Title of the page made from the executed notebook.
    by_hand : bool
        Execute as a person would who opens the notebook: outputs go where the notebook itself puts them.
    study, step : str
    reads : tuple of str
        Files that the notebook may read, by their names below `root`.
    limits : Limits
    """

    notebook: Path
    root: Path
    stage: Stage
    parameters: dict[str, Any] = field(default_factory=dict)
    title: str = ""
    by_hand: bool = False
    study: str = ""
    step: str = ""
    reads: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Failure:
    """Why a notebook did not end well; never a word of interview text."""

    kind: str
    cell: str | None = None
    message: str = ""

    def __str__(self) -> str:
        place = f"cell {self.cell}: " if self.cell else ""
        return f"{place}{self.kind}{f': {self.message}' if self.message else ''}"


@dataclass(frozen=True)
class Ending:
    """How a notebook ended, and whether its kernel was started anew or forked from a loaded one."""

    status: Literal["completed", "failed", "interrupted"]
    failure: Failure | None = None
    kernel: Literal["new", "forked"] = "new"


def run(job: Job, stop: Event, nursery: Nursery | None = None) -> Ending:
    """Execute a notebook and return how it ended; never raises for what the notebook does.

    Parameters
    ----------
    job : Job
    stop : Event
        Once set, the notebook, its kernel and their process end within two seconds.
    nursery : Nursery, optional
        Where process and kernel are forked; where that fails they are started anew.
    """
    if nursery is not None:
        ending = _run_forked(job, stop, nursery)
        if ending is not None:
            return ending
        job.stage.empty()
    with job.stage.log.open("wb") as log:
        worker = _started(job, log)
        try:
            cut_off = _wait(worker, job, stop)
        finally:
            _end(worker, job.stage)
    return _ended(job, cut_off, worker.returncode)


def _run_forked(job: Job, stop: Event, nursery: Nursery) -> Ending | None:
    """Execute a notebook in forked processes; return None where it was these that failed."""
    settings = _settled(job)
    with job.stage.log.open("wb") as log:
        worker = nursery.start(_order(job), settings, job.root, log)
        try:
            cut_off = _wait(worker, job, stop)
        finally:
            _end_forked(worker, job.stage)
    ending = _ended(job, cut_off, worker.returncode)
    lost_kernel = ending.failure is not None and ending.failure.kind == "KernelLost"
    if lost_kernel or (worker.lost and cut_off is None):
        return None
    kernel = wholefile.read_json(job.stage.folder / "kernel.json") or {}
    return replace(ending, kernel="forked" if kernel.get("forked") else "new")


def _ended(job: Job, cut_off: str | None, status: int | None) -> Ending:
    if cut_off == "stopped":
        return Ending("interrupted")
    if cut_off == "large":
        limit = f"{(job.limits.memory or 0) / 1e9:.3g} GB"
        what = f"the notebook held more than {limit} in memory, its limit."
        return Ending("failed", Failure("MemoryLimit", _current(job.stage), what))
    if cut_off == "late":
        what = f"the notebook did not end within {job.limits.notebook} s."
        return Ending("failed", Failure("NotebookTimeout", _current(job.stage), what))
    return _judged(job, status or 0)


def _settled(job: Job) -> dict[str, str]:
    """Make the folders that a kernel's environment names, and return it."""
    settings = environment(job)
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        Path(settings[name]).mkdir(parents=True, mode=0o700)
    Path(settings["MATPLOTLIBRC"]).touch()
    return settings


def _order(job: Job) -> dict[str, Any]:
    return {
        "notebook": str(job.notebook),
        "stage": str(job.stage.folder),
        "parameters": job.parameters,
        "title": job.title,
        "page": not job.by_hand,
        "limits": asdict(job.limits),
    }


def _started(job: Job, log: IO[bytes]) -> subprocess.Popen[bytes]:
    worker = subprocess.Popen(
        [sys.executable, "-P", "-m", "analysis.worker"],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=job.root,
        env=_settled(job),
        start_new_session=True,  # Ctrl-C in the terminal reaches us alone; we decide what ends
    )
    with suppress(BrokenPipeError):
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(_order(job)).encode() + b"\n")
        worker.stdin.flush()
    return worker


def _wait(worker: subprocess.Popen[bytes] | Forked, job: Job, stop: Event) -> str | None:
    """Wait for the worker; return why waiting was given up, or None when it ended by itself."""
    deadline = time.monotonic() + job.limits.notebook
    look = time.monotonic()
    while not _ends_within(PAUSE, worker):
        if stop.is_set():
            return "stopped"
        now = time.monotonic()
        if now > deadline:
            return "late"
        if job.limits.memory is not None and now > look:
            look = now + LOOK
            if _memory(job.stage) > job.limits.memory:
                return "large"
    return None


def _ends_within(seconds: float, worker: subprocess.Popen[bytes] | Forked) -> bool:
    try:
        worker.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _memory(stage: Stage) -> int:
    """Return the bytes that a notebook's kernel and what it started hold in memory."""
    kernel = wholefile.read_json(stage.folder / "kernel.json")
    return memory.held_by_session(int(kernel["pid"])) if kernel else 0


def _end(worker: subprocess.Popen[bytes], stage: Stage) -> None:
    """Leave no process behind: ask by closing the worker's input, then kill it and its kernel."""
    with suppress(BrokenPipeError):
        assert worker.stdin is not None
        worker.stdin.close()
    try:
        clean = worker.wait(GRACE) == 0
    except subprocess.TimeoutExpired:
        clean = False
        _kill_group(worker.pid)
        worker.wait()
    kernel = wholefile.read_json(stage.folder / "kernel.json")
    if kernel and not clean:
        _kill_group(int(kernel["pid"]))


def _end_forked(worker: Forked, stage: Stage) -> None:
    """Leave no process behind: kill the worker, then its kernel unless both ended well."""
    clean = worker.poll() == 0
    if not clean and worker.pid is not None:
        _kill_group(worker.pid)
        with suppress(subprocess.TimeoutExpired):
            worker.wait(GRACE)
    worker.close()
    kernel = wholefile.read_json(stage.folder / "kernel.json")
    if kernel and not clean:
        _kill_group(int(kernel["pid"]))


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _judged(job: Job, status: int) -> Ending:
    told = wholefile.read_json(job.stage.folder / "outcome.json")
    if told is None:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        what = f"the process that ran the notebook ended with {how} before the notebook did."
        return Ending("failed", Failure("WorkerDied", _current(job.stage), what))
    if told["failure"] is not None:
        return Ending("failed", Failure(**told["failure"]))
    if not job.by_hand and not job.stage.recorded.is_file():
        return Ending("failed", Failure("Unfinished", None, "it ended without recording its results."))
    return Ending("completed")


def _current(stage: Stage) -> str | None:
    """Return the cell that was last begun."""
    told = wholefile.read_json(stage.folder / "current.json")
    return told["cell"] if told else None
