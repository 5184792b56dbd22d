"""A grid run: each study at each setting in a folder of its own, and all their results as one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TextIO

from . import runs
from .batchprogress import BatchProgress
from .consensus import settled_corpus
from .corpus import Corpus
from .errors import DataError, Problem, UsageError
from .executors import Executor
from .grid import Grid, Run
from .kernels import Limits
from .outcomes import LEFT, StudyRun
from .paths import Workspace
from .provenance import Library
from .read.scope import unknown_exclusions
from .records import Records
from .stepresults import merged
from .study import load_study
from .tablecells import Absent, Cells, Tables, table_path, tables_of

__all__ = [
    "Batch", "Done", "all_ran_before", "check_data", "folder_of", "left_over", "require_success", "run_grid",
    "workspace_of",
]  # fmt: skip

TOGETHER = 200  # runs whose locks are held at once: each is an open file


@dataclass(frozen=True)
class Done:
    """A run of a grid as it ended.

    Parameters
    ----------
    run : Run
    workspace : Workspace
        Where its data/derived and reports are.
    outcome : StudyRun
    """

    run: Run
    workspace: Workspace
    outcome: StudyRun

    @property
    def ended_well(self) -> bool:
        """Whether every notebook ended well."""
        return self.outcome.ended_well

    @property
    def results(self) -> list[dict]:
        """What its notebooks that ended well recorded."""
        return merged(self.workspace, self.run.study.study, self._ran_well)

    @cached_property
    def left(self) -> frozenset[Path]:
        """The files that its notebooks that ended well left; any other is an earlier run's."""
        records = Records(self.workspace, self.run.study.study)
        found = [record for step in self._ran_well if (record := records.read(step))]
        return frozenset(records.output(label) for record in found for label in record.outputs)

    def table(self, name: str) -> Cells:
        """Return the cells of a table that is among `left`.

        Raises
        ------
        Absent
            If there is none of that name.
        """
        path, label = table_path(self.workspace, self.run.study.study, name)
        if path.is_file() and path not in self.left:
            raise Absent(f"{label} was left by an earlier run")
        return self._tables(name)

    @cached_property
    def _tables(self) -> Tables:
        return tables_of(self.workspace, self.run.study.study)

    @property
    def _ran_well(self) -> list[str]:
        return [s.step for s in self.outcome.steps if s.outcome in LEFT]

    @property
    def said(self) -> str:
        """How it ended, in words."""
        failed = [step for step in self.outcome.steps if step.outcome == "failed"]
        return f"failed: {failed[0].step}, {failed[0].failure}" if failed else "done"


@dataclass(frozen=True)
class Batch:
    """A grid as it was run.

    Parameters
    ----------
    workspace : Workspace
        That the studies are in.
    grid : Grid
    done : tuple of Done
        In the order of the grid.
    corpora : dict
        Study -> its tables before anybody is left out.
    """

    workspace: Workspace
    grid: Grid
    done: tuple[Done, ...]
    corpora: dict[str, Corpus]

    @property
    def folder(self) -> Path:
        """Where people find it."""
        return folder_of(self.workspace, self.grid)

    def of(self, study: str) -> list[Done]:
        """Return the runs of one study."""
        return [each for each in self.done if each.run.study.study == study]


def folder_of(workspace: Workspace, grid: Grid) -> Path:
    """Return the folder of a batch's page, table and runs."""
    return workspace.root / "reports" / "batch" / grid.name


def workspace_of(workspace: Workspace, grid: Grid, run: Run) -> Workspace:
    """Return the workspace of one run, made where it is not there.

    Its raw data are the studies' own, by way of a link; what it derives, which may hold text, stays in
    data/derived; its reports, by way of another link, stand in the batch's folder below reports.

    Raises
    ------
    UsageError
        If the file system keeps no links.
    """
    root = workspace.root / "data" / "derived" / "batch" / grid.name / run.name
    reports = folder_of(workspace, grid) / run.name
    reports.mkdir(parents=True, exist_ok=True)
    _link(root / "data" / "raw", workspace.root / "data" / "raw")
    _link(root / "reports" / run.study.study, reports)
    return Workspace(root, workspace.notebooks)


def check_data(workspace: Workspace, grid: Grid) -> dict[str, Corpus]:
    """Return the tables of every study, once its raw data and whoever a run leaves out are in order.

    Raises
    ------
    DataError, ClaimsError
        Before anything is started.
    """
    from .claimfile import load_claims

    corpora = {}
    for name in grid.studies:
        load_claims(workspace, name)
        corpora[name] = settled_corpus(workspace, load_study(workspace, name, {"exclude": {}}))
        tables = corpora[name].tables()
        found = [
            Problem(f"{run.name}: {each.what}", column=each.column)
            for run in grid.runs
            if run.study.study == name
            for each in unknown_exclusions(tables, run.study)
        ]
        if found:
            raise DataError(found, title=grid.name, next_step="Nothing was started.")
    return corpora


def run_grid(
    workspace: Workspace,
    grid: Grid,
    executor: Executor,
    *,
    force: bool = False,
    say: Callable[[str], None] = print,
    limits: Limits = runs.LIMITS,
    live: TextIO | None = None,
    library: Library | None = None,
    corpora: dict[str, Corpus] | None = None,
) -> Batch:
    """Run what is stale in each run of a grid; a run that fails stops only itself.

    Parameters
    ----------
    workspace : Workspace
    grid : Grid
    executor, force, say, limits, live, library
        As for `runs.run_plans`.
    corpora : dict, optional
        What `check_data` returned.

    Returns
    -------
    Batch
        Runs that failed are in there, not raised.
    """
    corpora = check_data(workspace, grid) if corpora is None else corpora
    library = library or Library(workspace)
    places = [workspace_of(workspace, grid, run) for run in grid.runs]
    progress = BatchProgress(say, len(grid.runs), executor, live)
    told: list[StudyRun] = []
    for begin in range(0, len(grid.runs), TOGETHER):
        pairs = list(zip(places, grid.runs, strict=True))[begin : begin + TOGETHER]
        plans = [runs.plan(place, run.study.study, run.overrides, called=run.name) for place, run in pairs]
        told += runs.run_plans(
            plans, executor, force=force, say=say, limits=limits, library=library, progress=progress
        )
    progress.close()
    done = [Done(run, place, outcome) for run, place, outcome in zip(grid.runs, places, told, strict=True)]
    return Batch(workspace, grid, tuple(done), corpora)


def all_ran_before(workspace: Workspace, grid: Grid) -> bool:
    """Tell whether every run was begun at some time; what is stale of it is not asked."""
    return all((folder_of(workspace, grid) / run.name / "run.json").is_file() for run in grid.runs)


def left_over(workspace: Workspace, grid: Grid) -> list[str]:
    """Return the folders of runs that the grid no longer asks for."""
    names = {run.name for run in grid.runs}
    found = folder_of(workspace, grid).glob("*/run.json")
    return sorted(path.parent.name for path in found if path.parent.name not in names)


def _link(link: Path, target: Path) -> None:
    """Make a link that still holds when the whole workspace is moved."""
    link.parent.mkdir(parents=True, exist_ok=True)
    wanted = os.path.relpath(target, link.parent)
    if link.is_symlink() and link.readlink() == Path(wanted):
        return
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(wanted, target_is_directory=True)
    except OSError as error:
        raise UsageError(
            f"{link.parent} cannot hold a link ({error.strerror}); a batch needs a file system with links."
        ) from None


def require_success(done: Sequence[Done]) -> None:
    """Raise one error that names every run that did not end well.

    Raises
    ------
    RunError
    """
    runs.require_success([each.outcome for each in done])
