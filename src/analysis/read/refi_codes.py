"""The codebook of a REFI-QDA project: ids that people can read, parents, definitions."""

from __future__ import annotations

import pandas as pd

from ..schemas import ROW
from .draft import of_file
from .ids import clean_name, name_path, unique_ids
from .refi_rows import ProjectXml

__all__ = ["code_ids", "code_table", "of_codebook"]


def code_ids(project: ProjectXml) -> dict[str, str]:
    """Return GUID -> code id: the name, with the names above it where several codes share one."""
    return unique_ids({guid: name_path(project.codes, guid) for guid in project.codes}, "code")


def code_table(project: ProjectXml, file: str) -> pd.DataFrame:
    """Return the codes in the order of the file."""
    ids = code_ids(project)
    known = {row.name: guid for guid, row in reversed(project.codes.items())}
    rows = []
    for guid, row in project.codes.items():
        above = row.parent
        if above is None and "::" in row.name:  # ATLAS.ti writes sub-codes flat, as Coke::diet Coke
            above = known.get(row.name.rpartition("::")[0])
        parent = ids.get(above or "")
        rows.append((ids[guid], clean_name(row.name) or ids[guid], parent, row.description, row.line))
    words = ["code_id", "name", "parent_id", "definition"]
    frame = pd.DataFrame(rows, columns=[*words, ROW]).astype(dict.fromkeys(words, "string"))
    return of_file(frame, file)


def of_codebook(project: ProjectXml) -> dict[str, int]:
    """Return what the table of codes cannot hold: a folder stays above its codes, but as a code like them."""
    return {
        "groups of codes": sum(bool(each.codes) for each in project.sets),
        "marks that a code is a folder": sum(not each.codable for each in project.codes.values()),
    }
