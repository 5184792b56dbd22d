"""The framework matrix as a page that opens offline: each cell leads to the quotes behind it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

import pandas as pd

from .corpus import Corpus
from .disclosure import quotable, segment_labels
from .framework import STATES
from .htmlpage import plain_head
from .identifiers import find
from .matrixsheets import LEFT_OVER, NO_GAP, codes_of, gaps, sheets
from .policies import policy_of, shows_people
from .publicnames import unlinked
from .study import Study
from .tables import SIMULATED

__all__ = ["matrix_page"]

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1a1a1a;margin:1.5rem}"
    "table{border-collapse:separate;border-spacing:0;margin-bottom:2rem}tr:first-child>*{border-top-width:1px}"
    "caption{text-align:left;font-weight:600;font-size:1.2rem;padding:.5rem 0}"
    "th,td{border:0 solid #767676;border-width:0 1px 1px 0;padding:.3rem .6rem;"
    "text-align:left;vertical-align:top;max-width:24rem;"
    "min-width:7rem}tr>:first-child{border-left-width:1px}th[scope=row]{background:#fff;position:sticky;left:0}"
    "thead th{position:sticky;top:0;background:#f3f3f0;z-index:1}tbody th[scope=rowgroup]{background:#e8e8e4}"
    ".state{color:#595959;font-style:italic}.behind{font-size:.85rem}a{color:#005a8f}li{margin:.3rem 0}"
    ":target{background:#fff3cd}"
)


def matrix_page(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> str:
    """Return the matrix as one HTML page: a table a theme, grouped by stakeholder group.

    Each cell links to the quotes behind it by segment id; quotes stand only where the policy and the
    participant's consent allow. Cells still to be looked at are listed below.
    """
    parts = [_head(study)]
    quotes = _quotes(matrix, corpus, study) if shows_people(study) and not unlinked(study) else {}
    labels = segment_labels(corpus, study)
    behind = {
        (row.case_id, row.code_id): _links(str(row.segment_ids or "").split(), quotes, labels)
        for row in matrix.itertuples(index=False)
    }
    cases = matrix["case_id"].drop_duplicates().tolist()
    of_theme = codes_of(matrix, corpus).values()
    for (theme, frame), codes in zip(sheets(matrix, corpus, study).items(), of_theme, strict=False):
        parts += _table(theme, frame, [[behind.get((case, code), "") for code in codes] for case in cases])
    if not shows_people(study):
        parts.append(
            f"<p>Not shown: lines about single participants. {html.escape(policy_of(study).said)}</p>"
        )
    else:
        parts += _left_over(gaps(matrix, corpus, study))
    listed = [
        f'<li id="{_anchor(labels[each])}"><b>{html.escape(labels[each])}</b> {html.escape(text)}</li>'
        for each, text in quotes.items()
    ]
    parts.append("<h2>Quotes</h2>\n<ul>\n" + "\n".join(listed) + "\n</ul>\n" if listed else "")
    return "".join([*parts, "</main></body></html>\n"])


def _table(theme: str, frame: pd.DataFrame, links: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield one theme's table; a line heads each group where there are several."""
    names = [name for name in frame.columns if name != "group"]
    yield f"<table><caption>{html.escape(theme)}</caption>\n<thead><tr>"
    yield from (f'<th scope="col">{html.escape(str(name).strip())}</th>' for name in names)
    yield "</tr></thead>\n"
    for group, part in frame.groupby("group", sort=False, dropna=False):
        yield "<tbody>\n"
        if frame["group"].nunique() > 1:
            said = html.escape(str(group))
            yield f'<tr><th scope="rowgroup" colspan="{len(names)}">{said} (n = {len(part)})</th></tr>\n'
        for place, row in part[names].iterrows():
            cells = zip(row.iloc[1:], links[int(str(place))], strict=True)
            yield f'<tr><th scope="row">{html.escape(str(row.iloc[0]))}</th>'
            yield "".join(f"<td>{_cell(str(text))}{link}</td>" for text, link in cells) + "</tr>\n"
        yield "</tbody>\n"
    yield "</table>\n"


def _cell(text: str) -> str:
    said = html.escape(text)
    return f'<span class="state">{said}</span>' if text in STATES.values() else said


def _left_over(found: pd.DataFrame) -> Iterator[str]:
    """Yield the cells where codings and charting do not meet."""
    if found.empty:
        yield f"<p>{NO_GAP}</p>\n"
        return
    yield f"<table><caption>{LEFT_OVER}</caption>\n<thead><tr>"
    yield "".join(f'<th scope="col">{name}</th>' for name in found.columns) + "</tr></thead>\n<tbody>\n"
    for row in found.itertuples(index=False):
        first, *rest = (html.escape(str(value)) for value in row)
        cells = "".join(f"<td>{text}</td>" for text in rest)
        yield f'<tr><th scope="row">{first}</th>{cells}</tr>\n'
    yield "</tbody></table>\n"


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


def _links(segments: Sequence[str], quotes: dict[str, str], labels: dict[str, str]) -> str:
    named = [labels[each] for each in segments if each in quotes]
    found = [f'<a href="#{_anchor(each)}">{html.escape(each)}</a>' for each in named]
    return f'<br><span class="behind">{" ".join(found)}</span>' if found else ""


def _anchor(segment: str) -> str:
    return "s-" + re.sub(r"[^A-Za-z0-9_-]", lambda each: f".{ord(each.group()):x}", segment)


def _head(study: Study) -> str:
    banner = f"<p><strong>{SIMULATED}</strong></p>" if study.simulated else ""
    title = html.escape(study.title)
    return (
        f"{plain_head(f'Framework matrix: {study.title}')}<style>{STYLE}</style></head><body><main>"
        f"<h1>Framework matrix</h1>{banner}<p>{title}</p>"
        "<p>Summaries are written by people, never generated; what follows a summary are the segments "
        "behind it. A cell without a summary says in italics why there is none.</p>\n"
    )
