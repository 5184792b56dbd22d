"""REFI-QDA XML read as a stream: elements are taken as they end and forgotten, whatever the size of the file.

Elements are known by their local names, because namespaces differ between tools; GUIDs lose braces and case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from lxml import etree

from ..errors import DataError, Problem
from .refi_elements import HANDLED, ElementReader
from .refi_marks import MarkReader, local
from .refi_rows import ProjectXml

__all__ = ["read_project"]

SELECTION = "PlainTextSelection"
CONTAINERS = ("Project", "CodeBook")
BATCH = 1_000  # selections held at a time


def read_project(stream: IO[bytes], name: str) -> ProjectXml:
    """Return what a project or codebook says.

    Parameters
    ----------
    stream : file of bytes
    name : str
        How messages call the file.

    Raises
    ------
    DataError
        If it is no XML, is cut short, declares a document type, or is no project or codebook.
    """
    found = ProjectXml()
    reader = _Reader(found)
    try:
        for element in _elements(stream, name, found):
            reader.take(element)
        reader.take_batch()
    except (etree.XMLSyntaxError, UnicodeError, LookupError) as error:
        line = getattr(error, "lineno", None) or None
        what = "is no XML from here on, or is cut short. Export it again."
        raise DataError(Problem(what, file=name, line=line)) from None
    return found


def _elements(stream: IO[bytes], name: str, found: ProjectXml) -> Iterator[Any]:
    """Yield each element of interest at its end, then forget it."""
    walk = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{each}" for each in (SELECTION, *HANDLED)],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    last: Any = None
    for _, element in walk:
        if last is None:
            _check_root(element.getroottree(), name, found)
        yield element
        last = element
    _check_root(walk.root.getroottree() if walk.root is not None else None, name, found)


def _check_root(tree: Any, name: str, found: ProjectXml) -> None:
    if tree is None:
        raise DataError(Problem("is no REFI-QDA project or codebook.", file=name))
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        raise DataError(
            Problem("declares a document type, which no export does. It may be hostile.", file=name)
        )
    root = tree.getroot()
    found.root = local(root)
    if found.root not in CONTAINERS:
        raise DataError(Problem("is no REFI-QDA project or codebook.", file=name))
    found.origin = root.get("origin") or ""


class _Reader:
    """Hands elements on and forgets them: selections of texts by the batch, all others one by one."""

    def __init__(self, found: ProjectXml) -> None:
        self._marks = MarkReader(found)
        self._others = ElementReader(found, self._marks)
        self._batch: list[Any] = []
        self._previous: Any = None

    def take(self, element: Any) -> None:
        """Read an element that has just ended."""
        name = self._marks.name(element)
        if name == SELECTION:
            self._batch.append(element)
            if len(self._batch) == BATCH:
                self.take_batch()
            return
        self.take_batch()
        self._others.take(element, name)
        self._forget(element, name)

    def take_batch(self) -> None:
        """Read the selections that wait."""
        self._marks.selections(self._batch)
        for element in self._batch:
            self._drop_previous(element)
        self._batch.clear()

    def _forget(self, element: Any, name: str) -> None:
        if name == "Code" or (name == "Representation" and local(element.getparent()) == "PDFSelection"):
            return  # still needed when the element around it ends
        element.clear(keep_tail=False)
        self._drop_previous(element)

    def _drop_previous(self, element: Any) -> None:
        """Take the element before this one out of the tree: the parser has left it behind for good."""
        previous, self._previous = self._previous, element
        if previous is not None:
            parent = previous.getparent()
            if parent is not None and parent is element.getparent():
                parent.remove(previous)
