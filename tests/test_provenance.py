"""What went into a step is told apart by content alone."""

from __future__ import annotations

import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from analysis import provenance
from analysis.graph import Step
from analysis.inforce import EVERYTHING, InForce
from analysis.paths import Workspace
from analysis.study import load_study

STEP = Step("01_prepare", ignores=("claims.yml",))
STUDY = """\
study: demo
title: A study
method: codebook
inputs: [{file: codings.csv, stage: independent}]
disclosure: {policy: text_free}
"""


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Workspace:
    """Return a workspace with one study and a library of one module; test_staleness plants changes."""
    raw = tmp_path / "data" / "raw" / "demo"
    (raw / "source").mkdir(parents=True)
    (raw / "study.yml").write_text(STUDY)
    (raw / "claims.yml").write_text("[]\n")
    (raw / "source" / "codings.csv").write_text("a,b\n")
    library = tmp_path / "library"
    library.mkdir()
    (library / "themes.py").write_text("x = 1\n")
    monkeypatch.setattr(provenance, "PACKAGE", library)
    return Workspace(tmp_path, tmp_path / "notebooks")


def inputs(workspace: Workspace) -> dict[str, str]:
    made_of = provenance.Provenance(workspace)
    return made_of.inputs(InForce(load_study(workspace, "demo")), STEP, {"study": "demo"}, {}, EVERYTHING)


def changed(before: dict[str, str], now: dict[str, str]) -> set[str]:
    """Return the labels that differ."""
    return {label for label in before.keys() | now.keys() if before.get(label) != now.get(label)}


def test_another_python_or_another_version_of_a_package_counts(workspace, monkeypatch):
    before = inputs(workspace)
    monkeypatch.setattr(provenance.platform, "python_version_tuple", lambda: ("3", "99", "0"))
    monkeypatch.setattr(provenance, "package_versions", lambda: {"pandas": "99"})
    assert {"Python", "package pandas"} <= changed(before, inputs(workspace))


def test_a_repair_of_the_same_python_does_not_count(workspace, monkeypatch):
    before = inputs(workspace)
    major, minor, _ = provenance.platform.python_version_tuple()
    monkeypatch.setattr(provenance.platform, "python_version_tuple", lambda: (major, minor, "99"))
    assert changed(before, inputs(workspace)) == set()


def test_the_lock_is_its_pins_and_not_its_comments(tmp_path):
    lock = tmp_path / "lock"
    lock.write_text("# made by x\na==1\n    # via b\n")
    first = provenance.lock_digest(lock)
    lock.write_text("# made by y\n\na==1\n")
    assert provenance.lock_digest(lock) == first
    lock.write_text("a==2\n")
    assert provenance.lock_digest(lock) != first


def test_data_leaves_out_code_and_machine(workspace):
    made_of = provenance.Provenance(workspace)
    assert set(made_of.data(InForce(load_study(workspace, "demo")), STEP, {}, ["setting seed"])) == {
        "data/raw/demo/source/codings.csv",
        "setting disclosure",
        "setting seed",
        "setting title",
    }


def test_versions_read_from_folders_are_those_of_the_metadata():
    found = provenance.package_versions()
    assert found == {name: metadata.version(name) for name in found}


def test_packages_are_those_that_concord_asks_for():
    versions = provenance.package_versions()
    assert {"krippendorff", "pandas", "papermill"} <= versions.keys()
    assert "pytest" not in versions


class TestGit:
    def test_a_folder_outside_git_has_no_commit(self, tmp_path, monkeypatch):
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        assert provenance.git_state(tmp_path) == {}

    def test_a_changed_tracked_file_makes_the_state_dirty(self, tmp_path):
        def git(*arguments: str) -> None:
            who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
            subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

        file = Path(tmp_path / "a")
        file.write_text("1")
        git("init")
        git("add", "a")
        git("commit", "-m", "a")
        assert provenance.git_state(tmp_path)["dirty"] is False
        file.write_text("2")
        assert provenance.git_state(tmp_path)["dirty"] is True
        assert len(provenance.git_state(tmp_path)["commit"]) == 40
