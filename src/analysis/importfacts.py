"""What tools' files held, how their positions were proved, and what was lost: as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from .read.draft import Draft
from .read.formats import is_export
from .read.positions import Proof
from .tables import Shown, note, show_table

__all__ = ["losses", "losses_table", "proof_of", "proofs", "proofs_table"]

PARTS = ("held", "taken", "left")
NO_EXPORT = (
    "No file here is a tool's export: tables that people made state code points and hold nothing else."
)
PROOF = ["file", "format", "tool", "version", "positions", "score", "n", "verdict", "exceptions"]
LOSS = ["file", "part", "what", "n"]


def proof_of(facts: Mapping[str, Any]) -> Proof | None:
    """Return the proof that a file's facts record; None where it states no positions."""
    positions = facts.get("positions")
    if not isinstance(positions, Mapping) or "verdict" not in positions:
        return None
    known = {name: positions[name] for name in Proof.__dataclass_fields__ if name in positions}
    score = known.get("score")
    return Proof(**known | {"score": float("nan") if score is None else score})


def proofs_table(drafts: Sequence[Draft]) -> pd.DataFrame:
    """Return one row an export: which characters its positions mean, and how well that fits.

    Returns
    -------
    DataFrame
        ``file``, ``format``, ``tool``, ``version``, ``positions`` (the convention in words), ``score`` (share
        of selections that fit), ``n`` (selections used), ``verdict``, ``exceptions`` (documents named).
    """
    return pd.DataFrame([_proof_row(draft) for draft in _exports(drafts)], columns=PROOF)


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


def proofs(drafts: Sequence[Draft]) -> Shown:
    """Return the proof of positions for show."""
    table = proofs_table(drafts)
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


def _proof_row(draft: Draft) -> dict[str, Any]:
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
    return row | how | {"exceptions": "; ".join(proof.exceptions) or None}
