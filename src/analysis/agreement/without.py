"""What would change if a coder or a participant had not been there, and which segments to talk about next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..corpus import Corpus
from ..readings import applied
from ..study import Study
from ..units import Ratings, ratings
from .coefficients import MEASURES, coefficient
from .influence import unit_influence, without_coder, without_group

__all__ = ["LEFT_OUT", "TALK", "asked", "left_out", "subjects", "talk_next"]

LEFT_OUT = ["variable", "code_id", "without", "name", "estimate", "left", "change"]
TALK = ["segment_id", "case_id", "codes", "influence"]


def left_out(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return the primary coefficient of every code and variable without each coder and each participant.

    Coders are left out one at a time where at least two remain; the coder without whom agreement is highest
    is the one who differs most.

    Returns
    -------
    DataFrame
        ``variable``, ``code_id``, ``without`` (coder, case), ``name``, ``estimate`` with all of them,
        ``left`` without this one, ``change``; the largest changes first.
    """
    rows = []
    for part in subjects(corpus, study):
        values, how = asked(part, study)
        whole = coefficient(values, study.agreement.primary, **how).estimate
        for kind, name, left in _rests(part, study):
            rows.append((part.variable, part.code_id, kind, name, whole, left, left - whole))
    frame = pd.DataFrame(rows, columns=LEFT_OUT)
    order = frame["change"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return frame.loc[order].reset_index(drop=True)


def talk_next(corpus: Corpus, study: Study, most: int = 10) -> pd.DataFrame:
    """Return the units to talk about next: those that hold agreement down most, over all codes.

    Returns
    -------
    DataFrame
        ``segment_id`` (or other unit), ``case_id``, ``codes`` coded differently there, ``influence`` summed
        over them; the most telling first.
    """
    parts = []
    for part in subjects(corpus, study):
        values, how = asked(part, study)
        influence = unit_influence(values, study.agreement.primary, **how) if values.size else np.array([])
        down = np.flatnonzero(np.nan_to_num(influence) < 0)
        units = part.units.iloc[down]
        parts.append(units.assign(code=part.code_id or part.variable, influence=influence[down]))
    if not parts:
        return pd.DataFrame(columns=TALK)
    frame = pd.concat(parts, ignore_index=True)
    frame["differ"] = True
    grouped = frame.groupby("unit_id", sort=False)
    table = grouped.agg(
        case_id=("case_id", "first"), codes=("code", lambda c: "; ".join(c)), influence=("influence", "sum")
    )
    table = table.sort_values("influence", kind="stable").head(most).rename_axis("segment_id").reset_index()
    return table[TALK]


def subjects(corpus: Corpus, study: Study) -> Iterator[Ratings]:
    """Yield the ratings of every single-valued variable and the presence of every code, headline round."""
    for variable in corpus.variables():
        if variable == "codes":
            seen = applied(corpus, study)
            yield from (seen.of(code) for code in seen.codes)
        else:
            yield ratings(corpus, study, variable)


def asked(part: Ratings, study: Study) -> tuple[np.ndarray, dict]:
    """Return values and the level and domain that a coefficient is asked for at."""
    values, domain = part.at(part.kind)
    return values, {"level": part.kind, "domain": domain}


def _rests(part: Ratings, study: Study) -> Iterator[tuple[str, str, float]]:
    values, how = asked(part, study)
    measure = study.agreement.primary
    if len(part.coders) > 2 and not MEASURES[measure].two_coders:
        found = without_coder(values, measure, **how)
        yield from (("coder", name, each.estimate) for name, each in zip(part.coders, found, strict=True))
    if part.cluster is not None and len(set(part.cluster)) > 1:
        for case, left in without_group(values, measure, part.cluster, **how).items():
            yield "case", str(case), left
