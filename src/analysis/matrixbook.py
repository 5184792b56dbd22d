"""The framework matrix as a workbook: one sheet a theme, and what is still to be charted."""

from __future__ import annotations

import io
import re
from typing import Any

import pandas as pd

from .corpus import Corpus
from .framework import STATES
from .matrixsheets import NO_GAP, gaps, sheets
from .officefiles import plain_workbook
from .policies import policy_of, shows_people
from .study import Study
from .tablebook import row_height

__all__ = ["matrix_workbook"]

SIMULATED = "Simulated data."
LEFT_OVER = "To be looked at"
NARROW, WIDE = 20, 38  # characters
NEVER = "Summaries were written by people, never generated. Other cells: " + "; ".join(STATES.values()) + "."


def matrix_workbook(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> bytes:
    """Return the matrix as XLSX: one sheet a theme, then what is still to be charted.

    Headers are frozen and text is wrapped; no cell is a formula or a link. The same matrix gives the same
    bytes.
    """
    buffer = io.BytesIO()
    with plain_workbook(buffer, study.title) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        bold = book.add_format({"bold": True})
        taken: list[str] = []
        parts = {**sheets(matrix, corpus, study), LEFT_OVER: gaps(matrix, corpus, study)}
        for theme, frame in parts.items():
            sheet = book.add_worksheet(_sheet_name(theme, taken))
            sheet.write_string(0, 0, f"{SIMULATED} {theme}" if study.simulated else theme, bold)
            _fill(sheet, frame, head, body)
            sheet.write_string(len(frame) + 3, 0, _note(theme, frame, study))
    return buffer.getvalue()


def _note(theme: str, frame: pd.DataFrame, study: Study) -> str:
    if not shows_people(study):
        return f"Not shown: lines about single participants. {policy_of(study).said}"
    if theme != LEFT_OVER:
        return NEVER
    return "" if len(frame) else NO_GAP


def _fill(sheet: Any, frame: pd.DataFrame, head: Any, body: Any) -> None:
    widths = [NARROW if column < 2 else WIDE for column in range(len(frame.columns))]
    for column, (name, width) in enumerate(zip(frame.columns, widths, strict=True)):
        sheet.write_string(1, column, str(name).strip(), head)
        sheet.set_column(column, column, width)
    sheet.set_row(1, row_height([str(name) for name in frame.columns], widths))
    for row, line in enumerate(frame.itertuples(index=False), start=2):
        texts = ["" if pd.isna(value) else str(value) for value in line]
        sheet.set_row(row, row_height(texts, widths))
        for column, value in enumerate(line):
            if isinstance(value, int):
                sheet.write_number(row, column, value, body)
            else:
                sheet.write_string(row, column, texts[column], body)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(1)
    sheet.set_landscape()


def _sheet_name(theme: str, taken: list[str]) -> str:
    """Return a name that a sheet can have: short, without []:*?/\\ or a quote at an end, none twice."""
    base = re.sub(r"[\[\]:*?/\\]", " ", theme).strip().strip("'") or "theme"
    name, n = base[:31].rstrip().rstrip("'"), 2
    while name.casefold() in taken or name.casefold() == "history":
        name, n = f"{base[:27].rstrip()} {n}", n + 1
    taken.append(name.casefold())
    return name
