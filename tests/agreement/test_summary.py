"""agreement.csv as people read it, and the keys that claims find its numbers under."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.agreement import summary
from analysis.agreement.peer import package_alpha
from analysis.agreement.sheet import agreement_table
from analysis.claims import judge, load_claims
from analysis.paths import Workspace

ALPHA = "krippendorff_alpha"


@pytest.fixture(scope="module")
def simon(bundled, bundled_agreement):
    return *bundled("simon2021_simulated"), bundled_agreement("simon2021_simulated")


@pytest.fixture(scope="module")
def krippendorff(bundled, bundled_agreement):
    return *bundled("krippendorff2011"), bundled_agreement("krippendorff2011")


@pytest.fixture(scope="module")
def results(simon):
    _, study, table = simon
    return {result.key: result for result in summary.agreement_results(table, study)}


class TestResults:
    def test_published_alphas_are_claims_that_hold(self, krippendorff, checkout):
        _, study, table = krippendorff
        found = [vars(result) for result in summary.agreement_results(table, study)]
        verdicts = judge(found, load_claims(Workspace(checkout), "krippendorff2011"))
        assert [v.verdict for v in verdicts] == ["reproduced_at_printed_precision"] * 4
        assert [v.recomputed for v in verdicts] == [("0.7434",), ("0.8154",), ("0.8491",), ("0.7974",)]

    def test_declared_level_needs_no_bracket_and_others_name_it(self, krippendorff):
        _, study, table = krippendorff
        keys = {result.key for result in summary.agreement_results(table, study)}
        assert f"agreement.rating.{ALPHA}" in keys
        assert f"agreement.rating.{ALPHA}[level=ordinal]" in keys
        assert f"agreement.rating.{ALPHA}[level=nominal]" not in keys
        assert f"agreement.rating.{ALPHA}[pair=A|B]" in keys
        assert f"agreement.rating.{ALPHA}[value=5]" in keys

    def test_a_set_of_codes_has_median_and_range(self, results, simon):
        _, _, table = simon
        codes = summary.headline(table).query("measure == @ALPHA and code_id.notna()")["estimate"]
        assert results[f"agreement.codes.{ALPHA}.median"].value == codes.median()
        assert results[f"agreement.codes.{ALPHA}.min"].value == codes.min()
        assert results[f"agreement.codes.{ALPHA}.max"].value == codes.max()
        assert results[f"agreement.codes.{ALPHA}.median"].n == codes.notna().sum()

    def test_aggregated_lines_say_so_in_their_key(self, results):
        assert f"agreement.codes.{ALPHA}.mean" in results
        assert f"agreement.codes.{ALPHA}" not in results

    def test_rounds_are_told_apart(self, results):
        assert f"agreement.codes.capacity_lacking.{ALPHA}[round=1,stage=independent]" in results
        assert f"agreement.codes.capacity_lacking.{ALPHA}" in results

    def test_interval_and_base_go_with_the_value(self, results, simon):
        _, _, table = simon
        line = summary.headline(table).query("measure == @ALPHA and code_id == 'accessible'").iloc[0]
        found = results[f"agreement.codes.accessible.{ALPHA}"]
        assert (found.value, found.low, found.high, found.n) == (
            line["estimate"], line["low"], line["high"], line["n_units"],
        )  # fmt: skip

    def test_keys_are_recorded_once(self, simon):
        _, study, table = simon
        keys = [result.key for result in summary.agreement_results(table, study)]
        assert len(keys) == len(set(keys))

    def test_undefined_is_none_with_its_note(self, small):
        small.only(codings="segment_id,coder_id,value\na,A,x\na,B,x\nb,A,x\nb,B,x\n")
        corpus, study = small.both()
        found = {r.key: r for r in summary.agreement_results(agreement_table(corpus, study), study)}
        line = found[f"agreement.codes.x.{ALPHA}"]
        assert line.value is None
        assert line.note != ""


class TestTablesForPeople:
    def test_by_code_has_the_primary_coefficient_and_its_companions(self, simon):
        corpus, study, table = simon
        rows = summary.by_code(table, corpus.codes, study)
        names = corpus.codes.set_index("code_id")["name"]
        assert rows["name"].tolist() == names[rows["code_id"]].tolist()
        assert {"estimate", "low", "high", "q", "n_units", "n_positive", "percent", "gwet_ac1"} <= set(
            rows.columns
        )

    def test_by_round_has_a_column_a_stage_and_round_in_their_order(self, simon):
        corpus, study, table = simon
        rows = summary.by_round(table, corpus.codes, study)
        assert rows.columns.tolist() == ["subject", "training 1", "independent 1", "independent 2"]

    def test_by_pair_of_two_coders_is_one_row_a_variable(self, simon):
        _, study, table = simon
        rows = summary.by_pair(table, study)
        assert rows[["variable", "pair"]].to_numpy().tolist() == [["codes", "A|B"]]

    def test_forest_has_a_line_a_code_or_a_level(self, simon, krippendorff):
        corpus, study, table = simon
        assert len(summary.forest_data(table, corpus.codes, study)) == len(
            summary.by_code(table, corpus.codes, study)
        )
        corpus, study, table = krippendorff
        subjects = summary.forest_data(table, corpus.codes, study)["subject"]
        assert subjects.tolist() == [
            f"rating ({level})" for level in ("nominal", "ordinal", "interval", "ratio")
        ]

    def test_names_of_measures(self):
        assert summary.titled("krippendorff_alpha") == "Krippendorff's alpha"
        assert summary.titled("percent") == "Percent agreement"
        assert summary.titled("light_kappa") == "Light's kappa"


class TestThePackage:
    """Alpha computed a second time by the package `krippendorff`."""

    @pytest.mark.parametrize("name", ["simon", "krippendorff"])
    def test_every_headline_alpha_is_the_packages(self, request, name):
        check = summary.package_check(*[request.getfixturevalue(name)[n] for n in (0, 1, 2)])
        assert len(check) > 3
        assert check["equal"].all(), check
        assert not np.isnan(check["package"]).all()

    @pytest.mark.parametrize(
        "values", [[[1.0, 1], [1, 1]], [[np.nan, 1], [1, np.nan]], [[np.nan, np.nan], [np.nan, np.nan]]]
    )
    def test_no_variation_and_no_pair_are_undefined(self, values):
        assert np.isnan(package_alpha(np.array(values), "nominal", np.array([0.0, 1])))
