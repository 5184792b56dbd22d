"""What stands in GRID.yml, and the combinations of settings that it asks for."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from pydantic import Field, field_validator

from . import yamlfile
from .errors import Problem, UsageError, quoted
from .parts import Part
from .paths import refusal

__all__ = ["MOST_RUNS", "Combination", "GridFile", "combinations", "odd_values"]

MOST_RUNS = 5_000


class GridFile(Part):
    """All of GRID.yml; in every list of values ``~`` stands for what study.yml says.

    Examples
    --------
    >>> GridFile.model_validate({"studies": ["demo"], "vary": {"seed": [1, 2]}}).products
    [{'seed': [1, 2]}]
    """

    name: str | None = Field(None, description="What its folder is called; by default as the file.")
    title: str = ""
    studies: list[str] = Field(min_length=1, description="Write `studies: [NAME]`.")
    vary: dict[str, list[Any]] | list[dict[str, list[Any]]] = Field(
        {}, description="Setting -> values, every combination; or a list of such products."
    )
    runs: list[dict[str, Any]] = Field([], description="Further runs, each by its settings.")
    always: dict[str, Any] = Field({}, description="Settings of every run.")
    headlines: list[str] = Field(
        [], description="Keys of results on the multiverse page; by default what claims and agreement state."
    )

    @field_validator("name")
    @classmethod
    def _folder(cls, value: str | None) -> str | None:
        if value is not None and (why := refusal(value)):
            raise ValueError(why)
        return value

    @property
    def products(self) -> list[dict[str, list[Any]]]:
        """What is combined."""
        given = [self.vary] if isinstance(self.vary, dict) else self.vary
        return [product for product in given if product]


@dataclass(frozen=True)
class Combination:
    """Settings as the file gives them, and the line that each stands on."""

    overrides: dict[str, Any]
    lines: dict[str, int | None] = field(default_factory=dict)


def combinations(given: GridFile, lines: yamlfile.Lines, file: str) -> list[Combination]:
    """Return every combination of a file, products first.

    Raises
    ------
    UsageError
        If there are more than anybody waits for.
    """
    size = sum(prod(map(len, product.values())) for product in given.products) + len(given.runs)
    if size * len(given.studies) > MOST_RUNS:
        many = (
            f"{size * len(given.studies):,} runs are asked for, more than {MOST_RUNS:,}. Vary less at once."
        )
        raise UsageError(Problem(many, file=file))
    found = [*_multiplied(given, lines), *_listed(given, lines)]
    return found or [Combination(_given(given.always), {})]


def _multiplied(given: GridFile, lines: yamlfile.Lines) -> Iterator[Combination]:
    for number, product in enumerate(given.products):
        at: tuple[str | int, ...] = ("vary",) if isinstance(given.vary, dict) else ("vary", number)
        choices = [
            [(dotted, value, lines.get((*at, dotted, n))) for n, value in enumerate(values)]
            for dotted, values in product.items()
        ]
        for chosen in itertools.product(*choices):
            settings = {dotted: value for dotted, value, _ in chosen}
            yield Combination(
                _given({**given.always, **settings}), {dotted: line for dotted, _, line in chosen}
            )


def _listed(given: GridFile, lines: yamlfile.Lines) -> Iterator[Combination]:
    for number, settings in enumerate(given.runs):
        placed = {dotted: lines.get(("runs", number, dotted)) for dotted in settings}
        yield Combination(_given({**given.always, **settings}), placed)


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings without those that are to be as study.yml says."""
    return {str(dotted): value for dotted, value in settings.items() if value is not None}


def odd_values(combinations: Sequence[Combination], file: str) -> list[Problem]:
    """Return values that notebooks could not be given: dates, which YAML makes of 2024-01-01."""
    found = []
    for each in combinations:
        for dotted, value in each.overrides.items():
            try:
                json.dumps(value, allow_nan=False)
            except (TypeError, ValueError):
                what = (
                    f"must be text, a number, a list or a mapping. Found {quoted(value)}; write it in quotes."
                )
                found.append(Problem(what, file=file, line=each.lines.get(dotted), column=dotted))
    return found
