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
from .keys import Result, key
from .study import METHOD_NAMES, Study

__all__ = [
    "NEW_CODES", "SETTINGS", "STATES", "TITLE", "Setting", "criteria_table", "first_seen", "judged",
    "new_codes_results", "new_codes_table", "new_in_order", "orders_of",
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


@dataclass(frozen=True)
class Setting:
    """One of the twelve settings: base, run and threshold in percent."""

    base: int
    run: int
    threshold: int


SETTINGS = tuple(Setting(*each) for each in product((4, 5, 6), (2, 3), (5, 0)))


@dataclass(frozen=True)
class _Line:
    """One curve: which codes, in which interviews, in the recorded order."""

    group: str
    codes: str
    cases: tuple[str, ...]
    present: np.ndarray  # (n interviews, V codes) of bool
    why: str = ""


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
    n = present.shape[0]
    first = first_seen(present, orders)
    K = len(orders)
    flat = (first + np.arange(K)[:, None] * (n + 1)).ravel()
    return np.bincount(flat, minlength=K * (n + 1)).reshape(K, n + 1)[:, :n]


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
        return np.array(list(permutations(range(n))), dtype=np.int64).reshape(factorial(n), n), "all"
    generator = np.random.default_rng([seed, zlib.crc32(f"new_codes.{group}".encode())])
    return np.argsort(generator.random((DRAWS, n)), axis=1, kind="stable"), "sample"


def new_codes_table(corpus: Corpus, study: Study, counted: Counted | None) -> pd.DataFrame:
    """Return new codes by interview, where study.yml asks for them (``saturation: {run: true}``).

    Returns
    -------
    DataFrame
        One row a group, set of codes (``all``, and ``emergent``: not in the codebook beforehand) and
        interview; ``low``, ``median`` and ``high`` are the middle 95 % of the codes found so far over the
        orders that might have been. Curves that cannot be drawn have no rows; :func:`criteria_table` says
        why.
    """
    rows = []
    for line in _lines(corpus, study, counted):
        if line.why:
            continue
        n = len(line.cases)
        new = new_in_order(line.present, np.arange(n)[None, :])[0]
        orders, said = orders_of(n, study.seed, line.group)
        so_far = np.cumsum(new_in_order(line.present, orders), axis=1)
        low, median, high = np.quantile(so_far, [0.025, 0.5, 0.975], axis=0)
        guide = _guides(corpus, line.cases)
        rows.append(
            pd.DataFrame(
                {
                    "group": line.group,
                    "codes": line.codes,
                    "position": np.arange(1, n + 1),
                    "case_id": line.cases,
                    "guide_version": guide,
                    "guide_changed": _changed(guide),
                    "n_codes": line.present.sum(axis=1),
                    "n_new": new,
                    "n_so_far": np.cumsum(new),
                    "low": low,
                    "median": median,
                    "high": high,
                    "n_orders": len(orders),
                    "orders": said,
                }
            )
        )
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=NEW_CODES)


def criteria_table(corpus: Corpus, study: Study, counted: Counted | None) -> pd.DataFrame:
    """Return, for each of the twelve settings, after which interview it was met, or why nobody can say.

    Returns
    -------
    DataFrame
        One row a group, set of codes and setting: ``status`` (:data:`STATES`), ``at`` as in "6+2" (met after
        interview 6, by 2 more), ``share_of_orders``: the share of possible orders that meet the setting.
    """
    rows: list[dict[str, object]] = []
    for line in _lines(corpus, study, counted):
        n = len(line.cases)
        observed = new_in_order(line.present, np.arange(n)[None, :]) if not line.why else np.empty((1, 0))
        orders, said = (np.empty((0, n)), "") if line.why else orders_of(n, study.seed, line.group)
        possible = new_in_order(line.present, orders) if not line.why else observed
        for setting in SETTINGS:
            why = line.why or _too_few(n, setting)
            base = int(observed[0, : setting.base].sum()) if not why else 0
            why = why or ("" if base else f"no code was found in the first {setting.base} interviews")
            row: dict[str, object] = {
                "group": line.group,
                "codes": line.codes,
                "n_interviews": n,
                "base": setting.base,
                "run": setting.run,
                "threshold": setting.threshold,
                "n_base_codes": pd.NA if why else base,
                "status": "not_assessable",
                "at": "",
                "why": why,
                "share_of_orders": float("nan"),
                "n_orders": len(orders),
                "orders": said,
            }
            if not why:
                at = int(judged(observed, setting)[0])
                row |= {
                    "status": "reached" if at else "not_reached",
                    "at": f"{at}+{setting.run}" if at else "",
                }
                row["share_of_orders"] = float((judged(possible, setting) > 0).mean())
            rows.append(row)
    return pd.DataFrame(rows, columns=CRITERIA).astype({"n_base_codes": "Int64"})


def new_codes_results(table: pd.DataFrame, criteria: pd.DataFrame) -> Iterator[Result]:
    """Yield new codes by interview, and the interview after which each setting was met."""
    for line in table.itertuples(index=False):
        name = key("new_codes", line.position, "n", **_only(line))
        yield Result(name, int(line.n_new), "codes", n=int(line.n_so_far))
    for line in criteria.itertuples(index=False):
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
    """Yield every curve that the study asks for: everybody and each group, all codes and emergent ones."""
    if not study.saturation.run or counted is None:
        return
    groups = corpus.groups
    for group in ["all", *(groups if len(groups) > 1 else [])]:
        cases, why = _in_order(corpus, group)
        why = why or _excluded(study)
        for codes in ("all", "emergent"):
            used, unknown = _codes(corpus, counted, codes)
            present = _presence(counted, cases, used)
            yield _Line(group, codes, cases, present, why or unknown)


def _in_order(corpus: Corpus, group: str) -> tuple[tuple[str, ...], str]:
    """Return a group's coded interviews in the order they were held, and why the order is not known."""
    coded = corpus.segments.set_index("segment_id")["case_id"]
    reached = set(coded.reindex(corpus.of("codes")["segment_id"]).dropna())
    cases = corpus.cases[corpus.cases["case_id"].isin(reached)]
    cases = cases if group == "all" else cases[cases["group"] == group]
    order = cases["interview_order"]
    why = ""
    if order.isna().any():
        why = f"the order of the interviews is unknown for {int(order.isna().sum())} of {len(cases)}"
    elif order.duplicated().any():
        why = "the order of the interviews is not settled: some have the same number"
    return tuple(cases.sort_values("interview_order", kind="stable")["case_id"]), why


def _excluded(study: Study) -> str:
    if study.method != "reflexive":
        return ""
    return f"it is not part of {METHOD_NAMES[study.method]}, where codes are not counted towards an end"


def _codes(corpus: Corpus, counted: Counted, codes: str) -> tuple[list[str], str]:
    applied = corpus.codes[corpus.codes["code_id"].isin(counted.marks["code_id"].unique())]
    if codes == "all":
        return applied["code_id"].tolist(), ""
    if applied["a_priori"].isna().any():
        return [], "the codebook does not say of every code whether it was there beforehand (a_priori)"
    emergent = applied.loc[~applied["a_priori"].astype(bool), "code_id"].tolist()
    return emergent, "" if emergent else "every code was there beforehand"


def _presence(counted: Counted, cases: tuple[str, ...], codes: list[str]) -> np.ndarray:
    present = np.zeros((len(cases), len(codes)), dtype=bool)
    row = pd.Index(cases).get_indexer(counted.marks["case_id"])
    column = pd.Index(codes).get_indexer(counted.marks["code_id"])
    known = (row >= 0) & (column >= 0)
    present[row[known], column[known]] = True
    return present


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
