"""Everything that a report shows, from earlier steps or computed anew, each table at most once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pandas as pd

from . import (
    charts,
    claims,
    differences,
    disclosure,
    framework,
    identifiers,
    methods,
    overview,
    quotes,
    saturation,
    themes,
)
from .agreement import drift
from .agreement import shown as agreed
from .agreement.sheet import agreement_table
from .agreement.summary import agreement_results, titled
from .counting import Counted, counted_or_none
from .decisions import Decision
from .evidence import evidence
from .figures import Drawn, agreement_forest, theme_map
from .judging import judged
from .ledger import Ledger
from .matrixsheets import sheets
from .publicnames import code_labels
from .recomputation import Recomputation
from .results import Step
from .stocktables import StockTables, stock_tables

__all__ = ["Material"]


class Material:
    """Everything that a report shows, taken from earlier steps or, by hand, computed anew.

    Parameters
    ----------
    step : Step
        The step at work, usually 05_report.
    """

    def __init__(self, step: Step) -> None:
        self.step = step
        self.study = step.study
        self.corpus = step.corpus

    def applies(self, name: str) -> str | None:
        """Return why a step does not apply, or None."""
        return self.study.not_applicable(name, charted=not self.corpus.charting.empty)

    @cached_property
    def agreement(self) -> pd.DataFrame:
        """Lines of agreement.csv."""
        return self.step.table("agreement.csv", lambda: agreement_table(self.corpus, self.study))

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Lines of differences.csv."""
        return self.step.table(
            "differences.csv", lambda: differences.differences_table(self.corpus, self.study)
        )

    @cached_property
    def counted(self) -> Counted | None:
        """The codings that count, None where the study has no codes."""
        return counted_or_none(self.corpus, self.study)

    @cached_property
    def themes(self) -> pd.DataFrame:
        """Lines of themes.csv."""
        return self.step.table(
            "themes.csv", lambda: themes.theme_table(self.corpus, self.study, self.counted)
        )

    @cached_property
    def public(self) -> pd.DataFrame:
        """Lines of themes.csv as the study's policy lets them be published."""
        return disclosure.public_themes(self.themes, self.corpus, self.study)

    @cached_property
    def new_codes(self) -> saturation.NewCodes:
        """New codes by interview, without rows where the study does not ask."""
        return saturation.new_codes(self.corpus, self.study, self.counted)

    @cached_property
    def values(self) -> pd.DataFrame:
        """Lines of values.csv."""
        return self.step.table("values.csv", lambda: themes.value_table(self.corpus, self.study))

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """Lines of framework_matrix.csv."""
        return self.step.table(
            "framework_matrix.csv",
            lambda: framework.framework_matrix(self.corpus, self.study, self.counted),
        )

    @cached_property
    def quotes(self) -> pd.DataFrame:
        """Lines of quotes.csv."""
        names = identifiers.names_of(self.step.workspace, self.study)
        return self.step.table(
            "quotes.csv", lambda: quotes.quotes_table(self.corpus, self.study, self.counted, names)
        )

    @cached_property
    def verdicts(self) -> list[claims.Verdict]:
        """Verdicts of the study's claims."""
        workspace, name = self.step.workspace, self.study.study
        return judged(
            workspace,
            self.study,
            self.step.recorded(self._results),
            claims.load_claims(workspace, name),
            tables=None if self.step.staged else Recomputation(self.corpus, self.study).table,
            withdrawn=self.corpus.withdrawn,
        )

    def _results(self) -> list[Any]:
        found = list(overview.overview_results(self.corpus, self.study))
        if self.applies("02_agreement") is None:
            found += agreement_results(self.agreement, self.study)
            found += differences.difference_results(self.corpus, self.study)
        joint = themes.joint_table(self.corpus, self.study, self.counted)
        found += themes.theme_results(self.themes, self.values, joint)
        found += saturation.new_codes_results(self.new_codes)
        if self.applies("04_framework") is None:
            found += framework.matrix_results(self.matrix)
        return found

    @cached_property
    def over_time(self) -> pd.DataFrame:
        """Lines of agreement_over_time.csv."""
        return self.step.table("agreement_over_time.csv", lambda: drift.over_time(self.corpus, self.study))

    @cached_property
    def changes(self) -> pd.DataFrame:
        """Lines of codebook_changes.csv."""
        return self.step.table(
            "codebook_changes.csv", lambda: drift.changes(self.step.drafts, self.corpus, self.study)
        )

    @cached_property
    def recorded(self) -> dict[str, float | int | None]:
        """Result key -> value of everything that earlier steps recorded."""
        found = methods.recorded_values(self.step.recorded(self._results))
        return found | {"claims.n": len(self.verdicts)}

    @cached_property
    def evidence(self) -> dict[str, Any] | None:
        """The segments behind the report's numbers, None where the policy shows none."""
        names = identifiers.names_of(self.step.workspace, self.study)
        return evidence(self.corpus, self.study, self.counted, tuple(names))

    @property
    def opens(self) -> dict[str, str] | None:
        """Code -> what it is called on the page whose counts open their segments, None where none do."""
        return None if self.evidence is None else code_labels(self.corpus, self.study)

    @cached_property
    def decisions(self) -> list[Decision]:
        """How segments coded differently were settled."""
        return Ledger(self.step.workspace.decisions(self.study.study)).read()

    @cached_property
    def tables(self) -> StockTables:
        """T1 to T6 of the study, and why some are not there."""
        unframed, unrated = self.applies("04_framework"), self.applies("02_agreement")
        return stock_tables(
            self.corpus,
            self.study,
            self.counted,
            self.public,
            self.quotes,
            sheets(self.matrix, self.corpus, self.study) if unframed is None else unframed,
            self.agreement if unrated is None else unrated,
        )

    @cached_property
    def figures(self) -> dict[str, Drawn]:
        """Name -> figure of everything that the study has the data to draw, in the report's order."""
        return dict(self._drawn())

    def _drawn(self) -> Iterator[tuple[str, Drawn]]:
        said = self.study.simulated
        if self.applies("02_agreement") is None and not self.agreement.empty:
            minimum, title = self.study.agreement.minimum, titled(self.study.agreement.primary)
            data = agreed.forest(self.agreement, self.corpus, self.study)
            yield "agreement", agreement_forest(data, minimum, said, title)
        if self.counted is not None:
            interviews = disclosure.public_new_codes(self.new_codes.table, self.study)
            drawn = {
                "themes": theme_map(self.public, said),
                "influence": charts.influence_bars(self.public, said),
                "code_tree": charts.code_tree(self.public, said),
                "new_codes": charts.new_codes_curve(interviews, said),
            }
            yield from ((name, figure) for name, figure in drawn.items() if figure)
