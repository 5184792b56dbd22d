"""Commands that begin a study: new, assign."""

from __future__ import annotations

from typing import Annotated

import typer

from ..paths import Workspace

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(new)


def new(
    context: typer.Context,
    study: Annotated[str, typer.Argument(help="Name of the folder below data/raw.")],
    method: Annotated[
        str, typer.Option(help="coding_reliability, codebook, framework, gdi_qr, cqr or reflexive.")
    ] = "codebook",
) -> None:
    """Make a study that runs at once: a commented study.yml and example tables to replace by your own."""
    from ..scaffold import new_study

    workspace = Workspace.find(context.obj["root"])
    for file in new_study(workspace, study, method):
        typer.echo(f"data/raw/{study}/{file}")
    typer.echo(f"Next: concord reproduce {study}, then replace the example by your own data.")
