"""What the runs of a batch are called, and how their settings are said, coders by their published labels."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .contents import digest
from .idlabels import is_label
from .paths import Workspace
from .study import load_study

__all__ = ["AS_IT_IS", "UNSAFE", "apart", "labelled", "labels_of", "run_name", "said"]

AS_IT_IS = "as-it-is"
LONGEST = 96
UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")
NAME_CODERS = ("exclude", "exclude.coder", "inputs", "themes", "themes.counted")
BY_CODER = "coder:"


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


def labels_of(workspace: Workspace, name: str, settings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return coder id -> label, for coders whose ids may be names, where any setting names coders.

    Names of runs, the table of results and the page are published; there a coder is called as in the keys of
    results.
    """
    named = [each[dotted] for each in settings for dotted in NAME_CODERS if dotted in each]
    if all(map(is_label, _texts(named))):
        return {}
    from .consensus import settled_corpus  # loads pandas, which naming most runs can do without
    from .publicresults import PublicResults

    whole = settled_corpus(workspace, load_study(workspace, name, {"exclude": {}}))
    return PublicResults(workspace, load_study(workspace, name), whole).coders


def labelled(settings: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return settings with coders called by their labels.

    Examples
    --------
    >>> labelled({"exclude.coder": ["Annika", "B"], "seed": 7}, {"Annika": "coder 1"})
    {'exclude.coder': ['coder 1', 'B'], 'seed': 7}
    >>> labelled({"themes.counted": "coder:Annika"}, {"Annika": "coder 1"})
    {'themes.counted': 'coder:coder 1'}
    """
    return {
        dotted: _labelled(value, labels) if dotted in NAME_CODERS else value
        for dotted, value in settings.items()
    }


def _labelled(value: Any, labels: Mapping[str, str]) -> Any:
    if isinstance(value, list | tuple):
        return [_labelled(each, labels) for each in value]
    if isinstance(value, dict):
        return {key: _labelled(each, labels) for key, each in value.items()}
    if isinstance(value, str) and value.startswith(BY_CODER):
        return BY_CODER + labels.get(value.removeprefix(BY_CODER), value.removeprefix(BY_CODER))
    return labels.get(str(value), value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
    elif value is not None:
        yield str(value)


def run_name(
    study: str, overrides: Mapping[str, Any], settings: Sequence[str], always: Mapping[str, Any]
) -> str:
    """Return a name that reads well.

    A larger grid keeps it, and so the folder, unless it varies another setting whose name ends alike.
    """
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


def apart(names: Sequence[str], overrides: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return names that differ and are short enough for a folder."""
    folded = Counter(name.casefold() for name in names)
    return [
        name if len(name) <= LONGEST and folded[name.casefold()] == 1 else _hashed(name, given)
        for name, given in zip(names, overrides, strict=True)
    ]


def _hashed(name: str, overrides: Mapping[str, Any]) -> str:
    return f"{name[: LONGEST - 9]}-{digest(json.dumps(dict(overrides), sort_keys=True))[:8]}"
