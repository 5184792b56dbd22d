"""Every headline number over all choices of a batch, and which choice flips which claim.

After Steegen, Tuerlinckx, Gelman and Vanpaemel 2016 (multiverse) and Simonsohn, Simmons and Nelson 2020
(specification curve), without their inferential step: what is shown is exploratory.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .batch import Batch, Done
from .claimfile import Claim, load_claims
from .claims import Verdict, judge
from .grid import said, setting
from .keys import key as result_key
from .policies import NOT_SHOWN
from .printedtables import printed_tables_of
from .publicclaims import hides_numbers
from .publicresults import PublicResults
from .study import Study, load_study
from .tablecells import tables_of

__all__ = ["ClaimOver", "Estimand", "Flip", "Multiverse", "StudyOver", "multiverse", "results_table"]

HOLDS, FAILS, ABSENT = "holds", "fails", "not computed"
COLUMNS = ("key", "value", "low", "high", "n", "unit")


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


@dataclass(frozen=True)
class Flip:
    """What a single choice does to a claim, all other choices being equal.

    Parameters
    ----------
    setting : str
    pairs : int
        Pairs of runs that differ in this setting alone, and that both compute what the claim speaks of.
    flipped : tuple of tuple
        Value that the claim holds at, value that it fails at; one a pair that flips.
    """

    setting: str
    pairs: int
    flipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ClaimOver:
    """One claim over all runs of a study."""

    claim: Claim
    printed: str
    states: Mapping[str, str]
    flips: tuple[Flip, ...]

    def count(self, state: str) -> int:
        """Return in how many runs it is so."""
        return sum(each == state for each in self.states.values())


@dataclass(frozen=True)
class StudyOver:
    """A study over all its runs."""

    study: Study
    varied: tuple[str, ...]
    done: tuple[Done, ...]
    estimands: tuple[Estimand, ...]
    claims: tuple[ClaimOver, ...]


@dataclass(frozen=True)
class Multiverse:
    """A batch as its page shows it, and the one table of its results."""

    studies: tuple[StudyOver, ...]
    results: pd.DataFrame


def multiverse(batch: Batch) -> Multiverse:
    """Return every headline number over all choices, and which choices flip which claim.

    Raises
    ------
    ClaimsError
        If claims cannot be read.
    """
    published = {name: _published(batch, name) for name in batch.grid.studies}
    entries = {each.run.name: published[each.run.study.study].entries(each.results) for each in batch.done}
    table = results_table(batch, entries)
    return Multiverse(tuple(_over(batch, name, table, published[name]) for name in batch.grid.studies), table)


def results_table(batch: Batch, entries: Mapping[str, Sequence[Mapping[str, Any]]]) -> pd.DataFrame:
    """Return all results, a row a run and key, every setting as a column that says what held.

    Parameters
    ----------
    batch : Batch
    entries : mapping
        Run -> its results as they may be published.
    """
    settings = list(batch.grid.settings)
    rows = [
        {
            "run": done.run.name,
            "study": done.run.study.study,
            **{name: setting(done.run.study, name) for name in settings},
            **{name: entry[name] for name in COLUMNS},
        }
        for done in batch.done
        for entry in entries[done.run.name]
    ]
    frame = pd.DataFrame(rows, columns=["run", "study", *settings, *COLUMNS])
    for name in settings:
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in frame[name])
        if not numbers or frame.empty:
            frame[name] = frame[name].map(_cell).astype("string")
    kinds = dict.fromkeys(("value", "low", "high"), "float64") | {"n": "Int64"}
    return frame.astype(kinds | dict.fromkeys(("run", "study", "key", "unit"), "string"))


def _cell(value: Any) -> str:
    return "none" if isinstance(value, float) and value != value else said(value)


def _published(batch: Batch, name: str) -> PublicResults:
    return PublicResults(batch.workspace, load_study(batch.workspace, name), batch.corpora[name])


def _over(batch: Batch, name: str, table: pd.DataFrame, published: PublicResults) -> StudyOver:
    study, done = published.study, batch.of(name)
    claims = [claim for claim in load_claims(batch.workspace, name) if claim.status is None]
    varied = tuple(
        s for s in batch.grid.settings if len({said(setting(each.run.study, s)) for each in done}) > 1
    )
    own = {
        each.run.name: all(setting(each.run.study, s) == setting(study, s) for s in varied) for each in done
    }
    mine = table[table["study"] == name].assign(own=lambda frame: frame["run"].map(own))
    estimands = _estimands(batch, mine, claims, published, varied)
    return StudyOver(
        study, varied, tuple(done), tuple(estimands), tuple(_claims(batch, study, done, claims, varied))
    )


def _estimands(
    batch: Batch,
    mine: pd.DataFrame,
    claims: Sequence[Claim],
    published: PublicResults,
    varied: Sequence[str],
) -> list[Estimand]:
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
    found = _agreement(batch, mine, published, varied)
    named = {each.name for each in found}
    for estimand in found:
        printed_here = printed.get(estimand.name, ())
        found[found.index(estimand)] = _estimand(estimand.name, estimand.table, varied, printed_here)
    found += [
        _estimand(key, mine[mine["key"] == key], varied, texts)
        for key, texts in printed.items()
        if key in there and key not in named
    ]
    return found


def _agreement(
    batch: Batch, mine: pd.DataFrame, published: PublicResults, varied: Sequence[str]
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
        found.append(_estimand(name, rows, varied, ()))
    return found


def _estimand(name: str, rows: pd.DataFrame, varied: Sequence[str], printed: Sequence[str]) -> Estimand:
    kept = [c for c in ("run", "own", *varied, "value", "low", "high", "n", "unit") if c in rows]
    unit = str(rows["unit"].iloc[0]) if "unit" in rows and len(rows) else ""
    return Estimand(name, unit, rows[kept].reset_index(drop=True), tuple(dict.fromkeys(printed)))


def _fits(key: str, pattern: str) -> bool:
    """Tell whether a key is meant by a pattern, in which only ``*`` is special: keys hold brackets."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), key) is not None


def _claims(
    batch: Batch, study: Study, done: Sequence[Done], claims: Sequence[Claim], varied: Sequence[str]
) -> list[ClaimOver]:
    states: dict[str, dict[str, str]] = {claim.id: {} for claim in claims}
    printed = printed_tables_of(batch.workspace, study.study)
    for each in done:
        verdicts = judge(
            each.results,
            claims,
            tables=tables_of(each.workspace, study.study),
            printed=printed,
            minimum=each.run.study.agreement.minimum,
        )
        for verdict in verdicts:
            states[verdict.claim.id][each.run.name] = _state(verdict)
    chosen = {each.run.name: {s: said(setting(each.run.study, s)) for s in varied} for each in done}
    return [
        ClaimOver(
            claim,
            NOT_SHOWN if hides_numbers(claim, study) else claim.said,
            states[claim.id],
            tuple(_flips(states[claim.id], chosen, varied)),
        )
        for claim in claims
    ]


def _state(verdict: Verdict) -> str:
    if verdict.verdict == "missing":
        return ABSENT
    return FAILS if verdict.failed else HOLDS


def _flips(
    states: Mapping[str, str], chosen: Mapping[str, Mapping[str, str]], varied: Sequence[str]
) -> list[Flip]:
    """Return what each setting does to a claim, by pairs of runs that differ in it alone."""
    found = []
    for name in varied:
        groups: dict[tuple[str, ...], list[str]] = {}
        for run, choice in chosen.items():
            others = tuple(value for other, value in choice.items() if other != name)
            groups.setdefault(others, []).append(run)
        pairs = [
            (a, b)
            for runs in groups.values()
            for a, b in itertools.combinations(runs, 2)
            if ABSENT not in (states[a], states[b])
        ]
        flipped = [
            (chosen[a][name], chosen[b][name]) if states[a] == HOLDS else (chosen[b][name], chosen[a][name])
            for a, b in pairs
            if states[a] != states[b]
        ]
        if pairs:
            found.append(Flip(name, len(pairs), tuple(flipped)))
    return found
