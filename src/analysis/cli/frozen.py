"""Commands that keep a study's state and tell what changed: freeze, diff."""

from __future__ import annotations

from typing import Annotated

import typer

from ..paths import Workspace
from .options import Study, print_json

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(freeze)
    app.command()(diff)


def freeze(
    context: typer.Context,
    study: Study,
    name: Annotated[str, typer.Argument(help="What to call it; verify looks at `baseline`.")] = "baseline",
    replace: Annotated[bool, typer.Option("--replace", help="Write over a freeze of that name.")] = False,
) -> None:
    """Keep hashes and results of a study, no text, in data/raw/STUDY/frozen/NAME.json; renew MANIFEST."""
    from .. import baseline, frozen

    workspace = Workspace.find(context.obj["root"])
    made = frozen.freeze(workspace, study, name, replace=replace)
    path = baseline.path_of(workspace, study, name).relative_to(workspace.root)
    state = "is kept in" if made.changed else "is as it was in"
    typer.echo(f"{study}: {name} {state} {path.as_posix()}: {made.results} results, no text. Commit it.")
    if made.sealed:
        typer.echo(f"  {made.sealed} are sealed: the policy hides small counts; the key stays in .concord.")
    for file in made.manifest:
        typer.echo(f"  source/MANIFEST: {file}")


def diff(
    context: typer.Context,
    study: Study,
    then: Annotated[str, typer.Argument(metavar="A", help="A freeze.")] = "baseline",
    now: Annotated[str, typer.Argument(metavar="B", help="Another, or `now`.")] = "now",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON alone.")] = False,
) -> None:
    """Say what changed between two freezes: upstream, by code, by claim, by segments coded differently."""
    from .. import changes, frozen
    from ..baseline import NOW

    workspace = Workspace.find(context.obj["root"])
    found = changes.difference(
        frozen.read(workspace, study, then), frozen.read(workspace, study, now), (then, now)
    )
    if as_json:
        print_json(found.as_record())
        return
    if now == NOW:
        _say_stale(workspace, study)
    for line in changes.lines(found):
        typer.echo(line)


def _say_stale(workspace: Workspace, study: str) -> None:
    from .. import runs

    stale = [step for run in runs.status(workspace, [study]) for step in run.steps if step.outcome == "stale"]
    if stale:
        typer.echo(
            f"{study}: its results are stale ({stale[0].reason}). Run `concord reproduce {study}` first."
        )
