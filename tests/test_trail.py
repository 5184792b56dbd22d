"""What people wrote while they worked: shown where policy and consent allow, nowhere else."""

from __future__ import annotations

import pytest

from analysis.decisions import Question
from analysis.ledger import Ledger
from analysis.trail import audit, decision_log, memos


@pytest.fixture
def ledger(small) -> Ledger:
    return Ledger(small.workspace.decisions("small"))


@pytest.fixture
def of_sentences(small):
    """Return the small study with codes compared sentence by sentence."""
    small.edit("study.yml", "themes: {counted: consensus}", "agreement: {unit: sentence}")
    return small


def test_memos_of_consenting_participants_only(small):
    """A's memo on P1-2 may be shown; B's on P3-2 too; nothing of P2, who gave no consent."""
    small.edit(
        "codings.csv", "P2-2,A,codes,waiting,independent,1,", "P2-2,A,codes,waiting,independent,1,of P2"
    )
    shown = memos(*small.both())

    assert "first thought" in shown.markup
    assert "of P2" not in shown.markup


@pytest.mark.parametrize("policy", ["text_free", "opensafely"])
def test_no_memo_where_text_or_single_people_may_not_be_shown(small, policy):
    assert memos(*small.both(disclosure__policy=policy)) is None


def test_decisions_without_reasons_where_no_text_may_be_shown(small, ledger):
    ledger.take(
        "ana", Question("codes", "P1-3", "contact"), "A: yes; B: no", "no", f"so {small.secret} a reason"
    )
    open_, closed = (
        decision_log(ledger.read(), *small.both(disclosure__policy=policy))
        for policy in ("as_published", "text_free")
    )

    assert small.secret in open_.markup
    assert small.secret not in closed.markup
    assert "Contact" not in closed.markup


def test_reasons_only_where_the_words_they_are_about_may_be_quoted(small, ledger):
    """P2 gave no consent to be quoted, and a reason may hold what P2 said."""
    ledger.take("ana", Question("codes", "P1-3", "contact"), "A: yes; B: no", "no", "about the first")
    ledger.take("ana", Question("codes", "P2-3", "cost"), "A: yes; B: no", "no", "about the second")
    shown = decision_log(ledger.read(), *small.both())

    assert "P2-3" in shown.markup
    assert "about the first" in shown.markup
    assert "about the second" not in shown.markup


def test_decisions_on_sentences_are_in_the_log_whatever_was_decided(of_sentences, ledger):
    """One that leaves no code leaves no segment of that name either."""
    ledger.take("ana", Question("codes", "D1:148", "contact"), "A: yes; B: no", "no", "about the sentence")
    ledger.take("ana", Question("codes", "gone", "contact"), "A: yes; B: no", "no", "about nothing")
    shown = decision_log(ledger.read(), *of_sentences.both())

    assert "(1)" in shown.markup
    assert "D1:148" in shown.markup
    assert "about the sentence" in shown.markup


def test_a_sentence_is_not_called_after_its_document_where_nothing_may_show_whose_it_is(of_sentences, ledger):
    ledger.take("ana", Question("codes", "D1:148", "contact"), "A: yes; B: no", "no", "why")
    shown = decision_log(ledger.read(), *of_sentences.both(themes__quotes__labels="by_code"))

    assert "D1" not in shown.markup
    assert "segment " in shown.markup


def test_decisions_are_counted_where_single_people_may_not_be_shown(small, ledger):
    ledger.take("ana", Question("codes", "P1-3", "contact"), "A: yes; B: no", "no", "why")
    shown = decision_log(ledger.read(), *small.both(disclosure__policy="acro"))

    assert "P1-3" not in shown.markup
    assert "1 decisions" in shown.markup


def test_an_audit_is_shown_or_counted(small):
    assert small.secret in audit(*small.both()).markup
    assert small.secret not in audit(*small.both(disclosure__policy="text_free")).markup
