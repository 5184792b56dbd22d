"""Verification as a page: self-contained, opens offline, the same bytes for the same findings."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from .claims import VERDICTS, Verdict
from .numerals import LEFT_OUT

if TYPE_CHECKING:
    from .verification import Verification

__all__ = ["document", "page"]

STYLE = Path(__file__).parent / "templates" / "report.css"
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
    from .verification import STATEMENT

    parts = [
        f'<p class="note"><strong>{escape(STATEMENT)}</strong></p>',
        f'<p class="note">{escape(v.coverage)}</p>',
    ]
    parts += [f'<p class="note">{escape(line)}</p>' for line in _told(v)]
    if v.source:
        parts += ["<h2>Source files that are not as they were frozen</h2>", _list(v.source)]
    parts += ["<h2>Numbers recomputed</h2>", _claims(v.ordered)]
    changed = [(each, v.causes[each.claim.id]) for each in v.ordered if v.causes.get(each.claim.id)]
    if changed:
        parts.append("<h2>What changed upstream</h2>")
        parts += [f"<h3>{escape(each.claim.id)}</h3>{_list(causes)}" for each, causes in changed]
    cells = [each for each in v.ordered if each.claim.cells]
    parts += [
        part for each in cells for part in (f"<h2>{escape(each.claim.id)}, cell by cell</h2>", _cells(each))
    ]
    if v.prose:
        parts += ["<h2>Numbers in findings.md</h2>", _list(list(v.prose.lines()))]
        parts.append(
            f'<p class="note">{escape(LEFT_OUT)} Filled: <a href="findings.html">findings.html</a>.</p>'
        )
    parts += ["<h2>What the verdicts mean</h2>", _key()]
    return document(v, f"{v.title}: numbers recomputed", "\n".join(parts))


def document(v: Verification, title: str, body: str) -> str:
    """Return a whole page with a content security policy and no outside address."""
    from .verification import BY_CONSTRUCTION

    style = STYLE.read_text("utf-8") + OWN_STYLE
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    banner = f'<p class="simulated">{escape(BY_CONSTRUCTION)}</p>' if v.simulated else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">To the content</a>\n'
        f'<header>\n<h1>{escape(v.study)}</h1>\n{banner}\n<p class="study">{escape(title)}</p>\n</header>\n'
        f'<main id="main">\n{body}\n</main>\n</body>\n</html>\n'
    )


def _told(v: Verification) -> Iterator[str]:
    if v.tally:
        told = ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in v.tally.items())
        yield f"Verdicts: {told}."
    if v.withdrawn:
        yield f"{v.withdrawn} participant{'s' * (v.withdrawn > 1)} withdrew; nothing of theirs is here."
    yield f"Judged: results with sha256 {v.results[:16]}…"


def _claims(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return '<p class="note">This study states no claims.</p>'
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
    return _table(
        ("claim", "printed", "recomputed", "verdict", "remark", "from"),
        rows,
        "Every claim, failures last",
        "table claims",
    )


def _cells(v: Verdict) -> str:
    rows = [(p.place, p.printed, p.recomputed, p.verdict.replace("_", " "), p.why) for p in v.parts]
    left = f"{v.claim.cells}, against {v.claim.table}"
    shown = f"{left}: the first {MOST_CELLS} of {len(rows)} cells" if len(rows) > MOST_CELLS else left
    return _table(("cell", "printed", "recomputed", "verdict", "remark"), rows[:MOST_CELLS], shown)


def _key() -> str:
    rows = [(name.replace("_", " "), said) for name, said in VERDICTS.items()]
    return _table(("verdict", "means"), rows, "Verdicts")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str, kind: str = "table") -> str:
    heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in head)
    body = "\n".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="{kind}" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _list(lines: Sequence[str]) -> str:
    return f'<ul class="note">{"".join(f"<li>{escape(line)}</li>" for line in lines)}</ul>'
