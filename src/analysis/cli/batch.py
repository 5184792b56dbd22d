"""The command `batch`: a grid of studies and settings, on this machine or a cluster."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..paths import Workspace
from .options import Force, Jobs, Memory, Minutes, PlainKernels, limits_of, live

if TYPE_CHECKING:
    from ..daskexecutor import DaskExecutor
    from ..executors import LocalExecutor
    from ..provenance import Library

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(batch)


def batch(
    context: typer.Context,
    grid_file: Annotated[Path, typer.Argument(metavar="GRID.yml", help="Studies, and settings to vary.")],
    jobs: Jobs = 2,
    force: Force = False,
    list_runs: Annotated[
        bool, typer.Option("--list", help="Check everything, name the runs, start none.")
    ] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="A Dask scheduler to run on, such as tls://HOST:8786."),
    ] = None,
    dask_config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file that says which Dask cluster to use or make.")
    ] = None,
    minutes: Minutes = 120,
    memory: Memory = None,
    plain_kernels: PlainKernels = False,
) -> None:
    """Run studies at many settings; one table of results, and what each choice changes."""
    from ..grid import load_grid

    workspace = Workspace.find(context.obj["root"])
    grid = load_grid(workspace, grid_file)
    if list_runs:
        for run in grid.runs:
            typer.echo(run.name)
        return

    from .. import batch as batches
    from .. import multiverse
    from ..multiversepage import publish
    from ..provenance import Library

    library = Library(workspace)
    warm = False if plain_kernels else None
    with _executor(workspace, library, jobs, scheduler, dask_config, warm) as executor:
        if not batches.all_ran_before(workspace, grid):
            executor.prepare()  # it loads while we read
        corpora = batches.check_data(workspace, grid)
        done = batches.run_grid(
            workspace,
            grid,
            executor,
            force=force,
            say=typer.echo,
            limits=limits_of(minutes, memory),
            live=live(),
            library=library,
            corpora=corpora,
        )
    for file in publish(done, multiverse.multiverse(done)):
        typer.echo(f"  {file}")
    for name in batches.left_over(workspace, grid):
        typer.echo(f"  {name} is from an earlier grid and was left as it is.")
    batches.require_success(done.done)


def _executor(
    workspace: Workspace,
    library: Library,
    jobs: int,
    scheduler: str | None,
    dask_config: Path | None,
    warm: bool | None,
) -> AbstractContextManager[LocalExecutor] | AbstractContextManager[DaskExecutor]:
    from .. import runs
    from ..errors import UsageError

    if scheduler is None and dask_config is None:
        return runs.local_executor(workspace, jobs, warm=warm, library=library)
    if scheduler is not None and dask_config is not None:
        raise UsageError("give either --scheduler or --dask-config: the file can name a scheduler too.")
    from ..clusters import ClusterFile, load_cluster
    from ..daskexecutor import DaskExecutor

    settings = load_cluster(dask_config) if dask_config else ClusterFile(scheduler=scheduler)
    is_warm = os.environ.get("CONCORD_WARM") != "0" if warm is None else warm
    return DaskExecutor(settings, library, typer.echo, warm=is_warm)
