"""What the notebooks of a study recorded, completed with where it came from and merged."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

from . import wholefile
from .errors import Problem, RunError, quoted
from .graph import STEPS
from .paths import Workspace
from .records import Records
from .staging import Stage, drafts

__all__ = ["complete", "is_merged", "left", "merge", "merged", "recorded", "require_apart"]


def complete(stage: Stage, step: str, inputs: str) -> list[dict[str, Any]]:
    """Write a step's results among its outputs and return them.

    The notebook leaves ``{"results": [{"key": ..., "value": ..., ...}]}`` in step.json. Each result is given
    the step's name as `notebook` and, unless it says so itself, the last cell's id as `cell` and the hash of
    the data that went in as `inputs`.

    Parameters
    ----------
    stage : Stage
    step : str
    inputs : str
        Hash of the data and parameters that the step was given.

    Raises
    ------
    RunError
        If step.json holds anything else, or a key twice.
    """
    last = wholefile.read_json(stage.folder / "current.json")["cell"]
    results = [
        {
            **result,
            "notebook": step,
            "cell": result.get("cell") or last,
            "inputs": result.get("inputs") or inputs,
        }
        for result in _recorded(stage)
    ]
    wholefile.write_json(_completed(stage, step), results, scratch=stage.folder)
    return results


def left(stage: Stage, step: str) -> list[dict[str, Any]]:
    """Return the results among a step's outputs, as `complete` wrote them in another run."""
    return wholefile.read_json(_completed(stage, step)) or []


def _completed(stage: Stage, step: str) -> Path:
    return stage.out / "derived" / "results" / f"{step}.json"


def merged(workspace: Workspace, study: str, steps: Iterable[str]) -> list[dict[str, Any]]:
    """Return the results of several steps as one list.

    Raises
    ------
    RunError
        If two steps recorded one key.
    """
    found = [
        result
        for step in steps
        for result in wholefile.read_json(workspace.derived(study) / "results" / f"{step}.json") or []
    ]
    require_apart(found)
    return found


def require_apart(results: Iterable[Mapping[str, Any]]) -> None:
    """Refuse a key that two steps recorded.

    Raises
    ------
    RunError
    """
    first: dict[str, str] = {}
    for result in results:
        by = first.setdefault(result["key"], result["notebook"])
        if by != result["notebook"]:
            raise RunError(f"{result['notebook']} records {quoted(result['key'])}, which {by} records too.")


def merge(workspace: Workspace, study: str, steps: Iterable[str]) -> bool:
    """Write results.json from the results of several steps; return whether it changed."""
    text = wholefile.dumps(merged(workspace, study, steps))
    if _is_there(workspace, study, text):
        return False
    path = workspace.derived(study) / "results.json"
    wholefile.write_text(path, text, scratch=drafts(workspace, study))
    return True


def is_merged(workspace: Workspace, study: str, steps: Iterable[str]) -> bool:
    """Tell whether results.json is what `merge` would write."""
    return _is_there(workspace, study, wholefile.dumps(merged(workspace, study, steps)))


def _is_there(workspace: Workspace, study: str, text: str) -> bool:
    path = workspace.derived(study) / "results.json"
    return path.is_file() and path.read_bytes() == text.encode()


def recorded(workspace: Workspace, study: str) -> list[dict[str, Any]]:
    """Return the results of every step that has a record, and write results.json anew where it differs."""
    records = Records(workspace, study)
    steps = [step.name for step in STEPS if records.read(step.name) is not None]
    merge(workspace, study, steps)
    return merged(workspace, study, steps)


def _recorded(stage: Stage) -> list[dict[str, Any]]:
    try:
        data = json.loads(stage.recorded.read_text("utf-8"), parse_constant=_not_finite, parse_float=_finite)
    except ValueError as error:
        raise RunError(
            Problem("is no JSON, or has a number that is not finite.", file="step.json")
        ) from error
    results = data.get("results") if isinstance(data, dict) else None
    if not isinstance(results, list) or not all(isinstance(r, dict) and "value" in r for r in results):
        raise RunError(Problem('must hold {"results": [...]}, each with key and value.', file="step.json"))
    keys = [result.get("key") for result in results]
    times = Counter(key for key in keys if isinstance(key, str))
    odd = sorted({str(key) for key in keys if not isinstance(key, str) or times[key] > 1})
    if odd:
        raise RunError(
            [Problem(f"key {quoted(key)} is no text or stands there twice.", file="step.json") for key in odd]
        )
    return results


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _not_finite(text)


def _not_finite(name: str) -> NoReturn:
    raise ValueError(name)
