"""MAXQDA: the table of coded segments (xlsx, xls or CSV), its headings in the language of the interface."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..inputs import Input
from .coded import CodedFile, Coding, Document
from .contents import sha256_of
from .draft import Draft
from .headings import Heading, Line, find_heading, matched
from .tablefile import first_rows, tables_of

__all__ = ["HEADINGS", "read_maxqda", "recognises"]

# Field -> headings: English, German, Spanish, French, Polish; then Italian, Portuguese, Dutch where known.
HEADINGS: dict[str, tuple[str, ...]] = {
    "document": (
        *("Document name", "Document", "Dokumentname", "Dokument", "Nombre del documento", "Documento"),
        *("Nombre de documento", "Nom du document", "Nom de document", "Nazwa dokumentu"),
        *("Nome del documento", "Nome do documento", "Documentnaam", "Document.name"),
    ),
    "group": (
        *("Document group", "Document set", "Dokumentgruppe", "Dokumentset", "Grupo de documentos"),
        *("Groupe de documents", "Grupa dokumentów", "Gruppo di documenti", "Documentgroep"),
    ),
    "code": ("Code", "Codes", "Kod", "Código", "Codice", "Código de codificación", "Code name", "Codename"),
    "segment": (
        *("Segment", "Coded segment", "Coded segments", "Codiertes Segment", "Kodiertes Segment", "Text"),
        *(
            "Segmento",
            "Segmento codificado",
            "Segment codé",
            "Fragment",
            "Kodowany fragment",
            "Segmento codificato",
        ),
    ),
    "begin": ("Beginning", "Begin", "Anfang", "Inicio", "Comienzo", "Début", "Początek", "Inizio", "Início"),
    "end": ("End", "Ende", "Fin", "Final", "Koniec", "Fine", "Fim", "Einde"),
    "coder": (
        *("Author", "Created by", "Coder", "Autor", "Autor/in", "Erstellt von", "Creado por", "Auteur"),
        *("Créé par", "Utworzone przez", "Utworzył", "Autore", "Creato da", "Criado por"),
    ),
    "created": (
        *("Creation date", "Created", "Date created", "Created on", "Erstellt am", "Erstelldatum"),
        *("Erstellungsdatum", "Erstellt", "Fecha de creación", "Creado", "Creado el", "Date de création"),
        *("Créé le", "Data utworzenia", "Data di creazione", "Data de criação"),
    ),
    "comment": ("Comment", "Kommentar", "Comentario", "Commentaire", "Komentarz", "Commento", "Comentário"),
    "weight": (
        *("Weight score", "Weight", "Gewicht", "Gewichtung", "Peso", "Ponderación", "Valor de peso", "Poids"),
        *("Pondération", "Valeur de poids", "Waga"),
    ),
}
NEEDED = ("document", "code", "segment")
STEPS = re.compile(r"\\| > ")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a sheet has the columns of coded segments in any language."""
    return any(
        set(NEEDED) <= set(found := matched(cells, HEADINGS)) and ("begin" in found or "group" in found)
        for cells in first_rows(head, path)
    )


def read_maxqda(path: Path, given: Input) -> Draft:
    """Return the coded segments of a MAXQDA table.

    Columns are the ones that were visible, in any order. The coder is the author, where that column was
    visible; otherwise study.yml names the coder, one file each. Begin and end are paragraphs: they tell
    equal words apart. The place of a segment is found by its words once the text of the document is there.

    Raises
    ------
    DataError
        If the heading lacks document, code or segment, or nobody says who coded.
    """
    found = CodedFile(given, sha256_of(path, given.file), "maxqda", "MAXQDA")
    lines, heading = _table(path, given)
    here = [line for line in lines if line.row > heading.row]
    grouped = _groups(here, heading)
    for line in here:
        found.held["coded segments"] += 1
        _read_segment(found, line, heading, grouped)
    found.facts["positions_by"] = "search of the excerpts"
    found.facts["columns_not_used"] = heading.others
    return found.draft()


def _table(path: Path, given: Input) -> tuple[list[Line], Heading]:
    """Return the sheet that holds coded segments, and its heading."""
    tables = tables_of(path, given)
    for lines in tables.values():
        if any(set(NEEDED) <= set(matched(line.cells, HEADINGS)) for line in lines[:20]):
            return lines, find_heading(lines, HEADINGS, NEEDED, given.file)
    first = next(iter(tables.values()), [])
    return first, find_heading(first, HEADINGS, NEEDED, given.file)


def _groups(lines: Sequence[Line], heading: Heading) -> set[str]:
    """Return names of documents that stand in more than one group."""
    groups: dict[str, set[str]] = {}
    for line in lines:
        name = heading.cell(line, "document")
        if name:
            groups.setdefault(name, set()).add(heading.cell(line, "group") or "")
    return {name for name, held in groups.items() if len(held) > 1}


def _read_segment(found: CodedFile, line: Line, heading: Heading, grouped: set[str]) -> None:
    name, code = heading.cell(line, "document"), heading.cell(line, "code")
    excerpt, group = heading.cell(line, "segment"), heading.cell(line, "group")
    if name is None or code is None or excerpt is None:
        found.leave("rows without document, code or segment")
        return
    key = f"{group}/{name}" if name in grouped else name
    if key not in found.documents:
        found.documents[key] = Document(
            f"{group} > {name}" if name in grouped and group else name, row=line.row
        )
        if group:
            found.attribute(key, "document_group", group, of_case=False)
    steps = [step.strip() for step in STEPS.split(code) if step.strip()] or [code]
    found.codings.append(
        Coding(
            key,
            found.code_path(steps, line.row),
            heading.cell(line, "coder"),
            line.row,
            excerpt=excerpt,
            memo=heading.cell(line, "comment"),
            created=heading.cell(line, "created"),
            weight=_number(heading.cell(line, "weight")),
            near=heading.cell(line, "begin") or heading.cell(line, "end"),
        )
    )


def _number(cell: str | None) -> str | None:
    plain = (cell or "").replace(",", ".").strip()
    return plain if re.fullmatch(r"-?\d+(\.\d+)?", plain) else None
