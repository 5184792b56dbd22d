"""Everything of a REFI-QDA project but the selections of its texts, taken from XML elements as they end."""

from __future__ import annotations

from typing import Any

from .refi_marks import MarkReader, local, position
from .refi_rows import NOWHERE, Area, CaseRow, CodeRow, ProjectXml, SetRow, SourceRow, guid_of

__all__ = ["HANDLED", "ElementReader"]

TEXT_SOURCES = ("TextSource", "Representation", "Transcript")
OTHER_SOURCES = ("PDFSource", "PictureSource", "AudioSource", "VideoSource")
AREAS = ("PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection")
HANDLED = (
    *("User", "Code", "Variable", "Case", "Note", "Link", "Graph", "Set"),
    *("SyncPoint", "TranscriptSelection", *AREAS, *TEXT_SOURCES, *OTHER_SOURCES),
)
VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")


class ElementReader:
    """Takes one element after the other into a ProjectXml.

    Parameters
    ----------
    found : ProjectXml
    marks : MarkReader
        Of the same project.
    """

    def __init__(self, found: ProjectXml, marks: MarkReader) -> None:
        self.found, self.marks = found, marks
        self._transcript: Any = None
        self._points: dict[str, int] = {}  # of that transcript: position by GUID

    def take(self, element: Any, name: str) -> None:
        """Take an element that has just ended."""
        found = self.found
        if name not in ("Code", "Representation", "SyncPoint"):
            found.held[name] += 1
        guid = guid_of(element.get("guid"))
        if name == "SyncPoint":
            self._sync_point(element, guid)
        elif name == "User":
            found.users[guid] = element.get("name") or element.get("id") or ""
        elif name == "Code":
            self._codes(element)
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

    def _codes(self, element: Any) -> None:
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
        self.marks.wanted.update(refs["SelectionRef"])
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

    def _sync_point(self, element: Any, guid: str) -> None:
        """Take a point of a transcript; the selections between its points come after it."""
        transcript = element.getparent()
        if transcript is not self._transcript:
            self._transcript, self._points = transcript, {}
        self._points[guid] = position(element.get("position"))

    def _transcript_selection(self, element: Any) -> None:
        transcript = element.getparent()
        points = self._points if transcript is self._transcript else {}
        start, end = (points.get(guid_of(element.get(k)), NOWHERE) for k in ("fromSyncPoint", "toSyncPoint"))
        self.marks.selection(element, self.marks.number("source", transcript.get("guid")), start, end)

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
        number = self.marks.number("source", guid)
        if not guid:
            self.found.left["sources without a GUID"] += 1
            return
        for child in element:
            if local(child) == "Coding":
                self.marks.coding_of_source(child, number)
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
