"""What tools' files held, how their positions were proved, and what was lost: as tables for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from .policies import shows_text
from .read.draft import Draft
from .read.formats import is_export
from .read.positions import Proof
from .study import Study
from .tables import Shown, note, show_table

__all__ = ["losses", "losses_table", "proof_of", "proofs", "proofs_table"]

PARTS = ("held", "taken", "left")
NO_EXPORT = (
    "No file here is a tool's export: tables that people made state code points and hold nothing else."
)
PROOF = ["file", "format", "tool", "version", "positions", "score", "n", "verdict", "exceptions"]
NAMELESS = "[name]"  # as publicnames.public_warnings has it
FITS = re.compile(r": \d+ of \d+ fit \([\d.]+ %\)\Z")
LOSS = ["file", "part", "what", "n"]


def proof_of(facts: Mapping[str, Any]) -> Proof | None:
    """Return the proof that a file's facts record; None where it states no positions."""
    positions = facts.get("positions")
    if not isinstance(positions, Mapping) or "verdict" not in positions:
        return None
    known = {name: positions[name] for name in Proof.__dataclass_fields__ if name in positions}
    score = known.get("score")
    return Proof(**known | {"score": float("nan") if score is None else score})


def proofs_table(drafts: Sequence[Draft], study: Study | None = None) -> pd.DataFrame:
    """Return one row an export: which characters its positions mean, and how well that fits.

    Documents that do not fit are named only where a study is given whose policy shows text.

    Returns
    -------
    DataFrame
        ``file``, ``format``, ``tool``, ``version``, ``positions`` (the convention in words), ``score`` (share
        of selections that fit), ``n`` (selections used), ``verdict``, ``exceptions`` (documents named).
    """
    named = study is not None and shows_text(study)
    return pd.DataFrame([_proof_row(draft, named) for draft in _exports(drafts)], columns=PROOF)


def losses_table(drafts: Sequence[Draft]) -> pd.DataFrame:
    """Return what each export held, what was taken and what was left, each with its count.

    Returns
    -------
    DataFrame
        ``file``, ``part`` (held, taken, left), ``what``, ``n``.
    """
    rows = [
        (draft.file, part, what, int(count))
        for draft in _exports(drafts)
        for part in PARTS
        for what, count in _counts(draft, part).items()
    ]
    return pd.DataFrame(rows, columns=LOSS)


def proofs(drafts: Sequence[Draft], study: Study | None = None) -> Shown:
    """Return the proof of positions for show; documents are named as in :func:`proofs_table`."""
    table = proofs_table(drafts, study)
    if table.empty:
        return note(NO_EXPORT)
    columns = {name: name for name in PROOF} | {"score": "share that fits", "n": "selections"}
    return show_table(table, "What positions mean in each file", columns, places=3)


def losses(drafts: Sequence[Draft]) -> Shown:
    """Return what was held, taken and left for show."""
    table = losses_table(drafts)
    if table.empty:
        return note(NO_EXPORT)
    return show_table(table, "What each file held, what was taken, what was left", {n: n for n in LOSS})


def _exports(drafts: Sequence[Draft]) -> Iterator[Draft]:
    return (draft for draft in drafts if is_export(draft.facts.get("format")))


def _counts(draft: Draft, part: str) -> Mapping[str, Any]:
    counts = draft.facts.get(part)
    return counts if isinstance(counts, Mapping) else {}


def _proof_row(draft: Draft, named: bool) -> dict[str, Any]:
    facts = draft.facts
    row = {"file": draft.file} | {name: facts.get(name) for name in ("format", "tool", "version")}
    proof = proof_of(facts)
    if proof is None or proof.n == 0:
        found_by = facts.get("positions_by")
        verdict = f"by {found_by}" if found_by else "nothing to prove" if proof is None else proof.verdict
        return row | {
            "positions": None,
            "score": float("nan"),
            "n": 0,
            "verdict": verdict,
            "exceptions": None,
        }
    how = {"positions": proof.counted, "score": proof.score, "n": proof.n, "verdict": proof.verdict}
    told = proof.exceptions if named else [_nameless(each) for each in proof.exceptions]
    return row | how | {"exceptions": "; ".join(told) or None}


def _nameless(exception: str) -> str:
    """Return how a document fits, without its name."""
    found = FITS.search(exception)
    return f"{NAMELESS}{found[0]}" if found else NAMELESS
