"""Data that other programs trip over, and input that cannot be meant."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from numpy import nan

from analysis.agreement import MEASURES, coefficient, estimate, per_value
from analysis.errors import AgreementError

ALPHA = "krippendorff_alpha"


@pytest.mark.parametrize(
    ("values", "measure", "says"),
    [
        ([[nan, nan]], ALPHA, "nobody rated anything"),
        ([[1, 2, 1]], ALPHA, "only one coder"),
        ([[1, nan, 1], [nan, 2, nan]], ALPHA, "no unit was rated by two coders"),
        ([[1, 1, 1], [1, 1, nan]], ALPHA, "same value"),
        ([[1, 1, 1], [1, 1, nan]], "cohen_kappa", "same value"),
        ([[1, 2], [1, 2], [1, 1]], "cohen_kappa", "defined for two coders; there are 3"),
        ([[1, 2, 3], [1, 2, 3]], "pabak", "defined for two values, present and absent; there are 3"),
        ([[1, 2, nan], [nan, 2, 1], [1, nan, 1]], "light_kappa", "a pair of coders has no kappa"),
        ([[0, 0, 0], [0, 0, 0]], "positive_agreement", "two values"),
    ],
)
def test_undefined_is_said_with_its_reason(values, measure, says):
    found = estimate(values, measure)

    assert np.isnan([found.estimate, found.se, found.low, found.high]).all()
    assert says in found.note


def test_a_code_nobody_gave_has_no_positive_agreement_but_perfect_negative():
    values = [[0, 0, 0], [0, 0, 0]]

    assert "never given" in coefficient(values, "positive_agreement", domain=[0, 1]).note
    assert coefficient(values, "negative_agreement", domain=[0, 1]).estimate == 1


def test_declared_values_count_for_gwet_and_brennan_prediger_though_only_one_was_met():
    values = [[1, 1, 1], [1, 1, 1]]

    assert coefficient(values, "gwet_ac1", domain=[1, 2, 3]).estimate == 1
    assert coefficient(values, "brennan_prediger", domain=[1, 2, 3]).estimate == 1
    assert not coefficient(values, "gwet_ac1").defined


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: coefficient([[1, 2], [1, 2]], "krippendorf_alpha"), 'Did you mean "krippendorff_alpha"'),
        (lambda: coefficient([[1, 2], [1, 2]], ALPHA, level="ordnal"), 'Did you mean "ordinal"'),
        (lambda: coefficient([[1, 2], [1, 2]], "fleiss_kappa", weights="quadradic"), "quadratic"),
        (lambda: coefficient([[1, 2], [1, 2]], "gwet_ac1", weights="linear"), "Use gwet_ac2"),
        (lambda: coefficient([1, 2], ALPHA), "Got 1 dimension"),
        (lambda: coefficient([["a", "b"], ["a", "a"]], ALPHA), "agreement.encode"),
        (lambda: coefficient([[1, np.inf], [1, 2]], ALPHA), "infinite"),
        (lambda: coefficient([[1, 2], [1, 5]], ALPHA, domain=[1, 2, 3]), "5 was given"),
        (lambda: coefficient([[1, 2], [1, 2]], ALPHA, domain=[1, 1, 2]), "twice"),
        (lambda: coefficient([[1, 2], [1, 2]], ALPHA, domain=[]), "empty"),
        (lambda: coefficient([[-1, 2], [1, 2]], ALPHA, level="ratio"), "0 or more"),
        (lambda: coefficient([[1, 2], [1, 2]], "percent", weights=[[1, 0.5], [0, 1]]), "not symmetric"),
        (lambda: estimate([[1, 2], [1, 2]], ALPHA, interval="bootstap"), 'Did you mean "bootstrap"'),
        (lambda: estimate([[1, 2], [1, 2]], ALPHA, confidence=95), "between 0 and 1"),
        (lambda: estimate([[1, 2], [1, 2]], ALPHA, cluster=["P1"]), "one a unit"),
        (lambda: estimate([[1, 2], [1, 2]], ALPHA, cluster=["P1", None]), "have no label"),
        (lambda: estimate([[1, 2], [1, 2]], "percent", interval="kalpha"), "is for krippendorff_alpha"),
        (lambda: estimate([[1, 2], [1, 2]], ALPHA, interval="gwet", cluster=[1, 2]), "knows no clusters"),
    ],
)
def test_what_cannot_be_meant_is_refused(call, says):
    with pytest.raises(AgreementError, match=says):
        call()


@pytest.mark.parametrize("level", ["interval", "ordinal", "circular", "nominal"])
def test_continuous_values_need_no_table_of_all_values(level):
    rng = np.random.default_rng(3)
    values = np.cumsum(rng.normal(size=(2, 100_000)) * [[1], [0.3]], axis=0)

    tracemalloc.start()
    found = estimate(values, ALPHA, level=level)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert found.n_values == 200_000
    assert peak < 200e6


def test_many_values_and_few_take_different_ways_to_the_same_alpha():
    rng = np.random.default_rng(4)
    few = rng.integers(1, 60, (3, 200)).astype(float)
    for level in ("nominal", "ordinal", "interval", "ratio", "circular", "bipolar"):
        below = estimate(few, ALPHA, level=level, domain=range(1, 60))
        finer = [*range(1, 60), *(59 - k / 2000 for k in range(1, 1500))]
        above = estimate(few, ALPHA, level=level, domain=finer)
        assert above.estimate == pytest.approx(below.estimate, abs=1e-12)
        assert above.se == pytest.approx(below.se, abs=1e-9)


def test_values_far_from_zero_lose_no_digits():
    values = np.array([[1.0, 2, 3, 4, 5], [1, 2, 3, 5, 5]])
    near = coefficient(values, ALPHA, level="interval").estimate

    assert coefficient(values + 1e9, ALPHA, level="interval").estimate == pytest.approx(near, abs=1e-9)


def test_complete_ratings_of_more_than_two_coders():
    """R irr 0.84.1 goes wrong here; by hand: three units in which one of four coders differs."""
    values = np.array([[1, 1, 2, 2, 1], [1, 1, 2, 1, 1], [1, 2, 2, 2, 1], [1, 1, 2, 2, 2]])
    observed = (3 + 3 + 3) * 2 / 3
    ones, twos = 11, 9

    assert coefficient(values, ALPHA).estimate == pytest.approx(1 - 19 * observed / (2 * ones * twos))


def test_per_value_sets_one_value_against_all_others():
    values = np.array([[1, 2, 3, 3, 1, nan], [1, 2, 3, 2, 1, 2]])
    found = per_value(values, "cohen_kappa", statistic=estimate)
    two = np.where(np.isnan(values), nan, values == 2)

    assert list(found) == [1, 2, 3]
    assert found[2.0] == estimate(two, "cohen_kappa", domain=[0, 1])
    assert found[2.0].n_positive == 3


def test_rank_and_value_weights_of_cohens_kappa_differ_where_values_are_unevenly_spaced():
    """As R irr and scikit-learn by rank; at level interval as irrCAC, by value."""
    values = [[0, 1, 5, 7, 1, 0, 7], [0, 5, 5, 7, 1, 1, 1]]
    ranked = [[0, 1, 2, 3, 1, 0, 3], [0, 2, 2, 3, 1, 1, 1]]

    assert coefficient(values, "cohen_kappa_linear") == coefficient(ranked, "cohen_kappa_linear")
    by_value = coefficient(values, "cohen_kappa_linear", level="interval").estimate
    assert by_value == coefficient(values, "cohen_kappa", weights="linear").estimate
    assert by_value != coefficient(values, "cohen_kappa_linear").estimate


def test_every_measure_says_what_it_was_computed_from():
    values = [[1, 0, 1, nan, 0], [1, 1, 1, 0, 0]]
    for measure in MEASURES:
        found = coefficient(values, measure)
        assert (found.n_units, found.n_ratings, found.n_coders, found.n_values) == (4, 8, 2, 2), measure
        assert found.n_positive == 5
        assert found.prevalence_index == pytest.approx(2 / 8)
        assert found.bias_index == pytest.approx(-1 / 4)


def test_a_thousand_coders_of_whom_three_see_each_unit():
    rng = np.random.default_rng(9)
    seen = rng.integers(0, 4, (3, 400)).astype(float)
    crowd = np.full((1000, 400), nan)
    for unit in range(400):
        crowd[rng.choice(1000, 3, replace=False), unit] = seen[:, unit]

    for level in ("nominal", "ordinal", "interval"):
        few, many = (estimate(values, ALPHA, level=level) for values in (seen, crowd))
        assert (many.estimate, many.se) == pytest.approx((few.estimate, few.se), abs=1e-12)
        assert many.n_coders > 600
