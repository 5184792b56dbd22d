"""What the panel does with what a browser sends: every decision once, and honest words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.ledger import Ledger
from analysis.panel import Panel
from analysis.review import Review


@pytest.fixture
def panel(small) -> Panel:
    corpus, plan = small.both()
    return Panel(Review(corpus, plan, Ledger(small.workspace.decisions("small")), "ana"))


def send(panel: Panel, **asked: object) -> str:
    """Send what a browser sends; return what the panel says."""
    panel._on_message(panel, asked, [])
    return panel.view["message"]


def decide(panel: Panel, place: int, after: str, why: str = "as defined") -> str:
    return send(panel, do="decide", place=place, after=after, why=why)


def state(panel: Panel, place: int) -> str:
    return panel.review.state(panel.review.items[place], panel.review.taken())


def spoil(panel: Panel) -> None:
    """Leave somebody else's file as git leaves it in a conflict."""
    folder = panel.review.ledger.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ben.csv").write_text("<<<<<<< HEAD\n=======\n>>>>>>> other\n")


def test_an_answer_that_comes_twice_is_kept_once_and_skips_nothing(panel):
    assert decide(panel, 0, "yes").startswith("Kept")
    assert decide(panel, 0, "yes").startswith("Kept")

    assert len(panel.review.taken()) == 1
    assert panel.view["at"] == 1


def test_an_answer_changed_before_the_first_was_shown_is_no_conflict_with_oneself(panel):
    decide(panel, 0, "yes")
    decide(panel, 0, "no", "on second thoughts")

    assert state(panel, 0) == "decided"
    assert panel.view["at"] == 1


def test_what_somebody_else_decided_out_of_view_still_clashes(panel):
    replace(panel.review, by="ben", mine=[]).decide(0, "no", "meanwhile")
    decide(panel, 0, "yes")

    assert state(panel, 0) == "conflict"


def test_a_decision_is_said_to_be_kept_though_somebody_elses_file_is_spoilt(panel):
    spoil(panel)
    said = decide(panel, 0, "yes")

    assert said.startswith("Kept: yes")
    assert "decisions/ben.csv" in said
    assert panel.view["failed"]
    assert (panel.view["at"], panel.view["counts"]["decided"]) == (1, 1)
    assert (panel.review.ledger.folder / "ana.csv").read_text().count("as defined") == 1


def test_what_could_not_be_taken_back_can_be_taken_back_later(panel):
    decide(panel, 0, "yes")
    spoil(panel)
    said = send(panel, do="undo")

    assert said.count("decisions/ben.csv") == 1
    assert panel.view["undo"]
    (panel.review.ledger.folder / "ben.csv").unlink()
    assert send(panel, do="undo").startswith("Taken back")
    assert state(panel, 0) == "open"


def test_a_choice_that_fits_nothing_leaves_the_list_as_it_was(panel):
    said = send(panel, do="choose", code="nonesuch")

    assert "nonesuch" in said
    assert panel.view["n"] == 4
    assert decide(panel, 0, "yes").startswith("Kept")


def test_a_full_disk_is_said_in_the_panel(panel, monkeypatch):
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.ledger.os.fsync", full)
    said = decide(panel, 0, "yes")

    assert said.startswith("No space left on device")
    assert panel.view["failed"]
