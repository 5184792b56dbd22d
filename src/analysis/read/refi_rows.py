"""What a REFI-QDA project or codebook says, as rows: GUIDs as keys, nothing made of it yet."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field

__all__ = [
    "NOWHERE",
    "Area",
    "CaseRow",
    "CodeRow",
    "MarkTable",
    "ProjectXml",
    "SetRow",
    "SourceRow",
    "guid_of",
]

NOWHERE = -1


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
