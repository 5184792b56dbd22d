"""REFI-QDA XML read as a stream: what a project or codebook says, before anything is made of it.

Elements are known by their local names, because namespaces differ between tools; GUIDs lose braces and case.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from lxml import etree

from ..errors import DataError, Problem

__all__ = ["CodeRow", "MarkTable", "ProjectXml", "SetRow", "SourceRow", "guid_of", "read_project"]

FURTHEST = 2**31 - 2
NOWHERE = -1
TEXT_SOURCES = ("TextSource", "Representation", "Transcript")
OTHER_SOURCES = ("PDFSource", "PictureSource", "AudioSource", "VideoSource")
AREAS = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection")
HANDLED = (
    *("User", "Code", "Variable", "Case", "Note", "Link", "Graph", "Set"),
    *("PlainTextSelection", "TranscriptSelection", *AREAS, *TEXT_SOURCES, *OTHER_SOURCES),
)
CONTAINERS = ("Project", "CodeBook")
VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


def guid_of(raw: str | None) -> str:
    """Return a GUID without braces, in small letters; empty where there is none."""
    return raw.strip().strip("{}").lower() if raw else ""


@dataclass(slots=True)
class CodeRow:
    """A code or folder of the codebook."""

    name: str
    parent: str | None
    codable: bool
    description: str | None
    line: int


@dataclass(slots=True)
class CaseRow:
    """A case: values of variables, and the sources, selections and codes that belong to it."""

    guid: str
    name: str
    values: dict[str, str]
    sources: list[str]
    selections: list[str]
    line: int


@dataclass(slots=True)
class SourceRow:
    """A source; `text_of` names the PDF, recording or picture that a text stands for."""

    kind: str
    name: str
    path: str | None
    content: str | None
    text_of: str | None
    values: dict[str, str]
    line: int
    has_text: bool = False


@dataclass(slots=True)
class SetRow:
    """A set of sources or codes."""

    name: str
    sources: list[str]
    codes: list[str]


@dataclass(slots=True)
class Area:
    """A coded part of a picture, a recording or a PDF page."""

    source: str
    kind: str
    guid: str
    name: str
    page: str | None
    text: str | None
    user: str
    codings: list[tuple[str, str, str | None]]  # user, code, created
    line: int


class MarkTable:
    """Selections (a row each) and codings (a row each) as columns, made for a million of them."""

    def __init__(self) -> None:
        self.source, self.start, self.end = array("l"), array("q"), array("q")
        self.name: list[str | None] = []
        self.memo: dict[int, str] = {}
        self.notes: dict[int, list[str]] = {}
        self.line = array("l")
        self.selection = array("l")  # of a coding; NOWHERE where it codes the whole source
        self.whole = array("l")  # the source of such a coding
        self.user, self.code = array("l"), array("l")
        self.user_from_selection: dict[int, str] = {}  # of codings that name nobody themselves
        self.created: list[str | None] = []
        self.coding_notes: dict[int, list[str]] = {}
        self.coding_line = array("l")


@dataclass
class ProjectXml:
    """All that the XML says, GUIDs as keys, in the order of the file."""

    root: str = ""
    origin: str = ""
    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, CodeRow] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[CaseRow] = field(default_factory=list)
    sources: dict[str, SourceRow] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    notes: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)  # content, path
    sets: list[SetRow] = field(default_factory=list)
    marks: MarkTable = field(default_factory=MarkTable)
    guids: dict[str, list[str]] = field(default_factory=lambda: {"user": [], "code": [], "source": []})
    selection_guids: dict[str, int] = field(default_factory=dict)  # those of PDFs, and those cases ask for
    held: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


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
    reader = _Reader(ProjectXml())
    try:
        for element in _elements(stream, name, reader.found):
            reader.take(element)
    except (etree.XMLSyntaxError, UnicodeError, LookupError) as error:
        line = getattr(error, "lineno", None) or None
        what = "is no XML from here on, or is cut short. Export it again."
        raise DataError(Problem(what, file=name, line=line)) from None
    return reader.found


def _elements(stream: IO[bytes], name: str, found: ProjectXml) -> Iterator[Any]:
    """Yield each element of interest at its end, then forget it."""
    walk = etree.iterparse(
        stream,
        events=("end",),
        tag=[f"{{*}}{each}" for each in HANDLED],
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


def local(element: Any) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


class _Reader:
    """Takes one element after the other into a ProjectXml."""

    def __init__(self, found: ProjectXml) -> None:
        self.found = found
        self._numbers: dict[str, dict[str, int]] = {"user": {}, "code": {}, "source": {}}
        self._names: dict[str, str] = {}
        self._previous: Any = None
        self._parent: Any = None
        self._parent_number = NOWHERE
        self._parent_is_pdf = False
        self._wanted: set[str] = set()

    def take(self, element: Any) -> None:
        """Read an element that has just ended and drop what it held."""
        tag = element.tag
        name = self._names.get(tag) or self._names.setdefault(tag, tag.rpartition("}")[2])
        if name == "PlainTextSelection":
            self._selection(element)
        else:
            self._other(element, name)
            if name not in ("Code", "Representation"):
                self.found.held[name] += 1
        self._forget(element, name)

    def _forget(self, element: Any, name: str) -> None:
        if name == "Code" or (name == "Representation" and local(element.getparent()) == "PDFSelection"):
            return  # still needed when the element around it ends
        element.clear(keep_tail=False)
        previous, self._previous = self._previous, element
        if previous is not None:
            parent = previous.getparent()
            if parent is not None and parent is element.getparent():
                parent.remove(previous)

    def _number(self, kind: str, raw: str | None) -> int:
        """Return the running number of a GUID; NOWHERE where there is none."""
        if not raw:
            return NOWHERE
        known = self._numbers[kind]
        number = known.get(raw)
        if number is None:
            guid, guids = guid_of(raw), self.found.guids[kind]
            number = known.get(guid, len(guids)) if guid else NOWHERE
            if number == len(guids):
                guids.append(guid)
            known[raw] = known[guid] = number
        return number

    def _enter(self, parent: Any) -> None:
        """Note the source that the selections which come now stand in."""
        self._parent = parent
        outer = parent.getparent()
        self._parent_is_pdf = local(parent) == "Representation"
        guid = outer.get("guid") if self._parent_is_pdf and outer is not None else parent.get("guid")
        self._parent_number = self._number("source", guid)

    def _selection(self, element: Any) -> None:
        parent = element.getparent()
        if parent is not self._parent:
            self._enter(parent)
        get = element.get
        start, end = _position(get("startPosition")), _position(get("endPosition"))
        row = self._add_selection(element, self._parent_number, start, end)
        if self._parent_is_pdf or self._wanted:
            guid = guid_of(get("guid"))
            if self._parent_is_pdf or guid in self._wanted:
                self.found.selection_guids[guid] = row

    def _add_selection(self, element: Any, source: int, start: int, end: int) -> int:
        marks, names = self.found.marks, self._names
        row = len(marks.start)
        marks.source.append(source)
        marks.start.append(start)
        marks.end.append(end)
        marks.name.append(element.get("name") or None)
        line = element.sourceline or 1
        marks.line.append(line)
        coded = False
        for child in element:
            tag = child.tag
            name = names.get(tag) or names.setdefault(tag, tag.rpartition("}")[2])
            if name == "Coding":
                self._coding(child, row, NOWHERE, element, line)
                coded = True
            elif name == "Description" and child.text:
                marks.memo[row] = child.text
            elif name == "NoteRef":
                marks.notes.setdefault(row, []).append(guid_of(child.get("targetGUID")))
        if not coded:
            self.found.left["selections without a code"] += 1
        return row

    def _coding(self, coding: Any, selection: int, source: int, marked: Any, line: int) -> None:
        """Take a coding; `marked` is the selection around it, whose user stands in for a missing one."""
        marks, names = self.found.marks, self._names
        get = coding.get
        user = get("creatingUser") or get("modifyingUser")
        if not user and marked is not None:
            user = marked.get("creatingUser")
            marks.user_from_selection[len(marks.code)] = guid_of(user)
            user = None
        code = None
        for ref in coding:
            tag = ref.tag
            name = names.get(tag) or names.setdefault(tag, tag.rpartition("}")[2])
            if name == "CodeRef":
                code = code or ref.get("targetGUID")
            elif name == "NoteRef":
                notes = marks.coding_notes.setdefault(len(marks.code), [])
                notes.append(guid_of(ref.get("targetGUID")))
        marks.selection.append(selection)
        marks.whole.append(source)
        marks.user.append(self._number("user", user))
        marks.code.append(self._number("code", code))
        marks.created.append(get("creationDateTime"))
        marks.coding_line.append(line)

    def _other(self, element: Any, name: str) -> None:
        found = self.found
        guid = guid_of(element.get("guid"))
        if name == "User":
            found.users[guid] = element.get("name") or element.get("id") or ""
        elif name == "Code":
            self._codes(element, guid)
        elif name == "Variable":
            found.variables[guid] = element.get("name") or ""
        elif name == "Case":
            self._case(element, guid)
        elif name == "Note":
            found.notes[guid] = (_child_text(element, "PlainTextContent"), element.get("plainTextPath"))
        elif name == "Set":
            found.sets.append(_set(element))
        elif name == "TranscriptSelection":
            self._transcript_selection(element)
        elif name in AREAS:
            self._area(element, name, guid)
        elif name in TEXT_SOURCES or name in OTHER_SOURCES:
            self._source(element, name, guid)

    def _codes(self, element: Any, guid: str) -> None:
        """Take a code at its end; the codes below it ended before and are put after it."""
        parent = element.getparent()
        if local(parent) == "Code":
            return
        waiting: list[tuple[Any, str | None]] = [(element, None)]
        while waiting:
            code, above = waiting.pop()
            own = guid_of(code.get("guid"))
            codable = (code.get("isCodable") or "true").strip().lower() not in ("false", "0")
            description = _child_text(code, "Description")
            row = CodeRow(code.get("name") or "", above, codable, description, code.sourceline or 1)
            self.found.codes.setdefault(own, row)
            self.found.held["Code"] += 1
            below: list[tuple[Any, str | None]] = []
            for child in code:
                if local(child) == "Code":
                    below.append((child, own))
                elif local(child) == "NoteRef":
                    self.found.left["notes on codes"] += 1
            waiting += reversed(below)
        element.clear(keep_tail=False)

    def _case(self, element: Any, guid: str) -> None:
        refs = {"SourceRef": [], "SelectionRef": [], "CodeRef": []}  # type: dict[str, list[str]]
        for child in element:
            if local(child) in refs:
                refs[local(child)].append(guid_of(child.get("targetGUID")))
        self._wanted.update(refs["SelectionRef"])
        if refs["CodeRef"]:
            self.found.left["links from cases to codes"] += len(refs["CodeRef"])
        case = CaseRow(
            guid,
            element.get("name") or "",
            _values(element),
            refs["SourceRef"],
            refs["SelectionRef"],
            element.sourceline or 1,
        )
        self.found.cases.append(case)

    def _area(self, element: Any, name: str, guid: str) -> None:
        text, codings = None, []
        for child in element:
            if local(child) == "Representation":
                text = _child_text(child, "PlainTextContent")
            elif local(child) == "Coding":
                refs = [ref.get("targetGUID") for ref in child if local(ref) == "CodeRef"]
                user = guid_of(child.get("creatingUser") or child.get("modifyingUser"))
                codings.append((user, guid_of(refs[0] if refs else None), child.get("creationDateTime")))
        source = guid_of(element.getparent().get("guid"))
        by = guid_of(element.get("creatingUser"))
        line = element.sourceline or 1
        area = Area(
            source, name, guid, element.get("name") or "", element.get("page"), text, by, codings, line
        )
        self.found.areas.append(area)

    def _transcript_selection(self, element: Any) -> None:
        transcript = element.getparent()
        points = {
            guid_of(point.get("guid")): _position(point.get("position"))
            for point in transcript
            if local(point) == "SyncPoint"
        }
        start, end = (points.get(guid_of(element.get(k)), NOWHERE) for k in ("fromSyncPoint", "toSyncPoint"))
        self._add_selection(element, self._number("source", transcript.get("guid")), start, end)

    def _source(self, element: Any, name: str, guid: str) -> None:
        text_of = None
        if name in ("Representation", "Transcript"):
            outer = element.getparent()
            if local(outer) == "PDFSelection":
                return
            text_of = guid_of(outer.get("guid"))
            if name == "Representation":
                self.found.held[name] += 1
                guid = text_of
        number = self._number("source", guid)
        if not guid:
            self.found.left["sources without a GUID"] += 1
            return
        for child in element:
            if local(child) == "Coding":
                self._coding(child, NOWHERE, number, None, child.sourceline or 1)
            elif local(child) == "NoteRef":
                self.found.left["notes on documents"] += 1
        content, path = _child_text(element, "PlainTextContent"), element.get("plainTextPath")
        values, line = _values(element), element.sourceline or 1
        row = SourceRow(name, element.get("name") or "", path, content, text_of, values, line)
        row.has_text = name in TEXT_SOURCES
        before = self.found.sources.get(guid)
        if name in OTHER_SOURCES and before is not None:  # its Representation ended before it
            row.path, row.content, row.has_text = before.path, before.content, before.has_text
        self.found.sources[guid] = row


def _set(element: Any) -> SetRow:
    members: dict[str, list[str]] = {"MemberSource": [], "MemberCode": []}
    for child in element:
        if local(child) in members:
            members[local(child)].append(guid_of(child.get("targetGUID") or child.get("guid")))
    return SetRow(element.get("name") or "", members["MemberSource"], members["MemberCode"])


def _values(element: Any) -> dict[str, str]:
    """Return variable GUID -> value of a case or source."""
    values = {}
    for each in element:
        if local(each) != "VariableValue":
            continue
        variable = next((guid_of(ref.get("targetGUID")) for ref in each if local(ref) == "VariableRef"), "")
        value = next((child.text for child in each if local(child) in VALUES and child.text), None)
        if variable and value and value.strip():
            values[variable] = value.strip()
    return values


def _child_text(element: Any, name: str) -> str | None:
    return next((child.text or "" for child in element if local(child) == name), None)


def _position(raw: str | None) -> int:
    """Return a position, or NOWHERE where it is none."""
    try:
        position = int(raw or "")
    except ValueError:
        return NOWHERE
    return position if 0 <= position <= FURTHEST else NOWHERE
