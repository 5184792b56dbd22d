"""Who made each coding of a REFI-QDA project; what the tool's own user made is left out."""

from __future__ import annotations

import pandas as pd

from ..inputs import Input
from .ids import clean_name, unique_ids
from .refi_rows import ProjectXml

__all__ = ["by_people", "coder_names", "coders_of"]

BUILT_IN = {"atlas.ti"}


def coder_names(xml: ProjectXml) -> dict[str, str]:
    """Return GUID -> coder, of everybody who made a coding, or a selection whose codings name nobody."""
    of_areas = (user or area.user for area in xml.areas for user, _, _ in area.codings)
    guids = dict.fromkeys([*xml.guids["user"], *xml.marks.user_from_selection.values(), *of_areas])
    return unique_ids({guid: [xml.users.get(guid, "")] for guid in guids if guid}, "user")


def coders_of(rows: pd.DataFrame, xml: ProjectXml, given: Input, warnings: list[str]) -> pd.Series:
    """Return the coder of each coding, missing where nobody is named.

    Parameters
    ----------
    rows : DataFrame
        Codings: number, and user as the running number of a GUID.
    warnings : list of str
        Takes what a person should know.
    """
    if given.all_by:
        return pd.Series(given.all_by, index=rows.index, dtype="string")
    guids = xml.guids["user"]
    names = coder_names(xml)
    known = pd.array([*(names[guid] for guid in guids), pd.NA], dtype="string")
    coders = pd.Series(known.take(rows["user"].to_numpy()), index=rows.index)  # -1: the last, nobody
    unnamed = coders.isna()
    if unnamed.any() and given.coder is None:
        found = _of_selections(rows.loc[unnamed, "number"], xml, names)
        coders[unnamed] = found
        taken = int(found.notna().sum())
        if taken:
            warnings.append(f"{given.file}: {taken} codings name no coder; taken from their selection.")
    coders = coders.fillna(given.coder) if given.coder else coders
    warnings += _about_users(xml, names, given.file)
    return coders


def _of_selections(numbers: pd.Series, xml: ProjectXml, names: dict[str, str]) -> pd.Series:
    """Return who made the selection around codings that name nobody."""
    by = xml.marks.user_from_selection
    makers = [names.get(by.get(number, "")) for number in numbers.tolist()]
    return pd.Series(makers, index=numbers.index, dtype="string")


def _about_users(xml: ProjectXml, names: dict[str, str], file: str) -> list[str]:
    said = []
    strangers = sum(guid not in xml.users for guid in names)
    if strangers:
        said.append(f"{file}: {strangers} coders are not among the project's users.")
    twins = sum(name != (clean_name(xml.users.get(guid)) or name) for guid, name in names.items())
    if twins:
        said.append(
            f"{file}: {twins} users share a name and were kept apart by GUID. Map them to one coder "
            "with `coders` in study.yml if they are one person."
        )
    return said


def by_people(coders: pd.Series, given: Input) -> pd.Series:
    """Return which codings to keep: none of the tool's own user, unless nobody else coded."""
    theirs = coders.str.casefold().isin(BUILT_IN).fillna(False)
    if theirs.all() or given.all_by:
        return pd.Series(True, index=coders.index)
    return ~theirs
