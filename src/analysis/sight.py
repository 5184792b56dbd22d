"""Who saw what: a unit not seen, or coded before a code was introduced, is no absence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .corpus import Corpus, natural

__all__ = ["assigned", "not_yet", "seen"]


def assigned(corpus: Corpus, variable: str, stage: str, round_: int) -> pd.DataFrame:
    """Return the rows of assignments that speak of a variable, stage and round."""
    asked = corpus.assignments
    mine = (asked["stage"] == stage) & (asked["round"] == round_)
    return asked[mine & (asked["variable"].isna() | (asked["variable"] == variable))]


def seen(
    corpus: Corpus,
    units: pd.DataFrame,
    coders: tuple[str, ...],
    codings: pd.DataFrame,
    asked: pd.DataFrame,
    assumption: str,
) -> np.ndarray:
    """Return which coder saw which unit.

    Parameters
    ----------
    corpus : Corpus
    units : DataFrame
        ``unit_id``, ``document_id``, ``case_id``, and ``start``, ``end`` where units are spans.
    coders : tuple of str
    codings : DataFrame
        All codings of the stage and round.
    asked : DataFrame
        As returned by :func:`assigned`.
    assumption : str
        assigned, coded_documents or all_documents.

    Returns
    -------
    ndarray of bool, shape (M coders, N units)
    """
    if assumption == "all_documents":
        return np.ones((len(coders), len(units)), dtype=bool)
    at = corpus.segments.set_index("segment_id")
    home = units["document_id"].fillna(units["case_id"]).fillna(units["unit_id"])
    if assumption == "assigned":
        documents = asked[["coder_id", "document_id"]].dropna()
        segments = asked[["coder_id", "segment_id"]].dropna()
    else:
        where = at["document_id"].fillna(at["case_id"])
        segments = codings[["coder_id", "segment_id"]]
        documents = segments.assign(document_id=segments["segment_id"].map(where)).dropna()
    cases = documents.assign(document_id=documents["document_id"].map(_case_of(corpus))).dropna()
    shown = np.zeros((len(coders), len(units)), dtype=bool)
    for place, coder in enumerate(coders):
        whole = pd.concat([part.loc[part["coder_id"] == coder, "document_id"] for part in (documents, cases)])
        mine = segments.loc[segments["coder_id"] == coder, "segment_id"]
        shown[place] = home.isin(whole) | units["unit_id"].isin(mine) | _touched(units, at.reindex(mine))
    return shown


def not_yet(corpus: Corpus, units: pd.DataFrame, codings: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return code -> units (mask of length N) coded with a codebook that did not hold the code yet."""
    home = corpus.segments.set_index("segment_id")["document_id"]
    used = codings.assign(document_id=codings["segment_id"].map(home)).dropna(subset=["codebook_version"])
    latest = used.groupby("document_id")["codebook_version"].agg(lambda v: max(v, key=natural))
    stated = corpus.documents.set_index("document_id")["coded_version"]
    version = units["document_id"].map(stated).astype("string")
    version = version.fillna(units["document_id"].map(latest).astype("string"))
    place = {v: natural(v) for v in version.dropna().unique()}
    introduced = corpus.codes.dropna(subset=["introduced_version"])
    masks = {
        code: version.isin([v for v in place if place[v] < natural(first)]).to_numpy(bool)
        for code, first in introduced[["code_id", "introduced_version"]].itertuples(index=False)
    }
    return {code: mask for code, mask in masks.items() if mask.any()}


def _case_of(corpus: Corpus) -> pd.Series:
    """Return document -> case: a unit that gathers several documents is seen with any of them."""
    return corpus.documents.set_index("document_id")["case_id"]


def _touched(units: pd.DataFrame, segments: pd.DataFrame) -> np.ndarray:
    """Return which units that are spans touch one of these segments."""
    touched = np.zeros(len(units), dtype=bool)
    if "start" not in units:
        return touched
    for document, part in segments.dropna(subset=["document_id", "start", "end"]).groupby("document_id"):
        rows = np.flatnonzero((units["document_id"] == document).to_numpy(bool))
        start, end = (units[name].to_numpy(np.int64)[rows] for name in ("start", "end"))
        first = np.searchsorted(end, part["start"].to_numpy(np.int64), side="right")
        last = np.searchsorted(start, part["end"].to_numpy(np.int64), side="left")
        steps = np.zeros(len(rows) + 1, dtype=np.int64)
        np.add.at(steps, first, 1)
        np.add.at(steps, np.maximum(first, last), -1)
        touched[rows] = np.cumsum(steps[:-1]) > 0
    return touched
