"""Commands that bring codings from the tool they were made in, and back: import, export, compare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from ..paths import Workspace
from .options import Study

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("import")(import_)
    app.command()(export)
    app.command()(compare)


def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Exports of a tool, or tables.", metavar="FILE...")],
    study: Annotated[str, typer.Option(help="Made with the safest settings if it is not there.")],
    stage: Annotated[str | None, typer.Option(help="training, independent, consensus or recode.")] = None,
    format_: Annotated[str | None, typer.Option("--format", help="Default: told from the file.")] = None,
    coder: Annotated[str | None, typer.Option(help="The coder of codings that name none.")] = None,
    all_by: Annotated[str | None, typer.Option(help="The coder of all codings.")] = None,
) -> None:
    """Bring files into a study: copied into source/, listed in study.yml, positions proved, losses told."""
    from ..intake import bring, report

    workspace = Workspace.find(context.obj["root"])
    brought = bring(workspace, study, files, stage=stage, format_=format_, coder=coder, all_by=all_by)
    for each in brought:
        for line in report(each):
            typer.echo(line)
        if each.scaffolded:
            typer.echo(
                f"  made data/raw/{study}/study.yml: method codebook, segmentation own, policy text_free."
            )
        if each.already:
            typer.echo(f"  {each.file} stood in study.yml already; its line was left as it is.")
    typer.echo(f"Next: concord check {study}")


def export(
    context: typer.Context,
    study: Study,
    format_: Annotated[str, typer.Option("--format", help="refi-qda or csv.")] = "refi-qda",
    stage: Annotated[
        str | None, typer.Option(help="Default: consensus where there is one, else independent.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Default: data/derived/STUDY/export/.")] = None,
) -> None:
    """Write codings for the team's tool."""
    from ..errors import UsageError, did_you_mean
    from ..read import read_study
    from ..study import load_study
    from ..write.csvfile import write_csv
    from ..write.left import left_behind
    from ..write.refi import write_refi
    from ..write.settled import settled

    endings = {"refi-qda": ".qdpx", "csv": ".csv"}
    if format_ not in endings:
        raise UsageError(f"--format must be refi-qda or csv.{did_you_mean(format_, endings)}")
    workspace = Workspace.find(context.obj["root"])
    corpus = read_study(workspace, load_study(workspace, study))
    codings, said = settled(corpus, stage)
    path = out or workspace.derived(study) / "export" / f"{study}{endings[format_]}"
    if format_ == "csv":
        counts = write_csv(corpus, codings, path)
    else:
        counts = write_refi(corpus, codings, path, study)
    left = left_behind(corpus, codings, format_)
    typer.echo(f"{path.name}: {said} {_listed(counts)}.")
    if left:
        typer.echo(f"  left, because {path.suffix} does not hold it: {_listed(left)}.")


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n}" for name, n in counts.items())


def compare(
    context: typer.Context,
    study: Study,
    file: Annotated[
        Path, typer.Argument(help="NVivo's coding comparison or matrix, QualCoder's comparison.")
    ],
    coders: Annotated[str | None, typer.Option(help="The two coders of a comparison: A,B.")] = None,
    stage: Annotated[
        str | None, typer.Option(help="Of a matrix. Default: consensus where there is one, else independent.")
    ] = None,
) -> None:
    """Check a table that another program printed against the codings here, cell by cell.

    Ends with 1 if a cell is not reproduced.
    """
    from ..agreement.published import published_cells
    from ..errors import UsageError, quoted
    from ..read import read_study
    from ..study import load_study
    from ..write.settled import settled

    workspace = Workspace.find(context.obj["root"])
    workspace.require(study)
    path = file if file.is_file() else workspace.source(study) / file
    if not path.is_file():
        raise UsageError(f"{quoted(file.name)} is neither here nor in source/ of {study}.")
    settings = load_study(workspace, study)
    corpus = read_study(workspace, settings)
    pair = [name.strip() for name in coders.split(",")] if coders else []
    cells, kind = published_cells(path, corpus, settled(corpus, stage)[0], settings, pair)
    cells = cells[cells["theirs"].notna() | (cells["verdict"] != "only there")]
    same = cells["verdict"].isin(["same", "both undefined"])
    typer.echo(f"{path.name}, {kind}: {int(same.sum())} of {len(cells)} cells are the same here.")
    for row in cells[~same].itertuples(index=False):
        about = ", ".join(filter(None, [row.code, row.document, row.measure]))
        here = "no such cell" if row.verdict == "only there" else f"{row.ours:.10g}"
        typer.echo(f"  {about}: {row.theirs:.10g} there, {here} here ({row.verdict}).")
    if not same.all():
        raise typer.Exit(1)
