"""findings.md: the authors' text, its numbers filled from results; and numbers that nothing vouches for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any

from .claimfile import Claim
from .errors import ClaimsError, Problem, did_you_mean, quoted
from .numerals import LEFT_OUT, Numeral, numerals
from .paths import Workspace
from .printed import read_printed, read_range
from .study import Study

if TYPE_CHECKING:
    from .verification import Verification

__all__ = ["Prose", "filled", "headline_keys", "rendered_page", "shown_text", "weighed"]

FILE = "findings.md"
PLACEHOLDER = re.compile(r"\{\{(?P<inner>.*?)\}\}")
NAMED = re.compile(r"<!--\s*claims?:\s*(?P<ids>[^>]*?)\s*-->")
PARAGRAPH = re.compile(r"(?:^(?!\s*$).*\n?)+", re.MULTILINE)
DECIMALS = re.compile(r"\.(?P<places>\d)(?P<kind>[f%])")
FORMS = ("n", "of", "low", "high", "interval", "percent", "words", "Words", ".2f", ".1%", ",")
HOW = ("percent", "words", "Words", ",")
OFTEN_HIDDEN = ("participants", "segments", "codings")
HIDDEN = "[not shown]"
SIMULATED = "> **Simulated data.** These numbers describe a demonstration, not a study.\n\n"
EXACT = Context(prec=400)


@dataclass(frozen=True)
class Prose:
    """What stands in findings.md.

    Parameters
    ----------
    text : str
        Filled.
    filled : int
        Numbers that were filled in from results.
    tied : int
        Typed numbers that are what a claim named beside them prints, or stand in its words.
    untied : tuple of Numeral
        Typed numbers that belong to no claim.
    retyped : tuple of (line, sentence)
        Claims named in a paragraph that does not hold their number.
    uncited : tuple of str
        Headline results that neither the text nor a claim speaks of.
    """

    text: str
    filled: int
    tied: int
    untied: tuple[Numeral, ...]
    retyped: tuple[tuple[int, str], ...]
    uncited: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield what there is to say, a line each."""
        typed = self.tied + len(self.untied)
        told = f"{self.filled} filled in, {self.tied} of claims, {len(self.untied)} of neither"
        yield f"{self.filled + typed} numbers: {told}"
        for numeral in self.untied:
            yield f"line {numeral.line}: {quoted(numeral.text)} belongs to no claim and is not filled in"
        for line, said in self.retyped:
            yield f"line {line}: {said}"
        for key in self.uncited:
            yield f"computed, never cited: {key}"

    def as_data(self) -> dict[str, Any]:
        """Return JSON data."""
        return {
            "filled": self.filled,
            "tied": self.tied,
            "untied": [{"line": n.line, "text": n.text} for n in self.untied],
            "retyped": [{"line": line, "said": said} for line, said in self.retyped],
            "uncited": list(self.uncited),
            "left_out": LEFT_OUT,
        }


def weighed(
    workspace: Workspace,
    study: Study,
    claims: Sequence[Claim],
    results: Sequence[Mapping[str, Any]],
    themes: Sequence[str] = (),
) -> Prose | None:
    """Return findings.md filled, with what its numbers rest on; None where the study has none.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    claims : sequence of Claim
    results : sequence of mapping
        Entries of results.json.
    themes : sequence of str
        Codes of the first level, which count as headlines.

    Raises
    ------
    ClaimsError
        If it is no UTF-8, or names results, claims or formats that there are none of: all at once.
    """
    path = workspace.raw(study.study) / FILE
    if not path.is_file():
        return None
    try:
        text = path.read_text("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ClaimsError(Problem("is not UTF-8. Save it as UTF-8.", file=FILE)) from None
    found = {str(entry["key"]): entry for entry in results}
    hides = study.disclosure.policy not in ("as_published", "text_free")
    whole, keys, problems = filled(text, found, hides=hides)
    known = {claim.id: claim for claim in claims}
    problems += _unknown_claims(text, known)
    if problems:
        raise ClaimsError(sorted(problems, key=lambda problem: problem.line or 0))
    tied, untied, retyped = _typed(text, known)
    cited = {*keys, *(key for claim in claims for key in claim.expected)}
    uncited = [key for key in headline_keys(found, study, themes) if not _cited(key, cited)]
    return Prose(NAMED.sub("", whole), len(keys), tied, tuple(untied), tuple(retyped), tuple(uncited))


def filled(
    text: str, found: Mapping[str, Mapping[str, Any]], *, hides: bool = False
) -> tuple[str, list[str], list[Problem]]:
    """Return a text with its placeholders filled, the keys that they name, and what is wrong with them.

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
        if hides and found[key].get("unit") in OFTEN_HIDDEN and key != "cases.n":
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
    from .numerals import VALUES

    words = {value: name for name, value in VALUES.items() if name not in ("hundred", "dozen")}
    return words.get(int(number), str(number)) if number == int(number) else str(number)


def _unknown_claims(text: str, known: Mapping[str, Claim]) -> list[Problem]:
    return [
        Problem(
            f"no claim is called {quoted(name)}.{did_you_mean(name, known)}",
            file=FILE,
            line=text.count("\n", 0, match.start()) + 1,
        )
        for match in NAMED.finditer(text)
        for name in _ids(match)
        if name not in known
    ]


def _ids(match: re.Match[str]) -> list[str]:
    return [name for name in re.split(r"[,\s]+", match["ids"]) if name]


def _typed(text: str, known: Mapping[str, Claim]) -> tuple[int, list[Numeral], list[tuple[int, str]]]:
    """Return how many typed numbers a claim vouches for, those that none does, and claims without theirs."""
    by_line = list(numerals(text))
    tied, untied, retyped = 0, [], []
    for block in PARAGRAPH.finditer(text):
        first = text.count("\n", 0, block.start()) + 1
        last = first + block[0].rstrip("\n").count("\n")
        mine = [numeral for numeral in by_line if first <= numeral.line <= last]
        named = [known[name] for match in NAMED.finditer(block[0]) for name in _ids(match)]
        vouched = [number for claim in named for number in _printed_numbers(claim)]
        spoken = " ".join(block[0].split())
        vouched += [
            (n.number, n.percent)
            for claim in known.values()
            if claim.says and " ".join(claim.says.split()) in spoken
            for n in numerals(claim.says)
        ]
        there = {number for numeral in mine for number in _numbers(numeral)}
        for numeral in mine:
            if (numeral.number, numeral.percent) in vouched:
                tied += 1
            else:
                untied.append(numeral)
        for claim in named:
            absent = [number for number, percent in _printed_numbers(claim) if (number, percent) not in there]
            if absent:
                shown = ", ".join(f"{number:f}" for number in absent)
                retyped.append(
                    (first, f"claim {claim.id} prints {shown}, which does not stand in this paragraph")
                )
    return tied, untied, retyped


def _numbers(numeral: Numeral) -> list[tuple[Decimal, bool]]:
    own = [(numeral.number, numeral.percent)]
    return own if numeral.base is None else [*own, (numeral.base, False)]


def _printed_numbers(claim: Claim) -> list[tuple[Decimal, bool]]:
    told = []
    for text in (
        [] if claim.cells else [*claim.expected.values(), *([claim.interval] if claim.interval else [])]
    ):
        printed, ends = read_printed(text), read_range(text)
        told += [(each.number, each.percent) for each in ([printed] if printed else ends or [])]
        told += [(printed.base, False)] if printed and printed.base is not None else []
    return told


def headline_keys(found: Mapping[str, Any], study: Study, themes: Sequence[str]) -> list[str]:
    """Return the results that a report of the study would be expected to speak of.

    Participants, overall and by group; the primary coefficient of every variable, for codes its median; how
    many participants contributed to each code of the first level.
    """
    primary = study.agreement.primary
    groups = [key for key in found if key.startswith("cases.group.")]
    wanted = ["cases.n", *(groups if len(groups) > 1 else []), f"agreement.codes.{primary}.median"]
    wanted += [f"agreement.{variable}.{primary}" for variable in study.variables]
    for theme in themes:
        names = (f"themes.{theme}.n_cases[rollup=descendants]", f"themes.{theme}.n_cases")
        wanted += [key for key in names if key in found][:1]
    return [key for key in wanted if key in found]


def _cited(key: str, cited: set[str]) -> bool:
    """Tell whether a result is spoken of; a theme is, by its participants in any group or with subcodes."""
    if key in cited:
        return True
    theme = re.match(r"themes\.(?:\"(?:[^\"\\]|\\.)*\"|[^.]+)\.", key)
    return theme is not None and any(each.startswith(theme[0]) and "n_cases" in each for each in cited)


def shown_text(prose: Prose, simulated: bool) -> str:
    """Return the filled text as Markdown, with its banner where data are simulated."""
    return f"{SIMULATED if simulated else ''}{prose.text.strip()}\n"


def rendered_page(prose: Prose, v: Verification) -> str:
    """Return the filled text as a page; HTML in it is shown as text, never run."""
    import mistune

    from .verificationpage import document

    body = str(mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])(prose.text))
    return document(v, f"{v.title}: findings", f'<article class="prose">{body}</article>')
