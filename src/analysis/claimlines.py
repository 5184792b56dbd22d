"""A verdict in one line, for terminals."""

from __future__ import annotations

from .claims import Verdict

__all__ = ["line"]


def line(each: Verdict) -> str:
    """Return a claim in one line: id, printed, recomputed, verdict, why, where it came from.

    Examples
    --------
    >>> from analysis.claimfile import Claim
    >>> line(Verdict(Claim(id="people", result="cases.n", printed="3"), "differs", ("2",)))
    'people: printed 3, recomputed 2: differs'
    """
    said = [text for text in (each.why, each.decision) if text]
    why = f" ({'; '.join(said)})" if said else ""
    if each.verdict == "not_checkable":
        return f"{each.claim.id}: not_checkable{why}"
    origin = f" [{each.origin}]" if each.origin else ""
    note = f" Note: {each.claim.note}" if each.failed and each.claim.note else ""
    got = ", ".join(each.recomputed) or "-"
    return f"{each.claim.id}: printed {each.claim.said}, recomputed {got}: {each.verdict}{why}{origin}{note}"
