"""doccano: JSON lines (sequence labelling and classification), CSV, and the zip with a file a user."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, Problem
from ..inputs import Input
from .archive import Archive
from .coded import CodedFile, Coding, Document, text_hash
from .contents import parsed_json, read_bytes, whole_number, words
from .draft import Draft
from .graphemes import starts
from .positions import Proof, Selection, prove
from .textfile import decode, read_text_table

__all__ = ["read_doccano", "recognises"]

LABELS = ("label", "labels", "entities")
CSV_HEADERS = (b"text,label", b"id,text,label", b"id,text,label,comments")
NOBODY = "unknown"  # the file of examples that nobody annotated
EVERYBODY = "all"  # the file in which a collaborative project merges its annotators


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file's beginning is a doccano line: a text and its labels; or a zip of such files."""
    if head.startswith(b"PK\x03\x04"):
        return _only_lines(path)
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().split(b"\n", 1)[0].strip()
    if first.lower() in CSV_HEADERS:
        return True
    named = any(f'"{name}"'.encode() in first for name in LABELS)
    return first.startswith(b"{") and b'"text"' in first and named


def _only_lines(path: Path) -> bool:
    try:
        with Archive(path, path.name) as archive:
            return bool(archive.names) and all(name.casefold().endswith(".jsonl") for name in archive.names)
    except DataError:
        return False


def read_doccano(path: Path, given: Input) -> Draft:
    """Return the texts and labels of a doccano export.

    A file holds no annotator. In the zip of a project that is not collaborative each file is named after its
    user; in a collaborative project ``all.jsonl`` has lost them, and agreement cannot be computed from it.
    A project may count characters as people see them (`grapheme_mode`), and the file does not say so: both
    ways are tried, and what fits better is taken.

    Raises
    ------
    DataError
        If the file is no doccano export, or nobody says who annotated it.
    """
    content = read_bytes(path, given.file)
    found = CodedFile(given, hashlib.sha256(content).hexdigest(), "doccano", "doccano")
    if content.startswith(b"PK"):
        for name, part in _users(path, given):
            _read_lines(found, part, None if name == NOBODY else name, f"{given.file}: {name}.jsonl")
    elif content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        _refuse_merged(path.stem, given)
        _read_lines(found, content, None, given.file)
    else:
        _refuse_merged(path.stem, given)
        _read_table(found, path)
    _count_code_points(found)
    found.place()
    return found.draft()


def _users(path: Path, given: Input) -> Iterator[tuple[str, bytes]]:
    """Yield user and file of each member of the zip, in order of name."""
    with Archive(path, given.file) as archive:
        members = sorted(archive.find(lambda name: name.casefold().endswith(".jsonl")))
        if not members:
            raise DataError(Problem("holds no .jsonl file.", file=given.file))
        for member in members:
            stem = Path(member).stem
            _refuse_merged(stem, given)
            yield stem, archive.read(member)


def _refuse_merged(stem: str, given: Input) -> None:
    if stem.casefold() == EVERYBODY and not (given.coder or given.all_by):
        what = (
            "doccano writes `all` for a collaborative project, without the annotators: agreement cannot be "
            "computed from it. Export a project that is not collaborative (a file a user), or, if one person "
            "made all labels, write `coder: NAME` after the file in study.yml."
        )
        raise DataError(Problem(what, file=given.file, column="coder"))


def _read_lines(found: CodedFile, content: bytes, coder: str | None, name: str) -> None:
    text, _ = decode(content, name)
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        example = parsed_json(line, name, number)
        words_ = example.get("text") if isinstance(example, dict) else None
        if not isinstance(words_, str):
            raise DataError(Problem("holds no `text`. Is this a doccano export?", file=name, line=number))
        document = _document(found, words_, example.get("id"), number)
        _read_labels(found, example, document, coder, number)


def _document(found: CodedFile, text: str, number: Any, row: int) -> str:
    """Return the key of a text: by its own id where it has one, as two users' files do."""
    name = words(number)
    key = f"{name or row}:{text_hash(text)}"
    if key not in found.documents:
        found.documents[key] = Document(f"example {name or row}", text, row=row)
        found.held["documents"] += 1
    return key


def _read_labels(
    found: CodedFile, example: dict[str, Any], document: str, coder: str | None, row: int
) -> None:
    labels: Any = next((example[name] for name in LABELS if name in example), [])
    for label in labels if isinstance(labels, list) else [labels]:
        coding = _coding(label, document, coder, row)
        if coding is None:
            found.leave("labels that are neither a name nor a span")
            continue
        found.held["labels"] += 1
        found.code_path([coding.code], row)
        found.codings.append(coding)
    for what in ("relations", "Comments", "comments"):
        if isinstance(example.get(what), list):
            found.leave(what.casefold(), len(example[what]))


def _coding(label: Any, document: str, coder: str | None, row: int) -> Coding | None:
    if isinstance(label, dict):
        label = [label.get("start_offset"), label.get("end_offset"), label.get("label")]
    if isinstance(label, str) and label.strip():
        return Coding(document, label.strip(), coder, row)
    if not isinstance(label, list) or len(label) != 3:
        return None
    start, end, code = whole_number(label[0]), whole_number(label[1]), words(label[2])
    if start is None or end is None or code is None:
        return None
    return Coding(document, code.strip(), coder, row, start, end)


def _read_table(found: CodedFile, path: Path) -> None:
    cells = read_text_table(path, found.file, found.given.encoding).frame
    cells.columns = [str(column).casefold() for column in cells.columns]
    if not {"text", "label"} <= set(cells.columns):
        raise DataError(Problem("needs the columns text and label of a doccano export.", file=found.file))
    for row, line in zip(cells.index, cells.to_dict("records"), strict=True):
        text, label = words(line["text"]), words(line["label"])
        if text is None:
            found.leave("rows without text")
            continue
        document = _document(found, text, line.get("id"), int(row))
        for code in (label or "").split("#"):
            if code.strip():
                found.held["labels"] += 1
                found.code_path([code.strip()], int(row))
                found.codings.append(Coding(document, code.strip(), None, int(row)))


def _count_code_points(found: CodedFile) -> None:
    """Turn positions that count visible characters into code points, where they fit better so."""
    texts = {key: each.text for key, each in found.documents.items() if each.text is not None}
    places = {key: starts(text) for key, text in texts.items()}
    if all(len(place) == len(texts[key]) + 1 for key, place in places.items()):
        return
    spans = [each for each in found.codings if each.start is not None and each.end is not None]
    moved = [
        (each, _at(places[each.document], each.start), _at(places[each.document], each.end)) for each in spans
    ]
    plain = prove(texts, [Selection(each.document, each.start or 0, each.end or 0) for each in spans])
    seen = prove(texts, [Selection(each.document, start, end) for each, start, end in moved])
    if not (seen.usable and seen.unit == "code point" and _fits(seen) > _fits(plain)):
        return
    for each, start, end in moved:
        each.start, each.end = start, end
    found.facts["characters"] = "graphemes"
    found.warn("positions count characters as people see them (doccano's grapheme mode).")


def _fits(proof: Proof) -> float:
    return proof.score if proof.usable else -1.0


def _at(place: np.ndarray, position: int | None) -> int:
    """Return a position in code points; one beyond the text stays beyond it."""
    position = position or 0
    return int(place[position]) if position < len(place) else int(place[-1]) + position
