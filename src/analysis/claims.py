"""Claims: what a report states, held against what was recomputed; results in, verdicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .claimfile import Claim, claims_schema, load_claims
from .comparison import Judged, compare, compare_interval, worst
from .cutoffs import Side, side_of
from .errors import did_you_mean
from .printed import Printed, holding_rule, read_printed, read_range
from .printedtables import PrintedTable, judged_cell, judged_cells
from .tablecells import Absent, Tables

__all__ = [
    "FAILURES",
    "VERDICTS",
    "Claim",
    "Entries",
    "Judged",
    "Verdict",
    "claims_schema",
    "judge",
    "load_claims",
]

VERDICTS = {
    "reproduced": "recomputed exactly as printed",
    "reproduced_at_printed_precision": "rounds to what is printed",
    "differs": "does not round to what is printed",
    "decision_flips": "falls on the other side of the stated cut-off",
    "missing": "no such result was computed",
    "changed_by_withdrawal": "held until participants withdrew",
    "not_checkable": "cannot be checked from the codings",
    "holds_by_construction": "written to hold: it tests Concord, not the paper",
}
FAILURES = ("differs", "decision_flips", "missing")

Entries = Sequence[Mapping[str, Any]]
"""Entries of results.json."""


@dataclass(frozen=True)
class Verdict:
    """What became of one claim.

    Parameters
    ----------
    claim : Claim
    verdict : str
        A key of :data:`VERDICTS`.
    recomputed : tuple of str
        One a result, at a decimal more than is printed.
    why : str
        The rounding that makes it hold, the reason it cannot be checked, or what differs.
    parts : tuple of Judged
        Every result or cell of the claim.
    decision : str
        What interval and q leave open where the point keeps to its side of a cut-off.
    known : bool
        A difference that the claim itself explains, and that is still the same.
    """

    claim: Claim
    verdict: str
    recomputed: tuple[str, ...] = ()
    why: str = ""
    parts: tuple[Judged, ...] = ()
    decision: str = ""
    known: bool = False

    @property
    def failed(self) -> bool:
        """Whether the claim does not follow from the codings, for no known reason."""
        return self.verdict in FAILURES and not self.known

    @property
    def origin(self) -> str:
        """Notebook and cell, or table, that the numbers came from."""
        return ", ".join(dict.fromkeys(part.origin for part in self.parts if part.origin))


def judge(
    results: Entries,
    claims: Sequence[Claim],
    simulated: bool = False,
    *,
    tables: Tables | None = None,
    printed: PrintedTable | None = None,
    minimum: float | None = None,
) -> list[Verdict]:
    """Return the verdict of every claim.

    Parameters
    ----------
    results : sequence of mapping
        Entries of results.json.
    claims : sequence of Claim
    simulated : bool
        Claims that a simulated study meets hold by construction and never count as reproduced.
    tables : callable, optional
        Gives the table that a claim names; without it claims about tables are missing.
    printed : callable, optional
        Gives the printed cells of a whole table from the claim's file.
    minimum : float, optional
        The study's minimum, which q speaks of.
    """
    found = {str(entry["key"]): entry for entry in results}
    verdicts = [_verdict(claim, found, tables, printed, minimum) for claim in claims]
    return [_by_construction(v) for v in verdicts] if simulated else verdicts


def _by_construction(v: Verdict) -> Verdict:
    if v.failed or v.known or v.verdict in ("not_checkable", "changed_by_withdrawal"):
        return v
    return replace(v, verdict="holds_by_construction", why="")


def _verdict(
    claim: Claim,
    found: Mapping[str, Mapping[str, Any]],
    tables: Tables | None,
    printed: PrintedTable | None,
    minimum: float | None,
) -> Verdict:
    if claim.status == "not_checkable":
        return Verdict(claim, "not_checkable", why=claim.because or "")
    try:
        if claim.table is not None:
            parts = _of_table(claim, tables, printed)
            return _known(_summed(claim, parts))
        parts = _of_results(claim, found)
    except Absent as absent:
        return Verdict(claim, "missing", why=f"{absent}")
    cut = claim.decision
    sides = [side_of(cut, found[key], minimum) for key in claim.expected] if cut else []
    v = _known(_with_decision(_summed(claim, parts), sides))
    flips = v.known and any(side.flips for side in sides)
    return replace(v, verdict="decision_flips") if flips else v  # a known difference hides no flip


def _of_results(claim: Claim, found: Mapping[str, Mapping[str, Any]]) -> list[Judged]:
    absent = [key for key in claim.expected if key not in found]
    if absent:
        raise Absent(f"{absent[0]} was not computed.{did_you_mean(absent[0], found)}")
    parts = []
    for key, printed in claim.expected.items():
        entry = found[key]
        made_by = ".".join(str(entry[name]) for name in ("notebook", "cell") if entry.get(name))
        told = compare(printed, entry, claim.comparator, claim.rounding)
        parts.append(Judged(key, printed, told[1], told[0], told[2], made_by))
        if claim.interval is not None:
            told = compare_interval(claim.interval, entry, claim.rounding)
            odd = "; ".join(part for part in (told[2], _odd_interval(printed, claim.interval)) if part)
            parts.append(Judged(f"{key}, interval", claim.interval, told[1], told[0], odd, made_by))
    return parts


def _odd_interval(printed: str, interval: str) -> str:
    """Return what is wrong with an interval as it is printed, whatever was recomputed."""
    number, ends = read_printed(printed), read_range(interval)
    if number is None or ends is None or ends[0].number <= number.number <= ends[1].number:
        return ""
    return "the printed number lies outside its printed interval"


def _of_table(claim: Claim, tables: Tables | None, printed: PrintedTable | None) -> list[Judged]:
    if tables is None:
        raise Absent(f"{claim.table} is not at hand here; `concord verify` judges it")
    table = tables(str(claim.table))
    if claim.cells is None:
        return [judged_cell(claim, table)]
    if printed is None:
        raise Absent(f"{claim.cells} is not at hand here; `concord verify` judges it")
    return judged_cells(claim, printed(claim), table)


def _summed(claim: Claim, parts: Sequence[Judged]) -> Verdict:
    verdict = worst([part.verdict for part in parts])
    whys = list(dict.fromkeys(part.why for part in parts if part.verdict == verdict and part.why))
    if claim.cells is None:
        return Verdict(claim, verdict, tuple(p.recomputed for p in parts), "; ".join(whys[:1]), tuple(parts))
    failed = [part for part in parts if part.verdict in FAILURES]
    shown = [f"{p.place}: printed {p.printed}, recomputed {p.recomputed}" for p in failed[:3]]
    more = [f"and {len(failed) - 3} more"] if len(failed) > 3 else []
    why = "; ".join([*shown, *more]) if failed else "; ".join(whys[:1])
    count = f"{len(parts) - len(failed)} of {len(parts)} cells"
    return Verdict(claim, verdict, (count,), why, tuple(parts))


def _with_decision(v: Verdict, sides: Sequence[Side]) -> Verdict:
    flipped = [side.said for side in sides if side.flips]
    if flipped and v.verdict != "differs":
        return replace(v, verdict="decision_flips", why=flipped[0])
    if flipped:
        return replace(v, why=_joined(v.why, *flipped))
    return replace(v, decision=_joined(*(side.said for side in sides)))


def _known(v: Verdict) -> Verdict:
    """Mark a difference that the claim explains, as long as it is still the same one and the only one."""
    known = v.claim.known_difference
    if known is None or v.verdict not in ("differs", "decision_flips"):
        return v
    point, *others = v.parts
    wanted, now = read_printed(known.recomputed), read_printed(point.recomputed)
    if wanted is None or now is None or not _is_same(now, wanted):
        return replace(v, why=_joined(v.why, f"no longer the known {known.recomputed}"))
    if any(part.verdict in FAILURES for part in others):
        return replace(v, why=_joined(v.why, "the interval is not the printed one either"))
    since = f", since {known.since}" if known.since else ""
    return replace(v, known=True, why=_joined(f"known: {known.because}{since}", v.why))


def _joined(*texts: str) -> str:
    return "; ".join(text for text in texts if text)


def _is_same(now: Printed, wanted: Printed) -> bool:
    return holding_rule(now.number, wanted, ["half_up", "half_even"]) is not None
