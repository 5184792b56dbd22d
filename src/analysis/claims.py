"""Claims: what a report states, held against what was recomputed; results in, verdicts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .claimfile import Claim, claims_schema, load_claims
from .comparison import Judged, compare, compare_interval, worst
from .cutoffs import side_of
from .errors import did_you_mean
from .printed import Printed, holding_rule, read_printed, read_range
from .printedtables import PrintedTable, judged_cell, judged_cells
from .tablecells import Absent, Tables

__all__ = [
    "FAILURES",
    "VERDICTS",
    "Claim",
    "Judged",
    "Verdict",
    "claims_schema",
    "explained",
    "judge",
    "load_claims",
    "participants_gone",
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
    withdrawn: int = 0,
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
    withdrawn : int
        Participants who withdrew.
    """
    found = {str(entry["key"]): entry for entry in results}
    verdicts = [_verdict(claim, found, tables, printed, minimum) for claim in claims]
    if withdrawn:
        verdicts = explained(verdicts, results, withdrawn)
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
    return _known(_with_decision(_summed(claim, parts), found, minimum))


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


def _with_decision(v: Verdict, found: Mapping[str, Mapping[str, Any]], minimum: float | None) -> Verdict:
    if v.claim.decision is None:
        return v
    sides = [side_of(v.claim.decision, found[key], minimum) for key in v.claim.expected]
    flipped = [side.said for side in sides if side.flips]
    if flipped and v.verdict != "differs":
        return replace(v, verdict="decision_flips", why=flipped[0])
    if flipped:
        return replace(v, why="; ".join([v.why, *flipped] if v.why else flipped))
    return replace(v, decision="; ".join(side.said for side in sides if side.said))


def _known(v: Verdict) -> Verdict:
    """Mark a difference that the claim explains, as long as it is still the same one."""
    known = v.claim.known_difference
    if known is None or v.verdict not in ("differs", "decision_flips") or len(v.parts) != 1:
        return v
    wanted, text = read_printed(known.recomputed), v.parts[0].recomputed
    now = read_printed(text)
    if wanted is None or now is None or not _is_same(now, wanted):
        return replace(v, why=f"{v.why + '; ' if v.why else ''}no longer the known {known.recomputed}")
    since = f", since {known.since}" if known.since else ""
    return replace(v, known=True, why=f"known: {known.because}{since}")


def _is_same(now: Printed, wanted: Printed) -> bool:
    return holding_rule(now.number, wanted, ["half_up", "half_even"]) is not None


def explained(
    verdicts: Sequence[Verdict], results: Entries, withdrawn: int, earlier: Entries = ()
) -> list[Verdict]:
    """Return verdicts with those marked changed_by_withdrawal that a withdrawal accounts for.

    Parameters
    ----------
    verdicts : sequence of Verdict
    results : sequence of mapping
        Entries of results.json.
    withdrawn : int
        Participants who withdrew.
    earlier : sequence of mapping
        Results from before: a claim that held then was changed by the withdrawal. Without them only counts of
        participants are explained, that are less by no more than those who are gone.
    """
    found, before = ({str(entry["key"]): entry for entry in entries} for entries in (results, earlier))
    people = f"{withdrawn} participant{'s' if withdrawn > 1 else ''} withdrew"
    return [_explained(v, found, before, withdrawn, people) for v in verdicts]


def _explained(
    v: Verdict,
    found: Mapping[str, Mapping[str, Any]],
    before: Mapping[str, Mapping[str, Any]],
    withdrawn: int,
    people: str,
) -> Verdict:
    if not v.failed or v.claim.table is not None:
        return v
    expected = v.claim.expected
    if before:
        known = all(key in before for key in expected)
        if known and not _verdict(v.claim, before, None, None, None).failed:
            return replace(v, verdict="changed_by_withdrawal", why=f"it held before {people}")
    elif all(k in found and participants_gone(text, found[k], withdrawn) for k, text in expected.items()):
        return replace(v, verdict="changed_by_withdrawal", why=f"{people}; the numbers differ by no more")
    return v


def participants_gone(printed: str, entry: Mapping[str, Any], withdrawn: int) -> bool:
    """Tell whether a count of participants is as printed, but for up to that many who withdrew.

    Examples
    --------
    >>> participants_gone("7", {"value": 6, "unit": "participants", "n": None}, 1)
    True
    """
    wanted, value, base = read_printed(printed), entry.get("value"), entry.get("n")
    if wanted is None or wanted.percent or value is None or entry.get("unit") != "participants":
        return False
    gone = [wanted.number - int(value)]
    if wanted.base is not None:
        gone.append(wanted.base - int(base or 0))
    return all(0 <= each <= withdrawn for each in gone)
