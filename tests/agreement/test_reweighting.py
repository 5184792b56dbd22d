"""Intervals from weights of clusters, on a ratio whose answers are known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.agreement.reweighting import influence, with_interval
from analysis.agreement.statistic import Statistic
from analysis.errors import AgreementError

HITS = np.array([5.0, 4.0, 9.0, 2.0, 7.0])
SIZES = np.array([10.0, 20.0, 12.0, 9.0, 11.0])
T_975_4 = 2.7764451051977987
FOUND = Statistic("ratio", "nominal", estimate=HITS.sum() / SIZES.sum())


def ratio(weights):
    return (weights @ HITS) / (weights @ SIZES)


class TestInfluence:
    def test_it_is_the_derivative_of_a_ratio(self):
        expected = (HITS - FOUND.estimate * SIZES) / SIZES.sum()
        assert influence(ratio, 5) == pytest.approx(expected, rel=1e-13)


class TestInterval:
    def test_linearised_is_the_ratio_estimator_of_survey_sampling(self):
        expected = math.sqrt(5 / 4 * ((HITS - FOUND.estimate * SIZES) ** 2).sum()) / SIZES.sum()
        found = with_interval(FOUND, ratio, 5, scale="share")
        assert found.se == pytest.approx(expected, rel=1e-12)
        assert found.high - found.low == pytest.approx(2 * T_975_4 * expected, rel=1e-9)

    def test_on_the_log_scale_it_stays_below_1(self):
        found = with_interval(FOUND, lambda w: 0.5 + ratio(w) - FOUND.estimate + 0.47, 5, confidence=0.9999)
        assert found.high < 1

    def test_a_higher_confidence_gives_a_wider_interval(self):
        wide, narrow = (with_interval(FOUND, ratio, 5, confidence=c) for c in (0.99, 0.9))
        assert wide.low < narrow.low < narrow.high < wide.high

    def test_fewer_clusters_than_were_validated_are_noted(self):
        assert "there are 5" in with_interval(FOUND, ratio, 5).note

    def test_an_unknown_interval_is_refused_with_a_suggestion(self):
        with pytest.raises(AgreementError, match='Did you mean "jackknife"'):
            with_interval(FOUND, ratio, 5, interval="jacknife")

    def test_one_cluster_has_none_and_says_so(self):
        found = with_interval(FOUND, ratio, 1)
        assert math.isnan(found.low)
        assert "two clusters" in found.note

    def test_clusters_that_do_not_differ_have_none(self):
        found = with_interval(
            FOUND, lambda w: w @ np.full(5, 2.0) / (w @ np.full(5, 4.0)), 5, interval="jackknife"
        )
        assert found.se == 0
        assert "do not differ" in found.note

    def test_draws_that_are_undefined_are_counted(self):
        def only_with_the_first(weights):
            return np.where(weights[..., 0] > 0, ratio(weights), np.nan)

        found = with_interval(FOUND, only_with_the_first, 5, interval="bootstrap", draws=500)
        assert "of 500 replicates" in found.note
        assert found.low < FOUND.estimate < found.high

    @pytest.mark.parametrize("interval", ["bootstrap", "bootstrap_bayes"])
    def test_draws_spread_as_the_influences_do(self, interval):
        drawn = with_interval(FOUND, ratio, 5, interval=interval, draws=4000)
        assert drawn.se == pytest.approx(math.sqrt((influence(ratio, 5) ** 2).sum()), rel=0.15)
