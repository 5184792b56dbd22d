"""Which codes coders applied to what they saw, and what only looks like an absence."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import AgreementError
from analysis.presence import presence

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
CODINGS = """\
segment_id,coder_id,value
a,A,x
d,A,y
q,A,x
a,B,x
b,B,y
"""
CODES = "code_id,name,introduced_version\nx,X,1\ny,Y,1\nz,Z,3\n"


@pytest.fixture
def study(small):
    """Two interviews: A coded both, B the first; nobody says who was asked to."""
    return small.only(segments=SEGMENTS, codings=CODINGS, codes=CODES)


def rows(rated) -> dict[str, list[float]]:
    """Return coder -> values, with the units as they stand."""
    return dict(zip(rated.coders, rated.values.tolist(), strict=True))


def same(found, expected) -> None:
    assert found.keys() == expected.keys()
    for coder, values in expected.items():
        np.testing.assert_array_equal(found[coder], values, err_msg=coder)


class TestWhoSawWhat:
    def test_coders_saw_documents_that_they_coded(self, study):
        seen = presence(*study.both())

        assert seen.frame.units["unit_id"].tolist() == ["a", "b", "c", "d", "e"]
        assert seen.frame.assumption == "coded_documents"
        same(rows(seen.of("x")), {"A": [1, 0, 0, 0, 0], "B": [1, 0, 0, NAN, NAN]})
        same(rows(seen.of("y")), {"A": [0, 0, 0, 1, 0], "B": [0, 1, 0, NAN, NAN]})

    def test_coders_saw_everything(self, study):
        seen = presence(*study.both(), assumption="all_documents")

        same(rows(seen.of("y")), {"A": [0, 0, 0, 1, 0], "B": [0, 1, 0, 0, 0]})

    def test_what_coders_were_asked_to_code_decides_where_it_is_recorded(self, study):
        """A was asked for D1 and coded a segment of D2 besides; B was asked for D1 and one segment of D2."""
        study.files["assignments.csv"] = (
            "coder_id,document_id,segment_id,stage\nA,D1,,independent\nB,D1,,independent\nB,,e,independent\n"
        )
        seen = presence(*study.both())

        assert (seen.frame.assumption, seen.frame.universe) == ("assigned", "assigned")
        same(rows(seen.of("x")), {"A": [1, 0, 0, 0, NAN], "B": [1, 0, 0, NAN, 0]})

    def test_other_stages_say_nothing_about_who_saw_what(self, study):
        study.files["assignments.csv"] = "coder_id,document_id,stage\nB,D2,training\n"
        seen = presence(*study.both())

        assert seen.frame.assumption == "coded_documents"
        assert np.isnan(seen.of("x").values[1, 3:]).all()

    def test_a_document_with_one_coding_was_seen_whole(self, study):
        study.files["codings.csv"] += "d,B,x\n"
        assert not np.isnan(presence(*study.both()).of("x").values).any()


class TestUniverse:
    def test_interviewers_speech_is_out_by_default(self, study):
        corpus, plan = study.both()
        assert "q" in set(corpus.segments["segment_id"])
        assert "q" not in set(presence(corpus, plan).frame.units["unit_id"])

    def test_interviewers_speech_is_in_where_the_filter_names_it(self, study):
        seen = presence(*study.both(agreement__where={"speaker": ["participant", "Interviewer"]}))
        assert "q" in set(seen.frame.units["unit_id"])
        assert seen.of("x").values[0, -1] == 1

    def test_at_least_two_coders_leaves_out_units_that_one_saw(self, study):
        seen = presence(*study.both(agreement__where={"coders": "at_least 2"}))

        assert seen.frame.units["unit_id"].tolist() == ["a", "b", "c"]
        same(rows(seen.of("x")), {"A": [1, 0, 0], "B": [1, 0, 0]})
        same(rows(seen.of("y")), {"A": [0, 0, 0], "B": [0, 1, 0]})

    def test_filter_by_group_case_and_document(self, study):
        study.files["cases.csv"] = "case_id,group\nP1,patient\nP2,staff\n"
        corpus, plan = study.both()
        for where in ({"group": "staff"}, {"case": "P2"}, {"document": ["D2"]}):
            chosen = plan.model_copy(
                update={
                    "agreement": plan.agreement.model_copy(
                        update={"where": plan.agreement.where.model_copy(update=where)}
                    )
                }
            )
            assert presence(corpus, chosen).frame.units["unit_id"].tolist() == ["d", "e"], where

    def test_units_keep_the_case_and_group_that_they_belong_to(self, study):
        study.files["cases.csv"] = "case_id,group\nP1,patient\nP2,staff\n"
        units = presence(*study.both()).frame.units

        assert units["case_id"].tolist() == ["P1", "P1", "P1", "P2", "P2"]
        assert units["group"].tolist() == ["patient"] * 3 + ["staff"] * 2


class TestCodebookVersions:
    def test_code_introduced_later_is_missing_not_absent(self, study):
        """D1 was coded with version 2, D2 with version 3, which introduced z."""
        study.files["documents.csv"] = "document_id,case_id,coded_version\nD1,P1,2\nD2,P2,3\n"
        study.files["codings.csv"] += "e,A,z\nd,B,x\n"
        seen = presence(*study.both())

        same(rows(seen.of("z")), {"A": [NAN, NAN, NAN, 0, 1], "B": [NAN, NAN, NAN, 0, 0]})
        assert not np.isnan(seen.of("x").values).any()

    def test_version_of_the_codings_counts_where_the_document_states_none(self, study):
        study.files["codings.csv"] = (
            "segment_id,coder_id,value,codebook_version\na,A,x,2\nb,B,x,2\nd,A,z,10\ne,B,z,10\n"
        )
        seen = presence(*study.both())

        same(rows(seen.of("z")), {"A": [NAN, NAN, NAN, 1, 0], "B": [NAN, NAN, NAN, 0, 1]})


class TestCodersAndRounds:
    def test_model_coders_stay_out(self, study):
        study.files["coders.csv"] = "coder_id,kind\nA,human\nB,\nM,model\n"
        study.files["codings.csv"] += "c,M,x\n"
        seen = presence(*study.both())

        assert seen.frame.coders == ("A", "B")

    def test_rounds_are_never_pooled_and_the_last_is_the_headline(self, study):
        study.files["codings.csv"] = "segment_id,coder_id,value,round\na,A,x,1\na,B,y,1\nb,A,x,2\nb,B,x,2\n"
        corpus, plan = study.both()
        last, first = presence(corpus, plan), presence(corpus, plan, round_=1)

        assert (last.frame.round, first.frame.round) == (2, 1)
        same(rows(last.of("x")), {"A": [0, 1, 0], "B": [0, 1, 0]})
        same(rows(first.of("x")), {"A": [1, 0, 0], "B": [0, 0, 0]})
        assert last.codes == ("x",)

    def test_stages_are_never_pooled(self, study):
        study.files["codings.csv"] = "segment_id,coder_id,value,stage\na,A,x,independent\nb,A,x,consensus\n"
        same(rows(presence(*study.both()).of("x")), {"A": [1, 0, 0]})

    def test_coders_stand_in_the_order_of_their_table(self, study):
        study.files["coders.csv"] = "coder_id\nB\nA\n"
        assert presence(*study.both()).frame.coders == ("B", "A")


def test_own_segments_are_not_compared_one_by_one(study):
    study.settings = study.settings.replace("segmentation: shared", "segmentation: own")
    with pytest.raises(AgreementError, match="each coder drew their own segments"):
        presence(*study.both())


def test_an_assumption_that_is_none_is_refused_and_the_nearest_named(study):
    with pytest.raises(AgreementError, match='Did you mean "all_documents"'):
        presence(*study.both(), assumption="all_document")
