"""One line of agreement.csv: a coefficient, what it is about, and what it was computed from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

import numpy as np

from ..study import Study
from ..units import Ratings
from .coefficients import MEASURES
from .estimates import estimate
from .flags import flags
from .statistic import Statistic

__all__ = [
    "COLUMNS",
    "COUNTS",
    "FIGURES",
    "KEYS",
    "MOST_CODERS_BY_PAIR",
    "Subject",
    "breakdowns",
    "clusters",
    "estimates",
    "interval_of",
    "one_value",
    "row",
]

KEYS = [
    "variable", "measure", "level", "unit", "aggregation", "code_id", "value", "pair", "group", "case_id",
    "document_id", "stage", "round",
]  # fmt: skip
FIGURES = [
    "estimate", "se", "low", "high", "confidence", "interval", "n_units", "n_ratings", "n_coders", "n_values",
    "n_positive", "prevalence_index", "bias_index", "observed", "expected", "q",
]  # fmt: skip
COUNTS = ["n_units", "n_ratings", "n_coders", "n_values", "n_positive"]
CONTEXT = ["universe", "assumption", "segmentation", "codebook_version", "note"]
COLUMNS = [*KEYS, *FIGURES, *CONTEXT]
MOST_CODERS_BY_PAIR = 20


@dataclass(frozen=True)
class Subject:
    """What a line is about; empty parts mean: all of them."""

    code_id: str | None = None
    value: str | None = None
    pair: str | None = None
    group: str | None = None
    case_id: str | None = None
    document_id: str | None = None
    stage: str | None = None
    round: int | None = None


def breakdowns(whole: Ratings, study: Study, about: Subject, level: str) -> Iterator[dict[str, object]]:
    """Lines by pair of coders, group, case and document."""
    if len(whole.coders) <= MOST_CODERS_BY_PAIR:
        for a, b in whole.pairs():
            pair = replace(about, pair=f"{a}|{b}")
            yield from estimates(whole.select(coders=[a, b]), study, pair, level)
    for column, name in (("group", "group"), ("case_id", "case_id"), ("document_id", "document_id")):
        parts = whole.units[column].dropna().unique()
        if column == "group" and len(parts) < 2:
            continue
        for part in parts:
            mine = (whole.units[column] == part).to_numpy(bool)
            yield from estimates(whole.select(units=mine), study, replace(about, **{name: part}), level)


def estimates(part: Ratings, study: Study, subject: Subject, level: str) -> Iterator[dict[str, Any]]:
    """One line a measure of the study, where the measure fits the data."""
    values, domain = part.at(level)
    how = interval_of(study, clusters(part, study))
    for measure in study.agreement.measures:
        if measure in MEASURES and _fits(measure, level, part):
            found = estimate(values, measure, level=level, domain=domain, **how)
            note = "; ".join(filter(None, [*flags(found), found.note]))
            yield row(replace(found, note=note), part, subject)


def interval_of(study: Study, cluster: np.ndarray | None) -> dict[str, Any]:
    """Return the study's interval as arguments; every line starts the same generator anew."""
    plan = study.agreement
    return {
        "interval": plan.interval.method,
        "cluster": cluster,
        "confidence": plan.interval.confidence,
        "minimum": plan.minimum,
        "draws": plan.interval.draws,
        "rng": np.random.default_rng([study.seed, crc32(b"02_agreement")]),
    }


def _fits(measure: str, level: str, part: Ratings) -> bool:
    """Tell whether a line makes sense: enough coders and values; other levels for alpha alone."""
    kind = MEASURES[measure]
    if kind.two_coders and len(part.coders) != 2:
        return False
    if kind.two_values and len(part.domain) != 2:
        return False
    return level in ("nominal", part.kind) or measure == "krippendorff_alpha"


def clusters(part: Ratings, study: Study) -> np.ndarray | None:
    """Return what units come from, as the study asks: case, else document where cases are not known."""
    by = study.agreement.interval.cluster
    if by == "none":
        return None
    labels = part.units["case_id" if by == "case" else "document_id"]
    labels = part.units["document_id"] if labels.isna().any() else labels
    return None if labels.isna().any() or labels.nunique() < 2 else labels.to_numpy(object)


def one_value(whole: Ratings, place: int) -> Ratings:
    values = np.where(np.isnan(whole.values), np.nan, (whole.values == place).astype(float))
    return replace(whole, values=values, domain=("0", "1"), kind="nominal")


def row(
    statistic: Statistic, part: Ratings, subject: Subject, aggregation: str | None = None
) -> dict[str, Any]:
    """Return a line of agreement.csv: the statistic, what it is about, and what it was computed from."""
    line: dict[str, Any] = {"variable": part.variable, "unit": part.unit, "aggregation": aggregation}
    line |= {name: getattr(statistic, name) for name in ("measure", "level", *FIGURES, "note")}
    line |= vars(subject)
    line |= {"universe": part.universe, "assumption": part.assumption, "segmentation": part.segmentation}
    return line | {"codebook_version": part.codebook_version}
