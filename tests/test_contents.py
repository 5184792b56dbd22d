"""Files below a folder: which count, and where links lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.contents import files_below
from analysis.errors import StudyError


def below(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in files_below(folder)]


def written(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")
    return folder


def test_hidden_files_drafts_and_caches_do_not_count(tmp_path: Path) -> None:
    names = ("b/c.csv", "a.csv", ".a.csv", "~$a.xlsx", "a.csv~", "__pycache__/a.pyc", ".git/a")
    assert below(written(tmp_path, *names)) == ["a.csv", "b/c.csv"]


def test_files_of_linked_folders_count(tmp_path: Path) -> None:
    written(tmp_path, "drive/one.csv", "drive/more/two.csv", "study/three.csv")
    (tmp_path / "study" / "source").symlink_to(tmp_path / "drive", target_is_directory=True)

    assert below(tmp_path / "study") == ["source/more/two.csv", "source/one.csv", "three.csv"]


def test_links_that_lead_back_or_nowhere_end_there(tmp_path: Path) -> None:
    written(tmp_path, "study/a.csv", "drive/b.csv")
    (tmp_path / "study" / "itself").symlink_to(tmp_path / "study", target_is_directory=True)
    (tmp_path / "study" / "drive").symlink_to(tmp_path / "drive", target_is_directory=True)
    (tmp_path / "drive" / "back").symlink_to(tmp_path / "study", target_is_directory=True)
    (tmp_path / "study" / "gone").symlink_to(tmp_path / "nowhere")

    assert below(tmp_path / "study") == ["a.csv", "drive/b.csv"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert files_below(tmp_path / "nowhere") == []


@pytest.mark.parametrize("name", [".x/codings.csv", "codings.csv~", "~$codings.csv"])
def test_an_input_that_would_not_count_is_refused(small, name: str) -> None:
    small.edit("study.yml", "file: codings.csv", f'file: "{name}"')

    with pytest.raises(StudyError, match=r"another name|inside source/"):
        small.study()
