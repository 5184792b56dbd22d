"""Spans against a cell per character: the slow way that the module avoids."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.agreement.continuum import KEPT, Continuum, Span
from analysis.agreement.spans import (
    as_spans,
    covered,
    covered_within,
    intersection,
    merged,
    overlap,
    sweep,
)
from analysis.errors import AgreementError

LENGTH = 40
N_CODERS = 3

one_span = st.tuples(st.integers(0, LENGTH - 1), st.integers(1, 12)).map(
    lambda place: (place[0], min(LENGTH, place[0] + place[1]))
)
some_spans = st.lists(one_span, max_size=8)
of_coders = st.lists(st.tuples(st.integers(0, N_CODERS - 1), one_span), max_size=12)


def cells(spans):
    """Return how often every character is covered."""
    times = np.zeros(LENGTH, dtype=int)
    for start, end in spans:
        times[start:end] += 1
    return times


def runs(flags):
    """Return the spans of set characters."""
    padded = np.diff(np.concatenate([[0], np.asarray(flags, dtype=int), [0]]))
    return np.column_stack([np.flatnonzero(padded == 1), np.flatnonzero(padded == -1)])


def swept(marks, **options):
    return sweep(
        [span for _, span in marks],
        [coder for coder, _ in marks],
        n_coders=N_CODERS,
        length=LENGTH,
        **options,
    )


class TestUnion:
    @given(some_spans)
    def test_merged_spans_are_the_runs_of_covered_characters(self, spans):
        assert merged(spans).tolist() == runs(cells(spans) > 0).tolist()

    @given(some_spans)
    def test_covered_counts_every_character_once(self, spans):
        assert covered(spans) == (cells(spans) > 0).sum()

    @given(some_spans)
    def test_units_that_only_touch_stay_apart_and_cover_the_same(self, spans):
        apart = merged(spans, touching=False)
        assert (apart[1:, 0] >= apart[:-1, 1]).all()
        assert merged(apart).tolist() == merged(spans).tolist()

    def test_a_nested_span_ends_with_the_one_around_it(self):
        assert merged([[0, 20], [5, 8], [8, 12]], touching=False).tolist() == [[0, 20]]

    def test_a_repeated_span_is_one(self):
        assert merged([[3, 9], [3, 9]], touching=False).tolist() == [[3, 9]]

    def test_no_spans_have_no_union(self):
        assert merged([]).shape == (0, 2)
        assert covered([]) == 0


class TestIntersection:
    @given(some_spans, some_spans)
    def test_it_is_the_runs_of_characters_under_both(self, a, b):
        both = (cells(a) > 0) & (cells(b) > 0)
        assert intersection(a, b).tolist() == runs(both).tolist()
        assert overlap(a, b) == both.sum()


class TestSweep:
    @given(of_coders)
    def test_counts_are_those_of_every_character(self, marks):
        atoms = swept(marks)
        for coder in range(N_CODERS):
            expected = cells([span for who, span in marks if who == coder])
            assert np.repeat(atoms.counts[coder], atoms.lengths).tolist() == expected.tolist()

    @given(of_coders, st.lists(st.integers(-3, LENGTH + 3), max_size=5))
    def test_cuts_change_no_count_and_become_edges(self, marks, cuts):
        atoms, plain = swept(marks, cuts=cuts), swept(marks)
        assert {cut for cut in cuts if 0 <= cut <= LENGTH} <= set(atoms.edges.tolist())
        assert (atoms.counts @ atoms.lengths).tolist() == (plain.counts @ plain.lengths).tolist()

    @given(of_coders)
    def test_there_are_no_more_atoms_than_boundaries_allow(self, marks):
        assert len(swept(marks).lengths) <= 2 * len(marks) + 1

    @given(of_coders, st.lists(one_span, min_size=1, max_size=6))
    def test_what_a_unit_holds_is_counted_in_characters(self, marks, units):
        within = swept(marks).within(units)
        for coder in range(N_CODERS):
            hit = cells([span for who, span in marks if who == coder]) > 0
            assert within[coder].tolist() == [hit[start:end].sum() for start, end in units]

    def test_a_text_that_nobody_coded_is_one_atom(self):
        atoms = swept([])
        assert atoms.edges.tolist() == [0, LENGTH]
        assert atoms.counts.tolist() == [[0]] * N_CODERS

    def test_an_empty_text_has_no_atoms(self):
        atoms = sweep([], [], n_coders=2, length=0)
        assert atoms.counts.shape == (2, 0)
        assert atoms.within([[0, 5]]).tolist() == [[0], [0]]

    def test_a_long_text_costs_no_more_than_a_short_one(self):
        atoms = sweep([[10, 20]], [0], n_coders=1, length=10**12)
        assert atoms.lengths.tolist() == [10, 10, 10**12 - 20]

    def test_a_span_beyond_the_text_is_refused(self):
        with pytest.raises(AgreementError, match="ends at 41, beyond the text's length of 40"):
            swept([(0, (30, 41))])

    @given(some_spans, st.lists(one_span, min_size=1, max_size=6))
    def test_covered_within_is_the_same_for_one_coder(self, spans, units):
        hit = cells(spans) > 0
        assert covered_within(units, spans).tolist() == [hit[start:end].sum() for start, end in units]


class TestRefusals:
    @pytest.mark.parametrize("span", [(5, 5), (6, 5), (-1, 5)])
    def test_a_span_that_is_none_is_named(self, span):
        with pytest.raises(AgreementError, match=rf"\[{span[0]}, {span[1]}\)"):
            as_spans([(0, 3), span])

    @pytest.mark.parametrize("spans", [[(0.5, 3)], [(1, 2, 3)], ["ab"], [1, 2]])
    def test_what_is_no_pair_of_whole_numbers_is_refused(self, spans):
        with pytest.raises(AgreementError, match="pairs of whole numbers"):
            as_spans(spans)

    def test_whole_numbers_as_floats_are_taken(self):
        assert as_spans([[0.0, 3.0]]).tolist() == [[0, 3]]


class TestContinuum:
    def test_all_problems_come_at_once_without_the_text(self):
        with pytest.raises(AgreementError) as caught:
            Continuum(10, [("A", 5, 5, "x"), ("B", 0, 11, "x"), ("C", 0, 1, "x")], ["A", "B"], document="d1")
        assert len(caught.value.problems) == 3
        assert 'Document "d1" has 3 problems' in str(caught.value)

    def test_coders_who_marked_nothing_are_kept_when_named(self):
        assert Continuum(10, [("A", 0, 5, "x")], ["A", "B"]).coders == ("A", "B")
        assert Continuum(10, [("A", 0, 5, "x")]).coders == ("A",)

    def test_marked_spans_come_as_drawn_and_units_joined(self):
        text = Continuum(10, [Span("A", 4, 8, "x"), Span("A", 0, 5, "x"), Span("A", 8, 9, "x")])
        assert text.marked("A", "x").tolist() == [[0, 5], [4, 8], [8, 9]]
        assert text.units("A", "x").tolist() == [[0, 8], [8, 9]]
        assert text.marked("A", "y").shape == (0, 2)

    def test_atoms_count_a_coders_spans_of_all_the_codes_asked_for(self):
        text = Continuum(10, [("A", 0, 5, "x"), ("A", 3, 8, "y"), ("A", 9, 10, "z")])
        atoms = text.atoms(["x", "y"])
        assert atoms.edges.tolist() == [0, 3, 5, 8, 10]
        assert atoms.counts.tolist() == [[1, 2, 1, 0]]

    def test_atoms_are_the_same_whoever_asked_before(self):
        codes = [f"c{n}" for n in range(KEPT + 5)]
        spans = [("A", n, n + 2, code) for n, code in enumerate(codes)]
        asked = Continuum(len(codes) + 2, [*spans, ("B", 0, 1, "c0")])
        for coders in ((), ["A"], ["B", "A"]):
            for code in codes:
                asked.atoms([code], coders)

        assert asked.atoms(["c0"]).counts.tolist() == [[1, 1, 0], [1, 0, 0]]
        assert asked.atoms(["c0"], ["B", "A"]).counts.tolist() == [[1, 0, 0], [1, 1, 0]]
        assert asked.atoms(["c1"], ["A"]).counts.tolist() == [[0, 1, 0]]
