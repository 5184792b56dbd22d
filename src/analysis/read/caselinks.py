"""Whose a document or a part of it is, and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .consents import say

if TYPE_CHECKING:
    from .coded import CodedFile, Coding

__all__ = ["Case", "Link", "give_attributes", "link_cases"]


@dataclass(slots=True)
class Case:
    """A participant and what is known of them, by columns of cases."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    row: int = 1


@dataclass(slots=True)
class Link:
    """A case and the document, or the part of it, that is theirs."""

    case: str
    document: str
    start: int | None
    end: int | None

    def covers(self, length: int) -> bool:
        """Return whether it is all of a text that is `length` characters long."""
        return self.start in (None, 0, 1) and (self.end is None or self.end >= length)


def link_cases(found: CodedFile) -> None:
    """A document that is all one case's goes to that case; else codings go to the case around them."""
    links: dict[str, list[Link]] = {}
    for link in found.links:
        if link.case in found.cases and link.document in found.documents:
            links.setdefault(link.document, []).append(link)
    for key, mine in links.items():
        document = found.documents[key]
        length = len((document.text or "").rstrip())
        whole = all(link.covers(length) for link in mine)
        if whole and len({link.case for link in mine}) == 1:
            document.case = mine[0].case
        elif whole:
            found.leave("documents that several cases share")
    for coding in found.codings:
        mine = links.get(coding.document, [])
        if mine and found.documents[coding.document].case is None and coding.start is not None:
            coding.case = _case_around(coding, mine)


def give_attributes(found: CodedFile) -> None:
    """Attributes of a document are its case's; a document without case is a case of its own."""
    for key, attributes in found.of_documents.items():
        document = found.documents.get(key)
        if document is None:
            found.leave("attributes of documents that are missing")
            continue
        if document.case is None and any(link.document == key for link in found.links):
            found.leave("attributes of documents that several cases share", len(attributes))
            continue
        if document.case is None:
            document.case = f"document {key}"
            found.cases[document.case] = Case(document.name, row=document.row)
        case = found.cases[document.case]
        of_case, case.attributes = case.attributes, dict(attributes)
        for column, value in of_case.items():
            say(case.attributes, column, value)


def _case_around(coding: Coding, links: list[Link]) -> str | None:
    """Return the one case whose part of the document holds a coding."""
    start, end = coding.start or 0, coding.end or 0
    around = {
        link.case
        for link in links
        if (link.start is None or link.start <= start) and (link.end is None or end <= link.end)
    }
    return around.pop() if len(around) == 1 else None
