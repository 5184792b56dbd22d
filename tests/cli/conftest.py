"""The command line as people run it: the installed script, in a process of its own."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import cli, results, runs  # noqa: F401  (loaded for the forked commands)
from analysis.claims import load_claims
from analysis.paths import Workspace
from analysis.read import read_study
from analysis.study import load_study

SCRIPT = Path(sys.executable).parent / "concord"

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def concord() -> Command:
    """Run the installed script from cold: ``concord("check", root=folder)``."""
    assert SCRIPT.is_file(), f"{SCRIPT.name} is not installed beside {Path(sys.executable).name}"

    def run(*arguments: str, root: Path | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
        command = [str(SCRIPT), *([] if root is None else ["--root", str(root)]), *arguments]
        environment = {name: value for name, value in os.environ.items() if name != "CONCORD_ROOT"}
        return subprocess.run(
            command, env=environment | settings, capture_output=True, text=True, timeout=120, check=False
        )

    return run


@pytest.fixture(scope="session")
def _read_before(checkout: Path) -> None:
    """Read a study once, so that all that is loaded on the way is there for the forked commands."""
    workspace = Workspace(checkout)
    read_study(workspace, load_study(workspace, "simon2021_simulated"))
    load_claims(workspace, "simon2021_simulated")
    runs.status(workspace, ["krippendorff2011"])


@pytest.fixture
def warm(tmp_path: Path, _read_before: None) -> Command:
    """Run the installed script in a forked process, where what it imports is loaded already.

    For tests that run it many times: a cold start is a second or two, nearly all of it pandas.
    """
    count = iter(range(1000))

    def run(*arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
        streams = [tmp_path / f".warm-{next(count)}.{name}" for name in ("out", "err")]
        command = [str(SCRIPT), "--root", str(root), *arguments]
        sys.stdout.flush()
        sys.stderr.flush()
        child = os.fork()
        if child == 0:
            _become(command, streams)
        _, status = os.waitpid(child, 0)
        out, err = (path.read_text("utf-8") for path in streams)
        return subprocess.CompletedProcess(command, os.waitstatus_to_exitcode(status), out, err)

    return run


def _become(command: list[str], streams: list[Path]) -> None:
    """Run the script in this process, then end it: what comes after belongs to the parent."""
    status = 70
    try:
        for number, path in enumerate(streams, start=1):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
        sys.stdout, sys.stderr = (os.fdopen(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))
        sys.argv = command
        os.environ.pop("CONCORD_ROOT", None)
        runpy.run_path(command[0], run_name="__main__")
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
