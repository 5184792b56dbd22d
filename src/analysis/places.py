"""Where names stand in the tables of a corpus: strings are looked up once, counts run on places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .corpus import Corpus

__all__ = ["Places", "places", "places_of"]


@dataclass(frozen=True)
class Places:
    """Where codings that count stand; letters: M marks, S coded segments.

    Parameters
    ----------
    segment : ndarray of int, shape (M,)
        Number of each mark's segment among those coded.
    code : ndarray of int, shape (M,)
        Row of each mark's code in the codebook, -1 where it is not in it.
    row : ndarray of int, shape (S,)
        Row of each coded segment among the corpus's segments, -1 where there is none.
    case : ndarray of int, shape (S,)
        Row of each coded segment's case among the corpus's cases, -1 where it is of none.
    """

    segment: np.ndarray
    code: np.ndarray
    row: np.ndarray
    case: np.ndarray


def places(names: pd.Series, given: pd.Series) -> np.ndarray:
    """Return where each given name stands among names, -1 where it does not.

    Examples
    --------
    >>> places(pd.Series(["a", "b"]), pd.Series(["b", "b", "c"])).tolist()
    [1, 1, -1]
    """
    codes, uniques = pd.factorize(given)
    return np.append(pd.Index(names).get_indexer(uniques), -1)[codes]


def places_of(corpus: Corpus, marks: pd.DataFrame) -> Places:
    """Return where marks stand, looked up by their names.

    Parameters
    ----------
    corpus : Corpus
    marks : DataFrame
        ``segment_id``, ``case_id``, ``code_id``.
    """
    segment, segments = pd.factorize(marks["segment_id"])
    case = np.full(len(segments), -1)
    case[segment] = places(corpus.cases["case_id"], marks["case_id"])
    row = pd.Index(corpus.segments["segment_id"]).get_indexer(segments)
    return Places(segment, places(corpus.codes["code_id"], marks["code_id"]), row, case)
