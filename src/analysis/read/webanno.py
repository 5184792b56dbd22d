"""INCEpTION and WebAnno: TSV 3, one file a document and annotator, or the zip of a project's export."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ..errors import DataError, Problem
from ..inputs import Input
from .archive import Archive
from .coded import CodedFile, Coding, Document, text_hash
from .contents import read_bytes, sha256_of
from .draft import Draft
from .positions import Selection
from .webanno_tsv import FORMAT, NO_VALUE, NONE, Layer, Tsv, marks_at, parsed, unescaped

__all__ = ["read_webanno", "recognises"]

ANNOTATION, CURATION = "annotation", "curation"
NOBODY = "INITIAL_CAS"  # what the program laid before every annotator


class Member(NamedTuple):
    """One file of a project's export: ``annotation/<document>/<user>.tsv``."""

    path: str
    folder: str
    document: str
    user: str


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file begins as TSV 3 does, or is a zip of such files."""
    if head.startswith(b"PK\x03\x04"):
        try:
            with Archive(path, path.name) as archive:
                return bool(_members(archive))
        except DataError:
            return False
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(FORMAT.encode())


def read_webanno(path: Path, given: Input) -> Draft:
    """Return the texts and the spans of one document by one annotator, or of a project's export.

    A file names no annotator: study.yml names the coder of each. In the zip of a project each annotator has
    a file in the folder of the document (``annotation/<document>/<user>.tsv``), and what was curated stands
    apart (``curation/``): it is what is read where study.yml says ``stage: consensus``. Relations and chains
    are counted and left.

    Raises
    ------
    DataError
        If the file is no TSV 3, or its offsets cannot be proved by its tokens.
    """
    found = CodedFile(given, sha256_of(path, given.file), "webanno", "WebAnno TSV")
    evidence: list[Selection] = []
    content = read_bytes(path, given.file)
    if content.startswith(b"PK"):
        _read_export(found, path, evidence)
    else:
        name = path.parent.name if path.parent.suffix else path.stem
        _read_file(found, parsed(content, given.file, given.encoding), name, None, evidence)
    found.place(evidence)
    return found.draft()


def _read_export(found: CodedFile, path: Path, evidence: list[Selection]) -> None:
    wanted = CURATION if found.given.stage == "consensus" else ANNOTATION
    with Archive(path, found.file) as archive:
        members = _members(archive)
        mine = [each for each in members if each.folder == wanted and each.user != NOBODY]
        if not mine:
            what = f"holds no {wanted}/<document>/<user>.tsv. Export the project in the format WebAnno TSV 3."
            raise DataError(Problem(what, file=found.file))
        for each in mine:
            file = f"{found.file}: {each.path}"
            content = archive.read(each.path)
            if not content.strip():
                found.leave("empty files")
                continue
            coder = None if wanted == CURATION else each.user
            _read_file(found, parsed(content, file), each.document, coder, evidence)
        found.held["files"] = len(mine)
        found.leave("files of curation", sum(each.folder != wanted == ANNOTATION for each in members))
        found.leave("files of annotators", sum(each.folder != wanted == CURATION for each in members))
        found.leave("files that nobody annotated", sum(each.user == NOBODY for each in members))
        found.leave("other files", len(archive.names) - len(members))


def _members(archive: Archive) -> list[Member]:
    """Return the TSV files of a project's export, by document and annotator; top folders are passed over."""
    found = []
    for name in sorted(archive.find(lambda name: name.casefold().endswith(".tsv"))):
        parts = PurePosixPath(name).parts
        if len(parts) >= 3 and parts[-3] in (ANNOTATION, CURATION):
            found.append(Member(name, parts[-3], parts[-2], PurePosixPath(name).stem))
    return found


def _read_file(found: CodedFile, tsv: Tsv, name: str, coder: str | None, evidence: list[Selection]) -> None:
    """Add one annotator's file of one document; the same text by another annotator is the same document."""
    found.version = tsv.version
    key = f"{name}:{text_hash(tsv.text)}"
    if key not in found.documents:
        found.documents[key] = Document(name, tsv.text, row=len(found.documents) + 1)
        found.held["sentences"] += len(tsv.sentences)
        found.held["tokens"] += tsv.tokens
        evidence += tsv.places(key)
    found.leave("layers of relations or chains", tsv.others)
    for layer in tsv.layers:
        _read_layer(found, tsv, layer, key, coder)


def _read_layer(found: CodedFile, tsv: Tsv, layer: Layer, document: str, coder: str | None) -> None:
    """Add the codings of a layer: one a span and value, named after the layer where it has no value."""
    spans: dict[str, tuple[int, int, int, list[str]]] = {}
    for sentence in tsv.sentences:
        for row, token, begin, end, _, cells in sentence.tokens:
            for key, values in marks_at(layer, token, cells):
                first = spans.setdefault(key, (row, begin, end, values))
                spans[key] = (first[0], min(first[1], begin), max(first[2], end), first[3])
    found.held["spans"] += len(spans)
    plain = len(tsv.layers) == 1 and len(layer.features) <= 1
    for row, begin, end, values in spans.values():
        for path in _paths(layer, values, plain):
            code = found.code_path(path, row)
            found.codings.append(Coding(document, code, coder, row, begin, end))


def _paths(layer: Layer, values: list[str], plain: bool) -> Iterator[list[str]]:
    """Yield the code of each value of a span, below its layer and feature where there are several."""
    named = list(zip([*layer.features, ""], values, strict=False))
    valued = [(feature, value) for feature, value in named if value not in (NONE, NO_VALUE)]
    if not valued:
        yield [layer.name]
    for feature, value in valued:
        yield [unescaped(value)] if plain else [layer.name, feature, unescaped(value)]
