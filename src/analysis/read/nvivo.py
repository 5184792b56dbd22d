"""NVivo: tables of a coding comparison or a matrix, as results to check against; they hold no codings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..errors import DataError, Problem
from ..inputs import Input
from .contents import sha256_of
from .draft import Draft
from .headings import find_heading, matched
from .tablefile import first_rows, tables_of

__all__ = ["HEADINGS", "comparison_table", "is_matrix", "matrix_table", "read_nvivo", "recognises"]

# Field -> headings; the names on the left are those of agreement.vendors.comparison.
HEADINGS: dict[str, tuple[str, ...]] = {
    "Node": ("Node", "Code", "Knoten", "Kode", "Nodo", "Código", "Nœud"),
    "Source": ("Source", "File", "Quelle", "Datei", "Fuente", "Archivo", "Fichier"),
    "Source Folder": ("Source Folder", "File Folder", "Source Location", "Location", "Folder", "Ordner"),
    "Source Size": ("Source Size", "File Size", "Size"),
    "Kappa": ("Kappa", "Kappa coefficient", "Kappa-Koeffizient", "Coeficiente kappa"),
    "Agreement (%)": ("Agreement (%)", "Agreement %", "Agreement", "Übereinstimmung (%)", "Acuerdo (%)"),
    "A and B (%)": ("A and B (%)", "A and B %", "A und B (%)", "A y B (%)"),
    "Not A and Not B (%)": ("Not A and Not B (%)", "Not A and Not B %", "Weder A noch B (%)"),
    "Disagreement (%)": ("Disagreement (%)", "Disagreement %", "Disagreement", "Desacuerdo (%)"),
    "A and Not B (%)": ("A and Not B (%)", "A and Not B %"),
    "B and Not A (%)": ("B and Not A (%)", "B and Not A %"),
}
NEEDED = ("Node", "Kappa")
MEASURES = tuple(name for name in HEADINGS if name == "Kappa" or name.endswith("(%)"))
MATRIX_HEAD = re.compile(r"^[A-Z]{1,3} ?: ")  # columns and rows of a matrix read `A : name`, `1 : name`
MATRIX_ROW = re.compile(r"^\d+ ?: ")


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a sheet has the columns of a coding comparison, or the rows and columns of a matrix."""
    rows = first_rows(head, path)
    if any(set(NEEDED) <= set(matched(cells, HEADINGS)) for cells in rows):
        return True
    return bool(rows) and is_matrix(rows[0])


def is_matrix(cells: Sequence[str | None]) -> bool:
    """Return whether a first row is a matrix's: an empty corner, then ``A : name``, ``B : name``."""
    named = [cell for cell in cells[1:] if cell]
    return bool(named) and not (cells[0] or "").strip() and all(MATRIX_HEAD.match(cell) for cell in named)


def read_nvivo(path: Path, given: Input) -> Draft:
    """Return what NVivo computed, in ``facts["results"]``; there are no codings in such a table.

    Raises
    ------
    DataError
        If it is neither a coding comparison nor a matrix.
    """
    lines = next(iter(tables_of(path, given).values()))
    matrix = is_matrix(lines[0].cells)
    found = matrix_table(path, given) if matrix else comparison_table(path, given)
    kind = "matrix" if matrix else "coding comparison"
    facts: dict[str, object] = {"format": "nvivo", "tool": "NVivo", "version": None, "kind": kind}
    facts |= {"held": {"rows": len(found)}, "taken": {"results": len(found)}, "left": {}}
    facts["results"] = found.astype(object).where(found.notna(), None).to_dict("records")
    what = (
        f"{given.file}: a {kind} of NVivo holds results, no codings: `concord compare STUDY FILE` checks "
        "them against the codings here. Export a REFI-QDA project (.qdpx) for the codings."
    )
    return Draft(given.file, sha256_of(path, given.file), {}, facts, [what])


def comparison_table(path: Path, given: Input) -> pd.DataFrame:
    """Return a coding comparison, a row a node and source, for `agreement.vendors.comparison.long_form`.

    Returns
    -------
    DataFrame
        Node, Source and the measures that the table has, as text (``0,44`` and ``85.2%`` as they stand).

    Raises
    ------
    DataError
        If the heading lacks node or kappa.
    """
    lines = next(iter(tables_of(path, given).values()))
    heading = find_heading(lines, HEADINGS, NEEDED, given.file)
    there = [field for field in HEADINGS if field in heading.columns]
    rows = [[heading.cell(line, field) for field in there] for line in lines if line.row > heading.row]
    frame = pd.DataFrame(rows, columns=there, dtype="string")
    frame = frame.dropna(subset=["Node"]).reset_index(drop=True)
    if "Source" in frame:  # a summary a node has no source: NVivo prints it above the sources
        frame["Source"] = frame["Source"].fillna("")
    return frame


def matrix_table(path: Path, given: Input) -> pd.DataFrame:
    """Return a matrix as code, document (the column) and count, one cell a row.

    Raises
    ------
    DataError
        If it is no matrix, or a cell is empty or no number.
    """
    lines = next(iter(tables_of(path, given).values()))
    if not lines or not is_matrix(lines[0].cells):
        what = "is no matrix of NVivo: the first row should read `A : name`, `B : name`."
        raise DataError(Problem(what, file=given.file, row=1))
    columns = [(place, MATRIX_HEAD.sub("", c)) for place, c in enumerate(lines[0].cells) if c and place]
    rows = [line for line in lines[1:] if any(map(line.cell, range(len(line.cells))))]
    cells = [(line, name, line.cell(place)) for line in rows for place, name in columns]
    problems = [
        Problem(wrong, file=given.file, row=line.row, column=name)
        for line, name, cell in cells
        if (wrong := _wrong(cell))
    ]
    if problems:
        raise DataError(problems)
    counts = [(MATRIX_ROW.sub("", line.cell(0) or ""), name, _number(cell)) for line, name, cell in cells]
    return pd.DataFrame(counts, columns=["code", "document", "count"])


def _wrong(cell: str | None) -> str | None:
    """Return what is wrong with a cell: nothing stands for none unless somebody says so."""
    if cell is None:
        return "is empty. Write 0 if nothing was coded there: empty may also mean that nobody looked."
    return None if _number(cell) is not None else "must be a number."


def _number(cell: str | None) -> float | None:
    try:
        return float((cell or "").replace(",", ".").removesuffix("%"))
    except ValueError:
        return None
