"""Who applied which code is worked out once for a corpus and a study, and never given to another."""

from __future__ import annotations

import numpy as np

from analysis.presence import presence
from analysis.readings import applied


def test_all_who_ask_get_the_same(small):
    corpus, study = small.both()
    first = applied(corpus, study)

    assert applied(corpus, study) is first
    assert applied(corpus, study, first.frame.round) is first


def test_it_is_what_presence_says(small):
    corpus, study = small.both()
    ours, whole = applied(corpus, study), presence(corpus, study)

    assert ours.codes == whole.codes
    for code in whole.codes:
        assert np.array_equal(ours.of(code).values, whole.of(code).values, equal_nan=True)


def test_another_setting_is_another_reading(small):
    corpus, study = small.both()
    by_case = small.study(agreement__unit="case")

    assert applied(corpus, study).frame.unit == "segment"
    assert applied(corpus, by_case).frame.unit == "case"
    assert applied(corpus, study).frame.unit == "segment"


def test_a_corpus_without_a_case_is_read_anew(small):
    corpus, study = small.both()
    assert "P1" in set(applied(corpus, study).frame.units["case_id"])
    assert "P1" not in set(applied(corpus.without_cases(["P1"]), study).frame.units["case_id"])
