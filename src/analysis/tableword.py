"""Paper tables as real tables of a Word document: captions, header rows that repeat, notes below."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from .officefiles import WHEN, word_file
from .papertables import PaperTable

__all__ = ["add_caption", "add_field", "add_table", "as_docx", "prepared"]

UPRIGHT = 6  # columns; a wider table lies on its side
MARGIN = 2.0  # cm
CENTRE, RIGHT = 1, 2  # python-docx's numbers for them


def as_docx(tables: Sequence[PaperTable], title: str) -> bytes:
    """Return tables as a Word document; the same tables give the same bytes.

    Captions are of the style Caption with Word's own numbering, so that tables stay numbered when they are
    moved into a manuscript; header rows repeat on every page and no row breaks over two.
    """
    import docx

    document = docx.Document()
    room = prepared(document, title, lying=any(_wide(table) for table in tables))
    for table in tables:
        add_table(document, table, room)
    return word_file(document)


def prepared(document: Any, title: str, lying: bool) -> float:
    """Set paper, margins, styles and properties of a document; return the width of its lines in cm."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm, Pt, RGBColor

    facts = document.core_properties
    facts.title, facts.author, facts.comments, facts.language = title, "", "", "en"
    facts.created = facts.modified = WHEN
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(MARGIN)
    if lying:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    styles = document.styles
    styles["Normal"].font.name, styles["Normal"].font.size = "Calibri", Pt(9)
    styles["Normal"].paragraph_format.space_after = Pt(2)
    caption = styles["Caption"].font
    caption.size, caption.bold, caption.italic, caption.color.rgb = Pt(10), True, False, RGBColor(26, 26, 26)
    return float(section.page_width.cm - 2 * MARGIN)


def _wide(table: PaperTable) -> bool:
    return len(table.columns) > UPRIGHT or sum(table.running(name) for name in table.columns) > 2


def add_table(document: Any, table: PaperTable, room: float) -> None:
    """Add caption, table and notes at the end of a document."""
    from docx.shared import Pt

    if table.banner:
        said = document.add_paragraph()
        said.add_run(table.banner).bold = True
        said.paragraph_format.keep_with_next = True
    _caption(document, table)
    heads = 2 if table.headed else 1
    grid = document.add_table(rows=heads, cols=len(table.columns))
    grid.autofit = False
    _ruled(grid)
    _headings(grid, table)
    pattern = grid.add_row()
    for cell in pattern.cells:
        cell.text = ""
    _fit(grid, table, room)
    for place, row in enumerate(grid.rows):
        _whole(row, header=place < heads)
    _fill(pattern, table)
    for place, told in enumerate(table.notes):
        below = document.add_paragraph()
        below.add_run(told).font.size = Pt(8)
        below.paragraph_format.space_before = Pt(0 if place else 5)


def _caption(document: Any, table: PaperTable) -> None:
    add_caption(document, "Table", table.number, table.caption, table.id)


def add_caption(document: Any, kind: str, number: str, text: str, name: str) -> Any:
    """Add a caption whose number, such as 5-1, is a field of Word's, and which a reference can name."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = document.add_paragraph(style="Caption")
    marks = [OxmlElement(f"w:bookmark{side}") for side in ("Start", "End")]
    for mark in marks:
        mark.set(qn("w:id"), str(zlib.crc32(name.encode()) % 10**8))
    marks[0].set(qn("w:name"), name.replace("-", "_"))
    paragraph._p.append(marks[0])
    paragraph.add_run(f"{kind} ")
    first, dash, part = number.partition("-")
    add_field(paragraph, f" SEQ {kind} \\* ARABIC \\r {first} ", first)
    paragraph.add_run(dash + part)
    paragraph._p.append(marks[1])
    paragraph.add_run(f". {text}")
    paragraph.paragraph_format.keep_with_next = True
    return paragraph


def add_field(paragraph: Any, code: str, shown: str) -> None:
    """Add a field of Word's that shows `shown` until it is brought up to date."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind in ("begin", "code", "separate", "shown", "end"):
        run = paragraph.add_run(shown if kind == "shown" else None)
        if kind == "code":
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = code
            run._r.append(text)
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _headings(grid: Any, table: PaperTable) -> None:
    """Write the headings: bold, shared ones over their columns, others over both rows."""
    lower = 1 if table.headed else 0
    at, alone = 0, set[int]()
    for above, width in table.spans():
        if above:
            grid.cell(0, at).merge(grid.cell(0, at + width - 1)).text = above
        elif table.headed:
            grid.cell(0, at).merge(grid.cell(1, at))
            alone.add(at)
        at += width
    rows = [row.cells for row in grid.rows]
    for place, column in enumerate(table.columns.values()):
        rows[0 if place in alone else lower][place].text = column.heading
    for cells in rows:
        for cell in cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True


def _fit(grid: Any, table: PaperTable, room: float) -> None:
    """Give columns their widths; numbers stand to the right, shared headings in the middle."""
    from docx.shared import Cm

    widths = [Cm(width) for width in table.widths(room)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for row in grid.rows:
        for cell, column, width in zip(row.cells, table.columns.values(), widths, strict=True):
            cell.width = width
            if column.number:
                cell.paragraphs[0].alignment = RIGHT
    at, upper = 0, grid.rows[0].cells
    for above, across in table.spans():
        if above:
            upper[at].paragraphs[0].alignment = CENTRE
        at += across


def _ruled(grid: Any) -> None:
    """Draw three rules, as journals do: above, below the headings (with their rows), below."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side, size, colour in (("top", 8, "1A1A1A"), ("bottom", 8, "1A1A1A"), ("insideH", 2, "BBBBBB")):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", colour)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    grid._tbl.tblPr.append(borders)


def _fill(pattern: Any, table: PaperTable) -> None:
    """Write each line into a copy of an empty row, which goes.

    Asked for a cell or a column, python-docx goes through all cells; so nothing is asked once they are many.
    """
    from docx.oxml.ns import qn

    empty = pattern._tr
    for line in table.lines():
        row = deepcopy(empty)
        for run, text in zip(row.iter(qn("w:r")), line, strict=True):
            run.text = text
        empty.addprevious(row)
    empty.getparent().remove(empty)


def _whole(row: Any, header: bool) -> None:
    """Keep a row on one page; a header row repeats on every page."""
    from docx.oxml import OxmlElement

    about = row._tr.get_or_add_trPr()
    about.append(OxmlElement("w:cantSplit"))
    if header:
        about.append(OxmlElement("w:tblHeader"))
