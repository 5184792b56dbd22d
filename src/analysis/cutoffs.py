"""Cut-offs that authors used: on which side a recomputed value falls, alone, with its interval, and by q."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .claimfile import Decision

__all__ = ["Side", "side_of"]


@dataclass(frozen=True)
class Side:
    """On which side of a cut-off a result falls.

    Parameters
    ----------
    flips : bool
        Whether it falls on the other side than the source says, by what the claim is judged on.
    said : str
        The reason of a flip; else what the interval or q leaves open, or nothing.
    """

    flips: bool = False
    said: str = ""


def side_of(decision: Decision, entry: Mapping[str, Any], minimum: float | None = None) -> Side:
    """Return on which side of the cut-off an entry of results.json falls; the value is not rounded.

    Parameters
    ----------
    decision : Decision
    entry : mapping
        ``value``, and ``low``, ``high``, ``q`` where there are any.
    minimum : float, optional
        The study's minimum, which q speaks of.

    Examples
    --------
    >>> side_of(Decision(at_least=0.667), {"value": 0.7, "low": 0.6, "high": 0.8})
    Side(flips=False, said='the interval 0.6 to 0.8 holds values below 0.667')
    """
    if entry.get("value") is None:
        return Side()
    tests = {"point": _point(decision, entry), "interval": _interval(decision, entry)}
    tests["q"] = _q(decision, entry, minimum)
    against = tests.pop(decision.judged_on)
    if against:
        return Side(True, against)
    open_ = [text for name, text in tests.items() if text and name != decision.judged_on]
    known = [text for text in open_ if not text.startswith("no ")]
    return Side(False, "; ".join(known))


def _point(decision: Decision, entry: Mapping[str, Any]) -> str:
    value = float(entry["value"])
    if decision.at_least is not None and value < decision.at_least:
        return f"{value:.6g} is below {decision.at_least:g}"
    if decision.at_most is not None and value > decision.at_most:
        return f"{value:.6g} is above {decision.at_most:g}"
    return ""


def _interval(decision: Decision, entry: Mapping[str, Any]) -> str:
    low, high = entry.get("low"), entry.get("high")
    if low is None or high is None:
        return "no interval was computed"
    below = decision.at_least is not None and low < decision.at_least
    above = decision.at_most is not None and high > decision.at_most
    if not below and not above:
        return ""
    return (
        f"the interval {low:.3g} to {high:.3g} holds values {'below' if below else 'above'} {decision.cut:g}"
    )


def _q(decision: Decision, entry: Mapping[str, Any], minimum: float | None) -> str:
    q = entry.get("q")
    if q is None or minimum is None or decision.at_least != minimum:
        return "no q was computed for this cut-off: it is computed for the study's `agreement.minimum`"
    if q <= decision.q_at_most:
        return ""
    return f"q = {q:.3g} that it is below {decision.cut:g}"
