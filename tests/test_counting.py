"""Which codings count, by every rule, on examples small enough to work out by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.consensus import with_decisions
from analysis.counting import counted_codes, counted_or_none, counted_values, rule_of
from analysis.errors import DataError
from analysis.write.settled import settled

SEGMENTS = """\
segment_id,document_id,case_id,speaker
a,D1,P1,participant
b,D1,P1,participant
c,D2,P2,participant
q,D1,P1,interviewer
"""
# three coders saw D1, two saw D2
CODINGS = """\
segment_id,coder_id,value
a,A,x
a,B,x
a,C,x
b,A,x
b,B,x
b,C,y
c,A,y
c,B,x
q,A,x
q,B,x
q,C,x
"""


@pytest.fixture
def study(small):
    return small.only(segments=SEGMENTS, codings=CODINGS)


def marked(counted) -> list[tuple[str, str]]:
    return list(counted.marks[["segment_id", "code_id"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("any", [("a", "x"), ("b", "x"), ("b", "y"), ("c", "x"), ("c", "y")]),
        ("all", [("a", "x")]),
        ("majority", [("a", "x"), ("b", "x")]),  # c: one of two is not more than half
        ("coder:C", [("a", "x"), ("b", "y")]),
    ],
)
def test_codes_that_count(study, rule, expected):
    counted = counted_codes(*study.both(themes__counted=rule))

    assert counted.rule == rule
    assert marked(counted) == expected
    assert "q" not in set(counted.marks["segment_id"]), "interviewers' speech never counts"


def test_share_is_of_the_coders_who_saw_the_segment(study):
    """Had C seen D2 as well, one of three would have applied y to c."""
    study.files["codings.csv"] = "segment_id,coder_id,value\na,A,x\na,B,x\na,C,x\nc,A,y\n"
    assert ("c", "y") in marked(counted_codes(*study.both(themes__counted="all")))


def test_marks_carry_case_and_group(study):
    study.files["cases.csv"] = "case_id,group\nP1,patient\nP2,staff\n"
    marks = counted_codes(*study.both(themes__counted="any")).marks
    assert marks[["case_id", "group"]].drop_duplicates().to_numpy().tolist() == [
        ["P1", "patient"],
        ["P2", "staff"],
    ]


class TestRule:
    def test_consensus_counts_where_there_is_one(self, study):
        study.files["codings.csv"] = (
            "segment_id,coder_id,value,stage\na,A,x,independent\na,B,y,independent\na,team,y,consensus\n"
        )
        counted = counted_codes(*study.both())

        assert counted.rule == "consensus"
        assert counted.said == "as settled in consensus"
        assert marked(counted) == [("a", "y")]

    def test_majority_without_consensus_and_the_one_coder_alone(self, study):
        assert rule_of(*study.both()) == "majority"
        study.files["codings.csv"] = "segment_id,coder_id,value\na,A,x\n"
        assert rule_of(*study.both()) == "coder:A"

    @pytest.mark.parametrize(
        ("rule", "said"),
        [
            ("consensus", "no coding of that stage is there"),
            ("coder:D", '"D" coded nothing'),
        ],
    )
    def test_declared_rule_without_its_data_is_an_error(self, study, rule, said):
        with pytest.raises(DataError, match=said) as raised:
            counted_codes(*study.both(themes__counted=rule))
        assert raised.value.problems[0].column == "themes.counted"

    @pytest.mark.parametrize("rule", ["all", "any", "majority"])
    def test_rules_over_coders_need_independent_codings(self, study, rule):
        study.files["codings.csv"] = "segment_id,coder_id,value,stage\na,A,x,consensus\na,B,x,consensus\n"
        with pytest.raises(DataError, match="counts independent codings, and none are there"):
            counted_codes(*study.both(themes__counted=rule))

    def test_a_coder_counts_as_of_their_last_round_and_never_by_training(self, study):
        study.files["codings.csv"] = (
            "segment_id,coder_id,value,stage,round\n"
            "a,A,x,training,1\nb,A,x,independent,1\nc,A,y,independent,2\n"
        )
        assert marked(counted_codes(*study.both(themes__counted="coder:A"))) == [("c", "y")]

    def test_consensus_counts_as_of_its_last_round_and_as_it_is_exported(self, study):
        study.files["codings.csv"] = (
            "segment_id,coder_id,value,stage,round\na,team,x,consensus,1\na,team,y,consensus,2\n"
        )
        corpus, plan = study.both()
        exported, _ = settled(corpus)

        assert marked(counted_codes(corpus, plan)) == [("a", "y")]
        assert exported["value"].tolist() == ["y"]

    def test_a_model_beside_one_person_makes_no_majority(self, study):
        study.files["coders.csv"] = "coder_id,kind\nA,human\nB,model\n"
        study.files["codings.csv"] = "segment_id,coder_id,value\na,A,x\na,B,y\n"
        assert rule_of(*study.both()) == "coder:A"

    def test_study_without_codes_has_nothing_to_count(self, study):
        study.settings += "variables: {mood: {kind: nominal, values: [x, y]}}\n"
        study.files["codings.csv"] = "segment_id,coder_id,variable,value\na,A,mood,x\na,B,mood,x\n"
        assert counted_or_none(*study.both()) is None


class TestOwnSpans:
    """Two coders drew their own spans around the same words: [4, 30) and [4, 33)."""

    @pytest.fixture
    def own(self, small):
        study = small.only(
            documents="document_id,case_id,text\nD1,P1,We waited for weeks until anybody wrote.\n",
            segments="segment_id,document_id,start,end\na,D1,4,30\nb,D1,4,33\n",
            codings="segment_id,coder_id,value\na,A,wait\nb,B,wait\n",
        )
        study.settings = study.settings.replace("segmentation: shared", "segmentation: own")
        return study

    def test_undeclared_a_code_counts_where_any_coder_applied_it_and_that_is_named(self, own):
        corpus, study = own.both()
        counted = counted_codes(corpus, study)

        assert (counted.rule, marked(counted)) == ("any", [("a", "wait"), ("b", "wait")])
        assert any(
            "themes.counted is not declared" in each for each in with_decisions(corpus, study, []).warnings
        )

    @pytest.mark.parametrize("rule", ["all", "majority"])
    def test_rules_that_compare_segments_are_refused_and_others_named(self, own, rule):
        with pytest.raises(DataError, match=f"says {rule}, .* Write any, coder:NAME, or consensus") as raised:
            counted_codes(*own.both(themes__counted=rule))
        assert raised.value.problems[0].column == "themes.counted"

    @pytest.mark.parametrize("rule", ["any", "coder:A"])
    def test_rules_that_do_not_are_as_declared_and_need_no_warning(self, own, rule):
        corpus, study = own.both(themes__counted=rule)
        assert counted_codes(corpus, study).rule == rule
        assert with_decisions(corpus, study, []) is corpus

    def test_one_coder_alone_counts_whatever_the_rule(self, own):
        own.files["codings.csv"] = "segment_id,coder_id,value\na,A,wait\n"
        assert marked(counted_codes(*own.both(themes__counted="majority"))) == [("a", "wait")]
        assert rule_of(*own.both()) == "coder:A"

    def test_who_settled_the_consensus_drew_no_spans(self, own):
        own.files["codings.csv"] = (
            "segment_id,coder_id,value,stage\na,A,wait,independent\nb,team,wait,consensus\n"
        )
        assert marked(counted_codes(*own.both(themes__counted="majority"))) == [("a", "wait")]


class TestValues:
    """Segment a: 2 of 3 say x. b: x and y tie, A first. c: y and x tie, A said neither. q: A alone."""

    CODINGS = """\
segment_id,coder_id,variable,value
a,A,mood,y
a,B,mood,x
a,C,mood,x
b,A,mood,y
b,B,mood,x
c,A,mood,z
c,B,mood,y
c,C,mood,x
c,D,mood,y
c,E,mood,x
d,A,mood,z
"""

    @pytest.fixture
    def rated(self, small):
        study = small.only(segments=SEGMENTS + "d,D2,P2,participant\n", codings=self.CODINGS)
        study.settings += "variables: {mood: {kind: nominal, values: [x, y, z]}}\n"
        return study

    def values(self, study, **overrides) -> dict[str, object]:
        """Return segment -> value, an empty string where it stays unresolved."""
        frame = counted_values(*study.both(**overrides), "mood")
        return dict(zip(frame["segment_id"], frame["value"].fillna(""), strict=True))

    def test_majority_and_ties_by_the_first_coder_among_the_tied(self, rated):
        """In c the first coder gave z, which is not among the tied: B's y is the first that is."""
        assert self.values(rated) == {"a": "x", "b": "y", "c": "y", "d": "z"}

    def test_first_coder_is_the_first_of_the_coders_table(self, rated):
        rated.files["coders.csv"] = "coder_id\nE\nD\nC\nB\nA\n"
        assert self.values(rated) == {"a": "x", "b": "x", "c": "x", "d": "z"}

    def test_ties_may_stay_unresolved(self, rated):
        found = self.values(rated, themes__ties="unresolved")
        assert found == {"a": "x", "b": "", "c": "", "d": "z"}

    def test_ties_are_told(self, rated):
        frame = counted_values(*rated.both(), "mood")
        assert frame.set_index("segment_id")["tie"].to_dict() == {
            "a": False,
            "b": True,
            "c": True,
            "d": False,
        }
        assert set(frame["rule"]) == {"majority"}

    def test_one_coder_alone(self, rated):
        assert self.values(rated, themes__counted="coder:A") == {"a": "y", "b": "y", "c": "z", "d": "z"}

    def test_consensus(self, rated):
        rated.files["codings.csv"] = (
            self.CODINGS.replace("variable,value", "variable,value,stage")
            .replace("\n", ",independent\n")
            .replace("value,stage,independent", "value,stage")
            + "a,team,mood,z,consensus\n"
        )
        assert self.values(rated) == {"a": "z"}

    def test_natural_order_decides_who_is_first_where_no_table_does(self, rated):
        """Ten comes after two, so the tie goes to coder 2."""
        rated.files["codings.csv"] = "segment_id,coder_id,variable,value\na,10,mood,x\na,2,mood,y\n"
        assert self.values(rated) == {"a": "y"}


def test_supporting_and_contradicting_segments_are_kept_apart_for_one_coder(study):
    study.files["codings.csv"] = "segment_id,coder_id,value,supports\na,A,x,supports\nb,A,x,contradicts\n"
    marks = counted_codes(*study.both()).marks
    assert marks["supports"].tolist() == ["supports", "contradicts"]
    assert pd.notna(marks["supports"]).all()
