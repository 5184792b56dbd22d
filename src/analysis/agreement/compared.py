"""Which units a coefficient compares, and what each coder gave each of them: the way back from a number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ..corpus import Corpus
from ..division import GATHERED, gathered_in, universe_of
from ..presence import Presence, presence
from ..study import Study
from ..units import Ratings, ratings
from .coefficients import MEASURES

__all__ = ["Compared", "Comparisons", "Subject", "subject"]

OVER_CODES = ("mean", "stacked", "median", "min", "max")
UNITIZING = ("alpha_u", "alpha_cu")
NOT_GIVEN = "–"


@dataclass(frozen=True)
class Subject:
    """What the key of a coefficient names: variable, code, measure, and how codes are taken together."""

    variable: str
    code_id: str | None
    measure: str
    over: str | None


@dataclass(frozen=True)
class Compared:
    """Units that two coders rated, or more, and what was given.

    Parameters
    ----------
    ids : tuple of str
        N units.
    coders : tuple of str
        M coders.
    cells : ndarray of str or None, shape (M, N)
        What each coder gave each unit; None where a coder did not rate it.
    segments : tuple of str
        Segments behind the units.
    said : str
    """

    ids: tuple[str, ...]
    coders: tuple[str, ...]
    cells: np.ndarray
    segments: tuple[str, ...]
    said: str

    @property
    def differ(self) -> np.ndarray:
        """Which units were not rated alike, (N,) of bool."""
        return np.array([len(set(each) - {None}) > 1 for each in self.cells.T], dtype=bool)

    def select(self, units: np.ndarray) -> Compared:
        """Return some of the units (a mask of length N)."""
        ids = tuple(name for name, keep in zip(self.ids, units, strict=True) if keep)
        segments = tuple(name for name in self.segments if name in set(ids)) or self.segments
        return Compared(ids, self.coders, self.cells[:, units], segments, self.said)

    def table(self) -> tuple[Mapping[str, Any], ...]:
        """Return the contingency table: what each coder gave, and how many units were given that."""
        counts = Counter(tuple(NOT_GIVEN if v is None else v for v in each) for each in self.cells.T)
        rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(dict(zip(self.coders, given, strict=True)) | {"n": n} for given, n in rows)


def subject(parts: Sequence[str]) -> Subject:
    """Return what the parts of a key after ``agreement`` name.

    Examples
    --------
    >>> subject(["codes", "waiting", "percent"])
    Subject(variable='codes', code_id='waiting', measure='percent', over=None)
    >>> subject(["codes", "percent", "mean"]).over
    'mean'
    """
    variable, *rest = parts
    last = rest[-1]
    is_over = last not in (*MEASURES, *UNITIZING) and (last in OVER_CODES or last.startswith("set_"))
    over = last if is_over and len(rest) > 1 else None
    rest = rest[:-1] if over else rest
    return Subject(variable, rest[0] if len(rest) > 1 else None, rest[-1], over)


class Comparisons:
    """What a study's coders are compared on, for any of its coefficients.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    """

    def __init__(self, corpus: Corpus, study: Study) -> None:
        self.corpus, self.study = corpus, study
        self._seen = cache(lambda *about: presence(corpus, study, *about))

    def of(self, variable: str, code_id: str | None, only: Mapping[str, str]) -> Compared:
        """Return the units behind a line of agreement.csv.

        Parameters
        ----------
        variable : str
        code_id : str or None
            For ``codes``; all of them where it is None.
        only : mapping
            What stands in the brackets of the key: pair, group, stage, round, assumption.
        """
        part, whole = self._rated(variable, code_id, only)
        cells = _cells(part, whole)
        keep = (cells != None).sum(axis=0) > 1  # noqa: E711  (an array is compared cell by cell)
        units = part.units[keep].reset_index(drop=True)
        segments = _segments(self.corpus, self.study, part, units)
        return Compared(tuple(units["unit_id"]), part.coders, cells[:, keep], segments, _said(part, only))

    def _rated(
        self, variable: str, code_id: str | None, only: Mapping[str, str]
    ) -> tuple[Ratings, Presence | None]:
        """Return the ratings that a key speaks of; all codes at once come as their Presence beside it."""
        pair = only["pair"].split("|") if "pair" in only else None
        stage, round_ = only.get("stage", "independent"), only.get("round")
        at = int(round_) if round_ is not None else None
        if pair and all(" round " in name for name in pair):
            return self._one_coder(str(code_id), pair), None
        whole: Presence | None = None
        if variable == "codes":
            whole = self._seen(only.get("assumption"), stage, at)
            part = whole.of(code_id) if code_id is not None else whole.frame
        else:
            part = ratings(self.corpus, self.study, variable, stage, at)
        keep = np.ones(len(part.units), dtype=bool)
        if "group" in only:
            keep = (part.units["group"] == only["group"]).to_numpy(bool)
        return part.select(units=keep, coders=pair), None if code_id is not None else whole

    def _one_coder(self, code_id: str, names: Sequence[str]) -> Ratings:
        """Return one coder's two rounds as if two coders."""
        parts = []
        for name in names:
            coder, _, round_ = name.rpartition(" round ")
            parts.append(self._seen(None, "independent", int(round_)).of(code_id).select(coders=[coder]))
        before, after = parts
        earlier = pd.Series(before.values[0], index=before.units["unit_id"]).reindex(after.units["unit_id"])
        return replace(after, values=np.stack([earlier.to_numpy(), after.values[0]]), coders=tuple(names))


def _cells(part: Ratings, whole: Presence | None) -> np.ndarray:
    """Return what each coder gave each unit, (M, N): a value, yes or no, or how many codes."""
    if whole is not None:
        given = np.full((len(whole.frame.coders), len(whole.frame.units)), None, dtype=object)
        counts = np.zeros(given.shape, dtype=int)
        np.add.at(counts, (whole.marks["coder"].to_numpy(int), whole.marks["unit"].to_numpy(int)), 1)
        given[whole.seen] = [f"{n} codes" for n in counts[whole.seen]]
        rows = [whole.frame.coders.index(coder) for coder in part.coders]
        columns = pd.Index(whole.frame.units["unit_id"]).get_indexer(part.units["unit_id"])
        return given[np.ix_(rows, columns)]
    words = ("no", "yes") if part.variable == "codes" else part.domain
    labels = np.array([*words, None], dtype=object)
    return labels[np.where(np.isnan(part.values), len(words), part.values).astype(int)]


def _segments(corpus: Corpus, study: Study, part: Ratings, units: pd.DataFrame) -> tuple[str, ...]:
    """Return the segments behind units: themselves, those gathered in them, or those coded in their text."""
    inside = universe_of(corpus, study.agreement.where)
    if part.unit in GATHERED and part.variable == "codes":
        inside = inside[gathered_in(inside, part.unit).isin(units["unit_id"])]
    elif part.unit == "segment" or part.variable != "codes":
        return tuple(units["unit_id"])
    else:
        codings = corpus.of("codes", part.stage, part.round)
        mine = codings if part.code_id is None else codings[codings["value"] == part.code_id]
        inside = inside[inside["segment_id"].isin(mine["segment_id"])]
        inside = inside[inside["document_id"].isin(units["document_id"])]
    return tuple(inside["segment_id"])


def _said(part: Ratings, only: Mapping[str, str]) -> str:
    unit = part.unit if part.variable == "codes" else "segment"
    said = f"Every {unit} that two coders rated, or more; {part.stage} codings, round {part.round}"
    said += f", {part.assumption.replace('_', ' ')}" if part.variable == "codes" else ""
    return f"{said}{', group ' + only['group'] if 'group' in only else ''}."
