"""Codes that stand together, checked against counting by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cooccurrence import COOCCURRENCE, WITHIN, cooccurrence_table, together
from analysis.corpus import Corpus
from analysis.counting import Counted

CODES = ("a", "b", "c")


def _corpus(spans: list[tuple[str, int, int]]) -> Corpus:
    """Return a corpus of segments (document, start, end), named s0, s1 and so on."""
    segments = pd.DataFrame(spans, columns=["document_id", "start", "end"])
    segments["segment_id"] = [f"s{n}" for n in range(len(spans))]
    segments["case_id"] = segments["document_id"]
    documents = pd.DataFrame({"document_id": sorted(segments["document_id"].unique())})
    codes = pd.DataFrame({"code_id": CODES})
    cases = pd.DataFrame({"case_id": documents["document_id"], "group": "all"})
    return Corpus(cases=cases, segments=segments, documents=documents.assign(text="x" * 60), codes=codes)


def _counted(corpus: Corpus, marks: list[tuple[int, str]]) -> Counted:
    frame = pd.DataFrame([(f"s{n}", code) for n, code in marks], columns=["segment_id", "code_id"])
    frame["case_id"] = frame["segment_id"].map(corpus.segments.set_index("segment_id")["case_id"])
    return Counted("any", "", frame)


def _cell(table: pd.DataFrame, within: str, a: str = "a", b: str = "b") -> tuple[int, int, int]:
    row = table[(table["within"] == within) & (table["code_a"] == a) & (table["code_b"] == b)]
    return tuple(int(row[name].iloc[0]) for name in ("n", "n_a", "n_b"))


def test_same_segment_overlapping_text_and_same_participant_are_three_counts():
    corpus = _corpus([("D1", 0, 10), ("D1", 5, 15), ("D1", 20, 30), ("D2", 0, 9)])
    table = cooccurrence_table(corpus, _counted(corpus, [(0, "a"), (1, "b"), (2, "a"), (2, "b"), (3, "a")]))

    assert _cell(table, "segment") == (1, 3, 2)
    assert _cell(table, "span") == (2, 3, 2)
    assert _cell(table, "case") == (1, 2, 1)


def test_segments_that_touch_do_not_overlap():
    corpus = _corpus([("D1", 0, 10), ("D1", 10, 20)])

    assert _cell(cooccurrence_table(corpus, _counted(corpus, [(0, "a"), (1, "b")])), "span") == (0, 1, 1)


def test_a_chain_of_segments_does_not_join_its_two_ends():
    corpus = _corpus([("D1", 0, 10), ("D1", 5, 15), ("D1", 12, 20)])
    table = cooccurrence_table(corpus, _counted(corpus, [(0, "a"), (1, "c"), (2, "b")]))

    assert _cell(table, "span", "a", "b") == (0, 1, 1)
    assert _cell(table, "span", "a", "c") == (1, 1, 1)


def test_one_long_segment_over_two_short_ones_is_one_place():
    corpus = _corpus([("D1", 0, 50), ("D1", 10, 20), ("D1", 30, 40)])

    assert _cell(cooccurrence_table(corpus, _counted(corpus, [(0, "a"), (1, "b"), (2, "b")])), "span") == (
        1,
        1,
        1,
    )


def test_segments_of_two_documents_never_overlap_though_their_positions_do():
    corpus = _corpus([("D1", 0, 10), ("D2", 5, 15)])

    assert _cell(cooccurrence_table(corpus, _counted(corpus, [(0, "a"), (1, "b")])), "span")[0] == 0


def test_without_codes_there_are_no_rows():
    assert list(cooccurrence_table(Corpus(), None).columns) == COOCCURRENCE


def test_where_no_segments_overlap_a_stretch_is_a_segment(small):
    from analysis.counting import counted_codes

    corpus, study = small.both()
    table = cooccurrence_table(corpus, counted_codes(corpus, study)).set_index(["code_a", "code_b", "within"])
    segment, span = (table.xs(each, level="within") for each in ("segment", "span"))

    pd.testing.assert_frame_equal(segment, span)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["D1", "D2"]), st.integers(0, 40), st.integers(1, 12)),
        min_size=1,
        max_size=8,
    ),
    st.data(),
)
def test_every_count_equals_the_count_by_hand(spans, data):
    corpus = _corpus([(d, start, start + length) for d, start, length in spans])
    pick = st.tuples(st.integers(0, len(spans) - 1), st.sampled_from(CODES))
    marks = sorted(data.draw(st.sets(pick, min_size=1)))
    table = cooccurrence_table(corpus, _counted(corpus, marks))

    for (a, b), within in itertools.product(itertools.combinations(sorted({c for _, c in marks}), 2), WITHIN):
        assert _cell(table, within, a, b) == _by_hand(corpus, marks, within, a, b)
    assert ((table["jaccard"] >= 0) & (table["jaccard"] <= 1)).all()


def _by_hand(
    corpus: Corpus, marks: list[tuple[int, str]], within: str, a: str, b: str
) -> tuple[int, int, int]:
    rows = corpus.segments
    units = {
        "segment": lambda n: n,
        "case": lambda n: rows.at[n, "case_id"],
        "span": _stretch_of(corpus, marks).get,
    }
    unit = units[within]
    with_a, with_b = ({unit(n) for n, code in marks if code == each} for each in (a, b))
    if within != "span":
        return len(with_a & with_b), len(with_a), len(with_b)
    both = {
        unit(n)
        for (n, one), (m, other) in itertools.product(marks, marks)
        if one == a and other == b and _meet(rows, n, m)
    }
    return len(both), len(with_a), len(with_b)


def _meet(rows: pd.DataFrame, n: int, m: int) -> bool:
    one, other = rows.iloc[n], rows.iloc[m]
    return one.document_id == other.document_id and one.start < other.end and other.start < one.end


def _stretch_of(corpus: Corpus, marks: list[tuple[int, str]]) -> dict[int, int]:
    """Return segment -> smallest segment that a chain of overlaps joins it to."""
    coded = sorted({n for n, _ in marks})
    stretch = {n: n for n in coded}
    for _ in coded:
        for n, m in itertools.product(coded, coded):
            if _meet(corpus.segments, n, m):
                stretch[n] = stretch[m] = min(stretch[n], stretch[m])
    return stretch


def test_a_coding_that_is_there_twice_counts_once():
    assert together(np.array([0, 0, 0]), np.array([0, 0, 1]), 2).tolist() == [[1, 1], [1, 1]]


@pytest.mark.parametrize("within", WITHIN)
def test_a_pair_stands_once_and_in_codebook_order(within, small):
    from analysis.counting import counted_codes

    corpus, study = small.both()
    table = cooccurrence_table(corpus, counted_codes(corpus, study))
    order = corpus.codes["code_id"].tolist()
    mine = table[table["within"] == within]

    assert all(order.index(a) < order.index(b) for a, b in zip(mine["code_a"], mine["code_b"], strict=True))
    assert not mine.duplicated(["code_a", "code_b"]).any()
