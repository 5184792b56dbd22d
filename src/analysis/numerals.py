"""Numerals in prose, in digits and in words, and what is no number of a study: years, citations, names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from .printed import NUMBER, PERCENT, THOUSANDS, read_printed

__all__ = ["LEFT_OUT", "Numeral", "masked", "numerals"]

LEFT_OUT = (
    "Left out: years, dates, citations, code, links; numbers in names (P03, COVID-19), of headings, lists, "
    "tables, figures, sections, themes, rounds and versions; levels of intervals; the word one, and ordinals."
)
UNITS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
VALUES = {name: n for n, name in enumerate(UNITS, start=1)} | {t: 10 * n for n, t in enumerate(TENS, start=2)}
VALUES |= {f"{ten}-{unit}": VALUES[ten] + VALUES[unit] for ten in TENS for unit in UNITS[:9]}
VALUES |= {"zero": 0, "dozen": 12, "hundred": 100}
SPELLED = "|".join(sorted(VALUES, key=len, reverse=True)).replace("-", "[- ]")
OF = rf"(?:\s+(?:out\s+)?of\s+(?:the\s+)?(?P<base>{SPELLED}|{THOUSANDS}|\d+)\b)?"
WORD = re.compile(rf"\b(?P<n>{SPELLED})\b{OF}", re.IGNORECASE)
DIGITS = re.compile(
    rf"(?<![\w.])(?P<n>{NUMBER})(?:\s*(?P<percent>{PERCENT}))?{OF}(?!\w)",
    re.IGNORECASE,
)
_SINGULAR = (
    r"table|figure|fig\.|section|chapter|appendix|box|theme|subtheme|domain|category|round|stage|step|version"
    r"|item|question|page|p\.|equation|note"
)
_NUMBERED = (
    r"tables|figures|figs\.|sections|chapters|themes|subthemes|domains|categories|rounds|stages|steps"
    r"|versions|items|questions|pages|pp\.|equations|notes"
)
_LABEL = r"\d+(?:\.\d+)*[a-z]?"
_LIST = rf"{_LABEL}(?:\s*,\s*{_LABEL})*(?:\s*,?\s*(?:and|to|[-\u2013])\s*{_LABEL})*"
_COUNTED = (  # behind what looks like a year; not what a year may stand before, as in `the 2019 interviews`
    r"participants?|people|segments?|codings?|codes?|units?|excerpts?|quotes|quotations?|turns|utterances|words"
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
NO_NUMBERS = [
    re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    for pattern in (
        r"^(?P<fence>```|~~~)[\s\S]*?^(?P=fence)",
        r"`[^`\n]+`",
        r"\{\{.*?\}\}",
        r"<!--[\s\S]*?-->",
        r"\]\([^)\n]*\)",
        r"(?:https?://|doi:\s?)\S+|\b10\.\d{4,9}/\S+",
        r"\[(?:@[^\]]*|\^[^\]]*|[\d,;\s\u2013-]+)\]",
        r"^#+\s*\d+(?:\.\d+)*\.?(?=\s)",
        r"^\s*\d+[.)]\s",
        rf"\b(?:{_NUMBERED})\s+{_LIST}\b|\b(?:{_SINGULAR})\s+{_LABEL}(?:\s*(?:to|[-\u2013])\s*{_LABEL})?\b",
        rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}}\s+{_MONTH}(?=\s|\b)|\b{_MONTH}\s+\d{{1,2}}\b(?!\s*%)",
        rf"(?<![\d.,])(?:19|20)\d{{2}}[a-z]?\b(?![.,]\d|\s*%|\s+(?:{_COUNTED})\b)",
        r"\b\d+(?:st|nd|rd|th)\b",
        r"\b\w*[A-Za-z_]\w*\d\w*\b|\b\d+[A-Za-z]\w*\b|\b[A-Za-z]+-\d+\b",
        rf"\b\d+(?:\.\d+)?\s*{PERCENT}\s*(?:(?:confidence|credible)\s+)?(?:intervals?|CIs?)\b",
    )
]


@dataclass(frozen=True)
class Numeral:
    """A number that stands in a text.

    Parameters
    ----------
    line : int
    text : str
        As it stands there.
    number : Decimal
    percent : bool
    base : Decimal, optional
        Of ``4 of 6``.
    """

    line: int
    text: str
    number: Decimal
    percent: bool = False
    base: Decimal | None = None

    @property
    def is_article(self) -> bool:
        """Whether it is the word one alone, which mostly counts nothing."""
        return self.base is None and self.text.casefold() == "one"


def masked(text: str) -> str:
    """Return a text of the same length in which everything that is no number of the study is blank."""
    for pattern in NO_NUMBERS:
        text = pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return text


def numerals(text: str, *, ones: bool = False) -> Iterator[Numeral]:
    """Yield the numbers in a text, in digits or in words, with their lines.

    Parameters
    ----------
    text : str
    ones : bool
        Whether the word one alone is a number.

    Examples
    --------
    >>> [n.text for n in numerals("In 2021, four of six (P03 too) said so [12]; alpha was .81, or 64.4%.")]
    ['four of six', '.81', '64.4%']
    """
    plain = masked(text)
    matches = [*DIGITS.finditer(plain), *WORD.finditer(plain)]
    end = 0
    for match in sorted(matches, key=lambda each: (each.start(), -each.end())):
        if match.start() < end:
            continue  # the base of `four of 6`
        number, base = _value(match["n"]), _value(match["base"])
        if number is None:
            continue
        line = plain.count("\n", 0, match.start()) + 1
        percent = bool(match.groupdict().get("percent"))
        numeral = Numeral(line, " ".join(match[0].split()).rstrip("."), number, percent, base)
        if ones or not numeral.is_article:
            end = match.end()
            yield numeral


def _value(text: str | None) -> Decimal | None:
    if text is None:
        return None
    spelled = VALUES.get(re.sub(r"\s", "-", text.casefold()))
    if spelled is not None:
        return Decimal(spelled)
    printed = read_printed(text)
    return printed.number if printed else None
