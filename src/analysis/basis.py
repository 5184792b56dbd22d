"""What the numbers of a study rest on: its tables, and what is made of them, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, cached_property

import pandas as pd

from .agreement.compared import Compared, Comparisons
from .coders import independent_codings
from .corpus import Corpus
from .counting import Counted, counted_or_none, counted_values
from .framework import framework_matrix
from .study import Study

__all__ = ["Basis"]


class Basis:
    """A study's tables with what several numbers rest on, each made once.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    agreement : DataFrame or None
        agreement.csv, where the study has one.
    claims : mapping
        Claim id -> its verdict.
    """

    def __init__(
        self,
        corpus: Corpus,
        study: Study,
        agreement: pd.DataFrame | None,
        claims: Mapping[str, str] | None = None,
    ) -> None:
        self.corpus, self.study, self.agreement = corpus, study, agreement
        self.claims = dict(claims or {})
        self.comparisons = Comparisons(corpus, study)
        self._compared = cache(lambda variable, code, only: self.comparisons.of(variable, code, dict(only)))
        self.values = cache(lambda variable: counted_values(corpus, study, variable))

    @cached_property
    def counted(self) -> Counted | None:
        """The codings that count for themes."""
        return counted_or_none(self.corpus, self.study)

    @cached_property
    def marks(self) -> pd.DataFrame:
        """Segments and codes that count."""
        columns = ["segment_id", "case_id", "group", "code_id"]
        return pd.DataFrame(columns=columns) if self.counted is None else self.counted.marks

    @cached_property
    def matrix(self) -> pd.DataFrame:
        """The cells of the framework matrix."""
        return framework_matrix(self.corpus, self.study, self.counted)

    @cached_property
    def by_coders(self) -> pd.Series:
        """Segment -> how many coders coded it independently."""
        return independent_codings(self.corpus).groupby("segment_id")["coder_id"].nunique()

    def compared(self, variable: str, code: str | None, only: Mapping[str, str]) -> Compared:
        """Return the units behind a coefficient, or behind coders' differences."""
        return self._compared(variable, code, tuple(sorted(only.items())))

    def segments_of(self, column: str, names: Iterable[str]) -> list[str]:
        """Return the segments of some cases or documents."""
        mine = self.corpus.segments[column].isin(list(names))
        return self.corpus.segments.loc[mine, "segment_id"].tolist()

    def in_group(self, frame: pd.DataFrame, group: str | None) -> pd.DataFrame:
        """Return the rows of cases of a group, or of several joined by ``|``; all where none is named."""
        return frame if group is None else frame[frame["group"].isin(group.split("|"))]
