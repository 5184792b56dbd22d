"""Documents, codes and codings of one file, as its reader finds them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Code", "Coding", "Document"]


@dataclass(slots=True)
class Document:
    """A text that was coded; `text` is None where the file does not hold it, `sha256` may still be known."""

    name: str
    text: str | None = None
    case: str | None = None
    row: int = 1
    sha256: str | None = None


@dataclass(slots=True)
class Code:
    """A code, or a folder of codes; `parent` is the key of the one above it."""

    name: str
    parent: str | None = None
    definition: str | None = None
    row: int = 1


@dataclass(slots=True)
class Coding:
    """One code that one coder gave one place; positions as the file states them.

    Without `start` and `end` the place is the excerpt, to be found in the text; without an excerpt it is the
    whole document. `near` says roughly where an excerpt stands, as the tool shows it, by a paragraph or the
    id of a highlight; it tells equal words apart.
    """

    document: str
    code: str
    coder: str | None
    row: int
    start: int | None = None
    end: int | None = None
    excerpt: str | None = None
    page: str | None = None
    memo: str | None = None
    created: str | None = None
    weight: str | None = None
    case: str | None = None
    near: str | None = None
