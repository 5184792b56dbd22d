"""REFI-QDA: projects (.qdpx, a bare .qde) and codebooks (.qdc) of any tool, to a Draft.

The coder is the user of each Coding, positions are proved over all texts of the file, and what is not taken
is counted.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, Problem
from ..schemas import FILE, ROW
from ..study import Input
from .archive import Archive
from .coded import text_hash
from .contents import sha256_of
from .declared import coder_missing, stage_missing
from .draft import Draft
from .ids import clean_name, unique_ids
from .positions import Proof, prove
from .refi_areas import Left, page_codings
from .refi_cases import Cases, cases_of
from .refi_texts import Texts, rulers_of
from .refi_xml import NOWHERE, ProjectXml, read_project
from .ruler import Ruler

__all__ = ["read_refi", "read_refi_codebook", "recognises", "recognises_codebook"]

ZIP = b"PK\x03\x04"
LARGEST_NOTE = 1 << 20
BUILT_IN = {"atlas.ti"}
VERSION = re.compile(r"(?:^|[\s,v-])(\d+(?:\.\d+)*)", re.IGNORECASE)
CODINGS = ["segment_id", "coder_id", "variable", "value", "stage", "round", "memo", "created"]


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a project: an archive that holds a .qde, or XML whose root is Project."""
    if head.startswith(ZIP):
        return bool(_qde_members(path))
    return b"<Project" in head and b"QDA-XML" in head


def recognises_codebook(head: bytes, path: Path) -> bool:
    """Return whether a file is a codebook: XML whose root is CodeBook."""
    return b"<CodeBook" in head and b"<Project" not in head


def _qde_members(path: Path) -> list[str]:
    try:
        with Archive(path, path.name) as archive:
            return archive.find(lambda name: name.casefold().endswith(".qde"))
    except DataError:
        return []


def read_refi(path: Path, given: Input) -> Draft:
    """Return what a REFI-QDA project holds.

    Parameters
    ----------
    path : Path
        A .qdpx archive or a bare .qde; texts of the latter may stand in a folder `sources` beside it.
    given : Input
        Its line in study.yml.

    Raises
    ------
    DataError
        If it cannot be read, positions fit no way of counting, or stage or coder are stated nowhere.
    """
    name = given.file
    sha256 = sha256_of(path, name)
    with path.open("rb") as stream:
        packed = stream.read(len(ZIP)) == ZIP
    if not packed:
        with path.open("rb") as stream:
            project = read_project(stream, name)
        return _Project(project, Texts(folder=path.parent), given, sha256).draft()
    with Archive(path, name) as archive:
        with archive.open(_project_member(archive, name)) as stream:
            project = read_project(stream, name)
        return _Project(project, Texts(archive), given, sha256).draft()


def read_refi_codebook(path: Path, given: Input) -> Draft:
    """Return the codes of a REFI-QDA codebook.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    sha256 = sha256_of(path, given.file)
    with path.open("rb") as stream:
        project = read_project(stream, given.file)
    codes = _codes(project, given.file)
    tool, version = _origin(project.origin)
    facts: dict[str, object] = {"format": "refi-codebook", "tool": tool, "version": version}
    sets = {"sets of codes": len(project.sets)} if project.sets else {}
    facts |= {"held": dict(sorted(project.held.items())), "taken": {"codes": len(codes)}, "left": sets}
    return Draft(given.file, sha256, {"codes": codes}, facts, [])


def _project_member(archive: Archive, name: str) -> str:
    found = archive.find(lambda member: member.casefold().endswith(".qde"))
    outer = [m for m in found if "/" not in m] or found
    named = [m for m in outer if m.rpartition("/")[2].casefold() == "project.qde"] or outer
    if not named:
        raise DataError(Problem("holds no project (.qde).", file=name))
    if len(named) > 1:
        raise DataError(Problem(f"holds {len(named)} projects (.qde); one is expected.", file=name))
    return named[0]


def _origin(origin: str) -> tuple[str, str | None]:
    """Return tool and version of an origin such as "ATLAS.ti 8.4.0 573 , macOS"."""
    found = VERSION.search(origin)
    if not found:
        return clean_name(origin) or "unknown", None
    return clean_name(origin[: found.start()]).strip(" ,-") or "unknown", found[1]


def _codes(project: ProjectXml, file: str) -> pd.DataFrame:
    ids = _code_ids(project)
    known = {row.name: guid for guid, row in reversed(project.codes.items())}
    rows = []
    for guid, row in project.codes.items():
        above = row.parent
        if above is None and "::" in row.name:  # ATLAS.ti writes sub-codes flat, as Coke::diet Coke
            above = known.get(row.name.rpartition("::")[0])
        parent = ids.get(above or "")
        rows.append((ids[guid], clean_name(row.name) or ids[guid], parent, row.description, row.line))
    frame = pd.DataFrame(rows, columns=["code_id", "name", "parent_id", "definition", ROW])
    frame = frame.astype(
        {"code_id": "string", "name": "string", "parent_id": "string", "definition": "string"}
    )
    return frame.assign(**{FILE: pd.Series(file, index=frame.index, dtype="string")})


def _code_ids(project: ProjectXml) -> dict[str, str]:
    return unique_ids({guid: _path(project, guid) for guid in project.codes}, "code")


def _path(project: ProjectXml, guid: str) -> list[str]:
    names: list[str] = []
    seen: set[str] = set()
    here: str | None = guid
    while here is not None and here in project.codes and here not in seen:
        seen.add(here)
        names.insert(0, project.codes[here].name)
        here = project.codes[here].parent
    return names


class _Project:
    """One project on its way to a Draft."""

    def __init__(self, project: ProjectXml, texts: Texts, given: Input, sha256: str) -> None:
        self.xml, self.texts, self.given, self.sha256 = project, texts, given, sha256
        self.file = given.file
        self.left: Left = Counter(project.left)
        self.warnings: list[str] = []

    def draft(self) -> Draft:
        """Return the tables."""
        self.rulers, warnings = rulers_of(self.xml, self.texts, self.file)
        self.warnings += warnings
        self.documents = self._document_ids()
        self.cases: Cases = cases_of(self.xml, self.documents, self.file)
        self.warnings += self.cases.warnings
        self.code_ids = _code_ids(self.xml)
        self._selections()
        proof = self._proof()
        self._place(proof)
        rows = self._coding_rows()
        tables = {
            "documents": self._document_table(),
            "codes": _codes(self.xml, self.file),
            "cases": self._case_table(),
            **self._span_tables(rows),
        }
        tables = {name: frame for name, frame in tables.items() if len(frame) or name == "codings"}
        return Draft(self.file, self.sha256, tables, self._facts(tables, proof), self.warnings)

    def _document_ids(self) -> dict[str, str]:
        """Return source GUID -> document id; a transcript of a source is that source."""
        by_path = {
            row.path: guid for guid, row in self.xml.sources.items() if row.kind == "TextSource" and row.path
        }
        self.same: dict[str, str] = {}
        names: dict[str, list[str]] = {}
        for guid, row in self.xml.sources.items():
            if row.kind == "Transcript" and row.path in by_path:
                self.same[guid] = by_path[row.path]
            elif row.kind in ("TextSource", "Transcript", "PDFSource"):
                names[guid] = [row.name]
        shared = len(self.same)
        if shared:
            self.xml.held["transcripts that are a text source too"] = shared
        ids = unique_ids(names, "document")
        return ids | {guid: ids[source] for guid, source in self.same.items()}

    def _selections(self) -> None:
        """Put selections into arrays: place of the source among the documents, start, end."""
        marks = self.xml.marks
        order = list(dict.fromkeys(self.same.get(guid, guid) for guid in self.documents))
        self.keys = order  # source GUIDs that are documents, each once
        place = {guid: number for number, guid in enumerate(order)}
        guids = self.xml.guids["source"]
        number = [place.get(self.same.get(guid, guid), NOWHERE) for guid in guids]
        self.of_source = np.array([*number, NOWHERE], dtype=np.int64)  # last: no source at all
        self.document = self.of_source[np.frombuffer(marks.source, dtype=marks.source.typecode)]
        self.start = np.array(marks.start, dtype=np.int64)
        self.end = np.array(marks.end, dtype=np.int64)

    def _proof(self) -> Proof:
        there = (self.document != NOWHERE) & (self.start != NOWHERE) & (self.end != NOWHERE)
        rows = np.flatnonzero(there)
        names = self.xml.marks.name
        guids = np.array(self.keys, dtype=object)
        frame = pd.DataFrame(
            {
                "document_id": guids[self.document[rows]] if len(rows) else [],
                "start": self.start[rows],
                "end": self.end[rows],
                "excerpt": pd.Series([names[row] for row in rows.tolist()], dtype=object),
            }
        )
        proof = prove(self.rulers, frame, titles=True)
        if proof.verdict == "refused":
            what = (
                f"{proof} Codings cannot be placed in the texts. Were texts changed after coding? Export the "
                "project again."
            )
            raise DataError(Problem(what, file=self.file))
        if proof.exceptions:
            self.warnings.append(
                f"{self.file}: {len(proof.exceptions)} documents count otherwise than the rest."
            )
        return proof

    def _place(self, proof: Proof) -> None:
        """Turn positions into code points where the text is there; -1 where a selection has no place."""
        lost = np.zeros(len(self.start), dtype=bool)
        order = np.argsort(self.document, kind="stable")
        bounds = np.searchsorted(self.document[order], np.arange(len(self.keys) + 1))
        for number, guid in enumerate(self.keys):
            rows = order[bounds[number] : bounds[number + 1]]
            ruler = self.rulers.get(guid)
            if ruler is None or not len(rows):
                continue
            start, end = proof.to_code_points(ruler, self.start[rows], self.end[rows])
            lost[rows] = start < 0
            self.start[rows], self.end[rows] = start, end
            ruler.forget()
        self.lost = lost | (self.start == NOWHERE) | (self.end == NOWHERE)

    def _coding_rows(self) -> pd.DataFrame:
        """Return the codings that have a place, a code and a coder, as numbers."""
        marks = self.xml.marks
        selection = np.array(marks.selection, dtype=np.int64)
        marked = selection != NOWHERE
        whole = self.of_source[np.array(marks.whole, dtype=np.int64)]
        document, start, end = whole.copy(), np.full(len(whole), NOWHERE), np.full(len(whole), NOWHERE)
        at = selection[marked]
        document[marked], start[marked], end[marked] = self.document[at], self.start[at], self.end[at]
        rows = pd.DataFrame({"selection": selection, "document": document, "start": start, "end": end})
        rows["code"] = np.array(marks.code, dtype=np.int64)
        rows["user"] = np.array(marks.user, dtype=np.int64)
        rows["line"] = np.array(marks.coding_line, dtype=np.int64)
        rows["number"] = np.arange(len(rows))
        kinds = np.array(
            [self._code_kind(guid) for guid in self.xml.guids["code"]] + ["missing"], dtype=object
        )
        rows["kind"] = kinds[rows["code"]] if len(rows) else ""
        rows = self._case_text(rows)
        lost = np.zeros(len(marks.code), dtype=bool)
        lost[marked] = self.lost[at]
        empty = marked & (end <= start)
        rows = self._leave(rows, rows["kind"] == "missing", "codings whose code is missing")
        rows = self._leave(rows, rows["document"] == NOWHERE, "codings whose text is no document here")
        rows = self._leave(rows, lost[rows["number"]], "codings outside their text")
        return self._leave(rows, empty[rows["number"]], "codings of no text")

    def _code_kind(self, guid: str) -> str:
        return "code" if guid in self.code_ids else "case" if guid in self.cases.of_guid else "missing"

    def _case_text(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Take codings whose target is a case: they say whose text it is."""
        mine = rows["kind"] == "case"
        guids = self.xml.guids["code"]
        self.case_spans: dict[int, list[tuple[int, int, str]]] = {}
        for document, start, end, code in rows.loc[mine, ["document", "start", "end", "code"]].itertuples(
            False
        ):
            case = self.cases.of_guid[guids[code]]
            self.case_spans.setdefault(document, []).append((start, end, case))
        for guid, case in self.cases.of_selection.items():
            row = self.xml.selection_guids.get(guid)
            if row is not None and not self.lost[row]:
                span = (int(self.start[row]), int(self.end[row]), case)
                self.case_spans.setdefault(int(self.document[row]), []).append(span)
        for document, spans in self.case_spans.items():
            cases = {case for _, _, case in spans}
            if document != NOWHERE and len(cases) == 1:
                self.cases.of_source.setdefault(self.keys[document], cases.pop())
        if mine.any():
            self.xml.held["codings to a case"] = int(mine.sum())
        return rows[~mine]

    def _leave(self, rows: pd.DataFrame, out: Any, what: str) -> pd.DataFrame:
        count = int(np.count_nonzero(out))
        if count:
            self.left[what] += count
        return rows[~np.asarray(out, dtype=bool)] if count else rows

    def _coders(self, rows: pd.DataFrame) -> pd.Series:
        """Return who made each coding."""
        if self.given.all_by:
            return pd.Series(self.given.all_by, index=rows.index, dtype="string")
        guids = self.xml.guids["user"]
        names = unique_ids({g: [self.xml.users.get(g, "")] for g in guids}, "user")
        known_names = pd.array([*(names[guid] for guid in guids), pd.NA], dtype="string")
        coders = pd.Series(
            known_names.take(rows["user"].to_numpy()), index=rows.index
        )  # -1: the last, nobody
        unnamed = coders.isna()
        if unnamed.any() and self.given.coder is None:
            by = self.xml.marks.user_from_selection
            known = unique_ids(
                {**{g: [self.xml.users.get(g, "")] for g in {*guids, *filter(None, by.values())}}}
            )
            found = [known.get(by.get(number, "")) for number in rows.loc[unnamed, "number"].tolist()]
            coders[unnamed] = pd.array(found, dtype="string")
            taken = sum(name is not None for name in found)
            if taken:
                self.warnings.append(
                    f"{self.file}: {taken} codings name no coder; taken from their selection."
                )
        coders = coders.fillna(self.given.coder) if self.given.coder else coders
        self._warn_of_users(guids, names)
        return coders

    def _warn_of_users(self, guids: list[str], names: dict[str, str]) -> None:
        strangers = sum(guid not in self.xml.users for guid in guids)
        if strangers:
            self.warnings.append(f"{self.file}: {strangers} coders are not among the project's users.")
        twins = sum(names[g] != (clean_name(self.xml.users.get(g)) or names[g]) for g in guids)
        if twins:
            self.warnings.append(
                f"{self.file}: {twins} users share a name and were kept apart by GUID. Map them to one coder "
                "with `coders` in study.yml if they are one person."
            )

    def _without_built_in(self, rows: pd.DataFrame, coders: pd.Series) -> pd.Series:
        """Return which codings to keep: none of the tool's own user, unless nobody else coded."""
        theirs = coders.str.casefold().isin(BUILT_IN).fillna(False)
        if theirs.all() or self.given.all_by:
            return pd.Series(True, index=rows.index)
        if theirs.any():
            self.left["codings by the tool's own user"] += int(theirs.sum())
        return ~theirs

    def _span_tables(self, rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
        coders = self._coders(rows)
        keep = self._without_built_in(rows, coders)
        rows, coders = rows[keep], coders[keep]
        pages = page_codings(self.xml, self.documents, self.code_ids, self.given, self.left)
        missing = int(coders.isna().sum()) + sum(row["coder_id"] is None for row in pages)
        problems = []
        if (len(rows) or pages) and self.given.stage is None:
            problems.append(stage_missing(self.file))
        if missing:
            problems.append(coder_missing(self.file, missing, len(rows) + len(pages)))
        if problems:
            raise DataError(problems)
        segments, number = self._segments(rows)
        codings = self._codings(rows, coders, segments["segment_id"].to_numpy(object)[number])
        segments["case_id"] = self._cases_of_spans(segments)
        segments = segments.drop(columns="number")
        if pages:
            extra = pd.DataFrame(pages).astype("string").assign(**{FILE: self.file})
            extra[ROW] = extra[ROW].astype("int64")
            own = extra[["segment_id", "document_id", "page", "text", FILE, ROW]].drop_duplicates(
                "segment_id"
            )
            segments = pd.concat([segments, own], ignore_index=True)
            codings = pd.concat([codings, extra[[*CODINGS, FILE, ROW]]], ignore_index=True)
        once = codings.drop_duplicates(CODINGS[:6], ignore_index=True)
        if len(once) < len(codings):
            self.left["codings that repeat another"] += len(codings) - len(once)
        return {"segments": segments, "codings": once}

    def _segments(self, rows: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
        """Return the distinct places, and the number of each coding's place among them."""
        groups = rows.groupby(["document", "start", "end"], sort=False)
        number = groups.ngroup().to_numpy()
        places = rows.drop_duplicates(["document", "start", "end"])
        ids = [self.documents[guid] for guid in self.keys]
        texts = [self.rulers[guid].text if guid in self.rulers else None for guid in self.keys]
        cells = list(
            zip(places["document"].tolist(), places["start"].tolist(), places["end"].tolist(), strict=True)
        )
        names = [ids[d] if s < 0 else f"{ids[d]}:{s}-{e}" for d, s, e in cells]
        words = [text[s:e] if s >= 0 and (text := texts[d]) is not None else None for d, s, e in cells]
        spans = places[["start", "end"]].astype("Int64").reset_index(drop=True)
        frame = pd.DataFrame(
            {
                "segment_id": pd.array(names, dtype="string"),
                "document_id": pd.array([ids[d] for d, _, _ in cells], dtype="string"),
                "start": spans["start"].mask(spans["start"] < 0),
                "end": spans["end"].mask(spans["end"] < 0),
                "text": pd.array(words, dtype="string"),
                "number": places["document"].to_numpy(),
                ROW: places["line"].to_numpy(),
            }
        )
        return frame.assign(**{FILE: pd.Series(self.file, index=frame.index, dtype="string")}), number

    def _cases_of_spans(self, segments: pd.DataFrame) -> pd.Series:
        """Return the case of spans in documents that several cases speak in."""
        found = pd.Series(pd.NA, index=segments.index, dtype="string")
        for document, spans in self.case_spans.items():
            if document == NOWHERE or self.keys[document] in self.cases.of_source:
                continue
            mine = segments[(segments["number"] == document) & segments["start"].notna()]
            for start, end, case in spans:
                within = mine.index[(mine["start"] >= start) & (mine["end"] <= end)]
                found[within] = case
        return found

    def _codings(self, rows: pd.DataFrame, coders: pd.Series, segment: np.ndarray) -> pd.DataFrame:
        marks = self.xml.marks
        ids = [self.code_ids.get(guid) for guid in self.xml.guids["code"]] or [None]
        numbers = rows["number"].tolist()
        memos = self._memos(rows)
        codings = pd.DataFrame(
            {
                "segment_id": pd.array(segment, dtype="string"),
                "coder_id": coders.to_numpy(object),
                "variable": "codes",
                "value": pd.array(ids, dtype="string").take(rows["code"].to_numpy()),
                "stage": self.given.stage or "",
                "round": str(self.given.round),
                "memo": pd.array([memos.get(number) for number in numbers], dtype="string"),
                "created": pd.array([marks.created[number] for number in numbers], dtype="string"),
                FILE: self.file,
                ROW: rows["line"].to_numpy(),
            }
        )
        words = ("coder_id", "variable", "stage", "round", FILE)
        return codings.astype(dict.fromkeys(words, "string"))

    def _memos(self, rows: pd.DataFrame) -> dict[int, str]:
        """Return coding number -> what is noted about it or its selection."""
        marks = self.xml.marks
        if not (marks.memo or marks.notes or marks.coding_notes):
            return {}
        memos = {}
        for number, selection in rows[["number", "selection"]].itertuples(index=False):
            notes = [*marks.notes.get(selection, ()), *marks.coding_notes.get(number, ())]
            words = [marks.memo.get(selection), *(self._note(guid) for guid in dict.fromkeys(notes))]
            if any(words):
                memos[number] = "\n\n".join(word.strip() for word in words if word and word.strip())
        return memos

    def _note(self, guid: str) -> str | None:
        content, path = self.xml.notes.get(guid, (None, None))
        if content is not None:
            return content
        found = self.texts.read(path)
        return None if found is None else found[:LARGEST_NOTE].decode("utf-8-sig", "replace")

    def _document_table(self) -> pd.DataFrame:
        rows = []
        for guid in self.keys:
            ruler: Ruler | None = self.rulers.get(guid)
            row = self.xml.sources[guid]
            case = self.cases.of_source.get(guid)
            text = None if ruler is None else ruler.text
            digest = None if text is None else text_hash(text)
            name = clean_name(row.name) or self.documents[guid]
            rows.append((self.documents[guid], case, name, text, digest, row.line))
        words = ["document_id", "case_id", "name", "text", "sha256"]
        frame = pd.DataFrame(rows, columns=[*words, ROW]).astype(dict.fromkeys(words, "string"))
        return frame.assign(**{FILE: pd.Series(self.file, index=frame.index, dtype="string")})

    def _case_table(self) -> pd.DataFrame:
        rows = [
            {"case_id": case, **attributes, ROW: self.cases.line.get(case, 1)}
            for case, attributes in self.cases.attributes.items()
        ]
        frame = pd.DataFrame(rows, columns=None if rows else ["case_id", ROW])
        words = {column: "string" for column in frame.columns if column != ROW}
        return frame.astype(words).assign(**{FILE: pd.Series(self.file, index=frame.index, dtype="string")})

    def _facts(self, tables: dict[str, pd.DataFrame], proof: Proof) -> dict[str, object]:
        tool, version = _origin(self.xml.origin)
        xml = self.xml
        unread = {"notes": "Note", "links": "Link", "graphs": "Graph"}
        self.left |= {name: xml.held[element] for name, element in unread.items() if xml.held[element]}
        groups = sum(bool(each.codes) for each in xml.sets)
        if groups:
            self.left["groups of codes"] = groups
        held = dict(
            sorted(
                (xml.held | {"Coding": _all_codings(xml), "PlainTextSelection": len(xml.marks.start)}).items()
            )
        )
        taken = {name: len(frame) for name, frame in tables.items()}
        taken["coders"] = int(tables["codings"]["coder_id"].nunique())
        taken["texts"] = len(self.rulers)
        return {
            "format": "refi-qda",
            "tool": tool,
            "version": version,
            "held": held,
            "taken": taken,
            "left": dict(sorted(self.left.items())),
            "positions": proof.facts(),
        }


def _all_codings(xml: ProjectXml) -> int:
    return len(xml.marks.code) + sum(len(area.codings) for area in xml.areas)
