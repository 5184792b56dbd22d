"""A study's codings as a REFI-QDA project (.qdpx), valid by the official schema, the same bytes each time."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from lxml import etree

from .. import __version__
from ..corpus import Corpus
from ..printable import printable
from ..schemas import TABLES
from .elements import NAMESPACE, element, said

__all__ = ["write_refi"]

FAMILY = uuid.UUID("6f0e9a1c-7f5d-5b0a-9a53-2a9b7a8c4e11")
WHEN = (1980, 1, 1, 0, 0, 0)
CARRIED = ("group", "interview_order", "consent_quote", "consent_share")  # columns that go as variables
DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def write_refi(corpus: Corpus, codings: pd.DataFrame, path: Path, name: str) -> dict[str, int]:
    """Write codings, with the documents and codes they need, as a .qdpx.

    Parameters
    ----------
    corpus : Corpus
    codings : DataFrame
        Those rows of ``corpus.codings`` that are to be written; ratings other than codes are left.
    path : Path
    name : str
        Of the project.

    Returns
    -------
    dict of str to int
        Counts of what was written and what was left.
    """
    project = _Project(corpus, codings, name)
    content = io.BytesIO()
    with etree.xmlfile(content, encoding="utf-8") as out:
        out.write_declaration(standalone=True)
        project.write(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(part, "w") as archive:
        _add(archive, "project.qde", content.getvalue())
        for file, text in project.texts.items():
            _add(archive, f"sources/{file}", text.encode("utf-8", "replace"))
    part.replace(path)
    return dict(project.counts)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


class _Project:
    """The parts of a project in the order that the schema asks for."""

    def __init__(self, corpus: Corpus, codings: pd.DataFrame, name: str) -> None:
        self.corpus, self.name = corpus, name
        of_codes = codings[codings["variable"] == "codes"]
        self.counts: Counter[str] = Counter(codings=len(of_codes))
        if len(codings) > len(of_codes):
            self.counts["ratings left"] = len(codings) - len(of_codes)
        segments = corpus.segments.set_index("segment_id")
        columns = ["document_id", "case_id", "start", "end", "text"]
        self.codings = of_codes.join(segments[columns], on="segment_id")
        nowhere = self.codings[self.codings["document_id"].isna()]
        self._within = dict(tuple(self.codings.groupby("document_id", sort=False)))
        self._alone = dict(tuple(nowhere.groupby("segment_id", sort=False)))
        self.texts: dict[str, str] = {}
        self.memos: list[tuple[str, str]] = []
        self.names = _code_names(corpus.codes)

    def guid(self, kind: str, *key: Any) -> str:
        """Return the same GUID for the same thing of the same study."""
        return str(uuid.uuid5(FAMILY, "\x1f".join([self.name, kind, *map(str, key)])))

    def write(self, out: Any) -> None:
        """Write the whole project."""
        root = {"name": printable(self.name), "origin": f"Concord {__version__}"}
        with out.element("Project", root, nsmap={None: NAMESPACE}):
            self._users(out)
            self._codes(out)
            attributes = self._variables(out)
            self._cases(out, attributes)
            self._sources(out)
            self._notes(out)

    def _users(self, out: Any) -> None:
        coders = sorted(self.codings["coder_id"].unique())
        self.counts["coders"] = len(coders)
        if coders:
            with out.element("Users"):
                for coder in coders:
                    out.write(element("User", guid=self.guid("user", coder), name=coder))

    def _codes(self, out: Any) -> None:
        codes = self.corpus.codes
        self.counts["codes"] = len(codes)
        if codes.empty:
            return
        below: dict[str | None, list[Any]] = {}
        for row in codes.itertuples(index=False):
            below.setdefault(None if pd.isna(row.parent_id) else row.parent_id, []).append(row)
        with out.element("CodeBook"), out.element("Codes"):
            for row in below.get(None, []):
                out.write(self._code(row, below))

    def _code(self, row: Any, below: Mapping[str | None, list[Any]]) -> Any:
        code = element(
            "Code", guid=self.guid("code", row.code_id), name=self.names[row.code_id], isCodable="true"
        )
        if not pd.isna(row.definition):
            code.append(element("Description", row.definition))
        code.extend(self._code(child, below) for child in below.get(row.code_id, []))
        return code

    def _variables(self, out: Any) -> list[str]:
        own = [c for c in TABLES["cases"].columns if c not in CARRIED]
        cases = self.corpus.cases
        attributes = [c for c in cases.columns if c not in own and cases[c].notna().any()]
        if cases["group"].dropna().unique().tolist() == ["all"]:
            attributes.remove("group")
        if attributes:
            with out.element("Variables"):
                for each in attributes:
                    guid = self.guid("variable", each)
                    out.write(element("Variable", guid=guid, name=each, typeOfVariable="Text"))
        return attributes

    def _cases(self, out: Any, attributes: list[str]) -> None:
        cases = self.corpus.cases
        if cases.empty:
            return
        refs = self._refs()
        with out.element("Cases"):
            for row in cases.to_dict("records"):
                case = element("Case", guid=self.guid("case", row["case_id"]), name=row["case_id"])
                for each in attributes:
                    if not pd.isna(row[each]):
                        value = etree.SubElement(case, "VariableValue")
                        value.append(element("VariableRef", targetGUID=self.guid("variable", each)))
                        value.append(element("TextValue", said(row[each])))
                case.extend(element(tag, targetGUID=guid) for tag, guid in refs.get(row["case_id"], ()))
                out.write(case)

    def _refs(self) -> dict[str, list[tuple[str, str]]]:
        """Return what each case points to: its documents, its lone answers, its parts elsewhere."""
        documents = self.corpus.documents
        refs: dict[str, list[tuple[str, str]]] = {}
        for document, case in documents[["document_id", "case_id"]].dropna().itertuples(index=False):
            refs.setdefault(case, []).append(("SourceRef", self.guid("source", document)))
        segments = self.codings.drop_duplicates("segment_id").dropna(subset=["case_id"])
        alone = segments["document_id"].isna()
        for row in segments[alone].itertuples(index=False):
            refs.setdefault(row.case_id, []).append(("SourceRef", self.guid("segment", row.segment_id)))
        of_document = segments["document_id"].map(documents.set_index("document_id")["case_id"])
        own = (segments["case_id"] == of_document).fillna(False)
        for row in segments[~alone & ~own & segments["start"].notna()].itertuples(index=False):
            refs.setdefault(row.case_id, []).append(("SelectionRef", self.guid("selection", row.segment_id)))
        return refs

    @property
    def documents(self) -> list[tuple[str, str | None, bool]]:
        """Return id, text, and whether it is a segment without a document: a source of its own."""
        held = self.corpus.documents[["document_id", "text"]].itertuples(index=False)
        found = [(d, None if pd.isna(t) else str(t), False) for d, t in held]
        alone = self.codings[self.codings["document_id"].isna()].drop_duplicates("segment_id")
        return found + [
            (s, None if pd.isna(t) else str(t), True)
            for s, t in zip(alone["segment_id"], alone["text"], strict=True)
        ]

    def _sources(self, out: Any) -> None:
        documents = self.documents
        if documents:  # the schema refuses an empty list
            with out.element("Sources"):
                for document in documents:
                    self._source(out, document)

    def _source(self, out: Any, document: tuple[str, str | None, bool]) -> None:
        name, text, alone = document
        guid = self.guid("segment" if alone else "source", name)
        attributes = {"guid": guid, "name": printable(name)}
        if text is not None:
            attributes["plainTextPath"] = f"internal://{guid}.txt"
            self.texts[f"{guid}.txt"] = text
        rows = self._rows(name, alone)
        self.counts["documents"] += 1
        with out.element("TextSource", attributes):
            marked = rows[rows["start"].notna()]
            for (segment, start, end), mine in marked.groupby(["segment_id", "start", "end"], sort=False):
                excerpt = text[start:end] if text is not None else ""
                selection = element(
                    "PlainTextSelection",
                    guid=self.guid("selection", segment),
                    name=excerpt,
                    startPosition=str(start),
                    endPosition=str(end),
                )
                selection.extend(self._coding_elements(mine))
                self.counts["selections"] += 1
                out.write(selection)
            for coding in self._coding_elements(rows[rows["start"].isna()]):
                out.write(coding)

    def _rows(self, name: str, alone: bool) -> pd.DataFrame:
        return (self._alone if alone else self._within).get(name, self.codings.iloc[:0])

    def _coding_elements(self, rows: pd.DataFrame) -> Iterator[Any]:
        for row in rows.itertuples(index=False):
            key = (row.segment_id, row.coder_id, row.value, row.stage, row.round)
            coding = element(
                "Coding", guid=self.guid("coding", *key), creatingUser=self.guid("user", row.coder_id)
            )
            if not pd.isna(row.created) and DATE_TIME.fullmatch(row.created):
                coding.set("creationDateTime", row.created)
            coding.append(element("CodeRef", targetGUID=self.guid("code", row.value)))
            if not pd.isna(row.memo):
                note = self.guid("note", *key)
                self.memos.append((note, row.memo))
                coding.append(element("NoteRef", targetGUID=note))
            yield coding

    def _notes(self, out: Any) -> None:
        if not self.memos:
            return
        self.counts["memos"] = len(self.memos)
        with out.element("Notes"):
            for number, (guid, memo) in enumerate(self.memos, start=1):
                note = element("Note", guid=guid, name=f"Memo {number}")
                note.append(element("PlainTextContent", memo))
                out.write(note)


def _code_names(codes: pd.DataFrame) -> dict[str, str]:
    """Return code id -> what tools call it: its name where no other code has it, else its id."""
    times = codes["name"].value_counts()
    return {
        i: name if times[name] == 1 else i for i, name in zip(codes["code_id"], codes["name"], strict=True)
    }
