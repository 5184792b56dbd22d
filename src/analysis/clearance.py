"""What is about to be published, read as text and held against direct identifiers."""

from __future__ import annotations

import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path, PurePosixPath

from .errors import DisclosureError, Problem
from .identifiers import KINDS, find, names_of
from .paths import Workspace
from .study import Study

__all__ = ["clear_files", "clear_for", "files_below", "readable"]

TO_DO = "Redact it, or write it into disclosure.allowed of study.yml exactly as it stands."
PACKED = (".xlsx", ".docx", ".zip")
MARKUP = (".html", ".htm", ".svg", ".xml", ".rels")
SPOKEN = (  # attributes with words
    "alt", "title", "aria-label", "href", "content", "summary", "label", "name", "value", "placeholder",
    "descr",
)  # fmt: skip
_EMBEDDED = re.compile(r"data:[\w.+/-]+;base64,[A-Za-z0-9+/=\s]+")
_STYLE = re.compile(r"<(style)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[A-Za-z!?/](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>")
_TELLS = rf"(?:{'|'.join(SPOKEN)}|data-[\w-]+|xlink:(?:href|title))"
_ATTRIBUTE = re.compile(rf"\s{_TELLS}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_SILENT_TAG = re.compile(  # on one line, and nothing in it tells: most tags are such, and each costs time
    # w:val and its like tell nothing, and office files are full of them
    rf"</?[A-Za-z][^\s<>=\"'/]*+(?: (?:[a-z]:|(?!(?i:{_TELLS})\b))[\w:-]++=\"[^\"=\n]*+\")*+ ?/?>"
)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)


def clear_for(workspace: Workspace, study: Study, files: Mapping[str, str | bytes]) -> None:
    """Refuse files of a study about to be published that hold what looks like a direct identifier.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    files : mapping
        File name -> its content.

    Raises
    ------
    DisclosureError
        One problem a file and kind of identifier: says where and how many, never what.
    """
    clear_files(files, names_of(workspace, study), study.disclosure.allowed)


def clear_files(
    files: Mapping[str, str | bytes], names: Iterable[str] = (), allowed: Iterable[str] = ()
) -> None:
    """Refuse files that hold what looks like a direct identifier; as :func:`clear_for`."""
    problems = []
    fine = {_folded(text) for text in allowed}
    # Word documents share most of their parts: what is alike is read and searched once
    words, search = cache(_words), cache(partial(find, names=tuple(names)))
    for file, content in files.items():
        seen: dict[str, list[str]] = {}
        for place, text in readable(file, content, words):
            for each in search(text):
                if _folded(text[each.start : each.end]) not in fine:
                    line = text.count("\n", 0, each.start) + 1
                    seen.setdefault(each.kind, []).append(f"{place}line {line}")
        problems += [
            Problem(f"{KINDS[kind]} in {places[0]} ({len(places)} in all). {TO_DO}", file=file)
            for kind, places in seen.items()
        ]
    if problems:
        raise DisclosureError(problems, title="What is about to be published")


def _words(markup: str) -> str:
    """Return what a page says; line breaks stay, so that lines can be counted."""
    spoken = _STYLE.sub(_breaks, _EMBEDDED.sub(_breaks, markup))
    spoken = _COMMENT.sub(lambda found: f" {found.group(1)} ", spoken)
    return html.unescape(_TAG.sub(_attributes, _SILENT_TAG.sub(" ", spoken)))


def readable(
    file: str, content: str | bytes, words: Callable[[str], str] = _words
) -> Iterator[tuple[str, str]]:
    """Yield the parts of a file that a person or a program can read as words: place, text.

    Office files are read as the XML that they pack, notebooks cell by cell; of markup the words, comments,
    scripts and the attributes that hold words, never drawing instructions or embedded pictures.

    Parameters
    ----------
    file : str
        Its name, which tells what it holds.
    content : str or bytes
    words : callable
        Takes markup; gives what it says.

    Examples
    --------
    >>> list(readable("a.svg", '<svg><path d="M 07700 900123"/><text x="1">seven &amp; two</text></svg>'))
    [('', '   seven & two  ')]
    """
    kind = PurePosixPath(file).suffix.lower()
    if kind in PACKED:
        raw = content if isinstance(content, bytes) else content.encode()
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for name in archive.namelist():
                for place, text in readable(name, archive.read(name), words):
                    yield f"{name} {place}", text
        return
    written = content if isinstance(content, str) else _decoded(content)
    if written is None:
        return
    if kind == ".ipynb":
        yield from _cells(written, words)
    else:
        yield "", words(written) if kind in MARKUP else written


def _decoded(content: bytes) -> str | None:
    """Return bytes as text, None where they are none: a picture holds no text that could be found."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _attributes(tag: re.Match[str]) -> str:
    text = tag.group()
    if "=" not in text:
        return " " + "\n" * text.count("\n")
    told = " ".join("".join(found) for found in _ATTRIBUTE.findall(text)).replace("\n", " ")
    return f" {told}{_breaks(tag)}"


def _breaks(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")


def _cells(text: str, words: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """Yield a notebook's cells with their outputs, each by the id of its cell."""
    for cell in json.loads(text).get("cells", []):
        place = f"cell {cell.get('id', '?')}, "
        yield place, _joined(cell.get("source", ""))
        for output in cell.get("outputs", []):
            told = {**output.get("data", {}), "text": output.get("text", "")}
            for kind, content in told.items():
                if kind.startswith("image/") and kind != "image/svg+xml":
                    continue
                whole = _joined(content)
                marked = kind in ("text/html", "image/svg+xml")
                yield place, words(whole) if marked else whole


def _joined(content: object) -> str:
    if isinstance(content, list):
        return "".join(map(str, content))
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, by its path in it."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
