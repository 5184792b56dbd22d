"""Every command of the guides does what its page says, in the page's order, on a workspace of its own."""

from __future__ import annotations

import re
import shlex
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from analysis.paths import Workspace
from analysis.read import read_study
from analysis.study import load_study
from analysis.write.refi import write_refi

GUIDES = Path(__file__).parents[2] / "docs" / "guide"
BLOCK = re.compile(r"```console\n(.*?)```", re.S)
KERNELS = ("first-study",)
LONG = ("rerun", "review", "batch")  # half a minute and more of kernels: make soak


def commands(page: str) -> list[list[str]]:
    """Return the commands of a page, without `concord`; any other line in such a block is a mistake."""
    lines = [
        line for block in BLOCK.findall((GUIDES / page).read_text("utf-8")) for line in block.splitlines()
    ]
    told = [shlex.split(line.removeprefix("$ ")) for line in lines]
    assert all(line.startswith("$ concord ") for line in lines)
    return [words[1:] for words in told]


def study_copied(root: Path, checkout: Path, name: str) -> None:
    shutil.copytree(checkout / "data" / "raw" / name, root / "data" / "raw" / name)


def projects(root: Path, checkout: Path, names: dict[str, str]) -> None:
    """Write a REFI-QDA project of one coder's independent codings for each name."""
    workspace = Workspace(checkout)
    corpus = read_study(workspace, load_study(workspace, "simon2021_simulated"))
    first = corpus.of("codes", "independent", 1)
    for name, coder in names.items():
        write_refi(corpus, first[first["coder_id"] == coder], root / name, "simon2021_simulated")


def nvivo(root: Path, checkout: Path) -> None:
    projects(root, checkout, {"interviews.qdpx": "A", "ann.qdpx": "A", "ben.qdpx": "B"})


def maxqda(root: Path, checkout: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Document group", "Document name", "Code", "Segment", "Beginning", "End"])
    book.active.append(["", "P01", "Signs", "There was no arrow anywhere.", "1", "1"])
    book.active.append(["", "P02", "Waiting", "Nobody came for ten minutes.", "2", "2"])
    book.save(root / "coded-segments.xlsx")


def rerun(root: Path, checkout: Path) -> None:
    study_copied(root, checkout, "simon2021_simulated")


def batch(root: Path, checkout: Path) -> None:
    study_copied(root, checkout, "krippendorff2011")
    page = (GUIDES / "batch.md").read_text("utf-8")
    choices = page.split("```yaml\n")[1].split("```")[0]
    # two of the page's four runs: kernels take their time
    (root / "choices.yml").write_text(choices.replace("[nominal, ordinal]", "[ordinal]"), "utf-8")


PREPARED: dict[str, Callable[[Path, Path], None]] = {
    "batch.md": batch,
    "from-nvivo.md": nvivo,
    "from-maxqda.md": maxqda,
    "rerun.md": rerun,
}


def pages() -> list:
    found = sorted(path.name for path in GUIDES.glob("*.md"))
    marks = {**dict.fromkeys(KERNELS, pytest.mark.notebooks), **dict.fromkeys(LONG, pytest.mark.soak)}
    return [
        pytest.param(name, marks=[marks[stem]] if (stem := Path(name).stem) in marks else [])
        for name in found
    ]


@pytest.mark.parametrize("page", pages())
def test_every_command_of_a_guide_works(page, concord, warm, checkout, tmp_path, monkeypatch) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    PREPARED.get(page, lambda root, checkout: None)(tmp_path, checkout)
    if page == "review.md":
        study_copied(tmp_path, checkout, "krippendorff2011")
        made = concord("bundle", "krippendorff2011", "--out", "krippendorff2011.zip", root=tmp_path)
        assert made.returncode == 0, made.stderr
        with zipfile.ZipFile(tmp_path / "krippendorff2011.zip") as archive:
            archive.extractall(tmp_path / "paper")
    run = concord if Path(page).stem in (*KERNELS, *LONG) else warm
    for words in commands(page):
        done = run(*words, root=tmp_path)
        assert done.returncode == 0, f"concord {shlex.join(words)}\n{done.stdout}\n{done.stderr}"


def test_the_guides_are_all_in_the_site(checkout) -> None:
    text = (checkout / "mkdocs.yml").read_text("utf-8")

    assert [path.name for path in sorted(GUIDES.glob("*.md")) if f"guide/{path.name}" not in text] == []
