"""Verification as a page: self-contained, opens offline, the same bytes for the same findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from . import htmlpage
from .claims import VERDICTS, Verdict
from .departures import people
from .htmlpage import Html, bullets, note, table
from .numerals import LEFT_OUT
from .verification import BY_CONSTRUCTION, STATEMENT, Verification

__all__ = ["document", "page"]

OWN_STYLE = ".claims td:nth-of-type(3) { min-width: 12rem; }\n"
SIGNS = {
    "differs": "✗",
    "decision_flips": "✗",
    "missing": "✗",
    "not_checkable": "–",
    "changed_by_withdrawal": "≠",
}
MOST_CELLS = 500


def page(v: Verification) -> str:
    """Return verification.html: the content of verification.json for people."""
    parts = [
        note(Html(f"<strong>{escape(STATEMENT)}</strong>")),
        note(v.coverage),
    ]
    parts += map(note, _told(v))
    if v.source:
        parts += ["<h2>Source files that are not as they were frozen</h2>", bullets(v.source)]
    parts += ["<h2>Numbers recomputed</h2>", _claims(v.ordered)]
    changed = [(each, v.causes[each.claim.id]) for each in v.ordered if v.causes.get(each.claim.id)]
    if changed:
        parts.append("<h2>What changed upstream</h2>")
        parts += [f"<h3>{escape(each.claim.id)}</h3>{bullets(causes)}" for each, causes in changed]
    cells = [each for each in v.ordered if each.claim.cells]
    parts += [
        part for each in cells for part in (f"<h2>{escape(each.claim.id)}, cell by cell</h2>", _cells(each))
    ]
    if v.prose:
        parts += ["<h2>Numbers in findings.md</h2>", bullets(v.prose.lines())]
        parts.append(note(Html(f'{escape(LEFT_OUT)} Filled: <a href="findings.html">findings.html</a>.')))
    parts += ["<h2>What the verdicts mean</h2>", _key()]
    return document(v, f"{v.title}: numbers recomputed", "\n".join(parts))


def document(v: Verification, title: str, body: str) -> str:
    """Return a whole page about one study's verification."""
    banner = BY_CONSTRUCTION if v.simulated else ""
    return htmlpage.document(v.study, title, body, banner=banner, style=OWN_STYLE)


def _told(v: Verification) -> Iterator[str]:
    if v.tally:
        told = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in v.tally.items())
        yield f"Verdicts: {told}."
    if v.withdrawn != 0:
        yield f"{people(v.withdrawn) if v.withdrawn else 'Participants withdrew'}; nothing of theirs is here."
    yield f"Judged: results with sha256 {v.results[:16]}…"


def _claims(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return note("This study states no claims.")
    rows = [
        (
            v.claim.id,
            v.claim.said,
            ", ".join(v.recomputed) or "–",
            f"{SIGNS.get(v.verdict, '✓')} {v.verdict.replace('_', ' ')}{' (known)' if v.known else ''}",
            "; ".join(text for text in (v.why, v.decision, v.claim.note) if text),
            v.origin or "–",
        )
        for v in verdicts
    ]
    return table(
        ("claim", "printed", "recomputed", "verdict", "remark", "from"),
        rows,
        "Every claim, failures last",
        kind="table claims",
    )


def _cells(v: Verdict) -> str:
    rows = [(p.place, p.printed, p.recomputed, p.verdict.replace("_", " "), p.why) for p in v.parts]
    left = f"{v.claim.cells}, against {v.claim.table}"
    shown = f"{left}: the first {MOST_CELLS} of {len(rows)} cells" if len(rows) > MOST_CELLS else left
    return table(("cell", "printed", "recomputed", "verdict", "remark"), rows[:MOST_CELLS], shown)


def _key() -> str:
    rows = [(name.replace("_", " "), said) for name, said in VERDICTS.items()]
    return table(("verdict", "means"), rows, "Verdicts")
