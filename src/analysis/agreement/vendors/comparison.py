"""A comparison table exported from other software, held against ours cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ...errors import AgreementError, Problem, did_you_mean, quoted
from .view import View, table

__all__ = ["COLUMNS", "compare", "long_form"]

KEYS = ["code", "document", "measure"]

# Heading in a program's table, without case, blanks and punctuation -> our key or measure.
COLUMNS: dict[str, dict[str, str]] = {
    "nvivo": {
        "code": "code",
        "node": "code",
        "file": "document",
        "source": "document",
        "kappa": "Kappa",
        "agreement": "Agreement (%)",
        "aandb": "A and B (%)",
        "notaandnotb": "Not A and Not B (%)",
        "disagreement": "Disagreement (%)",
        "aandnotb": "A and Not B (%)",
        "bandnota": "B and Not A (%)",
    },
    "qualcoder": {
        "code": "code",
        "codetree": "code",
        "agree": "Agree %",
        "agreement": "Agree %",
        "aandb": "A and B %",
        "dualcoded": "A and B %",
        "notanotb": "Not A Not B %",
        "uncoded": "Not A Not B %",
        "disagree": "Disagree %",
        "disagreement": "Disagree %",
        "agreecodedonly": "Agree coded only %",
        "kappa": "Kappa",
    },
    "requal": {
        "codename": "code",
        "totaloverlap": "Overlap [segment]",
        "weightedtotaloverlap": "Overlap [character]",
    },
}


def long_form(exported: pd.DataFrame, vendor: str) -> pd.DataFrame:
    """Return a program's table as code, document, measure, theirs: one cell a row.

    Parameters
    ----------
    exported : DataFrame
        As read from the program's file, a row a code (and file). Values may be text such as ``85.2%`` or
        ``0,44``.
    vendor : {"nvivo", "qualcoder", "requal"}

    Raises
    ------
    AgreementError
        An unknown program, or a table without a column of codes or without any column of results.

    Examples
    --------
    >>> long_form(pd.DataFrame({"Node": ["trust"], "Source": ["d"], "Kappa": ["0.44"]}), "nvivo")
        code document measure theirs
    0  trust        d   Kappa   0.44
    """
    if vendor not in COLUMNS:
        raise AgreementError(f"No columns are known for {quoted(vendor)}.{did_you_mean(vendor, COLUMNS)}")
    known = COLUMNS[vendor]
    names = {column: known[_bare(column)] for column in exported.columns if _bare(column) in known}
    measures = [name for name in names.values() if name not in KEYS]
    if "code" not in names.values() or not measures:
        raise AgreementError(
            Problem(f"no column of codes with results; found {', '.join(map(str, exported.columns))}."),
            title=f"The table exported from {vendor}",
        )
    wide = exported[list(names)].rename(columns=names)
    if "document" not in wide:
        wide = wide.assign(document="")
    return wide.melt(["code", "document"], measures, var_name="measure", value_name="theirs")


def compare(
    theirs: pd.DataFrame | Mapping[tuple[str, str, str], object],
    ours: Iterable[View] | pd.DataFrame,
    *,
    tolerance: float = 1e-9,
) -> pd.DataFrame:
    """Return the difference of every cell.

    Parameters
    ----------
    theirs : DataFrame with code, document, measure, theirs; or mapping of (code, document, measure) to value
        Such as `long_form` returns. Values as text are judged at the decimals that they are printed with:
        ``0.44`` is the same as 0.4444.
    ours : iterable of View, or DataFrame as `table` returns it
    tolerance : float
        Largest difference of the same values, where theirs are numbers.

    Returns
    -------
    DataFrame
        code, document, measure, theirs, ours, difference (ours less theirs) and ``verdict``: ``same``,
        ``differs``, ``both undefined``, ``undefined there``, ``undefined here``, ``only there``, ``only
        here``. In the order of their table, then what only we have.

    Examples
    --------
    >>> ours = [View("NVivo", "Kappa", 0.4444, code="trust", document="d")]
    >>> compare({("trust", "d", "Kappa"): "0.44"}, ours)[["theirs", "ours", "verdict"]]
       theirs    ours verdict
    0    0.44  0.4444    same
    """
    if not isinstance(theirs, pd.DataFrame):
        rows = [(*key, value) for key, value in theirs.items()]
        theirs = pd.DataFrame(rows, columns=[*KEYS, "theirs"])
    if not isinstance(ours, pd.DataFrame):
        ours = table(ours)
    left = theirs[[*KEYS, "theirs"]].astype(dict.fromkeys(KEYS, "str"))
    right = ours[[*KEYS, "value"]].rename(columns={"value": "ours"}).astype(dict.fromkeys(KEYS, "str"))
    _refuse_duplicates(left, "The exported table")
    _refuse_duplicates(right, "Our table")
    both = left.merge(right, on=KEYS, how="left", indicator=True)
    rest = right.merge(left[KEYS], on=KEYS, how="left", indicator=True)
    rest = rest[rest["_merge"] == "left_only"].assign(_merge="right_only")
    cells = pd.concat([both.astype({"_merge": "str"}), rest.astype({"_merge": "str"})], ignore_index=True)
    slack = [max(tolerance, _half_of_last_place(value)) for value in cells["theirs"]]
    cells["theirs"] = [_number(value) for value in cells["theirs"]]
    cells["difference"] = cells["ours"] - cells["theirs"]
    cells["verdict"] = [
        _verdict(merge, there, here, room)
        for merge, there, here, room in zip(
            cells["_merge"], cells["theirs"], cells["ours"], slack, strict=True
        )
    ]
    return cells[[*KEYS, "theirs", "ours", "difference", "verdict"]]


def _verdict(merge: str, theirs: float, ours: float, slack: float) -> str:
    if merge != "both":
        return {"left_only": "only there", "right_only": "only here"}[merge]
    if np.isnan(theirs) or np.isnan(ours):
        if np.isnan(theirs) and np.isnan(ours):
            return "both undefined"
        return "undefined there" if np.isnan(theirs) else "undefined here"
    return "same" if abs(ours - theirs) <= slack * (1 + 1e-9) else "differs"


def _number(value: object) -> float:
    """Return what a cell says as a number, nan where it says none (``zerodiv``, blank)."""
    text = str(value).strip().rstrip("%").strip().replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return np.nan


def _half_of_last_place(value: object) -> float:
    """Return half a unit of the last decimal that a value is printed with; 0 for what is a number already."""
    if not isinstance(value, str):
        return 0.0
    decimals = re.search(r"[.,](\d+)", value)
    return 0.5 * 10.0 ** -len(decimals.group(1)) if decimals else 0.5


def _bare(heading: object) -> str:
    return re.sub(r"[^a-z]", "", str(heading).casefold())


def _refuse_duplicates(cells: pd.DataFrame, title: str) -> None:
    twice = cells[cells.duplicated(KEYS)]
    if len(twice):
        problems = [
            Problem(f"{quoted(row.measure)} of {quoted(row.code)} in {quoted(row.document)} is there twice.")
            for row in twice.itertuples()
        ]
        raise AgreementError(problems, title=title, next_step="Compare one pair of coders at a time.")
