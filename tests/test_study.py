"""study.yml: what it may say, what it means when it says nothing, and what an override may change."""

from __future__ import annotations

import pytest

from analysis.errors import StudyError, UsageError
from analysis.settings import Where
from analysis.study import METHOD_NAMES, Study, load_study

LEAST = {
    "study": "demo",
    "title": "Demo",
    "method": "codebook",
    "inputs": [{"file": "codings.csv"}],
    "disclosure": {"policy": "text_free"},
}


def study(**more) -> Study:
    return Study.model_validate(LEAST | more)


def refused(small, **changes: str) -> str:
    """Return what is said of a study.yml in which texts are replaced."""
    for old, new in changes.items():
        small.edit("study.yml", old, new)
    with pytest.raises(StudyError) as raised:
        load_study(small.write(), "small")
    return str(raised.value)


class TestDefaults:
    def test_what_is_not_said(self):
        plan = study()

        assert plan.agreement.measures == ["krippendorff_alpha", "percent", "gwet_ac1"]
        assert plan.agreement.unit == "segment"
        assert plan.agreement.minimum is None, "a cut-off is the authors' choice"
        assert plan.themes.labels == "none"
        assert plan.saturation.run is False
        assert plan.simulated is False

    @pytest.mark.parametrize("key", ["segmentation", "double_coding", "based_on"])
    def test_nothing_is_assumed_of(self, key):
        assert getattr(study(), key) is None

    def test_stage_of_an_input_has_no_default(self):
        assert study().inputs[0].stage is None

    @pytest.mark.parametrize("key", sorted(LEAST))
    def test_least_that_a_study_needs(self, key):
        with pytest.raises(ValueError, match=key):
            Study.model_validate({name: value for name, value in LEAST.items() if name != key})

    def test_primary_measure_is_not_its_own_companion(self):
        plan = study(agreement={"primary": "percent", "companions": ["percent", "gwet_ac1"]})
        assert plan.agreement.measures == ["percent", "gwet_ac1"]


class TestRefusals:
    def test_a_truth_value_that_yaml_made_of_a_word(self, small):
        said = refused(small, **{"values: [low, middling, high, n/a]": "values: [yes, no]"})
        assert "variables.mood.values" in said
        assert "write it in quotes: YAML reads yes, no" in said

    def test_codes_is_no_name_for_a_variable(self, small):
        assert "may not declare `codes`" in refused(small, **{"  mood:": "  codes:"})

    @pytest.mark.parametrize(
        "path", ["/etc/passwd", "~/x.csv", "../x.csv", "a/../../x.csv", "C:/x.csv", "\\\\x"]
    )
    def test_paths_stay_inside_source(self, path):
        with pytest.raises(ValueError, match="must be a path inside source/"):
            study(inputs=[{"file": path}])

    def test_folders_inside_source_are_fine(self):
        assert study(inputs=[{"file": "wave2/codings.csv"}]).inputs[0].file == "wave2/codings.csv"

    @pytest.mark.parametrize(
        "layout",
        [
            {},
            {"segment": "id"},
            {"segment": "id", "coder": "who"},
            {"segment": "id", "coders": ["A"]},
            {"segment": "id", "coder": "who", "variables": ["x"], "coders": ["A"], "variable": "x"},
        ],
    )
    def test_wide_files_say_how_they_are_laid_out(self, layout):
        with pytest.raises(ValueError, match="format wide needs"):
            study(inputs=[{"file": "a.csv", "format": "wide", **layout}])

    @pytest.mark.parametrize("rule", ["at_least", "at_least 0", "two", "at least 2"])
    def test_number_of_coders_reads_at_least_n(self, rule):
        with pytest.raises(ValueError, match="must read `at_least N`"):
            study(agreement={"where": {"coders": rule}})

    def test_counting_rule_has_a_closest(self, small):
        assert 'Did you mean "majority"?' in refused(small, **{"counted: consensus": "counted: majorty"})

    @pytest.mark.parametrize("name", ["", "a b", "../x", ".hidden", "ä"])
    def test_study_names_are_plain(self, name):
        with pytest.raises(ValueError, match="study"):
            study(study=name)

    def test_every_problem_is_told_with_its_line(self, small):
        said = refused(small, **{"method: codebook": "method: magic", "{kind: ordinal": "{knd: ordinal"})
        assert "line 3, 'method'" in said
        assert "line 9, 'variables.mood.knd'" in said
        assert 'Did you mean "kind"?' in said


class TestWhere:
    def test_conditions_name_columns_of_segments(self):
        where = Where(speaker="client", case=["P1", "P2"])
        assert where.columns() == {"speaker": ["client"], "case_id": ["P1", "P2"]}

    def test_at_least(self):
        assert Where(coders="at_least 3").at_least == 3
        assert Where().at_least == 1


class TestOverrides:
    def test_single_settings_by_dotted_name(self, small):
        plan = small.study(agreement__unit="case", agreement__interval__draws=500, seed=5)

        assert (plan.agreement.unit, plan.agreement.interval.draws, plan.seed) == ("case", 500, 5)
        assert plan.themes.counted == "consensus", "the rest is as study.yml says"

    def test_a_part_that_the_file_does_not_hold(self, small):
        assert small.study(saturation__run=True).saturation.run is True

    @pytest.mark.parametrize(
        ("overrides", "said"),
        [
            ({"agreement.units": "case"}, 'Did you mean "unit"?'),
            ({"agreement.unit": "cases"}, 'Did you mean "case"?'),
            ({"seed": "many"}, "overrides, 'seed'"),
            ({"title.short": "x"}, "title holds no further settings"),
        ],
    )
    def test_what_names_no_setting_is_a_usage_error(self, small, overrides, said):
        with pytest.raises(UsageError) as raised:
            load_study(small.write(), "small", overrides)
        assert said in str(raised.value)

    def test_the_file_itself_is_not_changed(self, small):
        before = small.write() and (small.raw / "study.yml").read_bytes()
        small.study(seed=99)
        assert (small.raw / "study.yml").read_bytes() == before


class TestSteps:
    def test_a_reflexive_study_has_no_agreement(self):
        reason = study(method="reflexive").not_applicable("02_agreement")
        assert "agreement between coders is not part of the method" in reason

    @pytest.mark.parametrize("method", [name for name in METHOD_NAMES if name != "reflexive"])
    def test_agreement_applies_elsewhere(self, method):
        assert study(method=method).not_applicable("02_agreement") is None

    def test_framework_matrix_is_of_the_framework_method(self):
        assert study(method="framework").not_applicable("04_framework") is None
        assert "descriptive-interpretive" in study(method="gdi_qr").not_applicable("04_framework")

    @pytest.mark.parametrize("step", ["01_prepare", "03_themes", "05_report"])
    @pytest.mark.parametrize("method", METHOD_NAMES)
    def test_other_steps_always_apply(self, method, step):
        assert study(method=method).not_applicable(step) is None
