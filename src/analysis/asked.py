"""What the interviews covered: which participants were asked about a code, and of whom that is on record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .corpus import Corpus

__all__ = ["Asked", "asked_about", "unused"]


@dataclass(frozen=True)
class Asked:
    """Who was asked about which code; letters: V codes, P cases, in the order of their tables.

    Parameters
    ----------
    yes : ndarray of bool, shape (V, P)
        Asked about a domain of the code.
    recorded : ndarray of bool, shape (V, P)
        Whether it is on record that they were asked, or were not.
    """

    yes: np.ndarray
    recorded: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """Whether anybody's record speaks of the code, shape (V,)."""
        return np.asarray(self.recorded.any(axis=1))

    @property
    def no(self) -> np.ndarray:
        """On record as not asked, shape (V, P)."""
        return self.recorded & ~self.yes


def asked_about(corpus: Corpus) -> Asked:
    """Return who was asked about each code, which is to say about its domain.

    A code without a domain of its own is of its theme's; a theme without one is of its subcodes' domains.
    Records that name a question and no domain say nothing of a code; :func:`unused` tells of them.
    """
    rows = corpus.asked.dropna(subset=["domain"])
    domains = pd.Index(rows["domain"].unique())
    P = len(corpus.cases)
    case = pd.Index(corpus.cases["case_id"]).get_indexer(rows["case_id"])
    rows, case = rows[case >= 0], case[case >= 0]
    yes, recorded = np.zeros((2, len(domains), P), dtype=bool)
    place = domains.get_indexer(rows["domain"])
    said = rows["asked"].fillna(False).to_numpy(bool)
    yes[place[said], case[said]] = True
    recorded[place, case] = True
    speaks = _domains(corpus.codes, domains)
    return Asked(speaks @ yes.astype(np.int32) > 0, speaks @ recorded.astype(np.int32) > 0)


def unused(asked: pd.DataFrame) -> list[str]:
    """Return a warning where rows of ``asked`` name a question and no domain: they count in no base."""
    loose = int((asked["domain"].isna() & asked["question"].notna()).sum())
    if not loose:
        return []
    return [
        f"asked: {loose} rows name a question and no domain, and count in no share: codes are of domains. "
        "Write the domain beside the question."
    ]


def _domains(codes: pd.DataFrame, domains: pd.Index) -> np.ndarray:
    """Return which domains each code is about, shape (V, D) of int: its own, else its theme's, else below."""
    ids = pd.Index(codes["code_id"])
    parent = ids.get_indexer(codes["parent_id"])
    home, bare = domains.get_indexer(codes["domain"]), codes["domain"].isna().to_numpy(bool)
    for _ in range(len(codes)):
        heir = bare & (parent >= 0) & ~bare[parent]
        if not heir.any():
            break
        home[heir], bare = home[parent[heir]], bare & ~heir
    speaks = np.zeros((len(codes), len(domains) + 1), dtype=bool)
    speaks[np.arange(len(codes)), home] = True
    speaks = speaks[:, :-1]
    child = np.flatnonzero(parent >= 0)
    child = child[bare[parent[child]]]
    for _ in range(len(codes)):
        before = speaks.sum()
        np.logical_or.at(speaks, parent[child], speaks[child])
        if speaks.sum() == before:
            break
    return speaks.astype(np.int32)
