"""ATLAS.ti: the spreadsheet of quotations (versions 9 and later)."""

from __future__ import annotations

import re
from pathlib import Path

from ..inputs import Input
from .coded import Code, CodedFile, Coding, Document
from .contents import sha256_of
from .draft import Draft
from .headings import Heading, Line, find_heading, matched
from .tablefile import first_rows, tables_of

__all__ = ["HEADINGS", "read_atlasti", "recognises"]

# Field -> headings: English, German, Spanish, Portuguese, French; only the English ones were seen in a file.
HEADINGS: dict[str, tuple[str, ...]] = {
    "id": ("ID", "Id", "Number", "Nummer", "Número", "Numéro"),
    "name": (
        *("Quotation Name", "Name", "Zitatname", "Name des Zitats", "Nombre de la cita", "Nombre de cita"),
        *("Nombre", "Nome da citação", "Nome", "Nom de la citation", "Nom"),
    ),
    "document": ("Document", "Document Name", "Dokument", "Dokumentname", "Documento"),
    "groups": (
        *("Document Groups", "Dokumentgruppen", "Dokument-Gruppen", "Grupos de documentos"),
        *("Grupos de documento", "Groupes de documents"),
    ),
    "content": (
        *("Quotation Content", "Content", "Text Content", "Zitatinhalt", "Inhalt", "Zitattext"),
        *("Inhalt des Zitats", "Contenido de la cita", "Contenido de cita", "Contenido"),
        *("Conteúdo da citação", "Conteúdo", "Contenu de la citation", "Contenu"),
    ),
    "comment": ("Comment", "Kommentar", "Comentario", "Comentário", "Commentaire"),
    "codes": ("Codes", "Kodes", "Códigos", "Code", "Kode", "Código"),
    "reference": ("Reference", "Referenz", "Referencia", "Referência", "Référence"),
    "coder": (
        *("Created by", "Creator", "Author", "Erstellt von", "Creado por", "Criado por", "Créé par"),
        *("Autor", "Auteur"),
    ),
    "created": (
        *("Created", "Creation Date", "Erstellt", "Erstellt am", "Erstellungsdatum", "Creado"),
        *("Fecha de creación", "Criado", "Data de criação", "Créé", "Créé le", "Date de création"),
    ),
}
NEEDED = ("document", "content", "codes")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a sheet has the columns of quotations."""
    return any(set(NEEDED) <= set(matched(cells, HEADINGS)) for cells in first_rows(head, path))


def read_atlasti(path: Path, given: Input) -> Draft:
    """Return the quotations of an ATLAS.ti spreadsheet, a coding for each of their codes.

    The coder is who created the quotation: a code added to it later by somebody else counts as theirs, and
    the file cannot tell. A quotation's place is found by its words once the text of the document is there.

    Raises
    ------
    DataError
        If the heading lacks document, content or codes, or nobody says who coded.
    """
    found = CodedFile(given, sha256_of(path, given.file), "atlasti", "ATLAS.ti")
    tables = tables_of(path, given)
    lines = next(
        (t for t in tables.values() if any(set(NEEDED) <= set(matched(x.cells, HEADINGS)) for x in t[:20])),
        next(iter(tables.values()), []),
    )
    heading = find_heading(lines, HEADINGS, NEEDED, given.file)
    for line in lines:
        if line.row > heading.row:
            found.held["quotations"] += 1
            _read_quotation(found, line, heading)
    if "coder" in heading.columns and not given.all_by:
        found.warn(
            "the coder is who created a quotation; codes that others added to it count as theirs. A "
            "project a coder, or a .qdpx, tells them apart."
        )
    found.facts["positions_by"] = "search of the excerpts"
    found.facts["columns_not_used"] = heading.others
    return found.draft()


def _read_quotation(found: CodedFile, line: Line, heading: Heading) -> None:
    name, content = heading.cell(line, "document"), heading.cell(line, "content")
    codes = [code.strip() for code in re.split(r"[\r\n]+", heading.cell(line, "codes") or "") if code.strip()]
    if name is None:
        found.leave("rows without a document")
        return
    if not codes:
        found.leave("quotations without a code")
        return
    if content is None:
        found.leave("quotations without text (pictures, audio, video)")
        return
    key = _document(found, name.strip(), heading.cell(line, "groups"), line.row)
    for code in codes:
        found.codes.setdefault(code, _code(found, code, line.row))
        found.codings.append(
            Coding(
                key,
                code,
                heading.cell(line, "coder"),
                line.row,
                excerpt=content,
                memo=heading.cell(line, "comment"),
                created=heading.cell(line, "created"),
                near=heading.cell(line, "reference"),
            )
        )


def _code(found: CodedFile, name: str, row: int) -> Code:
    """Return a code; ATLAS.ti writes a sub-code as `Coke::diet Coke`, below `Coke` where that is a code."""
    stem = name.rpartition("::")[0]
    return Code(name, stem if stem in found.codes else None, row=row)


def _document(found: CodedFile, name: str, groups: str | None, row: int) -> str:
    """List a document; its groups (`gender: male`) say what is known of its participant."""
    if name not in found.documents:
        found.documents[name] = Document(name, row=row)
        for group in re.split(r"[\r\n]+|; ", groups or ""):
            attribute, _, value = group.partition(":")
            found.attribute(name, attribute.strip() or None, value.strip() or "yes", of_case=False)
    return name
