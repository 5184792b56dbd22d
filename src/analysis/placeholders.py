"""Numbers of results set into prose, as it asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from .errors import Problem, did_you_mean, quoted
from .numerals import VALUES

__all__ = ["FILE", "filled"]

Hides = Callable[[str, bool], bool]

FILE = "findings.md"
PLACEHOLDER = re.compile(r"\{\{(?P<inner>.*?)\}\}")
DECIMALS = re.compile(r"\.(?P<places>\d)(?P<kind>[f%])")
FORMS = ("n", "of", "low", "high", "interval", "percent", "words", "Words", ".2f", ".1%", ",")
HOW = ("percent", "words", "Words", ",")
HIDDEN = "[not shown]"
EXACT = Context(prec=400)


def filled(
    text: str, found: Mapping[str, Mapping[str, Any]], *, hides: Hides | None = None
) -> tuple[str, list[str], list[Problem]]:
    """Return a text with its placeholders filled, the keys that they name, and what is wrong with them.

    Parameters
    ----------
    text : str
    found : mapping
        Key -> entry of results.json.
    hides : callable, optional
        Takes a key and whether its base is asked for; tells whether a policy hides that number.

    Examples
    --------
    >>> filled("{{ a.b }} of {{ a.b | n }}", {"a.b": {"value": 4, "n": 6}})[0]
    '4 of 6'
    """
    keys: list[str] = []
    problems: list[Problem] = []

    def fill(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start()) + 1
        key, *forms = [part.strip() for part in match["inner"].strip().split(" | ")]
        if key not in found:
            what = f"no result is called {quoted(key)}.{did_you_mean(key, found)}"
            problems.append(Problem(what, file=FILE, line=line))
            return match[0]
        wrong = [form for form in forms if form not in FORMS and not DECIMALS.fullmatch(form)]
        if wrong:
            what = f"{quoted(wrong[0])} is no format. Known: {', '.join(FORMS)}."
            problems.append(Problem(what, file=FILE, line=line))
            return match[0]
        keys.append(key)
        if hides and hides(key, "n" in forms or "of" in forms):
            return HIDDEN
        told = _formatted(found[key], forms)
        return told + (_kept_from_listing(match) if told.isdecimal() else "")

    return PLACEHOLDER.sub(fill, text), keys, problems


def _kept_from_listing(match: re.Match[str]) -> str:
    """Return a backslash where a number at the head of a line would be read as that of a list."""
    before, after = match.string[: match.start()], match.string[match.end() : match.end() + 2]
    at_head = before.rpartition("\n")[2].strip() == ""
    return "\\" if at_head and re.fullmatch(r"[.)]\s?", after) else ""


def _formatted(entry: Mapping[str, Any], forms: Sequence[str]) -> str:
    part = next((form for form in forms if form in ("n", "of", "low", "high", "interval")), "value")
    how = next((form for form in forms if DECIMALS.fullmatch(form) or form in HOW), "")
    if not how and part != "n" and entry.get("unit") in ("coefficient", "share"):
        how = ".2f"
    if part == "of":
        return f"{_number(entry.get('value'), how)} of {_number(entry.get('n'), how)}"
    if part == "interval":
        return f"{_number(entry.get('low'), how)} to {_number(entry.get('high'), how)}"
    return _number(entry.get(part), how)


def _number(value: Any, how: str) -> str:
    """Return a number as prose prints it: whole numbers whole, others to two decimals, halves up."""
    if value is None:
        return "undefined"
    number = Decimal(f"{value:.12g}")
    match = DECIMALS.fullmatch(how)
    if how in ("words", "Words"):
        return _spelled(number).capitalize() if how == "Words" else _spelled(number)
    if how == "percent" or (match and match["kind"] == "%"):
        return f"{_to_places(100 * number, int(match['places']) if match else 0)}%"
    whole = number == number.to_integral_value()
    places = int(match["places"]) if match else 0 if whole else 2
    return f"{_to_places(number, places):{',' if how == ',' else ''}}"


def _to_places(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP, context=EXACT)


def _spelled(number: Decimal) -> str:
    words = {value: name for name, value in VALUES.items() if name not in ("hundred", "dozen")}
    return words.get(int(number), str(number)) if number == int(number) else str(number)
