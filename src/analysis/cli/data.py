"""Commands about what people made: check, fetch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..paths import Workspace
from .options import Studies

if TYPE_CHECKING:
    from ..outcomes import StudyRun

__all__ = ["read_stale", "register", "studies_here"]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(check)
    app.command()(fetch)


def studies_here(workspace: Workspace, named: list[str]) -> list[str]:
    """Return the studies named, else all whose data is there; say which are left out.

    A study.yml that cannot be read stays in, for the command to tell what is wrong with it.
    """
    from ..errors import StudyError, UsageError
    from ..study import load_study

    if named:
        for study in named:
            workspace.require(study)
        return list(dict.fromkeys(named))
    found = []
    for study in workspace.studies():
        try:
            files = [given.file for given in load_study(workspace, study).inputs]
        except StudyError:
            files = []
        absent = [file for file in files if not (workspace.source(study) / file).is_file()]
        if files and len(absent) == len(files):
            typer.echo(f"{study}: left out, its data is not here ({absent[0]}).")
        else:
            found.append(study)
    if not found:
        there = "no study whose data is there" if workspace.studies() else "no study yet"
        raise UsageError(f"there is {there} below data/raw.")
    return found


def read_stale(workspace: Workspace, told: StudyRun, *, force: bool = False) -> None:
    """Read a study's raw data where a run will, to tell what is wrong with them before a kernel starts."""
    if force or told.steps[0].outcome == "stale":
        from ..consensus import settled_corpus  # loads pandas, which nothing stale can do without
        from ..study import load_study

        settled_corpus(workspace, load_study(workspace, told.study))


def check(context: typer.Context, studies: Studies = None) -> None:
    """Validate raw data alone: every problem at once, each with file, row and column."""
    from .. import manifest
    from ..claims import load_claims
    from ..coders import coders_of
    from ..consensus import settled_corpus
    from ..errors import ConcordError, UsageError
    from ..study import load_study

    workspace = Workspace.find(context.obj["root"])
    wrong: list[ConcordError] = []
    names = studies_here(workspace, studies or [])
    for name in names:
        try:
            study = load_study(workspace, name)
            corpus = settled_corpus(workspace, study)
            claims = load_claims(workspace, name)
            manifest.require(workspace, name)
        except ConcordError as error:
            wrong.append(error)
            if len(names) > 1:
                typer.echo(f"{name}: not in order.", err=True)
                typer.echo(str(error), err=True)
            continue
        for warning in corpus.warnings:
            typer.echo(f"{name}: note: {warning}")
        coders = len(coders_of(corpus))
        typer.echo(
            f"{name}: in order. {len(corpus.cases)} participants, {len(corpus.documents)} documents, "
            f"{len(corpus.segments)} segments, {len(corpus.codings)} codings by {coders} "
            f"coder{'s' if coders != 1 else ''}, {len(claims)} claims."
        )
    if wrong and len(names) > 1:
        raise UsageError(f"{len(wrong)} of {len(names)} studies not in order.")
    if wrong:
        raise wrong[0]


def fetch(
    context: typer.Context,
    dataset: Annotated[str, typer.Argument(help="Name of a public data set, such as annomi.")],
    origin: Annotated[
        Path | None, typer.Option("--from", help="Folder to take it from instead of its public address.")
    ] = None,
) -> None:
    """Bring a named public data set into source/, checked against its sha256."""
    from ..fetch import DATASETS
    from ..fetch import fetch as bring

    workspace = Workspace.find(context.obj["root"])
    path = bring(workspace, dataset, origin)
    typer.echo(f"{path.relative_to(workspace.root)} is in place. Terms: {DATASETS[dataset].terms}.")
