"""Paper tables as a workbook: a sheet a table, numbers as numbers, and no cell a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import pandas as pd

from .officefiles import plain_workbook
from .papertables import Column, PaperTable

__all__ = ["as_workbook", "row_height"]

CHARACTERS = 130  # a sheet's width
LINE = 15.0  # points that a line of text takes
TALLEST = 409.0  # that a row can be


def as_workbook(tables: Sequence[PaperTable], title: str) -> bytes:
    """Return tables as XLSX with frozen headings and notes below; the same tables give the same bytes."""
    buffer = io.BytesIO()
    with plain_workbook(buffer, title) as book:
        for table in tables:
            _fill(book, book.add_worksheet(table.id), table)
    return buffer.getvalue()


def row_height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Return how high a row must be, in points, for wrapped text; not every program sees to it by itself.

    Examples
    --------
    >>> row_height(["a", "word " * 20], [10, 20])
    105.0
    """
    lines = [
        sum(len(wrap(part, max(1, int(width) - 3))) or 1 for part in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    ]
    return min(TALLEST, LINE * max(lines, default=1))


def _fill(book: Any, sheet: Any, table: PaperTable) -> None:
    top = {"valign": "top", "text_wrap": True}
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "bottom": 1, **top})
    sheet.write_string(0, 0, f"Table {table.number}. {table.caption}", bold)
    sheet.write_string(1, 0, table.banner, bold)
    row = 2
    if table.headed:
        _upper(book, sheet, row, table)
        row += 1
    widths = [max(9, min(60, width)) for width in table.widths(CHARACTERS)]
    for at, column in enumerate(table.columns.values()):
        sheet.write_string(row, at, column.heading, head)
        sheet.set_column(at, at, widths[at])
    headings = [column.heading for column in table.columns.values()]
    for line, texts in enumerate([headings, *table.lines()], start=row):
        sheet.set_row(line, row_height(texts, widths))
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    for at, (name, column) in enumerate(table.columns.items()):
        formats = [
            book.add_format(top | kind)
            for kind in ({}, {"num_format": "0"}, {"num_format": f"0.{'0' * column.places}".rstrip(".")})
        ]
        right = book.add_format({**top, "align": "right"})
        for line, value in enumerate(table.frame[name], start=row + 1):
            _cell(sheet, line, at, value, column, (*formats, right))
    for line, note in enumerate(table.notes, start=row + 2 + len(table.frame)):
        sheet.write_string(line, 0, note)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _upper(book: Any, sheet: Any, row: int, table: PaperTable) -> None:
    style = book.add_format({"bold": True, "align": "center", "bottom": 1})
    at = 0
    for above, width in table.spans():
        if above and width > 1:
            sheet.merge_range(row, at, row, at + width - 1, "", style)
        if above:
            sheet.write_string(row, at, above, style)
        at += width


def _cell(sheet: Any, row: int, at: int, value: Any, column: Column, formats: tuple[Any, ...]) -> None:
    text, whole, fraction, right = formats
    missing = value is None or pd.isna(value)
    if column.number and not missing and not isinstance(value, str):
        number = value.item() if hasattr(value, "item") else value
        sheet.write_number(row, at, number, whole if isinstance(number, int) else fraction)
    else:
        sheet.write_string(row, at, column.text(value), right if column.number else text)
