"""Standard errors and intervals: what they must equal, and that they are the same on any machine."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from analysis.agreement import INTERVALS, bootstrap, estimate
from analysis.agreement.estimates import estimate_each
from analysis.agreement.groups import Groups

ALPHA = "krippendorff_alpha"


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    """Three coders, 240 units of 12 participants, a tenth of the ratings missing."""
    rng = np.random.default_rng(11)
    truth = rng.integers(1, 5, 240)
    rated = np.where(rng.random((3, 240)) < 0.7, truth, rng.integers(1, 5, (3, 240))).astype(float)
    rated[rng.random(rated.shape) < 0.1] = np.nan
    return rated


@pytest.fixture(scope="module")
def participants() -> list[str]:
    return [f"P{unit // 20}" for unit in range(240)]


@pytest.mark.parametrize("measure", [ALPHA, "percent", "conger_kappa", "light_kappa", "gwet_ac1"])
@pytest.mark.parametrize("clustered", [False, True])
def test_all_ways_to_a_standard_error_nearly_agree(values, participants, measure, clustered):
    cluster = participants if clustered else None
    ways = ["linearised", "bootstrap", "bootstrap_bayes", "jackknife"]
    errors = [estimate(values, measure, interval=way, cluster=cluster, draws=4000).se for way in ways]

    assert errors == pytest.approx([errors[0]] * 4, rel=0.12 if clustered else 0.08)


@pytest.mark.parametrize("interval", INTERVALS)
def test_an_interval_names_its_method_and_holds_the_estimate(values, interval):
    found = estimate(values, ALPHA, interval=interval, minimum=0.5)

    assert found.interval == interval
    assert found.low < found.estimate < found.high
    assert 0 < found.q < 1


def test_q_is_the_probability_below_the_minimum(values):
    found = estimate(values, ALPHA, minimum=0.4)

    assert estimate(values, ALPHA, minimum=found.low).q == pytest.approx(0.025)
    assert estimate(values, ALPHA, minimum=found.high).q == pytest.approx(0.975)
    assert estimate(values, ALPHA, minimum=found.estimate).q == pytest.approx(0.5)


def test_segments_of_the_same_person_make_the_interval_wider(participants):
    rng = np.random.default_rng(2)
    careful = rng.beta(2, 1, 12).repeat(20)
    truth = rng.integers(0, 4, 240)
    rated = np.where(rng.random((2, 240)) < careful, truth, rng.integers(0, 4, (2, 240)))

    assert estimate(rated, ALPHA, cluster=participants).se > 1.3 * estimate(rated, ALPHA).se


def test_clusters_may_be_named_anything_and_stand_in_any_order(values, participants):
    order = np.random.default_rng(5).permutation(240)
    named = estimate(values, ALPHA, cluster=participants)
    mixed = estimate(values[:, order], ALPHA, cluster=np.arange(240)[order] // 20)

    assert mixed.se == pytest.approx(named.se, abs=1e-12)


def test_few_clusters_are_remarked_on(values):
    six, five = np.arange(240) // 40, np.arange(240) // 48

    assert estimate(values, ALPHA, cluster=six).note == ""
    assert "not validated below 6 clusters; there are 5" in estimate(values, ALPHA, cluster=five).note
    assert "below 8 clusters; there are 6" in estimate(values, ALPHA, level="interval", cluster=six).note


def test_one_cluster_has_no_interval(values):
    found = estimate(values, ALPHA, cluster=["P1"] * 240)

    assert np.isnan([found.se, found.low, found.high]).all()
    assert "no interval" in found.note


def test_perfect_agreement_has_no_interval_rather_than_one_of_no_width():
    found = estimate([[1, 2, 1, 2], [1, 2, 1, 2]], ALPHA)

    assert (found.estimate, found.se) == (1, 0)
    assert np.isnan(found.low)


def test_kalpha_is_narrower_and_says_so(values):
    kalpha, unit = (estimate(values, ALPHA, interval=way) for way in ("kalpha", "bootstrap"))

    assert kalpha.se < unit.se
    assert "KALPHA-compatible" in kalpha.note


@pytest.mark.parametrize("interval", ["bootstrap", "bootstrap_bca", "bootstrap_bayes", "kalpha"])
def test_the_same_generator_gives_the_same_interval(values, interval):
    one, other = (estimate(values, ALPHA, interval=interval, rng=np.random.default_rng(8)) for _ in "12")

    assert one == other
    assert one != estimate(values, ALPHA, interval=interval, rng=np.random.default_rng(9))


PROGRAM = """
import numpy as np
from analysis.agreement import estimate
rng = np.random.default_rng(1)
values = rng.integers(1, 8, (4, 3000)) + rng.random((4, 3000)).round()
for level in ("nominal", "interval", "ordinal", "ratio"):
    for interval in ("linearised", "bootstrap", "bootstrap_bayes", "jackknife"):
        found = estimate(values, "krippendorff_alpha", level=level, interval=interval, draws=200)
        print(level, interval, *(x.hex() for x in (found.estimate, found.se, found.low, found.high)))
"""


def test_one_thread_or_four_give_the_same_bytes():
    def run(threads: int) -> str:
        limits = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=os.environ | limits,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert run(1) == run(4)


@pytest.mark.parametrize("n_rows", [3, 100])
def test_draws_are_the_same_whether_counted_one_by_one_or_together(monkeypatch, n_rows):
    def drawn() -> np.ndarray:
        return np.concatenate(list(bootstrap.weights_drawn(n_rows, 300, np.random.default_rng(4))))

    together = drawn()
    monkeypatch.setattr(bootstrap, "_SHORT", 0)

    assert np.array_equal(together, drawn())
    assert (together.sum(axis=1) == n_rows).all()


@pytest.mark.parametrize("interval", ["linearised", "jackknife", "bootstrap"])
def test_several_coefficients_of_the_same_ratings_are_each_its_own(values, participants, interval):
    measures = ["percent", ALPHA, "gwet_ac1", "conger_kappa"]
    how = {"interval": interval, "confidence": 0.9, "minimum": 0.5, "draws": 50}
    groups, rng = Groups.by(participants, values.shape[1]), np.random.default_rng(3)
    found = list(estimate_each(values, measures, groups, level="nominal", domain=None, rng=rng, **how))

    again = np.random.default_rng(3)
    assert found == [estimate(values, name, cluster=participants, rng=again, **how) for name in measures]
