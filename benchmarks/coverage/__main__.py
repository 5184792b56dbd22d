"""Simulate, count, and write the tables: ``python -m benchmarks.coverage --write docs/coverage.md``."""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np

from analysis.agreement import estimate

from .scenarios import SCENARIOS, Scenario

ALPHA = "krippendorff_alpha"
METHODS = {
    "linearised": ("linearised", False),
    "gwet": ("gwet", False),
    "bootstrap": ("bootstrap", False),
    "bca": ("bootstrap_bca", False),
    "kalpha": ("kalpha", False),
    "jackknife": ("jackknife", False),
    "linearised, clusters": ("linearised", True),
    "bootstrap, clusters": ("bootstrap", True),
    "jackknife, clusters": ("jackknife", True),
}
"""Kind of interval, and whether it is told the participants."""

OTHERS = [
    ("percent", "nominal"),
    ("conger_kappa", "nominal"),
    ("fleiss_kappa", "nominal"),
    ("gwet_ac1", "nominal"),
    (ALPHA, "ordinal"),
    (ALPHA, "interval"),
]

Cell = tuple[float, float]


def covered(task: tuple[Scenario, str, str, str, int, int]) -> Cell:
    """Return how often the interval holds the truth, and its median width."""
    scenario, measure, level, method, replicates, draws = task
    interval, told = METHODS[method]
    truth = scenario.truth(measure)
    rng = np.random.default_rng(zlib.crc32(f"{scenario.name} {measure} {level} {method}".encode()))
    held, widths = 0, []
    for _ in range(replicates):
        values, participant = scenario.draw(rng)
        found = estimate(
            values,
            measure,
            level=level,
            domain=range(len(scenario.shares)),
            interval=interval,
            cluster=participant if told else None,
            draws=draws,
            rng=rng,
        )
        held += found.low <= truth <= found.high
        widths.append(found.high - found.low)
    return held / replicates, float(np.nanmedian(widths))


def tables(replicates: int, draws: int, workers: int) -> Iterable[str]:
    """Yield the lines of the page."""
    methods = [
        (s, ALPHA, "nominal", m)
        for s, m in product(SCENARIOS, METHODS)
        if s.participants or not METHODS[m][1]
    ]
    told = {s: "linearised, clusters" if s.participants else "linearised" for s in SCENARIOS}
    others = [(s, measure, level, told[s]) for s, (measure, level) in product(SCENARIOS, OTHERS)]
    with ProcessPoolExecutor(workers) as pool:
        found = dict(
            zip(
                [*methods, *others],
                pool.map(covered, [(*q, replicates, draws) for q in [*methods, *others]]),
                strict=True,
            )
        )
    yield from page(found, told, replicates, draws)


def page(found: dict, told: dict[Scenario, str], replicates: int, draws: int) -> Iterable[str]:
    """Yield the page from the counts."""
    error = 1.96 * np.sqrt(0.95 * 0.05 / replicates)
    yield "# How often a 95 % interval holds the true value\n"
    yield (
        f"Written by `python -m benchmarks.coverage`: {replicates:,} simulated studies a cell, {draws:,} "
        f"draws a bootstrap. A method that is right shows .950, give or take {error:.3f} by chance. The "
        "studies are those of `benchmarks/coverage/scenarios.py`, whose true agreement is known exactly.\n"
    )
    yield "## Krippendorff's alpha, nominal: share of intervals that hold it (median width)\n"
    yield "| scenario | " + " | ".join(METHODS) + " |"
    yield "|---" * (len(METHODS) + 1) + "|"
    for scenario in SCENARIOS:
        cells = [found.get((scenario, ALPHA, "nominal", method)) for method in METHODS]
        yield f"| {scenario.name} | " + " | ".join(cell(c) for c in cells) + " |"
    yield "\nThe default is *linearised*, told the participants wherever they are known.\n"
    yield "## The default interval of other coefficients\n"
    yield "| scenario | " + " | ".join(f"{measure}, {level}" for measure, level in OTHERS) + " |"
    yield "|---" * (len(OTHERS) + 1) + "|"
    for scenario in SCENARIOS:
        cells = [found[(scenario, measure, level, told[scenario])] for measure, level in OTHERS]
        yield f"| {scenario.name} | " + " | ".join(cell(c) for c in cells) + " |"


def cell(counted: Cell | None) -> str:
    return "" if counted is None else f"{counted[0]:.3f} ({counted[1]:.2f})"


def main() -> None:
    """Read the options and print or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    text = "\n".join(tables(options.replicates, options.draws, options.workers)) + "\n"
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
