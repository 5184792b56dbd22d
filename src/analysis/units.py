"""What exactly is rated: codings of a study as ratings of units by coders."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from . import sight
from .corpus import Corpus, natural
from .division import GATHERED, SPANNED, UNIT_COLUMNS, divide, gathered_in, universe_of
from .errors import AgreementError, Problem
from .places import places
from .study import Study, Where

__all__ = ["ASSUMPTIONS", "Presence", "Ratings", "presence", "ratings"]

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

    def sets(self) -> list[list[frozenset[str] | None]]:
        """Return the set of codes that each coder gave each unit; None where the coder did not see it."""
        given: dict[tuple[int, int], set[str]] = {}
        for coder, unit, code in self.marks[["coder", "unit", "code_id"]].itertuples(index=False):
            given.setdefault((coder, unit), set()).add(code)
        return [
            [frozenset(given.get((coder, unit), ())) if seen else None for unit, seen in enumerate(row)]
            for coder, row in enumerate(self.seen)
        ]


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
    codings, round_ = _of_round(corpus, variable, stage, round_)
    codings = codings[places(segments["segment_id"], codings["segment_id"]) >= 0]
    domain = tuple(declared.values or sorted(codings["value"].unique().tolist(), key=natural))
    frame = _frame(corpus, study, segments, codings, variable, domain, stage, round_)
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

    A coder applied a code to a unit that is a span if one of their spans with that code touches it, and to a
    document, case or question if one of its segments carries it.

    Parameters
    ----------
    corpus : Corpus
    study : Study
        Its ``agreement.unit`` and ``agreement.where`` say what the units are.
    assumption : str, optional
        A key of :data:`ASSUMPTIONS`; by default what is recorded, else ``coded_documents``.
    stage : str
    round_ : int, optional
        The last one where not given.

    Raises
    ------
    AgreementError
        If the material cannot be divided into the unit asked for.
    """
    plan = study.agreement
    if plan.unit == "segment" and study.segmentation == "own":
        what = (
            "each coder drew their own segments (segmentation: own), so segments cannot be compared one by "
            "one. Write unit: character, sentence, paragraph, turn, document or case."
        )
        raise AgreementError(Problem(what, file="study.yml", column="agreement.unit"))
    units = divide(corpus, plan.where, plan.unit)
    codings, round_ = _of_round(corpus, "codes", stage, round_)
    asked = sight.assigned(corpus, "codes", stage, round_)
    assumption = assumption or ("coded_documents" if asked.empty else "assigned")
    inside = codings[places(universe_of(corpus, plan.where)["segment_id"], codings["segment_id"]) >= 0]
    humans = _humans(corpus)
    involved = {*inside["coder_id"], *asked["coder_id"]}
    coders = tuple(coder for coder in humans if coder in involved)
    marks = _marks(corpus, inside, units, coders, plan.unit)
    frame = Ratings(
        variable="codes",
        code_id=None,
        kind="nominal",
        values=np.empty((len(coders), len(units))),
        domain=("0", "1"),
        coders=coders,
        units=units[UNIT_COLUMNS],
        unit=plan.unit,
        universe=_universe(asked, marks["unit"].nunique() == len(units)),
        assumption=assumption,
        segmentation=study.segmentation or "shared",
        stage=stage,
        round=round_,
        codebook_version=max(inside["codebook_version"].dropna(), key=natural, default=None),
    )
    seen = sight.seen(corpus, units, coders, codings, asked, assumption)
    seen[marks["coder"], marks["unit"]] = True
    keep = seen.sum(axis=0) >= max(1, plan.where.at_least)
    place = np.cumsum(keep) - 1
    marks = marks[keep[marks["unit"]]].assign(unit=lambda m: place[m["unit"]]).reset_index(drop=True)
    applied = set(marks["code_id"])
    codes = tuple(code for code in corpus.codes["code_id"] if code in applied)
    kept = frame.select(units=keep)
    return Presence(seen[:, keep], marks, kept, codes, sight.not_yet(corpus, kept.units, inside))


def _universe(asked: pd.DataFrame, all_coded: bool) -> str:
    return "assigned" if not asked.empty else "coded_by_anyone" if all_coded else "all_text"


def _marks(
    corpus: Corpus, codings: pd.DataFrame, units: pd.DataFrame, coders: tuple[str, ...], unit: str
) -> pd.DataFrame:
    """Return one row a coder, unit and code: ``coder`` and ``unit`` as places, ``code_id``."""
    if unit in SPANNED:
        found = _touched(corpus, codings, units)
    else:
        home = codings["segment_id"]
        if unit in GATHERED:
            segments = corpus.segments.set_index("segment_id", drop=False)
            home = home.map(gathered_in(segments, unit))
        found = codings.assign(unit=pd.Index(units["unit_id"]).get_indexer(home))
        found = found[found["unit"] >= 0]
    marks = found.assign(coder=pd.Index(coders).get_indexer(found["coder_id"]), code_id=found["value"])
    marks = marks.loc[marks["coder"] >= 0, ["coder", "unit", "code_id"]].drop_duplicates()
    return marks.astype({"coder": int, "unit": int}).reset_index(drop=True)


def _touched(corpus: Corpus, codings: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return codings repeated for every unit that their span touches; no span is the whole document."""
    at = corpus.segments.set_index("segment_id")[["document_id", "start", "end"]]
    spans = codings.join(at, on="segment_id").dropna(subset=["document_id"])
    length = corpus.documents.set_index("document_id")["text"].str.len()
    start = spans["start"].fillna(0).to_numpy(np.int64)
    end = spans["end"].fillna(spans["document_id"].map(length)).fillna(0).to_numpy(np.int64)
    parts = []
    order = units.reset_index(drop=True)
    for document, rows in spans.groupby("document_id", sort=False).indices.items():
        mine = order[order["document_id"] == document]
        first = np.searchsorted(mine["end"].to_numpy(np.int64), start[rows], side="right")
        last = np.searchsorted(mine["start"].to_numpy(np.int64), end[rows], side="left")
        n = np.maximum(last - first, 0)
        place = np.repeat(first - np.cumsum(n) + n, n) + np.arange(n.sum())
        parts.append(spans.iloc[np.repeat(rows, n)].assign(unit=mine.index.to_numpy()[place]))
    return pd.concat(parts) if parts else spans.assign(unit=0)


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
    coders = tuple(coder for coder in _humans(corpus) if coder in rated)
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
        universe=_universe(asked, _all_in(segments["segment_id"], codings["segment_id"])),
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
