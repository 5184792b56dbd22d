"""agreement.csv: which lines there are, what each says it is about, and the figures that must be in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import simulate
from analysis.agreement.lines import COLUMNS, KEYS
from analysis.agreement.sheet import agreement_table, code_summary, headline
from analysis.errors import AgreementError

ALPHA = "krippendorff_alpha"


def cell(table: pd.DataFrame, **about) -> pd.Series:
    """Return the one line about these keys and no others."""
    mine = table
    for name in KEYS:
        if name not in ("unit", "level"):
            value = about.get(name)
            mine = mine[mine[name].isna() if value is None else mine[name] == value]
    if "level" in about:
        mine = mine[mine["level"] == about["level"]]
    mine = mine[mine["assumption"] == about.get("assumption", mine["assumption"])]
    assert len(mine) == 1, mine[KEYS]
    return mine.iloc[0]


class TestKrippendorff2011:
    """Four coders, twelve units, seven ratings missing; Computing Krippendorff's Alpha-Reliability, 2011."""

    @pytest.mark.parametrize(
        ("level", "published"),
        [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
    )
    def test_published_alphas(self, bundled_agreement, level, published):
        line = cell(bundled_agreement("krippendorff2011"), variable="rating", measure=ALPHA, level=level)

        assert round(line["estimate"], 3) == published
        assert (line["n_units"], line["n_ratings"], line["n_coders"], line["n_values"]) == (11, 40, 4, 5)

    def test_other_levels_are_for_alpha_alone(self, bundled_agreement):
        table = headline(bundled_agreement("krippendorff2011"))
        assert set(table.loc[table["measure"] != ALPHA, "level"]) == {"nominal"}

    def test_a_line_a_value(self, bundled_agreement):
        table = bundled_agreement("krippendorff2011")
        values = table[(table["measure"] == ALPHA) & table["value"].notna()]
        assert values["value"].tolist() == ["1", "2", "3", "4", "5"]
        assert (values["n_values"] == 2).all()

    def test_a_line_a_pair_of_coders(self, bundled_agreement):
        table = bundled_agreement("krippendorff2011")
        pairs = table[(table["measure"] == "percent") & table["pair"].notna()]["pair"]
        assert pairs.tolist() == ["A|B", "A|C", "A|D", "B|C", "B|D", "C|D"]


@pytest.mark.parametrize("name", simulate.STUDIES)
class TestSimulatedStudies:
    def test_columns(self, bundled_agreement, name):
        table = bundled_agreement(name)
        assert list(table.columns) == COLUMNS
        assert not table.duplicated([*KEYS, "assumption"]).any()

    def test_headline_is_the_last_independent_round_with_empty_stage_and_round(self, bundled_agreement, name):
        """What agreement each code must have follows from the planted contingency of the two coders."""
        truth = simulate.truth(name)
        last = max(key for key in truth.agreement if key[0] == "independent")
        for code, planted in truth.agreement[last].items():
            if not planted.both + planted.different:
                continue
            line = cell(bundled_agreement(name), variable="codes", measure="percent", code_id=code)
            assert line["estimate"] == pytest.approx(1 - planted.different / planted.n), code
            assert line["n_units"] == planted.n
            assert line["n_positive"] == 2 * planted.both + planted.different

    def test_alpha_of_a_code_by_hand(self, bundled_agreement, name):
        """Two coders, n units: 1 - (2n - 1) d / (p q); d differ, p of 2n marks are present, q absent."""
        truth = simulate.truth(name)
        last = max(key for key in truth.agreement if key[0] == "independent")
        for code, planted in truth.agreement[last].items():
            p = 2 * planted.both + planted.different
            q = 2 * planted.n - p
            if p:
                expected = 1 - (2 * planted.n - 1) * planted.different / (p * q)
                line = cell(bundled_agreement(name), variable="codes", measure=ALPHA, code_id=code)
                assert line["estimate"] == pytest.approx(expected, abs=1e-12), code

    def test_earlier_rounds_and_training_stand_in_lines_of_their_own(self, bundled_agreement, name):
        truth, table = simulate.truth(name), bundled_agreement(name)
        rounds = [key for key in truth.agreement if key[0] == "independent"]
        for (stage, number), codes in truth.agreement.items():
            if stage == "consensus" or (len(rounds) == 1 and stage == "independent"):
                continue
            for code, planted in codes.items():
                if planted.both + planted.different:
                    line = cell(
                        table, variable="codes", measure="percent", code_id=code, stage=stage, round=number
                    )
                    assert line["estimate"] == pytest.approx(1 - planted.different / planted.n), (stage, code)

    def test_consensus_is_never_compared(self, bundled_agreement, name):
        table = bundled_agreement(name)
        assert "consensus" not in set(table["stage"].dropna())
        assert not table["pair"].astype("string").str.contains("consensus").fillna(False).any()

    def test_overall_lines_say_how_they_are_aggregated(self, bundled_agreement, name):
        whole = headline(bundled_agreement(name))
        of_all_codes = whole[whole["code_id"].isna()]
        assert of_all_codes["aggregation"].notna().all()
        assert set(of_all_codes["aggregation"]) >= {"mean", "stacked"}

    def test_mean_is_of_the_codes_that_have_a_value(self, bundled_agreement, name):
        table = bundled_agreement(name)
        line = cell(table, variable="codes", measure=ALPHA, aggregation="mean")
        codes = headline(table).query("measure == @ALPHA and code_id.notna()")["estimate"]
        assert line["estimate"] == pytest.approx(codes.mean())
        assert f"mean over {codes.notna().sum()} codes" in line["note"]
        assert code_summary(table, ALPHA)["median"] == codes.median()

    def test_estimates_lie_in_their_intervals(self, bundled_agreement, name):
        table = bundled_agreement(name)
        shown = table[table["low"].notna()]
        assert (shown["low"] <= shown["estimate"] + 1e-12).all()
        assert (shown["estimate"] <= shown["high"] + 1e-12).all()
        assert (table["estimate"].dropna() <= 1 + 1e-12).all()

    def test_undefined_is_empty_with_a_note(self, bundled_agreement, name):
        table = bundled_agreement(name)
        undefined = table[table["estimate"].isna()]
        assert (undefined["note"].str.len() > 0).all()


def test_same_study_same_table(bundled, bundled_agreement):
    again = agreement_table(*bundled("krippendorff2011"))
    pd.testing.assert_frame_equal(again, bundled_agreement("krippendorff2011"))


class TestSmallStudy:
    def test_both_assumptions_where_nobody_recorded_who_saw_what(self, small):
        """B coded D1 alone; under the second assumption B saw D2 too and applied nothing there."""
        small.only(
            segments="segment_id,document_id\na,D1\nb,D1\nc,D2\nd,D2\n",
            codings="segment_id,coder_id,value\na,A,x\na,B,x\nc,A,x\n",
        )
        table = agreement_table(*small.both())
        about = {"variable": "codes", "measure": "percent", "code_id": "x"}

        first = cell(table, **about, assumption="coded_documents")
        second = cell(table, **about, assumption="all_documents")
        assert (first["estimate"], first["n_units"]) == (1, 2)
        assert (second["estimate"], second["n_units"]) == (0.75, 4)
        assert first["segmentation"] == "shared"

    def test_headline_is_of_the_first_assumption(self, small):
        small.only(codings="segment_id,coder_id,value\na,A,x\na,B,x\nb,A,y\nb,B,x\n")
        table = agreement_table(*small.both())
        assert set(headline(table)["assumption"]) == {"coded_documents"}

    def test_recorded_assignments_leave_one_reading(self, small):
        assert set(agreement_table(*small.both())["assumption"]) == {"assigned"}

    def test_one_coder_has_no_agreement(self, small):
        assert agreement_table(*small.only(codings="segment_id,coder_id,value\na,A,x\n").both()).empty

    def test_no_variation_is_undefined_never_zero_or_one(self, small):
        """Two coders applied x everywhere: chance agreement is 1 and alpha 0/0."""
        small.only(codings="segment_id,coder_id,value\na,A,x\na,B,x\nb,A,x\nb,B,x\n")
        line = cell(
            agreement_table(*small.both()),
            variable="codes",
            measure=ALPHA,
            code_id="x",
            assumption="coded_documents",
        )
        assert np.isnan(line["estimate"])
        assert line["note"] != ""

    def test_lines_by_group_case_and_document(self, small):
        table = agreement_table(*small.both())
        mine = table[(table["measure"] == "percent") & (table["code_id"] == "waiting")]
        assert set(mine["group"].dropna()) == {"patient", "staff"}
        assert set(mine["case_id"].dropna()) == {"P1", "P2", "P3"}
        assert set(mine["document_id"].dropna()) == {"D1", "D2", "D3"}

    def test_a_line_about_a_part_is_what_that_part_alone_would_say(self, small):
        corpus, study = small.both(agreement__interval__method="jackknife")
        whole, alone = (agreement_table(part, study) for part in (corpus, corpus.without_cases(["P2", "P3"])))
        told = ["code_id", "measure", "estimate", "se", "low", "high", "n_units", "observed", "note"]
        for name, part in {"case_id": "P1", "document_id": "D1"}.items():
            mine, same = (table.loc[table[name] == part, told] for table in (whole, alone))
            mine = mine[mine["code_id"].isin(same["code_id"])]
            assert len(mine) > 0
            pd.testing.assert_frame_equal(mine.reset_index(drop=True), same.reset_index(drop=True))

    def test_the_only_pair_says_what_all_coders_say_and_each_other_pair_its_own(self, small):
        segments = "segment_id,document_id,case_id\n" + "".join(f"{s},D1,P1\n" for s in "abcd")
        codings = "segment_id,coder_id,value\na,A,x\nb,A,x\na,B,x\nc,B,x\n"
        two, more = (
            agreement_table(*small.only(segments=segments, codings=each).both())
            for each in (codings, f"{codings}d,C,x\n")
        )

        about = {"variable": "codes", "code_id": "x", "measure": "percent", "assumption": "coded_documents"}
        assert cell(two, **about, pair="A|B")["estimate"] == cell(two, **about)["estimate"] == 0.5
        pairs = {pair: cell(more, **about, pair=pair)["estimate"] for pair in ("A|B", "A|C", "B|C")}
        assert pairs == {"A|B": 0.5, "A|C": 0.25, "B|C": 0.25}

    def test_more_than_twenty_coders_have_no_lines_by_pair(self, small):
        codings = "".join(f"a,{n},x\nb,{n},y\n" for n in range(21))
        table = agreement_table(*small.only(codings="segment_id,coder_id,value\n" + codings).both())
        assert table["pair"].isna().all()

    def test_own_segments_are_refused(self, small):
        small.edit("study.yml", "segmentation: shared", "segmentation: own")
        with pytest.raises(AgreementError, match="each coder drew their own segments"):
            agreement_table(*small.both())

    def test_no_text_in_the_table(self, small):
        assert small.secret not in agreement_table(*small.both()).to_csv()
