"""Decisions: one file a person, a line a decision, nothing lost and nothing rewritten."""

from __future__ import annotations

import errno
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analysis.ledger
from analysis.decisions import Question, conflicts, standing
from analysis.errors import DataError, UsageError
from analysis.ledger import COLUMNS, Ledger

ASKED = Question("codes", "s1", "T1")
OTHER = Question("codes", "s2", "T1")


class Stopped(datetime):
    """A clock that stands still, so that decisions fall into one instant."""

    @classmethod
    def now(cls, tz=None):
        return cls(2026, 1, 1, tzinfo=tz)


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(tmp_path / "decisions")


def answers(ledger: Ledger) -> dict[Question, list[str]]:
    return {question: [d.after for d in found] for question, found in standing(ledger.read()).items()}


def test_a_decision_is_on_disk_when_it_is_taken(ledger):
    ledger.take("ana", ASKED, "A: yes; B: no", "yes", "as defined")

    assert (ledger.folder / "ana.csv").read_text().splitlines()[0] == ",".join(COLUMNS)
    assert answers(Ledger(ledger.folder)) == {ASKED: ["yes"]}


def test_the_last_decision_that_has_seen_the_others_stands(ledger):
    ledger.take("ana", ASKED, "", "yes", "first")
    ledger.take("ben", ASKED, "", "no", "second, with the first in view")

    assert answers(ledger) == {ASKED: ["no"]}
    assert conflicts(ledger.read()) == []


def test_two_that_have_not_seen_each_other_are_a_conflict_until_one_decides_again(ledger):
    ledger.take("ana", ASKED, "", "yes", "here", seen=[])
    ledger.take("ben", ASKED, "", "no", "there", seen=[])

    assert [conflict.question for conflict in conflicts(ledger.read())] == [ASKED]

    ledger.take("ana", ASKED, "", "no", "he is right")
    assert conflicts(ledger.read()) == []
    assert answers(ledger) == {ASKED: ["no"]}


def test_two_that_agree_without_knowing_are_none(ledger):
    ledger.take("ana", ASKED, "", "yes", "here", seen=[])
    ledger.take("ben", ASKED, "", "yes", "there", seen=[])

    assert conflicts(ledger.read()) == []


def test_a_decision_taken_back_leaves_the_question_open_and_its_line_in_place(ledger):
    ledger.take("ana", ASKED, "", "yes", "too quick")
    ledger.take("ana", ASKED, "", "", "taken back")

    assert standing(ledger.read()) == {}
    assert len(ledger.read()) == 2


def test_taken_back_twice_in_one_instant_both_lines_are_kept(ledger, monkeypatch):
    monkeypatch.setattr("analysis.ledger.datetime", Stopped)
    for _ in range(3):
        ledger.take("ana", ASKED, "", "", "taken back")

    assert len(ledger.read()) == 3


def test_taken_back_and_decided_anew_is_no_conflict(ledger):
    ledger.take("ana", ASKED, "", "yes", "too quick")
    ledger.take("ana", ASKED, "", "", "taken back")
    ledger.take("ana", ASKED, "", "no", "on second thoughts")

    assert answers(ledger) == {ASKED: ["no"]}
    assert conflicts(ledger.read()) == []


def test_taking_back_ones_own_does_not_clash_with_somebody_elses(ledger):
    ana = ledger.take("ana", ASKED, "", "yes", "here", seen=[])
    ledger.take("ben", ASKED, "", "no", "there", seen=[])
    ledger.take("ana", ASKED, "", "", "taken back", seen=[ana])

    assert answers(ledger) == {ASKED: ["no"]}
    assert conflicts(ledger.read()) == []


def test_a_clock_that_goes_wrong_changes_nothing(ledger):
    """Order follows from what each decision had seen, not from its time."""
    ledger.take("ana", ASKED, "", "yes", "first")
    ledger.take("ben", ASKED, "", "no", "second")
    told = ledger.read()

    assert standing(reversed(told)) == standing(told)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_line_cut_off_by_a_crash_is_no_decision_and_spoils_none(ledger, cut):
    ledger.take("ana", ASKED, "", "yes", "whole")
    ledger.take("ana", OTHER, "", "no", "the power goes while this is written")
    path = ledger.folder / "ana.csv"
    path.write_bytes(path.read_bytes()[:-cut])

    kept = answers(ledger)
    assert kept[ASKED] == ["yes"]
    ledger.take("ben", OTHER, "", "yes", "again")
    ledger.take("ana", OTHER, "", "no", "again")
    assert answers(ledger)[OTHER] == ["no"]
    assert answers(ledger)[ASKED] == ["yes"]


def test_a_whole_line_whose_end_an_editor_dropped_is_kept(ledger):
    ledger.take("ana", ASKED, "", "yes", "whole")
    path = ledger.folder / "ana.csv"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))

    assert answers(ledger) == {ASKED: ["yes"]}
    ledger.take("ana", OTHER, "", "no", "next")
    assert answers(ledger) == {ASKED: ["yes"], OTHER: ["no"]}


def test_a_line_changed_afterwards_is_named(ledger):
    ledger.take("ana", ASKED, "", "yes", "as defined")
    ledger.take("ana", OTHER, "", "no", "as defined")
    path = ledger.folder / "ana.csv"
    path.write_text(path.read_text().replace(",yes,", ",no,", 1))

    with pytest.raises(DataError) as error:
        ledger.read()
    assert "decisions/ana.csv" in str(error.value)
    assert "row 2" in str(error.value)
    assert "as defined" not in str(error.value)


@pytest.mark.parametrize("name", ["", "../ana", "a/b", ".hidden", "-x", "a" * 41, "ana\n"])
def test_a_name_that_is_no_file_name_is_refused(ledger, name):
    with pytest.raises(UsageError):
        ledger.take(name, ASKED, "", "yes", "why")
    assert not ledger.folder.exists()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=20), st.text(max_size=20)), max_size=6))
def test_whatever_is_written_is_read(tmp_path_factory, told):
    ledger = Ledger(tmp_path_factory.mktemp("ledger"))
    for by, after, why in told:
        ledger.take(by, ASKED, "", after, why)

    assert sorted((d.by, d.after, d.why) for d in ledger.read()) == sorted(
        (by, " ".join(after.split()), " ".join(why.split())) for by, after, why in told
    )


def test_one_person_in_several_windows_loses_nothing(ledger, monkeypatch):
    """Each window looks where the file ends, and then writes: nobody may write in between."""
    look = analysis.ledger._whole_lines

    def slowly(content: bytes) -> tuple[int, bool]:
        time.sleep(0.002)
        return look(content)

    def decide(window: int) -> None:
        for n in range(10):
            ledger.take("ana", Question("codes", f"s{window}-{n}", "T1"), "", "yes", "why", seen=[])

    monkeypatch.setattr("analysis.ledger._whole_lines", slowly)
    with ThreadPoolExecutor(4) as windows:
        list(windows.map(decide, range(4)))

    assert len(ledger.read()) == 40


def test_a_folder_that_keeps_no_locks_is_written_to_all_the_same_and_said_so(ledger, monkeypatch):
    def refused(*_given: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("analysis.ledger.fcntl.flock", refused)
    with pytest.warns(UserWarning, match="keeps no locks"):
        ledger.take("ana", ASKED, "", "yes", "why")

    assert answers(ledger) == {ASKED: ["yes"]}


def git(folder: Path, *arguments: str) -> str:
    settings = ["-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *settings, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_two_people_on_two_machines_merge_without_conflict(tmp_path, checkout):
    """One person on two machines too: lines go below each other."""
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    git(here, "init", "-q", "-b", "main")
    shutil.copy(checkout / ".gitattributes", here)
    folder = Path("data/raw/small/decisions")
    Ledger(here / folder).take("ana", ASKED, "", "yes", "before both")
    git(here, "add", "-A")
    git(here, "commit", "-qm", "start")
    git(tmp_path, "clone", "-q", str(here), str(there))
    for machine, by, after in ((here, "ana", "yes"), (there, "ben", "no"), (there, "ana", "no")):
        Ledger(machine / folder).take(by, OTHER, "", after, "apart")
    for machine in (here, there):
        git(machine, "add", "-A")
        git(machine, "commit", "-qm", "work")
    git(here, "pull", "-q", "--no-rebase", "--no-edit", str(there), "main")

    told = Ledger(here / folder).read()
    assert len(told) == 4
    assert [conflict.question for conflict in conflicts(told)] == [OTHER]
