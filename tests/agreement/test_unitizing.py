"""Alpha for unitized texts: published values, a slow implementation, and what must hold of any data."""

from __future__ import annotations

import csv
import math
from collections import Counter
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.agreement.continuum import Continuum
from analysis.agreement.pool import Pool
from analysis.agreement.sections import sections_of
from analysis.agreement.unitizing import (
    alpha_c_binary,
    alpha_cu,
    alpha_ku,
    alpha_u,
    alpha_u_1995,
    alpha_u_binary,
    disagreement_1995,
    family,
)
from analysis.errors import AgreementError

# Krippendorff (1995) p. 57 and (2004) p. 254, typed from print: length, coder, start, end, code.
KRIPPENDORFF_1995_A = (24, "i 2 10 x, i 14 20 x, j 4 8 x, j 15 17 x")
KRIPPENDORFF_2004 = (
    300,
    "i 75 145 c, i 220 250 c, j 70 150 c, j 205 225 c, j 250 270 c, "
    "i 30 90 k, i 150 200 k, j 30 90 k, j 150 200 k",
)


def printed(length, spans):
    rows = [span.split() for span in spans.split(", ")]
    return Continuum(length, [(coder, int(start), int(end), code) for coder, start, end, code in rows])


class TestPublishedValues:
    def test_1995_observed_disagreement_of_example_a(self):
        observed, _ = disagreement_1995([printed(*KRIPPENDORFF_1995_A)], "x")
        assert observed == pytest.approx(0.03125, abs=1e-12)

    @pytest.mark.parametrize(("code", "expected"), [("c", 0.7286), ("k", 1.0), (None, 0.859)])
    def test_2004_example(self, code, expected):
        assert alpha_u_1995([printed(*KRIPPENDORFF_2004)], code).estimate == pytest.approx(expected, abs=5e-4)


def reference_rows(shared, measures):
    with (shared / "reference" / "reference.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["measure"] in measures]


def reference_text(shared, dataset):
    with (shared / "reference" / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    spans = [(row["coder"], int(row["start"]), int(row["end"]), row["code"]) for row in rows]
    return Continuum(int(rows[0]["length"]), spans, document=dataset)


class TestReferenceTable:
    """Every row of the unitizing families in the shared reference table."""

    def test_1995_and_2004(self, shared):
        rows = reference_rows(shared, {"alpha_u_1995", "alpha_u_1995_Do"})
        assert len(rows) == 11
        for row in rows:
            text = reference_text(shared, row["dataset"])
            code = row["level"].removeprefix("code ") if row["level"].startswith("code") else None
            if row["measure"] == "alpha_u_1995_Do":
                found = disagreement_1995([text], text.codes[0])[0]
            else:
                found = alpha_u_1995([text], code).estimate
            assert found == pytest.approx(float(row["expected"]), abs=float(row["tolerance"])), row

    def test_family_of_2016(self, shared):
        measures = {"u_alpha_2016": alpha_u, "|u_alpha_2016": alpha_u_binary, "cu_alpha_2016": alpha_cu}
        rows = reference_rows(shared, {*measures, "(k)u_alpha_2016"})
        assert len(rows) == 15
        for row in rows:
            text = reference_text(shared, row["dataset"])
            if row["measure"] == "(k)u_alpha_2016":
                found = alpha_ku([text], row["level"].removeprefix("code "))
            else:
                found = measures[row["measure"]]([text])
            assert found.estimate == pytest.approx(float(row["expected"]), abs=float(row["tolerance"])), row

    def test_coverage_of_cu_is_in_its_note(self, shared):
        assert "covers 7.8% of the text" in alpha_cu([reference_text(shared, "lindanna_readme")]).note
        assert "covers 58.3% of the text" in alpha_cu([reference_text(shared, "alex_paul_suzan")]).note


# ------------------------------------------------------------ a slow implementation, section by section


def slow_sections(text, coder, codes):
    """Return (start, end, code or None) that partition the text."""
    found, at = [], 0
    for start, end, code in sorted((s, e, k) for who, s, e, k in text.spans if who == coder and k in codes):
        if start > at:
            found.append((at, start, None))
        found.append((start, end, code))
        at = end
    return [*found, (at, text.length, None)] if at < text.length else found


def slow_family(texts, codes):
    """Return uα, |uα, cuα and (k)uα as the article writes them, with whole coincidence matrices."""
    o, q, q_cu = Counter(), Counter(), Counter()
    for text in texts:
        sections = {coder: slow_sections(text, coder, codes) for coder in text.coders}
        m = len(text.coders)
        for own in sections.values():
            for start, end, code in own:
                q[code] += end - start if code is None else (end - start) ** 2
        for i, j in permutations(text.coders, 2):
            for start, end, code in sections[i]:
                marked = 0
                for start_, end_, code_ in sections[j]:
                    shared = max(0, min(end, end_) - max(start, start_))
                    o[code, code_] += shared / (m - 1)
                    marked += shared if code is not None and code_ is not None else 0
                q_cu[code] += marked**2 / (m - 1)

    def matrices(values, q):
        margins = {c: sum(o[c, k] for k in values) for c in values}
        n = sum(margins.values())
        denominator = n**2 - sum(q[c] for c in values)
        e = {
            (c, k): n * (margins[c] * margins[k] - (q[c] if c == k else 0)) / denominator
            for c in values
            for k in values
        }
        return margins, n, e

    margins, n, e = matrices([None, *codes], q)
    row = {c: sum(e[c, k] for k in [None, *codes]) for c in [None, *codes]}
    found = {
        "alpha_u": 1 - (n - sum(o[c, c] for c in margins)) / (n - sum(e[c, c] for c in margins)),
        "alpha_u_binary": 1 - (margins[None] - o[None, None]) / (row[None] - e[None, None]),
    }
    margins = {c: sum(o[c, k] for k in codes) for c in codes}
    if sum(margins.values()) ** 2 <= sum(q_cu[c] for c in codes) + 1e-9:
        return found
    margins, n, e = matrices(codes, q_cu)
    found["alpha_cu"] = 1 - (n - sum(o[c, c] for c in codes)) / (n - sum(e[c, c] for c in codes))
    for k in codes:
        e_k = sum(e[k, c] for c in codes)
        if margins[k] and e_k and 0 < (e_k - e[k, k]) / e_k < 1e6:
            found[f"alpha_ku[{k}]"] = 1 - (e_k / margins[k]) * (margins[k] - o[k, k]) / (e_k - e[k, k])
    return found


def slow_1995(text, code):
    """Return αU of one code and text, section pair by section pair."""
    m, length = len(text.coders), text.length
    sections = [slow_sections(text, coder, [code]) for coder in text.coders]
    distance = 0
    for i, j in permutations(range(m), 2):
        for b, e, unit in sections[i]:
            for b_, e_, unit_ in sections[j]:
                if unit and unit_ and max(b, b_) < min(e, e_):
                    distance += (b - b_) ** 2 + (e - e_) ** 2
                elif unit and not unit_ and b_ <= b and e <= e_:
                    distance += (e - b) ** 2
                elif unit_ and not unit and b <= b_ and e_ <= e:
                    distance += (e_ - b_) ** 2
    units = [e - b for own in sections for b, e, unit in own if unit]
    gaps = [e - b for own in sections for b, e, unit in own if not unit]
    expected = sum(
        (len(units) - 1) / 3 * (2 * size**3 - 3 * size**2 + size)
        + size**2 * sum(gap - size + 1 for gap in gaps if gap >= size)
        for size in units
    )
    expected *= 2 / length / (m * length * (m * length - 1) - sum(size * (size - 1) for size in units))
    return 1 - distance / (m * (m - 1) * length**2) / expected


@st.composite
def partitions(draw, length=60, codes=("x", "y", "z"), coders=("A", "B", "C"), case=""):
    """Texts in which no coder's units overlap; units may touch."""
    spans = []
    for coder in coders:
        edges = sorted(draw(st.sets(st.integers(0, length), max_size=8)))
        for start, end in pairwise(edges):
            code = draw(st.sampled_from([None, *codes]))
            if code:
                spans.append((coder, start, end, code))
    return Continuum(length, spans, coders, case=case)


@st.composite
def any_texts(draw, length=60, codes=("x", "y")):
    """Texts with spans that may overlap, nest and repeat."""
    one = st.tuples(
        st.sampled_from("AB"), st.integers(0, length - 1), st.integers(1, 20), st.sampled_from(codes)
    )
    spans = [(who, start, min(length, start + n), k) for who, start, n, k in draw(st.lists(one, max_size=10))]
    return Continuum(length, spans, ("A", "B"))


class TestAgainstTheSlowWay:
    @given(st.lists(partitions(), min_size=1, max_size=3))
    def test_family_of_2016_over_several_texts(self, texts):
        fast = family(texts, ["x", "y", "z"])
        assume(all(fast[measure].defined for measure in ("alpha_u", "alpha_u_binary", "alpha_cu")))
        slow = slow_family(texts, ["x", "y", "z"])
        for measure, expected in slow.items():
            assert fast[measure].estimate == pytest.approx(expected, abs=1e-10, nan_ok=True), measure

    @given(partitions(codes=("x",)))
    def test_1995_on_one_text(self, text):
        found = alpha_u_1995([text], "x")
        assume(found.defined)
        assert found.estimate == pytest.approx(slow_1995(text, "x"), abs=1e-10)

    @given(any_texts())
    def test_c_binary_is_alpha_over_a_row_a_character(self, text):
        found = alpha_c_binary([text], ["x"])
        rows = np.zeros((2, text.length), dtype=int)
        for who, start, end, code in text.spans:
            if code == "x":
                rows["AB".index(who), start:end] = 1
        ones, n = rows.sum(), rows.size
        if ones in (0, n):
            assert not found.defined
            assert "no variation" in found.note
        else:
            observed = (rows[0] != rows[1]).mean()
            assert found.estimate == pytest.approx(1 - observed * n * (n - 1) / (2 * ones * (n - ones)))


class TestProperties:
    @given(partitions())
    def test_order_and_names_of_coders_change_nothing(self, text):
        other = {"A": "Z", "B": "Y", "C": "X"}
        renamed = Continuum(
            text.length, [(other[who], *rest) for who, *rest in reversed(text.spans)], ("X", "Z", "Y")
        )
        before, after = family([text], ["x", "y", "z"]), family([renamed], ["x", "y", "z"])
        for measure, found in before.items():
            assert after[measure].estimate == pytest.approx(found.estimate, nan_ok=True, abs=1e-12)

    @given(partitions())
    def test_names_of_codes_change_nothing(self, text):
        other = {"x": "q", "y": "p", "z": "r"}
        renamed = Continuum(text.length, [(w, s, e, other[k]) for w, s, e, k in text.spans], text.coders)
        for measure in (alpha_u, alpha_u_binary, alpha_cu, alpha_c_binary, alpha_u_1995):
            expected = measure([text]).estimate
            assert measure([renamed]).estimate == pytest.approx(expected, nan_ok=True, abs=1e-12)

    @given(partitions(coders=("A",)))
    def test_equal_coders_agree_completely_or_leave_nothing_to_tell(self, text):
        twins = [("B", *rest) for _, *rest in text.spans]
        same = Continuum(text.length, [*text.spans, *twins], ("A", "B"))
        for measure in (alpha_u, alpha_u_binary, alpha_cu, alpha_c_binary, alpha_u_1995):
            found = measure([same])
            assert not found.defined or found.estimate == pytest.approx(1, abs=1e-12)

    @given(partitions(), partitions())
    def test_order_of_texts_changes_nothing(self, one, two):
        for measure in (alpha_u, alpha_cu, alpha_u_1995):
            expected = measure([one, two], "x" if measure is alpha_u_1995 else None).estimate
            found = measure([two, one], "x" if measure is alpha_u_1995 else None).estimate
            assert found == pytest.approx(expected, nan_ok=True, abs=1e-12)

    @given(partitions(), partitions(coders=("A",)))
    def test_a_text_that_one_coder_coded_changes_nothing(self, text, alone):
        assert alpha_u([text, alone], ["x"]) == alpha_u([text], ["x"]) or not alpha_u([text], ["x"]).defined

    def test_a_text_cut_in_two_keeps_the_characters_of_c_binary(self):
        whole = Continuum(100, [("A", 10, 20, "x"), ("B", 15, 30, "x"), ("A", 60, 70, "x")], ("A", "B"))
        halves = [
            Continuum(50, [("A", 10, 20, "x"), ("B", 15, 30, "x")], ("A", "B"), document="1"),
            Continuum(50, [("A", 10, 20, "x")], ("A", "B"), document="2"),
        ]
        assert alpha_c_binary(halves).estimate == pytest.approx(alpha_c_binary([whole]).estimate)


class TestUndefined:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (Continuum(10, [("A", 0, 5, "x")]), "no text was coded by two coders"),
            (Continuum(10, [], ("A", "B")), "no variation"),
            (Continuum(10, [("A", 0, 10, "x"), ("B", 0, 10, "x")]), "no variation"),
            (Continuum(10, [("A", 0, 6, "x"), ("A", 4, 9, "y"), ("B", 0, 6, "x")]), "two codes in document"),
        ],
    )
    def test_uα_says_why(self, text, reason):
        found = alpha_u([text])
        assert math.isnan(found.estimate)
        assert math.isnan(found.se)
        assert reason in found.note

    def test_cu_needs_two_codes_where_both_marked(self):
        text = Continuum(20, [("A", 0, 5, "x"), ("B", 0, 5, "x"), ("A", 10, 15, "y")])
        assert "not two codes" in alpha_cu([text]).note
        assert "nobody gave this code" in alpha_ku([text], "y").note

    def test_cu_over_almost_nothing_is_not_above_1(self):
        text = Continuum(60, [("A", 0, 1, "x"), ("C", 0, 1, "y")], ("A", "B", "C", "D", "E"))
        assert "too few units intersect" in alpha_cu([text]).note

    def test_1995_with_nothing_marked(self):
        assert "no text was marked" in alpha_u_1995([Continuum(10, [], ("A", "B"))]).note
        assert "no text was coded by two" in alpha_u_1995([]).note

    def test_overlapping_codes_do_no_harm_one_at_a_time(self):
        text = Continuum(20, [("A", 0, 6, "x"), ("A", 4, 9, "y"), ("B", 0, 6, "x")], ("A", "B"))
        assert alpha_u([text], ["x"]).estimate == pytest.approx(1)
        assert alpha_u_1995([text], "x").estimate == pytest.approx(1)

    def test_a_code_that_is_not_there_is_refused_with_a_suggestion(self):
        text = Continuum(20, [("A", 0, 6, "trust"), ("B", 0, 6, "trust")])
        with pytest.raises(AgreementError, match='Did you mean "trust"'):
            alpha_ku([text], "trist")

    def test_an_unknown_cluster_is_refused(self):
        with pytest.raises(AgreementError, match='"case" or "document"'):
            alpha_u([Continuum(20, [("A", 0, 6, "x"), ("B", 0, 5, "x")])], cluster="segment")


class TestJoinedSpans:
    def test_a_repeated_span_counts_once_and_is_noted(self):
        once = Continuum(20, [("A", 0, 6, "x"), ("B", 2, 6, "x")])
        twice = Continuum(20, [("A", 0, 6, "x"), ("A", 0, 6, "x"), ("A", 1, 3, "x"), ("B", 2, 6, "x")])
        for measure in (alpha_u, alpha_u_1995, alpha_c_binary):
            assert measure([twice]).estimate == measure([once]).estimate
            assert "2 overlapping spans of one coder and code were joined" in measure([twice]).note


def interviews(n_cases, seed=3):
    """Return texts of two coders who often but not always agree, two texts a case."""
    rng = np.random.default_rng(seed)
    texts = []
    for case in range(n_cases):
        for part in range(2):
            spans = []
            for start in range(0, 1000, 50):
                code = rng.choice(["x", "y"])
                for coder in "AB":
                    if rng.random() < 0.6:
                        given_code = code if rng.random() < 0.8 else rng.choice(["x", "y"])
                        spans.append((coder, start + int(rng.integers(0, 9)), start + 40, str(given_code)))
            texts.append(Continuum(1000, spans, ("A", "B"), document=f"{case}-{part}", case=str(case)))
    return texts


MEASURES = [alpha_u, alpha_u_binary, alpha_cu, alpha_c_binary, alpha_u_1995]


class TestIntervals:
    @pytest.mark.parametrize("measure", MEASURES)
    def test_the_estimate_lies_within_and_cases_are_the_clusters(self, measure):
        found = measure(interviews(8))
        assert found.low < found.estimate < found.high
        assert found.interval == "linearised"
        assert measure(interviews(8), cluster="document").se != found.se

    @pytest.mark.parametrize("measure", MEASURES)
    def test_jackknife_equals_leaving_the_texts_of_a_case_out(self, measure):
        texts = interviews(6)
        left_out = [measure([t for t in texts if t.case != str(case)]).estimate for case in range(6)]
        expected = math.sqrt(5 / 6 * ((np.array(left_out) - np.mean(left_out)) ** 2).sum())
        assert measure(texts, interval="jackknife").se == pytest.approx(expected, rel=1e-9)

    @pytest.mark.parametrize("measure", MEASURES)
    def test_all_methods_give_about_the_same_standard_error(self, measure):
        texts = interviews(40)
        linearised = measure(texts).se
        assert measure(texts, interval="jackknife").se == pytest.approx(linearised, rel=0.1)
        for interval in ("bootstrap", "bootstrap_bayes"):
            drawn = measure(texts, interval=interval, rng=np.random.default_rng(1)).se
            assert drawn == pytest.approx(linearised, rel=0.15)

    def test_a_case_twice_in_the_bootstrap_is_its_texts_twice(self):
        texts = interviews(2)
        twice = [*texts, *(t for t in texts if t.case == "0")]
        pool = Pool.of(texts, ["x"], "case", {})
        d_o, d_e = sections_of(pool.texts, "x", pool.clusters).disagreement(np.array([2.0, 1.0]))
        assert 1 - d_o / d_e == pytest.approx(alpha_u_1995(twice, "x").estimate)

    def test_one_case_has_no_interval_and_says_so(self):
        found = alpha_u(interviews(1))
        assert math.isnan(found.se)
        assert "it takes two clusters" in found.note

    def test_few_cases_are_said_to_be_too_few(self):
        assert "interval not validated below" in alpha_u(interviews(4)).note

    def test_q_is_the_probability_of_less_than_the_minimum(self):
        found = [alpha_u(interviews(12), minimum=minimum).q for minimum in (0.01, 0.2, 0.99)]
        assert found == sorted(found)
        assert 0 <= found[0] < 0.05 < 0.95 < found[-1] <= 1

    def test_the_same_seed_gives_the_same_bytes(self):
        texts = interviews(6)
        draws = [alpha_u(texts, interval="bootstrap", rng=np.random.default_rng(5)) for _ in range(2)]
        assert draws[0] == draws[1]
