"""What a person is told while notebooks run."""

from __future__ import annotations

import io

import pytest

from analysis.kernels import Failure
from analysis.outcomes import StepRun
from analysis.progress import Progress

DONE = StepRun("01_prepare", "completed", "codings.csv changed")


@pytest.fixture
def said() -> list[str]:
    return []


def test_a_run_is_one_line_with_reason_length_total_and_time_left(said: list[str]) -> None:
    progress = Progress(said.append, 5, side_by_side=2)
    progress.begun("demo", "01_prepare")
    progress.ended("demo", DONE, 10)
    assert said == ["demo: run 01_prepare (codings.csv changed) done in 10.0 s [1 of 5, about 20.0 s left]"]


def test_what_is_skipped_is_one_line_with_its_reason(said: list[str]) -> None:
    Progress(said.append, 5).ended("demo", StepRun("02_agreement", "skipped", "unchanged"))
    assert said == ["demo: skip 02_agreement (unchanged)"]


def test_a_failure_names_cell_and_message(said: list[str]) -> None:
    failure = Failure("DataError", "load", "codings.csv is empty.")
    Progress(said.append, 1).ended("demo", StepRun("01_prepare", "failed", "forced", failure), 2)
    assert said == ["demo: run 01_prepare (forced) failed: cell load: DataError: codings.csv is empty."]


def test_the_total_counts_what_ran_failed_and_was_not_begun(said: list[str]) -> None:
    progress = Progress(said.append, 4)
    progress.ended("demo", DONE, 1)
    progress.ended("demo", StepRun("02_agreement", "failed", "forced", Failure("E")), 1)
    progress.ended("demo", StepRun("03_themes", "skipped", "unchanged"))
    progress.ended("demo", StepRun("05_report", "blocked", "needs 02_agreement, which did not end well"))
    progress.finish()
    assert said[-1].startswith("2 notebooks run in ")
    assert said[-1].endswith(" s, 1 unchanged, 1 failed, 1 not begun.")


def test_nothing_run_is_no_total(said: list[str]) -> None:
    progress = Progress(said.append, 1)
    progress.ended("demo", StepRun("01_prepare", "skipped", "unchanged"))
    progress.finish()
    assert len(said) == 1


def test_a_terminal_shows_what_is_under_way_and_is_left_clean(said: list[str]) -> None:
    live = io.StringIO()
    progress = Progress(said.append, 5, live=live)
    progress.begun("demo", "02_agreement")
    progress.begun("demo", "03_themes")
    assert live.getvalue().endswith("demo 02_agreement, demo 03_themes [0 of 5]")
    progress.ended("demo", StepRun("03_themes", "completed", "forced"), 3)
    assert live.getvalue().endswith("demo 02_agreement [1 of 5, about 12.0 s left]")
    progress.finish()
    assert live.getvalue().endswith("\r\x1b[K")


def test_where_nobody_watches_there_is_no_line_that_changes(said: list[str]) -> None:
    progress = Progress(said.append, 5)
    progress.begun("demo", "01_prepare")
    assert said == []
