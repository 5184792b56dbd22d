"""Tables for people: captioned HTML with scoped headers, the same bytes every time."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

__all__ = ["SIMULATED", "Linked", "Shown", "decimals", "note", "note_list", "show_table"]

SIMULATED = "Simulated data. These segments were written for a demonstration; nothing here is a finding."
"""What stands above everything that is made of simulated data."""
MOST_ROWS = 500
_RIGHT = ' class="number"'
_LEFT = ' style="text-align:left"'  # JupyterLab sets everything right


class Linked(str):
    """A cell that opens what is behind it.

    Parameters
    ----------
    text : str
    href : str
        An address within the page.
    lead : str
        Words before it that open nothing.
    """

    __slots__ = ("href", "lead")
    href: str
    lead: str

    def __new__(cls, text: str, href: str, lead: str = "") -> Linked:
        cell = super().__new__(cls, text)
        cell.href, cell.lead = href, lead
        return cell


class Shown:
    """A piece of HTML for notebooks and reports; as plain text it is its caption.

    Parameters
    ----------
    markup : str
        HTML, already escaped.
    caption : str
        What it is, in words.
    """

    def __init__(self, markup: str, caption: str) -> None:
        self.markup = markup
        self.caption = caption

    def _repr_html_(self) -> str:
        return self.markup

    def __repr__(self) -> str:
        return self.caption


def show_table(
    frame: pd.DataFrame,
    caption: str,
    columns: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    places: int = 2,
    rows: int = MOST_ROWS,
) -> Shown:
    """Return a frame as an HTML table; numbers are rounded for display only.

    Parameters
    ----------
    frame : DataFrame
    caption : str
    columns : mapping, optional
        Column -> heading; also chooses and orders the columns.
    notes : sequence of str
        Lines below the table.
    places : int
        Decimals of fractional numbers.
    rows : int
        More rows are cut and the cut is said.
    """
    columns = columns or {str(name): str(name).replace("_", " ") for name in frame.columns}
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in columns]
    head = "".join(_head(text, number) for text, number in zip(columns.values(), numeric, strict=True))
    body = ["<tr>" + "".join(_row(row, numeric, places)) + "</tr>" for row in _rows(frame, columns, rows)]
    if len(frame) > rows:
        notes = [*notes, f"The first {rows} of {len(frame)} rows."]
    foot = "".join(f'<p class="note">{html.escape(line)}</p>' for line in notes)
    markup = (
        f'<div class="table"><table><caption{_LEFT}>{html.escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(body) + f"\n</tbody></table>{foot}</div>"
    )
    return Shown(markup, caption)


def note(text: str, kind: str = "note") -> Shown:
    """Return a paragraph: a plain note, or a ``warning`` or ``simulated`` banner."""
    flagged = ' style="font-weight:bold"' if kind in ("simulated", "warning") else ""
    return Shown(f'<p class="{kind}"{flagged}>{html.escape(text)}</p>', text)


def note_list(caption: str, lines: Sequence[str]) -> Shown:
    """Return a list of remarks under a heading; an empty list says so."""
    if not lines:
        return note(f"{caption}: none.")
    items = "".join(f"<li>{html.escape(line)}</li>" for line in lines)
    return Shown(f'<div class="note"><p>{html.escape(caption)}</p><ul>{items}</ul></div>', caption)


def decimals(value: Any, places: int = 2) -> str:
    """Return a cell as people read it: undefined is a dash, whole numbers stay whole.

    Examples
    --------
    >>> decimals(0.7434), decimals(float("nan")), decimals(12), decimals(True)
    ('0.74', '–', '12', 'yes')
    """
    if pd.isna(value):
        return "–"
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        text = f"{value:.{places}f}"
        return text.removeprefix("-") if float(text) == 0 else text
    return str(value)


def _rows(frame: pd.DataFrame, columns: Mapping[str, str], most: int) -> Iterator[tuple[Any, ...]]:
    return frame[list(columns)].head(most).itertuples(index=False, name=None)


def _head(text: str, number: bool) -> str:
    return f'<th scope="col"{_RIGHT if number else _LEFT}>{html.escape(text)}</th>'


def _row(row: tuple[Any, ...], numeric: Sequence[bool], places: int) -> Iterator[str]:
    """Yield the cells of a row: the first names it; missing numbers are a dash, missing words nothing."""
    for place, (value, number) in enumerate(zip(row, numeric, strict=True)):
        missing = pd.isna(value)
        text = "" if missing and not number else html.escape(decimals(value, places))
        if isinstance(value, Linked):
            text = f'{html.escape(value.lead)}<a class="count" href="{html.escape(value.href)}">{text}</a>'
        if place == 0:
            yield f'<th scope="row"{_LEFT}>{text}</th>'
        else:
            yield f"<td{_RIGHT if number else _LEFT}>{text}</td>"
