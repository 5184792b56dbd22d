"""claims.yml: what a report states, claim by claim, and where each stands among the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator

from . import yamlfile
from .errors import ClaimsError, Problem, quoted
from .paths import Workspace
from .printed import Rounding, read_printed, read_range

__all__ = ["Claim", "Decision", "Known", "claims_schema", "load_claims"]

FILE = "claims.yml"
WAYS = (
    "`result` with `printed`, or `results`, or `table` with `column` and `printed`, or `table` with `cells`"
)
NUMBERS = "write a number, a percentage, `4 of 6` or `4/6 (67%)`, with a point before decimals."
OF_TABLES = ("where", "column", "cells", "by", "across")
OF_RESULTS = ("decision", "interval")


def _without(*names: str) -> dict[str, Any]:
    return {"not": {"anyOf": [{"required": [name]} for name in names]}}


FORMS: Any = [
    {"required": ["status", "because"]},
    {"required": ["result", "printed"], **_without("status", *OF_TABLES)},
    {"required": ["results"], **_without("status", *OF_TABLES)},
    {"required": ["table", "column", "printed"], **_without("cells", "status", *OF_RESULTS)},
    {"required": ["table", "cells", "by"], **_without("status", *OF_RESULTS)},
]


class Part(BaseModel):
    """A part of claims.yml; a key that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Decision(Part):
    """A cut-off that the authors used."""

    at_least: float | None = None
    at_most: float | None = None
    judged_on: Literal["point", "interval", "q"] = Field(
        "point", description="What decides: the value, its whole interval, or q = P(value below the minimum)."
    )
    q_at_most: float = Field(0.05, gt=0, lt=1, description="Where q decides: the largest that passes.")

    @model_validator(mode="after")
    def _one_side(self) -> Decision:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("needs one cut-off: `at_least` or `at_most`.")
        if self.judged_on == "q" and self.at_least is None:
            raise ValueError("is judged on q, which needs `at_least`.")
        return self

    @property
    def cut(self) -> float:
        """The cut-off."""
        return self.at_most if self.at_least is None else self.at_least  # type: ignore[return-value]


class Known(Part):
    """A difference that is known and explained: it no longer fails as long as it stays what it is."""

    recomputed: str = Field(description="Write what is recomputed, in quotes, with the decimals that count.")
    because: str = Field(min_length=1, description="Write why the two numbers differ.")
    since: str | None = Field(None, description="Date, in quotes.")

    @field_validator("recomputed")
    @classmethod
    def _number(cls, value: str) -> str:
        if read_printed(value) is None:
            raise ValueError(f"is {quoted(value)}; {NUMBERS}")
        return value


class Claim(Part):
    """One reported statement and the results, or cells of a table, that it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"oneOf": FORMS})
    id: str = Field(min_length=1, description="Write a short name, once in the file.")
    says: str = Field("", description="Verbatim words of the source, or empty.")
    source: Literal["abstract", "full_text", "table", "third_party"] = "full_text"
    basis: Literal["stated", "derived"] = "stated"
    result: str | None = Field(None, description="A key of results.json.")
    printed: str | None = Field(None, description="The number as it is printed, in quotes: decimals count.")
    interval: str | None = Field(None, description="The interval as it is printed, such as `0.61 to 0.85`.")
    results: dict[str, str] = Field({}, description="Several results: key -> printed number.")
    table: str | None = Field(
        None,
        description="A table of data/derived, such as themes, or a figure's data, such as figures/themes.",
    )
    where: dict[str, str | int | float | bool | None] = Field(
        {}, description="Column -> value: which line of the table; columns left out stand for everything."
    )
    column: str | None = Field(None, description="The column that holds the number.")
    cells: str | None = Field(
        None, description="CSV of printed cells in the study's folder, such as claims/table2.csv."
    )
    by: list[str] = Field([], description="Columns of `cells` that say which line of the table is meant.")
    across: str | None = Field(
        None, description="The other headings of `cells` are values of this column; cells are `column`."
    )
    comparator: Literal["equal", "at_least", "at_most", "between"] = "equal"
    decision: Decision | None = None
    rounding: Rounding | None = Field(
        None,
        description="How the source rounds; last_place: one unit in the last place either way is allowed.",
    )
    status: Literal["not_checkable"] | None = None
    because: str | None = None
    note: str | None = None
    known_difference: Known | None = None

    @field_validator("printed", "interval", mode="before")
    @classmethod
    def _as_printed(cls, value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise ValueError(f"write it in quotes as it is printed, decimals and all. Found {value}.")
        return value

    @field_validator("cells")
    @classmethod
    def _inside(cls, value: str | None) -> str | None:
        if value is not None and (value.startswith(("/", "~")) or "\\" in value or ".." in value.split("/")):
            raise ValueError(f"must be a file in the study's folder. Found {quoted(value)}.")
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Claim:
        if self.status == "not_checkable":
            if not self.because:
                raise ValueError("a claim that is not_checkable needs `because`.")
            return self
        ways = [self.result is not None, bool(self.results), self.table is not None]
        if sum(ways) != 1:
            raise ValueError(f"needs {WAYS}, or `status: not_checkable`: one of them.")
        if self.result is not None and self.printed is None:
            raise ValueError("needs `printed`: the number as it stands in the source, in quotes.")
        if self.table is not None:
            self._cell_or_cells()
        self._nothing_idle()
        for printed in self.expected.values():
            self._readable(printed)
        if self.interval is not None and read_range(self.interval) is None:
            raise ValueError(f"prints the interval {quoted(self.interval)}; write it as `0.61 to 0.85`.")
        return self

    def _cell_or_cells(self) -> None:
        if self.cells is None:
            if self.column is None or self.printed is None:
                raise ValueError("points at a table: needs `column` and `printed`, or `cells` and `by`.")
        elif not self.by:
            raise ValueError("needs `by`: the columns of `cells` that say which line of the table is meant.")
        elif self.printed is not None or (self.column is None) != (self.across is None):
            raise ValueError("with `cells`, `column` goes with `across`, and `printed` with neither.")

    def _nothing_idle(self) -> None:
        """Refuse what would be read and never judged."""
        about = OF_TABLES if self.table is None else OF_RESULTS
        idle = [name for name in about if getattr(self, name)]
        if idle:
            other = "a table" if self.table is None else "a result"
            raise ValueError(f"gives `{idle[0]}`, which only a claim about {other} can have.")
        if self.known_difference is not None and (self.cells is not None or len(self.expected) > 1):
            raise ValueError(
                "explains one `known_difference` of several numbers; make a claim of each number."
            )

    def _readable(self, printed: str) -> None:
        if self.cells is not None:
            return
        if self.comparator == "between":
            if read_range(printed) is None:
                raise ValueError(f"prints {quoted(printed)}; between needs two numbers, as in `0.6..0.8`.")
        elif read_printed(printed) is None and (self.table is None or any(map(str.isdigit, printed))):
            raise ValueError(f"prints {quoted(printed)}; {NUMBERS}")

    @property
    def expected(self) -> dict[str, str]:
        """Where the number stands -> what is printed."""
        if self.result is not None:
            return {self.result: self.printed or ""}
        if self.table is not None:
            return {self.place: f"every cell of {self.cells}" if self.cells else self.printed or ""}
        return self.results

    @property
    def rests_on(self) -> list[str]:
        """Keys of results, or the file, that the claim is about."""
        return [f"{self.table.removesuffix('.csv')}.csv"] if self.table else list(self.expected)

    @property
    def said(self) -> str:
        """What is printed, in words: every number, and how it is meant."""
        sign = {"at_least": "at least ", "at_most": "at most ", "between": "between "}.get(
            self.comparator, ""
        )
        told = [f"{sign}{printed}" for printed in self.expected.values()]
        interval = f" ({self.interval.strip(' ()[]')})" if self.interval else ""
        return f"{', '.join(told)}{interval}" or "–"

    @property
    def place(self) -> str:
        """The cell of a table, in words."""
        where = ", ".join(f"{name} {'empty' if v is None else v}" for name, v in self.where.items())
        column = f" {self.column}" if self.column and not self.across else ""
        return f"{self.table}{column}{f' ({where})' if where else ''}"


def load_claims(workspace: Workspace, study: str) -> list[Claim]:
    """Return the claims of a study; none where it has no claims.yml.

    Raises
    ------
    ClaimsError
        With every problem and its line.
    """
    path = workspace.raw(study) / FILE
    if not path.is_file():
        return []
    data, lines = yamlfile.load(path, ClaimsError)
    if not isinstance(data, list):
        raise ClaimsError(Problem("must be a list: every claim begins with `- id: ...`.", file=FILE))
    claims, problems = [], []
    for place, item in enumerate(data):
        own = {at[1:]: line for at, line in lines.items() if at[0] == place and len(at) > 1}
        try:
            claims.append(yamlfile.validate(Claim, item, own, FILE, ClaimsError))
        except ClaimsError as error:
            line = lines.get((place,))
            problems += [
                p if p.line else Problem(p.what, p.file, None, p.column, line) for p in error.problems
            ]
    problems += _same_id(data, lines)
    if problems:
        raise ClaimsError(problems)
    return claims


def _same_id(data: list[Any], lines: yamlfile.Lines) -> list[Problem]:
    """Return the claims that bear the id of an earlier one."""
    problems = []
    first: dict[str, int | None] = {}
    for place, item in enumerate(data):
        name, line = str(item.get("id", "")) if isinstance(item, Mapping) else "", lines.get((place,))
        if name and name in first:
            what = f"the id {quoted(name)} stands on line {first[name]} too. Give each claim its own."
            problems.append(Problem(what, file=FILE, line=line, column="id"))
        first.setdefault(name, line)
    return problems


def claims_schema() -> dict[str, Any]:
    """Return the JSON Schema of claims.yml."""
    return TypeAdapter(list[Claim]).json_schema()
