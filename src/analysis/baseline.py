"""States of a study that are kept: hashes, versions and numbers in one file of git, without any text.

A freeze is ``data/raw/<study>/frozen/<name>.json``; the one called ``baseline`` is what `verify` holds a
number against that no longer follows. It holds no date, path or commit: git knows these, and the same state
is the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from .errors import DataError, Problem, UsageError, did_you_mean, quoted
from .paths import Workspace
from .state import State
from .wholefile import read_json, write_text

__all__ = ["BASELINE", "NOW", "freezes", "load", "path_of", "save"]

BASELINE = "baseline"
NOW = "now"  # is no freeze: the study as it is
FORMAT = 1
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def path_of(workspace: Workspace, study: str, name: str = BASELINE) -> Path:
    """Return where a freeze of that name stands.

    Raises
    ------
    UsageError
        If the name would not do as a file's name.
    """
    if not NAME.fullmatch(name) or name == NOW:
        raise UsageError(
            f"a freeze's name may hold letters, digits, _ . and -, and is not `now`. Found {quoted(name)}."
        )
    return workspace.frozen(study) / f"{name}.json"


def freezes(workspace: Workspace, study: str) -> list[str]:
    """Return the names of a study's freezes, sorted."""
    return sorted(path.stem for path in workspace.frozen(study).glob("*.json"))


def load(workspace: Workspace, study: str, name: str = BASELINE) -> State:
    """Return a freeze.

    Raises
    ------
    UsageError
        If there is none of that name; says which there are.
    DataError
        If the file is no freeze, or one of a newer Concord.
    """
    path = path_of(workspace, study, name)
    if not path.is_file():
        there = freezes(workspace, study)
        listed = f" There are: {', '.join(there)}." if there else f" Make one: concord freeze {study} {name}"
        raise UsageError(f"{study} has no freeze called {quoted(name)}.{did_you_mean(name, there)}{listed}")
    data = read_json(path)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        what = "is no freeze that this version of Concord can read. Freeze the study anew."
        raise DataError(Problem(what, file=f"frozen/{path.name}"))
    known = {each.name for each in fields(State)}
    return State(**{name: value for name, value in data.items() if name in known})


def save(workspace: Workspace, state: State, name: str = BASELINE) -> Path:
    """Write a state as a freeze: one fact a line, so that git shows which changed."""
    path = path_of(workspace, state.study, name)
    write_text(path, _rendered({"format": FORMAT, **asdict(state)}), scratch=workspace.scratch)
    return path


def _rendered(data: Mapping[str, Any]) -> str:
    parts = []
    for name, value in data.items():
        if isinstance(value, dict) and value:
            inner = ",\n".join(f"    {_json(key)}: {_json(value[key])}" for key in value)
            parts.append(f"  {_json(name)}: {{\n{inner}\n  }}")
        else:
            parts.append(f"  {_json(name)}: {_json(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
