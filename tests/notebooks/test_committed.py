"""The committed notebooks are held to their numbers and figures: every planted fault is found."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.notebooks

NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=120", "-p", "no:cacheprovider", "-q"]


def nbval(folder: Path, checkout: Path) -> subprocess.CompletedProcess:
    """Run plain nbval over a folder, as `make test` does."""
    environment = {**os.environ, "CONCORD_ROOT": str(checkout), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "pytest", *NBVAL, "--rootdir", str(folder), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder)


@pytest.fixture
def themes(checkout: Path, tmp_path: Path) -> Path:
    """Return a copy of 03_themes in a folder of its own."""
    return Path(shutil.copy(checkout / "notebooks" / "03_themes.ipynb", tmp_path))


def test_a_retyped_number_is_found(themes: Path, checkout: Path) -> None:
    text = themes.read_text("utf-8")
    assert "10 (28)" in text
    themes.write_text(text.replace("10 (28)", "10 (29)", 1), "utf-8")

    done = nbval(themes.parent, checkout)

    assert done.returncode == 1
    assert re.search(r"1 failed", done.stdout)


def test_a_changed_figure_is_found(themes: Path, checkout: Path) -> None:
    book = json.loads(themes.read_text("utf-8"))
    cell = next(c for c in book["cells"] if c["id"] == "map")
    markup = "".join(cell["outputs"][0]["data"]["text/html"])
    assert "<svg" in markup
    moved = re.sub(r"(<path d=\"M )(\d+)", lambda m: f"{m[1]}{int(m[2]) + 1}", markup, count=1)
    assert moved != markup
    cell["outputs"][0]["data"]["text/html"] = moved
    themes.write_text(json.dumps(book), "utf-8")

    done = nbval(themes.parent, checkout)

    assert done.returncode == 1
    assert re.search(r"1 failed", done.stdout)


def test_a_stripped_notebook_would_pass_nbval_and_is_caught_by_the_lint(themes: Path, checkout: Path) -> None:
    """nbval compares nothing in a cell without outputs: the lint over normal form must say no instead."""
    from analysis import normalform

    book = json.loads(themes.read_text("utf-8"))
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}
    themes.write_text(json.dumps(book), "utf-8")

    assert nbval(themes.parent, checkout).returncode == 0
    assert normalform.unexecuted(book)
    committed = json.loads((checkout / "notebooks" / "03_themes.ipynb").read_text("utf-8"))
    assert not normalform.unexecuted(committed)
