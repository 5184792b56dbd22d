"""Tidy CSV tables, one fact a row, recognised by file name or by the table named in study.yml."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..errors import DataError, Problem, did_you_mean, quoted
from ..inputs import Input
from ..schemas import FILE, ROW, TABLES, Table
from .draft import Draft, clean_ids
from .textfile import read_text_table

__all__ = ["fits_table", "read_tidy", "table_named"]

ATTRIBUTE = 0.8  # a column of cases closer than this to a known one is a slip of it, not an attribute
PLACED = {"segment_id", "document_id", "start", "end", "coder_id", "value"}  # as `concord export` writes CSV
FILLED_BY_STUDY = {"codings": ("variable", "stage", "round", "coder_id"), "assignments": ("stage", "round")}


def table_named(file: str) -> str | None:
    """Return the table that a file's name says, such as codings for ``codings.csv``.

    A round may follow: ``assignments-round-2.csv``.
    """
    stem = re.sub(r"-round-\d+$", "", Path(file).stem.casefold())
    return stem if stem in TABLES and Path(file).suffix.casefold() in (".csv", ".tsv", ".txt") else None


def fits_table(name: str, rows: Sequence[Sequence[str | None]]) -> bool:
    """Return whether a first row has the columns that a table cannot do without and study.yml cannot give."""
    needed = set(TABLES[name].required).difference(FILLED_BY_STUDY.get(name, ()))
    return bool(rows) and needed <= {(cell or "").strip() for cell in rows[0]}


def read_tidy(path: Path, given: Input) -> Draft:
    """Return the one table that a tidy file holds.

    Parameters
    ----------
    path : Path
        The file itself.
    given : Input
        Its line in study.yml: stage, round and coder fill the columns that the file lacks.

    Raises
    ------
    DataError
        If the file cannot be read, its table is not known, or its header does not fit the table.
    """
    name = given.table or table_named(given.file)
    if name is not None and name not in TABLES:
        raise _of_no_table(name, given)
    raw = read_text_table(path, given.file, given.encoding)
    names = [name] if name else ["codings", "segments"] if set(raw.frame.columns) >= PLACED else []
    if not names:
        raise _of_no_table(Path(given.file).stem, given)
    tables: dict[str, pd.DataFrame] = {}
    ignored = set(raw.frame.columns)
    for each in names:
        known = [column for column in raw.frame.columns if column in TABLES[each].columns]
        cells = raw.frame if len(names) == 1 else raw.frame[known]
        tables[each], unused = _known_columns(TABLES[each], each, cells, given)
        ignored -= set(cells.columns) - set(unused)
        _clean(tables[each], TABLES[each])
    if len(names) > 1:  # a segment stands in as many rows as it has codings
        columns = tables["segments"].columns.difference([ROW])
        tables["segments"] = tables["segments"].drop_duplicates(columns, ignore_index=True)
    warnings = [*raw.warnings]
    if ignored:
        listed = [column for column in raw.frame.columns if column in ignored]
        warnings.append(f"{given.file}: columns not used: {', '.join(listed)}.")
    facts = {"format": "tidy", "table": names[0], "rows": len(tables[names[0]])}
    facts |= {"encoding": raw.encoding, "delimiter": raw.delimiter}
    return Draft(given.file, raw.sha256, tables, facts, warnings)


def _of_no_table(name: str, given: Input) -> DataError:
    what = (
        f"is not named after a table ({', '.join(TABLES)}).{did_you_mean(name, TABLES)} Rename it, or say "
        "`table: codings` or `format: wide` in study.yml."
    )
    return DataError(Problem(what, file=given.file))


def _clean(frame: pd.DataFrame, table: Table) -> None:
    """Clean the ids of a table, in place; texts stay as they are."""
    ids = [column for column, spec in table.columns.items() if column in frame and spec.kind != "text"]
    own = frame.columns.difference([*table.columns, FILE, ROW]) if table.attributes else []
    for column in [*ids, *own]:
        frame[column] = clean_ids(frame[column])


def _known_columns(
    table: Table, name: str, cells: pd.DataFrame, given: Input
) -> tuple[pd.DataFrame, list[str]]:
    frame = cells.assign(**{FILE: given.file, ROW: cells.index}).reset_index(drop=True)
    _fill_from_study(frame, name, given)
    missing = [column for column in table.required if column not in frame]
    unknown = [column for column in cells.columns if column not in table.columns]
    problems = [_missing(column, unknown, given, name) for column in missing]
    others = [column for column in table.columns if column not in cells]
    cutoff = ATTRIBUTE if table.attributes else 0.6
    problems += [
        Problem(f"is not a column of {name}.{hint}", file=given.file, row=1, column=column)
        for column in unknown
        if (hint := did_you_mean(column, others, cutoff))
        and not any(quoted(column) in problem.what for problem in problems)
    ]
    if problems:
        if len(cells.columns) == 1:
            what = "has one column only: was it saved with another separator than , ; or tab?"
            problems.insert(0, Problem(what, file=given.file, row=1))
        raise DataError(problems)
    if table.attributes:
        return frame, []
    return frame.drop(columns=unknown), unknown


def _missing(column: str, unknown: list[str], given: Input, name: str) -> Problem:
    if column == "stage":
        what = (
            "stage not declared. Write `stage: independent` (or training, consensus, recode) after the file "
            "in study.yml, or add a column `stage`: agreement is computed on independent codings only, "
            "because codings settled in discussion agree by construction."
        )
        return Problem(what, file=given.file, column="stage")
    hint = ""
    close = [word for word in unknown if did_you_mean(word, [column])]
    if close:
        hint = f" The header has {quoted(close[0])}: rename it to {quoted(column)}."
    elif column == "coder_id":
        hint = " Add it, or name the one coder of this file with `coder: NAME` in study.yml."
    return Problem(f"the table {name} needs this column.{hint}", file=given.file, row=1, column=column)


def _fill_from_study(frame: pd.DataFrame, name: str, given: Input) -> None:
    """Fill columns that the file lacks, and empty cells, from the input's line in study.yml."""
    fills = {
        "variable": given.variable or "codes",
        "stage": given.stage,
        "round": str(given.round),
        "coder_id": given.coder,
    }
    for column in FILLED_BY_STUDY.get(name, ()):
        if fills[column] is None:
            continue
        filled = pd.Series(fills[column], index=frame.index, dtype="string")
        frame[column] = frame[column].fillna(filled) if column in frame else filled
