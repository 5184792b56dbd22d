"""Numbers as a source prints them, and when a recomputed value is the same number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Any, Literal

__all__ = [
    "ROUNDINGS",
    "Printed",
    "Rounding",
    "at_scale",
    "holding_rule",
    "read_printed",
    "read_range",
    "shown_number",
]

Rounding = Literal["half_up", "half_even", "truncate", "last_place"]
ROUNDINGS: dict[str, str] = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "truncate": ROUND_DOWN,
}
MINUS = "\u2212\u2013"  # minus sign, en dash
SPACES = "\u00a0\u2009\u202f "  # that may stand between thousands
THOUSANDS = rf"[1-9]\d{{0,2}}(?:[,{SPACES}]\d{{3}})+(?:\.\d+)?(?!\d|\.\d)"  # 1,234.5
NUMBER = rf"[-+{MINUS}]?(?:{THOUSANDS}|\d+(?:\.\d*)?|\.\d+)"
PERCENT = r"(?:%|per ?cent)"
PRINTED = re.compile(
    rf"\s*(?P<value>{NUMBER})\s*(?P<percent>{PERCENT})?"
    rf"(?:\s*(?:of|/|out of)\s*(?P<base>{NUMBER}))?"
    rf"(?:\s*\(\s*(?P<share>{NUMBER})\s*{PERCENT}\s*\))?\s*"
)
RANGE = re.compile(
    rf"\s*[\[(]?\s*(?P<low>{NUMBER}\s*{PERCENT}?)\s*(?:\.\.|to|,|[-\u2013\u2014])"
    rf"\s*(?P<high>{NUMBER}\s*{PERCENT}?)\s*[\])]?\s*"
)
EXACT = Context(prec=400)  # the largest float has 309 digits


@dataclass(frozen=True)
class Printed:
    """A number as it stands in a source: ``0.81``, ``9,699``, ``64.4%``, ``4 of 6``, ``42/57 (73.6%)``.

    Parameters
    ----------
    number : Decimal
    places : int
        Decimals that were printed: the tolerance follows from them.
    percent : bool
    base : Decimal, optional
        What it is a part of.
    share : Printed, optional
        The percentage in brackets.
    """

    number: Decimal
    places: int
    percent: bool = False
    base: Decimal | None = None
    share: Printed | None = None


def read_printed(text: str) -> Printed | None:
    """Return the number that a printed string is, or None.

    Examples
    --------
    >>> read_printed(".81").number, read_printed("\u22120.020").places, read_printed("9,699").number
    (Decimal('0.81'), 3, Decimal('9699'))
    >>> read_printed("4 of 6").base, read_printed("64.4 %").percent, read_printed("0,81")
    (Decimal('6'), True, None)
    """
    match = PRINTED.fullmatch(text)
    if match is None:
        return None
    number, places = _number(match["value"])
    base = _number(match["base"])[0] if match["base"] else None
    share = Printed(*_number(match["share"]), percent=True) if match["share"] else None
    return Printed(number, places, bool(match["percent"]), base, share)


def read_range(text: str) -> tuple[Printed, Printed] | None:
    """Return the two ends of a printed range, or None.

    Examples
    --------
    >>> [end.number for end in read_range("-.05\u2013-.03")]
    [Decimal('-0.05'), Decimal('-0.03')]
    """
    match = RANGE.fullmatch(text)
    low, high = (read_printed(match[name]) if match else None for name in ("low", "high"))
    if low is None or high is None:
        return None
    if high.percent and not low.percent:  # 20-30%
        low = replace(low, percent=True)
    return low, high


def at_scale(value: float, printed: Printed, base: Any = None, counted: bool = False) -> Decimal:
    """Return a value as a decimal, in percent where the source prints percent.

    Twelve significant digits are what results keep, so the last bits of a float decide nothing.

    Parameters
    ----------
    value : float
    printed : Printed
    base : int, optional
        What `value` is a part of.
    counted : bool
        Whether `value` is a count, of which a percentage is the share of `base`.
    """
    if not printed.percent:
        return Decimal(f"{value:.12g}")
    share = value / base if counted and base else value
    return Decimal(f"{100 * share:.12g}")


def holding_rule(number: Decimal, wanted: Printed, rules: Iterable[str]) -> str | None:
    """Return the first of the rules under which a number rounds to what is printed, or None.

    Examples
    --------
    >>> holding_rule(Decimal("0.815"), read_printed("0.81"), ROUNDINGS)
    'truncate'
    """
    return next((rule for rule in rules if _holds(number, wanted, rule)), None)


def _holds(number: Decimal, wanted: Printed, rule: str) -> bool:
    if rule == "last_place":
        away = _rounded(number, wanted.places, ROUND_HALF_UP) - wanted.number
        return abs(away) <= Decimal(1).scaleb(-wanted.places)
    return _rounded(number, wanted.places, ROUNDINGS[rule]) == wanted.number


def shown_number(number: Decimal, places: int) -> str:
    """Return a recomputed number with a decimal more than was printed; a whole number stays whole.

    Examples
    --------
    >>> shown_number(Decimal("0.743421"), 2), shown_number(Decimal("12"), 0)
    ('0.743', '12')
    """
    if number == number.to_integral_value() and places == 0:
        return str(number.to_integral_value())
    return f"{_rounded(number, places + 1, ROUND_HALF_EVEN):f}"


def _rounded(number: Decimal, places: int, rule: str) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=rule, context=EXACT)


def _number(text: str) -> tuple[Decimal, int]:
    plain = re.sub(rf"[,{SPACES}]", "", text)
    for sign in MINUS:
        plain = plain.replace(sign, "-")
    return Decimal(plain), len(plain.partition(".")[2])
