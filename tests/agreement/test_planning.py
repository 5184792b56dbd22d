"""How much to code twice, labels with their probability, and what a coefficient hangs on."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.agreement import (
    Statistic,
    benchmark,
    coefficient,
    estimate,
    groups_for_width,
    label_probabilities,
    unit_influence,
    units_for_minimum,
    without_coder,
    without_group,
)
from analysis.errors import AgreementError

ALPHA = "krippendorff_alpha"


@pytest.mark.parametrize(("minimum", "units"), [(0.8, 139), (0.667, 81)])
def test_bloch_and_kraemer_as_printed_in_the_atlas_ti_manual(minimum, units):
    assert units_for_minimum(minimum, share=0.25) == units


def test_more_coders_need_more_units_in_proportion():
    assert units_for_minimum(0.8, 0.25, coders=4) == pytest.approx(2 * 139, abs=1)


def test_a_plan_that_cannot_be_is_refused_with_all_that_is_wrong():
    with pytest.raises(AgreementError, match="3 problems"):
        units_for_minimum(1.2, 0, coders=1)


def test_the_number_planned_for_a_width_gives_that_width():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 4000)
    values = np.where(rng.random((2, 4000)) < 0.8, truth, rng.integers(0, 3, (2, 4000)))
    pilot = estimate(values[:, :200], ALPHA)
    n = groups_for_width(pilot, 200, width=0.1)
    found = estimate(values[:, :n], ALPHA)

    assert found.high - found.low == pytest.approx(0.1, rel=0.25)


def test_a_pilot_without_an_error_is_refused():
    with pytest.raises(AgreementError, match="no standard error"):
        groups_for_width(Statistic(ALPHA, "nominal", 0.7), 10, 0.2)


def test_labels_need_more_than_an_estimate_that_just_reaches_them():
    """irrCAC's vignette: AC1 .775 is "substantial" by its value, "moderate" with 95 % probability."""
    labels = label_probabilities(0.77544, 0.14295)

    assert [round(label.probability, 5) for label in labels[:4]] == [0.39674, 0.88336, 0.99542, 0.99997]
    assert benchmark(labels).name == "moderate"
    assert benchmark(labels, wanted=0.5).name == "substantial"


def test_leaving_a_unit_out_moves_alpha_by_about_its_influence():
    rng = np.random.default_rng(6)
    truth = rng.integers(0, 3, 200)
    values = np.where(rng.random((3, 200)) < 0.8, truth, rng.integers(0, 3, (3, 200)))
    whole, influence = coefficient(values, ALPHA).estimate, unit_influence(values, ALPHA)

    for unit in (int(influence.argmin()), int(influence.argmax())):
        without = coefficient(np.delete(values, unit, axis=1), ALPHA).estimate
        assert without == pytest.approx(whole - influence[unit], abs=2e-4)


def test_the_coder_who_differs_is_found():
    rng = np.random.default_rng(7)
    careful = np.tile(rng.integers(0, 3, 60), (3, 1))
    careful[2] = rng.integers(0, 3, 60)

    assert [round(found.estimate, 6) for found in without_coder(careful, ALPHA)].index(1) == 2


def test_leaving_a_participant_out_is_exact():
    rng = np.random.default_rng(8)
    values = rng.integers(0, 3, (3, 60)).astype(float)
    people = np.repeat(["P1", "P2", "P3"], 20)
    found = without_group(values, ALPHA, people)

    for person, without in found.items():
        kept = people != person
        assert without == pytest.approx(coefficient(values[:, kept], ALPHA, domain=[0, 1, 2]).estimate)
