"""Commands that begin a study: new, assign."""

from __future__ import annotations

from typing import Annotated

import typer

from ..paths import Workspace
from .options import Study

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(new)
    app.command()(assign)


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


def assign(
    context: typer.Context,
    study: Study,
    coders: Annotated[str, typer.Option(help="Names with commas between, such as A,B.")],
    share: Annotated[
        float, typer.Option(help="Share of transcripts that every coder codes; the others are dealt out.")
    ] = 0.2,
    round_: Annotated[int, typer.Option("--round", min=1, help="Another round draws anew.")] = 1,
) -> None:
    """Draw the sample that several people code, by group, and write a blank sheet for each coder."""
    from ..assign import draw, uncoded
    from ..codingsheet import coding_sheet
    from ..handouts import hand_out
    from ..study import load_study

    workspace = Workspace.find(context.obj["root"])
    workspace.require(study)
    loaded = load_study(workspace, study)
    names = [name.strip() for name in coders.split(",") if name.strip()]
    corpus = uncoded(workspace, loaded, names)
    drawn = draw(corpus, loaded, names, share, round_)
    folder = workspace.derived(study) / "assign"
    which = f"-round-{round_}" if round_ > 1 else ""
    listed = f"assignments{which}.csv"
    files = {folder / listed: drawn.assignments.to_csv(index=False, lineterminator="\n").encode()}
    for number, coder in enumerate(names, start=1):
        files[folder / f"sheet-{number}{which}.xlsx"] = coding_sheet(corpus, loaded, drawn, coder)
    hand_out(workspace, files, "Move it away, or draw another round with --round.")
    for group, n, several in drawn.strata.itertuples(index=False):
        typer.echo(f"{group}: {several} of {n} transcripts for all {len(names)} coders")
    where = folder.relative_to(workspace.root)
    typer.echo(f"{where}: {listed} and a sheet for each coder (sheet-1{which} is for {names[0]}).")
    typer.echo("The sheets hold interview text: keep them where the transcripts are kept.")
    typer.echo(f"Next: concord import {where}/{listed} --study {study}")
    typer.echo("When the sheets are filled in, import them the same way.")
