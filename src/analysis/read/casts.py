"""Cells of text made what their column's kind says they are, and what is wrong with those that are not."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ..errors import Problem, cell
from ..schemas import DTYPES, FALSE, FILE, PRIVATE, ROW, TABLES, TRUE, Column

__all__ = ["typed"]


def typed(name: str, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a table with typed cells, and everything that is wrong with single cells.

    Parameters
    ----------
    name : str
        Name of the table.
    raw : DataFrame
        Text cells (missing where empty) with the private columns ``_file`` and ``_row``.

    Returns
    -------
    frame : DataFrame
        Same rows; ids and words as text, counts as Int64, numbers as Float64, flags as boolean.
    problems : list of Problem
        One a wrong cell, with file, row and column.
    """
    table = TABLES[name]
    columns = dict(raw.items())
    problems: dict[tuple[int, str], Problem] = {}
    for column, spec in table.columns.items():
        if column not in raw:
            columns[column] = pd.Series(pd.NA, index=raw.index, dtype=DTYPES.get(spec.kind, "string"))
            continue
        counted = spec.kind in _NUMBERS and raw[column].dtype.kind in "iuf"  # else as text, as files hold it
        columns[column], wrong = _CASTS[spec.kind](raw[column] if counted else raw[column].astype("string"))
        for index in raw.index[wrong.to_numpy(bool)]:
            problems[index, column] = _problem(raw, index, column, f"must be {_ASKED[spec.kind]}")
    frame = pd.DataFrame(columns, index=raw.index)
    for index, column, check in _failures(name, frame):
        among = table.columns[column].among
        what = f"must be one of {', '.join(among)}" if check == "among" else "empty"
        problems.setdefault((index, column), _problem(raw, index, column, what))
    return frame, list(problems.values())


@cache
def _schema(name: str) -> pa.DataFrameSchema:
    columns = {
        column: pa.Column(
            nullable=not spec.required,
            checks=[pa.Check.isin(spec.among, error="among")] if spec.among else [],
        )
        for column, spec in TABLES[name].columns.items()
        if spec.required or spec.among
    }
    return pa.DataFrameSchema(columns)


def _fits(cells: pd.Series, spec: Column) -> bool:
    """Tell whether a column holds nothing that the table's schema refuses."""
    empty = cells.isna()
    missing = spec.required and bool(empty.any())
    return not missing and (not spec.among or bool((empty | cells.isin(spec.among)).all()))


def _failures(name: str, frame: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Return (index, column, check) of every cell that the table's schema refuses."""
    if all(_fits(frame[column], spec) for column, spec in TABLES[name].columns.items()):
        return []  # nearly always, and naming failures takes a hundred times as long
    try:
        _schema(name).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as found:
        cases = found.failure_cases.dropna(subset=["index"])
        return [
            (int(i), str(c), str(k))
            for i, c, k in zip(cases["index"], cases["column"], cases["check"], strict=True)
        ]
    return []


def _problem(raw: pd.DataFrame, index: int, column: str, what: str) -> Problem:
    given = raw.at[index, column] if column in raw else pd.NA
    shown = "" if pd.isna(given) or column in PRIVATE else f". Found {cell(given)}"
    return Problem(f"{what}{shown}.", file=raw.at[index, FILE], row=int(raw.at[index, ROW]), column=column)


def _cast_text(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    return cells, pd.Series(False, index=cells.index)


def _cast_number(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    numbers = pd.to_numeric(cells, errors="coerce").astype("Float64")
    numbers = numbers.mask(~np.isfinite(numbers.astype("float64").fillna(0)))
    return numbers, cells.notna() & numbers.isna()


def _cast_whole(cells: pd.Series, least: int) -> tuple[pd.Series, pd.Series]:
    numbers, wrong = _cast_number(cells)
    fits = ((numbers == numbers.round()) & (numbers >= least)).fillna(False).astype(bool)
    return numbers.where(fits).astype("Int64"), wrong | (numbers.notna() & ~fits)


def _cast_flag(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    words = cells.str.strip().str.casefold()
    flags = pd.Series(pd.NA, index=cells.index, dtype="boolean")
    flags[words.isin(TRUE)] = True
    flags[words.isin(FALSE)] = False
    return flags, cells.notna() & flags.isna()


_CASTS = {
    "id": _cast_text,
    "word": _cast_text,
    "text": _cast_text,
    "number": _cast_number,
    "count": lambda cells: _cast_whole(cells, 0),
    "order": lambda cells: _cast_whole(cells, 1),
    "flag": _cast_flag,
}
_NUMBERS = ("number", "count", "order")
_ASKED = {
    "number": "a number",
    "count": "a whole number from 0 up",
    "order": "a whole number from 1 up",
    "flag": "yes or no",
}
