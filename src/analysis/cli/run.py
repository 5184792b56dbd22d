"""Commands that compute: reproduce, status, lab."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ..paths import Workspace
from .data import studies_here
from .options import Jobs, Memory, Minutes, PlainKernels, Studies, limits_of

if TYPE_CHECKING:
    from ..executors import LocalExecutor
    from ..kernels import Limits
    from ..provenance import Library

__all__ = ["register"]

QUIET = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(reproduce)
    app.command()(status)
    app.command()(lab)


def reproduce(
    context: typer.Context,
    studies: Studies = None,
    force: Annotated[bool, typer.Option(help="Run every notebook, changed or not.")] = False,
    jobs: Jobs = 2,
    minutes: Minutes = 120,
    memory: Memory = None,
    plain_kernels: PlainKernels = False,
) -> None:
    """Run every notebook that is stale and say why; leave data/derived and reports."""
    workspace = Workspace.find(context.obj["root"])
    names = studies_here(workspace, studies or [])
    ran = _run(workspace, names, force, jobs, False if plain_kernels else None, limits_of(minutes, memory))
    if ran or not (workspace.root / "reports" / "index.html").is_file():
        from ..indexpage import write_index

        write_index(workspace)
    typer.echo("Reports:")
    for name in names:
        page = (workspace.reports(name) / "index.html").relative_to(workspace.root)
        typer.echo(f"  {page}")


def _run(
    workspace: Workspace, names: list[str], force: bool, jobs: int, warm: bool | None, limits: Limits
) -> bool:
    """Run what is stale; return whether anything was."""
    from .. import runs
    from ..provenance import Library

    library = Library(workspace)
    with runs.local_executor(workspace, jobs, warm=warm, library=library) as executor:
        _refuse_bad_data(workspace, names, force, executor, library)
        live = sys.stderr if sys.stderr.isatty() and not os.environ.get("CI") else None
        found = runs.reproduce(
            workspace,
            names,
            force=force,
            executor=executor,
            say=typer.echo,
            limits=limits,
            live=live,
            library=library,
        )
        runs.require_success(found)
    return any(step.outcome == "completed" for told in found for step in told.steps)


def _refuse_bad_data(
    workspace: Workspace, names: list[str], force: bool, executor: LocalExecutor, library: Library
) -> None:
    """Tell what is wrong with raw data before a kernel starts; data that a run has read is not read again."""
    from .. import manifest, runs
    from ..study import load_study

    found = runs.status(workspace, names, library=library)
    if force or any(step.outcome == "stale" for told in found for step in told.steps):
        executor.prepare()  # it loads while we read
    for told in found:
        for line in manifest.warnings(workspace, told.study):
            typer.echo(f"{told.study}: {line}", err=True)
        if force or any(step.outcome == "stale" for step in told.steps):
            from ..claims import load_claims

            load_claims(workspace, told.study)
        if force or told.steps[0].outcome == "stale":
            from ..consensus import settled_corpus

            settled_corpus(workspace, load_study(workspace, told.study))


def status(context: typer.Context, studies: Studies = None) -> None:
    """Say what is stale and why, and who has coded what, without running anything."""
    from .. import outstanding, runs

    workspace = Workspace.find(context.obj["root"])
    for study in runs.status(workspace, studies_here(workspace, studies or [])):
        for step in study.steps:
            typer.echo(f"{study.study}: {step}")
        for line in outstanding.lines(workspace.derived(study.study)):
            typer.echo(f"{study.study}: {line}")


def lab(context: typer.Context) -> None:
    """Open JupyterLab on this workspace, at the page that lists its studies."""
    workspace = Workspace.find(context.obj["root"])
    environment = {**os.environ, "CONCORD_ROOT": str(workspace.root)}
    command = [sys.executable, "-m", "jupyterlab", "--notebook-dir", str(workspace.notebooks.parent), *QUIET]
    start = workspace.notebooks / "lab" / "start.ipynb"
    os.execve(sys.executable, [*command, *([str(start)] if start.is_file() else [])], environment)
