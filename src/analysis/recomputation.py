"""The results and tables of a study computed in memory, without notebooks; only what is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cached_property
from typing import Any

import pandas as pd

from . import differences, framework, overview, saturation, themes
from .agreement.sheet import agreement_table
from .agreement.summary import agreement_results
from .corpus import Corpus
from .counting import Counted, counted_or_none
from .keys import Result
from .plainform import csv_text, plain
from .study import Study
from .tablecells import Absent, Cells, parse_cells

__all__ = ["BROKEN_DOWN", "FAMILIES", "TABLES", "Recomputation"]

FIRST = (
    "cases", "groups", "documents", "segments", "coders", "double_coded", "ratings", "codes", "themes",
)  # fmt: skip
FAMILIES = (*FIRST, "agreement", "differences", "values", "new_codes", "saturation", "framework")
TABLES = ("agreement", "themes", "values", "differences", "framework_matrix")
BROKEN_DOWN = ("pair=", "group=", "case_id=", "document_id=")


class Recomputation:
    """A study's numbers from its tables, as the notebooks record them, each part when it is first needed.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    broken_down : bool
        Whether agreement by pair, group, case and document is needed.
    """

    def __init__(self, corpus: Corpus, study: Study, *, broken_down: bool = True) -> None:
        self.corpus = corpus
        self.study = study
        self.broken_down = broken_down

    def results(self, keys: Iterable[str]) -> list[dict[str, Any]]:
        """Return the results of every part that one of the keys is in."""
        families = {key.partition(".")[0] for key in keys}
        return [
            {name: plain(value) for name, value in asdict(result).items()} | {"notebook": step}
            for step, named, make in self._parts()
            if families & named
            for result in make()
        ]

    def _parts(self) -> Iterator[tuple[str, set[str], Any]]:
        yield "01_prepare", set(FIRST), lambda: overview.overview_results(self.corpus, self.study)
        if not self._off("02_agreement"):
            yield "02_agreement", {"agreement"}, lambda: agreement_results(self.agreement, self.study)
            yield "02_agreement", {"differences"}, self._differences
        yield "03_themes", {"themes", "values"}, self._themes
        yield "03_themes", {"new_codes", "saturation"}, self._new_codes
        if not self._off("04_framework"):
            yield "04_framework", {"framework"}, lambda: framework.matrix_results(self.matrix)

    def table(self, name: str) -> Cells:
        """Return a table of data/derived cell by cell.

        Raises
        ------
        Absent
            If it is none of those that are computed here.
        """
        plain = name.removesuffix(".csv")
        return parse_cells(self.text(plain), f"{plain}.csv")

    def text(self, name: str) -> str:
        """Return a table as the CSV that a step leaves; raises as `table` does."""
        made: dict[str, Callable[[], pd.DataFrame]] = {
            "agreement": lambda: self.agreement,
            "themes": lambda: self.themes,
            "values": lambda: self.values,
            "differences": lambda: differences.differences_table(self.corpus, self.study),
            "framework_matrix": lambda: self.matrix,
        }
        if name not in made:
            raise Absent(f"{name} is not computed in memory")
        return csv_text(made[name]())

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Lines of agreement.csv."""
        return agreement_table(self.corpus, self.study, broken_down=self.broken_down)

    @cached_property
    def counted(self) -> Counted | None:
        """The codings that count."""
        return counted_or_none(self.corpus, self.study)

    @cached_property
    def themes(self) -> pd.DataFrame:
        """Lines of themes.csv."""
        return themes.theme_table(self.corpus, self.study, self.counted)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Lines of values.csv."""
        return themes.value_table(self.corpus, self.study)

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """Lines of framework_matrix.csv."""
        return framework.framework_matrix(self.corpus, self.study, self.counted)

    def _themes(self) -> Iterator[Result]:
        joint = themes.joint_table(self.corpus, self.study, self.counted)
        return themes.theme_results(self.themes, self.values, joint)

    def _new_codes(self) -> Iterator[Result]:
        return saturation.new_codes_results(saturation.new_codes(self.corpus, self.study, self.counted))

    def _differences(self) -> Iterator[Result]:
        return differences.difference_results(self.corpus, self.study)

    def _off(self, step: str) -> bool:
        return self.study.not_applicable(step, charted=not self.corpus.charting.empty) is not None
