"""Attributes as tools' files name them; consent as they state it: of two statements the stricter holds."""

from __future__ import annotations

import pandas as pd

from ..schemas import FALSE, FILE, ROW, TABLES, TRUE
from .casts import typed
from .draft import of_file
from .ids import clean_name

__all__ = ["STRICTER", "as_variable", "attribute_column", "say", "stricter", "strictest", "unreadable"]

STRICTER = {"consent_quote": FALSE, "consent_share": FALSE, "withdrawn": TRUE}
OURS = [column for column in TABLES["cases"].columns if column != "case_id"]


def attribute_column(attribute: str) -> str:
    """Return an attribute's name as a column of cases; one that is ours keeps its meaning in any case.

    Examples
    --------
    >>> attribute_column(" Withdrawn"), attribute_column("Age  group"), attribute_column("Case_ID")
    ('withdrawn', 'Age group', 'Case_ID (variable)')
    """
    name = clean_name(attribute)
    ours = name.casefold()
    if ours in (FILE, ROW, "case_id"):
        return as_variable(name)
    return ours if ours in OURS else name.lstrip("_") or "attribute"


def as_variable(name: str) -> str:
    """Return the name of an attribute whose own name is taken."""
    return f"{name} (variable)"


def say(known: dict[str, str], column: str, value: str) -> None:
    """Add what is said of a participant, in place; what was said before stands if it takes consent away."""
    known[column] = stricter(column, value, known[column]) if column in known else value


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
