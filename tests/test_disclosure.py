"""What may be shown to whom: only words of people who agreed, only where the policy allows any."""

from __future__ import annotations

import pytest

from analysis.disclosure import case_labels, quotable, shows_text


@pytest.fixture
def small(small):
    return small.without("turns", "assignments", "asked", "charting", "audit")


def quoted_cases(study, **overrides) -> set[str]:
    corpus, plan = study.both(**overrides)
    return set(corpus.segments.loc[quotable(corpus, plan), "case_id"])


def test_only_people_who_agreed_are_quoted(small):
    assert quoted_cases(small) == {"P1", "P3"}


@pytest.mark.parametrize("flag", ["", "no"])
def test_a_missing_flag_is_no_consent(small, flag):
    small.edit("cases.csv", "P1,patient,1,yes", f"P1,patient,1,{flag}")
    assert quoted_cases(small) == {"P3"}


def test_no_column_of_consent_is_no_consent(small):
    small.files["cases.csv"] = "case_id,group\nP1,patient\nP2,patient\nP3,staff\n"
    assert quoted_cases(small) == set()


def test_a_policy_without_text_quotes_nobody(small):
    assert quoted_cases(small, disclosure__policy="text_free") == set()
    assert not shows_text(small.study(disclosure__policy="text_free"))
    assert shows_text(small.study())


def test_labels_are_groups_with_running_numbers_not_ids(small):
    assert case_labels(small.corpus()) == {"P1": "patient 1", "P2": "patient 2", "P3": "staff 1"}


def test_one_group_is_of_participants(small):
    small.settings = small.settings.replace("groups: [patient, staff]\n", "")
    small.files["cases.csv"] = "case_id\nP1\nP2\nP3\n"
    assert case_labels(small.corpus())["P2"] == "participant 2"
