"""One REFI-QDA project from what its XML says to a Draft: tables, what was taken, what was left."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd

from ..errors import DataError
from ..inputs import Input
from ..schemas import FILE, ROW
from .declared import coder_missing, stage_missing
from .draft import Draft, of_file
from .ids import clean_name
from .positions import Proof
from .refi_areas import Left, page_codings
from .refi_cases import Cases, cases_of
from .refi_coders import by_people, coders_of
from .refi_codes import code_ids, code_table, of_codebook
from .refi_codings import coding_numbers, coding_table, left_out, placed_only
from .refi_documents import documents_of
from .refi_places import Places
from .refi_rows import NOWHERE, ProjectXml
from .refi_segments import segments_of
from .refi_speakers import case_spans, cases_of_segments
from .refi_texts import Texts, rulers_of
from .verdicts import UNFIT

__all__ = ["Project", "tool_of"]

VERSION = re.compile(r"(?:^|[\s,v-])(\d+(?:\.\d+)*)", re.IGNORECASE)
UNREAD = {"notes": "Note", "links": "Link", "graphs": "Graph"}


class Project:
    """One project on its way to a Draft.

    Parameters
    ----------
    project : ProjectXml
    texts : Texts
    given : Input
        Its line in study.yml.
    sha256 : str
        Of the file.
    """

    def __init__(self, project: ProjectXml, texts: Texts, given: Input, sha256: str) -> None:
        self.xml, self.texts, self.given, self.sha256 = project, texts, given, sha256
        self.file = given.file
        self.left: Left = Counter(project.left)
        self.warnings: list[str] = []

    def draft(self) -> Draft:
        """Return the tables.

        Raises
        ------
        DataError
            If positions fit no way of counting, or stage or coder are stated nowhere.
        """
        xml, file = self.xml, self.file
        self.rulers, warnings = rulers_of(xml, self.texts, file)
        self.documents = documents_of(xml)
        self.cases: Cases = cases_of(xml, self.documents.ids, file)
        self.warnings += [*warnings, *self.cases.warnings]
        self.code_ids = code_ids(xml)
        self.places = Places(xml, self.documents)
        proof = self.places.proved(self.rulers, file)
        self.warnings += self.places.warnings(file)
        self.places.to_code_points(proof, self.rulers)
        rows = self._coding_rows()
        tables = {
            "documents": of_file(self.documents.table(xml, self.rulers, self.cases.of_source), file),
            "codes": code_table(xml, file),
            "cases": of_file(self.cases.table(), file),
            **self._span_tables(rows),
        }
        tables = {name: frame for name, frame in tables.items() if len(frame) or name == "codings"}
        return Draft(file, self.sha256, tables, self._facts(tables, proof), self.warnings)

    def _coding_rows(self) -> pd.DataFrame:
        """Return the codings of places by codes, as numbers; those to a case say whose text it is."""
        rows = coding_numbers(self.xml, self.documents, self.places)
        unfit = self.places.unfit[rows["document"]] & (rows["selection"] != NOWHERE)
        rows = left_out(rows, unfit, UNFIT, self.left).reset_index(drop=True)
        kinds = np.array([*(self._code_kind(guid) for guid in self.xml.guids["code"]), "missing"])
        kind = kinds[rows["code"].to_numpy()]
        mine = kind == "case"
        self.case_spans = case_spans(rows[mine], self.xml, self.places, self.cases)
        if mine.any():
            self.xml.held["codings to a case"] = int(mine.sum())
        rows = placed_only(rows[~mine], kind[~mine] == "missing", self.left)
        self._warn_of_folders(rows)
        return rows

    def _warn_of_folders(self, rows: pd.DataFrame) -> None:
        """Say how many codings are with a folder, which by its own project nothing can be coded with."""
        codes = (self.xml.codes.get(guid) for guid in self.xml.guids["code"])
        folder = np.array([code is not None and not code.codable for code in codes], dtype=bool)
        count = int(folder[rows["code"].to_numpy()].sum()) if folder.any() else 0
        if count:
            self.warnings.append(
                f"{self.file}: {count} codings are with codes that the project calls folders; they are kept."
            )

    def _code_kind(self, guid: str) -> str:
        return "code" if guid in self.code_ids else "case" if guid in self.cases.of_guid else "missing"

    def _span_tables(self, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        coders = coders_of(rows, self.xml, self.given, self.warnings)
        rows = left_out(rows, ~by_people(coders, self.given), "codings by the tool's own user", self.left)
        coders = coders[rows.index]
        pages = page_codings(self.xml, self.documents.ids, self.code_ids, self.given, self.left)
        self._check_stated(coders, pages)
        segments, document, number = segments_of(rows, self.documents, self.rulers, self.file)
        segments["case_id"] = cases_of_segments(segments, document, self.case_spans)
        about = {
            "segment_id": segments["segment_id"].array.take(number),
            "coder_id": coders.array,
            "stage": self.given.stage or "",
            "round": str(self.given.round),
            FILE: self.file,
        }
        codings = coding_table(rows, self.xml, self.texts, self.code_ids, about)
        if pages:
            segments, codings = self._with_pages(segments, codings, pages)
        once = codings.drop_duplicates(["segment_id", "coder_id", "value"], ignore_index=True)
        if len(once) < len(codings):
            self.left["codings that repeat another"] += len(codings) - len(once)
        return {"segments": segments, "codings": once}

    def _check_stated(self, coders: pd.Series, pages: list[dict[str, object]]) -> None:
        missing = int(coders.isna().sum()) + sum(row["coder_id"] is None for row in pages)
        total = len(coders) + len(pages)
        problems = []
        if total and self.given.stage is None:
            problems.append(stage_missing(self.file))
        if missing:
            problems.append(coder_missing(self.file, missing, total))
        if problems:
            raise DataError(problems)

    def _with_pages(
        self, segments: pd.DataFrame, codings: pd.DataFrame, pages: list[dict[str, object]]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        extra = of_file(pd.DataFrame(pages).astype("string"), self.file)
        extra[ROW] = extra[ROW].astype("int64")
        own = extra[["segment_id", "document_id", "page", "text", FILE, ROW]].drop_duplicates("segment_id")
        segments = pd.concat([segments, own], ignore_index=True)
        return segments, pd.concat([codings, extra[list(codings)]], ignore_index=True)

    def _facts(self, tables: dict[str, pd.DataFrame], proof: Proof) -> dict[str, object]:
        tool, version = tool_of(self.xml.origin)
        xml = self.xml
        self.left |= {name: xml.held[element] for name, element in UNREAD.items() if xml.held[element]}
        self.left |= {what: count for what, count in of_codebook(xml).items() if count}
        codings = len(xml.marks.code) + sum(len(area.codings) for area in xml.areas)
        held = xml.held | {"Coding": codings, "PlainTextSelection": len(xml.marks.start)}
        taken = {name: len(frame) for name, frame in tables.items()}
        taken["coders"] = int(tables["codings"]["coder_id"].nunique())
        taken["texts"] = len(self.rulers)
        return {
            "format": "refi-qda",
            "tool": tool,
            "version": version,
            "held": dict(sorted(held.items())),
            "taken": taken,
            "left": dict(sorted(self.left.items())),
            "positions": proof.facts(),
        }


def tool_of(origin: str) -> tuple[str, str | None]:
    """Return tool and version of an origin such as "ATLAS.ti 8.4.0 573 , macOS"."""
    found = VERSION.search(origin)
    if not found:
        return clean_name(origin) or "unknown", None
    return clean_name(origin[: found.start()]).strip(" ,-") or "unknown", found[1]
