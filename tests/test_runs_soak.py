"""Long runs: killed again and again a study comes out whole; run after run nothing is left behind."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis import nursery, runs
from analysis.contents import file_digest
from analysis.graph import Step
from analysis.paths import Workspace
from analysis.provenance import Library
from analysis.records import Records

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes below /proc"),
]

STUDY = "krippendorff2011"
KILLS = int(os.environ.get("CONCORD_SOAK_KILLS", "200"))
SMALL_RUNS = int(os.environ.get("CONCORD_SOAK_RUNS", "2000"))
TELL_OF_TIME = (f"reports/{STUDY}/run.json", "reports/index.html")
STATES = (
    ("study.yml", "seed: 2011", "seed: 2011"),  # as it is
    ("source/ratings.csv", "4,3,3,3,3", "4,3,3,1,3"),
    ("study.yml", "companions: [percent, gwet_ac1]", "companions: [percent]"),
)
"""Three states of the raw data, each the bundled one with a text replaced; no two give the same results."""


def plant(raw: Path, root: Path, state: int) -> None:
    """Give a workspace the raw data of one state."""
    file, old, new = STATES[state]
    shutil.copytree(raw, root / "data" / "raw" / STUDY, dirs_exist_ok=True)
    text = (raw / file).read_text("utf-8")
    assert text.count(old) == 1
    (root / "data" / "raw" / STUDY / file).write_text(text.replace(old, new), "utf-8")


def reproduce(root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "analysis.cli", "--root", str(root), "reproduce", STUDY]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def left(root: Path) -> dict[str, str]:
    """Return the hash of every file of data/derived and reports, those that tell of time aside."""
    files = [path for top in ("data/derived", "reports") for path in sorted((root / top).rglob("*"))]
    hashes = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.is_file()
    }
    return {name: sha for name, sha in hashes.items() if name not in TELL_OF_TIME}


def processes_of(root: Path) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "cwd").readlink().is_relative_to(root):
                found.append(int(folder.name))
    return found


def half_written(root: Path, whole: Sequence[dict[str, str]]) -> list[str]:
    """Return files that are neither what a calm run of any state leaves nor a whole note of the runner."""
    odd = []
    for name, sha in left(root).items():
        if "/.records/" in name or name.endswith("/results.json"):
            json.loads((root / name).read_text("utf-8"))
        elif sha not in [calm.get(name) for calm in whole]:
            odd.append(name)
    notes = [root / name for name in TELL_OF_TIME if (root / name).is_file()]
    for path in notes:
        text = path.read_text("utf-8")
        if path.suffix == ".json":
            assert json.loads(text)["study"] == STUDY
        elif not text.rstrip().endswith("</html>"):
            odd.append(path.name)
    return odd


def unchanged(root: Path, library: Library) -> dict[str, str]:
    """Return the outputs, by hash, of every step that the next run would skip."""
    workspace = Workspace(root)
    (told,) = runs.status(workspace, [STUDY], library=library)
    records = Records(workspace, STUDY)
    files = [
        records.output(label)
        for step in told.steps
        if step.outcome == "skipped" and (record := records.read(step.step))
        for label in record.outputs
    ]
    return {path.relative_to(root).as_posix(): file_digest(path) for path in files}


def test_killed_at_any_moment_nothing_is_half_written_or_mixed_and_the_next_run_makes_good(
    checkout: Path, tmp_path: Path
) -> None:
    raw, rough = checkout / "data" / "raw" / STUDY, tmp_path / "rough"
    whole: list[dict[str, str]] = []
    for state in range(len(STATES)):
        begun = time.monotonic()
        plant(raw, tmp_path / f"calm-{state}", state)
        assert reproduce(tmp_path / f"calm-{state}").wait() == 0
        length = time.monotonic() - begun
        whole.append(left(tmp_path / f"calm-{state}"))
    results = [calm[f"data/derived/{STUDY}/results.json"] for calm in whole]
    assert len(set(results)) == len(STATES)
    rng, library = random.Random(20260102), Library(Workspace(tmp_path))
    number = killed = 0
    while killed < KILLS:
        number += 1
        state = rng.randrange(len(STATES))
        plant(raw, rough, state)
        process = reproduce(rough)
        with suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0, 1.1 * length))
        process.kill()
        killed += process.wait() == -signal.SIGKILL  # else it was through before
        assert half_written(rough, whole) == [], f"kill {number}"
        assert unchanged(rough, library).items() <= whole[state].items(), f"kill {number}"
        until = time.monotonic() + 10
        while processes_of(rough) and time.monotonic() < until:
            time.sleep(0.05)
        assert processes_of(rough) == [], f"kill {number}"
    assert reproduce(rough).wait() == 0
    assert left(rough) == whole[state]
    (told,) = runs.status(Workspace(rough), [STUDY], library=library)
    assert [step.step for step in told.steps if step.outcome == "stale"] == []
    assert not (rough / ".concord" / "stage" / STUDY).exists()


SMALL = """\
import json, os
from pathlib import Path
_ = (Path(os.environ["CONCORD_STAGE"]) / "step.json").write_text(json.dumps({"results": []}))"""


def small_workspace(root: Path) -> Workspace:
    raw = root / "data" / "raw" / "demo"
    (raw / "source").mkdir(parents=True)
    (raw / "source" / "codings.csv").write_text("segment_id,coder_id\n")
    (raw / "study.yml").write_text(
        "study: demo\ntitle: A study\nmethod: codebook\ndisclosure: {policy: text_free}\n"
        "inputs: [{file: codings.csv, stage: independent}]\n"
    )
    texts = {"parameters": 'study: str = "demo"\noverrides: dict = {}', "record": SMALL}
    cells = [new_code_cell(text, id=name) for name, text in texts.items()]
    cells[0].metadata = {"tags": ["parameters"]}
    (root / "notebooks").mkdir()
    (root / "notebooks" / "01_prepare.ipynb").write_text(json.dumps(new_notebook(cells=cells)), "utf-8")
    return Workspace(root, root / "notebooks")


def held(process: int | str = "self") -> int:
    """Return how many bytes a process holds in memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def children_of(*parents: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) in parents:
                found.append(int(folder.name))
    return found


@pytest.mark.skipif(not nursery.possible(), reason="kernels are forked on Linux alone")
def test_run_after_run_nothing_grows_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "own"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    workspace, one = small_workspace(tmp_path), (Step("01_prepare"),)
    plans = [runs.plan(workspace, "demo", steps=one)]
    seen: list[dict[str, int]] = []
    with runs.local_executor(workspace, 1, steps=one) as executor:
        for number in range(SMALL_RUNS):
            (run,) = runs.run_plans(plans, executor, force=True, say=lambda _: None, steps=one)
            assert run.ended_well
            if number in (SMALL_RUNS // 4, SMALL_RUNS - 1):  # by then what is kept for good is there
                assert executor.nursery is not None
                servers = [server.pid for server in executor.nursery.servers]
                time.sleep(1)  # what was killed last is gone by then
                seen.append(
                    {
                        "files": len(list(Path("/proc/self/fd").iterdir())),
                        "processes": len(children_of(os.getpid(), *servers)),
                        "temporary": len(list(Path(tempfile.gettempdir()).glob("*"))),
                        "scratch": sum(path.is_file() for path in workspace.scratch.rglob("*")),
                        "held": held(),
                        **{f"held by server {n}": held(pid) for n, pid in enumerate(servers)},
                        **{
                            f"files of server {n}": len(list(Path(f"/proc/{pid}/fd").iterdir()))
                            for n, pid in enumerate(servers)
                        },
                    }
                )
    early, late = seen
    print(early, late)
    for what in early:
        allowed = 10_000_000 if what.startswith("held") else 0
        assert late[what] - early[what] <= allowed, what
