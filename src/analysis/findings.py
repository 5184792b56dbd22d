"""findings.md: the authors' text, its numbers filled from results; and numbers that nothing vouches for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .claimfile import Claim
from .errors import ClaimsError, Problem, did_you_mean, quoted
from .numerals import LEFT_OUT, Numeral, numerals
from .paths import Workspace
from .placeholders import FILE, Hides, filled
from .printed import read_printed, read_range
from .study import Study

__all__ = ["COUNTS_SHOWN", "Prose", "headline_keys", "shown_text", "weighed"]

NAMED = re.compile(r"<!--\s*claims?:\s*(?P<ids>[^>]*?)\s*-->")
PARAGRAPH = re.compile(r"(?:^(?!\s*$).*\n?)+", re.MULTILINE)
COUNTS_SHOWN = ("as_published", "text_free")
SIMULATED = "> **Simulated data.** These numbers describe a demonstration, not a study.\n\n"


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
    hidden = _hidden(study)
    whole, keys, problems = filled(text, found, hides=hidden)
    known = {claim.id: claim for claim in claims}
    problems += _unknown_claims(text, known)
    if problems:
        raise ClaimsError(sorted(problems, key=lambda problem: problem.line or 0))
    tied, untied, retyped = _typed(text, known, hidden)
    cited = {*keys, *(key for claim in claims for key in claim.expected)}
    uncited = [key for key in headline_keys(found, study, themes) if not _cited(key, cited)]
    return Prose(NAMED.sub("", whole), len(keys), tied, tuple(untied), tuple(retyped), tuple(uncited))


def _hidden(study: Study) -> Hides | None:
    """Return what tells whether the study's policy hides a number; None where it hides none."""
    if study.disclosure.policy in COUNTS_SHOWN:
        return None
    from .publicclaims import stays  # loads numpy, which open counts do without

    return lambda key, with_base: with_base or not stays(key)


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


def _typed(
    text: str, known: Mapping[str, Claim], hidden: Hides | None
) -> tuple[int, list[Numeral], list[tuple[int, str]]]:
    """Return how many typed numbers a claim vouches for, those that none does, and claims without theirs."""
    by_line = list(numerals(text, ones=True))
    tied, untied, retyped = 0, [], []
    for block in PARAGRAPH.finditer(text):
        first = text.count("\n", 0, block.start()) + 1
        last = first + block[0].rstrip("\n").count("\n")
        mine = [numeral for numeral in by_line if first <= numeral.line <= last]
        named = [known[name] for match in NAMED.finditer(block[0]) for name in _ids(match)]
        vouched = [number for claim in named for number in _printed_numbers(claim)]
        vouched += _spoken_numbers(block[0], known.values())
        there = {number for numeral in mine for number in _numbers(numeral)}
        for numeral in mine:
            if (numeral.number, numeral.percent) in vouched:
                tied += 1
            elif not numeral.is_article:
                untied.append(numeral)
        retyped += [(first, said) for claim in named if (said := _retyped(claim, there, hidden))]
    return tied, untied, retyped


def _spoken_numbers(block: str, claims: Iterable[Claim]) -> list[tuple[Decimal, bool]]:
    """Return the numbers in verbatim words of claims that stand in a paragraph."""
    spoken = " ".join(block.split())
    said = [claim.says for claim in claims if claim.says and " ".join(claim.says.split()) in spoken]
    return [(n.number, n.percent) for words in said for n in numerals(words)]


def _retyped(claim: Claim, there: Collection[tuple[Decimal, bool]], hidden: Hides | None) -> str:
    """Return what is wrong where a claim is named in a paragraph without its number, or nothing."""
    absent = [number for number, percent in _printed_numbers(claim) if (number, percent) not in there]
    if not absent:
        return ""
    hides = hidden is not None and any(hidden(key, False) for key in claim.rests_on)
    shown = "a number" if hides else ", ".join(f"{number:f}" for number in absent)
    return f"claim {claim.id} prints {shown}, which does not stand in this paragraph"


def _numbers(numeral: Numeral) -> list[tuple[Decimal, bool]]:
    own = [(numeral.number, numeral.percent)]
    return own if numeral.base is None else [*own, (numeral.base, False)]


def _printed_numbers(claim: Claim) -> list[tuple[Decimal, bool]]:
    if claim.cells:
        return []
    told = []
    for text in (*claim.expected.values(), *([claim.interval] if claim.interval else [])):
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
