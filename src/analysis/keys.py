"""Names of results: dotted keys, and the entry that stands under one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pandas as pd

__all__ = ["Result", "key"]

BARE = re.compile(r"[A-Za-z0-9_|-]+")


@dataclass(frozen=True)
class Result:
    """One number under its key; undefined is None, with the reason in `note`.

    Parameters
    ----------
    key : str
    value : float, int or None
    unit : str
        What is counted or measured: participants, segments, share, coefficient.
    low, high : float, optional
        Interval.
    n : int, optional
        Base that the value rests on.
    note : str
    """

    key: str
    value: float | int | None
    unit: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    note: str = ""


def key(*parts: object, **only: object) -> str:
    """Return a result key: dotted parts, quoted where needed; what is not default in brackets.

    Examples
    --------
    >>> key("agreement", "codes", "Q5: trust", "cohen_kappa", pair="A|B")
    'agreement.codes."Q5: trust".cohen_kappa[pair=A|B]'
    >>> key("cases", "group", "patient")
    'cases.group.patient'
    """
    dotted = ".".join(_part(str(part)) for part in parts if _given(part))
    named = [f"{name}={_part(str(value))}" for name, value in sorted(only.items()) if _given(value)]
    return f"{dotted}[{','.join(named)}]" if named else dotted


def _part(text: str) -> str:
    return text if BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _given(value: object) -> bool:
    return value is not None and not pd.isna(value)
