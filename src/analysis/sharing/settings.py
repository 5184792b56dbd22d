"""study.yml and claims.yml as they go into a bundle, beside the tables that were written for it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from .. import yamlfile
from ..errors import ClaimsError, StudyError
from .renaming import Renaming

__all__ = ["shared_cells", "shared_claims", "shared_settings"]

CONDITIONS = {
    "case": "case_id",
    "document": "document_id",
    "speaker": "speaker",
    "coder": "coder_id",
}


def shared_settings(path: Path, tables: Sequence[str], names: Renaming | None) -> str:
    """Return study.yml for the tables of a bundle.

    What was read from the inputs is in the tables already: names of coders in files, and the list of names
    that nothing published may hold, stay behind.

    Parameters
    ----------
    path : Path
        The study's own study.yml.
    tables : sequence of str
        Files that take the place of its inputs.
    names : Renaming or None
        New names of a bundle without text, which then says so: its policy is text_free.
    """
    data, _ = yamlfile.load(path, StudyError)
    data = {**data, "inputs": [{"file": name} for name in tables]}
    data.pop("coders", None)
    disclosure = {k: v for k, v in data["disclosure"].items() if k != "names"}
    if names is not None:
        disclosure = {k: v for k, v in disclosure.items() if k not in ("allowed", "indirect", "reviewed")}
        disclosure["policy"] = "text_free"
        _rename(data, names)
    return _dumped({**data, "disclosure": disclosure})


def shared_claims(path: Path, names: Renaming | None) -> str:
    """Return claims.yml for a bundle; without text, the sentences go and the keys take new names."""
    data, _ = yamlfile.load(path, ClaimsError)
    if names is None:
        return path.read_text("utf-8-sig")
    return _dumped([_claim(dict(claim), names) for claim in data])


def shared_cells(text: str, names: Renaming | None) -> str:
    """Return printed cells of a whole table under the names of a bundle."""
    if names is None:
        return text
    rows = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO(newline="")
    head = rows[0] if rows else []
    for row in rows:
        named = [str(names.setting(c, cell)) for c, cell in zip(head, row, strict=False)]
        csv.writer(out, lineterminator="\n").writerow(row if row is head else named)
    return out.getvalue()


def _claim(claim: dict[str, Any], names: Renaming) -> dict[str, Any]:
    claim.pop("says", None)
    if "result" in claim:
        claim["result"] = names.key(claim["result"])
    if "results" in claim:
        claim["results"] = {names.key(key): printed for key, printed in claim["results"].items()}
    if "where" in claim:
        claim["where"] = {column: names.setting(column, value) for column, value in claim["where"].items()}
    return claim


def _rename(data: dict[str, Any], names: Renaming) -> None:
    """Put new names where settings name somebody."""
    data["agreement"] = _filtered(data.get("agreement", {}), names)
    data["variables"] = {name: _filtered(each, names) for name, each in data.get("variables", {}).items()}
    if "exclude" in data:
        data["exclude"] = _conditions(data["exclude"], names.setting)
    if "double_coding" in data:
        data["double_coding"] = {k: v for k, v in data["double_coding"].items() if k != "by"}
    counted = str(data.get("themes", {}).get("counted", ""))
    if counted.startswith("coder:"):
        coder = names.coders.get(counted.removeprefix("coder:"), "")
        data["themes"] = {**data["themes"], "counted": f"coder:{coder}"}


def _filtered(part: Mapping[str, Any], names: Renaming) -> dict[str, Any]:
    changed = dict(part)
    if "where" in changed:
        changed["where"] = _conditions(changed["where"], names.setting)
    return changed


def _conditions(where: Mapping[str, Any], change: Callable[[str, object], object]) -> dict[str, Any]:
    return {name: change(CONDITIONS.get(name, name), value) for name, value in where.items()}


def _dumped(data: Any) -> str:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
