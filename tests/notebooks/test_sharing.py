"""What runs of a batch share is what each would have computed by itself, byte for byte, with real kernels."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis import runs
from analysis.batch import run_grid
from analysis.grid import load_grid
from analysis.paths import Workspace

STUDY = "krippendorff2011"
GRID = f"studies: [{STUDY}]\nvary: {{themes.show: [n, words], agreement.minimum: [0.6, 0.7]}}\n"
WAYS = ("shared", "alone")
TOLD_APART = ("run.json", ".concord")  # run.json says when and how; .concord is the runner's own


def ran(root: Path, checkout: Path, study: str, grid: str, *, force: bool) -> list[str]:
    """Run a grid; return what became of each notebook."""
    shutil.copytree(checkout / "data" / "raw" / study, root / "data" / "raw" / study)
    (root / "choices.yml").write_text(grid, "utf-8")
    workspace = Workspace(root)
    with runs.local_executor(workspace, 2) as executor:
        batch = run_grid(
            workspace, load_grid(workspace, root / "choices.yml"), executor, force=force, say=lambda _: None
        )
    return [step.outcome for each in batch.done for step in each.outcome.steps]


def files(root: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for top in ("data/derived", "reports")
        for path in (root / top).rglob("*")
        if path.is_file() and not {*path.relative_to(root).parts} & {*TOLD_APART}
    }
    assert found
    return found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> tuple[Path, Path]:
    """Return where four runs shared what they could, and where each executed every notebook."""
    shared, alone = (tmp_path_factory.mktemp(name) for name in WAYS)
    assert ran(shared, checkout, STUDY, GRID, force=False).count("shared") >= 6
    assert ran(alone, checkout, STUDY, GRID, force=True).count("completed") == 16
    return shared, alone


def test_shared_notebooks_leave_the_bytes_that_executing_them_leaves(both: tuple[Path, Path]) -> None:
    shared, alone = map(files, both)

    assert shared.keys() == alone.keys()
    assert [name for name in shared if shared[name] != alone[name]] == []


def test_each_executed_notebook_and_its_page_state_the_settings_of_their_own_run(
    both: tuple[Path, Path],
) -> None:
    pages = [path for path in files(both[0]) if "/notebooks/01_prepare." in path]

    assert len(pages) == 8
    for path in pages:
        wanted = "words" if "show=words" in path else "0.7" if "minimum=0.7" in path else "overrides"
        assert wanted in (both[0] / path).read_text("utf-8"), path


EVERY_SETTING = """\
studies: [simon2021_simulated]
runs:
  - {seed: 2}
  - {agreement.unit: case}
  - {agreement.primary: cohen_kappa}
  - {agreement.companions: [percent]}
  - {agreement.minimum: 0.9}
  - {agreement.chosen: after_coding}
  - {agreement.where: {speaker: participant}}
  - {agreement.interval.method: jackknife}
  - {agreement.interval.method: bootstrap, agreement.interval.draws: 200}
  - {agreement.interval.method: bootstrap, agreement.interval.draws: 300}
  - {agreement.interval.cluster: document}
  - {agreement.interval.confidence: 0.9}
  - {themes.counted: any}
  - {themes.ties: unresolved}
  - {themes.labels: cqr2005}
  - {themes.show: words}
  - {themes.quotes_per_theme: 1}
  - {themes.quotes: {labels: by_code, least_words: 6}}
  - {saturation.run: true}
  - {segmentation: own}
  - {simulated: true, title: Another title}
"""


@pytest.mark.soak
def test_whatever_setting_is_varied_sharing_changes_no_byte(tmp_path: Path, checkout: Path) -> None:
    study = "simon2021_simulated"
    became = [ran(tmp_path / way, checkout, study, EVERY_SETTING, force=way == "alone") for way in WAYS]
    shared, alone = (files(tmp_path / way) for way in WAYS)

    assert became[0].count("shared") > 30
    assert shared.keys() == alone.keys()
    assert [name for name in shared if shared[name] != alone[name]] == []
