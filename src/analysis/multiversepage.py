"""The multiverse page of a batch: self-contained, opens offline, the same bytes for the same results."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from . import wholefile
from .batch import Batch, Done
from .clearance import clear_for
from .estimands import Estimand
from .figures import Drawn
from .htmlpage import Html, document, note, table
from .multiverse import ABSENT, FAILS, HOLDS, ClaimOver, Flip, Multiverse, StudyOver
from .multiversechart import specification_curve
from .runnames import said
from .tables import SIMULATED

__all__ = ["files", "page", "publish"]

EXPLORATORY = (
    "Exploratory. These choices were made after the data were known; the spread shows how much a number "
    "depends on them, not how likely it is. None of this stands in a study's report."
)
OWN_STYLE = ".holds { color: inherit; } .fails { font-weight: 700; } td.choice { white-space: nowrap; }\n"
DRAWN_STYLE = re.compile(r'<style type="text/css">(.*?)</style>', re.S)
MOST_RUNS = 400
NO_PAIR = "not to be told: runs that disagree differ in several choices at once"
MOST_PAIRS = 3


def publish(batch: Batch, found: Multiverse) -> list[str]:
    """Write the table of results, the page and its figures; the same results are the same bytes.

    Parameters
    ----------
    batch : Batch
    found : Multiverse

    Returns
    -------
    list of str
        The files that people open, relative to the workspace.

    Raises
    ------
    DisclosureError
        If any of it holds what looks like a direct identifier; nothing is written then.
    """
    written = files(batch, found)
    for over in found.studies:
        clear_for(batch.workspace, over.study, {k: v for k, v in written.items() if isinstance(v, str)})
    scratch = batch.workspace.scratch / "drafts"
    for path in sorted((batch.folder / "figures").glob("*")):
        if f"figures/{path.name}" not in written:
            path.unlink()
    for name, content in written.items():
        if isinstance(content, str):
            wholefile.write_text(batch.folder / name, content, scratch=scratch)
        else:
            wholefile.write_bytes(batch.folder / name, content, scratch=scratch)
    shown = ("index.html", "results.csv", "results.parquet")
    return [(batch.folder / name).relative_to(batch.workspace.root).as_posix() for name in shown]


def files(batch: Batch, found: Multiverse) -> dict[str, str | bytes]:
    """Return name -> content of everything that stands beside the folders of the runs."""
    table = io.BytesIO()
    found.results.to_parquet(table, index=False)
    drawn = {
        f"{over.study.study}-{_slug(estimand.name)}": specification_curve(
            estimand, over.varied, over.study.simulated
        )
        for over in found.studies
        for estimand in over.estimands
        if over.varied and estimand.varies
    }
    told: dict[str, str | bytes] = {
        "results.csv": _csv(found.results),
        "results.parquet": table.getvalue(),
        "index.html": page(batch, found, drawn),
    }
    for name, figure in drawn.items():
        told |= {f"figures/{name}.svg": figure.svg, f"figures/{name}.csv": _csv(figure.data)}
    return told


def page(batch: Batch, found: Multiverse, drawn: dict[str, Drawn]) -> str:
    """Return the page.

    Parameters
    ----------
    batch : Batch
    found : Multiverse
    drawn : dict
        Study and estimand, as its file is called -> panel.
    """
    title = batch.grid.title or f"{batch.grid.name}: every number over all choices"
    failed = sum(not each.ended_well for each in batch.done)
    runs = f"{len(batch.done)} run{'s' * (len(batch.done) != 1)}"
    told = f"{runs} of {len(found.studies)} {'study' if len(found.studies) == 1 else 'studies'}"
    told += f"; {failed} did not end well and are marked below" if failed else "; all ended well"
    parts = [
        note(Html(f"<strong>{escape(EXPLORATORY)}</strong>")),
        f'<p class="note">{escape(told)}. All results: <a href="results.csv">results.csv</a>, '
        '<a href="results.parquet">results.parquet</a>.</p>',
    ]
    for over in found.studies:
        parts += _study(over, batch.grid.own[over.study.study], drawn)
    parts += _runs(batch)
    banner = SIMULATED if any(over.study.simulated for over in found.studies) else ""
    body = "\n".join(parts)
    drawn_styles = DRAWN_STYLE.findall(body)
    return document(batch.grid.name, title, body, banner=banner, style=OWN_STYLE, drawn=drawn_styles)


def _study(over: StudyOver, own: Mapping[str, Any], drawn: dict[str, Drawn]) -> Iterator[str]:
    name = over.study.study
    yield f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(name)}</h2>'
    simulated = " Simulated data." if over.study.simulated else ""
    yield f'<p class="study">{escape(over.study.title)}.{simulated}</p>'
    if not over.varied:
        yield note("Nothing was varied, so there is nothing to compare.")
    else:
        yield table(("choice", "values", "the study's own"), list(_choices(over, own)), "What was varied")
    if over.estimands:
        yield f"<h3>Headline numbers</h3>{_summary(over)}"
    panels = [(each, drawn.get(f"{name}-{_slug(each.name)}")) for each in over.estimands]
    for estimand, figure in panels:
        if figure is not None:
            link = quote(f"figures/{name}-{_slug(estimand.name)}.csv")
            yield f"<h3>{escape(estimand.name)}</h3>{figure.shown().markup}"
            yield note(Html(f'<a href="{link}">What is plotted, as CSV</a>'))
    if over.claims:
        yield "<h3>Which choices flip which claim</h3>"
        yield from _claims(over)
    yield "</section>"


def _choices(over: StudyOver, own: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name in over.varied:
        values = dict.fromkeys(said(each.run.settings[name]) for each in over.done)
        yield name, ", ".join(values), said(own[name])


def _summary(over: StudyOver) -> str:
    rows = [tuple(_summary_row(each)) for each in over.estimands]
    head = ("number", "printed", "own settings", "smallest", "middle", "largest", "runs")
    return table(head, rows, "Headline numbers over all choices", numbers=range(2, 7))


def _summary_row(estimand: Estimand) -> Iterator[str]:
    known = estimand.table["value"].astype(float).dropna()
    yield estimand.name
    yield ", ".join(estimand.printed) or "–"
    yield "–" if estimand.own is None else _number(estimand.own)
    if known.empty:
        yield from ("undefined",) * 3
    else:
        yield from (_number(each) for each in (known.min(), known.median(), known.max()))
    hidden = len(estimand.table) - len(known)
    yield f"{len(estimand.table)}{f', {hidden} undefined' if hidden else ''}"


def _claims(over: StudyOver) -> Iterator[str]:
    moved = [each for each in over.claims if each.count(HOLDS) and each.count(FAILS)]
    if moved:
        rows = [
            (
                each.claim.id,
                each.printed,
                _held(each),
                "; ".join(_said_flip(f) for f in each.flips if f.flipped) or NO_PAIR,
            )
            for each in moved
        ]
        yield table(
            ("claim", "printed", "holds in", "flipped, all else being equal, by"),
            rows,
            "Claims that hold at some choices and fail at others",
        )
    else:
        yield note("No choice flips any claim: each holds, or fails, wherever it is asked.")
    still = [each for each in over.claims if each not in moved]
    if still:
        told = [(each.claim.id, each.printed, _held(each)) for each in still]
        yield table(("claim", "printed", "holds in"), told, "Claims that no choice flips")
    yield (
        '<p class="note">A choice flips a claim where two runs that differ in it alone disagree. A number '
        "that a choice leaves uncomputed neither holds nor fails.</p>"
    )


def _held(each: ClaimOver) -> str:
    asked = each.count(HOLDS) + each.count(FAILS)
    absent = each.count(ABSENT)
    return f"{each.count(HOLDS)} of {asked}" + (f"; not computed in {absent}" if absent else "")


def _said_flip(flip: Flip) -> str:
    shown = [f"holds at {holds}, fails at {fails}" for holds, fails in dict.fromkeys(flip.flipped)]
    more = f", and {len(shown) - MOST_PAIRS} more" if len(shown) > MOST_PAIRS else ""
    return (
        f"{flip.setting} in {len(flip.flipped)} of {flip.pairs} comparisons "
        f"({'; '.join(shown[:MOST_PAIRS])}{more})"
    )


def _runs(batch: Batch) -> Iterator[str]:
    yield "<h2>Runs</h2>"
    told = {s: {said(each.run.settings[s]) for each in batch.done} for s in batch.grid.settings}
    settings = [name for name, values in told.items() if len(values) > 1]
    same = [f"{name}: {next(iter(values))}" for name, values in told.items() if len(values) == 1]
    if same:
        yield note(f"In every run: {'; '.join(same)}.")
    head = ("run", *settings, "ended")
    shown = sorted(batch.done, key=lambda each: each.ended_well)[:MOST_RUNS]  # failures first
    rows = [
        (_linked(each), *(said(each.run.settings[name]) for name in settings), each.said) for each in shown
    ]
    left = f", the first {MOST_RUNS} of {len(batch.done)}" if len(batch.done) > MOST_RUNS else ""
    yield table(head, rows, f"Every run, with its report, run.json and executed notebooks{left}")


def _linked(each: Done) -> Html:
    name = each.run.name
    report = each.workspace.reports(each.run.study.study) / "index.html"
    page = "index.html" if report in each.left else "run.json"
    return Html(f'<a href="{escape(quote(f"{name}/{page}"))}">{escape(name)}</a>')


def _number(value: float) -> str:
    return f"{value:.0f}" if value == round(value) and abs(value) >= 2 else f"{value:.3f}"


def _slug(name: str) -> str:
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-")
    if plain == name and len(name) <= 80:
        return plain
    return f"{plain[:70]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _csv(frame: pd.DataFrame) -> str:
    return frame.to_csv(index=False, lineterminator="\n", float_format="%.10g")
