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
from ..printed import read_printed, read_range
from ..printedtables import EMPTY
from .renaming import IN_CLAIMS, WITHHELD, Renaming

__all__ = ["shared_cells", "shared_claims", "shared_settings"]

UNSAID = "the study itself says why; words are withheld here"
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


def shared_cells(text: str, names: Renaming | None, claim: Mapping[str, Any]) -> str:
    """Return printed cells of a whole table under the names of a bundle; numbers stay, other words do not.

    Parameters
    ----------
    text : str
    names : Renaming or None
    claim : mapping
        The claim that they belong to: says which headings are columns, and which are values of one.
    """
    if names is None:
        return text
    head, *rows = list(csv.reader(io.StringIO(text, newline=""))) or [[]]
    by, across = claim.get("by", []), claim.get("across")
    columns = [claim["column"] if across and heading not in by else heading for heading in head]
    out = io.StringIO(newline="")
    write = csv.writer(out, lineterminator="\n").writerow
    write([_told(across, each, names) if across and each not in by else each for each in head])
    for row in rows:
        of_codes = _is_of_codes({**claim.get("where", {}), **dict(zip(head, row, strict=False))})
        write([_told(c, cell, names, of_codes) for c, cell in zip(columns, row, strict=False)])
    return out.getvalue()


def _claim(claim: dict[str, Any], names: Renaming) -> dict[str, Any]:
    """Return a claim without words of anybody's, under new names: its numbers are what they were."""
    told = {name: value for name, value in claim.items() if name not in ("says", "note")}
    if "because" in told:
        told["because"] = UNSAID
    if "known_difference" in told:
        told["known_difference"] = {
            "recomputed": told["known_difference"].get("recomputed"),
            "because": UNSAID,
        }
    if "result" in told:
        told["result"] = names.key(told["result"])
    if "results" in told:
        told["results"] = {names.key(key): printed for key, printed in told["results"].items()}
    of_codes = _is_of_codes(told.get("where", {}))
    if "where" in told:
        told["where"] = {c: names.told(c, value, of_codes) for c, value in told["where"].items()}
    if "column" in told and "printed" in told:
        same = told["printed"] == _told(told["column"], told["printed"], names, of_codes)
        told["printed"] = told["printed"] if same else WITHHELD  # a new name is not what is printed
    return told


def _told(column: str, cell: str, names: Renaming, of_codes: bool = False) -> str:
    """Return a printed cell: a number as it is, a name under its new one, other words withheld."""
    is_number = column not in IN_CLAIMS and (read_printed(cell) or read_range(cell)) is not None
    return cell if is_number or cell in EMPTY else str(names.told(column, cell, of_codes))


def _is_of_codes(line: Mapping[str, Any]) -> bool:
    return line.get("variable") == "codes"


def _rename(data: dict[str, Any], names: Renaming) -> None:
    """Put new names where settings name somebody."""
    data["agreement"] = _filtered(data.get("agreement", {}), names)
    data["variables"] = {name: _filtered(each, names) for name, each in data.get("variables", {}).items()}
    if "exclude" in data:
        renamed = _conditions(data["exclude"], names.setting)
        data["exclude"] = {kind: [e for e in each if e != WITHHELD] for kind, each in renamed.items()}
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
