"""The coded interviews of everybody and of each group in the order they were held, and their codes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .corpus import Corpus
from .counting import Counted
from .incidence import incidence
from .places import places
from .study import METHOD_NAMES, Study

__all__ = ["Interviews", "guides", "interviews_of"]


@dataclass(frozen=True)
class Interviews:
    """The interviews of a group in the recorded order; letters: n interviews, V applied codes.

    Parameters
    ----------
    group : str
        ``all`` for everybody.
    cases : tuple of str
    present : ndarray of bool, shape (n, V)
        Whether a code stands in an interview.
    sets : dict of tuple of ndarray and str
        Set of codes (all, emergent) -> which of V, and why that is not known.
    why : str
        Why nothing can be said of their order; empty where something can.
    """

    group: str
    cases: tuple[str, ...]
    present: np.ndarray
    sets: dict[str, tuple[np.ndarray, str]]
    why: str


def interviews_of(corpus: Corpus, study: Study, counted: Counted) -> Iterator[Interviews]:
    """Yield everybody's interviews, then each group's where there are several."""
    whole = incidence(corpus, counted).cases
    applied, raised = whole.any(axis=1), np.asarray(whole.any(axis=0))
    present, coded = whole[applied].T, _coded(corpus, raised)
    sets = _sets(corpus.codes[applied])
    for group in ["all", *(corpus.groups if len(corpus.groups) > 1 else [])]:
        order, why = _in_order(corpus, coded, group)
        cases = tuple(corpus.cases["case_id"].iloc[order])
        yield Interviews(group, cases, present[order], sets, why or _excluded(study))


def guides(corpus: Corpus, cases: tuple[str, ...]) -> list[str]:
    """Return the version of the interview guide that each was held with; empty where it is not known."""
    versions = corpus.documents.dropna(subset=["guide_version"]).groupby("case_id")["guide_version"].first()
    return versions.astype("string").reindex(list(cases)).fillna("").tolist()


def _coded(corpus: Corpus, raised: np.ndarray) -> np.ndarray:
    """Return whose interviews were coded at all, also where no coding of theirs counts, shape (P,)."""
    quiet = corpus.segments[corpus.segments["case_id"].isin(corpus.cases.loc[~raised, "case_id"])]
    mine = (corpus.codings["variable"] == "codes").to_numpy(bool)
    if quiet.empty:
        return raised
    found = places(quiet["segment_id"], corpus.codings.loc[mine, "segment_id"])
    coded = quiet["case_id"].iloc[np.unique(found[found >= 0])]
    return raised | corpus.cases["case_id"].isin(coded.unique()).to_numpy(bool)


def _in_order(corpus: Corpus, coded: np.ndarray, group: str) -> tuple[np.ndarray, str]:
    """Return the places of a group's coded interviews in the order they were held, and why it is unknown."""
    mine = coded & ((corpus.cases["group"] == group).fillna(False).to_numpy(bool) | (group == "all"))
    order = corpus.cases.loc[mine, "interview_order"]
    why = ""
    if order.isna().any():
        why = f"the order of the interviews is unknown for {int(order.isna().sum())} of {len(order)}"
    elif order.duplicated().any():
        why = "the order of the interviews is not settled: some have the same number"
    return order.sort_values(kind="stable").index.to_numpy(), why


def _excluded(study: Study) -> str:
    if study.method != "reflexive":
        return ""
    return f"it is not part of {METHOD_NAMES[study.method]}, where codes are not counted towards an end"


def _sets(applied: pd.DataFrame) -> dict[str, tuple[np.ndarray, str]]:
    """Return which codes are in each set, or why that is not known."""
    every = np.ones(len(applied), dtype=bool)
    if applied["a_priori"].isna().any():
        why = "the codebook does not say of every code whether it was there beforehand (a_priori)"
        return {"all": (every, ""), "emergent": (~every, why)}
    emergent = ~applied["a_priori"].to_numpy(bool)
    why = "" if emergent.any() else "every code was there beforehand"
    return {"all": (every, ""), "emergent": (emergent, why)}
