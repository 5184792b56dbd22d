"""Files appear whole or not at all, on whatever file systems."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path

import pytest

from analysis import staging, wholefile
from analysis.paths import Workspace


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every folder be a file system of its own."""
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if self.parent != Path(target).parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)


def below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_moves_between_file_systems(tmp_path: Path, apart: None) -> None:
    (tmp_path / "new.csv").write_text("new", "utf-8")
    wholefile.move(tmp_path / "new.csv", tmp_path / "reports" / "a.csv")

    assert below(tmp_path) == ["reports/a.csv"]


def test_killed_between_two_file_systems_the_old_file_stands_and_the_next_run_sweeps(
    tmp_path: Path, apart: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path)
    old, new = workspace.reports("demo") / "a.csv", staging.drafts(workspace, "demo") / "a.csv"
    for path, text in ((old, "old"), (new, "new")):
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")

    def killed(source: Path, target: Path) -> None:
        target.write_text("ne", "utf-8")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", killed)
        with pytest.raises(KeyboardInterrupt):
            wholefile.move(new, old)
    assert below(workspace.reports("demo")) == [".a.csv.part", "a.csv"]

    staging.sweep(workspace, "demo")
    assert below(tmp_path) == ["reports/demo/a.csv"]
    assert old.read_text("utf-8") == "old"


def test_drafts_that_nobody_writes_any_more_are_swept(tmp_path: Path) -> None:
    drafts = Workspace(tmp_path).scratch / "drafts"
    drafts.mkdir(parents=True)
    for name in ("old", "new"):
        (drafts / name).write_text("", "utf-8")
    os.utime(drafts / "old", (time.time() - 3 * 24 * 3600,) * 2)

    staging.sweep(Workspace(tmp_path), "demo")
    assert below(drafts) == ["new"]


def test_what_people_find_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append((tmp_path / "run.json").exists()))
    wholefile.write_json(tmp_path / "run.json", {}, scratch=tmp_path / "drafts")

    assert seen == [False]
    assert below(tmp_path) == ["run.json"]
