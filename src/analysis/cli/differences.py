"""Commands about segments coded differently: to a spreadsheet, and decisions back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..paths import Workspace
from .options import Study

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    group = typer.Typer(
        help="Segments coded differently: to a spreadsheet, and decisions back.", no_args_is_help=True
    )
    group.command("export")(export)
    group.command("import")(import_)
    app.add_typer(group, name="differences")


def export(
    context: typer.Context,
    study: Study,
    out: Annotated[
        Path | None, typer.Option(help="Default: data/derived/STUDY/export/differences.xlsx.")
    ] = None,
) -> None:
    """Write every segment coded differently to a workbook, for a team that decides without JupyterLab."""
    from ..decisionsheet import sheet
    from ..handouts import hand_out
    from ..review import open_review

    workspace = Workspace.find(context.obj["root"])
    review = open_review(workspace, study, "export")
    path = out or workspace.derived(study) / "export" / "differences.xlsx"
    hand_out(workspace, {path: sheet(review)}, "Import it, then move it away, or write another with --out.")
    states = review.states(review.taken())
    still = sum(item.question not in states for item in review.items)
    typer.echo(f"{path.name}: {len(review.items)} questions coded differently, {still} of them open.")
    typer.echo("It holds interview text: keep it where the transcripts are kept.")


def import_(
    context: typer.Context,
    study: Study,
    file: Annotated[Path, typer.Argument(help="The workbook, filled in.")],
    by: Annotated[str, typer.Option(help="Who decided; names the file of decisions.")],
) -> None:
    """Keep the decisions of a filled-in workbook in data/raw/STUDY/decisions/NAME.csv."""
    from ..decisionsheet import read_sheet
    from ..review import open_review

    workspace = Workspace.find(context.obj["root"])
    brought = read_sheet(file, open_review(workspace, study, by))
    typer.echo(
        f"{len(brought.taken)} decisions kept in decisions/{by}.csv; "
        f"{brought.same} stood already or were left as they came."
    )
    for item in brought.clashing:
        typer.echo(
            f"conflict: {item.about} of {item.question.unit_id}: decided otherwise since the sheet was "
            "written. Neither counts until one of you decides again."
        )
    typer.echo(f"Next: concord reproduce {study}")
