"""Faults planted one at a time: each is caught, with the right verdict and the right cause.

The first fault of every kind runs with all tests; the others, and the clean runs elsewhere, in ``make soak``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from analysis import normalform, runs

from .conftest import NAME, Lab
from .faults import FAULTS, Fault, Patch, withdrawn


def named(fault: Fault) -> object:
    return pytest.param(fault, id=fault.name, marks=[pytest.mark.soak] if fault.soak else [])


@pytest.mark.parametrize("fault", [named(fault) for fault in FAULTS])
def test_a_planted_fault_is_caught_with_its_cause(fault: Fault, lab: Lab, monkeypatch: Patch) -> None:
    fault.plant(lab, monkeypatch)

    said = lab.verify()

    assert said.status == fault.status, said.out
    assert fault.verdict in said.out
    if fault.claim:
        line = next(line for line in said.out.splitlines() if line.strip().startswith(f"{fault.claim}: "))
        assert fault.verdict in line
        assert fault.cause in (said.after(fault.claim) or [""])[0], said.out
    else:
        assert fault.cause in said.out, said.out


def test_enough_faults_are_planted() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names) >= 40


def test_a_stripped_committed_notebook_is_no_executed_one(checkout: Path) -> None:
    for path in sorted((checkout / "notebooks").glob("*.ipynb")):
        nb = normalform.load(path)
        for cell in nb["cells"]:
            cell.update({"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {})
        assert "load" in normalform.unexecuted(nb)


@pytest.mark.notebooks
def test_a_dead_kernel_is_no_completed_notebook(lab: Lab) -> None:
    dies = "import os, signal\\nos.kill(os.getpid(), signal.SIGKILL)\\nstep.finish()"
    lab.edit(lab.workspace.notebooks / "02_agreement.ipynb", "step.finish()", dies)

    (found,) = runs.reproduce(lab.workspace, [NAME], say=lambda _: None)

    ended = {step.step: step for step in found.steps}
    assert (ended["01_prepare"].outcome, ended["05_report"].outcome) == ("skipped", "blocked")
    failure = ended["02_agreement"].failure
    assert failure is not None and (failure.kind, failure.cell) == ("DeadKernelError", "work-2")
    assert [step.step for step in runs.status(lab.workspace, [NAME])[0].steps if step.outcome == "stale"]


def test_claims_that_are_gone_show_in_the_difference(lab: Lab) -> None:
    path = lab.raw / "claims.yml"
    kept = [claim for claim in yaml.safe_load(path.read_text("utf-8")) if claim["id"] != "alpha"]
    path.write_text(yaml.safe_dump(kept, sort_keys=False), "utf-8")

    said = lab.concord("diff", NAME)

    assert "  alpha: is gone" in said.out


def test_a_withdrawal_shows_in_the_difference_without_an_id(lab: Lab) -> None:
    withdrawn(lab, pytest.MonkeyPatch())
    assert lab.concord("reproduce", NAME).status == 0

    said = lab.concord("diff", NAME)

    assert "1 participant withdrew since the baseline (source/cases.csv)" in said.out
    assert "  waiting: participants 4 -> 3" in said.out
    assert "P1" not in said.out


def test_a_freeze_holds_no_word_and_no_participant(clean: Lab) -> None:
    text = (clean.raw / "frozen" / "baseline.json").read_text("utf-8")
    assert not re.search(r"Sentence|\bP[1-6]\b|\bD[1-6]\b|\bS[1-6]-", text)


PLACES = [
    {"LC_ALL": "C"},
    {"LC_ALL": "C.UTF-8", "LANG": "de_DE.UTF-8"},
    {"LANG": "tr_TR.UTF-8", "LC_ALL": ""},
    {"LC_NUMERIC": "fr_FR.UTF-8"},
    {"TZ": "Pacific/Kiritimati"},
    {"TZ": "America/St_Johns"},
    {"TZ": "UTC+12"},
    {"PYTHONHASHSEED": "1"},
    {"PYTHONHASHSEED": "4294967295"},
    {"PYTHONHASHSEED": "random", "TZ": "Asia/Kathmandu"},
    {"folder": "anderswo ü"},
    {"folder": "a folder with blanks/and more"},
    {"folder": "日本"},
    {"order": "reversed"},
    {"order": "by length", "PYTHONUTF8": "0"},
    {"jobs": "1"},
    {"jobs": "4"},
    {"cpus": "1"},
    {"cpus": "1", "OMP_NUM_THREADS": "7", "folder": "x"},
    {"COLUMNS": "31", "PYTHONWARNINGS": "error", "TZ": "Australia/Eucla", "order": "reversed"},
]


@pytest.mark.soak
@pytest.mark.notebooks
@pytest.mark.parametrize("place", PLACES, ids=lambda place: ", ".join(f"{k} {v}" for k, v in place.items()))
def test_a_clean_run_elsewhere_raises_no_alarm(place: dict[str, str], clean: Lab, tmp_path: Path) -> None:
    """Everything is computed anew by the installed command, with kernels, and held against the baseline."""
    lab = Lab(tmp_path / place.get("folder", "lab"))
    _copied(clean, lab, place.get("order", ""))
    settings = {name: value for name, value in place.items() if name.isupper()}
    command = [sys.executable, "-m", "analysis.cli", "--root", str(lab.root), "verify", NAME]
    command += ["--jobs", place.get("jobs", "2")]
    if place.get("cpus") and hasattr(os, "sched_setaffinity"):
        command = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0))), *command]

    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, timeout=600)

    assert done.returncode == 0, done.stdout + done.stderr
    assert not re.search("MANIFEST|changed:|differs|missing|flips", done.stdout), done.stdout
    for name in ("results.json", "agreement.csv", "themes.csv", "cases.parquet"):
        assert (lab.derived / name).read_bytes() == (clean.derived / name).read_bytes(), name


def _copied(clean: Lab, lab: Lab, order: str) -> None:
    """Copy raw data and notebooks, file by file in some order, and nothing that was computed."""
    folders = (clean.root / "data" / "raw", clean.workspace.notebooks)
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    files = sorted(files, key=lambda path: len(path.name)) if order == "by length" else files
    for path in reversed(files) if order == "reversed" else files:
        target = lab.root / path.relative_to(clean.root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


@pytest.fixture(scope="module")
def bundled(clean: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a bundle of the small study."""
    root = tmp_path_factory.mktemp("bundle")
    lab = Lab(root / "lab")
    shutil.copytree(clean.root, lab.root)
    made = lab.concord("bundle", NAME, "--out", str(root / "pair.zip"))
    assert made.status == 0, made.out
    return root / "pair.zip"


def _member(names: list[str], ending: str) -> str:
    return next(name for name in names if name.endswith(ending))


@pytest.mark.soak
@pytest.mark.parametrize(
    ("ending", "change"),
    [
        ("source/codings.csv", lambda content: content.replace(b"S1-1,B,rating,2", b"S1-1,B,rating,3")),
        ("claims.yml", lambda content: content.replace(b"4 of 6", b"5 of 6")),
        ("results.json", lambda content: content.replace(b'"value": 6', b'"value": 5')),
        ("02_agreement.ipynb", lambda content: content.replace(b"agreement_results", b"agreement_result")),
        ("source/cases.csv", None),
    ],
    ids=["a changed rating", "a wrong claim", "changed results", "a changed notebook", "a file taken out"],
)
def test_a_tampered_bundle_is_caught(
    ending: str, change: Callable[[bytes], bytes] | None, bundled: Path, clean: Lab, tmp_path: Path
) -> None:
    tampered = tmp_path / "pair.zip"
    with zipfile.ZipFile(bundled) as before, zipfile.ZipFile(tampered, "w") as after:
        odd = _member(before.namelist(), ending)
        for name in before.namelist():
            content = before.read(name)
            if name == odd:
                assert change is None or change(content) != content
                if change is None:
                    continue
                content = change(content)
            after.writestr(name, content)

    said = clean.concord("verify", str(tampered))

    assert said.status != 0, said.out
    assert ending in said.out, said.out
