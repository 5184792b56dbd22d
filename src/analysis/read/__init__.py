"""From the files of a study to its Corpus; one module a format, each returning a Draft."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..corpus import Corpus
from ..errors import ConcordError, DataError, Problem
from ..inputs import Input
from ..paths import Workspace
from ..study import Study
from .assemble import NEXT_STEP, assemble
from .draft import Draft
from .formats import READERS, recognise
from .tidy import table_named

__all__ = ["read_draft", "read_drafts", "read_study"]


def read_study(workspace: Workspace, study: Study) -> Corpus:
    """Return the corpus of a study, read anew from source/.

    Raises
    ------
    DataError
        With every problem in every file.
    """
    return assemble(read_drafts(workspace, study), study)


def read_drafts(workspace: Workspace, study: Study) -> list[Draft]:
    """Return what each file held: the inputs of study.yml, then tidy tables found beside them.

    Raises
    ------
    DataError
        With the problems of every file that could not be read.
    """
    source = workspace.source(study.study)
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for given in [*study.inputs, *_beside(workspace, study)]:
        try:
            _refuse_outside(source / given.file, given, workspace.raw(study.study))
            drafts.append(read_draft(source / given.file, given))
        except ConcordError as error:
            problems += error.problems
    if problems:
        title = f"study {study.study}" if len({p.file for p in problems}) > 1 else None
        raise DataError(problems, title=title, next_step=NEXT_STEP)
    return drafts


def read_draft(path: Path, given: Input) -> Draft:
    """Return what one file held, its format recognised where study.yml does not say it.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    format_ = recognise(path, given)
    draft = READERS[format_](path, given.model_copy(update={"format": format_}))
    codings = draft.tables.get("codings")
    if given.all_by and codings is not None:
        codings["coder_id"] = pd.Series(given.all_by, index=codings.index, dtype="string")
    return draft


def _refuse_outside(path: Path, given: Input, folder: Path) -> None:
    """Refuse a link that leads out of the study: what it names may be anybody's file."""
    if path.exists() and not path.resolve().is_relative_to(folder.resolve()):
        what = "is a link to a place outside the study. Copy the file itself into source/."
        raise DataError(Problem(what, file=given.file))


def _beside(workspace: Workspace, study: Study) -> list[Input]:
    """Return tidy tables in source/ that study.yml need not list."""
    listed = {given.file for given in study.inputs}
    source = workspace.source(study.study)
    found = sorted(path.name for path in source.glob("*") if path.is_file() and table_named(path.name))
    return [Input(file=name) for name in found if name not in listed]
