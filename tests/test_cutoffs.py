"""Cut-offs: judged on the point, the interval or q."""

from __future__ import annotations

import pytest

from analysis.claimfile import Decision
from analysis.cutoffs import side_of

ENTRY = {"value": 0.74, "low": 0.61, "high": 0.85, "q": 0.12}


def test_the_point_decides_unless_the_claim_says_otherwise():
    side = side_of(Decision(at_least=0.667), ENTRY, minimum=0.667)
    assert not side.flips
    assert side.said == "the interval 0.61 to 0.85 holds values below 0.667; q = 0.12 that it is below 0.667"


@pytest.mark.parametrize(("judged_on", "flips"), [("point", False), ("interval", True), ("q", True)])
def test_a_point_above_may_have_an_interval_and_a_q_that_are_not(judged_on, flips):
    assert side_of(Decision(at_least=0.667, judged_on=judged_on), ENTRY, minimum=0.667).flips == flips


def test_how_small_q_must_be_can_be_said():
    assert not side_of(Decision(at_least=0.667, judged_on="q", q_at_most=0.2), ENTRY, minimum=0.667).flips


def test_q_speaks_only_of_the_minimum_that_the_study_states():
    side = side_of(Decision(at_least=0.7, judged_on="q"), ENTRY, minimum=0.667)
    assert (side.flips, "agreement.minimum" in side.said) == (True, True)


def test_no_interval_is_no_proof():
    side = side_of(Decision(at_least=0.667, judged_on="interval"), {"value": 0.74})
    assert (side.flips, side.said) == (True, "no interval was computed")


def test_at_most_looks_at_the_upper_end():
    assert side_of(Decision(at_most=0.8, judged_on="interval"), ENTRY).said.endswith("values above 0.8")


def test_undefined_falls_on_no_side():
    assert not side_of(Decision(at_least=0.667), {"value": None}).flips
