"""Every coefficient and its derivative against the definitions, in exact arithmetic, on random tables."""

from __future__ import annotations

import importlib.util
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from analysis.agreement import LEVELS, MEASURES, WEIGHTS, coefficient, unit_influence

_spec = importlib.util.spec_from_file_location("exact", Path(__file__).with_name("exact.py"))
exact = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(exact)

WEIGHTED = [name for name, measure in MEASURES.items() if measure.weighted]
QUESTIONS = [
    *[(name, "nominal", None) for name in MEASURES],
    *[("krippendorff_alpha", level, None) for level in LEVELS[1:]],
    *[("gwet_ac2", level, None) for level in LEVELS[1:]],
    *[(name, "interval", None) for name in ("cohen_kappa_linear", "cohen_kappa_quadratic")],
    *[(name, "nominal", weights) for name in WEIGHTED for weights in WEIGHTS],
]
QUICK = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG = settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def tables(draw: st.DrawFn, most_coders: int = 5) -> np.ndarray:
    """Draw an array (M, N) with a few values, evenly spaced or not, and missing ratings or none."""
    coders = draw(st.integers(2, most_coders))
    units = draw(st.integers(1, 9))
    values = draw(st.lists(st.integers(0, 12), min_size=1, max_size=4, unique=True))
    cell = st.sampled_from([*values, *([math.nan] * draw(st.integers(0, 2)))])
    cells = draw(st.lists(cell, min_size=coders * units, max_size=coders * units))
    return np.array(cells, dtype=float).reshape(coders, units)


def as_fractions(array: np.ndarray) -> list[list[Fraction | None]]:
    return [[None if math.isnan(cell) else Fraction(cell) for cell in unit] for unit in array.T.tolist()]


def agrees(array: np.ndarray, question: tuple[str, str, str | None]) -> None:
    measure, level, weights = question
    expected = exact.coefficient(as_fractions(array), measure, level=level, weights=weights)
    found = coefficient(array, measure, level=level, weights=weights)
    if expected is None:
        assert not found.defined
        assert found.note
    else:
        assert found.estimate == pytest.approx(float(expected), abs=1e-10, rel=1e-10)


@QUICK
@given(tables(), st.sampled_from(QUESTIONS))
def test_coefficients_are_what_their_definitions_say(array, question):
    agrees(array, question)


@pytest.mark.soak
@LONG
@given(tables(most_coders=7), st.sampled_from(QUESTIONS))
def test_coefficients_are_what_their_definitions_say_ten_thousand_times(array, question):
    agrees(array, question)


def influence_agrees(array: np.ndarray, question: tuple[str, str, str | None], unit: int) -> None:
    """The influence is the derivative by the unit's weight: here a central difference, exact but for h²."""
    measure, level, weights = question
    h = Fraction(1, 10**7)
    table = as_fractions(array)

    def weighing(by: Fraction) -> Fraction | None:
        times = [1 + by if place == unit else Fraction(1) for place in range(len(table))]
        return exact.coefficient(table, measure, level=level, weights=weights, times=times)

    assume(weighing(Fraction(0)) is not None)
    slope = (weighing(h) - weighing(-h)) / (2 * h)
    found = unit_influence(array, measure, level=level, weights=weights)[unit]
    assert found == pytest.approx(float(slope), abs=1e-9, rel=1e-7)


@QUICK
@given(tables(), st.sampled_from(QUESTIONS), st.data())
def test_influences_are_the_derivatives_of_the_coefficients(array, question, data):
    influence_agrees(array, question, data.draw(st.integers(0, array.shape[1] - 1)))


@pytest.mark.soak
@LONG
@given(tables(most_coders=6), st.sampled_from(QUESTIONS), st.data())
def test_influences_are_the_derivatives_of_the_coefficients_ten_thousand_times(array, question, data):
    influence_agrees(array, question, data.draw(st.integers(0, array.shape[1] - 1)))
