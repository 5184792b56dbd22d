"""Source files are named when they are not as they were frozen."""

from __future__ import annotations

import hashlib
import subprocess
import unicodedata

import pytest

from analysis import manifest
from analysis.errors import DataError


@pytest.fixture
def frozen(small):
    """Return the small study with a MANIFEST that fits."""
    manifest.update(small.write(), "small")
    return small


def named(study) -> list[str]:
    return [str(problem) for problem in manifest.changes(study.workspace, "small")]


def test_a_study_that_was_never_frozen_is_told_how_to_freeze_it(small):
    assert manifest.changes(small.write(), "small") == []
    assert "concord freeze small" in str(manifest.note(small.workspace, "small"))


def test_a_frozen_study_whose_manifest_is_gone_is_told_so(frozen):
    assert manifest.note(frozen.workspace, "small") is None
    (frozen.workspace.source("small") / "MANIFEST").unlink()
    frozen.workspace.frozen("small").mkdir()
    (frozen.workspace.frozen("small") / "baseline.json").write_text("{}")

    assert manifest.note(frozen.workspace, "small") is None
    assert [each.partition(", ")[0] for each in named(frozen)] == ["source/MANIFEST: is not there"]
    with pytest.raises(DataError, match="concord freeze small"):
        manifest.require(frozen.workspace, "small")


def test_a_manifest_in_another_encoding_is_bad_data(frozen):
    path = frozen.workspace.source("small") / "MANIFEST"
    path.write_text(path.read_text("utf-8"), "utf-16")

    assert [each.partition(", ")[0] for each in manifest.warnings(frozen.workspace, "small")] == [
        "source/MANIFEST: is no text in UTF-8"
    ]
    assert "codings.csv" in manifest.update(frozen.workspace, "small")


def test_files_as_frozen_have_nothing_to_tell(frozen):
    assert named(frozen) == []
    manifest.require(frozen.workspace, "small")


def test_it_is_what_sha256sum_writes_and_checks(frozen):
    source = frozen.workspace.source("small")
    content = (source / "codes.csv").read_bytes()
    assert f"{hashlib.sha256(content).hexdigest()}  codes.csv\n" in (source / "MANIFEST").read_text("utf-8")
    done = subprocess.run(["sha256sum", "--check", "--quiet", "MANIFEST"], cwd=source, capture_output=True)
    assert done.returncode == 0


def test_a_changed_a_missing_and_an_extra_file_are_all_named_at_once(frozen):
    source = frozen.workspace.source("small")
    (source / "codes.csv").write_text("changed", "utf-8")
    (source / "audit.csv").unlink()
    (source / "notes.txt").write_text("new", "utf-8")
    assert named(frozen) == [
        "source/audit.csv: is in MANIFEST and is not there.",
        "source/codes.csv: is not the file that MANIFEST froze: its sha256 differs.",
        "source/notes.txt: is not in MANIFEST.",
    ]
    with pytest.raises(DataError, match="3 problems") as caught:
        manifest.require(frozen.workspace, "small")
    assert "concord freeze small NAME" in str(caught.value)


def test_drafts_of_editors_and_hidden_files_are_no_extra_files(frozen):
    for name in (".DS_Store", "codes.csv~", "~$codes.csv"):
        (frozen.workspace.source("small") / name).write_text("x", "utf-8")
    assert named(frozen) == []


def test_binary_marks_capitals_and_windows_line_ends_are_read(frozen):
    path = frozen.workspace.source("small") / "MANIFEST"
    lines = [line.replace("  ", " *") for line in path.read_text("utf-8").splitlines()]
    path.write_bytes("\r\n".join(f"{line[:64].upper()}{line[64:]}" for line in lines).encode())
    assert named(frozen) == []


def test_a_name_is_the_same_however_a_mac_spells_it(frozen):
    source = frozen.workspace.source("small")
    (source / unicodedata.normalize("NFD", "Gespräch.txt")).write_text("x", "utf-8")
    manifest.update(frozen.workspace, "small")
    assert unicodedata.normalize("NFC", "Gespräch.txt") in (source / "MANIFEST").read_text("utf-8")
    assert named(frozen) == []


def test_a_line_that_is_none_and_a_name_given_twice_are_told_with_their_lines(frozen):
    path = frozen.workspace.source("small") / "MANIFEST"
    path.write_text(f"{'0' * 64}  a.csv\nhello\n{'1' * 64}  a.csv\n", "utf-8")
    with pytest.raises(DataError) as caught:
        manifest.frozen(frozen.workspace, "small")
    assert [problem.line for problem in caught.value.problems] == [2, 3]
    assert len(manifest.warnings(frozen.workspace, "small")) == 2


def test_taking_in_one_file_blesses_no_change_to_another(frozen):
    source = frozen.workspace.source("small")
    (source / "codes.csv").write_text("changed", "utf-8")
    (source / "new.csv").write_text("new", "utf-8")
    assert manifest.update(frozen.workspace, "small", only=["new.csv"]) == ["new.csv"]
    assert named(frozen) == ["source/codes.csv: is not the file that MANIFEST froze: its sha256 differs."]


def test_writing_it_again_changes_no_byte(frozen):
    path = frozen.workspace.source("small") / "MANIFEST"
    before = path.stat().st_mtime_ns
    assert manifest.update(frozen.workspace, "small") == []
    assert path.stat().st_mtime_ns == before


def test_every_bundled_study_is_as_frozen(checkout):
    from analysis.fetch import DATASETS
    from analysis.paths import Workspace

    workspace = Workspace(checkout)
    for study in workspace.studies():
        told = manifest.frozen(workspace, study)
        assert told, study
        if study in DATASETS:
            assert told == {DATASETS[study].file: DATASETS[study].sha256}
        else:
            assert manifest.changes(workspace, study) == []
