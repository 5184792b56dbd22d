"""Verdicts of claims as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .claims import VERDICTS, Verdict
from .policies import NOT_SHOWN, policy_of, shows_text
from .publicclaims import hides_numbers, public_verdicts
from .study import Study
from .tables import Shown, note, show_table

__all__ = ["verdicts"]


def verdicts(found: Sequence[Verdict], study: Study) -> Shown:
    """Return the verdict of every claim, coverage first, failures last."""
    if not found:
        return note("This study states no claims to be checked.")
    checked = [v for v in found if v.verdict != "not_checkable"]
    lead = [
        "Verdicts show whether numbers follow from the codings, not whether the interpretation is right.",
        f"{len(found)} claims: {len(checked)} are checked here, {len(found) - len(checked)} cannot be.",
    ]
    if study.simulated:
        lead.append("Simulated data: claims hold by construction and count as nothing reproduced.")
    if any(hides_numbers(v.claim, study) for v in found):
        lead.append(f"Counts of participants and segments are not repeated here. {policy_of(study).said}")
    rows = [
        {
            "claim": v.claim.id,
            "printed": NOT_SHOWN
            if hides_numbers(v.claim, study)
            else ", ".join(v.claim.expected.values()) or "–",
            "recomputed": ", ".join(v.recomputed) or "–",
            "verdict": v.verdict.replace("_", " "),
            "why": _why(v, study) or VERDICTS[v.verdict],
        }
        for v in sorted(public_verdicts(found, study), key=lambda v: v.failed)
    ]
    table = show_table(pd.DataFrame(rows), "Numbers recomputed")
    return Shown("".join(note(line).markup for line in lead) + table.markup, table.caption)


def _why(verdict: Verdict, study: Study) -> str:
    """Return the remark on a verdict; keys of results hold ids of codes, which may be somebody's words."""
    return "" if verdict.verdict == "missing" and not shows_text(study) else verdict.why
