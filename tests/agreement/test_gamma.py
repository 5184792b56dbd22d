"""Gamma: disorders that are known exactly, and a search over all alignments."""

from __future__ import annotations

import csv
import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.agreement.continuum import Continuum
from analysis.agreement.gamma import Dissimilarity, gamma, observed_disorder
from analysis.errors import AgreementError


class TestReferenceTable:
    """Every gamma row of the shared reference table; gamma itself is Monte Carlo there and here."""

    def rows(self, shared, measure):
        with (shared / "reference" / "reference.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["measure"] == measure]
        assert len(rows) == 6
        return rows

    def text(self, shared, dataset):
        with (shared / "reference" / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        spans = [(row["coder"], int(row["start"]), int(row["end"]), row["code"]) for row in rows]
        return Continuum(int(rows[0]["length"]), spans)

    def weights(self, dataset):
        return Dissimilarity(alpha=3, beta=2) if "_06_" in dataset else Dissimilarity()

    def test_observed_disorder(self, shared):
        for row in self.rows(shared, "gamma_observed_disorder"):
            text, weights = self.text(shared, row["dataset"]), self.weights(row["dataset"])
            found = observed_disorder(text, dissimilarity=weights)
            assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"])), row

    def test_gamma_within_the_monte_carlo_tolerance(self, shared):
        for row in self.rows(shared, "gamma"):
            text, weights = self.text(shared, row["dataset"]), self.weights(row["dataset"])
            found = gamma(text, np.random.default_rng(4), dissimilarity=weights, samples=80)
            assert found.estimate == pytest.approx(float(row["expected"]), abs=float(row["tolerance"])), row


@st.composite
def small_texts(draw, coders=("A", "B", "C")):
    one = st.tuples(
        st.sampled_from(coders), st.integers(0, 28), st.integers(1, 10), st.sampled_from(["x", "y"])
    )
    drawn = draw(st.lists(one, min_size=1, max_size=5))
    return Continuum(40, [(who, start, start + n, code) for who, start, n, code in drawn], coders)


def by_search(text):
    """Return the least disorder over all ways to align the units, tried one after another."""
    units = {who: [span for span in text.spans if span.coder == who] for who in text.coders}
    n = len(text.coders)

    def apart(u, v):
        if u is None or v is None:
            return 1.0
        place = (abs(u.start - v.start) + abs(u.end - v.end)) / (u.end - u.start + v.end - v.start)
        return place**2 + (u.code != v.code)

    def cost(tuple_):
        pairs = [(tuple_[i], tuple_[j]) for i in range(n) for j in range(i + 1, n)]
        return sum(apart(u, v) for u, v in pairs) / len(pairs)

    def best(left):
        owner = next((i for i in range(n) if left[i]), None)
        if owner is None:
            return 0.0
        first = left[owner][0]
        choices = [[first] if i == owner else [None, *left[i]] for i in range(n)]
        return min(
            cost(tuple_) + best([[u for u in left[i] if u is not tuple_[i]] for i in range(n)])
            for tuple_ in product(*choices)
        )

    return best(list(units.values())) / (len(text.spans) / n)


class TestDisorder:
    @settings(max_examples=60, deadline=None)
    @given(small_texts())
    def test_it_is_the_least_over_all_alignments(self, text):
        assert observed_disorder(text) == pytest.approx(by_search(text), abs=1e-9)

    @settings(max_examples=30, deadline=None)
    @given(small_texts(coders=("A",)))
    def test_equal_coders_have_none(self, text):
        twins = [("B", *rest) for _, *rest in text.spans]
        assert observed_disorder(Continuum(40, [*text.spans, *twins])) == 0

    def test_units_without_counterpart_cost_the_empty_unit(self):
        assert observed_disorder(Continuum(10, [("A", 0, 5, "x")], ("A", "B"))) == pytest.approx(2)

    def test_one_coder_is_refused(self):
        with pytest.raises(AgreementError, match="two coders"):
            observed_disorder(Continuum(10, [("A", 0, 5, "x")]))


class TestGamma:
    TEXT = Continuum(
        60, [("A", 0, 10, "x"), ("A", 20, 30, "y"), ("B", 2, 12, "x"), ("B", 22, 30, "y"), ("B", 50, 55, "x")]
    )

    def test_the_same_generator_gives_the_same_bytes(self):
        assert gamma(self.TEXT, np.random.default_rng(7)) == gamma(self.TEXT, np.random.default_rng(7))

    def test_more_random_texts_leave_less_error(self):
        few, many = (gamma(self.TEXT, np.random.default_rng(7), samples=n).se for n in (10, 200))
        assert many < few

    def test_nothing_marked_is_undefined_with_the_reason(self):
        found = gamma(Continuum(10, [], ("A", "B")), np.random.default_rng(0))
        assert math.isnan(found.estimate)
        assert "at least one unit" in found.note
