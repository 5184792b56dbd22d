"""One printed number held against one recomputed value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from .errors import cell as shown_cell
from .printed import ROUNDINGS, Printed, at_scale, holding_rule, read_printed, read_range, shown_number

__all__ = ["ORDER", "Comparator", "Judged", "compare", "compare_interval", "compare_words", "worst"]

Comparator = Literal["equal", "at_least", "at_most", "between"]
ORDER = ("missing", "differs", "reproduced_at_printed_precision", "reproduced")  # worst first
NO_COUNT = ("share", "coefficient", "")


@dataclass(frozen=True)
class Judged:
    """What became of one number.

    Parameters
    ----------
    place : str
        The result's key, or the cell of a table.
    printed, recomputed : str
        The second at a decimal more than is printed.
    verdict : str
    why : str
        The rounding that makes it hold, or what differs.
    origin : str
        Notebook and cell, or the table, that it came from.
    """

    place: str
    printed: str
    recomputed: str
    verdict: str
    why: str = ""
    origin: str = ""


def worst(verdicts: Sequence[str]) -> str:
    """Return the verdict that decides; none at all is missing.

    Examples
    --------
    >>> worst(["reproduced", "differs"])
    'differs'
    """
    return min(verdicts, key=ORDER.index, default="missing")


def compare(
    printed: str,
    entry: Mapping[str, Any],
    comparator: Comparator = "equal",
    rounding: str | None = None,
) -> tuple[str, str, str]:
    """Return verdict, the recomputed value as text, and a remark.

    Parameters
    ----------
    printed : str
    entry : mapping
        ``value`` and, where there is one, its base ``n``, ``unit`` and ``note``.
    comparator : str
    rounding : str, optional
        Else any accepted rule will do, and is named unless it is the usual one.
    """
    value, base = entry.get("value"), entry.get("n")
    if value is None:
        return "differs", "undefined", str(entry.get("note") or "the value is undefined")
    counted = entry.get("unit", "") not in NO_COUNT
    if comparator == "between":
        return _between(printed, value, base, counted)
    wanted = read_printed(printed)
    if wanted is None:
        return "differs", f"{value:.6g}", "what is printed is no number"
    number = at_scale(value, wanted, base, counted)
    text = shown_number(number, wanted.places)
    if wanted.base is not None and (base is None or Decimal(str(base)) != wanted.base):
        is_ = "not recorded" if base is None else f"{base}, not {wanted.base}"
        return "differs", f"{text} of {'?' if base is None else base}", f"the base is {is_}"
    if comparator != "equal":
        met = number >= wanted.number if comparator == "at_least" else number <= wanted.number
        return ("reproduced" if met else "differs"), text, ""
    verdict, why = _equal(number, wanted, rounding)
    if wanted.share is None or verdict == "differs":
        return verdict, text, why
    return _with_share(verdict, text, value, wanted, base, rounding)


def _equal(number: Decimal, wanted: Printed, rounding: str | None) -> tuple[str, str]:
    if number == wanted.number:
        return "reproduced", ""
    rule = holding_rule(number, wanted, [rounding] if rounding else ROUNDINGS)
    if rule is None:
        return "differs", ""
    return "reproduced_at_printed_precision", "" if rule == "half_up" else f"rounding: {rule}"


def _between(printed: str, value: float, base: Any, counted: bool) -> tuple[str, str, str]:
    ends = read_range(printed)
    if ends is None:
        return "differs", f"{value:.6g}", "what is printed is no range"
    low, high = ends
    number = at_scale(value, low, base, counted)
    inside = low.number <= number <= high.number
    return ("reproduced" if inside else "differs"), shown_number(number, low.places), ""


def _with_share(
    verdict: str, text: str, value: float, wanted: Printed, base: Any, rounding: str | None
) -> tuple[str, str, str]:
    """Add the percentage that stands in brackets behind a count."""
    share = wanted.share
    if share is None or not base:
        return "differs", text, "the base is not recorded, so the percentage cannot follow"
    percent = at_scale(value, share, base, counted=True)
    of_share, why = _equal(percent, share, rounding)
    text = f"{text} of {base} ({shown_number(percent, share.places)}%)"
    return worst([verdict, of_share]), text, why


def compare_interval(
    printed: str, entry: Mapping[str, Any], rounding: str | None = None
) -> tuple[str, str, str]:
    """Return verdict, recomputed interval and a remark for an interval as it is printed."""
    ends, low, high = read_range(printed), entry.get("low"), entry.get("high")
    if ends is None or low is None or high is None:
        return "differs", "no interval", "no interval was computed"
    verdicts, texts, whys = [], [], []
    for end, value in zip(ends, (low, high), strict=True):
        number = at_scale(float(value), end)
        verdict, why = _equal(number, end, rounding)
        verdicts.append(verdict)
        texts.append(shown_number(number, end.places))
        whys += [why] if why else []
    return worst(verdicts), " to ".join(texts), "; ".join(dict.fromkeys(whys))


def compare_words(printed: str, found: str) -> tuple[str, str, str]:
    """Return verdict and cell where a table prints words, such as a label; long texts are not repeated."""
    same = " ".join(printed.split()).casefold() == " ".join(found.split()).casefold()
    return ("reproduced" if same else "differs"), shown_cell(found) if found else "empty", ""
