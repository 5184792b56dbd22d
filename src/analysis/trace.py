"""From a number back to the notebook, function, settings, files and segments that it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from . import runs, wholefile
from .basis import Basis
from .claims import load_claims
from .contents import file_digest
from .corpus import Corpus
from .disclosure import quotable
from .errors import ConcordError, DataError, Problem, UsageError, did_you_mean, quoted
from .families import SETTINGS
from .grounds import Grounds, grounds
from .identifiers import find, names_of
from .inforce import InForce
from .judging import judged
from .keys import split
from .origins import Origin, origin
from .paths import Workspace
from .records import Record, Records
from .stepresults import recorded
from .study import Study, load_study

__all__ = ["File", "Trace", "trace"]

FOR_ALL = ("exclude",)


@dataclass(frozen=True)
class File:
    """An input file: what it held, its sha256 when it was read, and whether it is still that file."""

    file: str
    holds: str
    sha256: str
    unchanged: bool


@dataclass(frozen=True)
class Trace:
    """Where one result comes from.

    Parameters
    ----------
    study, key : str
    result : mapping
        Its entry in results.json.
    stale : str
        Why it would be computed anew; empty where it fits all that it was made from.
    notebook, executed : str
        The source notebook, and the executed one, relative to the workspace.
    origin : Origin or None
        Cell, line and functions.
    parameters : mapping
        What the notebook was given.
    settings : mapping
        Dotted name of study.yml -> value, for the settings that decide this number.
    files : tuple of File
    inputs : mapping
        Label -> hash of all that its notebook's record names.
    grounds : Grounds
    text : mapping
        Segment id -> its words, where policy and consent allow them to be shown.
    """

    study: str
    key: str
    result: Mapping[str, Any]
    stale: str
    notebook: str
    executed: str
    origin: Origin | None
    parameters: Mapping[str, Any]
    settings: Mapping[str, Any]
    files: tuple[File, ...]
    inputs: Mapping[str, str]
    grounds: Grounds
    text: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as JSON can hold it."""
        computed = [asdict(each) for each in self.origin.computed_by] if self.origin else []
        return {**asdict(self), "computed_by": computed}


def trace(workspace: Workspace, name: str, key: str) -> Trace:
    """Return where a result of a study comes from.

    Parameters
    ----------
    workspace : Workspace
    name : str
        The study.
    key : str
        A key of results.json.

    Raises
    ------
    DataError
        If the study has no results yet.
    UsageError
        If it has no such result.
    """
    study = load_study(workspace, name)
    results = _results(workspace, name)
    entry = next((each for each in results if each["key"] == key), None)
    if entry is None:
        near = did_you_mean(key, [each["key"] for each in results])
        raise UsageError(
            f"{name} has no result {quoted(key)}.{near} All keys: data/derived/{name}/results.json."
        )
    step = entry["notebook"]
    corpus, facts = _corpus(workspace, name)
    record = Records(workspace, name).read(step)
    behind = grounds(_basis(workspace, study, corpus, results), key)
    stale = _stale(workspace, name, step)
    return Trace(
        study=name,
        key=key,
        result=entry,
        stale=stale,
        notebook=f"notebooks/{step}.ipynb",
        executed=f"reports/{name}/notebooks/{step}.ipynb",
        origin=origin(workspace.notebooks / f"{step}.ipynb", key),
        parameters=_parameters(workspace, name, step),
        settings=_settings(study, key),
        files=tuple(_files(workspace, name, facts, record is not None and _holds(record, study))),
        inputs=record.inputs if record else {},
        grounds=behind,
        text=_text(workspace, study, corpus, behind),
    )


def _results(workspace: Workspace, name: str) -> list[dict[str, Any]]:
    results = recorded(workspace, name)  # of the steps themselves: somebody may have touched results.json
    if not results:
        what = f"there are no results of {name} yet."
        raise DataError(Problem(what), next_step=f"Run `concord reproduce {name}`, which makes them.")
    return results


def _corpus(workspace: Workspace, name: str) -> tuple[Corpus, list[dict[str, Any]]]:
    """Return the tables as 01_prepare left them, and what it noted of each file."""
    facts = wholefile.read_json(workspace.derived(name) / "imports.json") or {"files": [], "withdrawn": 0}
    return Corpus.load(workspace.derived(name), facts["withdrawn"]), facts["files"]


def _basis(workspace: Workspace, study: Study, corpus: Corpus, results: list[dict[str, Any]]) -> Basis:
    path = workspace.derived(study.study) / "agreement.csv"
    agreement = None
    if path.is_file():
        agreement = pd.read_csv(path, keep_default_na=False, na_values=[""], dtype={"code_id": "string"})
    claims = load_claims(workspace, study.study)
    verdicts = judged(workspace, study, results, claims, withdrawn=corpus.withdrawn)
    return Basis(corpus, study, agreement, {v.claim.id: v.verdict for v in verdicts})


def _stale(workspace: Workspace, name: str, step: str) -> str:
    """Return why a step would run now, or an empty text."""
    try:
        told = runs.status(workspace, [name])[0].steps
    except ConcordError as error:
        return str(error.problems[0])
    return next((each.reason for each in told if each.step == step and each.outcome == "stale"), "")


def _parameters(workspace: Workspace, name: str, step: str) -> Mapping[str, Any]:
    """Return what the notebook was given, as run.json tells it, else what every run gives it."""
    told = wholefile.read_json(workspace.reports(name) / "run.json") or {}
    ran = told.get("steps", {}).get(step, {}).get("ran") or {}
    return ran.get("parameters") or {"study": name, "overrides": {}}


def _settings(study: Study, key: str) -> dict[str, Any]:
    parts, _ = split(key)
    everything = study.model_dump(mode="json", exclude_none=True)
    chosen: dict[str, Any] = {}
    for dotted in (*SETTINGS.get(parts[0], ()), *FOR_ALL):
        here: Any = everything
        for part in dotted.split("."):
            here = here.get(part, {}) if isinstance(here, dict) else {}
        if dotted == "variables":
            here = {name: value for name, value in here.items() if name in parts}
        chosen |= _flat(dotted, here)
    return chosen


def _flat(dotted: str, value: Any) -> dict[str, Any]:
    """Return settings by dotted name; what is empty says nothing."""
    if isinstance(value, dict):
        return {
            name: v for key, inner in value.items() for name, v in _flat(f"{dotted}.{key}", inner).items()
        }
    return {} if value in ([], "") else {dotted: value}


def _holds(record: Record, study: Study) -> bool:
    """Tell whether the settings that a step read are still those of study.yml."""
    now = InForce(study).hashes(record.settings)
    return all(record.inputs[told] == now[told] for told in now)


def _files(
    workspace: Workspace, name: str, facts: list[dict[str, Any]], same_settings: bool
) -> Iterator[File]:
    settings = file_digest(workspace.raw(name) / "study.yml")
    yield File("study.yml", "settings", settings, same_settings)
    for each in facts:
        path = workspace.source(name) / each["file"]
        holds = str(each.get("table") or each.get("format"))
        same = file_digest(path) == each["sha256"]
        yield File(f"source/{each['file']}", holds, each["sha256"], same)


def _text(workspace: Workspace, study: Study, corpus: Corpus, behind: Grounds) -> dict[str, str]:
    """Return the words of segments that may be quoted and hold nothing that looks like an identifier."""
    may = corpus.segments[quotable(corpus, study) & corpus.segments["text"].notna()]
    may = may[may["segment_id"].isin(behind.segments)]
    names = names_of(workspace, study)
    return {
        segment: " ".join(text.split())
        for segment, text in may[["segment_id", "text"]].itertuples(index=False)
        if not find(text, names)
    }
