"""The columns of every table, and what a cell may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DTYPES", "FALSE", "FILE", "PRIVATE", "ROW", "TABLES", "TRUE", "Column", "Table"]

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
