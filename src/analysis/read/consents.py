"""Consent as tools' files state it: read only where it is plain, and of two statements the stricter holds."""

from __future__ import annotations

import pandas as pd

from ..schemas import FALSE, TABLES, TRUE, typed
from .draft import of_file

__all__ = ["STRICTER", "stricter", "strictest", "unreadable"]

STRICTER = {"consent_quote": FALSE, "consent_share": FALSE, "withdrawn": TRUE}
OURS = [column for column in TABLES["cases"].columns if column != "case_id"]


def stricter(column: str, one: str, other: str) -> str:
    """Return which of two statements holds: the first, unless the second takes consent away.

    Examples
    --------
    >>> stricter("consent_quote", "yes", "No"), stricter("group", "staff", "patient")
    ('No', 'staff')
    """
    return other if other.strip().casefold() in STRICTER.get(column, ()) else one


def strictest(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return text cells of cases in which a refusal of consent stands in each row of its participant."""
    changed = {}
    for column in rows.columns.intersection(list(STRICTER)):
        strict = rows[column].str.strip().str.casefold().isin(STRICTER[column])
        said = rows[column].where(strict).groupby([rows[name] for name in key]).transform("first")
        changed[column] = said.fillna(rows[column])
    return rows.assign(**changed)


def unreadable(cases: pd.DataFrame, file: str) -> list[str]:
    """Return columns of ours in which a tool's attributes hold what they cannot mean, such as "ask again"."""
    if cases.empty:
        return []
    _, problems = typed("cases", of_file(cases, file))
    wrong = {problem.column for problem in problems}
    return [column for column in OURS if column in wrong]
