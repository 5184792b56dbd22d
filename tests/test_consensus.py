"""What a team settled: agreed, decided, left open; agreement before discussion stays as it was."""

from __future__ import annotations

import pytest

from analysis.agreement.sheet import agreement_table
from analysis.consensus import settled_corpus, with_decisions
from analysis.counting import counted_codes
from analysis.decisions import Question
from analysis.errors import DataError
from analysis.ledger import Ledger

SEGMENTS = "segment_id,document_id,case_id\na,D1,P1\nb,D1,P1\nc,D2,P2\nd,D2,P2\n"
CODINGS = "segment_id,coder_id,value\na,A,x\na,B,x\nb,A,x\nb,B,y\nc,A,y\nc,B,x\nd,A,x\nd,A,y\nd,B,x\n"
"""On a both gave x; on b and c one gave x and the other y; on d both gave x and A alone y too."""


@pytest.fixture
def study(small):
    return small.only(segments=SEGMENTS, codings=CODINGS)


@pytest.fixture
def ledger(study) -> Ledger:
    return Ledger(study.workspace.decisions("small"))


def settled(corpus) -> set[tuple[str, str]]:
    rows = corpus.of("codes", "consensus")
    return set(rows[["segment_id", "value"]].itertuples(index=False, name=None))


def decided_on_sentence(study, segment: str):
    """Return the corpus of a study of sentences after one decision: x on this segment."""
    study.edit("study.yml", "segmentation: shared", "segmentation: own\nagreement: {unit: sentence}")
    ledger = Ledger(study.workspace.decisions("small"))
    ledger.take("ana", Question("codes", segment, "x"), "A: yes; B: no", "yes", "why")
    return with_decisions(*study.both(), ledger.read())


def test_without_decisions_there_is_no_consensus(study):
    assert with_decisions(*study.both(), []) is not None
    assert settled(with_decisions(*study.both(), [])) == set()


def test_agreed_stands_decided_is_as_decided_and_open_is_left_out(study, ledger):
    """By hand: x on a and d agreed; b is x and not y; c is open; y on d is open."""
    ledger.take("ana", Question("codes", "b", "x"), "", "yes", "why")
    ledger.take("ana", Question("codes", "b", "y"), "", "no", "why")
    corpus, plan = study.both()
    found = with_decisions(corpus, plan, ledger.read())

    assert settled(found) == {("a", "x"), ("d", "x"), ("b", "x")}
    assert "2 decisions; 3 still open" in found.warnings[-1]
    assert found.coders.set_index("coder_id").loc["consensus", "role"] == "consensus"


def test_numbers_before_discussion_are_the_same_to_the_last_digit(study, ledger):
    corpus, plan = study.both()
    ledger.take("ana", Question("codes", "b", "x"), "", "yes", "why")
    found = with_decisions(corpus, plan, ledger.read())

    before, after = agreement_table(corpus, plan), agreement_table(found, plan)
    headline = after[after["stage"].isna()].reset_index(drop=True)
    assert headline.equals(before[before["stage"].isna()].reset_index(drop=True))


def test_a_conflict_counts_for_neither(study, ledger):
    ledger.take("ana", Question("codes", "b", "x"), "", "yes", "here", seen=[])
    ledger.take("ben", Question("codes", "b", "x"), "", "no", "there", seen=[])
    found = with_decisions(*study.both(), ledger.read())

    assert ("b", "x") not in settled(found)
    assert "4 still open" not in found.warnings[-1]
    assert "0 decisions; 5 still open" in found.warnings[-1]


def test_the_teams_own_consensus_is_changed_where_decided_and_nowhere_else(small):
    corpus, plan = small.both()
    ledger = Ledger(small.workspace.decisions("small"))
    before = settled(corpus)
    ledger.take("ana", Question("codes", "P1-3", "contact"), "", "no", "why")
    ledger.take("ana", Question("codes", "P1-3", "waiting"), "", "yes", "why")
    found = with_decisions(corpus, plan, ledger.read())

    assert settled(found) == (before - {("P1-3", "contact")}) | {("P1-3", "waiting")}


def test_themes_count_what_was_decided(study, ledger):
    ledger.take("ana", Question("codes", "c", "y"), "", "yes", "why")
    study.settings += "themes: {counted: consensus}\n"
    corpus, plan = study.both()
    marks = counted_codes(with_decisions(corpus, plan, ledger.read()), plan).marks

    assert set(marks[["segment_id", "code_id"]].itertuples(index=False, name=None)) == {
        ("a", "x"), ("c", "y"), ("d", "x"),
    }  # fmt: skip


def test_a_variables_value_is_decided_too(small):
    study = small.only(
        segments=SEGMENTS,
        codings="segment_id,coder_id,variable,value\na,A,mood,low\na,B,mood,high\nb,A,mood,low\nb,B,mood,low\n",
    )
    study.settings += "variables: {mood: {kind: nominal, values: [low, high]}}\n"
    ledger = Ledger(study.workspace.decisions("small"))
    ledger.take("ana", Question("mood", "a"), "A: low; B: high", "high", "why")
    found = with_decisions(*study.both(), ledger.read()).of("mood", "consensus")

    assert set(found[["segment_id", "value"]].itertuples(index=False, name=None)) == {
        ("a", "high"),
        ("b", "low"),
    }


@pytest.mark.parametrize(
    ("question", "after", "said"),
    [
        (Question("codes", "zz", "x"), "yes", "segment that is not there"),
        (Question("codes", "a", "zz"), "yes", "code that is not in the codebook"),
        (Question("codes", "a", "x"), "perhaps", "not declared"),
        (Question("weather", "a"), "fine", "segment that is not there"),
    ],
)
def test_a_decision_about_nothing_that_is_here_is_an_error(study, ledger, question, after, said):
    ledger.take("ana", question, "", after, "why")
    with pytest.raises(DataError) as error:
        with_decisions(*study.both(), ledger.read())
    assert said in str(error.value)
    assert "decisions/ana.csv" in str(error.value)


def test_a_sentence_is_not_taken_for_the_paragraph_that_begins_where_it_does(small):
    """Segments of a coding sheet are paragraphs named after their place, as sentences are."""
    text = "First things first. Then the second thing came."
    study = small.only(
        documents=f"document_id,case_id,text\nD1,P1,{text}\n",
        segments="segment_id,document_id,case_id,start,end\nD1:0,D1,P1,0,47\nb,D1,P1,20,47\n",
        codings="segment_id,coder_id,value\nD1:0,A,x\nb,B,x\n",
    )
    found = decided_on_sentence(study, "D1:0")
    ends = found.segments.set_index("segment_id")["end"]

    assert settled(found) == {("D1:0:sentence", "x"), ("D1:20", "x")}
    assert (ends["D1:0"], ends["D1:0:sentence"], ends["D1:20"]) == (47, 19, 47)


def test_a_sentence_decided_on_beside_the_teams_own_consensus_becomes_a_segment(small):
    study = small.without("audit", "charting")
    study.edit("study.yml", "themes: {counted: consensus}", "agreement: {unit: sentence}")
    ledger = Ledger(study.workspace.decisions("small"))
    corpus, plan = study.both()
    ledger.take("ana", Question("codes", "D1:148", "contact"), "A: yes; B: no", "yes", "why")
    found = with_decisions(corpus, plan, ledger.read())

    assert settled(found) == settled(corpus) | {("D1:148", "contact")}
    assert found.segments.set_index("segment_id").loc["D1:148", "document_id"] == "D1"


@pytest.mark.parametrize("unit", ["case", "document"])
def test_a_unit_that_gathers_segments_becomes_a_segment_where_it_was_decided_on(small, unit):
    """By hand: both gave x to both; y by B alone is decided for the first, y by A alone is open."""
    study = small.only(documents="document_id,case_id\nD1,P1\nD2,P2\n", segments=SEGMENTS, codings=CODINGS)
    study.edit("study.yml", "segmentation: shared", f"segmentation: shared\nagreement: {{unit: {unit}}}")
    ledger = Ledger(study.workspace.decisions("small"))
    first, second = {"case": ("P1", "P2"), "document": ("D1", "D2")}[unit]
    ledger.take("ana", Question("codes", first, "y"), "A: no; B: yes", "yes", "why")
    corpus, plan = study.both()
    found = with_decisions(corpus, plan, ledger.read())

    assert settled(found) == {(first, "x"), (first, "y"), (second, "x")}
    assert found.segments.set_index("segment_id").loc[first, "case_id"] == "P1"
    before, after = agreement_table(corpus, plan), agreement_table(found, plan)
    assert after[after["stage"].isna()].reset_index(drop=True).equals(before[before["stage"].isna()])


@pytest.mark.parametrize("unit", ["case", "sentence", "document"])
def test_decisions_stand_whatever_unit_agreement_is_asked_for_by(small, unit):
    """They were taken on the units that study.yml names."""
    study = small.without("audit", "charting")
    study.edit("study.yml", "themes: {counted: consensus}", "")
    study.put("codings", [row for row in study.rows("codings") if row[1] != "team"])
    ledger = Ledger(study.workspace.decisions("small"))
    ledger.take("ana", Question("codes", "P1-3", "contact"), "A: yes; B: no", "yes", "why")
    as_declared = settled_corpus(study.write(), study.study())
    asked = settled_corpus(study.workspace, study.study(agreement__unit=unit))

    assert ("P1-3", "contact") in settled(asked)
    assert settled(asked) == settled(as_declared)
    assert asked.segments.equals(as_declared.segments)


def test_decisions_on_sentences_are_left_aside_where_agreement_is_asked_for_by_segment(small):
    """The sentences would count as segments that coders were shown and gave nothing."""
    study = small.without("audit", "charting")
    study.put("codings", [row for row in study.rows("codings") if row[1] != "team"])
    study.edit("study.yml", "themes: {counted: consensus}", "agreement: {unit: sentence}")
    ledger = Ledger(study.workspace.decisions("small"))
    ledger.take("ana", Question("codes", "D1:148", "contact"), "A: yes; B: no", "yes", "why")
    ledger.take("ana", Question("mood", "P2-2"), "A: n/a; B: middling", "n/a", "why")
    study.write()
    found = settled_corpus(study.workspace, study.study(agreement__unit="segment"))

    assert settled(found) == set()
    assert "D1:148" not in set(found.segments["segment_id"])
    assert len(found.of("mood", "consensus"))
    assert any("1 decisions by sentence left aside" in warning for warning in found.warnings)


def test_decisions_on_somebody_who_withdrew_count_for_nothing(small):
    _, plan = small.both()
    Ledger(small.workspace.decisions("small")).take(
        "ana", Question("codes", "P2-2", "waiting"), "", "yes", "why"
    )
    small.edit("cases.csv", "P2,patient,2,no,yes,no,south", "P2,patient,2,no,yes,yes,south")
    small.write()
    found = settled_corpus(small.workspace, plan)

    assert "P2-2" not in set(found.codings["segment_id"])
    assert any("1 decisions on segments that are no longer here" in warning for warning in found.warnings)


def test_sentences_become_segments_where_coders_drew_their_own(small):
    text = "First things first. Then the second thing came."
    study = small.only(
        documents=f"document_id,case_id,text\nD1,P1,{text}\n",
        segments="segment_id,document_id,case_id,start,end\na,D1,P1,0,19\nb,D1,P1,2,17\nc,D1,P1,20,47\n",
        codings="segment_id,coder_id,value\na,A,x\nb,B,x\nc,A,x\n",
    )
    found = decided_on_sentence(study, "D1:20")

    assert settled(found) == {("D1:0", "x"), ("D1:20", "x")}
    at = found.segments.set_index("segment_id").loc["D1:20"]
    assert text[int(at["start"]) : int(at["end"])] == "Then the second thing came."
