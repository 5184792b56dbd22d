"""The columns of every table, and what a cell may hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd
import pandera.pandas as pa

from .errors import Problem, cell

__all__ = ["DTYPES", "FILE", "PRIVATE", "ROW", "TABLES", "Column", "Table", "typed"]

Cell = Literal["id", "word", "text", "count", "order", "number", "flag"]

FILE, ROW = "_file", "_row"
TRUE = {"true", "yes", "y", "1"}
FALSE = {"false", "no", "n", "0"}
DTYPES = {"count": "Int64", "order": "Int64", "number": "Float64", "flag": "boolean"}  # else text
PRIVATE = {"text", "memo", "summary", "comment", "resolution", "name", "definition", "why"}


@dataclass(frozen=True)
class Column:
    """One column: its kind of cell, and whether every row must fill it.

    ``id`` and ``word`` are short names, ``text`` may be interview text and is never shown in a message,
    ``count`` is a whole number from 0, ``order`` one from 1, ``number`` any number, ``flag`` yes or no.
    """

    kind: Cell = "word"
    required: bool = False
    among: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table of the corpus: what one row is, its key and its columns."""

    row: str
    key: tuple[str, ...]
    columns: dict[str, Column]
    attributes: bool = False

    @property
    def required(self) -> list[str]:
        """Columns that the table cannot do without."""
        return [name for name, column in self.columns.items() if column.required]


_id, _text, _flag = Column("id"), Column("text"), Column("flag")
_key = Column("id", required=True)
_stage = Column(required=True, among=("training", "independent", "consensus", "recode"))

TABLES: dict[str, Table] = {
    "cases": Table(
        "a participant",
        ("case_id",),
        {
            "case_id": _key,
            "group": _id,
            "interview_order": Column("order"),
            "consent_quote": _flag,
            "consent_share": _flag,
            "withdrawn": _flag,
        },
        attributes=True,
    ),
    "documents": Table(
        "a transcript",
        ("document_id",),
        {
            "document_id": _key,
            "case_id": _id,
            "name": _text,
            "text": _text,
            "sha256": _id,
            "guide_version": _id,
            "coded_version": _id,
        },
    ),
    "turns": Table(
        "a speaker's turn",
        ("document_id", "start"),
        {
            "document_id": _key,
            "start": Column("count", required=True),
            "end": Column("count", required=True),
            "speaker": Column(required=True),
        },
    ),
    "coders": Table(
        "a coder",
        ("coder_id",),
        {
            "coder_id": _key,
            "kind": Column(among=("human", "model")),
            "role": Column(),
            "affiliation": Column(),
        },
    ),
    "codes": Table(
        "a code",
        ("code_id",),
        {
            "code_id": _key,
            "name": Column("text", required=True),
            "parent_id": _id,
            "level": Column("order"),
            "domain": Column(),
            "influence": Column(among=("barrier", "facilitator", "condition", "mixed")),
            "influence_on": Column(),
            "definition": _text,
            "a_priori": _flag,
            "introduced_version": _id,
        },
    ),
    "segments": Table(
        "a segment",
        ("segment_id",),
        {
            "segment_id": _key,
            "document_id": _id,
            "case_id": _id,
            "start": Column("count"),
            "end": Column("count"),
            "page": Column(),
            "text": _text,
            "speaker": Column(),
            "question": Column(),
        },
    ),
    "codings": Table(
        "a code or value that a coder gave a segment",
        ("segment_id", "coder_id", "variable", "value", "stage", "round"),
        {
            "segment_id": _key,
            "coder_id": _key,
            "variable": _key,
            "value": _key,
            "stage": _stage,
            "round": Column("order", required=True),
            "weight": Column("number"),
            "supports": Column(among=("supports", "contradicts")),
            "memo": _text,
            "created": Column(),
            "codebook_version": _id,
        },
    ),
    "assignments": Table(
        "what a coder was asked to code",
        ("coder_id", "segment_id", "document_id", "stage", "round", "variable", "code_id"),
        {
            "coder_id": _key,
            "segment_id": _id,
            "document_id": _id,
            "stage": _stage,
            "round": Column("order", required=True),
            "variable": _id,
            "code_id": _id,
        },
    ),
    "asked": Table(
        "what an interview covered",
        ("case_id", "question", "domain"),
        {
            "case_id": _key,
            "question": Column(),
            "domain": Column(),
            "asked": Column("flag", required=True),
            "prompted": _flag,
        },
    ),
    "charting": Table(
        "a cell of the framework matrix",
        ("case_id", "code_id"),
        {
            "case_id": _key,
            "code_id": _key,
            "summary": Column("text", required=True),
            "author": Column(),
            "segment_ids": Column(),
            "written": Column(),
            "codebook_version": _id,
        },
    ),
    "audit": Table(
        "an auditor's remark",
        (),
        {
            "item": _key,
            "auditor": Column(required=True),
            "comment": Column("text", required=True),
            "resolution": Column("text", required=True),
            "date": Column(),
        },
    ),
    "recodes": Table(
        "a change to the codebook",
        (),
        {
            "old_code": _key,
            "action": Column(required=True, among=("merge", "split", "rename", "drop")),
            "new_code": _id,
            "version": _key,
            "date": Column(),
            "by": Column(),
            "why": _text,
        },
    ),
}


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


def _failures(name: str, frame: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Return (index, column, check) of every cell that the table's schema refuses."""
    if frame.empty:
        return []
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
