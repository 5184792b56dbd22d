"""Alpha of sets of codes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.agreement import coefficient, set_alpha, set_distance
from analysis.errors import AgreementError

SETS = st.one_of(st.none(), st.frozensets(st.integers(0, 4), max_size=3))


@pytest.mark.parametrize(
    ("one", "other", "jaccard", "masi"),
    [
        ("", "", 0, 0),
        ("", "a", 1, 1),
        ("ab", "ab", 0, 0),
        ("a", "ab", 1 / 2, 1 - 1 / 2 * 2 / 3),
        ("ab", "bc", 2 / 3, 1 - 1 / 3 * 1 / 3),
        ("a", "b", 1, 1),
    ],
)
def test_distances_by_hand(one, other, jaccard, masi):
    assert set_distance(one, other, "jaccard") == pytest.approx(jaccard)
    assert set_distance(other, one, "masi") == pytest.approx(masi)


def by_definition(sets: list, distance: str) -> float | None:
    """Return alpha by listing all pairs."""
    units = [[s for s in unit if s is not None] for unit in zip(*sets, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    rated = [s for unit in units for s in unit]
    between = sum(set_distance(a, b, distance) for a in rated for b in rated)
    within = sum(
        sum(set_distance(a, b, distance) for a in unit for b in unit) / (len(unit) - 1) for unit in units
    )
    return 1 - (len(rated) - 1) * within / between if between else None


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 4).flatmap(
        lambda m: st.lists(st.lists(SETS, min_size=m, max_size=m), min_size=1, max_size=8)
    ),
    st.sampled_from(["jaccard", "masi"]),
)
def test_alpha_of_sets_is_what_its_definition_says(units, distance):
    sets = [list(row) for row in zip(*units, strict=True)]
    expected, found = by_definition(sets, distance), set_alpha(sets, distance)

    if expected is None:
        assert found.note
    else:
        assert found.estimate == pytest.approx(expected, abs=1e-12)


def test_sets_of_one_code_are_nominal_values():
    values = np.array([[0, 1, 2, 2, 1, 0] * 5, [0, 1, 2, 1, 1, 2] * 5])
    sets = [[{code} for code in row] for row in values.tolist()]

    as_sets, as_values = (
        set_alpha(sets, "masi", interval="linearised"),
        coefficient(values, "krippendorff_alpha"),
    )
    assert as_sets.estimate == pytest.approx(as_values.estimate)
    assert as_sets.low < as_sets.estimate < as_sets.high


def test_an_unseen_unit_is_not_a_unit_without_codes():
    seen = set_alpha([[{"a"}, {"b"}, set()], [{"a"}, {"b"}, {"a"}]])
    unseen = set_alpha([[{"a"}, {"b"}, None], [{"a"}, {"b"}, {"a"}]])

    assert unseen.estimate == 1
    assert seen.estimate < 1


def test_more_than_64_codes_fit_in_a_set():
    rng = np.random.default_rng(1)
    sets = [[set(rng.integers(0, 200, 5).tolist()) for _ in range(30)] for _ in range(2)]

    assert set_alpha(sets, "jaccard").estimate == pytest.approx(by_definition(sets, "jaccard"))


def test_intervals_of_sets_know_clusters():
    rng = np.random.default_rng(2)
    truth = [set(rng.integers(0, 6, 2).tolist()) for _ in range(100)]
    other = [s if rng.random() < 0.7 else {int(rng.integers(0, 6))} for s in truth]
    cluster = np.arange(100) // 10

    for interval in ("linearised", "bootstrap", "jackknife"):
        found = set_alpha([truth, other], interval=interval, cluster=cluster, minimum=0.5)
        assert found.low < found.estimate < found.high
        assert found.level == "set:masi"


def test_a_distance_that_is_not_known_is_refused():
    with pytest.raises(AgreementError, match='Did you mean "jaccard"'):
        set_alpha([[{"a"}], [{"a"}]], "jacard")
