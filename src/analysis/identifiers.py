"""Direct identifiers in what is about to be published: addresses, numbers, listed names; found by shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .errors import DisclosureError, Problem, quoted
from .paths import Workspace
from .study import Study

__all__ = ["KINDS", "Found", "find", "names_of", "read_names"]

KINDS = {
    "email": "e-mail address",
    "phone": "telephone number",
    "postcode": "postcode",
    "nhs_number": "NHS number",
    "name": "name listed by the study",
}
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}\b")
_GAP = " \u00a0\u2009\u202f"  # blanks that hold a number together, as word processors and pages set them
_INWARD = "[0-9][ABD-HJLNP-UW-Z]{2}"
_INWARD_LAST = re.compile(rf"{_INWARD}\b", re.IGNORECASE)
_OUTWARD = 5  # characters that can stand before the inward half: four and a blank
_POSTCODE = re.compile(
    rf"\b(?:GIR[{_GAP}]?0AA|(?:[A-PR-UWYZ](?:[0-9]{{1,2}}|[A-HK-Y][0-9]|[A-HK-Y][0-9][0-9]|"
    rf"[0-9][A-HJKPS-UW]|[A-HK-Y][0-9][ABEHMNPRV-Y]))[{_GAP}]?{_INWARD})\b"
)
_AREAS = (
    "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|"
    "K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|"
    "W[ACDFNRSV]?|YO|ZE"
)
_TYPED = re.compile(
    # In small letters it must be of an area that there is, and be no ordinal ("see s1 2nd"), and written
    # together no colour or hash (#ba12ab): much else looks like it.
    rf"(?<![\w#])(?:(?:{_AREAS})[0-9][0-9A-Z]?[{_GAP}](?!1st|2nd|3rd|[0-9]th){_INWARD}|"
    rf"(?![0-9A-F]+\b)(?=[A-Z]{{2}})(?:{_AREAS})[0-9][0-9A-Z]?{_INWARD})\b",
    re.IGNORECASE,
)
# Both take the character that a number begins with and look behind it only then: a search goes from one such
# character to the next, which is several times as fast as looking behind every character of a page.
_BEFORE = r"[\w.,/#-]"
_AFTER = r"(?![\w/-]|[.,]\d)"
_NHS = re.compile(rf"\d(?<!{_BEFORE}\d)\d\d([{_GAP}\u2011-]?)\d{{3}}\1\d{{4}}{_AFTER}")
_PHONE = re.compile(
    rf"[+(0](?<!{_BEFORE}[+(0])"
    rf"(?:(?<=\+)\d{{1,3}}[{_GAP}.\u2011-]?(?:\(0\)[{_GAP}.\u2011-]?)?\(?\d{{1,4}}\)?|"
    rf"(?<=\()0\d{{1,4}}\)?|(?<=0)\d{{1,4}}\)?)(?:[{_GAP}.\u2011-]?\d{{2,4}}){{2,4}}{_AFTER}"
)
_DATE = re.compile(r"\d\d([.-])\d\d\1\d{4}\b")
_NEAR = re.compile(r"\bNHS\b|\bpatient (?:number|no)\b", re.IGNORECASE)
CONTEXT = 40  # characters before a number in which "NHS" makes a bare ten-digit number one


@dataclass(frozen=True)
class Found:
    """One thing that looks like an identifier: its kind and place, never its text."""

    kind: str
    start: int
    end: int


def find(text: str, names: Iterable[str] = ()) -> list[Found]:
    """Return everything in a text that looks like a direct identifier, by place.

    A number is an NHS number if its check digit is right and it is written 3-3-4 or stands near "NHS"; a
    telephone number has 9 to 15 digits, begins with 0 or + and with no date. A postcode in small letters must
    be of an area that there is.

    Examples
    --------
    >>> [each.kind for each in find("Write to jo@example.org or ring 020 7946 0018.")]
    ['email', 'phone']
    >>> [each.kind for each in find("NHS number 943 476 5919; 943 476 5918 is none.")]
    ['nhs_number']
    """
    found = [Found("email", *match.span()) for match in _EMAIL.finditer(text)] if "@" in text else []
    found += [Found("nhs_number", *match.span()) for match in _NHS.finditer(text) if _is_nhs(match)]
    found += [Found("phone", *match.span()) for match in _PHONE.finditer(text) if _is_phone(match.group())]
    found += [Found("postcode", *match.span()) for match in _postcodes(text)]
    if listed := _pattern(tuple(names)):
        found += [Found("name", *match.span()) for match in listed.finditer(text)]
    return _apart(sorted(found, key=lambda each: (each.start, -each.end, each.kind)))


def _postcodes(text: str) -> Iterator[re.Match[str]]:
    """Yield postcodes, sought from their ends: few words end like one, and many begin like one."""
    for last in _INWARD_LAST.finditer(text):
        for start in range(max(0, last.start() - _OUTWARD), last.start()):
            found = (shape.match(text, start) for shape in (_POSTCODE, _TYPED))
            yield from (match for match in found if match)


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """Return what finds any of the names, the longest first; None where there are none.

    The parts of a name may stand apart by any white space, as a page or a narrow column breaks them, and
    accents may be letters of their own or marks that follow one.
    """
    parted = sorted((name.split() for name in names if name.strip()), key=lambda parts: -len(" ".join(parts)))
    if not parted:
        return None
    said = "|".join(r"\s+".join(map(_spelt, parts)) for parts in parted)
    return re.compile(rf"(?<!\w)(?:{said})(?![\w\u0300-\u036f])", re.IGNORECASE)


def _spelt(part: str) -> str:
    """Return what finds a part of a name, each letter in one piece or taken apart (NFC and NFD)."""
    found = []
    for letter in unicodedata.normalize("NFC", part):
        apart = unicodedata.normalize("NFD", letter)
        whole = re.escape(letter)
        found.append(whole if apart == letter else f"(?:{whole}|{re.escape(apart)})")
    return "".join(found)


def read_names(path: Path) -> list[str]:
    """Return the names of a list, one a line; empty lines and those that begin with # are left out."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def names_of(workspace: Workspace, study: Study) -> list[str]:
    """Return the names that nothing published may hold: the list that ``disclosure.names`` points to.

    Raises
    ------
    DisclosureError
        If the study points to a list that is not there.
    """
    if study.disclosure.names is None:
        return []
    path = workspace.raw(study.study) / study.disclosure.names
    if not path.is_file():
        what = f"points to {quoted(study.disclosure.names)}, which is not in the study's folder."
        raise DisclosureError(Problem(what, file="study.yml", column="disclosure.names"))
    return read_names(path)


def _is_nhs(match: re.Match[str]) -> bool:
    digits = [int(digit) for digit in match.group() if digit.isdecimal()]
    check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits[:9], strict=True)) % 11
    spaced = match.group(1) != ""
    near = _NEAR.search(match.string, max(0, match.start() - CONTEXT), match.start()) is not None
    return check % 11 == digits[9] and check != 10 and (spaced or near)


def _is_phone(text: str) -> bool:
    return 9 <= sum(char.isdigit() for char in text) <= 15 and not _DATE.match(text)


def _apart(found: list[Found]) -> list[Found]:
    """Return findings without those that lie in one found before."""
    kept: list[Found] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept
