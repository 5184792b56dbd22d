"""Verdicts of claims as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .claims import VERDICTS, Verdict
from .policies import NOT_SHOWN, policy_of, shows_text
from .publicclaims import hides_numbers, public_verdicts
from .study import Study
from .tables import Shown, note, show_table

__all__ = ["lead", "verdicts"]

WITHDRAWALS = (
    "Where participants withdrew, verification.html, which knows the baseline, has the last word on what "
    "changed with them."
)


def verdicts(found: Sequence[Verdict], study: Study) -> Shown:
    """Return the verdict of every claim, coverage first, failures last."""
    if not found:
        return note("This study states no claims to be checked.")
    rows = [
        {
            "claim": v.claim.id,
            "printed": NOT_SHOWN if hides_numbers(v.claim, study) else v.claim.said,
            "recomputed": ", ".join(v.recomputed) or "–",
            "verdict": v.verdict.replace("_", " "),
            "why": _why(v, study) or VERDICTS[v.verdict],
        }
        for v in sorted(public_verdicts(found, study), key=lambda v: v.failed)
    ]
    table = show_table(pd.DataFrame(rows), "Numbers recomputed")
    return Shown("".join(note(line).markup for line in lead(found, study)) + table.markup, table.caption)


def lead(found: Sequence[Verdict], study: Study) -> list[str]:
    """Return what is said above all verdicts: what they show, and how many claims they cover."""
    checked = sum(v.verdict != "not_checkable" for v in found)
    said = [
        "Verdicts show whether numbers follow from the codings, not whether the interpretation is right.",
        f"{len(found)} claims: {checked} are checked here, {len(found) - checked} cannot be.",
    ]
    if study.simulated:
        said.append("Simulated data: claims hold by construction and count as nothing reproduced.")
    if any(hides_numbers(v.claim, study) for v in found):
        said.append(f"Counts of participants and segments are not repeated here. {policy_of(study).said}")
    if any(v.failed or v.verdict == "changed_by_withdrawal" for v in found):
        said.append(WITHDRAWALS)
    return said


def _why(verdict: Verdict, study: Study) -> str:
    """Return the remark on a verdict; keys of results hold ids of codes, which may be somebody's words."""
    return "" if verdict.verdict == "missing" and not shows_text(study) else verdict.why
