"""What went into a step is told apart by content alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from analysis import provenance
from analysis.graph import Step
from analysis.paths import Workspace

STEP = Step("01_prepare", ignores=("claims.yml",))


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Workspace:
    """Return a workspace with one study and a library of two modules."""
    raw = tmp_path / "data" / "raw" / "demo"
    (raw / "source").mkdir(parents=True)
    (raw / "study.yml").write_text("study: demo\n")
    (raw / "claims.yml").write_text("[]\n")
    (raw / "source" / "codings.csv").write_text("a,b\n")
    library = tmp_path / "library"
    library.mkdir()
    (library / "themes.py").write_text("x = 1\n")
    (library / "page.html").write_text("<p>\n")
    monkeypatch.setattr(provenance, "PACKAGE", library)
    return Workspace(tmp_path, tmp_path / "notebooks")


def inputs(
    workspace: Workspace, parameters: dict | None = None, upstream: dict | None = None
) -> dict[str, str]:
    return provenance.Provenance(workspace).inputs(
        "demo", STEP, parameters or {"study": "demo"}, upstream or {}
    )


def changed(workspace: Workspace, **settings) -> set[str]:
    """Return the labels that differ from those before the test's change."""
    before, now = workspace.before, inputs(workspace, **settings)  # type: ignore[attr-defined]
    return {label for label in before.keys() | now.keys() if before.get(label) != now.get(label)}


@pytest.fixture
def before(workspace) -> Workspace:
    object.__setattr__(workspace, "before", inputs(workspace))
    return workspace


def test_nothing_changed_is_nothing_changed(before):
    assert changed(before) == set()


@pytest.mark.parametrize(
    ("name", "text", "label"),
    [
        ("data/raw/demo/source/codings.csv", "a,c\n", "data/raw/demo/source/codings.csv"),
        ("data/raw/demo/source/codings.csv", "a,b \n", "data/raw/demo/source/codings.csv"),
        ("data/raw/demo/study.yml", "study: demo\nseed: 2\n", "data/raw/demo/study.yml"),
        ("data/raw/demo/decisions/ann.csv", "x\n", "data/raw/demo/decisions/ann.csv"),
        ("library/themes.py", "x = 2\n", "src/analysis/themes.py"),
        ("library/new.py", "", "src/analysis/new.py"),
        ("library/page.html", "<b>\n", "src/analysis/page.html"),
    ],
)
def test_a_change_that_matters_is_seen_and_named(before, name, text, label):
    path = before.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert changed(before) == {label}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data/raw/demo/claims.yml", "- {id: a}\n"),
        ("data/raw/demo/.DS_Store", "x"),
        ("data/raw/demo/source/~$codings.xlsx", "x"),
        ("data/raw/other/study.yml", "study: other\n"),
        ("library/themes.py", "# a comment\nx   =   1\n"),
        ("library/__pycache__/themes.pyc", "x"),
    ],
)
def test_a_change_that_does_not_matter_is_not_seen(before, name, text):
    path = before.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert changed(before) == set()


def test_touching_every_file_changes_nothing(before):
    for path in before.root.rglob("*"):
        os.utime(path, (1, 1))
    assert changed(before) == set()


def test_parameters_and_upstream_files_count(before):
    assert changed(before, parameters={"study": "other"}) == {"parameter study"}
    assert changed(before, upstream={"data/derived/demo/cases.parquet": "1"}) == {
        "data/derived/demo/cases.parquet"
    }


def test_another_version_of_python_or_of_a_package_counts(before, monkeypatch):
    monkeypatch.setattr(provenance.platform, "python_version", lambda: "3.99.0")
    monkeypatch.setattr(provenance, "package_versions", lambda: {"pandas": "99"})
    assert {"Python", "package pandas"} <= changed(before)


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
    assert set(made_of.data("demo", STEP, {"study": "demo"}, {})) == {
        "data/raw/demo/source/codings.csv",
        "data/raw/demo/study.yml",
        "parameter study",
    }


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
