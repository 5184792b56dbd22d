"""Boundaries and segmentations: values of segeval 2.0.11, and what must hold of any data."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.agreement.boundaries import (
    boundaries,
    boundary_edits,
    boundary_similarity,
    masses,
    pk,
    segmentation_similarity,
    window_diff,
)
from analysis.agreement.segmentation import boundary_agreement
from analysis.errors import AgreementError

# Hearst (1997), seven coders of the "Stargazers" article: paragraphs in each segment.
STARGAZERS = {
    "1": [2, 3, 3, 1, 3, 6, 3],
    "2": [2, 8, 2, 4, 2, 3],
    "3": [2, 1, 2, 3, 1, 3, 1, 3, 2, 2, 1],
    "4": [2, 1, 4, 1, 1, 3, 1, 4, 3, 1],
    "5": [3, 2, 4, 3, 5, 4],
    "6": [2, 3, 4, 2, 2, 5, 3],
    "7": [2, 3, 2, 2, 3, 1, 3, 2, 3],
}


@st.composite
def segmentations(draw, length=14):
    return masses(sorted(draw(st.sets(st.integers(1, length - 1)))), length)


class TestReferenceTable:
    """Every row of the segmentation families in the shared reference table."""

    def rows(self, shared):
        with (shared / "reference" / "reference.csv").open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["dataset"].startswith(("masses ", "segeval "))]

    def test_pairs_of_segmentations(self, shared):
        measures = {
            "boundary_similarity(n_t=2)": boundary_similarity,
            "segmentation_similarity": segmentation_similarity,
            "window_diff": lambda a, b: window_diff(reference=b, hypothesis=a),
            "pk": lambda a, b: pk(reference=b, hypothesis=a),
        }
        rows = [row for row in self.rows(shared) if row["dataset"].startswith("masses ")]
        assert len(rows) == 16
        for row in rows:
            a, b = (
                [int(mass) for mass in side.split(",")]
                for side in row["dataset"].removeprefix("masses ").split(" vs ")
            )
            assert measures[row["measure"]](a, b) == pytest.approx(float(row["expected"]), abs=1e-12), row

    def test_seven_coders_of_one_text(self, shared):
        chances = {
            "actual_agreement_linear(B)": None,
            "fleiss_pi_linear(B)": "pi",
            "fleiss_kappa_linear(B)": "kappa",
        }
        rows = [row for row in self.rows(shared) if row["dataset"].startswith("segeval ")]
        assert len(rows) == 3
        for row in rows:
            found = boundary_agreement({"stargazers": STARGAZERS}, chance=chances[row["measure"]])
            assert found.estimate == pytest.approx(float(row["expected"]), abs=1e-12), row


class TestMasses:
    @given(segmentations())
    def test_masses_and_boundaries_are_two_ways_to_say_the_same(self, segmentation):
        assert masses(boundaries(segmentation).tolist(), sum(segmentation)) == segmentation

    @pytest.mark.parametrize("wrong", [[], [3, 0, 2], [-1, 4], [1.5, 2]])
    def test_what_is_no_segmentation_is_refused(self, wrong):
        with pytest.raises(AgreementError, match="whole numbers above 0"):
            boundaries(wrong)

    def test_segmentations_of_different_texts_are_refused(self):
        with pytest.raises(AgreementError, match="11 and of 12 pieces"):
            boundary_similarity([5, 6], [6, 6])

    def test_a_boundary_outside_the_text_is_refused(self):
        with pytest.raises(AgreementError, match="outside the text's length of 5"):
            masses([7], 5)


class TestEdits:
    def test_a_near_miss_is_half_an_edit_and_a_far_one_two(self):
        assert boundary_edits([5, 5], [4, 6]).cost == 0.5
        assert boundary_edits([7, 3], [4, 6]).cost == 2
        assert boundary_edits([7, 3], [4, 6], n_t=4).cost == pytest.approx(3 / 4)

    def test_a_boundary_takes_part_in_one_near_miss_only(self):
        edits = boundary_edits([4, 6], [3, 2, 5])
        assert (edits.transpositions, edits.additions) == ((1,), 1)

    def test_nearer_misses_are_taken_first(self):
        assert boundary_edits([4, 1, 5], [2, 4, 4], n_t=3).transpositions == (1, 2)

    @given(segmentations(), segmentations(), st.integers(1, 4))
    def test_every_boundary_is_in_exactly_one_edit_or_match(self, a, b, n_t):
        edits = boundary_edits(a, b, n_t=n_t)
        drawn = len(a) - 1 + len(b) - 1
        assert 2 * edits.matches + 2 * len(edits.transpositions) + edits.additions == drawn

    @given(segmentations(), segmentations())
    def test_similarity_does_not_depend_on_who_is_first(self, a, b):
        assert boundary_similarity(a, b) == pytest.approx(boundary_similarity(b, a), nan_ok=True)
        assert segmentation_similarity(a, b) == segmentation_similarity(b, a)

    @given(segmentations(), segmentations())
    def test_all_measures_lie_between_0_and_1_and_b_below_s(self, a, b):
        values = [f(a, b) for f in (boundary_similarity, segmentation_similarity, window_diff, pk)]
        assert all(math.isnan(value) or 0 <= value <= 1 for value in values)
        assert math.isnan(values[0]) or values[0] <= values[1] + 1e-12
        assert values[3] <= values[2]

    @given(segmentations())
    def test_a_segmentation_is_most_similar_to_itself(self, a):
        assert segmentation_similarity(a, a) == 1
        assert window_diff(a, a) == pk(a, a) == 0
        assert boundary_similarity(a, a) == pytest.approx(1 if len(a) > 1 else math.nan, nan_ok=True)

    @given(segmentations(), segmentations())
    def test_windows_are_those_of_a_walk_over_the_text(self, reference, hypothesis):
        n = sum(reference)
        k = max(2, round(n / len(reference) / 2))
        cuts = [set(boundaries(side).tolist()) for side in (reference, hypothesis)]
        windows = [[sum(i < cut <= i + k for cut in side) for side in cuts] for i in range(n - k)]
        expected = [
            sum(a != b for a, b in windows) / (n - k),
            sum((a > 0) != (b > 0) for a, b in windows) / (n - k),
        ]
        assert [f(reference, hypothesis) for f in (window_diff, pk)] == pytest.approx(expected)


def texts(n, seed=2):
    rng = np.random.default_rng(seed)
    found = {}
    for t in range(n):
        true = set(rng.choice(np.arange(1, 40), 6, replace=False).tolist())
        found[f"t{t}"] = {
            coder: masses(sorted({min(39, max(1, cut + int(rng.integers(-1, 2)))) for cut in true}), 40)
            for coder in ("A", "B", "C")
        }
    return found


class TestAgreement:
    def test_pooled_agreement_is_numerators_over_denominators(self):
        pair = {"one": {"A": [2, 3, 6], "B": [5, 6]}, "two": {"A": [5, 5], "B": [4, 6]}}
        assert boundary_agreement(pair, chance=None).estimate == pytest.approx((1 + 0.5) / (2 + 1))

    def test_interval_over_texts(self):
        found = boundary_agreement(texts(10))
        assert found.interval == "linearised"
        assert found.low < found.estimate < found.high
        assert boundary_agreement(texts(10), interval="jackknife").se == pytest.approx(found.se, rel=0.2)

    def test_jackknife_is_leaving_texts_out(self):
        all_ = texts(5)
        left = [boundary_agreement({k: v for k, v in all_.items() if k != out}).estimate for out in all_]
        expected = math.sqrt(4 / 5 * ((np.array(left) - np.mean(left)) ** 2).sum())
        assert boundary_agreement(all_, interval="jackknife").se == pytest.approx(expected)

    def test_coders_may_differ_from_text_to_text(self):
        some = texts(4)
        some["t0"].pop("C")
        some["t1"].pop("A")
        for chance in ("pi", "kappa"):
            assert boundary_agreement(some, chance=chance).defined

    def test_kappa_is_above_pi_where_coders_cut_at_different_rates(self):
        rates = {"t": {"A": [2, 2, 2, 2, 2], "B": [4, 6]}}
        assert (
            boundary_agreement(rates, chance="kappa").estimate
            > boundary_agreement(rates, chance="pi").estimate
        )

    def test_nothing_to_compare_is_undefined_with_the_reason(self):
        assert boundary_agreement({"t": {"A": [5], "B": [5]}}).note == "nobody drew a boundary"
        assert boundary_agreement({"t": {"A": [2, 3]}}).note == "no text was cut by two coders"

    @pytest.mark.parametrize("wrong", [{"similarity": "C"}, {"chance": "kapa"}])
    def test_unknown_options_are_refused(self, wrong):
        with pytest.raises(AgreementError, match="not known"):
            boundary_agreement({"t": STARGAZERS}, **wrong)
