"""A file's documents, codes, cases and codings as the tables of a Draft."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..schemas import FILE, ROW
from .ids import clean_name, name_path, unique_ids
from .placing import squeezed

if TYPE_CHECKING:
    from .coded import CodedFile, Coding

__all__ = ["CODING_KEY", "tables_of_file", "text_hash"]

CODING_KEY = ["segment_id", "coder_id", "variable", "value", "stage", "round"]
CODING_COLUMNS = [*CODING_KEY, "weight", "memo", "created"]


def tables_of_file(found: CodedFile) -> dict[str, pd.DataFrame]:
    """Return the tables of one file; codings may still repeat each other."""
    documents = unique_ids({key: [each.name] for key, each in found.documents.items()}, "document")
    codes = unique_ids({key: name_path(found.codes, key) for key in found.codes}, "code")
    cases = unique_ids({key: [each.name] for key, each in found.cases.items()}, "case")
    rows = list(_coding_rows(found, documents, codes, cases))
    tables = {
        "documents": _document_rows(found, documents, cases),
        "codes": _code_rows(found, codes),
        "segments": [segment for segment, _ in rows],
        "codings": [coding for _, coding in rows],
        "cases": _case_rows(found, cases),
    }
    frames = {name: _frame(each, found.file) for name, each in tables.items() if each}
    frames.setdefault("codings", _frame([], found.file, CODING_COLUMNS))
    frames["segments"] = _first(frames.get("segments"), ["segment_id"], found.file)
    return frames


def text_hash(text: str) -> str:
    """Return the hash that two files of one text share: NFC, lines ended by LF, no byte-order mark."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(unicodedata.normalize("NFC", plain).encode("utf-8", "surrogatepass")).hexdigest()


def _document_rows(found: CodedFile, ids: dict[str, str], cases: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "document_id": ids[key],
            "case_id": cases.get(each.case or ""),
            "name": each.name,
            "text": each.text,
            "sha256": each.sha256 if each.text is None else text_hash(each.text),
            ROW: each.row,
        }
        for key, each in found.documents.items()
    ]


def _code_rows(found: CodedFile, ids: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "code_id": ids[key],
            "name": each.name,
            "parent_id": ids.get(each.parent or ""),
            "definition": each.definition,
            ROW: each.row,
        }
        for key, each in found.codes.items()
    ]


def _case_rows(found: CodedFile, ids: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            **each.attributes,
            "case_id": ids[key],
            ROW: each.row,
        }
        for key, each in found.cases.items()
    ]


def _coding_rows(
    found: CodedFile, documents: dict[str, str], codes: dict[str, str], cases: dict[str, str]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    repeated = _repeated(found.codings)
    for each in found.codings:
        document = documents[each.document]
        segment = _place(document, each, repeated)
        yield (
            {
                "segment_id": segment,
                "document_id": document,
                "case_id": cases.get(each.case or ""),
                "start": _text(each.start),
                "end": _text(each.end),
                "page": each.page,
                "text": each.excerpt,
                ROW: each.row,
            },
            {
                "segment_id": segment,
                "coder_id": each.coder,
                "variable": "codes",
                "value": codes[each.code],
                "stage": found.given.stage,
                "round": str(found.given.round),
                "weight": each.weight,
                "memo": each.memo,
                "created": each.created,
                ROW: each.row,
            },
        )


def _place(document: str, coding: Coding, repeated: set[tuple[str, str]]) -> str:
    """Return the name of a segment: the same place has the same name in every coder's file."""
    if coding.start is not None:
        return f"{document}:{coding.start}-{coding.end}"
    if coding.excerpt is None:
        return f"{document}:{coding.page}" if coding.page else document
    said = squeezed(coding.excerpt)
    if coding.near and (coding.document, said) in repeated:
        said += f"\x1f{clean_name(coding.near)}"
    return f"{document}:{hashlib.sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _repeated(codings: Iterable[Coding]) -> set[tuple[str, str]]:
    """Return the words that stand in a document more than once, by where the tool says they are."""
    places: dict[tuple[str, str], set[str]] = {}
    for each in codings:
        if each.start is None and each.excerpt is not None and each.near:
            places.setdefault((each.document, squeezed(each.excerpt)), set()).add(clean_name(each.near))
    return {words for words, near in places.items() if len(near) > 1}


def _frame(rows: list[dict[str, Any]], file: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Return rows as text cells with the private columns; an empty cell is missing, so is an empty column."""
    names = dict.fromkeys(name for row in rows for name in row if name != ROW) if rows else columns
    cells: dict[str, Any] = {}
    for name in names:
        column = [row.get(name) or None for row in rows]
        if not rows or any(cell is not None for cell in column):
            cells[name] = pd.array(column, dtype="string")
    cells[FILE] = pd.array([file] * len(rows), dtype="string")
    cells[ROW] = pd.array([row[ROW] for row in rows], dtype="int64")
    return pd.DataFrame(cells)


def _first(frame: pd.DataFrame | None, key: list[str], file: str) -> pd.DataFrame:
    if frame is None:
        return _frame([], file, [*key, "document_id", "start", "end", "text"])
    return frame.drop_duplicates(key, ignore_index=True)


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
