"""Claims: what a report states, held against what was recomputed; results in, verdicts out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator

from . import yamlfile
from .errors import ClaimsError, Problem, did_you_mean, quoted
from .paths import Workspace

__all__ = ["VERDICTS", "Claim", "Verdict", "claims_schema", "judge", "load_claims"]

Rounding = Literal["half_up", "half_even", "truncate"]
ROUNDINGS: dict[str, str] = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "truncate": ROUND_DOWN,
}
NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)"
PRINTED = re.compile(rf"\s*(?P<value>{NUMBER})\s*(?P<percent>%)?(?:\s+of\s+(?P<base>\d+))?\s*")
VERDICTS = {
    "reproduced": "recomputed exactly as printed",
    "reproduced_at_printed_precision": "rounds to what is printed",
    "differs": "does not round to what is printed",
    "decision_flips": "falls on the other side of the stated cut-off",
    "missing": "no such result was computed",
    "not_checkable": "cannot be checked from the codings",
    "holds_by_construction": "written to hold: it tests Concord, not the paper",
}
FAILURES = ("differs", "decision_flips", "missing")


class Decision(BaseModel):
    """A cut-off that the authors used."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    at_least: float | None = None
    at_most: float | None = None


class Claim(BaseModel):
    """One reported statement and the results that it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(min_length=1, description="Write a short name, once in the file.")
    says: str = ""
    source: Literal["abstract", "full_text", "table", "third_party"] = "full_text"
    basis: Literal["stated", "derived"] = "stated"
    result: str | None = None
    printed: str | None = None
    results: dict[str, str] = {}
    comparator: Literal["equal", "at_least", "at_most", "between"] = "equal"
    decision: Decision | None = None
    rounding: Rounding | None = None
    status: Literal["not_checkable"] | None = None
    because: str | None = None
    note: str | None = None

    @field_validator("printed", mode="before")
    @classmethod
    def _as_printed(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise ValueError(f"write it in quotes as it is printed, decimals and all. Found {value}.")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Claim:
        if self.status == "not_checkable":
            if not self.because:
                raise ValueError("a claim that is not_checkable needs `because`.")
            return self
        if bool(self.results) == (self.result is not None):
            raise ValueError("needs `result` with `printed`, or `results`, or `status: not_checkable`.")
        if self.result is not None and self.printed is None:
            raise ValueError("needs `printed`: the number as it stands in the source, in quotes.")
        for printed in self.expected.values():
            parts = printed.split("..") if self.comparator == "between" else [printed]
            if self.comparator == "between" and len(parts) != 2:
                raise ValueError(f"prints {quoted(printed)}; between needs two numbers, as in `0.6..0.8`.")
            if not all(PRINTED.fullmatch(part) for part in parts):
                raise ValueError(f"prints {quoted(printed)}; write a number, a percentage or `4 of 6`.")
        return self

    @property
    def expected(self) -> dict[str, str]:
        """Result key -> printed string."""
        return {self.result: self.printed or ""} if self.result is not None else self.results


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
    """

    claim: Claim
    verdict: str
    recomputed: tuple[str, ...] = ()
    why: str = ""

    @property
    def failed(self) -> bool:
        """Whether the claim does not follow from the codings."""
        return self.verdict in FAILURES


def load_claims(workspace: Workspace, study: str) -> list[Claim]:
    """Return the claims of a study; none where it has no claims.yml.

    Raises
    ------
    ClaimsError
        With every problem and its line.
    """
    path = workspace.raw(study) / "claims.yml"
    if not path.is_file():
        return []
    data, lines = yamlfile.load(path, ClaimsError)
    if not isinstance(data, list):
        raise ClaimsError(Problem("must be a list: every claim begins with `- id: ...`.", file=path.name))
    claims, problems = [], []
    for place, item in enumerate(data):
        own = {at[1:]: line for at, line in lines.items() if at[0] == place and len(at) > 1}
        try:
            claims.append(yamlfile.validate(Claim, item, own, path.name, ClaimsError))
        except ClaimsError as error:
            line = lines.get((place,))
            problems += [
                p if p.line else Problem(p.what, p.file, None, p.column, line) for p in error.problems
            ]
    problems += _same_id(data, lines, path.name)
    if problems:
        raise ClaimsError(problems)
    return claims


def _same_id(data: list[Any], lines: yamlfile.Lines, file: str) -> list[Problem]:
    """Return the claims that bear the id of an earlier one."""
    problems = []
    first: dict[str, int | None] = {}
    for place, item in enumerate(data):
        name, line = str(item.get("id", "")) if isinstance(item, Mapping) else "", lines.get((place,))
        if name and name in first:
            what = f"the id {quoted(name)} stands on line {first[name]} too. Give each claim its own."
            problems.append(Problem(what, file=file, line=line, column="id"))
        first.setdefault(name, line)
    return problems


def judge(
    results: Sequence[Mapping[str, Any]], claims: Sequence[Claim], simulated: bool = False
) -> list[Verdict]:
    """Return the verdict of every claim.

    Parameters
    ----------
    results : sequence of mapping
        Entries of results.json.
    claims : sequence of Claim
    simulated : bool
        Claims that a simulated study meets hold by construction and never count as reproduced.
    """
    found = {str(entry["key"]): entry for entry in results}
    verdicts = [_verdict(claim, found) for claim in claims]
    if not simulated:
        return verdicts
    return [
        v
        if v.failed or v.verdict == "not_checkable"
        else Verdict(v.claim, "holds_by_construction", v.recomputed)
        for v in verdicts
    ]


def _verdict(claim: Claim, found: Mapping[str, Mapping[str, Any]]) -> Verdict:
    if claim.status == "not_checkable":
        return Verdict(claim, "not_checkable", why=claim.because or "")
    absent = [key for key in claim.expected if key not in found]
    if absent:
        return Verdict(claim, "missing", why=f"{absent[0]} was not computed.{did_you_mean(absent[0], found)}")
    parts = [_compare(claim, printed, found[key]) for key, printed in claim.expected.items()]
    order = ("differs", "reproduced_at_printed_precision", "reproduced")
    worst = min((verdict for verdict, _, _ in parts), key=order.index)
    shown = tuple(text for _, text, _ in parts)
    whys = [why for verdict, _, why in parts if verdict == worst and why]
    flipped = [why for key in claim.expected if (why := _flip(claim, found[key]))]
    if flipped and worst != "differs":
        return Verdict(claim, "decision_flips", shown, flipped[0])
    return Verdict(claim, worst, shown, "; ".join([*whys[:1], *flipped]))


def _compare(claim: Claim, printed: str, entry: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return verdict, the recomputed value as text, and a remark."""
    value = entry.get("value")
    if value is None:
        return "differs", "undefined", str(entry.get("note") or "the value is undefined")
    if claim.comparator == "between":
        low, high = (_parse(part) for part in printed.split(".."))
        number = _scaled(value, low)
        inside = low.number <= number <= high.number
        return ("reproduced" if inside else "differs"), _text(number, low.places), ""
    wanted = _parse(printed)
    number = _scaled(value, wanted)
    text = _text(number, wanted.places)
    if wanted.base is not None and entry.get("n") != wanted.base:
        return "differs", f"{text} of {entry.get('n')}", f"the base is {entry.get('n')}, not {wanted.base}"
    if claim.comparator != "equal":
        met = number >= wanted.number if claim.comparator == "at_least" else number <= wanted.number
        return ("reproduced" if met else "differs"), text, ""
    if number == wanted.number:
        return "reproduced", text, ""
    rules: list[str] = [claim.rounding] if claim.rounding else list(ROUNDINGS)
    holds = [rule for rule in rules if _rounded(number, wanted.places, rule) == wanted.number]
    if not holds:
        return "differs", text, ""
    return "reproduced_at_printed_precision", text, "" if "half_up" in holds else f"rounding: {holds[0]}"


@dataclass(frozen=True)
class _Printed:
    number: Decimal
    places: int
    percent: bool
    base: int | None


def _parse(printed: str) -> _Printed:
    match = PRINTED.fullmatch(printed)
    if match is None:
        raise ClaimsError(Problem(f"prints {quoted(printed)}; write a number.", file="claims.yml"))
    text = match["value"]
    places = len(text.partition(".")[2])
    base = int(match["base"]) if match["base"] else None
    return _Printed(Decimal(text), places, bool(match["percent"]), base)


def _scaled(value: float, wanted: _Printed) -> Decimal:
    """Return a result as a decimal, as a percentage where the source prints one.

    Twelve significant digits are what results.json keeps, so the last bits of a float decide nothing.
    """
    number = Decimal(f"{value:.12g}")
    return number * 100 if wanted.percent else number


def _rounded(number: Decimal, places: int, rule: str) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUNDINGS[rule])


def _text(number: Decimal, places: int) -> str:
    if number == number.to_integral_value() and places == 0:
        return str(number.to_integral_value())
    return str(_rounded(number, places + 1, "half_even"))


def _flip(claim: Claim, entry: Mapping[str, Any]) -> str:
    """Return what is wrong with the stated decision, judged on the unrounded value."""
    if claim.decision is None or entry.get("value") is None:
        return ""
    value, least, most = float(entry["value"]), claim.decision.at_least, claim.decision.at_most
    if least is not None and value < least:
        return f"{value:.6g} is below {least:g}"
    return f"{value:.6g} is above {most:g}" if most is not None and value > most else ""


def claims_schema() -> dict[str, Any]:
    """Return the JSON Schema of claims.yml."""
    return TypeAdapter(list[Claim]).json_schema()
