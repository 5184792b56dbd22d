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
from .estimates import estimate_each
from .flags import flags
from .groups import Groups
from .statistic import Statistic

__all__ = [
    "COLUMNS",
    "COUNTS",
    "FIGURES",
    "KEYS",
    "MOST_CODERS_BY_PAIR",
    "Line",
    "Subject",
    "clusters",
    "estimates",
    "groups_of",
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
Line = dict[str, Any]
MOST_CODERS_BY_PAIR = 20
SEED = crc32(b"02_agreement")


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


def estimates(
    part: Ratings, study: Study, subject: Subject, level: str, groups: Groups | None = None
) -> Iterator[Line]:
    """One line a measure of the study, where the measure fits the data."""
    measures = [name for name in study.agreement.measures if name in MEASURES and _fits(name, level, part)]
    if not measures:
        return
    values, domain = part.at(level)
    groups = groups_of(part, study) if groups is None else groups
    how = interval_of(study)
    for found in estimate_each(values, measures, groups, level=level, domain=domain, **how):
        said = "; ".join(filter(None, [*flags(found), found.note]))
        yield row(found, part, subject) | {"note": said}


def interval_of(study: Study) -> dict[str, Any]:
    """Return the study's interval as arguments; every line starts the same generator anew."""
    plan, interval = study.agreement, study.agreement.interval
    return {
        "interval": interval.method,
        "confidence": interval.confidence,
        "minimum": plan.minimum,
        "draws": interval.draws,
        "rng": np.random.default_rng([study.seed, SEED]),
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


def groups_of(part: Ratings, study: Study) -> Groups:
    """Return which units come from the same case or document, as the study asks."""
    return Groups.by(clusters(part, study), part.values.shape[1])


def one_value(whole: Ratings, place: int) -> Ratings:
    values = np.where(np.isnan(whole.values), np.nan, (whole.values == place).astype(float))
    return replace(whole, values=values, domain=("0", "1"), kind="nominal")


def row(statistic: Statistic, part: Ratings, subject: Subject, aggregation: str | None = None) -> Line:
    """Return a line of agreement.csv: the statistic, what it is about, and what it was computed from."""
    line: Line = {"variable": part.variable, "unit": part.unit, "aggregation": aggregation}
    line |= {name: getattr(statistic, name) for name in ("measure", "level", *FIGURES, "note")}
    line |= vars(subject)
    line |= {"universe": part.universe, "assumption": part.assumption, "segmentation": part.segmentation}
    return line | {"codebook_version": part.codebook_version}
