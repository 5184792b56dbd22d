"""The reference values: how each row of reference.csv is computed here, or why it is not."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from analysis.agreement import (
    Statistic,
    coefficient,
    encode,
    estimate,
    label_probabilities,
    null_error,
    per_value,
    set_alpha,
    set_distance,
    units_for_minimum,
)

COLUMNS = ["dataset", "measure", "level", "expected", "tolerance", "se", "published", "source", "how", "note"]

NAMES = {
    "percent_agreement": "percent",
    "complete_agreement": "unanimous",
    "fleiss_kappa_gwet": "fleiss_kappa",
    "conger_kappa_gwet": "conger_kappa",
    "randolph_kappa_or_S(q=observed)": "randolph_kappa",
    "gwet_ac": "gwet_ac2",
    "positive_agreement": "positive_agreement",
    "negative_agreement": "negative_agreement",
}
PLAIN = [
    "brennan_prediger",
    "cohen_kappa",
    "conger_kappa",
    "fleiss_kappa",
    "krippendorff_alpha",
    "light_kappa",
]
PLAIN += ["scott_pi", "pabak", *NAMES]

OF_PRESENT = ["positive_agreement", "negative_agreement"]

ELSEWHERE = {
    "unitizing": ["alpha_u_1995", "u_alpha", "|u_alpha", "cu_", "(k)u_alpha"],
    "segmentation": [
        "boundary_similarity",
        "segmentation_similarity",
        "window_diff",
        "pk",
        "actual_agreement_linear",
    ],
    "gamma": ["gamma"],
}
"""Families that other modules of the package, with tests of their own, compute."""

NOT_COVERED = {
    "krippendorff_alpha_hughes": "another estimator than alpha (Hughes 2022, customary analysis of variance)",
    "set:dkpro_masi": "not MASI: (1 - J) m instead of 1 - J M",
    "set:passonneau2004": "superseded by its author in 2006",
}
EMPTY_UNIT = (
    "nobody rated units 2 and 14; the value counts them, so that the shares of the values sum to 13/15. "
    "No other engine confirms it, and each empty row more would change it again"
)
DISPUTED = {("wikipedia_alpha", "fleiss_kappa_gwet"): EMPTY_UNIT, ("wikipedia_alpha", "gwet_ac"): EMPTY_UNIT}


@dataclass(frozen=True)
class Row:
    """One row of reference.csv."""

    dataset: str
    measure: str
    level: str
    expected: float
    tolerance: float
    se: float

    def __str__(self) -> str:
        return f"{self.dataset}-{self.measure}-{self.level}"


def read_rows(folder: Path) -> list[Row]:
    """Return all rows; two of them hold an unquoted comma in `source`, behind all that is used here."""
    with (folder / "reference.csv").open(encoding="utf-8", newline="") as lines:
        rows = [dict(zip(COLUMNS, row, strict=False)) for row in list(csv.reader(lines))[1:]]
    return [
        Row(
            r["dataset"],
            r["measure"],
            r["level"],
            float(r["expected"]),
            float(r["tolerance"]),
            float(r["se"]) if r["se"] else math.nan,
        )
        for r in rows
    ]


def read_columns(folder: Path, dataset: str) -> list[list[str | None]]:
    """Return a data set as a list of cells a coder."""
    with (folder / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as lines:
        body = list(csv.reader(lines))[1:]
    return [[cell or None for cell in column] for column in zip(*[row[1:] for row in body], strict=True)]


def status(row: Row) -> str:
    """Return "covered", the module that covers it, or why it is not covered."""
    for module, prefixes in ELSEWHERE.items():
        if row.dataset.startswith("segeval") or any(row.measure.startswith(prefix) for prefix in prefixes):
            return module if not row.dataset.startswith("segeval") else "segmentation"
    if (row.dataset, row.measure) in DISPUTED:
        return DISPUTED[row.dataset, row.measure]
    for what, reason in NOT_COVERED.items():
        if row.measure.startswith(what) or row.level == what:
            return reason
    return "covered" if compute(row) else "not known"


def compute(row: Row) -> Callable[[Path], float] | None:
    """Return the call that computes a row, None where nothing here does."""
    measure = row.measure
    if row.level in ("set:jaccard", "set:masi"):
        return lambda folder: _of_sets(folder, row).estimate
    if measure in ("jaccard_distance", "masi_distance"):
        return lambda folder: set_distance(*_two_sets(row.dataset), measure.removesuffix("_distance"))
    if measure == "sample_size_bloch_kraemer":
        return lambda folder: units_for_minimum(float(row.dataset.split("=")[1].split(",")[0]), 0.25)
    if measure.startswith("benchmark_cumprob_"):
        return lambda folder: _of_label(row)
    if measure == "fleiss_kappa_category":
        return lambda folder: _of_category(folder, row)
    if measure == "cohen_kappa_se0":
        return lambda folder: null_error(
            read_values(folder, row.dataset), *_cohen(row.level), level="interval"
        )
    if measure.startswith("P(alpha") or "_bootstrap_" in measure:
        return lambda folder: _of_bootstrap(folder, row)
    if measure.endswith(("_ci95_lo", "_ci95_hi")):
        name = measure[: -len("_ci95_lo")]
        end = "low" if measure.endswith("lo") else "high"
        return lambda folder: getattr(question(folder, row, name, estimate, interval="gwet"), end)
    if measure in ("prevalence_index", "bias_index"):
        return lambda folder: _of_marginals(folder, row)
    return (lambda folder: question(folder, row).estimate) if measure in PLAIN else None


def question(
    folder: Path,
    row: Row,
    measure: str = "",
    statistic: Callable[..., Statistic] = coefficient,
    **how: object,
) -> Statistic:
    """Ask for the statistic that a row is about."""
    measure = measure or row.measure
    values = read_values(folder, row.dataset)
    if row.dataset.startswith("dkpro_gwet_01") and measure in OF_PRESENT:
        values = -values  # in this table of two by two, 1 is "present" and 2 "absent"
    if measure == "cohen_kappa":
        return statistic(values, *_cohen(row.level), level="interval", **how)
    weights = row.level.removeprefix("w:") if row.level.startswith("w:") else None
    level = row.level if row.level in ("ordinal", "interval", "ratio", "circular", "bipolar") else "nominal"
    name = NAMES.get(measure, measure)
    if name == "gwet_ac2" and weights == "unweighted":
        name, weights = "gwet_ac1", None
    return statistic(values, name, level=level, weights=weights, **how)


def _cohen(level: str) -> tuple[str]:
    return ("cohen_kappa" if level == "nominal" else f"cohen_kappa_{level}",)


def _as_set(cell: str | None) -> frozenset[str] | None:
    return None if cell is None else frozenset() if cell == "{}" else frozenset(cell.split("|"))


def _of_marginals(folder: Path, row: Row) -> float:
    values = read_values(folder, row.dataset)
    return getattr(
        coefficient(-values if row.dataset.startswith("dkpro_gwet_01") else values, "percent"), row.measure
    )


def _of_sets(folder: Path, row: Row) -> Statistic:
    sets = [[_as_set(cell) for cell in column] for column in read_columns(folder, row.dataset)]
    return set_alpha(sets, row.level.removeprefix("set:"))


def _two_sets(case: str) -> list[set[str]]:
    return [set(part.split("|")) for part in case.split(" vs ")]


def _of_label(row: Row) -> float:
    """AC1 .77544 with standard error .14295, as in irrCAC's vignette."""
    scale = row.measure.removeprefix("benchmark_cumprob_")
    found = {f"{p.low:g}-{p.high:g}": p.probability for p in label_probabilities(0.77544, 0.14295, scale)}
    return found[row.level]


def _of_category(folder: Path, row: Row) -> float:
    encoded = encode(read_columns(folder, row.dataset))
    found = per_value(encoded.values, "fleiss_kappa", domain=encoded.domain)
    return found[float(encoded.domain[encoded.labels.index(row.level)])].estimate


def _of_bootstrap(folder: Path, row: Row) -> float:
    found = _bootstrapped(
        folder, row.dataset, row.level, "kalpha" if "KALPHA" in row.measure else "bootstrap"
    )
    field = {"lo": "low", "hi": "high", "se": "se"}.get(row.measure.rsplit("_", 1)[-1], "q")
    return getattr(found, field)


@cache
def _bootstrapped(folder: Path, dataset: str, level: str, interval: str) -> Statistic:
    return estimate(
        read_values(folder, dataset),
        "krippendorff_alpha",
        level=level,
        interval=interval,
        draws=40_000,
        minimum=0.8,
        rng=np.random.default_rng(20),
    )


@cache
def read_values(folder: Path, dataset: str) -> np.ndarray:
    """Return a data set as numbers."""
    return encode(read_columns(folder, dataset)).values


def table(folder: Path) -> list[tuple[str, str, int]]:
    """Return how many rows of each measure are covered, or where or why not: (measure, status, rows)."""
    counted: dict[tuple[str, str], int] = {}
    for row in read_rows(folder):
        key = (row.measure, status(row))
        counted[key] = counted.get(key, 0) + 1
    return [(measure, found, n) for (measure, found), n in sorted(counted.items())]


if __name__ == "__main__":  # python tests/agreement/reference.py ../shared/reference
    print("| measure | rows | covered |\n|---|---|---|")
    for measure, found, n in table(Path(sys.argv[1])):
        print(f"| {measure.replace('|', chr(92) + '|')} | {n} | {found} |")
