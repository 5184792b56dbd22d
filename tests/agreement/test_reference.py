"""Every published or independently computed value that these coefficients cover, within its tolerance.

The values are read from the folder of reference data; a few that are in print in articles are repeated here,
so that they are tested wherever the package is.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy import nan

from analysis.agreement import coefficient, estimate, null_error

_spec = importlib.util.spec_from_file_location("reference", Path(__file__).with_name("reference.py"))
reference = importlib.util.module_from_spec(_spec)
sys.modules["reference"] = reference
_spec.loader.exec_module(reference)


STEP = 0.011
"""KALPHA replicates of 12 units lie on a grid this wide, and both ends of the interval beside a step."""


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "reference"


@pytest.fixture(scope="module")
def rows(folder: Path) -> list:
    return reference.read_rows(folder)


def far_off(folder: Path, rows: list) -> list[str]:
    """Return every row that is not within its tolerance, with what was found."""
    wrong = []
    for row in rows:
        found = reference.compute(row)(folder)
        step = STEP if row.dataset == "kripp2011_C" and "KALPHA_bootstrap_ci95" in row.measure else 1e-15
        if not abs(found - row.expected) <= row.tolerance + step:
            wrong.append(f"{row}: expected {row.expected!r}, found {found!r}")
    return wrong


def test_every_covered_value_is_within_its_tolerance(folder, rows):
    covered = [row for row in rows if reference.status(row) == "covered" and "bootstrap" not in row.measure]

    assert len(covered) > 3_300
    assert far_off(folder, covered) == []


def test_bootstrap_values_are_within_their_tolerance(folder, rows):
    drawn = [row for row in rows if reference.status(row) == "covered" and "bootstrap" in row.measure]

    assert len(drawn) == 39
    assert far_off(folder, drawn) == []


def test_nothing_that_is_covered_is_left_out(rows):
    assert [str(row) for row in rows if reference.status(row) == "not known"] == []


def test_gwets_standard_errors_are_those_of_irrcac(folder, rows):
    with_error = [
        row
        for row in rows
        if reference.status(row) == "covered"
        and row.level.startswith("w:")
        and not math.isnan(row.se)
        and row.dataset != "wikipedia_alpha"  # irrCAC counts its two empty units
    ]

    wrong = []
    for row in with_error:
        found = reference.question(folder, row, statistic=estimate, interval="gwet").se
        if abs(found - row.se) > 1e-9:
            wrong.append(f"{row}: expected {row.se}, found {found}")

    assert len(with_error) > 1_900
    assert wrong == []


def test_linearised_errors_of_cohens_kappa_are_the_asymptotic_ones(folder, rows):
    """Fleiss, Cohen & Everitt 1969 divide by N where a sample variance divides by N - 1."""
    for row in [r for r in rows if r.measure == "cohen_kappa"]:
        found = reference.question(folder, row, statistic=estimate)
        assert found.se * math.sqrt((found.n_units - 1) / found.n_units) == pytest.approx(row.se, abs=1e-9)


def test_null_errors_of_fleiss_kappa_are_those_of_1979(folder, rows):
    for row in [r for r in rows if r.measure == "fleiss_kappa"]:
        found = null_error(reference.read_values(folder, row.dataset), "fleiss_kappa")
        assert found == pytest.approx(row.se, abs=1e-9)


def test_disputed_values_follow_from_counting_a_unit_nobody_rated(folder, rows):
    """p_e is Σ π²; with π over all 15 units, not the 13 that were rated, it becomes (13/15)² p_e."""
    row = next(
        r
        for r in rows
        if (r.dataset, r.measure, r.level) == ("wikipedia_alpha", "fleiss_kappa_gwet", "w:unweighted")
    )
    found = reference.question(folder, row)
    chance = found.expected * (13 / 15) ** 2

    assert (found.observed - chance) / (1 - chance) == pytest.approx(row.expected, abs=1e-12)


KRIPPENDORFF_2011 = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
    [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
]


@pytest.mark.parametrize(
    ("level", "printed"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_krippendorff_2011_computing_alpha_reliability(level, printed):
    assert round(coefficient(KRIPPENDORFF_2011, "krippendorff_alpha", level=level).estimate, 3) == printed


def test_krippendorff_2011_binary_two_observers():
    values = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
    assert round(coefficient(values, "krippendorff_alpha").estimate, 3) == 0.095


def two_by_two(a: int, b: int, c: int, d: int) -> np.ndarray:
    """Return ratings of two coders: both yes, first only, second only, neither."""
    return np.array([[1] * (a + b) + [0] * (c + d), [1] * a + [0] * b + [1] * c + [0] * d], dtype=float)


@pytest.mark.parametrize(
    ("cells", "kappa", "prevalence", "bias"),
    [((40, 9, 6, 45), 0.70, -0.05, 0.03), ((80, 10, 5, 5), 0.32, 0.75, 0.05)],
)
def test_feinstein_and_cicchetti_1990_first_paradox(cells, kappa, prevalence, bias):
    values = two_by_two(*cells)
    found = coefficient(values, "cohen_kappa")

    assert found.observed == pytest.approx(0.85)
    assert round(found.estimate, 2) == kappa
    assert (found.prevalence_index, found.bias_index) == pytest.approx((prevalence, bias))
    assert coefficient(values, "pabak").estimate == pytest.approx(0.70)
