"""Addresses within the report: what a number opens."""

from __future__ import annotations

from urllib.parse import urlencode

__all__ = ["to_agreement", "to_segments", "to_values"]


def to_segments(
    code: str, group: str = "all", case: str = "", *, subcodes: bool = True, side: str = ""
) -> str:
    """Return the address of the segments that count for a code.

    Parameters
    ----------
    code : str
        As it is called in print.
    group : str
        Of participants; ``all`` for everybody.
    case : str
        One participant, as they are called in print.
    subcodes : bool
        Whether segments of its subcodes count too.
    side : str
        ``supports`` or ``contradicts``: only segments that say so of the code.

    Examples
    --------
    >>> to_segments("T1", "patient")
    '#segments?code=T1&group=patient&sub=1'
    """
    sub = "1" if subcodes else ""
    return _address("segments", code=code, group=_not_all(group), case=case, sub=sub, side=side)


def to_values(variable: str, value: str = "", group: str = "all") -> str:
    """Return the address of the segments that a value counts for.

    Examples
    --------
    >>> to_values("talk_type", "change", "high")
    '#values?variable=talk_type&value=change&group=high'
    """
    return _address("values", variable=variable, value=value, group=_not_all(group))


def to_agreement(code: str = "", variable: str = "", pair: str = "") -> str:
    """Return the address of the table that a coefficient was computed from.

    Without a code and a variable it is the segments that a pair of coders saw, and a table for each code.

    Examples
    --------
    >>> to_agreement("T1", pair="A|B")
    '#agreement?code=T1&pair=A%7CB'
    """
    return _address("agreement", code=code, variable=variable, pair=pair)


def _not_all(group: str) -> str:
    return "" if group == "all" else group


def _address(kind: str, **asked: str) -> str:
    return f"#{kind}?{urlencode({name: value for name, value in asked.items() if value})}"
