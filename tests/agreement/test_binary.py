"""Many codes at once must be what each code is by itself."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import pytest

from analysis.agreement import MEASURES, Marks, code_replicates, estimate, holm, per_code, simultaneous
from analysis.errors import AgreementError

N_CODES = 9


def marked(coders: int, units: int = 160, seed: int = 0) -> tuple[Marks, list[np.ndarray]]:
    """Return marks, and each code's own array of 0, 1 and nan; the last code is never given."""
    rng = np.random.default_rng(seed)
    assigned = rng.random((coders, units)) < 0.8
    shares = rng.uniform(0.02, 0.3, N_CODES)
    shares[-1] = 0
    truth = rng.random((N_CODES, units)) < shares[:, None]
    guess = rng.random((coders, N_CODES, units)) < shares[:, None]
    given = np.where(rng.random(guess.shape) < 0.7, truth, guess) & assigned[:, None]
    given[:, -1] = False
    coder, code, unit = np.nonzero(given)
    arrays = [np.where(assigned, given[:, c], np.nan).astype(float) for c in range(N_CODES)]
    return Marks(unit, coder, code, assigned, N_CODES), arrays


def alike(one: object, other: object) -> None:
    for field, expected in asdict(other).items():
        found = getattr(one, field)
        if isinstance(expected, float):
            assert found == pytest.approx(expected, abs=1e-9, nan_ok=True), field
        else:
            assert found == expected, field


@pytest.mark.parametrize("coders", [2, 4])
@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_each_code_is_as_if_computed_alone(measure, coders, clustered):
    marks, arrays = marked(coders)
    cluster = np.arange(160) // 16 if clustered else None

    for found, array in zip(per_code(marks, measure, cluster=cluster, minimum=0.6), arrays, strict=True):
        alike(found, estimate(array, measure, domain=[0, 1], cluster=cluster, minimum=0.6))


def test_clusters_are_redrawn_as_if_for_each_code_alone():
    marks, arrays = marked(3)
    cluster = np.arange(160) // 16

    together = per_code(marks, cluster=cluster, interval="bootstrap", draws=200)
    for found, array in zip(together, arrays, strict=True):
        alike(
            found,
            estimate(
                array, "krippendorff_alpha", domain=[0, 1], cluster=cluster, interval="bootstrap", draws=200
            ),
        )


def test_redrawn_units_spread_as_the_influences_say():
    marks, _ = marked(3, units=1500)
    drawn = per_code(marks, interval="bootstrap", draws=3000)
    linear = per_code(marks)

    assert [f.se for f in drawn[:-1]] == pytest.approx([f.se for f in linear[:-1]], rel=0.06)


def test_codes_are_redrawn_together():
    marks, _ = marked(3)
    both = Marks(
        np.tile(marks.unit, 2),
        np.tile(marks.coder, 2),
        np.append(marks.code, marks.code + N_CODES),
        marks.assigned,
        2 * N_CODES,
    )
    drawn = code_replicates(both, draws=50)

    np.testing.assert_allclose(drawn[:, :N_CODES], drawn[:, N_CODES:], equal_nan=True)


def test_a_mark_made_twice_counts_once():
    marks, _ = marked(2)
    twice = Marks(
        np.tile(marks.unit, 2), np.tile(marks.coder, 2), np.tile(marks.code, 2), marks.assigned, N_CODES
    )

    assert [f.estimate for f in per_code(twice)[:-1]] == [f.estimate for f in per_code(marks)[:-1]]


def test_no_marks_at_all_are_undefined_not_an_error():
    found = per_code(Marks([], [], [], np.ones((2, 5), bool), 3))

    assert len(found) == 3
    assert all("same value" in f.note for f in found)


@pytest.mark.parametrize(
    ("unit", "coder", "code", "says"),
    [
        ([5], [0], [0], "name a unit"),
        ([0], [7], [0], "name a coder"),
        ([0], [0], [-1], "name a code"),
        ([1], [1], [0], "was not assigned"),
        ([1, 2], [1], [0], "as many units"),
    ],
)
def test_marks_that_cannot_be_are_refused(unit, coder, code, says):
    assigned = np.array([[True, True, True], [True, False, True]])
    with pytest.raises(AgreementError, match=says):
        Marks(unit, coder, code, assigned, 2)


def test_simultaneous_bounds_hold_the_single_ones():
    marks, _ = marked(3, units=600)
    found = per_code(marks)
    wider = simultaneous(found, code_replicates(marks))

    for one, all_ in zip(found[:-1], wider[:-1], strict=True):
        assert all_.low < one.low < one.high < all_.high
        assert all_.interval == "simultaneous"
    assert wider[-1].note == found[-1].note


def test_holm_1979():
    assert holm([0.01, 0.04, np.nan, 0.03]) == pytest.approx([0.03, 0.06, np.nan, 0.06], nan_ok=True)
    assert holm([0.6, 0.7]).tolist() == [1, 1]
