"""The framework matrix as teams use it: a workbook with one sheet a theme, and a page that opens offline."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd

from .corpus import Corpus
from .disclosure import NOT_SHOWN, case_labels, public_corpus, quotable, shows_text
from .framework import STATES, coverage
from .identifiers import find
from .study import Study

__all__ = ["matrix_page", "matrix_workbook", "sheets"]

CREATED = datetime(2000, 1, 1)  # the same workbook twice is the same bytes
SIMULATED = "Simulated data."
STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:1.5rem}table{border-collapse:collapse}"
    "caption{text-align:left;font-weight:600}th,td{border:1px solid #767676;padding:.3rem .6rem;"
    "text-align:left;vertical-align:top;max-width:24rem}thead th{position:sticky;top:0;background:#f3f3f0}"
    "li{margin:.3rem 0}:target{background:#fff3cd}"
)


def sheets(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> dict[str, pd.DataFrame]:
    """Return theme -> its part of the matrix: a row a participant, a column a code charted or applied.

    Participants stand by group, in the order of their labels. A cell holds the summary that a person wrote,
    else its state in words; where the policy forbids it, or it holds what looks like a direct
    identifier, it says that it is not shown.

    Returns
    -------
    dict of DataFrame
        Columns: ``participant``, ``group``, then one a code under the code's name.
    """
    codes = public_corpus(corpus, study).codes.set_index("code_id")
    root = {code: _root(code, codes["parent_id"].to_dict()) for code in codes.index}
    labels, said = case_labels(corpus), _summaries(matrix, study)
    found: dict[str, pd.DataFrame] = {}
    used = [code for code in codes.index if code in set(matrix["code_id"])]
    cells = {(row.case_id, row.code_id): text for row, text in zip(matrix.itertuples(), said, strict=True)}
    cases = matrix.drop_duplicates("case_id")[["case_id", "group"]]
    for theme in dict.fromkeys(root[code] for code in used):
        frame = pd.DataFrame({"participant": cases["case_id"].map(labels), "group": cases["group"]})
        for code in (code for code in used if root[code] == theme):
            name = _unlike(str(codes.at[code, "name"]), list(frame.columns))
            frame[name] = [cells.get((case, code), "") for case in cases["case_id"]]
        found[str(codes.at[theme, "name"])] = frame.reset_index(drop=True)
    return found


def matrix_workbook(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> bytes:
    """Return the matrix as XLSX: one sheet a theme, then what is still to be charted.

    Headers are frozen, text is wrapped, and text stays text whatever it begins with: no cell is a formula or
    a link. The same matrix gives the same bytes.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **plain}) as book:
        book.set_properties({"title": study.title, "created": CREATED})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        taken: list[str] = []
        for theme, frame in sheets(matrix, corpus, study).items():
            _fill(book.add_worksheet(_sheet_name(theme, taken)), frame, theme, study, head, body)
        gaps = _gaps(matrix, corpus, study)
        _fill(
            book.add_worksheet(_sheet_name("To be looked at", taken)),
            gaps,
            "To be looked at",
            study,
            head,
            body,
        )
    return buffer.getvalue()


def matrix_page(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> str:
    """Return the matrix as one HTML page; each cell links to the quotes behind it by segment id.

    Quotes stand only where the policy and the participant's consent allow.
    """
    quotes = _quotes(matrix, corpus, study)
    ids = dict(
        zip(zip(matrix["case_id"], matrix["code_id"], strict=True), matrix["segment_ids"], strict=True)
    )
    cases = matrix["case_id"].drop_duplicates().tolist()
    codes = _columns(matrix, corpus)
    parts = [_head(study)]
    for (theme, frame), columns in zip(sheets(matrix, corpus, study).items(), codes, strict=True):
        parts.append(f"<h2>{html.escape(theme)}</h2>\n<table><thead><tr>")
        parts += [f'<th scope="col">{html.escape(str(name))}</th>' for name in frame.columns]
        parts.append("</tr></thead>\n<tbody>\n")
        for case, row in zip(cases, frame.itertuples(index=False), strict=True):
            cells = [f'<th scope="row">{html.escape(str(row[0]))}</th><td>{html.escape(str(row[1]))}</td>']
            for code, text in zip(columns, row[2:], strict=True):
                links = _links(str(ids.get((case, code), "") or ""), quotes)
                cells.append(f"<td>{html.escape(str(text))}{links}</td>")
            parts.append(f"<tr>{''.join(cells)}</tr>\n")
        parts.append("</tbody></table>\n")
    listed = [
        f'<li id="{_anchor(each)}"><b>{html.escape(each)}</b> {html.escape(text)}</li>'
        for each, text in quotes.items()
    ]
    parts.append("<h2>Quotes</h2>\n<ul>\n" + "\n".join(listed) + "\n</ul>\n" if listed else "")
    return "".join([*parts, "</main></body></html>\n"])


def _root(code: str, parent: dict[str, Any]) -> str:
    above = parent.get(code)
    return code if above is None or pd.isna(above) else _root(above, parent)


def _summaries(matrix: pd.DataFrame, study: Study) -> Iterator[str]:
    """Yield what stands in each cell."""
    for row in matrix.itertuples(index=False):
        if pd.isna(row.summary):
            yield "" if row.state == "not_raised" else STATES[row.state]
        elif not shows_text(study):
            yield NOT_SHOWN
        else:
            yield f"{NOT_SHOWN} looks like a direct identifier" if find(row.summary) else str(row.summary)


def _gaps(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    gaps = coverage(matrix)
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    return pd.DataFrame(
        {
            "participant": gaps["case_id"].map(case_labels(corpus)),
            "group": gaps["group"],
            "code": gaps["code_id"].map(names),
            "what": gaps["gap"].str.replace("_", " "),
            "segments": gaps["n_segments"].astype(int),
        }
    )


def _fill(sheet: Any, frame: pd.DataFrame, title: str, study: Study, head: Any, body: Any) -> None:
    sheet.write_string(0, 0, f"{SIMULATED} {title}" if study.simulated else title)
    for column, name in enumerate(frame.columns):
        sheet.write_string(1, column, str(name), head)
    for row, line in enumerate(frame.itertuples(index=False), start=2):
        for column, value in enumerate(line):
            if isinstance(value, int):
                sheet.write_number(row, column, value, body)
            else:
                sheet.write_string(row, column, "" if pd.isna(value) else str(value), body)
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, max(2, len(frame.columns) - 1), 42)
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


def _unlike(name: str, taken: list[str]) -> str:
    return name if name not in taken else _unlike(f"{name}\u00a0", taken)


def _columns(matrix: pd.DataFrame, corpus: Corpus) -> list[list[str]]:
    """Return the codes of each theme's sheet, as :func:`sheets` orders them."""
    parent = corpus.codes.set_index("code_id")["parent_id"].to_dict()
    used = [code for code in corpus.codes["code_id"] if code in set(matrix["code_id"])]
    themes = dict.fromkeys(_root(code, parent) for code in used)
    return [[code for code in used if _root(code, parent) == theme] for theme in themes]


def _quotes(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> dict[str, str]:
    """Return segment id -> words that may be quoted, for the segments behind the cells."""
    behind = {each for listed in matrix["segment_ids"].dropna() for each in str(listed).split()}
    may = corpus.segments[quotable(corpus, study)].dropna(subset=["text"])
    may = may[may["segment_id"].isin(sorted(behind))]
    return {
        segment: text
        for segment, text in may[["segment_id", "text"]].itertuples(index=False)
        if not find(text)
    }


def _links(listed: str, quotes: dict[str, str]) -> str:
    found = [
        f'<a href="#{_anchor(each)}">{html.escape(each)}</a>' for each in listed.split() if each in quotes
    ]
    return f"<br>{' '.join(found)}" if found else ""


def _anchor(segment: str) -> str:
    return "s-" + re.sub(r"[^A-Za-z0-9_-]", lambda each: f".{ord(each.group()):x}", segment)


def _head(study: Study) -> str:
    banner = f"<p><b>{SIMULATED}</b></p>" if study.simulated else ""
    title = html.escape(study.title)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Framework matrix</title><style>{STYLE}</style></head><body><main>"
        f"<h1>Framework matrix</h1>{banner}<p>{title}</p>"
        "<p>Summaries are written by people, never generated; what follows a summary are the segments "
        "behind it.</p>\n"
    )
