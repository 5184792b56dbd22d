"""Coefficients for a plain file of ratings: a row a unit and a column a coder, or a row a rating."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..corpus import natural
from ..errors import AgreementError, DataError, Problem, did_you_mean, quoted
from ..read.draft import clean_ids
from ..read.textfile import read_text_table
from .coefficients import MEASURES
from .estimates import estimate
from .lines import COLUMNS, MOST_CODERS_BY_PAIR

__all__ = ["PlainFile", "agreement_of_file", "read_plain_file"]

NAMED_REFERENCE = ("precision", "recall")
NUMBERS = ("ordinal", "interval", "ratio", "circular", "bipolar")


@dataclass(frozen=True)
class PlainFile:
    """Ratings of one file.

    Parameters
    ----------
    name : str
    values : ndarray of float, shape (M coders, N units)
        nan where a cell is empty.
    domain : ndarray of float, shape (V,)
    words : tuple of str
        What each value of `domain` reads in the file.
    coders : tuple of str
    unit : str
        Heading of the column that names units.
    cluster : ndarray or None
    """

    name: str
    values: np.ndarray
    domain: np.ndarray
    words: tuple[str, ...]
    coders: tuple[str, ...]
    unit: str
    cluster: np.ndarray | None = None


def agreement_of_file(
    path: Path,
    *,
    level: str = "nominal",
    measures: Sequence[str] = (),
    by: str | None = None,
    cluster: str | None = None,
) -> pd.DataFrame:
    """Return coefficients of a plain file as lines of agreement.csv.

    Parameters
    ----------
    path : Path
    level : str
    measures : sequence of str
        Default: every measure that the data allow, those that need a reference coder left out.
    by : str, optional
        ``pair`` adds a line a pair of coders, ``code`` one a value against all others.
    cluster : str, optional
        Column that names the participant or document each unit comes from.

    Raises
    ------
    ConcordError
        If the file cannot be read, or a measure or level does not exist.
    """
    if by not in (None, "code", "pair"):
        raise AgreementError(f"--by takes code or pair. Found {quoted(by)}.")
    file = read_plain_file(path, level, cluster)
    names = list(dict.fromkeys(measures)) or _allowed(file)
    lines = list(_lines(file, names, level, chosen=bool(measures)))
    if by == "pair":
        lines += _pairs(file, names, level, bool(measures))
    if by == "code":
        lines += _values(file, names, bool(measures))
    return pd.DataFrame(lines, columns=COLUMNS)


def read_plain_file(path: Path, level: str, cluster: str | None = None) -> PlainFile:
    """Return the ratings of a file; only an empty cell is missing.

    The first column names the unit and every other a coder, unless the header has ``coder`` and ``value``.

    Raises
    ------
    DataError
        If the file cannot be read, a unit or rating stands twice, or a value is no number where the level
        needs numbers.
    """
    cells = read_text_table(path, path.name).frame
    if cluster is not None and cluster not in cells:
        what = f"there is no such column.{did_you_mean(cluster, cells.columns)}"
        raise DataError(Problem(what, file=path.name, row=1, column=cluster))
    groups = None if cluster is None else clean_ids(cells[cluster])
    rest = cells if cluster is None else cells.drop(columns=cluster)
    table, of_unit = (_long if {"coder", "value"} <= set(rest.columns) else _wide)(rest, groups, path.name)
    values, domain, words = _numbered(table, level, path.name)
    return PlainFile(
        path.stem, values.T, domain, words, tuple(map(str, table.columns)), str(table.index.name), of_unit
    )


def _wide(cells: pd.DataFrame, groups: pd.Series | None, name: str) -> tuple[pd.DataFrame, Any]:
    unit = cells.columns[0]
    ids = clean_ids(cells[unit])
    if len(cells.columns) < 2:
        raise DataError(Problem("has no column of ratings.", file=name, row=1))
    wrong = [Problem("empty.", file=name, row=int(row), column=unit) for row in cells.index[ids.isna()]]
    wrong += [
        Problem(f"{quoted(ids[row])} stands twice.", file=name, row=int(row), column=unit)
        for row in cells.index[ids.duplicated() & ids.notna()]
    ]
    _require_groups(groups, name, wrong)
    if wrong:
        raise DataError(wrong)
    table = cells.drop(columns=unit).apply(clean_ids)
    table.index.name = unit
    return table, None if groups is None else groups.to_numpy(object)


def _long(cells: pd.DataFrame, groups: pd.Series | None, name: str) -> tuple[pd.DataFrame, Any]:
    others = [column for column in cells.columns if column not in ("coder", "value")]
    if len(others) != 1:
        what = f"needs one column beside coder and value, the unit. Found {', '.join(others) or 'none'}."
        raise DataError(Problem(what, file=name, row=1))
    unit = others[0]
    frame = cells[[unit, "coder", "value"]].apply(clean_ids)
    missing = {column: frame[column].isna() for column in (unit, "coder")}
    wrong = [
        Problem("empty.", file=name, row=int(row), column=column)
        for column, rows in missing.items()
        for row in frame.index[rows]
    ]
    twice = frame.duplicated([unit, "coder"])
    wrong += [
        Problem("a second rating of this unit by this coder.", file=name, row=int(row))
        for row in frame.index[twice]
    ]
    _require_groups(groups, name, wrong)
    if wrong:
        raise DataError(wrong)
    units = list(dict.fromkeys(frame[unit]))
    coders = sorted(frame["coder"].unique(), key=natural)
    table = frame.set_index([unit, "coder"])["value"].unstack().reindex(index=units, columns=coders)  # noqa: PD010
    table = table.rename_axis(index=unit, columns=None)
    if groups is None:
        return table, None
    pairs = pd.DataFrame({"unit": frame[unit], "group": groups})
    several = pairs.groupby("unit")["group"].nunique() > 1
    if several.any():
        first = several.index[several][0]
        raise DataError(Problem(f"unit {quoted(first)} is in two clusters.", file=name))
    return table, pairs.drop_duplicates("unit").set_index("unit")["group"].reindex(units).to_numpy(object)


def _require_groups(groups: pd.Series | None, name: str, wrong: list[Problem]) -> None:
    if groups is not None:
        wrong += [
            Problem("empty.", file=name, row=int(row), column=str(groups.name))
            for row in groups.index[groups.isna()]
        ]


def _numbered(table: pd.DataFrame, level: str, name: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Return ratings as numbers, the values in order, and how each reads."""
    found = pd.unique(table.to_numpy(object).ravel())
    words = sorted((word for word in found if not pd.isna(word)), key=natural)
    numbers = {word: _number(word) for word in words}
    if any(number is None for number in numbers.values()):
        if level in NUMBERS:
            raise DataError(_no_numbers(table, numbers, level, name))
        numbers = {word: float(place) for place, word in enumerate(words)}
    values = table.map(lambda cell: np.nan if pd.isna(cell) else numbers[cell]).to_numpy(float)
    domain = np.unique(values[~np.isnan(values)])
    reading = {number: word for word, number in reversed(numbers.items())}
    return values, domain, tuple(reading[number] for number in domain)


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if np.isfinite(number) and not word.casefold().startswith(("nan", "inf")) else None


def _no_numbers(
    table: pd.DataFrame, numbers: dict[str, float | None], level: str, name: str
) -> list[Problem]:
    what = f"level {level} needs numbers. Found "
    return [
        Problem(f"{what}{quoted(cell)}.", file=name, row=place + 2, column=str(column))
        for column in table
        for place, cell in enumerate(table[column])
        if not pd.isna(cell) and numbers[cell] is None
    ]


def _allowed(file: PlainFile) -> list[str]:
    two_coders, two_values = len(file.coders) == 2, len(file.domain) == 2
    return [
        name
        for name, kind in MEASURES.items()
        if name not in NAMED_REFERENCE
        and (two_coders or not kind.two_coders)
        and (two_values or not kind.two_values)
    ]


def _lines(
    file: PlainFile, measures: Sequence[str], level: str, chosen: bool, **about: str
) -> Iterator[dict[str, Any]]:
    for measure in measures:
        if not chosen and MEASURES[measure].two_coders and len(file.coders) != 2:
            continue
        found = estimate(file.values, measure, level=level, domain=file.domain, cluster=file.cluster)
        yield {"variable": file.name, "unit": file.unit, **asdict(found), **about}


def _pairs(file: PlainFile, measures: Sequence[str], level: str, chosen: bool) -> Iterator[dict[str, Any]]:
    if len(file.coders) > MOST_CODERS_BY_PAIR:
        what = f"--by pair is for up to {MOST_CODERS_BY_PAIR} coders; there are {len(file.coders)}."
        raise AgreementError(what)
    names = (
        measures if chosen else list(dict.fromkeys([*measures, *_allowed(replace(file, coders=("", "")))]))
    )
    for i, j in combinations(range(len(file.coders)), 2):
        two = replace(file, values=file.values[[i, j]], coders=(file.coders[i], file.coders[j]))
        name = "|".join(sorted(two.coders, key=natural))
        yield from _lines(two, names, level, chosen, pair=name)


def _values(file: PlainFile, measures: Sequence[str], chosen: bool) -> Iterator[dict[str, Any]]:
    names = measures if chosen else _allowed(replace(file, domain=np.array([0.0, 1.0])))
    for number, word in zip(file.domain, file.words, strict=True):
        present = np.where(np.isnan(file.values), np.nan, file.values == number)
        one = replace(file, values=present, domain=np.array([0.0, 1.0]), words=("no", "yes"))
        yield from _lines(one, names, "nominal", chosen, value=word)
