"""Every headline number over all choices of a batch, and which choice flips which claim.

After Steegen, Tuerlinckx, Gelman and Vanpaemel 2016 (multiverse) and Simonsohn, Simmons and Nelson 2020
(specification curve), without their inferential step: what is shown is exploratory.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from .batch import Batch, Done
from .claimfile import Claim, load_claims
from .claims import Verdict
from .estimands import Estimand, estimands
from .judging import judged
from .policies import NOT_SHOWN
from .publicclaims import hides_numbers
from .publicresults import PublicResults
from .runnames import said
from .study import Study, load_study

__all__ = ["ClaimOver", "Flip", "Multiverse", "StudyOver", "multiverse", "results_table"]

HOLDS, FAILS, ABSENT = "holds", "fails", "not computed"
COLUMNS = ("key", "value", "low", "high", "n", "unit")


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
            **done.run.settings,
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
    varied = tuple(s for s in batch.grid.settings if len({said(each.run.settings[s]) for each in done}) > 1)
    stated = batch.grid.own[name]
    own = {each.run.name: all(each.run.settings[s] == stated[s] for s in varied) for each in done}
    mine = table[table["study"] == name].assign(own=lambda frame: frame["run"].map(own))
    found = estimands(batch, mine, claims, published, varied)
    return StudyOver(
        study, varied, tuple(done), tuple(found), tuple(_claims(batch, study, done, claims, varied))
    )


def _claims(
    batch: Batch, study: Study, done: Sequence[Done], claims: Sequence[Claim], varied: Sequence[str]
) -> list[ClaimOver]:
    states: dict[str, dict[str, str]] = {claim.id: {} for claim in claims}
    for each in done:
        verdicts = judged(batch.workspace, each.run.study, each.results, claims, tables=each.table)
        for verdict in verdicts:
            states[verdict.claim.id][each.run.name] = _state(verdict)
    chosen = {each.run.name: {s: said(each.run.settings[s]) for s in varied} for each in done}
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
