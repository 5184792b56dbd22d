"""Claims that no longer hold because participants withdrew, told from those that something else changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .claims import Entries, Verdict
from .printed import read_printed

if TYPE_CHECKING:
    from .moved import Since

__all__ = ["explained", "participants_gone", "people", "since_baseline"]


def explained(verdicts: Sequence[Verdict], results: Entries, withdrawn: int) -> list[Verdict]:
    """Return verdicts with those counts of participants excused that are less by no more than who is gone.

    That is all that can be told without knowing whether a claim held before.

    Parameters
    ----------
    verdicts : sequence of Verdict
    results : sequence of mapping
        Entries of results.json.
    withdrawn : int
        Participants who withdrew.
    """
    found = {str(entry["key"]): entry for entry in results}
    why = f"{people(withdrawn)}; the numbers differ by no more"
    return [_excused(v, why) if _counts_gone(v, found, withdrawn) else v for v in verdicts]


def since_baseline(
    verdicts: Sequence[Verdict], results: Entries, withdrawn: int, since: Since
) -> list[Verdict]:
    """Return verdicts with those excused that only the withdrawals since a baseline can have changed.

    A claim that is known to have held is excused where nothing else that it rests on changed. Where that is
    not known, counts are, as :func:`explained` does it.

    Parameters
    ----------
    verdicts : sequence of Verdict
    results : sequence of mapping
        Entries of results.json.
    withdrawn : int
        Participants who withdrew, ever.
    since : Since
    """
    gone = since.gone(withdrawn)
    if gone < 1:
        return list(verdicts)
    counted = explained(verdicts, results, gone)
    why = f"it held before {people(gone)}"
    told = []
    for v, by_count in zip(verdicts, counted, strict=True):
        if not v.failed or not since.only_withdrawals(v.claim.rests_on, v.claim.id):
            told.append(v)
            continue
        held = since.held(v.claim.id)
        told.append(by_count if held is None else _excused(v, why) if held else v)
    return told


def people(withdrawn: int) -> str:
    """Return in words how many withdrew.

    Examples
    --------
    >>> people(1)
    '1 participant withdrew'
    """
    return f"{withdrawn} participant{'s' * (withdrawn != 1)} withdrew"


def _excused(v: Verdict, why: str) -> Verdict:
    return replace(v, verdict="changed_by_withdrawal", why=why)


def _counts_gone(v: Verdict, found: Mapping[str, Mapping[str, Any]], withdrawn: int) -> bool:
    if not v.failed or not withdrawn or v.claim.table is not None:
        return False
    told = v.claim.expected.items()
    return all(key in found and participants_gone(text, found[key], withdrawn) for key, text in told)


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
