"""New codes by interview: the final codebook, applied retrospectively, in the order the interviews were held.

Guest, Namey and Chen 2020, PLoS ONE 15(5):e0232076: new codes in a run of interviews, as a share of the codes
found in the first few (the base), against a threshold. That runs slide by one interview also where a run has
three is our reading. CoMeTS (Constantinou et al. 2017, Qual Res 17(5):571-588) is why the recorded order is
set within the orders that might have been.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from math import factorial
from typing import Any

import numpy as np
import pandas as pd

from .corpus import Corpus
from .counting import Counted
from .incidence import incidence, places
from .keys import Result, key
from .study import METHOD_NAMES, Study

__all__ = [
    "NEW_CODES", "SETTINGS", "STATES", "TITLE", "NewCodes", "Setting", "first_seen", "judged", "new_codes",
    "new_codes_results", "new_in_order", "orders_of",
]  # fmt: skip

TITLE = "New codes by interview (final codebook, applied retrospectively)"
NEW_CODES = [
    "group", "codes", "position", "case_id", "guide_version", "guide_changed", "n_codes", "n_new",
    "n_so_far", "low", "median", "high", "n_orders", "orders",
]  # fmt: skip
CRITERIA = [
    "group", "codes", "n_interviews", "base", "run", "threshold", "n_base_codes", "status", "at", "why",
    "share_of_orders", "n_orders", "orders",
]  # fmt: skip
STATES = ("reached", "not_reached", "not_assessable")
MOST_COUNTED = 7  # 5,040 orders; above, a seeded sample
DRAWS = 1000
LARGEST_BASE, LONGEST_RUN = 6, 3


@dataclass(frozen=True)
class Setting:
    """One of the twelve settings: base, run and threshold in percent."""

    base: int
    run: int
    threshold: int


SETTINGS = tuple(Setting(*each) for each in product((4, 5, LARGEST_BASE), (2, LONGEST_RUN), (5, 0)))


@dataclass(frozen=True)
class NewCodes:
    """New codes by interview, and what the twelve settings make of them.

    Parameters
    ----------
    table : DataFrame
        One row a group, set of codes and interview: ``n_new`` codes that no earlier interview had,
        ``n_so_far``; ``low``, ``median`` and ``high`` are the middle 95 % of the codes found so far over the
        orders that might have been. A curve that cannot be drawn has no rows.
    criteria : DataFrame
        One row a group, set of codes and setting: ``status`` (:data:`STATES`), ``at`` as in "6+2" (met
        after interview 6, by 2 more), ``why`` where nobody can say, ``share_of_orders`` that meet it.
    """

    table: pd.DataFrame
    criteria: pd.DataFrame


@dataclass(frozen=True)
class _Line:
    """The interviews of a group in the recorded order, and which codes each has."""

    group: str
    cases: tuple[str, ...]
    present: np.ndarray  # (n interviews, V codes) of bool
    codes: dict[str, tuple[np.ndarray, str]]  # set of codes -> which of V, or why that is not known
    why: str


@dataclass(frozen=True)
class _Possible:
    """Where each code is first seen in the orders that might have been."""

    first: np.ndarray  # (K, V)
    said: str


def new_in_order(present: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """Return how many codes appear for the first time at each interview.

    Parameters
    ----------
    present : ndarray of bool, shape (n interviews, V codes)
    orders : ndarray of int, shape (K orders, n interviews)

    Returns
    -------
    ndarray of int, shape (K, n)

    Examples
    --------
    >>> present = np.array([[1, 0], [1, 1], [0, 1]], dtype=bool)
    >>> new_in_order(present, np.array([[0, 1, 2], [2, 0, 1]]))
    array([[1, 1, 0],
           [1, 1, 0]])
    """
    return _new(first_seen(present, orders), present.shape[0])


def _new(first: np.ndarray, n: int) -> np.ndarray:
    """Return new codes at the first n places, shape (K, n)."""
    K = len(first)
    flat = np.minimum(first, n) + np.arange(K)[:, None] * (n + 1)
    return np.bincount(flat.ravel(), minlength=K * (n + 1)).reshape(K, n + 1)[:, :n]


def first_seen(present: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """Return the place in each order at which each code is first seen, n where it never is.

    Parameters and shapes as in :func:`new_in_order`; returns shape (K, V).
    """
    n, V = present.shape
    first = np.full((len(orders), V), n, dtype=np.int64)
    for k, order in enumerate(orders):
        left, start, size = np.arange(V), 0, 32
        while len(left) and start < n:
            block = present[np.ix_(order[start : start + size], left)]
            seen = block.any(axis=0)
            first[k, left[seen]] = start + block[:, seen].argmax(axis=0)
            left, start, size = left[~seen], start + size, 4 * size
    return first


def judged(new: np.ndarray, setting: Setting) -> np.ndarray:
    """Return the interview after which a run first meets the threshold, 0 where none does.

    Parameters
    ----------
    new : ndarray of int, shape (K orders, n interviews)
        New codes by interview; n is at least base + run.
    setting : Setting

    Returns
    -------
    ndarray of int, shape (K,)

    Examples
    --------
    >>> new = np.array([[10, 6, 4, 2, 1, 1, 0, 1, 0, 0]])
    >>> judged(new, Setting(4, 2, 5)), judged(new, Setting(4, 3, 0))
    (array([5]), array([0]))
    """
    so_far = np.cumsum(new, axis=1)
    base = so_far[:, setting.base - 1]
    after = so_far[:, setting.base + setting.run - 1 :]
    before = so_far[:, setting.base - 1 : new.shape[1] - setting.run]
    met = 100 * (after - before) <= setting.threshold * base[:, None]
    return np.where(met.any(axis=1), setting.base + met.argmax(axis=1), 0)


def orders_of(n: int, seed: int, group: str = "all") -> tuple[np.ndarray, str]:
    """Return the orders that might have been: all of them up to seven interviews, else a seeded sample.

    Returns
    -------
    orders : ndarray of int, shape (K, n)
    said : str
        ``all`` or ``sample``.
    """
    if n <= MOST_COUNTED:
        return np.array(list(permutations(range(n))), dtype=np.int32).reshape(factorial(n), n), "all"
    generator = np.random.default_rng([seed, zlib.crc32(f"new_codes.{group}".encode())])
    return generator.permuted(np.tile(np.arange(n, dtype=np.int32), (DRAWS, 1)), axis=1), "sample"


def new_codes(corpus: Corpus, study: Study, counted: Counted | None) -> NewCodes:
    """Return new codes by interview, where study.yml asks for them (``saturation: {run: true}``).

    Every curve and criterion is of the codings that count, as coded, in the order of ``interview_order``;
    a participant with several transcripts is one interview. Curves are drawn for everybody and each group,
    of all codes and of those that were not in the codebook beforehand (``emergent``).
    """
    curves: list[pd.DataFrame] = []
    criteria: list[dict[str, object]] = []
    for line in _lines(corpus, study, counted):
        possible = _possible(line, study)
        for codes, (used, unknown) in line.codes.items():
            why = line.why or unknown
            new = np.empty((2, 0, 0)) if why else _observed_and_possible(line, possible, used)
            if not why:
                curves.append(_curve(corpus, line, codes, used, new, possible.said))
            criteria += [_criterion(line, codes, setting, new, possible, why) for setting in SETTINGS]
    return NewCodes(
        pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=NEW_CODES),
        pd.DataFrame(criteria, columns=CRITERIA).astype({"n_base_codes": "Int64"}),
    )


def new_codes_results(found: NewCodes) -> Iterator[Result]:
    """Yield new codes by interview, and the interview after which each setting was met."""
    for line in found.table.itertuples(index=False):
        name = key("new_codes", line.position, "n", **_only(line))
        yield Result(name, int(line.n_new), "codes", n=int(line.n_so_far))
    for line in found.criteria.itertuples(index=False):
        at = int(line.at.split("+")[0]) if line.at else None
        name = key(
            "new_codes", "met_after", base=line.base, run=line.run, threshold=line.threshold, **_only(line)
        )
        yield Result(name, at, "interviews", n=int(line.n_interviews), note=line.why or line.status)


def _only(line: Any) -> dict[str, str | None]:
    return {
        "group": None if line.group == "all" else line.group,
        "codes": None if line.codes == "all" else line.codes,
    }


def _lines(corpus: Corpus, study: Study, counted: Counted | None) -> Iterator[_Line]:
    """Yield everybody and each group, where the study asks."""
    if not study.saturation.run or counted is None:
        return
    groups = corpus.groups
    applied = corpus.codes["code_id"].isin(counted.marks["code_id"].unique()).to_numpy(bool)
    whole = incidence(corpus, counted.marks).cases[applied].T
    coded = _coded(corpus)
    for group in ["all", *(groups if len(groups) > 1 else [])]:
        order, why = _in_order(corpus, coded, group)
        cases = tuple(corpus.cases["case_id"].iloc[order])
        yield _Line(group, cases, whole[order], _sets(corpus.codes[applied]), why or _excluded(study))


def _possible(line: _Line, study: Study) -> _Possible:
    n, V = line.present.shape
    if line.why:
        return _Possible(np.empty((0, V), np.int64), "")
    orders, said = orders_of(n, study.seed, line.group)
    return _Possible(first_seen(line.present, orders), said)


def _observed_and_possible(line: _Line, possible: _Possible, used: np.ndarray) -> np.ndarray:
    """Return new codes in the recorded order (first row) and in every possible one, shape (1 + K, m).

    After the last new code of any order nothing changes, so m may stop short of n.
    """
    n = len(line.cases)
    recorded = first_seen(line.present[:, used], np.arange(n)[None, :])
    first = np.concatenate([recorded, possible.first[:, used]])
    last = int(first[first < n].max(initial=0)) + 1
    return _new(first, min(n, max(last + LONGEST_RUN, LARGEST_BASE + LONGEST_RUN)))


def _curve(
    corpus: Corpus, line: _Line, codes: str, used: np.ndarray, new: np.ndarray, said: str
) -> pd.DataFrame:
    n = len(line.cases)
    so_far = np.cumsum(new, axis=1)
    low, median, high = np.quantile(so_far[1:], [0.025, 0.5, 0.975], axis=0)
    beyond = n - new.shape[1]
    guide = _guides(corpus, line.cases)
    return pd.DataFrame(
        {
            "group": line.group,
            "codes": codes,
            "position": np.arange(1, n + 1),
            "case_id": line.cases,
            "guide_version": guide,
            "guide_changed": _changed(guide),
            "n_codes": line.present[:, used].sum(axis=1),
            "n_new": np.pad(new[0], (0, beyond)),
            **{
                name: np.pad(values, (0, beyond), mode="edge")
                for name, values in (
                    ("n_so_far", so_far[0]),
                    ("low", low),
                    ("median", median),
                    ("high", high),
                )
            },
            "n_orders": len(new) - 1,
            "orders": said,
        }
    )


def _criterion(
    line: _Line, codes: str, setting: Setting, new: np.ndarray, possible: _Possible, why: str
) -> dict[str, object]:
    n = len(line.cases)
    why = why or _too_few(n, setting)
    base = 0 if why else int(new[0, : setting.base].sum())
    why = why or ("" if base else f"no code was found in the first {setting.base} interviews")
    row: dict[str, object] = {
        "group": line.group,
        "codes": codes,
        "n_interviews": n,
        "base": setting.base,
        "run": setting.run,
        "threshold": setting.threshold,
        "n_base_codes": pd.NA if why else base,
        "status": "not_assessable",
        "at": "",
        "why": why,
        "share_of_orders": float("nan"),
        "n_orders": len(possible.first),
        "orders": possible.said,
    }
    if why:
        return row
    met = judged(new, setting)
    row |= {"status": "reached", "at": f"{met[0]}+{setting.run}"} if met[0] else {"status": "not_reached"}
    return row | {"share_of_orders": float((met[1:] > 0).mean())}


def _coded(corpus: Corpus) -> pd.Series:
    """Return which participants' interviews were coded at all."""
    segments = places(corpus.segments["segment_id"], corpus.of("codes")["segment_id"])
    return corpus.cases["case_id"].isin(corpus.segments["case_id"].iloc[np.unique(segments)].unique())


def _in_order(corpus: Corpus, coded: pd.Series, group: str) -> tuple[np.ndarray, str]:
    """Return the places of a group's coded interviews in the order they were held, and why it is unknown."""
    mine = coded & ((corpus.cases["group"] == group).fillna(False) | (group == "all"))
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
    return {
        "all": (every, ""),
        "emergent": (emergent, "" if emergent.any() else "every code was there beforehand"),
    }


def _too_few(n: int, setting: Setting) -> str:
    need = setting.base + setting.run
    return (
        ""
        if n >= need
        else f"{n} interviews are too few for a base of {setting.base} and a run of {setting.run}"
    )


def _guides(corpus: Corpus, cases: tuple[str, ...]) -> list[str]:
    versions = corpus.documents.dropna(subset=["guide_version"]).groupby("case_id")["guide_version"].first()
    return [str(versions.get(case, "")) for case in cases]


def _changed(guide: list[str]) -> list[bool]:
    return [bool(b) and bool(a) and a != b for a, b in zip(["", *guide], guide, strict=False)]
