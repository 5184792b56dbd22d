"""What must hold for every coefficient, whatever the ratings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.agreement import MEASURES, Statistic, coefficient, estimate

settings.register_profile("agreement", max_examples=100, deadline=None)
QUICK = settings.get_profile("agreement")

DIRECTED = {"precision", "recall"}
ANY_MEASURE = st.sampled_from(sorted(MEASURES))
RELABELLED = sorted(set(MEASURES) - {"cohen_kappa_linear", "cohen_kappa_quadratic"} - DIRECTED)
OF_ONE_VALUE = {"positive_agreement", "negative_agreement", "f1"}


@st.composite
def ratings(draw: st.DrawFn, values: int = 3, missing: bool = True) -> np.ndarray:
    coders, units = draw(st.integers(2, 4)), draw(st.integers(3, 15))
    cell = st.sampled_from([*range(draw(st.integers(2, values))), *([np.nan] if missing else [])])
    cells = draw(st.lists(cell, min_size=coders * units, max_size=coders * units))
    return np.array(cells, dtype=float).reshape(coders, units)


def same(one: Statistic, other: Statistic, *, tolerance: float = 1e-9) -> None:
    for field in ("estimate", "se", "low", "high", "observed", "expected"):
        assert getattr(one, field) == pytest.approx(getattr(other, field), abs=tolerance, nan_ok=True), field
    assert one.note == other.note


@QUICK
@given(ratings(), ANY_MEASURE, st.randoms())
def test_the_order_of_units_does_not_matter(values, measure, random):
    order = list(range(values.shape[1]))
    random.shuffle(order)

    same(estimate(values, measure), estimate(values[:, order], measure))


@QUICK
@given(ratings(), st.sampled_from(sorted(set(MEASURES) - DIRECTED)), st.randoms())
def test_the_order_of_coders_does_not_matter(values, measure, random):
    order = list(range(values.shape[0]))
    random.shuffle(order)

    same(estimate(values, measure), estimate(values[order], measure))


@QUICK
@given(ratings(), st.sampled_from(RELABELLED), st.permutations([0, 1, 2]))
def test_renaming_nominal_values_changes_nothing(values, measure, names):
    assume(measure not in OF_ONE_VALUE)
    renamed = np.where(np.isnan(values), np.nan, np.array(names)[np.nan_to_num(values).astype(int)])

    same(estimate(values, measure), estimate(renamed, measure))


@QUICK
@given(ratings(), st.sampled_from(["interval", "ordinal", "nominal", "circular", "bipolar"]))
def test_moving_all_values_changes_no_alpha_but_at_level_ratio(values, level):
    same(
        estimate(values, "krippendorff_alpha", level=level),
        estimate(values + 17.5, "krippendorff_alpha", level=level),
    )


@QUICK
@given(ratings(), st.sampled_from(["interval", "ordinal", "nominal", "ratio", "bipolar"]))
def test_stretching_all_values_changes_no_alpha_but_at_level_circular(values, level):
    same(
        estimate(values, "krippendorff_alpha", level=level),
        estimate(values * 3, "krippendorff_alpha", level=level),
    )


@QUICK
@given(ratings(), ANY_MEASURE)
def test_units_nobody_rated_change_nothing(values, measure):
    empty = np.full((values.shape[0], 3), np.nan)

    same(estimate(values, measure), estimate(np.hstack([values, empty]), measure))


@QUICK
@given(ratings(), ANY_MEASURE)
def test_a_coder_who_rated_nothing_changes_nothing(values, measure):
    silent = np.full((1, values.shape[1]), np.nan)

    same(estimate(values, measure), estimate(np.vstack([values, silent]), measure))


@QUICK
@given(ratings(missing=False), st.sampled_from(sorted(set(MEASURES) - {"krippendorff_alpha"})))
def test_repeating_all_units_changes_no_coefficient(values, measure):
    once, thrice = coefficient(values, measure), coefficient(np.tile(values, 3), measure)

    assert thrice.estimate == pytest.approx(once.estimate, abs=1e-9, nan_ok=True)


@QUICK
@given(ratings())
def test_repeating_all_units_moves_alpha_to_fleiss_kappa_when_complete(values):
    """Alpha is Fleiss' kappa with a small-sample correction that vanishes (Krippendorff 2019)."""
    complete = np.nan_to_num(values)
    many = np.tile(complete, 1000)

    alpha, kappa = coefficient(many, "krippendorff_alpha"), coefficient(many, "fleiss_kappa")
    assert alpha.estimate == pytest.approx(kappa.estimate, abs=1e-3, nan_ok=True)


@QUICK
@given(ratings(missing=False), ANY_MEASURE, st.integers(2, 5))
def test_coders_who_always_agree_agree_perfectly(values, measure, coders):
    found = coefficient(np.tile(values[:1], (coders, 1)), measure)

    assert not found.defined or found.estimate == 1


@QUICK
@given(ratings(), ANY_MEASURE)
def test_no_coefficient_exceeds_one_and_no_share_leaves_zero_to_one(values, measure):
    found = estimate(values, measure)
    assume(found.defined)

    assert found.estimate <= 1 + 1e-12
    if np.isnan(found.expected):
        assert found.estimate >= 0
    if not np.isnan(found.low):
        assert found.low <= found.estimate <= found.high <= 1


@QUICK
@given(ratings(), ANY_MEASURE)
def test_an_undefined_coefficient_has_a_reason_and_no_interval(values, measure):
    found = estimate(values, measure)

    assert found.defined or (found.note and np.isnan([found.low, found.high, found.se]).all())


@QUICK
@given(ratings(values=2), st.sampled_from(["krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "conger_kappa"]))
def test_observed_and_expected_agreement_give_the_coefficient(values, measure):
    found = coefficient(values, measure)
    assume(found.defined)

    assert (found.observed - found.expected) / (1 - found.expected) == pytest.approx(found.estimate, abs=1e-9)


@QUICK
@given(ratings(), ANY_MEASURE)
def test_every_unit_its_own_cluster_is_no_clusters_at_all(values, measure):
    rated = values[:, (~np.isnan(values)).any(axis=0)]
    assume(rated.shape[1] > 1)
    alone, clustered = estimate(rated, measure), estimate(rated, measure, cluster=range(rated.shape[1]))

    assert clustered.se == pytest.approx(alone.se, abs=1e-9, nan_ok=True)


@QUICK
@given(ratings(), ANY_MEASURE)
def test_the_jackknife_leaves_out_each_unit_in_turn(values, measure):
    found = estimate(values, measure, interval="jackknife")
    assume(not np.isnan(found.se))
    domain = np.unique(values[~np.isnan(values)])
    needed = 1 if measure in ("fleiss_kappa", "conger_kappa", "gwet_ac1", "gwet_ac2") else 2
    kept = np.flatnonzero((~np.isnan(values)).sum(axis=0) >= needed)
    without = [coefficient(np.delete(values, unit, axis=1), measure, domain=domain).estimate for unit in kept]
    assume(not np.isnan(without).any())

    n = len(without)
    assert found.se == pytest.approx(
        np.sqrt((n - 1) / n * np.sum((without - np.mean(without)) ** 2)), abs=1e-9
    )
