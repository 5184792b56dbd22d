"""What a tool's file held, in words that all tools share, and how that becomes a Draft."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ..errors import DataError, Problem
from ..inputs import Input
from .caselinks import Case, Link, give_attributes, link_cases
from .codeditems import Code, Coding, Document
from .codedtables import CODING_KEY, tables_of_file, text_hash
from .consents import attribute_column, say
from .declared import coder_missing, stage_missing
from .draft import Draft
from .ids import PATH, clean_name
from .placing import place
from .positions import Selection

__all__ = ["Case", "Code", "CodedFile", "Coding", "Document", "text_hash"]


@dataclass
class CodedFile:
    """Documents, codes, cases and codings of one file, each under the key that the file itself uses.

    Parameters
    ----------
    given : Input
        Its line in study.yml.
    sha256 : str
        Of the file's bytes.
    format : str
        As study.yml calls it.
    tool : str
        The program that wrote it.
    version : str, optional
        Of the program, or of its database.
    positions : dict
        How positions were proved; goes to imports.json.
    """

    given: Input
    sha256: str
    format: str
    tool: str
    version: str | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    codings: list[Coding] = field(default_factory=list)
    held: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    positions: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    of_documents: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """How messages call the file."""
        return self.given.file

    def warn(self, sentence: str) -> None:
        """Say something about this file."""
        self.warnings.append(f"{self.file}: {sentence}")

    def leave(self, what: str, count: int = 1) -> None:
        """Count something that the file holds and Concord does not take."""
        if count:
            self.left[what] += count

    def link(self, case: str, document: str, start: int | None = None, end: int | None = None) -> None:
        """Say that a document, or its part from `start` to `end`, belongs to a case."""
        self.links.append(Link(case, document, start, end))

    def attribute(self, key: str, name: str | None, value: str | None, *, of_case: bool) -> None:
        """Say what is known of a case or, failing that, of a document."""
        if name is None or value is None:
            return
        column = attribute_column(name)
        if not of_case:
            say(self.of_documents.setdefault(key, {}), column, value)
        elif key in self.cases:
            say(self.cases[key].attributes, column, value)
        else:
            self.leave("attributes of cases that are missing")

    def place(self, evidence: Iterable[Selection] | None = None) -> None:
        """Prove what positions mean in this file and turn them into code points of the texts.

        Parameters
        ----------
        evidence : iterable of Selection, optional
            Places whose words are known, such as tokens; without it the codings are judged.

        Raises
        ------
        DataError
            If no way to count fits; the documents that fit worst are named.
        """
        place(self, evidence)

    def code_path(self, names: Iterable[str], row: int) -> str:
        """Return the key of the code at a path of names, listing it and what stands above it."""
        key: str | None = None
        for name in names:
            below = name if key is None else f"{key}{PATH}{name}"
            self.codes.setdefault(below, Code(name, key, row=row))
            key = below
        return key or ""

    def draft(self) -> Draft:
        """Return the tables of this file.

        Raises
        ------
        DataError
            If codings lack a coder or a stage that study.yml does not give either.
        """
        self._leave_dangling()
        link_cases(self)
        give_attributes(self)
        problems = list(self._undeclared())
        if problems:
            raise DataError(problems)
        frames = tables_of_file(self)
        self._count_repeats(frames)
        return Draft(self.file, self.sha256, frames, self._facts(frames), list(self.warnings))

    def _leave_dangling(self) -> None:
        """Codings of documents or codes that the file does not hold are left out and counted."""
        kept = []
        for coding in self.codings:
            if coding.document not in self.documents:
                self.leave("codings whose document is missing")
            elif coding.code not in self.codes:
                self.leave("codings whose code is missing")
            elif coding.start is not None and coding.end is not None and coding.end <= coding.start:
                self.leave("codings of no text")
            else:
                kept.append(coding)
        self.codings = kept

    def _undeclared(self) -> Iterator[Problem]:
        """Give codings their coder; say how to name the coder, and the stage, where nobody does."""
        if self.codings and self.given.stage is None:
            yield stage_missing(self.file)
        missing = 0
        for coding in self.codings:
            coding.coder = self.given.all_by or (clean_name(coding.coder) or None) or self.given.coder
            missing += coding.coder is None
        if missing:
            yield coder_missing(self.file, missing, len(self.codings))

    def _count_repeats(self, frames: dict[str, pd.DataFrame]) -> None:
        codings, segments = frames["codings"], frames["segments"]
        again = codings.duplicated(CODING_KEY)
        if again.any() and {"start", "text"} & set(segments) == {"text"}:
            self.leave(
                "codings of words that the coder gave the code before, perhaps elsewhere", int(again.sum())
            )
        else:
            self.leave("codings that repeat another", int(again.sum()))
        frames["codings"] = codings[~again].reset_index(drop=True)

    def _facts(self, frames: dict[str, pd.DataFrame]) -> dict[str, object]:
        codings = frames["codings"]
        taken = {name: len(frame) for name, frame in frames.items()}
        taken["coders"] = int(codings["coder_id"].nunique())
        facts: dict[str, object] = {"format": self.format, "tool": self.tool, "version": self.version}
        return {
            **facts,
            **self.facts,
            "held": dict(self.held),
            "taken": taken,
            "left": dict(self.left),
            "positions": self.positions,
        }
