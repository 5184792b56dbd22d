"""Selections of REFI-QDA texts and their codings, taken from XML elements a batch at a time.

A project may hold a million of each: this loop decides how fast it is read.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from .refi_rows import NOWHERE, ProjectXml, guid_of

__all__ = ["MarkReader", "local", "position"]

FURTHEST = 2**31 - 2


class MarkReader:
    """Takes selections and codings into the MarkTable of a ProjectXml.

    Parameters
    ----------
    found : ProjectXml
    """

    def __init__(self, found: ProjectXml) -> None:
        self.found = found
        self.wanted: set[str] = set()  # GUIDs of selections that cases ask for
        self._numbers: dict[str, dict[str | None, int]] = {
            kind: {None: NOWHERE, "": NOWHERE} for kind in ("user", "code", "source")
        }
        self._users, self._codes = self._numbers["user"], self._numbers["code"]
        self._names: dict[str, str] = {}
        self._codings: list[tuple[int, int, int, int, str | None, int]] = []
        self._parent: Any = None
        self._parent_number = NOWHERE
        self._parent_is_pdf = False

    def name(self, element: Any) -> str:
        """Return an element's name without its namespace."""
        tag = element.tag
        return self._names.get(tag) or self._names.setdefault(tag, tag.rpartition("}")[2])

    def number(self, kind: str, raw: str | None) -> int:
        """Return the running number of a GUID; NOWHERE where there is none."""
        known = self._numbers[kind]
        number = known.get(raw)
        if number is None:
            guid, guids = guid_of(raw), self.found.guids[kind]
            number = known.get(guid, len(guids))
            if number == len(guids):
                guids.append(guid)
            known[raw] = known[guid] = number
        return number

    def selections(self, elements: Sequence[Any]) -> None:
        """Take selections of texts that have ended, in the order of the file."""
        rows = []
        row = len(self.found.marks.start)
        for element in elements:
            parent = element.getparent()
            if parent is not self._parent:
                self._enter(parent)
            get = element.get
            line = element.sourceline or 1
            rows.append((self._parent_number, get("startPosition"), get("endPosition"), get("name"), line))
            self._inside(element, row, line)
            if self._parent_is_pdf or self.wanted:
                guid = guid_of(get("guid"))
                if self._parent_is_pdf or guid in self.wanted:
                    self.found.selection_guids[guid] = row
            row += 1
        if rows:
            source, start, end, names, lines = zip(*rows, strict=True)
            self._extend(source, _positions(start), _positions(end), names, lines)
        self._flush()

    def selection(self, element: Any, source: int, start: int, end: int) -> None:
        """Take one selection whose place is known."""
        line = element.sourceline or 1
        self._inside(element, len(self.found.marks.start), line)
        self._extend([source], [start], [end], [element.get("name")], [line])
        self._flush()

    def coding_of_source(self, coding: Any, source: int) -> None:
        """Take a coding of a whole source."""
        self._coding(coding, NOWHERE, source, None, coding.sourceline or 1)
        self._flush()

    def _enter(self, parent: Any) -> None:
        """Note the source that the selections which come now stand in."""
        self._parent = parent
        outer = parent.getparent()
        self._parent_is_pdf = local(parent) == "Representation"
        guid = outer.get("guid") if self._parent_is_pdf and outer is not None else parent.get("guid")
        self._parent_number = self.number("source", guid)

    def _inside(self, selection: Any, row: int, line: int) -> None:
        marks, names = self.found.marks, self._names
        coded = False
        child = _first(selection)
        while child is not None:
            name = names.get(child.tag) or self.name(child)
            if name == "Coding":
                self._coding(child, row, NOWHERE, selection, line)
                coded = True
            elif name == "Description" and child.text:
                marks.memo[row] = child.text
            elif name == "NoteRef":
                marks.notes.setdefault(row, []).append(guid_of(child.get("targetGUID")))
            child = child.getnext()
        if not coded:
            self.found.left["selections without a code"] += 1

    def _coding(self, coding: Any, selection: int, source: int, marked: Any, line: int) -> None:
        """Take a coding; `marked` is the selection around it, whose user stands in for a missing one."""
        names, codings = self._names, self._codings
        get = coding.get
        user = get("creatingUser") or get("modifyingUser")
        if not user and marked is not None:
            at = len(self.found.marks.code) + len(codings)
            self.found.marks.user_from_selection[at] = guid_of(marked.get("creatingUser"))
        code = None
        ref = _first(coding)
        while ref is not None:
            name = names.get(ref.tag) or self.name(ref)
            if name == "CodeRef":
                code = code or ref.get("targetGUID")
            elif name == "NoteRef":
                at = len(self.found.marks.code) + len(codings)
                notes = self.found.marks.coding_notes.setdefault(at, [])
                notes.append(guid_of(ref.get("targetGUID")))
            ref = ref.getnext()
        by, of = self._users.get(user), self._codes.get(code)
        by = self.number("user", user) if by is None else by
        of = self.number("code", code) if of is None else of
        codings.append((selection, source, by, of, get("creationDateTime"), line))

    def _extend(self, source: Any, start: Any, end: Any, names: Iterable[str | None], line: Any) -> None:
        marks = self.found.marks
        marks.source.extend(source)
        marks.start.extend(start)
        marks.end.extend(end)
        marks.name.extend(name or None for name in names)
        marks.line.extend(line)

    def _flush(self) -> None:
        """Put the codings taken since the last time into their columns."""
        if self._codings:
            marks = self.found.marks
            columns: tuple[Any, ...] = (
                marks.selection,
                marks.whole,
                marks.user,
                marks.code,
                marks.created,
                marks.coding_line,
            )
            for column, cells in zip(columns, zip(*self._codings, strict=True), strict=True):
                column.extend(cells)
            self._codings.clear()


def local(element: Any) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _first(element: Any) -> Any:
    """Return the first child; going on from it by `getnext` takes half the time of iterating."""
    return element[0] if len(element) else None


def _positions(raw: Sequence[str | None]) -> array[int]:
    try:
        positions = array("q", map(int, raw))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return array("q", map(position, raw))
    plain = min(positions) >= 0 and max(positions) <= FURTHEST
    return positions if plain else array("q", map(position, raw))


def position(raw: str | None) -> int:
    """Return a position, or NOWHERE where it is none."""
    try:
        place = int(raw or "")
    except ValueError:
        return NOWHERE
    return place if 0 <= place <= FURTHEST else NOWHERE
