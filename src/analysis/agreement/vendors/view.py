"""A number as a program prints it, and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from ..fourfold import Coder

__all__ = ["ALL_TEXT", "CODED_TEXT", "Pair", "View", "name_of", "ratio", "table"]

Pair = tuple[str, str]
ALL_TEXT = "all text, also what nobody coded"
CODED_TEXT = "text that at least one of the two coded"


@dataclass(frozen=True)
class View:
    """A number as a program prints it, and what it means.

    Attributes
    ----------
    vendor, measure : str
        The program, and its name for the number.
    value : float
        nan where the program prints none; ``note`` says why.
    code, pair, document : str
        What it is about; empty where it is about all of them.
    unit, universe, formula : str
        What is counted, which text counts, and how, in words.
    n : float
        Units in the universe.
    note : str
        What to bear in mind.
    """

    vendor: str
    measure: str
    value: float = np.nan
    code: str = ""
    pair: str = ""
    document: str = ""
    unit: str = "character"
    universe: str = ALL_TEXT
    formula: str = ""
    n: float = 0
    note: str = ""


def table(views: Iterable[View]) -> pd.DataFrame:
    """Return views as a table, one a row.

    Examples
    --------
    >>> table([View("Requal", "Overlap", 1 / 3, code="trust")])[["vendor", "code", "unit"]]
       vendor   code       unit
    0  Requal  trust  character
    """
    return pd.DataFrame([vars(view) for view in views], columns=[field.name for field in fields(View)])


def name_of(coders: Sequence[Coder]) -> str:
    """Return coders as ``A|B``, the members of a group as ``A+C``."""
    return "|".join(coder if isinstance(coder, str) else "+".join(coder) for coder in coders)


def ratio(part: float, whole: float) -> float:
    """Return part of whole, nan of nothing."""
    return float(part / whole) if whole else np.nan
