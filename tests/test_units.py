"""Codings of a variable become ratings of segments."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import AgreementError
from analysis.units import ratings

NAN = np.nan
SEGMENTS = """\
segment_id,document_id,case_id,speaker
a,D1,P1,participant
b,D1,P1,participant
c,D1,P1,participant
d,D2,P2,participant
e,D2,P2,participant
q,D1,P1,Interviewer
"""


class TestRatings:
    VARIABLE = (
        "variables: {mood: {kind: ordinal, values: [low, middling, high], where: {speaker: participant}}}\n"
    )
    CODINGS = """\
segment_id,coder_id,variable,value
a,A,mood,low
b,A,mood,high
d,A,mood,middling
a,B,mood,high
b,B,mood,high
"""

    @pytest.fixture
    def rated(self, small):
        study = small.only(segments=SEGMENTS, codings=self.CODINGS)
        study.settings += self.VARIABLE
        return study

    def test_values_are_places_in_the_declared_order(self, rated):
        mood = ratings(*rated.both(), variable="mood")

        assert mood.domain == ("low", "middling", "high")
        assert mood.units["unit_id"].tolist() == ["a", "b", "d"]
        assert list(mood.coders) == ["A", "B"]
        np.testing.assert_array_equal(mood.values, [[0, 2, 1], [2, 2, NAN]])

    def test_values_that_were_not_declared_stand_in_natural_order(self, rated):
        rated.settings = rated.settings.replace("values: [low, middling, high], ", "")
        rated.files["codings.csv"] = "segment_id,coder_id,variable,value\na,A,mood,10\nb,A,mood,9\n"
        assert ratings(*rated.both(), variable="mood").domain == ("9", "10")

    def test_units_that_too_few_rated_are_left_out(self, rated):
        mood = ratings(*rated.both(agreement__where={"coders": "at_least 2"}), variable="mood")
        assert mood.units["unit_id"].tolist() == ["a", "b"]

    def test_interval_level_takes_the_numbers_themselves(self, rated):
        rated.settings = rated.settings.replace("ordinal, values: [low, middling, high]", "interval")
        rated.files["codings.csv"] = (
            "segment_id,coder_id,variable,value\na,A,mood,10\nb,A,mood,2.5\na,B,mood,10.0\n"
        )
        values, domain = ratings(*rated.both(), variable="mood").at("interval")

        assert domain.tolist() == [2.5, 10]
        np.testing.assert_array_equal(values, [[10, 2.5], [10, NAN]])

    def test_words_have_no_interval_level(self, rated):
        mood = ratings(*rated.both(), variable="mood")
        with pytest.raises(AgreementError, match="level interval needs numbers"):
            mood.at("interval")

    def test_pairs_of_coders_are_sorted_by_name(self, rated):
        rated.files["coders.csv"] = "coder_id\nB\nA\n"
        mood = ratings(*rated.both(), variable="mood")

        assert mood.coders == ("B", "A")
        assert mood.pairs() == [("A", "B")]
        assert mood.select(coders=["A"]).values.tolist() == [[0, 2, 1]]

    def test_clusters_are_known_only_where_every_case_is(self, rated):
        assert ratings(*rated.both(), variable="mood").cluster.tolist() == ["P1", "P1", "P2"]
        rated.files["segments.csv"] = SEGMENTS.replace("D2,P2", "D2,")
        assert ratings(*rated.both(), variable="mood").cluster is None
