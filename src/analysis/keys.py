"""Names of results: dotted keys, and the entry that stands under one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pandas as pd

__all__ = ["Result", "key", "split"]

BARE = re.compile(r"[A-Za-z0-9_|-]+")
PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^".\[\],=]+')


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
    q : float, optional
        Probability that the value lies below the study's minimum.
    """

    key: str
    value: float | int | None
    unit: str
    low: float | None = None
    high: float | None = None
    n: int | None = None
    note: str = ""
    q: float | None = None


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


def split(name: str) -> tuple[list[str], dict[str, str]]:
    """Return the parts of a result key, and what stands in its brackets: what :func:`key` was given.

    Examples
    --------
    >>> split('agreement.codes."Q5: trust".cohen_kappa[pair=A|B]')
    (['agreement', 'codes', 'Q5: trust', 'cohen_kappa'], {'pair': 'A|B'})
    """
    parts: list[str] = []
    only: list[str] = []
    here, at = parts, 0
    while match := PART.search(name, at):
        if "[" in name[at : match.start()]:
            here = only
        here.append(json.loads(match[0]) if match[0].startswith('"') else match[0])
        at = match.end()
    return parts, dict(zip(only[::2], only[1::2], strict=False))


def _part(text: str) -> str:
    return text if BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _given(value: object) -> bool:
    return value is not None and not pd.isna(value)
