"""Tables for people: captioned HTML with scoped headers, the same bytes every time."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import pandas as pd

__all__ = ["Shown", "decimals", "note", "show_table"]

MOST_ROWS = 500


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
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in columns.values())
    body = [
        "<tr>" + "".join(_cell(value, first=i == 0, places=places) for i, value in enumerate(row)) + "</tr>"
        for row in frame[list(columns)].head(rows).itertuples(index=False)
    ]
    if len(frame) > rows:
        notes = [*notes, f"The first {rows} of {len(frame)} rows."]
    foot = "".join(f'<p class="note">{html.escape(line)}</p>' for line in notes)
    markup = (
        f'<div class="table"><table><caption>{html.escape(caption)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n" + "\n".join(body) + f"\n</tbody></table>{foot}</div>"
    )
    return Shown(markup, caption)


def note(text: str, kind: str = "note") -> Shown:
    """Return a paragraph: a plain note, or a ``warning`` or ``simulated`` banner."""
    return Shown(f'<p class="{kind}">{html.escape(text)}</p>', text)


def decimals(value: object, places: int = 2) -> str:
    """Return a cell as people read it: undefined is a dash, whole numbers stay whole.

    Examples
    --------
    >>> decimals(0.7434), decimals(float("nan")), decimals(12), decimals(True)
    ('0.74', '–', '12', 'yes')
    """
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        text = f"{value:.{places}f}"
        return text.removeprefix("-") if float(text) == 0 else text
    return str(value)


def _cell(value: object, first: bool, places: int) -> str:
    if isinstance(value, Shown):
        return f"<td>{value.markup}</td>"
    text = html.escape(decimals(value.item() if hasattr(value, "item") else value, places))
    if first:
        return f'<th scope="row">{text}</th>'
    numeric = isinstance(value, int | float) or hasattr(value, "item") or text == "–"
    return f'<td class="number">{text}</td>' if numeric else f"<td>{text}</td>"
