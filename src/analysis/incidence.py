"""Which code stands at which segment and in which participant's interview, as sparse matrices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from .corpus import Corpus

__all__ = ["Incidence", "below", "incidence", "places"]


@dataclass(frozen=True)
class Incidence:
    """Codes at segments and in cases; letters: V codes, S coded segments, P cases, G groups and all.

    Parameters
    ----------
    at : csr_array of int, shape (V, S)
        1 where a code stands at a segment.
    case : ndarray of int, shape (S,)
        Place of the case of each segment, -1 where it is of none.
    groups : tuple of str
        ``all`` first.
    group : ndarray of int, shape (P,)
        Place of each case's group in `groups`, 0 where it has none of its own.
    """

    at: sparse.csr_array
    case: np.ndarray
    groups: tuple[str, ...]
    group: np.ndarray

    def gathered(self, codes: sparse.csr_array) -> Incidence:
        """Return the incidence of sets of codes, shape (sets, V): a set stands where one of them does."""
        return replace(self, at=_once(codes @ self.at))

    @property
    def members(self) -> np.ndarray:
        """Whether a case is in a group, shape (P, G) of int; everybody is in the first, all."""
        members = (self.group[:, None] == np.arange(len(self.groups))).astype(np.int64)
        members[:, 0] = 1
        return members

    @cached_property
    def cases(self) -> np.ndarray:
        """Whether a code stands in a case, shape (V, P) of bool."""
        code, case = self._marks()
        present = np.zeros((self.at.shape[0], len(self.group)), dtype=bool)
        present[code[case >= 0], case[case >= 0]] = True
        return present

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
        code, case = self._marks()
        V, G = self.at.shape[0], len(self.groups)
        group = np.append(self.group, 0)[case]
        n = np.bincount(code * G + group, minlength=V * G).reshape(V, G)
        n[:, 0] = n.sum(axis=1)
        return n

    def _marks(self) -> tuple[np.ndarray, np.ndarray]:
        return np.repeat(np.arange(self.at.shape[0]), np.diff(self.at.indptr)), self.case[self.at.indices]


def incidence(corpus: Corpus, marks: pd.DataFrame) -> Incidence:
    """Return the incidence of codings that count, in the codebook's order of codes.

    Parameters
    ----------
    corpus : Corpus
    marks : DataFrame
        Rows of :class:`~analysis.counting.Counted`.
    """
    segment, segments = pd.factorize(marks["segment_id"])
    code = places(corpus.codes["code_id"], marks["code_id"])
    known = code >= 0
    case = np.full(len(segments), -1)
    case[segment] = places(corpus.cases["case_id"], marks["case_id"])
    groups = ("all", *[group for group in corpus.groups if group != "all"])
    return Incidence(
        at=_ones(code[known], segment[known], (len(corpus.codes), len(segments))),
        case=case,
        groups=groups,
        group=np.maximum(pd.Index(groups).get_indexer(corpus.cases["group"]), 0),
    )


def places(names: pd.Series, given: pd.Series) -> np.ndarray:
    """Return where each given name stands among names, -1 where it does not."""
    codes, uniques = pd.factorize(given)
    return np.append(pd.Index(names).get_indexer(uniques), -1)[codes]


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
