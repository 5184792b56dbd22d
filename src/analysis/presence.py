"""Which codes each coder applied to which unit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from . import sight
from .coders import humans
from .corpus import Corpus, natural
from .division import GATHERED, SPANNED, UNIT_COLUMNS, divide, gathered_in, universe_of
from .errors import AgreementError, Problem, did_you_mean, quoted
from .places import places
from .study import Study
from .units import Ratings, of_round, universe

__all__ = ["ASSUMPTIONS", "Presence", "presence"]

ASSUMPTIONS = (
    "assigned",  # who was asked to code what is recorded
    "coded_documents",  # coders saw only documents that they coded
    "all_documents",  # coders saw all documents
)


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
        One of :data:`ASSUMPTIONS`; by default what is recorded, else ``coded_documents``.
    stage : str
    round_ : int, optional
        The last one where not given.

    Raises
    ------
    AgreementError
        If the material cannot be divided into the unit asked for, or the assumption is none.
    """
    plan = study.agreement
    if plan.unit == "segment" and study.segmentation == "own":
        what = (
            "each coder drew their own segments (segmentation: own), so segments cannot be compared one by "
            "one. Write unit: character, sentence, paragraph, turn, document or case."
        )
        raise AgreementError(Problem(what, file="study.yml", column="agreement.unit"))
    units = divide(corpus, plan.where, plan.unit)
    codings, round_ = of_round(corpus, "codes", stage, round_)
    asked = sight.assigned(corpus, "codes", stage, round_)
    assumption = _assumed(assumption, asked)
    inside = codings[places(universe_of(corpus, plan.where)["segment_id"], codings["segment_id"]) >= 0]
    involved = {*inside["coder_id"], *asked["coder_id"]}
    coders = tuple(coder for coder in humans(corpus) if coder in involved)
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
        universe=universe(asked, marks["unit"].nunique() == len(units)),
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


def _assumed(assumption: str | None, asked: pd.DataFrame) -> str:
    """Return the assumption about who saw what; where none is named, what is recorded decides."""
    if assumption is None:
        return "coded_documents" if asked.empty else "assigned"
    if assumption not in ASSUMPTIONS:
        raise AgreementError(
            f"{quoted(assumption)} is no assumption about who saw what."
            f"{did_you_mean(assumption, ASSUMPTIONS)}",
            next_step=f"Assumptions are {', '.join(ASSUMPTIONS)}.",
        )
    return assumption


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
