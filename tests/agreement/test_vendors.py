"""The numbers of other software, against worked examples, its own source, and a cell per character."""

from __future__ import annotations

import math
import re
import zipfile
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.agreement.continuum import Continuum
from analysis.agreement.fourfold import Fourfold, fourfold
from analysis.agreement.unitizing import alpha_cu
from analysis.agreement.vendors import (
    View,
    atlasti,
    compare,
    dedoose,
    maxqda,
    nvivo,
    qualcoder,
    requal,
    side_by_side,
    table,
)
from analysis.agreement.vendors.comparison import long_form
from analysis.errors import AgreementError

PAIR = ("A", "B")
# One code, 1,000 characters, A codes [0,100), B codes [50,150): a = b = c = 50, d = 850.
WORKED = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")], document="d")


def value(views, measure, **about):
    """Return the one value of a measure."""
    found = [v for v in views if v.measure == measure and all(getattr(v, k) == x for k, x in about.items())]
    assert len(found) == 1, (measure, about)
    return found[0].value


@st.composite
def documents(draw, length=50, codes=("x", "y")):
    one = st.tuples(
        st.sampled_from(PAIR), st.integers(0, length - 1), st.integers(1, 15), st.sampled_from(codes)
    )
    spans = [(who, start, min(length, start + n), k) for who, start, n, k in draw(st.lists(one, max_size=9))]
    return Continuum(length, spans, PAIR, document="d")


def times(text, coder, code):
    """Return how often a coder coded every character."""
    found = np.zeros(text.length, dtype=int)
    for who, start, end, k in text.spans:
        if who == coder and k == code:
            found[start:end] += 1
    return found


class TestWorkedExample:
    """One code, 1,000 characters, every definition: values as recomputed by hand."""

    def test_side_by_side(self):
        views = side_by_side([WORKED], "trust", PAIR, q=5)
        assert [round(view.value, 3) for view in views] == [0.444, 0.445, 0.299, 0.333, -0.5, 0.167]
        assert round(side_by_side([WORKED], "trust", PAIR, q=10)[-1].value, 3) == 0.259

    def test_each_program_by_itself(self):
        assert value(nvivo.coding_comparison([WORKED], "trust", PAIR), "Kappa") == pytest.approx(
            0.444, abs=5e-4
        )
        alpha = value(atlasti.intercoder_agreement([WORKED], {"d": ["trust"]}), "c-alpha-binary", code="d")
        assert alpha == pytest.approx(0.445, abs=5e-4)
        assert value(qualcoder.coder_comparison([WORKED], "trust", PAIR), "Kappa") == 0.2987
        overlap = value(requal.agreement([WORKED], ["trust"]), "Total overlap [character]")
        assert overlap == pytest.approx(1 / 3)

    @pytest.mark.parametrize(("q", "expected"), [(5, -0.25), (10, -1 / 9)])
    def test_maxqda_without_a_match(self, q, expected):
        views = maxqda.intercoder_agreement([WORKED], ["trust"], PAIR, q=q)
        assert value(views, "Kappa") == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"threshold": 0.5}, 1),
            ({"threshold": 0.51}, -0.25),
            ({"threshold": 1 / 3, "overlap_of": "union"}, 1),
            ({"threshold": 0.5, "overlap_of": "union"}, -0.25),
        ],
    )
    def test_maxqda_depends_on_what_the_overlap_is_a_share_of(self, options, expected):
        views = maxqda.intercoder_agreement([WORKED], ["trust"], PAIR, q=5, **options)
        assert value(views, "Kappa") == pytest.approx(expected)

    def test_every_number_says_unit_universe_and_formula(self):
        views = [
            *side_by_side([WORKED], "trust", PAIR),
            *nvivo.coding_comparison([WORKED], "trust", PAIR),
            *qualcoder.coder_comparison([WORKED], "trust", PAIR),
            *maxqda.intercoder_agreement([WORKED], ["trust"], PAIR),
            *atlasti.intercoder_agreement([WORKED], {"d": ["trust"]}),
            *dedoose.training_test([WORKED], ["trust"], PAIR),
            *requal.agreement([WORKED], ["trust"]),
        ]
        for view in views:
            assert view.unit and view.universe and view.formula, view
            assert not math.isnan(view.value) or view.note, view
        assert len(table(views)) == len(views)


class TestFourfold:
    @given(documents())
    def test_cells_are_counted_in_characters(self, text):
        a, b = (times(text, coder, "x") > 0 for coder in PAIR)
        found = fourfold([text], ["x"], PAIR)
        assert found == Fourfold((a & b).sum(), (a & ~b).sum(), (~a & b).sum(), (~a & ~b).sum())

    @given(documents(), documents())
    def test_texts_add_up(self, one, two):
        assert fourfold([one, two], ["x"], PAIR) == fourfold([one], ["x"], PAIR) + fourfold(
            [two], ["x"], PAIR
        )

    @given(documents())
    def test_kappa_is_that_of_a_row_a_character(self, text):
        a, b = (times(text, coder, "x") > 0 for coder in PAIR)
        p_e = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
        found = fourfold([text], ["x"], PAIR).cohen_kappa
        if p_e == 1:
            assert math.isnan(found)
        else:
            assert found == pytest.approx(((a == b).mean() - p_e) / (1 - p_e), abs=1e-10)

    def test_a_group_coded_what_a_member_coded(self):
        text = Continuum(10, [("A", 0, 3, "x"), ("C", 2, 6, "x"), ("B", 0, 6, "x")])
        assert fourfold([text], ["x"], (("A", "C"), "B")) == Fourfold(6, 0, 0, 4)


class TestNVivo:
    TEXTS = (
        WORKED,
        Continuum(200, [("A", 0, 100, "trust"), ("B", 0, 50, "trust")], document="e"),
        Continuum(300, [], PAIR, document="nothing"),
    )

    def test_the_percentages_of_the_manual(self):
        # NVivo help: 1,000 characters, 50 by both, 150 by one, 800 by neither: agreement is 85 %.
        text = Continuum(1000, [("A", 0, 200, "x"), ("B", 0, 50, "x")])
        views = nvivo.coding_comparison([text], "x", PAIR)
        expected = {
            "Agreement (%)": 85,
            "A and B (%)": 5,
            "Not A and Not B (%)": 80,
            "Disagreement (%)": 15,
            "A and Not B (%)": 15,
            "B and Not A (%)": 0,
        }
        assert {m: value(views, m) for m in expected} == pytest.approx(expected)

    def test_averages_over_files_plain_and_by_size(self):
        views = nvivo.coding_comparison(self.TEXTS, "trust", PAIR)
        kappas = [value(views, "Kappa", document=text.document) for text in self.TEXTS]
        assert kappas[2] == 1
        assert value(views, "Kappa, mean") == pytest.approx(np.mean(kappas))
        assert value(views, "Kappa, mean by size") == pytest.approx(
            np.average(kappas, weights=[1000, 200, 300])
        )

    def test_undefined_kappa_can_be_left_out(self):
        views = nvivo.coding_comparison(self.TEXTS, "trust", PAIR, complete_is_one=False)
        assert math.isnan(value(views, "Kappa", document="nothing"))
        assert next(view for view in views if view.measure == "Kappa, mean").note == "over 2 of 3 files"

    def test_sentences_count_the_same_and_one_character_is_enough(self):
        sentences = {"d": [[0, 40], [40, 120], [120, 140], [140, 1000]]}
        views = nvivo.coding_comparison([WORKED], "trust", PAIR, unit="sentence", units=sentences)
        assert value(views, "Agreement (%)") == 25
        assert {view.unit for view in views} == {"sentence"}


def qualcoder_by_character(texts, code):
    """Return QualCoder's row by a list of characters, as its source code counts."""
    coded0 = coded1 = single = dual = uncoded = characters = 0
    for text in texts:
        first, second = (times(text, coder, code) for coder in PAIR)
        both = first + second
        coded0, coded1 = coded0 + first.sum(), coded1 + second.sum()
        uncoded, single, dual = (
            uncoded + (both == 0).sum(),
            single + (both == 1).sum(),
            dual + (both == 2).sum(),
        )
        characters += text.length
    row = {"Agree %": round(100 * (dual + uncoded) / characters, 2)}
    row["A and B %"] = round(100 * dual / characters, 2)
    row["Not A Not B %"] = round(100 * uncoded / characters, 2)
    row["Disagree %"] = round(100 - row["Agree %"], 2)
    row["Agree coded only %"] = round(100 * dual / (dual + single), 2) if dual + single else math.nan
    unique = coded0 + coded1 - dual
    row["Kappa"] = math.nan
    if unique:
        p_yes = coded0 / unique * coded1 / unique
        p_no = (unique - coded0) / unique * (unique - coded1) / unique
        row["Kappa"] = (
            round((dual / unique - p_yes * p_no) / (1 - p_yes * p_no), 4) if p_yes * p_no != 1 else math.nan
        )
    return row


class TestQualCoder:
    @given(st.lists(documents(), min_size=1, max_size=3))
    def test_the_row_is_that_of_its_source_code(self, texts):
        found = {view.measure: view.value for view in qualcoder.coder_comparison(texts, "x", PAIR)}
        assert found == pytest.approx(qualcoder_by_character(texts, "x"), abs=1e-4, nan_ok=True)

    def test_one_coder_twice_counts_as_both(self):
        alone = Continuum(100, [("A", 0, 10, "x"), ("A", 0, 10, "x")], PAIR)
        assert value(qualcoder.coder_comparison([alone], "x", PAIR), "Agree coded only %") == 100

    def test_a_character_coded_three_times_is_in_no_class(self):
        text = Continuum(100, [("A", 0, 10, "x"), ("A", 0, 10, "x"), ("B", 0, 10, "x")])
        counts = qualcoder.count([text], "x", PAIR)
        assert (counts.uncoded, counts.single, counts.dual) == (90, 0, 0)

    def test_nothing_coded_is_a_division_by_zero(self):
        views = qualcoder.coder_comparison([Continuum(10, [], PAIR)], "x", PAIR)
        kappa = next(view for view in views if view.measure == "Kappa")
        assert math.isnan(kappa.value)
        assert kappa.note == "division by zero"


class TestMAXQDA:
    TEXTS = (
        Continuum(100, [("A", 0, 10, "x"), ("B", 0, 10, "x"), ("A", 20, 40, "y"), ("B", 20, 30, "y")]),
        Continuum(100, [("A", 0, 10, "x"), ("A", 50, 60, "x"), ("B", 0, 10, "x")], PAIR),
    )

    def test_occurrence_and_frequency_compare_documents(self):
        for level, x in (("occurrence", 100), ("frequency", 50)):
            views = maxqda.intercoder_agreement(self.TEXTS, ["x", "y"], PAIR, level=level)
            assert value(views, "Percent", code="x") == x
            assert value(views, "Percent", code="y") == 100
            assert not any(view.measure == "Kappa" for view in views)

    def test_segments_looked_at_from_both_sides_or_one(self):
        both = maxqda.intercoder_agreement(self.TEXTS, ["x", "y"], PAIR)
        assert value(both, "Percent", code="x") == pytest.approx(100 * 4 / 5)
        assert value(both, "Percent", code="y") == pytest.approx(100 * 1 / 2)
        assert value(both, "Kappa") == pytest.approx((5 / 7 - 1 / 2) / (1 - 1 / 2))
        one = maxqda.intercoder_agreement(self.TEXTS, ["x", "y"], PAIR, both_ways=False)
        assert value(one, "Percent", code="x") == pytest.approx(100 * 2 / 3)

    def test_one_code_leaves_no_room_beside_chance(self):
        views = maxqda.intercoder_agreement(self.TEXTS, ["x"], PAIR)
        assert math.isnan(value(views, "Kappa"))
        assert "chance is complete" in views[-1].note


DOMAINS = {"feeling": ["joy", "fear"], "place": ["home"]}


class TestATLASti:
    TEXT = Continuum(
        100,
        [
            *[("A", 0, 10, "joy"), ("A", 20, 30, "fear"), ("A", 50, 60, "home")],
            *[("B", 0, 12, "joy"), ("B", 20, 30, "joy"), ("B", 55, 60, "home")],
        ],
    )

    def test_percent_agreement_and_holsti(self):
        views = atlasti.intercoder_agreement([self.TEXT], DOMAINS)
        assert value(views, "percent agreement", code="feeling") == pytest.approx(0.98)
        assert value(views, "Holsti", code="feeling") == pytest.approx(2 * 20 / (20 + 22))

    def test_manual_example_of_ten_segments(self):
        # ATLAS.ti manual after Krippendorff 2004 p. 224: ten segments, agreement .60, alpha .095.
        coded = {"A": [0, 1], "B": [1, 2, 5, 7]}
        text = Continuum(10, [(coder, n, n + 1, "x") for coder, places in coded.items() for n in places])
        views = atlasti.intercoder_agreement([text], {"x": ["x"]})
        assert value(views, "percent agreement", code="x") == pytest.approx(0.6)
        assert value(views, "c-alpha-binary", code="x") == pytest.approx(0.0952380952)

    def test_cu_alpha_looks_at_text_that_both_coded_in_the_domain(self):
        views = atlasti.intercoder_agreement([self.TEXT], DOMAINS)
        # Both coded [0,10) and [20,30): joy-joy 10 characters, fear-joy 10; n = 40, joy 30, fear 10.
        expected = 1 - (10 / 20) / (2 * 30 * 10 / (40 * 39))
        assert value(views, "cu-alpha", code="feeling") == pytest.approx(expected)
        assert math.isnan(value(views, "cu-alpha", code="place"))

    def test_units_as_judgements_are_the_family_of_2016(self):
        views = atlasti.intercoder_agreement([self.TEXT], DOMAINS, judgement="unit")
        expected = alpha_cu([self.TEXT], ["joy", "fear"]).estimate
        assert value(views, "cu-alpha", code="feeling") == pytest.approx(expected)

    def test_cu_over_domains_asks_which_domain(self):
        assert value(atlasti.intercoder_agreement([self.TEXT], DOMAINS), "Cu-alpha") == pytest.approx(1)

    def test_codes_of_a_domain_that_overlap_are_undefined_with_the_reason(self):
        text = Continuum(10, [("A", 0, 5, "joy"), ("A", 3, 8, "fear"), ("B", 0, 5, "joy")])
        views = atlasti.intercoder_agreement([text], DOMAINS)
        assert "two codes" in next(view for view in views if view.measure == "cu-alpha").note

    def test_three_coders_are_taken_in_pairs(self):
        text = Continuum(10, [("A", 0, 5, "joy"), ("B", 0, 5, "joy"), ("C", 0, 1, "joy")])
        views = atlasti.intercoder_agreement([text], DOMAINS)
        assert value(views, "percent agreement", code="feeling") == pytest.approx((1 + 0.6 + 0.6) / 3)


def dedoose_spans(path, coder):
    """Return spans of a coded document: comments that begin with ``Codes (start-end)``."""
    ns = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
    with zipfile.ZipFile(path) as archive:
        comments = ElementTree.fromstring(archive.read("word/comments.xml"))
    for comment in comments.iterfind("w:comment", ns):
        lines = ["".join(p.itertext()) for p in comment.iterfind("w:p", ns)]
        place = re.fullmatch(r"\s*Codes \((\d+)-(\d+)\)\s*", lines[0])
        if place:
            yield from (
                (coder, int(place[1]), int(place[2]), code.strip()) for code in lines[1:] if code.strip()
            )


UNDEFINED = math.nan


# code: kappa A-B, A-C, B-C and Fleiss, on characters of the common window [0,200).
DEDOOSE = {
    "Policy views": (0.583333, 0.791667, 0.791667, 0.722222),
    "Legalization timeline": (1, 1, 1, 1),
    "Enforcement": (-1, 1, -1, -0.333333),
    "Social equity": (0.375, 0.375, 1, 0.583333),
    "Market saturation": (UNDEFINED, UNDEFINED, UNDEFINED, UNDEFINED),
    "Personal use": (0, 0, UNDEFINED, -0.071429),
}
DEDOOSE_STACKED = (0.459916, 0.831224, 0.624893, 0.638543)


class TestDedoose:
    @pytest.fixture
    def text(self, shared):
        folder = shared / "samples" / "dedoose"
        spans = [span for c in "ABC" for span in dedoose_spans(folder / f"coder_{c.lower()}.docx", c)]
        assert len(spans) == 16
        return Continuum(200, spans, ("A", "B", "C"), document="window")

    def fleiss(self, counts, weights):
        """Return Fleiss' kappa of three coders who say yes ``counts`` times on text of these lengths."""
        n = weights.sum()
        p = (counts * weights).sum() / (3 * n)
        p_o = ((counts * (counts - 1) + (3 - counts) * (2 - counts)) * weights).sum() / (6 * n)
        p_e = p**2 + (1 - p) ** 2
        return (p_o - p_e) / (1 - p_e) if p_e < 1 else math.nan

    def test_kappas_of_the_coded_documents(self, text):
        assert set(text.codes) == set(DEDOOSE)
        for code, expected in DEDOOSE.items():
            kappas = [fourfold([text], [code], pair).cohen_kappa for pair in combinations("ABC", 2)]
            atoms = text.atoms([code])
            found = [*kappas, self.fleiss(atoms.covered.sum(axis=0), atoms.lengths)]
            assert found == pytest.approx(expected, abs=5e-7, nan_ok=True), code

    def test_all_codes_stacked(self, text):
        kappas = [
            sum((fourfold([text], [code], pair) for code in text.codes), Fourfold(0, 0, 0, 0)).cohen_kappa
            for pair in combinations("ABC", 2)
        ]
        atoms = [text.atoms([code]) for code in text.codes]
        counts = np.concatenate([each.covered.sum(axis=0) for each in atoms])
        lengths = np.concatenate([each.lengths for each in atoms])
        assert [*kappas, self.fleiss(counts, lengths)] == pytest.approx(DEDOOSE_STACKED, abs=5e-7)

    def test_pooled_kappa_is_of_means_over_codes(self):
        # De Vries et al. 2008: (mean Po - mean Pe) / (1 - mean Pe).
        text = Continuum(
            40,
            [
                *[("A", 0, 10, "x"), ("A", 10, 20, "y"), ("A", 20, 30, "x"), ("A", 30, 40, "z")],
                *[("B", 0, 10, "x"), ("B", 10, 20, "y"), ("B", 20, 30, "y"), ("B", 30, 40, "z")],
            ],
        )
        views = dedoose.training_test([text], ["x", "y", "z"], PAIR)
        cells = {"x": (0.75, 0.5), "y": (0.75, 0.5), "z": (1, 0.25**2 + 0.75**2)}
        for code, (p_o, p_e) in cells.items():
            assert value(views, "Kappa", code=code) == pytest.approx((p_o - p_e) / (1 - p_e))
        p_o, p_e = np.mean(list(cells.values()), axis=0)
        assert value(views, "Pooled kappa") == pytest.approx((p_o - p_e) / (1 - p_e))

    def test_excerpts_are_the_experts_unless_given(self):
        text = Continuum(100, [("A", 0, 10, "x"), ("A", 20, 30, "y"), ("B", 50, 60, "x")], document="d")
        assert {view.n for view in dedoose.training_test([text], ["x", "y"], PAIR)} == {2}
        given_ = dedoose.training_test([text], ["x"], PAIR, excerpts={"d": [[0, 10], [20, 30], [50, 60]]})
        assert {view.n for view in given_} == {3}
        assert {view.universe for view in given_} == {"given excerpts"}


class TestRequal:
    @given(documents())
    def test_characters_are_a_join_of_rows(self, text):
        rows = [(n, who) for who, start, end, code in text.spans if code == "x" for n in range(start, end)]
        frame = pd.DataFrame(rows, columns=["at", "who"])
        joined = frame[frame.who == "A"].merge(frame[frame.who == "B"], on="at", how="outer")
        views = requal.agreement([text], ["x"], PAIR)
        expected = joined.notna().all(axis=1).mean() if len(joined) else math.nan
        assert value(views, "Total overlap [character]") == pytest.approx(expected, nan_ok=True)

    def test_overlaps_are_weighted_by_coded_text(self):
        text = Continuum(100, [("A", 0, 10, "x"), ("B", 0, 10, "x"), ("A", 20, 60, "y")], PAIR)
        views = requal.agreement([text], ["x", "y"])
        assert value(views, "Overlap [character]", code="x", pair="A|B") == 1
        assert value(views, "Total overlap [character]") == pytest.approx(10 / 50)

    def test_segments_count_when_touched_at_all(self):
        text = Continuum(100, [("A", 0, 10, "x"), ("A", 20, 30, "x"), ("B", 9, 12, "x")])
        views = requal.agreement([text], ["x"])
        assert value(views, "Total overlap [segment]") == pytest.approx(2 / 3)
        views = requal.agreement([text], ["x"], count_leftovers=True)
        assert value(views, "Total overlap [segment]") == pytest.approx(2 / 5)

    def test_three_coders_make_three_pairs(self):
        text = Continuum(10, [("A", 0, 4, "x"), ("B", 0, 4, "x"), ("C", 0, 2, "x")])
        views = requal.agreement([text], ["x"])
        assert value(views, "Overlap [character]", code="x", pair="") == pytest.approx((4 + 2 + 2) / 12)


class TestCompare:
    OURS = (
        View("NVivo", "Kappa", 0.44444, code="trust", document="d"),
        View("NVivo", "Agreement (%)", 90.0, code="trust", document="d"),
        View("NVivo", "Kappa", math.nan, code="fear", document="d"),
        View("NVivo", "Kappa", 0.8, code="home", document="d"),
    )

    def exported(self, **columns):
        row = {"Node": ["trust"], "Source": ["d"], "Source Size": ["1000 chars"], "Kappa": ["0.4444"]}
        return pd.DataFrame(row | columns)

    def verdicts(self, theirs, ours=OURS):
        cells = compare(theirs, ours)
        return dict(zip(zip(cells.code, cells.measure, strict=True), cells.verdict, strict=True))

    def test_an_exported_table_is_read_by_its_headings(self):
        found = long_form(self.exported(**{"Agreement (%)": ["90.0"], "A and Not B (%)": ["5"]}), "nvivo")
        assert found["measure"].tolist() == ["Kappa", "Agreement (%)", "A and Not B (%)"]

    def test_printed_decimals_decide_what_is_the_same(self):
        assert self.verdicts(long_form(self.exported(), "nvivo"))["trust", "Kappa"] == "same"
        assert self.verdicts(long_form(self.exported(Kappa=["0,44"]), "nvivo"))["trust", "Kappa"] == "same"
        assert (
            self.verdicts(long_form(self.exported(Kappa=["0.443"]), "nvivo"))["trust", "Kappa"] == "differs"
        )
        assert self.verdicts({("trust", "d", "Kappa"): 0.444})["trust", "Kappa"] == "differs"

    def test_every_kind_of_cell_has_its_verdict(self):
        theirs = {
            ("trust", "d", "Kappa"): "0.44",
            ("trust", "d", "Agreement (%)"): "85.00%",
            ("fear", "d", "Kappa"): "zerodiv",
            ("love", "d", "Kappa"): "0.1",
        }
        assert self.verdicts(theirs) == {
            ("trust", "Kappa"): "same",
            ("trust", "Agreement (%)"): "differs",
            ("fear", "Kappa"): "both undefined",
            ("love", "Kappa"): "only there",
            ("home", "Kappa"): "only here",
        }
        assert self.verdicts({("fear", "d", "Kappa"): "1"})["fear", "Kappa"] == "undefined here"
        assert self.verdicts({("trust", "d", "Kappa"): ""})["trust", "Kappa"] == "undefined there"

    def test_the_difference_is_ours_less_theirs(self):
        cells = compare({("trust", "d", "Kappa"): 0.4}, self.OURS)
        assert cells.difference[0] == pytest.approx(0.04444)

    def test_our_own_table_is_the_same_cell_by_cell(self):
        views = qualcoder.coder_comparison([WORKED], "trust", PAIR)
        theirs = pd.DataFrame({"Code": ["trust"]} | {view.measure: [str(view.value)] for view in views})
        cells = compare(long_form(theirs, "qualcoder"), views)
        assert set(cells.verdict) == {"same"}
        assert len(cells) == 6

    def test_a_table_with_two_pairs_is_refused(self):
        with pytest.raises(AgreementError, match="one pair of coders at a time"):
            compare({}, [*self.OURS, self.OURS[0]])

    def test_an_unknown_program_or_table_is_refused(self):
        with pytest.raises(AgreementError, match='Did you mean "nvivo"'):
            long_form(self.exported(), "nvvo")
        with pytest.raises(AgreementError, match="no column of codes"):
            long_form(pd.DataFrame({"a": [1]}), "nvivo")
