"""Label Studio: the JSON export (a list of tasks with their annotations)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem
from ..inputs import Input
from .coded import PATH, CodedFile, Coding, Document
from .contents import parsed_json, read_bytes, whole_number, words
from .draft import Draft
from .textfile import decode

__all__ = ["read_labelstudio", "recognises"]

SPANS = ("labels", "hypertextlabels")
WHOLE = ("choices", "taxonomy")
FLAT = "is a flattened export (JSON_MIN), which drops cancelled work and ids. Export the project as `JSON`."


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file's beginning is a list of tasks with annotations."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"[", b"{")):
        return False
    if b'"completed_by"' in head or b'"was_cancelled"' in head or b'"from_name"' in head:
        return True
    return b'"annotations"' in head and b'"data"' in head


def read_labelstudio(path: Path, given: Input) -> Draft:
    """Return the texts and labels of a Label Studio export.

    The coder is `completed_by`, by its number: the same person in exports that write a number and in those
    that write an object. Cancelled annotations, drafts and predictions are counted and left.

    Raises
    ------
    DataError
        If the file is no JSON export of Label Studio, or its positions cannot be proved.
    """
    content = read_bytes(path, given.file)
    text, _ = decode(content, given.file)
    tasks = parsed_json(text, given.file)
    if isinstance(tasks, dict):
        tasks = [tasks]
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks) or not tasks:
        raise DataError(Problem("is no list of tasks. Export the project as `JSON`.", file=given.file))
    if not any("annotations" in task or "completions" in task for task in tasks):
        what = FLAT if any("annotation_id" in task for task in tasks) else "holds no annotations."
        raise DataError(Problem(what, file=given.file))
    found = CodedFile(given, hashlib.sha256(content).hexdigest(), "labelstudio", "Label Studio")
    several = len(_controls(tasks)) > 1
    for number, task in enumerate(tasks, start=1):
        _read_task(found, task, number, several)
    found.place()
    return found.draft()


def _list(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = holder.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _annotations(task: dict[str, Any]) -> list[dict[str, Any]]:
    return _list(task, "annotations") or _list(task, "completions")


def _controls(tasks: list[dict[str, Any]]) -> set[str]:
    """Return the names of the questions that results answer."""
    results = (r for task in tasks for each in _annotations(task) for r in _list(each, "result"))
    return {str(r.get("from_name")) for r in results if r.get("type") in (*SPANS, *WHOLE)}


def _read_task(found: CodedFile, task: dict[str, Any], row: int, several: bool) -> None:
    found.held["tasks"] += 1
    found.leave("predictions", len(_list(task, "predictions")))
    found.leave("drafts", len(_list(task, "drafts")))
    data = task.get("data") if isinstance(task.get("data"), dict) else {}
    for annotation in _annotations(task):
        found.held["annotations"] += 1
        if annotation.get("was_cancelled") or annotation.get("skipped"):
            found.leave("cancelled annotations")
            continue
        for result in _list(annotation, "result"):
            found.held["results"] += 1
            codings = list(_codings(found, task, data or {}, annotation, result, row, several))
            if not codings:
                found.leave(f"results of type {words(result.get('type')) or 'unknown'}")
            found.codings += codings
    if not _annotations(task):
        _document(found, task, data or {}, None, row)


def _document(
    found: CodedFile, task: dict[str, Any], data: dict[str, Any], asked: str | None, row: int
) -> str:
    """Return the key of the task's object; its text where it is one."""
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    text = texts.get(asked or "", texts.get("text"))
    if text is None and len(texts) == 1:
        text = next(iter(texts.values()))
    if text is not None and _is_address(text):
        text = None
    name = words(task.get("id")) or str(row)
    key = f"{row}:{name}"
    known = found.documents.setdefault(key, Document(f"task {name}", row=row))
    known.text = known.text if known.text is not None else text
    return key


def _is_address(text: str) -> bool:
    return len(text.split()) == 1 and text.startswith(("http://", "https://", "/data/", "s3://", "gs://"))


def _codings(
    found: CodedFile,
    task: dict[str, Any],
    data: dict[str, Any],
    annotation: dict[str, Any],
    result: dict[str, Any],
    row: int,
    several: bool,
) -> Iterator[Coding]:
    kind, value = result.get("type"), result.get("value")
    if not isinstance(value, dict) or kind not in (*SPANS, *WHOLE):
        return
    document = _document(found, task, data, words(result.get("to_name")), row)
    start, end, excerpt = _span(value)
    if kind in SPANS and (start is None or end is None):
        return
    question = [words(result.get("from_name")) or "label"] if several else []
    for names in _labels(value, kind):
        yield Coding(
            document,
            found.code_path([*question, *names], row),
            _coder(annotation),
            row,
            start if kind in SPANS else None,
            end if kind in SPANS else None,
            excerpt if kind in SPANS else None,
            created=words(annotation.get("created_at")),
        )


def _span(value: dict[str, Any]) -> tuple[int | None, int | None, str | None]:
    place = value.get("globalOffsets") if isinstance(value.get("globalOffsets"), dict) else value
    excerpt = value.get("text")
    start, end = (whole_number(place.get(side)) for side in ("start", "end")) if place else (None, None)
    return start, end, excerpt if isinstance(excerpt, str) and excerpt.strip() else None


def _labels(value: dict[str, Any], kind: str) -> Iterator[list[str]]:
    """Yield each label as a path of names; two labels of one span are two codings."""
    given = value.get(kind) if kind in value else value.get("labels")
    for label in given if isinstance(given, list) else []:
        names = [words(part) for part in (label if isinstance(label, list) else [label])]
        path = [name.strip() for name in names if name]
        if path:
            yield [PATH.join(path)] if kind != "taxonomy" else path


def _coder(annotation: dict[str, Any]) -> str | None:
    by = annotation.get("completed_by")
    if isinstance(by, dict):
        by = next((by[name] for name in ("id", "email", "username") if by.get(name) is not None), None)
    return words(by)
