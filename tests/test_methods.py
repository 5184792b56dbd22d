"""The methods paragraph and checklists: numbers come from results, everything else stays a visible gap."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis import simulate
from analysis.checklists import AUTHORS, COREQ, SRQR, checklist, checklist_text
from analysis.counting import counted_codes
from analysis.methods import GAP, methods_text, recorded_values
from analysis.overview import overview_results

GAPS = re.compile(re.escape(GAP).replace(r"\{\}", "[^]]+"))


def _recorded(corpus, study):
    return recorded_values([{"key": r.key, "value": r.value} for r in overview_results(corpus, study)])


@pytest.fixture(params=simulate.STUDIES)
def material(request, bundled):
    corpus, study = bundled(request.param)
    return corpus, study, counted_codes(corpus, study), _recorded(corpus, study)


def test_numbers_are_those_recorded(material):
    corpus, _, _, recorded = material
    text = methods_text(*material)

    assert f"{len(corpus.cases)} people took part" in text
    assert f"{recorded['double_coded.documents']} of {recorded['documents.n']} transcripts were coded" in text


def test_a_changed_number_changes_the_text(material):
    corpus, study, counted, recorded = material

    assert "77 people took part" in methods_text(corpus, study, counted, {**recorded, "cases.n": 77})


def test_what_was_not_recorded_is_a_gap_and_never_a_number(material):
    corpus, study, counted, _ = material
    text = methods_text(corpus, study, counted, {})

    assert "[to be written by the authors: number of participants]" in text
    assert len(GAPS.findall(text)) >= 6


def test_simulated_data_are_said_first(material):
    assert methods_text(*material).splitlines()[2].startswith("> Simulated data")


def test_a_reflexive_study_speaks_of_no_coefficient(material):
    corpus, study, counted, recorded = material
    text = methods_text(corpus, study.model_copy(update={"method": "reflexive"}), counted, recorded)

    assert "Agreement" not in text


@pytest.mark.parametrize(("name", "items"), [("COREQ", 32), ("SRQR", 21)])
def test_every_item_stands_and_is_filled_or_left_to_the_authors(material, name, items):
    corpus, study, counted, recorded = material
    table = checklist(name, corpus, study, counted, recorded)

    assert table["item"].tolist() == list(range(1, items + 1)) == list({"COREQ": COREQ, "SRQR": SRQR}[name])
    assert (table.loc[~table["filled"], "answer"] == AUTHORS).all()
    assert table.loc[table["filled"], "answer"].str.len().gt(0).all()
    assert checklist_text(name, table).count("\n| ") == items + 1


def _item_22(corpus, study, counted, recorded) -> str:
    run = study.saturation.model_copy(update={"run": True})
    asked = study.model_copy(update={"saturation": run})
    return checklist("COREQ", corpus, asked, counted, recorded).set_index("item").at[22, "answer"]


def test_new_codes_are_answered_only_where_they_were_asked_for(material):
    before = checklist("COREQ", *material).set_index("item")

    assert before.at[22, "answer"] == AUTHORS
    assert "12 of 12 settings met" in _item_22(*material)


def test_settings_of_interviews_in_no_known_order_are_called_not_assessable(material):
    corpus, study, counted, recorded = material
    unordered = replace(corpus, cases=corpus.cases.assign(interview_order=pd.NA))
    said = _item_22(unordered, study, counted, recorded)

    assert f"0 of 12 settings met in the recorded order, 12 not assessable with {len(corpus.cases)}" in said


def test_only_coded_interviews_are_counted(new_small):
    """Of seven participants six were coded, which is too few for ten of the settings."""
    cases = "case_id,interview_order\n" + "".join(f"P{n},{n}\n" for n in range(1, 8))
    rows = [f"s{n},P{n}\n" for n in range(1, 7)]
    study = new_small().only(
        cases=cases,
        segments="segment_id,case_id\n" + "".join(rows),
        codings="segment_id,coder_id,value\n" + "".join(f"s{n},A,x\n" for n in range(1, 7)),
    )
    corpus, plan = study.both()

    assert "10 not assessable with 6 interviews" in _item_22(corpus, plan, counted_codes(corpus, plan), {})


def test_models_are_no_coders_in_a_paper(small):
    """A person and a model: one coder, in the methods paragraph and under COREQ 24."""
    small.edit("coders.csv", "B,human", "B,model")
    corpus, study = small.both()
    counted = counted_codes(corpus, study)

    assert "1 coder independently coded transcripts" in methods_text(corpus, study, counted, {})
    answer = checklist("COREQ", corpus, study, counted, {}).set_index("item").at[24, "answer"]
    assert answer == "1 (a university: 1)"


def test_agreement_stands_under_trustworthiness(material):
    corpus, study, counted, recorded = material
    recorded = {**recorded, "agreement.codes.krippendorff_alpha.median": 0.8}
    table = checklist("SRQR", corpus, study, counted, recorded).set_index("item")

    assert "agreement before discussion" in table.at[15, "answer"]


def test_every_number_from_a_result_is_listed_under_its_key(material):
    corpus, _, _, recorded = material
    text = methods_text(*material)
    listed = dict(re.findall(r"^- `([^`]+)` = (\S+)$", text, flags=re.MULTILINE))

    assert {"cases.n", "documents.n", "double_coded.documents"} <= set(listed)
    assert listed["cases.n"] == str(len(corpus.cases))
    assert all(float(value) == pytest.approx(float(recorded[key])) for key, value in listed.items())


def test_without_text_no_item_speaks_of_quotes(material):
    corpus, study, counted, recorded = material
    hidden = study.disclosure.model_copy(update={"policy": "text_free"})
    study = study.model_copy(update={"disclosure": hidden})

    assert checklist("COREQ", corpus, study, counted, recorded).set_index("item").at[29, "answer"] == AUTHORS
    assert (
        "quote" not in checklist("SRQR", corpus, study, counted, recorded).set_index("item").at[17, "answer"]
    )


def test_a_matrix_is_named_only_where_something_was_charted(material):
    corpus, study, counted, recorded = material
    answer = checklist("SRQR", corpus, study, counted, recorded).set_index("item").at[17, "answer"]

    assert ("framework matrix" in answer) == (not corpus.charting.empty)
