"""Which code stands at which segment and in which participant's interview, as sparse matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from .corpus import Corpus

__all__ = ["Incidence", "below", "incidence"]


@dataclass(frozen=True)
class Incidence:
    """Codes at segments and in cases; letters: V codes, S coded segments, P cases, G groups and all.

    Parameters
    ----------
    at : csr_array of int, shape (V, S)
        1 where a code stands at a segment.
    home : csr_array of int, shape (S, P)
        1 where a segment is of a case.
    groups : tuple of str
        ``all`` first.
    members : ndarray of int, shape (P, G)
        1 where a case is in a group.
    """

    at: sparse.csr_array
    home: sparse.csr_array
    groups: tuple[str, ...]
    members: np.ndarray

    def gathered(self, codes: sparse.csr_array) -> Incidence:
        """Return the incidence of sets of codes, shape (sets, V): a set stands where one of them does."""
        return Incidence(_once(codes @ self.at), self.home, self.groups, self.members)

    @property
    def cases(self) -> np.ndarray:
        """Whether a code stands in a case, shape (V, P) of bool."""
        return (self.at @ self.home).toarray() > 0

    @property
    def n_cases(self) -> np.ndarray:
        """Cases with a code, shape (V, G)."""
        return self.cases.astype(np.int64) @ self.members

    @property
    def n_segments(self) -> np.ndarray:
        """Segments with a code, shape (V, G)."""
        by_group = (self.at @ (self.home @ self.members)).astype(np.int64)
        by_group[:, 0] = self.at.sum(axis=1)
        return by_group


def incidence(corpus: Corpus, marks: pd.DataFrame) -> Incidence:
    """Return the incidence of codings that count, in the codebook's order of codes.

    Parameters
    ----------
    corpus : Corpus
    marks : DataFrame
        Rows of :class:`~analysis.counting.Counted`.
    """
    cases = corpus.cases
    segment, segments = pd.factorize(marks["segment_id"])
    code = pd.Index(corpus.codes["code_id"]).get_indexer(marks["code_id"])
    known = code >= 0
    case = np.full(len(segments), -1)
    case[segment] = pd.Index(cases["case_id"]).get_indexer(marks["case_id"])
    groups = ("all", *[group for group in corpus.groups if group != "all"])
    members = np.ones((len(cases), len(groups)), dtype=np.int64)
    for place, group in enumerate(groups[1:], start=1):
        members[:, place] = (cases["group"] == group).fillna(False)
    placed = np.flatnonzero(case >= 0)
    return Incidence(
        at=_ones(code[known], segment[known], (len(corpus.codes), len(segments))),
        home=_ones(placed, case[placed], (len(segments), len(cases))),
        groups=groups,
        members=members,
    )


def below(codes: pd.DataFrame) -> sparse.csr_array:
    """Return which codes a code gathers: itself and its subcodes at every depth, shape (V, V)."""
    ids = pd.Index(codes["code_id"])
    parent = ids.get_indexer(codes["parent_id"])
    at = above = np.arange(len(codes))
    rows, columns = [at], [at]
    for _ in range(len(codes)):
        above = np.where(above >= 0, parent[above], -1)
        if (above < 0).all():
            break
        rows.append(above[above >= 0])
        columns.append(at[above >= 0])
    return _ones(np.concatenate(rows), np.concatenate(columns), (len(codes), len(codes)))


def _ones(row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    return _once(sparse.csr_array((np.ones(len(row), np.int32), (row, column)), shape=shape))


def _once(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return a matrix of counts as presence."""
    matrix.data = np.minimum(matrix.data, 1)
    return matrix
