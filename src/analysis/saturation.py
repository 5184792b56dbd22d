"""New codes by interview: the final codebook, applied retrospectively, in the order the interviews were held.

CoMeTS (Constantinou et al. 2017, Qual Res 17(5):571-588) is why the recorded order is set within the orders
that might have been; when a run of interviews meets a threshold is in :mod:`analysis.stopping`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from .corpus import Corpus
from .counting import Counted
from .interviews import Interviews, guides, interviews_of
from .keys import Result, key
from .orders import codes_so_far, orders_of
from .stopping import LARGEST_BASE, LONGEST_RUN, SETTINGS, Setting, judged, too_few
from .study import Study

__all__ = ["CRITERIA", "NEW_CODES", "TITLE", "NewCodes", "new_codes", "new_codes_results"]

TITLE = "New codes by interview (final codebook, applied retrospectively)"
NEW_CODES = [
    "group", "codes", "position", "case_id", "guide_version", "guide_changed", "n_codes", "n_new",
    "n_so_far", "low", "median", "high", "n_orders", "orders",
]  # fmt: skip
CRITERIA = [
    "group", "codes", "n_interviews", "base", "run", "threshold", "n_base_codes", "status", "at", "why",
    "share_of_orders", "n_orders", "orders",
]  # fmt: skip


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
        One row a group, set of codes and setting: ``status`` (:data:`~analysis.stopping.STATES`), ``at`` as
        in "6+2" (met after interview 6, by 2 more), ``why`` where nobody can say, ``share_of_orders`` that
        meet it.
    """

    table: pd.DataFrame
    criteria: pd.DataFrame


@dataclass(frozen=True)
class _Course:
    """How the codes of one set were found."""

    so_far: np.ndarray  # (1 + K orders, m): the recorded order first
    said: str  # which orders

    @property
    def n_orders(self) -> int:
        return max(0, len(self.so_far) - 1)


def new_codes(corpus: Corpus, study: Study, counted: Counted | None) -> NewCodes:
    """Return new codes by interview, where study.yml asks for them (``saturation: {run: true}``).

    Every curve and criterion is of the codings that count, as coded, in the order of ``interview_order``;
    a participant with several transcripts is one interview. Curves are drawn for everybody and each group,
    of all codes and of those that were not in the codebook beforehand (``emergent``).
    """
    curves: list[pd.DataFrame] = []
    criteria: list[dict[str, object]] = []
    asked = study.saturation.run and counted is not None
    for line in interviews_of(corpus, study, counted) if asked and counted else ():
        orders, said = (None, "") if line.why else orders_of(len(line.cases), study.seed, line.group)
        for codes, (used, unknown) in line.sets.items():
            why = line.why or unknown
            course = _Course(np.empty((0, 0)), said) if why else _course(line, used, orders, said)
            if not why:
                curves.append(_curve(corpus, line, codes, used, course))
            n_orders = 0 if orders is None else len(orders)
            criteria += [_criterion(line, codes, each, course, n_orders, why) for each in SETTINGS]
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


def _course(line: Interviews, used: np.ndarray, orders: np.ndarray | None, said: str) -> _Course:
    """Return codes found so far in the recorded order and in every possible one.

    After the last new code of any order nothing changes, so m may stop short of n.
    """
    n = len(line.cases)
    recorded = np.arange(n, dtype=np.int32)[None, :]
    every = recorded if orders is None else np.concatenate([recorded, orders])
    so_far = codes_so_far(line.present[:, used], every)
    m = min(n, max(so_far.shape[1], LARGEST_BASE + LONGEST_RUN))
    return _Course(np.pad(so_far, ((0, 0), (0, m - so_far.shape[1])), mode="edge"), said)


def _curve(corpus: Corpus, line: Interviews, codes: str, used: np.ndarray, course: _Course) -> pd.DataFrame:
    n = len(line.cases)
    band = np.quantile(course.so_far[1:], [0.025, 0.5, 0.975], axis=0)
    so_far, low, median, high = (
        np.pad(values, (0, n - len(values)), mode="edge") for values in (course.so_far[0], *band)
    )
    guide = guides(corpus, line.cases)
    return pd.DataFrame(
        {
            "group": line.group,
            "codes": codes,
            "position": np.arange(1, n + 1),
            "case_id": line.cases,
            "guide_version": guide,
            "guide_changed": _changed(guide),
            "n_codes": line.present[:, used].sum(axis=1),
            "n_new": np.diff(so_far, prepend=0),
            "n_so_far": so_far,
            "low": low,
            "median": median,
            "high": high,
            "n_orders": course.n_orders,
            "orders": course.said,
        }
    )


def _criterion(
    line: Interviews, codes: str, setting: Setting, course: _Course, n_orders: int, why: str
) -> dict[str, object]:
    n = len(line.cases)
    why = why or too_few(n, setting)
    base = 0 if why else int(course.so_far[0, setting.base - 1])
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
        "n_orders": n_orders,
        "orders": course.said,
    }
    if why:
        return row
    met = judged(course.so_far, setting)
    row |= {"status": "reached", "at": f"{met[0]}+{setting.run}"} if met[0] else {"status": "not_reached"}
    return row | {"share_of_orders": float((met[1:] > 0).mean())}


def _changed(guide: list[str]) -> list[bool]:
    return [bool(b) and bool(a) and a != b for a, b in zip(["", *guide], guide, strict=False)]
