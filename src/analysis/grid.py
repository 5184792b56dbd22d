"""GRID.yml: which studies run at which settings, all checked before anything is started."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import yamlfile
from .contents import digest
from .errors import ConcordError, Problem, StudyError, UsageError, did_you_mean, quoted
from .gridfile import Combination, GridFile, combinations, odd_values
from .paths import Workspace
from .study import Study, load_study

__all__ = ["AS_IT_IS", "Grid", "GridFile", "Run", "load_grid", "said", "setting"]

AS_IT_IS = "as-it-is"
LONGEST = 96
UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
KEPT = {
    "study": "a batch names its studies under `studies`.",
    "simulated": "a batch may not change it: it puts the banner on simulated data.",
    "disclosure": "a batch may not change it: it governs what is published, of a batch too.",
}
PEOPLE = (
    "names participants, and settings stand in folder names and executed notebooks that are published. "
    "`concord verify STUDY --leave-one-out` tells in memory what survives without each of them."
)


@dataclass(frozen=True)
class Run:
    """One study at one set of settings.

    Parameters
    ----------
    name : str
        Of its folder, and on screen.
    study : Study
        With the settings applied.
    overrides : mapping
        Dotted name of study.yml -> value.
    """

    name: str
    study: Study
    overrides: Mapping[str, Any]


@dataclass(frozen=True)
class Grid:
    """A batch as it is to be run.

    Parameters
    ----------
    name, title : str
    runs : tuple of Run
    settings : tuple of str
        Dotted names that any run replaces, in the order of the file.
    headlines : tuple of str
        Keys, or patterns with ``*``, of results that the multiverse page shows; empty for the usual ones.
    """

    name: str
    title: str
    runs: tuple[Run, ...]
    settings: tuple[str, ...]
    headlines: tuple[str, ...] = ()

    @property
    def studies(self) -> list[str]:
        """The studies that run, in the order of the file."""
        return list(dict.fromkeys(run.study.study for run in self.runs))


def load_grid(workspace: Workspace, path: Path) -> Grid:
    """Return the runs that a file asks for, each loaded as a study with its settings applied.

    Parameters
    ----------
    workspace : Workspace
    path : Path

    Raises
    ------
    UsageError
        With every problem of the file and of every combination, each with its line.
    """
    data, lines = yamlfile.load(path, UsageError)
    given = yamlfile.validate(GridFile, data, lines, path.name, UsageError)
    name = _name(workspace, given, path)
    problems = _unknown_studies(workspace, given, lines, path.name)
    combined = combinations(given, lines, path.name)
    problems += odd_values(combined, path.name)
    if problems:
        raise _refused(problems, path)
    settings = tuple(dict.fromkeys(dotted for each in combined for dotted in each.overrides))
    runs: dict[str, Run] = {}
    for study_name in dict.fromkeys(given.studies):
        try:
            base = load_study(workspace, study_name)
        except StudyError as error:
            problems += [_about(problem, study_name) for problem in error.problems]
            continue
        wrong: list[Problem] = []
        for each in combined:
            try:
                study = load_study(workspace, study_name, each.overrides)
            except ConcordError as error:
                wrong += [_placed(problem, each, path.name) for problem in error.problems]
                continue
            wrong += _not_to_be_changed(base, study, each, path.name)
            run = Run(_run_name(study_name, each.overrides, settings, given.always), study, each.overrides)
            runs.setdefault(json.dumps([study_name, each.overrides], sort_keys=True), run)
        if wrong:
            wrong += _hidden_behind(workspace, base, combined, path.name)
        problems += wrong
    if problems:
        raise _refused(problems, path)
    return Grid(name, given.title, _apart(list(runs.values())), settings, tuple(given.headlines))


def setting(study: Study, dotted: str) -> Any:
    """Return what a study says under a dotted name; None where it says nothing.

    Examples
    --------
    >>> study = Study.model_validate({"study": "demo", "title": "Demo", "method": "codebook",
    ...     "inputs": [{"file": "a.csv"}], "disclosure": {"policy": "text_free"}})
    >>> setting(study, "agreement.interval.draws")
    1000
    """
    here: Any = study.model_dump()
    for part in dotted.split("."):
        here = here.get(part) if isinstance(here, dict) else None
    return here


def said(value: Any) -> str:
    """Return a setting's value in a word or two.

    Examples
    --------
    >>> said(["A", "B"]), said([]), said(0.80), said({"case": 1})
    ('A+B', 'none', '0.8', 'case=1')
    """
    if isinstance(value, list | tuple):
        return "+".join(map(said, value)) or "none"
    if isinstance(value, dict):
        return "+".join(f"{key}={said(inner)}" for key, inner in value.items() if inner is not None) or "none"
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _refused(problems: Sequence[Problem], path: Path) -> UsageError:
    unique = {str(problem): problem for problem in problems}
    return UsageError(list(unique.values()), title=path.name, next_step="Nothing was started.")


def _name(workspace: Workspace, given: GridFile, path: Path) -> str:
    name = given.name or UNSAFE.sub("-", path.stem).strip("-.") or "batch"
    if "batch" in workspace.studies():
        raise UsageError("a study is called batch, and batches are kept under that name. Rename the study.")
    return name


def _unknown_studies(
    workspace: Workspace, given: GridFile, lines: yamlfile.Lines, file: str
) -> list[Problem]:
    there = workspace.studies()
    return [
        Problem(
            f"there is no study {quoted(study)} below data/raw.{did_you_mean(study, there)}",
            file=file,
            line=lines.get(("studies", index)),
            column="studies",
        )
        for index, study in enumerate(given.studies)
        if study not in there
    ]


def _about(problem: Problem, study: str) -> Problem:
    return Problem(problem.what, f"{study}/{problem.file}", problem.row, problem.column, problem.line)


def _placed(problem: Problem, each: Combination, file: str) -> Problem:
    """Return a problem with a study's settings as one of the line that gave them."""
    column = problem.column or ""
    own = [d for d in each.lines if f"{column}.".startswith(f"{d}.") or f"{d}.".startswith(f"{column}.")]
    own = own or [d for d in each.lines if column.startswith(f"{d}[")]
    line = each.lines[own[0]] if column and own else None
    return Problem(problem.what, file=file, line=line, column=problem.column)


def _not_to_be_changed(base: Study, study: Study, each: Combination, file: str) -> list[Problem]:
    wrong = {name: why for name, why in KEPT.items() if getattr(study, name) != getattr(base, name)}
    if study.exclude.case != base.exclude.case:
        wrong["exclude.case"] = PEOPLE
    for name in ("agreement", *(f"variables.{variable}" for variable in study.variables)):
        for who in ("case", "document"):
            dotted = f"{name}.where.{who}"
            if setting(study, dotted) != setting(base, dotted):
                wrong[dotted] = PEOPLE
    return [_placed(Problem(why, column=name), each, file) for name, why in wrong.items()]


def _hidden_behind(
    workspace: Workspace, base: Study, combinations: Sequence[Combination], file: str
) -> list[Problem]:
    """Return settings that no batch may change, where another mistake kept a combination from loading."""
    found: list[Problem] = []
    alone = {(d, json.dumps(v)): (each, d, v) for each in combinations for d, v in each.overrides.items()}
    for each, dotted, value in alone.values():
        with suppress(ConcordError):
            study = load_study(workspace, base.study, {dotted: value})
            found += _not_to_be_changed(base, study, each, file)
    return found


def _run_name(
    study: str, overrides: Mapping[str, Any], settings: Sequence[str], always: Mapping[str, Any]
) -> str:
    """Return a name that reads well and depends on the run alone, so that a larger grid keeps the folder."""
    told = {dotted: value for dotted, value in overrides.items() if always.get(dotted) != value}
    parts = [f"{UNSAFE.sub('-', _short(d, settings))}={UNSAFE.sub('-', said(v))}" for d, v in told.items()]
    return "--".join([study, *(parts or [AS_IT_IS])])


def _short(dotted: str, settings: Sequence[str]) -> str:
    """Return the end of a dotted name, as much of it as tells it from the others."""
    parts = dotted.split(".")
    for count in range(1, len(parts)):
        end = ".".join(parts[-count:])
        if sum(f".{name}".endswith(f".{end}") for name in settings) == 1:
            return end
    return dotted


def _apart(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return runs under names that differ and are short enough for a folder."""
    folded = [run.name.casefold() for run in runs]
    return tuple(
        run if len(run.name) <= LONGEST and folded.count(run.name.casefold()) == 1 else _hashed(run)
        for run in runs
    )


def _hashed(run: Run) -> Run:
    mark = digest(json.dumps(dict(run.overrides), sort_keys=True))[:8]
    return Run(f"{run.name[: LONGEST - 9]}-{mark}", run.study, run.overrides)
