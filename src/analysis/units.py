"""What exactly is rated: codings of a study as ratings of units by coders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from . import sight
from .coders import humans
from .corpus import Corpus, natural
from .division import UNIT_COLUMNS, universe_of
from .errors import AgreementError, Problem
from .places import places
from .settings import Where
from .study import Study

__all__ = ["Ratings", "of_round", "ratings", "universe"]


@dataclass(frozen=True)
class Ratings:
    """One variable, or the presence of one code, rated by M coders on N units.

    Parameters
    ----------
    variable : str
        Name of the variable; ``codes`` for a code.
    code_id : str or None
    kind : str
        Level of measurement that the study declares.
    values : ndarray of float, shape (M coders, N units)
        Place of the value in `domain`, nan where a coder did not rate the unit.
    domain : tuple of str
        Declared values in their declared order, else those found in natural order.
    coders : tuple of str
    units : DataFrame
        N rows: ``unit_id``, ``document_id``, ``case_id``, ``group``.
    unit, universe, assumption, segmentation, stage : str
    round : int
    codebook_version : str or None
        The latest that these codings name.
    """

    variable: str
    code_id: str | None
    kind: str
    values: np.ndarray
    domain: tuple[str, ...]
    coders: tuple[str, ...]
    units: pd.DataFrame
    unit: str
    universe: str
    assumption: str
    segmentation: str
    stage: str
    round: int
    codebook_version: str | None = None

    def at(self, level: str) -> tuple[np.ndarray, np.ndarray]:
        """Return values and domain as numbers for a level of measurement.

        Raises
        ------
        AgreementError
            If the level needs numbers and a value is none.
        """
        if level in ("nominal", "ordinal"):
            return self.values, np.arange(len(self.domain), dtype=float)
        numbers = pd.to_numeric(pd.Series(self.domain, dtype="string"), errors="coerce").to_numpy(float)
        if np.isnan(numbers).any():
            what = f"level {level} needs numbers; some values are words."
            raise AgreementError(Problem(what, column=self.variable))
        places = np.where(np.isnan(self.values), 0, self.values).astype(int)
        domain = np.unique(numbers)
        values = np.where(np.isnan(self.values), np.nan, numbers[places]) if len(numbers) else self.values
        return values, domain

    def select(self, units: np.ndarray | None = None, coders: list[str] | None = None) -> Ratings:
        """Return the ratings of some units (a mask of length N) or some coders."""
        rows = slice(None) if coders is None else self.places(coders)
        values = self.values[rows]
        frame = self.units
        if units is not None:
            values, frame = values[:, units], frame[units].reset_index(drop=True)
        return replace(self, values=values, units=frame, coders=tuple(coders or self.coders))

    def places(self, coders: list[str]) -> list[int]:
        """Return the rows of these coders' values."""
        return [self.coders.index(coder) for coder in coders]

    def pairs(self) -> list[tuple[str, str]]:
        """Return all pairs of coders, sorted by name."""
        names = sorted(self.coders, key=natural)
        return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]

    @property
    def cluster(self) -> np.ndarray | None:
        """Case of each unit, or None where cases are not known."""
        return None if self.units["case_id"].isna().any() else self.units["case_id"].to_numpy(object)


def ratings(
    corpus: Corpus, study: Study, variable: str, stage: str = "independent", round_: int | None = None
) -> Ratings:
    """Return the ratings of a declared variable, which are of segments whatever the unit for codes.

    Parameters
    ----------
    corpus : Corpus
    study : Study
        Its ``agreement.where`` and the variable's own filter say which segments count.
    variable : str
        A name under ``variables`` in study.yml.
    stage : str
    round_ : int, optional
        The last one where not given.

    Raises
    ------
    AgreementError
        If the unit asked for cannot be formed.
    """
    declared = study.variables[variable]
    segments = universe_of(corpus, _both(study.agreement.where, declared.where))
    codings, round_ = of_round(corpus, variable, stage, round_)
    codings = codings[places(segments["segment_id"], codings["segment_id"]) >= 0]
    domain = tuple(declared.values or sorted(codings["value"].unique().tolist(), key=natural))
    frame = _frame(corpus, study, segments, codings, variable, domain, stage, round_)
    values = np.full((len(frame.coders), len(frame.units)), np.nan)
    coder, unit = _places(frame, codings)
    values[coder, unit] = codings["value"].map({v: place for place, v in enumerate(domain)}).to_numpy(float)
    rated = replace(frame, values=values)
    return rated.select(units=(~np.isnan(values)).sum(axis=0) >= max(1, study.agreement.where.at_least))


def universe(asked: pd.DataFrame, all_coded: bool) -> str:
    """Return what the units are all of: what was assigned, what anybody coded, or the whole text."""
    return "assigned" if not asked.empty else "coded_by_anyone" if all_coded else "all_text"


def _both(first: Where, second: Where) -> Where:
    given = second.model_dump(exclude_none=True)
    return first.model_copy(update=given)


def of_round(corpus: Corpus, variable: str, stage: str, round_: int | None) -> tuple[pd.DataFrame, int]:
    """Return what people coded at a stage and round, the last where none is named, and which round it is."""
    rounds = corpus.rounds(variable, stage)
    last = round_ if round_ is not None else (rounds[-1] if rounds else 1)
    codings = corpus.of(variable, stage, last)
    return codings[codings["coder_id"].isin(humans(corpus))], last


def _frame(
    corpus: Corpus,
    study: Study,
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    variable: str,
    domain: tuple[str, ...],
    stage: str,
    round_: int,
) -> Ratings:
    """Return ratings of a variable without values: the coders and segments that they will stand at."""
    rated = set(codings["coder_id"])
    coders = tuple(coder for coder in humans(corpus) if coder in rated)
    units = segments.rename(columns={"segment_id": "unit_id"})[UNIT_COLUMNS]
    asked = sight.assigned(corpus, variable, stage, round_)
    return Ratings(
        variable=variable,
        code_id=None,
        kind=study.variables[variable].kind,
        values=np.empty((len(coders), len(units))),
        domain=domain,
        coders=coders,
        units=units,
        unit="segment",
        universe=universe(asked, _all_in(segments["segment_id"], codings["segment_id"])),
        assumption="coded_documents" if asked.empty else "assigned",
        segmentation=study.segmentation or "shared",
        stage=stage,
        round=round_,
        codebook_version=max(codings["codebook_version"].dropna(), key=natural, default=None),
    )


def _all_in(names: pd.Series, given: pd.Series) -> bool:
    return bool((places(given.drop_duplicates(), names) >= 0).all())


def _places(frame: Ratings, codings: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the coder's and the unit's place of each coding; codings of other coders must be gone."""
    coder = pd.Index(frame.coders).get_indexer(codings["coder_id"])
    unit = pd.Index(frame.units["unit_id"]).get_indexer(codings["segment_id"])
    return coder, unit
