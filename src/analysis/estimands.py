"""One number over all runs of a batch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from .batch import Batch
from .claimfile import Claim
from .keys import key as result_key
from .policies import NOT_SHOWN
from .publicclaims import hides_numbers
from .publicresults import PublicResults

__all__ = ["Estimand", "estimands"]


@dataclass(frozen=True)
class Estimand:
    """One number over all runs of a study.

    Parameters
    ----------
    name : str
        Its key, or what it is where the key goes with the choice.
    unit : str
    table : DataFrame
        A row a run that computed it: ``run``, ``own`` (at the study's own settings), the settings, ``value``,
        ``low``, ``high``, ``n``.
    printed : tuple of str
        What claims say it is.
    """

    name: str
    unit: str
    table: pd.DataFrame
    printed: tuple[str, ...] = ()

    @property
    def varies(self) -> bool:
        """Whether any choice changes it, or its interval."""
        figures = self.table[["value", "low", "high"]].astype(float).round(9)
        return len(figures.drop_duplicates()) > 1

    @property
    def own(self) -> float | None:
        """What it is at the study's own settings, where such a run is among them."""
        mine = self.table.loc[self.table["own"], "value"].dropna()
        return float(mine.iloc[0]) if len(mine) else None


def estimands(
    batch: Batch,
    mine: pd.DataFrame,
    claims: Sequence[Claim],
    published: PublicResults,
    varied: Sequence[str],
) -> list[Estimand]:
    """Return the numbers of a study that its page shows: those that the grid names, else headline ones.

    Parameters
    ----------
    batch : Batch
    mine : DataFrame
        The study's lines of the table of results, each with whether it is at the study's own settings.
    claims : sequence of Claim
    published : PublicResults
    varied : sequence of str
        Settings that differ between the study's runs.
    """
    printed: dict[str, list[str]] = {}
    for claim in claims:
        for key, text in (claim.expected if claim.table is None else {}).items():
            name = published.key(key)
            if name is not None:
                printed.setdefault(name, []).append(
                    NOT_SHOWN if hides_numbers(claim, published.study) else text
                )
    there = list(dict.fromkeys(mine["key"]))
    if batch.grid.headlines:
        wanted = [key for key in there if any(_fits(key, pattern) for pattern in batch.grid.headlines)]
        return [_estimand(key, mine[mine["key"] == key], varied, printed.get(key, ())) for key in wanted]
    found = _agreement(batch, mine, published, varied, printed)
    named = {each.name for each in found}
    found += [
        _estimand(key, mine[mine["key"] == key], varied, texts)
        for key, texts in printed.items()
        if key in there and key not in named
    ]
    return found


def _agreement(
    batch: Batch,
    mine: pd.DataFrame,
    published: PublicResults,
    varied: Sequence[str],
    printed: Mapping[str, Sequence[str]],
) -> list[Estimand]:
    """Return the primary coefficient of each variable, whichever coefficient a run calls primary."""
    primary = {each.run.name: each.run.study.agreement.primary for each in batch.done}
    found: list[Estimand] = []
    for subject in [*published.study.variables, "codes"]:
        tail = ("median",) if subject == "codes" else ()
        wanted = {run: result_key("agreement", subject, measure, *tail) for run, measure in primary.items()}
        rows = mine[mine["key"] == mine["run"].map(wanted)]
        if rows.empty:
            continue
        keys = list(dict.fromkeys(rows["key"]))
        name = keys[0] if len(keys) == 1 else f"agreement.{subject}, primary coefficient"
        found.append(_estimand(name, rows, varied, printed.get(name, ())))
    return found


def _estimand(name: str, rows: pd.DataFrame, varied: Sequence[str], printed: Sequence[str]) -> Estimand:
    kept = [c for c in ("run", "own", *varied, "value", "low", "high", "n", "unit") if c in rows]
    unit = str(rows["unit"].iloc[0]) if "unit" in rows and len(rows) else ""
    return Estimand(name, unit, rows[kept].reset_index(drop=True), tuple(dict.fromkeys(printed)))


def _fits(key: str, pattern: str) -> bool:
    """Tell whether a key is meant by a pattern, in which only ``*`` is special: keys hold brackets."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), key) is not None
