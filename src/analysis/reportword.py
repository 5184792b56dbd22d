"""report.docx for co-authors: real headings, captioned tables and pictures, references that follow them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from . import claimview, methods, trail
from .agreement.sheet import headline
from .agreement.shown import reading
from .figures import Drawn
from .material import Material
from .officefiles import word_file
from .papertables import PaperTable
from .policies import shows_text
from .tableword import add_caption, add_field, add_table, prepared

__all__ = ["as_docx"]

PLACES = (
    ("Did the coders agree?", ("T6",), ("agreement",)),
    ("Who contributed to what?", ("T2", "T1", "T4", "T3"), ("themes", "influence", "code_tree", "new_codes")),
    ("Framework matrix", ("T5",), ()),
)
WIDEST = 17.0  # cm


def as_docx(m: Material) -> bytes:
    """Return the report as a Word document; the same material gives the same bytes.

    As on the page, an audit stands before any coefficient, and what verdicts show stands above them.
    """
    import docx

    document = docx.Document()
    room = prepared(document, m.study.title, lying=True)
    document.add_heading(m.study.title, 0)
    if m.study.simulated:
        document.add_paragraph().add_run(m.step.banner.caption).bold = True
    _audit(document, m)
    _methods(document, m)
    tables, figures = m.tables.tables, m.figures
    numbers = {name: str(n) for n, name in enumerate(figures, start=1)}
    for title, wanted, drawn in PLACES:
        mine = [table for table in tables if table.id.partition("-")[0] in wanted]
        pictures = [name for name in drawn if name in figures]
        if not mine and not pictures:
            continue
        document.add_heading(title, 1)
        _references(document, mine, [(name, numbers[name]) for name in pictures])
        if "T6" in wanted:
            for said in reading(headline(m.agreement), m.study):
                document.add_paragraph(said)
        for table in mine:
            add_table(document, table, room)
        for name in pictures:
            _picture(document, name, numbers[name], figures[name])
    _verdicts(document, m)
    return word_file(document)


def _audit(document: Any, m: Material) -> None:
    """Add what auditors remarked and what became of it, a paragraph a remark."""
    if m.corpus.audit.empty:
        return
    document.add_heading("Audit", 1)
    told = trail.audit_remarks(m.corpus, m.study)
    if told is None:
        document.add_paragraph(f"{len(m.corpus.audit)} audit remarks; not shown.")
        return
    for row in told.to_dict("records"):
        cells = [f"{name}: {value}" for name, value in row.items() if not pd.isna(value)]
        document.add_paragraph("; ".join(cells), style="List Bullet")


def _methods(document: Any, m: Material) -> None:
    """Add the methods paragraphs, gaps left visible."""
    document.add_heading("Methods", 1)
    text = methods.methods_text(m.corpus, m.study, m.counted, m.recorded)
    for block in text.split("\n\n")[1:]:
        if block.strip().startswith("Numbers above"):
            break
        if block.strip() and not block.startswith((">", "#")):
            document.add_paragraph(" ".join(block.split()))


def _references(document: Any, tables: Sequence[PaperTable], pictures: Sequence[tuple[str, str]]) -> None:
    """Add a line that names the tables and figures of a section, each a reference that Word can follow."""
    named = [(f"Table {table.number}", table.id.replace("-", "_")) for table in tables]
    named += [(f"Figure {number}", f"figure_{name}") for name, number in pictures]
    line = document.add_paragraph("See ")
    for place, (shown, bookmark) in enumerate(named):
        line.add_run(", " if 0 < place < len(named) - 1 else " and " if place else "")
        add_field(line, f" REF {bookmark} \\h ", shown)
    line.add_run(".")


def _picture(document: Any, name: str, number: str, figure: Drawn) -> None:
    """Add a figure with its alternative text, and its caption below."""
    from docx.shared import Cm

    content = figure.png()
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    inches = figure.figure.get_size_inches() if figure.figure is not None else (6.0, 4.0)
    width = min(WIDEST, float(inches[0]) * 2.54)
    shape = paragraph.add_run().add_picture(io.BytesIO(content), width=Cm(width))
    about = shape._inline.docPr
    about.set("descr", figure.alt)
    about.set("title", figure.caption)
    caption = add_caption(document, "Figure", number, figure.caption, f"figure_{name}")
    caption.paragraph_format.keep_with_next = False


def _verdicts(document: Any, m: Material) -> None:
    """Add how many claims were checked and with what verdict; the page has them one by one."""
    if not m.verdicts:
        return
    document.add_heading("Numbers recomputed", 1)
    for said in claimview.lead(m.verdicts, m.study):
        document.add_paragraph(said)
    for verdict, n in Counter(each.verdict for each in m.verdicts if each.verdict != "not_checkable").items():
        document.add_paragraph(f"{verdict.replace('_', ' ')}: {n}", style="List Bullet")
    failed = [each.claim.id for each in m.verdicts if each.failed]
    if failed and shows_text(m.study):
        document.add_paragraph(f"Did not hold: {', '.join(failed)}.")
