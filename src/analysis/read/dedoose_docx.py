"""Dedoose: a coded document as docx, one file a coder, with a comment an excerpt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from ..errors import DataError, Problem
from ..inputs import Input
from .archive import Archive
from .coded import CodedFile, Coding, Document, text_hash
from .contents import sha256_of, whole_number
from .draft import Draft
from .positions import Selection, prove

__all__ = ["read_dedoose_docx", "recognises"]

BODY, COMMENTS = "word/document.xml", "word/comments.xml"
LARGEST_PART = 1 << 27
CODES = re.compile(r"^Codes? \((\d+)\s*[-–]\s*(\d+)\)\s*$")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a docx has a comment that names codes with a range."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    try:
        with Archive(path, path.name) as archive:
            if not {BODY, COMMENTS} <= set(archive.names):
                return False
            return any(CODES.match(part[0]) for _, part in _comments(archive, path.name) if part)
    except DataError:
        return False


def read_dedoose_docx(path: Path, given: Input) -> Draft:
    """Return the codings that the comments of a coded document hold.

    The coder is the one that study.yml names, else the file's name: the author of every comment is the
    constant ``Coder``. Ranges count characters of Dedoose's own text. Unless they prove to fit the docx, its
    text is left out (its hash stays, so that the files of several coders meet on one transcript) and the
    ranges stand as they are. The hierarchy of codes is not in the file.

    Raises
    ------
    DataError
        If it is no docx or has no comments.
    """
    found = CodedFile(given, sha256_of(path, given.file), "dedoose-docx", "Dedoose (docx)")
    coder = None if given.coder or given.all_by else path.stem
    with Archive(path, given.file) as archive:
        if not {BODY, COMMENTS} <= set(archive.names):
            what = "is no docx with comments. Export the document from Dedoose with its excerpts and codes."
            raise DataError(Problem(what, file=given.file))
        paragraphs, anchored = _body(archive, given.file)
        comments = list(_comments(archive, given.file))
    found.held["paragraphs"] = len(paragraphs)
    text = "\n".join(paragraphs)
    found.documents["d"] = Document(f"transcript {text_hash(text)[:8]}", text)
    for row, (number, parts) in enumerate(comments, start=1):
        found.held["comments"] += 1
        match = CODES.match(parts[0]) if parts else None
        if match is None:
            found.leave("comments that are no codes")
            continue
        start, end = whole_number(match[1]), whole_number(match[2])
        for code in filter(None, (part.strip() for part in parts[1:])):
            found.code_path([code], row)
            excerpt = anchored.get(number)
            found.codings.append(Coding("d", code, coder, row, start, end, excerpt))
    _place(found, text)
    if coder is not None and found.codings:
        found.warn(f"coder {coder} is taken from the file's name.")
    found.warn("codes are without their hierarchy, which this export drops.")
    return found.draft()


def _place(found: CodedFile, text: str) -> None:
    """Use the docx's text where the ranges fit what the comments are anchored to; else leave it out."""
    spans = [Selection("d", each.start or 0, each.end or 0, each.excerpt) for each in found.codings]
    proof = prove({"d": text}, spans)
    if proof.usable:
        found.place()
        return
    found.positions = proof.facts()
    found.facts["document_sha256"] = text_hash(text)
    found.documents["d"].text = None
    found.documents["d"].sha256 = text_hash(text)
    for each in found.codings:
        each.excerpt = None
    if found.codings:
        found.warn(
            "ranges count characters of Dedoose's own text, which is not in the file: they are compared with "
            "each other, and never shown as quotes."
        )


def _parsed(archive: Archive, member: str, name: str) -> Any:
    content = archive.read(member, LARGEST_PART)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise DataError(Problem("holds damaged XML. Export it again.", file=name)) from None
    if root.getroottree().docinfo.doctype:
        raise DataError(Problem("declares a document type, as no docx does. It may be hostile.", file=name))
    return root


def _comments(archive: Archive, name: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the number and the paragraphs of each comment."""
    for comment in _parsed(archive, COMMENTS, name).iter("{*}comment"):
        yield _attribute(comment, "id"), [_words(paragraph) for paragraph in comment.iter("{*}p")]


def _body(archive: Archive, name: str) -> tuple[list[str], dict[str, str]]:
    """Return the paragraphs, and the words that each comment is anchored to."""
    paragraphs: list[str] = []
    open_: dict[str, list[str]] = {}
    anchored: dict[str, str] = {}
    for paragraph in _parsed(archive, BODY, name).iter("{*}p"):
        words = []
        for element in paragraph.iter("{*}*"):
            kind = etree.QName(element).localname
            if kind == "commentRangeStart":
                open_[_attribute(element, "id")] = []
            elif kind == "commentRangeEnd":
                number = _attribute(element, "id")
                anchored[number] = "".join(open_.pop(number, []))
            else:
                piece = _piece(kind, element)
                words.append(piece)
                for inside in open_.values():
                    inside.append(piece)
        for inside in open_.values():
            inside.append("\n")
        paragraphs.append("".join(words))
    return paragraphs, {number: words for number, words in anchored.items() if words.strip()}


def _words(paragraph: Any) -> str:
    return "".join(_piece(etree.QName(e).localname, e) for e in paragraph.iter("{*}*"))


def _piece(kind: str, element: Any) -> str:
    return (element.text or "") if kind == "t" else {"tab": "\t", "br": "\n", "cr": "\n"}.get(kind, "")


def _attribute(element: Any, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if etree.QName(k).localname == name), "")
