"""Ids that people can read, for things that tools know by GUID."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["clean_name", "name_path", "unique_ids"]

PATH = " > "
SHOWN = 8


def clean_name(name: str | None) -> str:
    """Return a name in NFC, without white space around it, on one line."""
    return unicodedata.normalize("NFC", " ".join((name or "").split()))


def name_path(things: Mapping[str, Any], key: str | None) -> list[str]:
    """Return the names from the outermost thing to `key`, each with `name` and the key of its `parent`."""
    names: list[str] = []
    seen: set[str] = set()
    while key is not None and key in things and key not in seen:
        seen.add(key)
        names.insert(0, things[key].name)
        key = things[key].parent
    return names


def unique_ids(paths: Mapping[str, Sequence[str]], kind: str = "case") -> dict[str, str]:
    """Return key -> id: the name, where several share it the path of names, else name and start of the key.

    The same project exported twice gives the same ids.

    Parameters
    ----------
    paths : mapping
        Key, such as a GUID -> names from the outermost to the thing's own.
    kind : str
        What a nameless thing is called.

    Examples
    --------
    >>> unique_ids({"a1": ["Trust"], "b2": ["Staff", "Time"], "c3": ["Clients", "Time"]})
    {'a1': 'Trust', 'b2': 'Staff > Time', 'c3': 'Clients > Time'}
    """
    cleaned = {key: [clean_name(part) for part in path] for key, path in paths.items()}
    short = {key: (path[-1] if path else "") or f"{kind} {key[:SHOWN]}" for key, path in cleaned.items()}
    ids = _where_alone(
        short, {key: PATH.join(filter(None, path)) or short[key] for key, path in cleaned.items()}
    )
    ids = _where_alone(ids, {key: f"{name} ({key[:SHOWN]})" for key, name in ids.items()})
    return _where_alone(ids, {key: f"{name} ({n})" for n, (key, name) in enumerate(ids.items(), start=1)})


def _where_alone(names: Mapping[str, str], longer: Mapping[str, str]) -> dict[str, str]:
    """Return each name where nothing else has it, else the longer one."""
    times = Counter(names.values())
    return {key: name if times[name] == 1 else longer[key] for key, name in names.items()}
