"""Paper tables by great-tables: a page that opens offline, and LaTeX with every special character escaped."""

from __future__ import annotations

import html
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .htmlpage import plain_head
from .papertables import PaperTable

if TYPE_CHECKING:
    from great_tables import GT

__all__ = ["as_latex", "as_page"]

INK, LINE = "#1a1a1a", "#767676"
LONG = 25  # rows; a longer table breaks over pages
SIZE = re.compile(r"\\fontsize\{[^}]*\}\{[^}]*\}\\selectfont")
PACKAGES = "% needs \\usepackage{array,booktabs,longtable} and a Unicode engine (LuaLaTeX or XeLaTeX)\n"
OPENS, NEXT, CLOSES = (
    "\x02",
    "\x1f",
    "\x03",
)  # about the cells of a column and between them; no document holds any
FOLDED = re.compile(f"{OPENS}([^{CLOSES}]*){CLOSES}")
HTML_ROW = re.compile(f"  <tr>\n[^{OPENS}]*{OPENS}.*{CLOSES}</t[hd]>\n  </tr>", re.DOTALL)
LATEX_ROW = re.compile(f"{OPENS}.*{CLOSES}", re.DOTALL)
BODY = '<body style="font-family:system-ui,sans-serif;max-width:60rem">'


def as_page(table: PaperTable) -> str:
    """Return a table as one HTML page with scoped headers and no outside address."""
    great = _great(table, stub=True).as_raw_html()
    markup = HTML_ROW.sub(lambda row: "\n".join(_numbered(_rows(table, row.group()), table.id)), great)
    head = plain_head(f"Table {table.number}. {table.caption}")
    banner = f"<p><strong>{html.escape(table.banner)}</strong></p>\n" if table.banner else ""
    return f"{head}</head>{BODY}<main>\n{banner}{markup}\n</main></body></html>\n"


def as_latex(table: PaperTable) -> str:
    """Return a table as LaTeX (booktabs); long ones break over pages.

    Examples
    --------
    >>> import pandas as pd
    >>> from .papertables import Column
    >>> columns = {"code": Column("Code"), "n": Column("n", number=True)}
    >>> made = PaperTable("T2", "A & B", pd.DataFrame({"code": ["50 %"], "n": [3]}), columns, ("n: people.",))
    >>> print(as_latex(made))  # doctest: +ELLIPSIS
    % needs ...
    \\begin{table}[!t]
    \\caption{A \\& B}\\label{tab:T2}
    ...
    50 \\% & 3 \\\\
    ...
    """
    great = _great(table, stub=False).as_latex(use_longtable=len(table.frame) > LONG)
    text = LATEX_ROW.sub(lambda row: " \\\\\n".join(map(_bracketed, _rows(table, row.group()))), great)
    head, caption, rest = re.split(r"(\\caption\*\{.*?\n\} ?)", text, maxsplit=1, flags=re.DOTALL)
    kinds = "".join("r" if column.number else "l" for column in table.columns.values())
    rest, head = (part.replace(f"{{{kinds}}}", f"{{{_kinds(table)}}}", 1) for part in (rest, head))
    rest = rest.replace(rf"\extracolsep{{\fill}}}}{kinds}}}", rf"\extracolsep{{\fill}}}}{_kinds(table)}}}", 1)
    named = rf"\caption{{{_captioned(caption)}}}\label{{tab:{table.id}}}"
    return PACKAGES + SIZE.sub(r"\\footnotesize", head + named + rest).rstrip() + "\n"


def _great(table: PaperTable, stub: bool) -> GT:
    """Return a table whose lines are folded into one row, as :func:`_unfolded` takes them apart.

    great-tables looks up each cell several times, in a data frame more slowly than it does all else.
    """
    import pyarrow as pa
    from great_tables import GT

    names = list(table.columns)
    folded = pa.table({name: [f"{OPENS}{NEXT.join(table.cells(name))}{CLOSES}"] for name in names})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that Arrow is new to it; this is one row of text
        made = GT(folded, id=table.id, rowname_col=names[0] if stub else None)
    made = made.tab_header(title=f"Table {table.number}. {table.caption}" if stub else table.caption)
    made = made.cols_label(cases={name: column.heading for name, column in table.columns.items()})
    if stub:
        made = made.tab_stubhead(table.columns[names[0]].heading)
    for above in dict.fromkeys(column.above for column in table.columns.values() if column.above):
        under = [name for name, column in table.columns.items() if column.above == above]
        made = made.tab_spanner(above, under)
    numbers = [name for name, column in table.columns.items() if column.number]
    made = made.cols_align("left", [name for name in names if name not in numbers])
    made = made.cols_align("right", numbers) if numbers else made
    for line in (table.banner, *table.notes):
        made = made.tab_source_note(line) if line else made
    return made.tab_options(**_STYLE)


def _rows(table: PaperTable, row: str) -> Iterator[str]:
    """Return the rows of a table that is folded into one row; none if it has none."""
    return iter(()) if table.frame.empty else _unfolded(row)


def _unfolded(row: str) -> Iterator[str]:
    """Yield the rows that are folded into one."""
    between = FOLDED.split(row)[::2]
    for cells in zip(*(folded.split(NEXT) for folded in FOLDED.findall(row)), strict=True):
        yield "".join(part for pair in zip(between, (*cells, ""), strict=True) for part in pair)


def _numbered(rows: Iterable[str], name: str) -> Iterator[str]:
    """Yield rows of HTML, each with the id of its own header instead of the first one's."""
    for number, row in enumerate(rows, start=1):
        yield row.replace(f'"{name}-stub-1', f'"{name}-stub-{number}')


def _bracketed(row: str) -> str:
    """Return a row of LaTeX whose first bracket is none of the line end's before it."""
    return f"{{}}{row}" if row.lstrip().startswith("[") else row


_STYLE: dict[str, Any] = {
    "table_font_names": ["system-ui", "sans-serif"],
    "table_font_size": "14px",
    "table_font_color": INK,
    "table_width": "100%",
    "heading_align": "left",
    "heading_title_font_size": "15px",
    "heading_title_font_weight": "bold",
    "heading_border_bottom_color": INK,
    "table_border_top_style": "none",
    "table_border_bottom_style": "none",
    "column_labels_border_top_color": INK,
    "column_labels_border_bottom_color": INK,
    "column_labels_font_weight": "bold",
    "column_labels_vlines_style": "none",
    "table_body_border_bottom_color": INK,
    "table_body_border_top_color": INK,
    "table_body_hlines_color": "#d8d8d4",
    "stub_border_style": "none",
    "source_notes_font_size": "13px",
    "data_row_padding": "5px",
    "data_row_padding_horizontal": "8px",
    "column_labels_padding_horizontal": "8px",
}


def _kinds(table: PaperTable) -> str:
    """Return LaTeX's kinds of columns: numbers right, running text wrapped to its share of the line."""
    running = [table.running(name) for name in table.columns]
    if not any(running):
        return "".join("r" if column.number else "l" for column in table.columns.values())
    widths = table.widths(0.92)
    wrapped = r">{{\raggedright\arraybackslash}}p{{{:.2f}\linewidth}}"
    kinds = zip(table.columns.values(), widths, strict=True)
    return "".join("r" if column.number else wrapped.format(width) for column, width in kinds)


def _captioned(block: str) -> str:
    """Return the words of great-tables' caption, which has a size and line ends about it."""
    return block.split(r"{\large ", 1)[1].rsplit("}", 2)[0].strip()
