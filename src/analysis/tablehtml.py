"""Paper tables by great-tables: a page that opens offline, and LaTeX with every special character escaped."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from .papertables import PaperTable

if TYPE_CHECKING:
    from great_tables import GT

__all__ = ["as_latex", "as_page"]

INK, LINE = "#1a1a1a", "#767676"
LONG = 25  # rows; a longer table breaks over pages
SIZE = re.compile(r"\\fontsize\{[^}]*\}\{[^}]*\}\\selectfont")
PACKAGES = "% needs \\usepackage{array,booktabs,longtable} and a Unicode engine (LuaLaTeX or XeLaTeX)\n"
PAGE = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<title>{title}</title></head><body style="font-family:system-ui,sans-serif;max-width:60rem"><main>\n'
    "{banner}{table}\n</main></body></html>\n"
)


def as_page(table: PaperTable) -> str:
    """Return a table as one HTML page with scoped headers and no outside address."""
    markup = _great(table, stub=True).as_raw_html()
    title = html.escape(f"Table {table.number}. {table.caption}")
    banner = f"<p><strong>{html.escape(table.banner)}</strong></p>\n" if table.banner else ""
    return PAGE.format(title=title, banner=banner, table=markup)


def as_latex(table: PaperTable) -> str:
    """Return a table as LaTeX (booktabs); long ones break over pages.

    Examples
    --------
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
    text = _great(table, stub=False).as_latex(use_longtable=len(table.frame) > LONG)
    head, caption, rest = re.split(r"(\\caption\*\{.*?\n\} ?)", text, maxsplit=1, flags=re.DOTALL)
    kinds = "".join("r" if column.number else "l" for column in table.columns.values())
    rest, head = (part.replace(f"{{{kinds}}}", f"{{{_kinds(table)}}}", 1) for part in (rest, head))
    rest = rest.replace(rf"\extracolsep{{\fill}}}}{kinds}}}", rf"\extracolsep{{\fill}}}}{_kinds(table)}}}", 1)
    named = rf"\caption{{{_captioned(caption)}}}\label{{tab:{table.id}}}"
    return PACKAGES + SIZE.sub(r"\\footnotesize", head + named + rest).rstrip() + "\n"


def _great(table: PaperTable, stub: bool) -> GT:
    from great_tables import GT

    names = list(table.columns)
    frame = pd.DataFrame(dict(zip(names, map(list, zip(*table.lines(), strict=True)), strict=True)))
    made = GT(frame.astype(object), id=table.id, rowname_col=names[0] if stub else None)
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
