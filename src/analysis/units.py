"""What exactly is rated: codings of a study as ratings of units by coders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .corpus import Corpus, natural
from .errors import AgreementError, Problem
from .study import Study, Where

__all__ = ["ASSUMPTIONS", "Presence", "Ratings", "presence", "ratings", "universe_of"]

INTERVIEWERS = ("interviewer", "moderator", "researcher")
ASSUMPTIONS = {
    "assigned": "who was asked to code what is recorded",
    "coded_documents": "coders saw only documents that they coded",
    "all_documents": "coders saw all documents",
}


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
        rows = slice(None) if coders is None else [self.coders.index(coder) for coder in coders]
        values = self.values[rows]
        frame = self.units
        if units is not None:
            values, frame = values[:, units], frame[units].reset_index(drop=True)
        return replace(self, values=values, units=frame, coders=tuple(coders or self.coders))

    def pairs(self) -> list[tuple[str, str]]:
        """Return all pairs of coders, sorted by name."""
        names = sorted(self.coders, key=natural)
        return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]

    @property
    def cluster(self) -> np.ndarray | None:
        """Case of each unit, or None where cases are not known."""
        return None if self.units["case_id"].isna().any() else self.units["case_id"].to_numpy(object)


@dataclass(frozen=True)
class Presence:
    """Which codes each coder applied to which unit; a unit that a coder did not see is no absence.

    Parameters
    ----------
    seen : ndarray of bool, shape (M coders, N units)
    marks : DataFrame
        ``coder`` and ``unit`` (places in `seen`), ``code_id``.
    not_yet : dict
        Code -> units (mask of length N) coded by a codebook that did not hold the code yet.
    frame : Ratings
        Coders, units and everything else that is the same for all codes (values are empty).
    codes : tuple of str
    """

    seen: np.ndarray
    marks: pd.DataFrame
    frame: Ratings
    codes: tuple[str, ...]
    not_yet: dict[str, np.ndarray]

    def of(self, code_id: str) -> Ratings:
        """Return presence (1) and absence (0) of one code, nan where a coder did not see the unit."""
        values = np.where(self.seen, 0.0, np.nan)
        mine = self.marks[self.marks["code_id"] == code_id]
        if code_id in self.not_yet:
            values[:, self.not_yet[code_id]] = np.nan
        values[mine["coder"].to_numpy(int), mine["unit"].to_numpy(int)] = 1.0
        return replace(self.frame, code_id=code_id, values=values)


def universe_of(corpus: Corpus, where: Where) -> pd.DataFrame:
    """Return the segments that a filter admits, with their case's group; interviewers' speech is left out.

    An interviewer's segments stay in only where the filter names that speaker.
    """
    groups = corpus.cases.set_index("case_id")["group"]
    segments = corpus.segments.assign(group=corpus.segments["case_id"].map(groups))
    keep = pd.Series(True, index=segments.index)
    if where.speaker is None:
        keep &= ~segments["speaker"].str.casefold().isin(INTERVIEWERS).fillna(False)
    for column, allowed in where.columns().items():
        keep &= segments[column].isin(allowed)
    return segments[keep].reset_index(drop=True)


def ratings(
    corpus: Corpus, study: Study, variable: str, stage: str = "independent", round_: int | None = None
) -> Ratings:
    """Return the ratings of a declared variable.

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
    codings, round_ = _of_round(corpus, variable, stage, round_)
    codings = codings[codings["segment_id"].isin(segments["segment_id"])]
    domain = tuple(declared.values or sorted(codings["value"].unique().tolist(), key=natural))
    frame = _frame(corpus, study, segments, codings, variable, declared.kind, domain, stage, round_)
    values = np.full((len(frame.coders), len(frame.units)), np.nan)
    coder, unit = _places(frame, codings)
    values[coder, unit] = codings["value"].map({v: place for place, v in enumerate(domain)}).to_numpy(float)
    rated = replace(frame, values=values)
    return rated.select(units=(~np.isnan(values)).sum(axis=0) >= max(1, study.agreement.where.at_least))


def presence(
    corpus: Corpus,
    study: Study,
    assumption: str | None = None,
    stage: str = "independent",
    round_: int | None = None,
) -> Presence:
    """Return presence and absence of every code that was applied at a stage and round.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    assumption : str, optional
        A key of :data:`ASSUMPTIONS`; by default what is recorded, else ``coded_documents``.
    stage : str
    round_ : int, optional
        The last one where not given.
    """
    segments = universe_of(corpus, study.agreement.where)
    codings, round_ = _of_round(corpus, "codes", stage, round_)
    asked = _assigned(corpus, "codes", stage, round_)
    assumption = assumption or ("coded_documents" if asked.empty else "assigned")
    inside = codings[codings["segment_id"].isin(segments["segment_id"])]
    frame = _frame(corpus, study, segments, inside, "codes", "nominal", ("0", "1"), stage, round_)
    frame = replace(frame, assumption=assumption)
    seen = _seen(corpus, frame, codings, asked, assumption)
    coder, unit = _places(frame, inside)
    seen[coder, unit] = True
    marks = pd.DataFrame({"coder": coder, "unit": unit, "code_id": inside["value"].to_numpy(object)})
    keep = seen.sum(axis=0) >= max(1, study.agreement.where.at_least)
    place = np.cumsum(keep) - 1
    marks = marks[keep[marks["unit"]]].assign(unit=lambda m: place[m["unit"]])
    codes = tuple(c for c in corpus.codes["code_id"] if c in set(marks["code_id"]))
    kept = frame.select(units=keep)
    not_yet = _not_yet(corpus, kept.units, inside)
    return Presence(seen[:, keep], marks.reset_index(drop=True), kept, codes, not_yet)


def _both(first: Where, second: Where) -> Where:
    given = second.model_dump(exclude_none=True)
    return first.model_copy(update=given)


def _of_round(corpus: Corpus, variable: str, stage: str, round_: int | None) -> tuple[pd.DataFrame, int]:
    rounds = corpus.rounds(variable, stage)
    last = round_ if round_ is not None else (rounds[-1] if rounds else 1)
    codings = corpus.of(variable, stage, last)
    return codings[codings["coder_id"].isin(_humans(corpus))], last


def _humans(corpus: Corpus) -> pd.Series:
    return corpus.coders.loc[corpus.coders["kind"].fillna("human") == "human", "coder_id"]


def _not_yet(corpus: Corpus, units: pd.DataFrame, codings: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return code -> units coded by a codebook version from before the code was introduced."""
    home = corpus.segments.set_index("segment_id")["document_id"]
    used = codings.assign(document_id=codings["segment_id"].map(home)).dropna(subset=["codebook_version"])
    latest = used.groupby("document_id")["codebook_version"].agg(lambda v: max(v, key=natural))
    stated = corpus.documents.set_index("document_id")["coded_version"]
    version = units["document_id"].map(stated).fillna(units["document_id"].map(latest))
    introduced = corpus.codes.dropna(subset=["introduced_version"])
    masks = {
        code: np.array([not pd.isna(v) and natural(v) < natural(first) for v in version], dtype=bool)
        for code, first in introduced[["code_id", "introduced_version"]].itertuples(index=False)
    }
    return {code: mask for code, mask in masks.items() if mask.any()}


def _assigned(corpus: Corpus, variable: str, stage: str, round_: int) -> pd.DataFrame:
    asked = corpus.assignments
    mine = (asked["stage"] == stage) & (asked["round"] == round_)
    return asked[mine & (asked["variable"].isna() | (asked["variable"] == variable))]


def _frame(
    corpus: Corpus,
    study: Study,
    segments: pd.DataFrame,
    codings: pd.DataFrame,
    variable: str,
    kind: str,
    domain: tuple[str, ...],
    stage: str,
    round_: int,
) -> Ratings:
    """Return ratings without values: the coders and units that they will stand at."""
    if study.agreement.unit != "segment":
        what = f"unit {study.agreement.unit} is not available; write `unit: segment`."
        raise AgreementError(Problem(what, file="study.yml", column="agreement.unit"))
    if study.segmentation == "own":
        what = (
            "each coder drew their own segments (segmentation: own), so segments cannot be compared "
            "one by one."
        )
        raise AgreementError(Problem(what, file="study.yml", column="agreement.unit"))
    coders = tuple(coder for coder in _humans(corpus) if coder in set(codings["coder_id"]))
    units = segments[["segment_id", "document_id", "case_id", "group"]].rename(
        columns={"segment_id": "unit_id"}
    )
    asked = _assigned(corpus, variable, stage, round_)
    coded = segments["segment_id"].isin(codings["segment_id"]).all()
    universe = "assigned" if not asked.empty else "coded_by_anyone" if coded else "all_text"
    assumption = "assigned" if not asked.empty else "coded_documents"
    return Ratings(
        variable=variable,
        code_id=None,
        kind=kind,
        values=np.empty((len(coders), len(units))),
        domain=domain,
        coders=coders,
        units=units,
        unit="segment",
        universe=universe,
        assumption=assumption,
        segmentation=study.segmentation or "shared",
        stage=stage,
        round=round_,
    )


def _places(frame: Ratings, codings: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the coder's and the unit's place of each coding; codings of other coders must be gone."""
    coder = pd.Index(frame.coders).get_indexer(codings["coder_id"])
    unit = pd.Index(frame.units["unit_id"]).get_indexer(codings["segment_id"])
    return coder, unit


def _seen(
    corpus: Corpus, frame: Ratings, codings: pd.DataFrame, asked: pd.DataFrame, assumption: str
) -> np.ndarray:
    """Return which coder saw which unit, shape (M coders, N units)."""
    shape = (len(frame.coders), len(frame.units))
    if assumption == "all_documents":
        return np.ones(shape, dtype=bool)
    home = frame.units["document_id"].fillna(frame.units["case_id"]).fillna(frame.units["unit_id"])
    if assumption == "assigned":
        shown = asked[["coder_id", "segment_id", "document_id"]]
    else:
        at = corpus.segments.set_index("segment_id")[["document_id", "case_id"]]
        where = at["document_id"].fillna(at["case_id"])
        shown = pd.DataFrame(
            {
                "coder_id": codings["coder_id"],
                "segment_id": pd.NA,
                "document_id": codings["segment_id"].map(where).fillna(codings["segment_id"]),
            }
        )
    seen = np.zeros(shape, dtype=bool)
    for place, coder in enumerate(frame.coders):
        mine = shown[shown["coder_id"] == coder]
        seen[place] = home.isin(mine["document_id"].dropna()) | frame.units["unit_id"].isin(
            mine["segment_id"].dropna()
        )
    return seen
