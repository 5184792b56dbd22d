"""Commands that compute: reproduce, status, lab."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from ..paths import Workspace
from .data import read_stale, studies_here
from .options import Force, Jobs, Memory, Minutes, PlainKernels, Studies, limits_of, live

if TYPE_CHECKING:
    from ..executors import LocalExecutor
    from ..kernels import Limits
    from ..outcomes import StudyRun
    from ..provenance import Library

__all__ = ["register"]

UNTOUCHED = ("skipped", "not_applicable")
QUIET = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(reproduce)
    app.command()(status)
    app.command()(lab)


def reproduce(
    context: typer.Context,
    studies: Studies = None,
    force: Force = False,
    jobs: Jobs = 2,
    minutes: Minutes = 120,
    memory: Memory = None,
    plain_kernels: PlainKernels = False,
) -> None:
    """Run every notebook that is stale and say why; leave data/derived and reports."""
    from .. import runs
    from ..indexpage import confirm_index, is_behind, write_index

    workspace = Workspace.find(context.obj["root"])
    names = studies_here(workspace, studies or [])
    behind = is_behind(workspace)
    found = _run(workspace, names, force, jobs, False if plain_kernels else None, limits_of(minutes, memory))
    if behind or any(step.outcome not in UNTOUCHED for told in found for step in told.steps):
        write_index(workspace)
    else:
        confirm_index(workspace)
    runs.require_success(found)
    typer.echo("Reports:")
    for name in names:
        page = (workspace.reports(name) / "index.html").relative_to(workspace.root)
        typer.echo(f"  {page}")


def _run(
    workspace: Workspace, names: list[str], force: bool, jobs: int, warm: bool | None, limits: Limits
) -> list[StudyRun]:
    """Run what is stale."""
    from .. import runs
    from ..provenance import Library

    library = Library(workspace)
    with runs.local_executor(workspace, jobs, warm=warm, library=library) as executor:
        _before_kernels(workspace, names, force, executor, library)
        return runs.reproduce(
            workspace,
            names,
            force=force,
            executor=executor,
            say=typer.echo,
            limits=limits,
            live=live(),
            library=library,
        )


def _before_kernels(
    workspace: Workspace, names: list[str], force: bool, executor: LocalExecutor, library: Library
) -> None:
    """Tell what is wrong with raw data before a kernel starts; data that a run has read is not read again."""
    from .. import manifest, runs

    found = runs.status(workspace, names, library=library)
    if force or any(step.outcome == "stale" for told in found for step in told.steps):
        executor.prepare()  # it loads while we read
    for told in found:
        for line in manifest.warnings(workspace, told.study):
            typer.echo(f"{told.study}: {line}", err=True)
        if force or any(step.outcome == "stale" for step in told.steps):
            from ..claims import load_claims

            load_claims(workspace, told.study)
        read_stale(workspace, told, force=force)


def status(context: typer.Context, studies: Studies = None) -> None:
    """Say what is stale and why, and who has coded what, without running anything."""
    from .. import outstanding, runs, stepresults

    workspace = Workspace.find(context.obj["root"])
    for study in runs.status(workspace, studies_here(workspace, studies or [])):
        for step in study.steps:
            typer.echo(f"{study.study}: {step}")
        stand = [step.step for step in study.steps if step.outcome == "skipped"]
        settled = all(step.ended_well for step in study.steps)
        if settled and not stepresults.is_merged(workspace, study.study, stand):
            typer.echo(f"{study.study}: results.json is not what the notebooks recorded; reproduce mends it")
        folders = workspace.derived(study.study), workspace.source(study.study)
        for line in outstanding.lines(*folders, stale=study.steps[0].outcome == "stale"):
            typer.echo(f"{study.study}: {line}")


def lab(context: typer.Context) -> None:
    """Open JupyterLab on this workspace, at the page that lists its studies."""
    workspace = Workspace.find(context.obj["root"])
    environment = {**os.environ, "CONCORD_ROOT": str(workspace.root)}
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(workspace.notebooks.parent), *QUIET]
    start = workspace.notebooks / "lab" / "start.ipynb"
    if workspace.notebooks.parent != workspace.root:
        typer.echo(
            "This workspace has no notebooks of its own: JupyterLab opens Concord's. They work on this "
            "workspace, but the file browser does not show its data and reports."
        )
    os.execve(sys.executable, [*command, *([str(start)] if start.is_file() else [])], environment)
