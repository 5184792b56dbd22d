"""GRID.yml: which studies run at which settings, all checked before anything is started."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import yamlfile
from .errors import ConcordError, Problem, StudyError, UsageError, did_you_mean, quoted
from .gridfile import Combination, GridFile, combinations, odd_values
from .paths import Workspace
from .runnames import UNSAFE, apart, labelled, labels_of, run_name
from .study import Study, load_study

__all__ = ["Grid", "GridFile", "Run", "load_grid", "setting"]

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
    settings : mapping
        Dotted name of each setting that any run replaces -> what holds, as it may be published.
    """

    name: str
    study: Study
    overrides: Mapping[str, Any]
    settings: Mapping[str, Any] = field(default_factory=dict)


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
    own : mapping
        Study -> what study.yml says of each setting, as it may be published.
    """

    name: str
    title: str
    runs: tuple[Run, ...]
    settings: tuple[str, ...]
    headlines: tuple[str, ...] = ()
    own: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

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
    runs: list[Run] = []
    shown: list[Mapping[str, Any]] = []
    own: dict[str, Mapping[str, Any]] = {}
    for study_name in dict.fromkeys(given.studies):
        try:
            base = load_study(workspace, study_name)
        except StudyError as error:
            problems += [_about(problem, study_name) for problem in error.problems]
            continue
        loaded, wrong = _loaded(workspace, base, combined, path.name)
        if wrong:
            wrong += _hidden_behind(workspace, base, combined, path.name)
        problems += wrong
        if not problems:
            stated = _settings(base, settings)
            labels = labels_of(workspace, study_name, [stated, *(each for each, _ in loaded)])
            own[study_name], always = labelled(stated, labels), labelled(given.always, labels)
            for each, study in loaded:
                shown.append(labelled(each, labels))
                called = run_name(study_name, shown[-1], settings, always)
                runs.append(Run(called, study, each, labelled(_settings(study, settings), labels)))
    if problems:
        raise _refused(problems, path)
    apart_names = apart([run.name for run in runs], shown)
    runs = [replace(run, name=each) for run, each in zip(runs, apart_names, strict=True)]
    return Grid(name, given.title, tuple(runs), settings, tuple(given.headlines), own)


def setting(study: Study, dotted: str) -> Any:
    """Return what a study says under a dotted name; None where it says nothing.

    Examples
    --------
    >>> study = Study.model_validate({"study": "demo", "title": "Demo", "method": "codebook",
    ...     "inputs": [{"file": "a.csv"}], "disclosure": {"policy": "text_free"}})
    >>> setting(study, "agreement.interval.draws")
    1000
    """
    return _found(study.model_dump(), dotted)


def _found(told: Any, dotted: str) -> Any:
    for part in dotted.split("."):
        told = told.get(part) if isinstance(told, dict) else None
    return told


def _loaded(
    workspace: Workspace, base: Study, combined: Sequence[Combination], file: str
) -> tuple[list[tuple[Mapping[str, Any], Study]], list[Problem]]:
    """Return overrides and study of every run, each state of a study once, and what is wrong with others."""
    found: dict[str, tuple[Mapping[str, Any], Study]] = {}
    wrong: list[Problem] = []
    for each in combined:
        try:
            study = load_study(workspace, base.study, each.overrides)
        except ConcordError as error:
            wrong += [_placed(problem, each, file) for problem in error.problems]
            continue
        wrong += _not_to_be_changed(base, study, each, file)
        found.setdefault(study.model_dump_json(), (each.overrides, study))
    return list(found.values()), wrong


def _settings(study: Study, settings: Sequence[str]) -> dict[str, Any]:
    told = study.model_dump()
    return {dotted: _found(told, dotted) for dotted in settings}


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
