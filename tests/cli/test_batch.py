"""`concord batch` as people run it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

STUDY = "krippendorff2011"
SCRIPT = Path(sys.executable).parent / "concord"


@pytest.fixture
def root(tmp_path: Path, checkout: Path) -> Path:
    shutil.copytree(checkout / "data" / "raw" / STUDY, tmp_path / "data" / "raw" / STUDY)
    return tmp_path


def written(root: Path, text: str) -> str:
    path = root / "choices.yml"
    path.write_text(text, "utf-8")
    return str(path)


def test_every_problem_is_told_and_nothing_started(warm, root) -> None:
    grid = written(root, f"studies: [{STUDY}, other]\nvary: {{agreement.unti: [case]}}\n")

    done = warm("batch", grid, root=root)

    assert done.returncode == 2
    assert 'there is no study "other"' in done.stderr
    assert not (root / "reports").exists()


def test_runs_can_be_listed_without_running(warm, root) -> None:
    grid = written(root, f"studies: [{STUDY}]\nvary: {{exclude.coder: [~, A]}}\n")

    done = warm("batch", grid, "--list", root=root)

    assert done.stdout.splitlines() == [f"{STUDY}--as-it-is", f"{STUDY}--coder=A"]
    assert not (root / "reports").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scheduler", "tcp://192.0.2.1:8786"), "is not encrypted"),
        (("--scheduler", "tls://h:1", "--dask-config", "x.yml"), "either --scheduler or --dask-config"),
        (("--dask-config", "absent.yml"), "there is no such file"),
        (("--jobs", "0"), "--jobs must be 1 or more"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(warm, root, options, said) -> None:
    done = warm("batch", written(root, f"studies: [{STUDY}]\n"), *options, root=root)

    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.soak
def test_a_failed_run_leaves_the_others_and_ends_with_status_1(concord, root) -> None:
    grid = written(
        root, f"studies: [{STUDY}]\nvary: {{themes.counted: [majority, consensus]}}\nname: units\n"
    )

    done = concord("batch", grid, root=root, CI="1")

    folder = root / "reports" / "batch" / "units"
    told = {path.parent.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*/run.json")}
    states = {name: run["status"] for name, run in told.items()}
    assert states == {f"{STUDY}--counted=majority": "completed", f"{STUDY}--counted=consensus": "failed"}
    assert done.returncode == 1
    assert "counted=consensus" in done.stderr
    assert (folder / f"{STUDY}--counted=majority" / "notebooks" / "02_agreement.ipynb").is_file()
    assert "failed: " in (folder / "index.html").read_text("utf-8")
    table = pd.read_parquet(folder / "results.parquet")
    alpha = table[(table["key"] == "agreement.rating.krippendorff_alpha")].set_index("run")["value"]
    assert round(alpha[f"{STUDY}--counted=majority"], 3) == 0.743


@pytest.mark.notebooks
@pytest.mark.soak
def test_ctrl_c_stops_within_five_seconds_and_the_same_command_goes_on(concord, root) -> None:
    grid = written(root, f"studies: [{STUDY}]\nvary: {{seed: [1, 2, 3, 4]}}\n")
    environment = {name: value for name, value in os.environ.items() if name != "CONCORD_ROOT"}
    running = subprocess.Popen(
        [str(SCRIPT), "--root", str(root), "batch", grid],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        # a shell's background job, such as this test may be, is started deaf to Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    records = root / "data" / "derived" / "batch"
    until = time.monotonic() + 120
    while not list(records.rglob(".records/*.json")) and time.monotonic() < until:
        time.sleep(0.1)
    begun = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)

    assert time.monotonic() - begun < 5
    assert running.returncode == 130
    assert "goes on from here" in said
    assert concord("batch", grid, root=root).returncode == 0
