"""Every coefficient that a study may ask for has a name that a paper can print."""

from __future__ import annotations

from typing import get_args

from analysis import settings
from analysis.agreement.summary import overall
from analysis.counting import counted_codes
from analysis.measurenames import NAMES, named
from analysis.methods import methods_text


def test_every_measure_of_study_yml_has_a_name_of_its_own():
    declared = set(get_args(settings.Measure))

    assert declared <= set(NAMES)
    assert not any("_" in name for name in NAMES.values())
    assert len(set(NAMES.values())) == len(NAMES)


def test_the_methods_paragraph_and_the_table_call_a_measure_alike(bundled, bundled_agreement):
    corpus, study = bundled("simon2021_simulated")
    plan = study.agreement.model_copy(update={"primary": "brennan_prediger"})
    text = methods_text(
        corpus, study.model_copy(update={"agreement": plan}), counted_codes(corpus, study), {}
    )

    assert f"measured by {named('brennan_prediger')}," in text
    table = bundled_agreement("krippendorff2011")
    shown = overall(table.assign(measure="brennan_prediger"))
    assert set(shown["measure"]) == {named("brennan_prediger")}
