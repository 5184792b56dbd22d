"""Which code stands at which segment and in which participant's interview, as sparse matrices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from .corpus import Corpus
from .counting import Counted

__all__ = ["Incidence", "below", "incidence"]


@dataclass(frozen=True)
class Incidence:
    """Codes at segments and in cases; letters: V codes, S coded segments, P cases, G groups and all.

    Parameters
    ----------
    at : csr_array of int, shape (V, S)
        1 where a code stands at a segment.
    cases : ndarray of bool, shape (V, P)
        Whether a code stands in a case.
    case : ndarray of int, shape (S,)
        Place of the case of each segment, -1 where it is of none.
    groups : tuple of str
        ``all`` first.
    group : ndarray of int, shape (P,)
        Place of each case's group in `groups`, 0 where it has none of its own.
    """

    at: sparse.csr_array
    cases: np.ndarray
    case: np.ndarray
    groups: tuple[str, ...]
    group: np.ndarray

    def gathered(self, codes: sparse.csr_array) -> Incidence:
        """Return the incidence of sets of codes, shape (sets, V): a set stands where one of them does."""
        return replace(self, at=_once(codes @ self.at), cases=codes @ self.cases.astype(np.int32) > 0)

    @property
    def members(self) -> np.ndarray:
        """Whether a case is in a group, shape (P, G) of int; everybody is in the first, all."""
        members = (self.group[:, None] == np.arange(len(self.groups))).astype(np.int64)
        members[:, 0] = 1
        return members

    def by_group(self, present: np.ndarray) -> np.ndarray:
        """Return how many cases of each group are marked, (V, P) -> (V, G)."""
        return (present.astype(np.float32) @ self.members.astype(np.float32)).astype(np.int64)

    @property
    def n_cases(self) -> np.ndarray:
        """Cases with a code, shape (V, G)."""
        return self.by_group(self.cases)

    @property
    def n_segments(self) -> np.ndarray:
        """Segments with a code, shape (V, G)."""
        group, ends = np.append(self.group, 0)[self.case][self.at.indices], self.at.indptr
        upto = [np.concatenate([[0], np.cumsum(group == g)]) for g in range(1, len(self.groups))]
        return np.stack([np.diff(ends), *[n[ends[1:]] - n[ends[:-1]] for n in upto]], axis=1)


def incidence(corpus: Corpus, counted: Counted, only: np.ndarray | None = None) -> Incidence:
    """Return the incidence of codings that count, in the codebook's order of codes.

    Parameters
    ----------
    corpus : Corpus
    counted : Counted
    only : ndarray of bool, optional
        Which of its marks to take.
    """
    at = counted.places(corpus)
    known = at.code >= 0 if only is None else (at.code >= 0) & only
    segment, code = at.segment[known], at.code[known]
    V, P, S = len(corpus.codes), len(corpus.cases), len(at.case)
    cases = np.zeros((V, P + 1), dtype=bool)
    cases.ravel()[code * (P + 1) + np.where(at.case < 0, P, at.case)[segment]] = True
    groups = ("all", *[group for group in corpus.groups if group != "all"])
    return Incidence(
        at=_ones(code, segment, (V, S)),
        cases=cases[:, :P],
        case=at.case,
        groups=groups,
        group=np.maximum(pd.Index(groups).get_indexer(corpus.cases["group"]), 0),
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
