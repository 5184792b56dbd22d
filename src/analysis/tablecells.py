"""Cells of the tables and figures that a run leaves, found by column and value, without pandas."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from .errors import ClaimsError, Problem, did_you_mean, quoted
from .paths import Workspace

__all__ = ["Absent", "Cells", "Tables", "parse_cells", "printed_cells", "tables_of"]

NAME = re.compile(r"(?:figures/)?[A-Za-z0-9_][A-Za-z0-9_.-]*?(?:\.csv)?")
EVERYTHING: dict[str, tuple[str, ...]] = {  # what a column says on a line about everything
    "rollup": ("", "as_coded"),
    "group": ("", "all"),
} | dict.fromkeys(("code_id", "value", "pair", "case_id", "document_id", "stage", "round"), ("",))
BASES = ("n_asked", "n_group", "n_units", "n_base")
BASELESS = ("n_segments",)  # no base on its line: the others count participants


class Absent(Exception):
    """A table, column or line that a claim speaks of is not there; says what is."""


@dataclass(frozen=True)
class Cells:
    """A table as text, cell by cell.

    Parameters
    ----------
    name : str
        As people know the file, such as ``themes.csv``.
    columns : tuple of str
    rows : list of dict
        Column -> cell.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[dict[str, str]]

    def line(self, where: Mapping[str, Any]) -> dict[str, str]:
        """Return the one line that fits; columns that `where` leaves out stand for everything.

        Raises
        ------
        Absent
            If no line fits, or several.
        """
        for column in where:
            self.require(column)
        fitting = [row for row in self.rows if all(_same(row[name], value) for name, value in where.items())]
        if not fitting:
            raise Absent(f"no line of {self.name} has {_said(where)}.{self._nearest(where)}")
        if len(fitting) > 1:
            left = [name for name in EVERYTHING if name in self.columns and name not in where]
            fitting = [r for r in fitting if all(r[name] in EVERYTHING[name] for name in left)] or fitting
        if len(fitting) > 1:
            differ = [c for c in self.columns if c not in where and len({row[c] for row in fitting}) > 1]
            raise Absent(
                f"{len(fitting)} lines of {self.name} have {_said(where)}; "
                f"say which by {' or '.join(differ[:3]) or 'another column'}"
            )
        return fitting[0]

    def require(self, column: str) -> None:
        """Refuse a column that is not there.

        Raises
        ------
        Absent
        """
        if column not in self.columns:
            raise Absent(f"{self.name} has no column {quoted(column)}.{did_you_mean(column, self.columns)}")

    def base(self, line: Mapping[str, str], column: str) -> int | None:
        """Return what a count of participants or units is a part of, where the line says it."""
        if column in (*BASES, *BASELESS):
            return None
        found = next((line[name] for name in BASES if line.get(name)), None)
        return int(float(found)) if found else None

    def _nearest(self, where: Mapping[str, Any]) -> str:
        for name, value in where.items():
            known = {row[name] for row in self.rows}
            if not any(_same(each, value) for each in known):
                return did_you_mean(str(value), sorted(each for each in known if len(each) < 60))
        return ""


Tables = Callable[[str], Cells]
"""Takes the name of a table as a claim gives it; raises :class:`Absent`."""


def tables_of(workspace: Workspace, study: str) -> Tables:
    """Return a reader of what a study's run left: derived tables, and data of figures."""
    read: dict[str, Cells] = {}

    def table(name: str) -> Cells:
        if name not in read:
            path, label = table_path(workspace, study, name)
            if not path.is_file():
                raise Absent(f"{label} is not there.{did_you_mean(name, _names(workspace, study))}")
            read[name] = parse_cells(path.read_text("utf-8-sig"), label)
        return read[name]

    return table


def table_path(workspace: Workspace, study: str, name: str) -> tuple[Path, str]:
    """Return where a table stands that a claim names, and its name for people.

    Raises
    ------
    Absent
        If the name is none of a table.
    """
    if not NAME.fullmatch(name) or ".." in name:
        raise Absent(f"{quoted(name)} is no name of a table")
    label = f"{name.removesuffix('.csv')}.csv"
    folder = workspace.reports(study) if name.startswith("figures/") else workspace.derived(study)
    return folder / label, label


def parse_cells(text: str, name: str) -> Cells:
    """Return a table from CSV.

    Examples
    --------
    >>> parse_cells("code_id,n\\nT1,4\\n", "themes.csv").line({"code_id": "T1"})["n"]
    '4'
    """
    rows = list(csv.reader(text.splitlines(keepends=True)))
    columns = tuple(rows[0]) if rows else ()
    width = len(columns)
    return Cells(
        name,
        columns,
        [dict(zip(columns, [*row, *[""] * width][:width], strict=True)) for row in rows[1:] if row],
    )


def printed_cells(path: Path, by: Sequence[str]) -> Cells:
    """Return the printed cells of a whole table, from the CSV that the study's people made.

    Raises
    ------
    ClaimsError
        If the file is not there, is no UTF-8, lacks a column of `by` or has a line twice.
    """
    name = f"{path.parent.name}/{path.name}" if path.parent.name == "claims" else path.name
    try:
        table = parse_cells(path.read_text("utf-8-sig"), name)
    except FileNotFoundError:
        raise ClaimsError(Problem("there is no such file in the study's folder.", file=name)) from None
    except (UnicodeDecodeError, csv.Error):
        raise ClaimsError(Problem("is no CSV in UTF-8.", file=name)) from None
    missing = [column for column in by if column not in table.columns]
    problems = [
        Problem(f"has no column {quoted(c)}, which `by` names.{did_you_mean(c, table.columns)}", file=name)
        for c in missing
    ]
    first: dict[tuple[str, ...], int] = {}
    for row, line in enumerate([] if missing else table.rows, start=2):
        names = tuple(line[column] for column in by)
        if names in first:
            problems.append(Problem(f"names the same line as row {first[names]}.", file=name, row=row))
        first.setdefault(names, row)
    if problems:
        raise ClaimsError(problems)
    return table


def _names(workspace: Workspace, study: str) -> list[str]:
    derived = [path.stem for path in workspace.derived(study).glob("*.csv")]
    return sorted([*derived, *(f"figures/{p.stem}" for p in workspace.reports(study).glob("figures/*.csv"))])


def _same(cell: str, wanted: Any) -> bool:
    """Tell whether a cell is what is asked for: as text, or as a number however it is written."""
    if wanted is None or wanted == "":
        return cell == ""
    if isinstance(wanted, bool):
        return cell.casefold() in (("true", "yes", "1") if wanted else ("false", "no", "0"))
    text = str(wanted)
    if cell == text:
        return True
    try:
        return Decimal(cell) == Decimal(text)
    except InvalidOperation:
        return False


def _said(where: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {quoted(value)}" for name, value in where.items()) or "no condition"
