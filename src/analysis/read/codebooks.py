"""Codebooks of several files brought together: codes meet where their paths agree, not by their name alone.

`Time` below Barriers and `Time` below Facilitators are two codes. One path may still leave out what stands
above: a tool that writes no hierarchy, or one with a folder around all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from .draft import Draft
from .formats import is_export
from .ids import PATH, clean_name

__all__ = ["meet_codes"]

Path = tuple[str, ...]


@dataclass
class _Known:
    """The codes of the files before: paths of ids, and ids by the last name of their path."""

    paths: dict[str, Path] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)

    def add(self, code: str, path: Path) -> None:
        if code not in self.paths:
            self.paths[code] = path
            self.by_name.setdefault(path[-1], []).append(code)

    def alike(self, path: Path, *, exact: bool) -> list[str]:
        """Return the codes at a path, or at one that says more or less of what stands above."""
        named = self.by_name.get(path[-1], [])
        return [
            code for code in named if (self.paths[code] == path if exact else _fits(self.paths[code], path))
        ]


def meet_codes(drafts: Sequence[Draft]) -> tuple[list[Draft], list[str]]:
    """Return the drafts with the codes of exports under the ids that other files have for them.

    Codes at one path are one code; so are two of a name where one path is the end of the other and no third
    fits. Others of the same id are kept apart, under their path. Tables that people wrote stay as they are.

    Returns
    -------
    drafts : list of Draft
    warnings : list of str
        With counts.
    """
    exported = [is_export(draft.facts.get("format")) for draft in drafts]
    known = _Known()
    met = list(drafts)
    warnings: list[str] = []
    for i in sorted(range(len(drafts)), key=lambda i: exported[i]):
        paths = _paths(met[i], named=exported[i])
        ids = dict(zip(paths, paths, strict=True))
        if exported[i] and known.paths:
            ids, said = _ids(paths, known, drafts[i].file)
            met[i] = _renamed(met[i], ids)
            warnings += said
        for code, path in paths.items():
            known.add(ids[code], path)
    return met, warnings


def _paths(draft: Draft, *, named: bool) -> dict[str, Path]:
    """Return code id -> names from the outermost; in tables that people wrote the ids are the names."""
    codes = draft.tables.get("codes")
    if codes is None or "code_id" not in codes:
        return {}
    rows = codes.dropna(subset=["code_id"]).drop_duplicates("code_id")
    ids = rows["code_id"].astype(str).tolist()
    above = rows["parent_id"] if "parent_id" in rows else pd.Series(pd.NA, index=rows.index)
    parent = {code: str(up) for code, up in zip(ids, above, strict=True) if not pd.isna(up)}
    names = {code: code.rpartition(PATH)[2] for code in ids}
    if named and "name" in rows:
        given = zip(ids, rows["name"], strict=True)
        names |= {code: clean_name(name) or code for code, name in given if not pd.isna(name)}
    return {code: _path(code, names, parent) for code in ids}


def _path(code: str, names: dict[str, str], parent: dict[str, str]) -> Path:
    path: list[str] = []
    seen: set[str] = set()
    here: str | None = code
    while here is not None and here not in seen:
        seen.add(here)
        path.insert(0, names.get(here, here))
        here = parent.get(here)
    return tuple(path)


def _fits(one: Path, other: Path) -> bool:
    short, long = sorted((one, other), key=len)
    return long[-len(short) :] == short


def _ids(paths: dict[str, Path], known: _Known, file: str) -> tuple[dict[str, str], list[str]]:
    ids = _met(paths, known)
    loose = sum(known.paths[there] != paths[code] for code, there in ids.items())
    apart = [code for code in paths if code not in ids and code in known.paths]
    used = {*known.paths, *paths, *ids.values()}
    for code in apart:
        path = PATH.join(paths[code])
        ids[code] = path if path not in used else f"{code} ({file})"
        used.add(ids[code])
    said = []
    if apart:
        said.append(
            f"{file}: {len(apart)} codes are named as in another file but stand below other codes; they are "
            "kept apart, under their path."
        )
    if loose:
        said.append(
            f"{file}: {loose} codes are named as in another file and only one of the two says what stands "
            "above, or how far up; they were taken for the same."
        )
    return {code: ids.get(code, code) for code in paths}, said


def _met(paths: dict[str, Path], known: _Known) -> dict[str, str]:
    """Return the codes that other files have, each with its id there; paths that are equal go first."""
    ids: dict[str, str] = {}
    times = Counter(paths.values())
    for exact in (True, False):
        taken = set(ids.values())
        found = {
            code: [each for each in known.alike(path, exact=exact) if each not in taken]
            for code, path in paths.items()
            if code not in ids
        }
        ids |= {code: code for code, there in found.items() if code in there}
        wanted = Counter(each for there in found.values() for each in there)
        for code, there in found.items():
            sure = len(there) == 1 and times[paths[code]] == 1 and wanted[there[0]] == 1
            if code not in ids and sure:
                ids[code] = there[0]
    return ids


def _renamed(draft: Draft, ids: dict[str, str]) -> Draft:
    changed = {code: other for code, other in ids.items() if code != other}
    if not changed:
        return draft
    tables = dict(draft.tables)
    columns = [name for name in ("code_id", "parent_id") if name in tables["codes"]]
    codes = tables["codes"]
    tables["codes"] = codes.assign(**{column: _other(codes[column], changed) for column in columns})
    if "codings" in tables:
        tables["codings"] = tables["codings"].assign(value=_other(tables["codings"]["value"], changed))
    return replace(draft, tables=tables)


def _other(cells: pd.Series, changed: dict[str, str]) -> pd.Series:
    return cells.map(changed).astype("string").fillna(cells)
