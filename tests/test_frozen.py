"""Freezes are kept under their names, never over one another, and never of stale results."""

from __future__ import annotations

import pytest

from analysis import baseline, frozen, runs
from analysis.changes import difference
from analysis.errors import RunError, UsageError
from analysis.outcomes import StepRun, StudyRun

pytestmark = pytest.mark.usefixtures("library_of_one_module")


@pytest.fixture
def fresh(small, monkeypatch):
    """Return the small study; the run is said to be up to date."""
    small.corpus()
    monkeypatch.setattr(
        runs, "status", lambda *_: [StudyRun("small", [StepRun("01_prepare", "skipped", "")])]
    )
    return small


def test_keeps_hashes_and_writes_a_manifest_where_there_is_none(fresh):
    made = frozen.freeze(fresh.workspace, "small")
    assert "codings.csv" in made.manifest
    assert (fresh.workspace.source("small") / "MANIFEST").is_file()
    assert baseline.freezes(fresh.workspace, "small") == ["baseline"]


def test_the_same_state_again_changes_nothing(fresh):
    frozen.freeze(fresh.workspace, "small")
    path = baseline.path_of(fresh.workspace, "small")
    before = path.stat().st_mtime_ns
    again = frozen.freeze(fresh.workspace, "small")
    assert (again.changed, again.manifest) == (False, [])
    assert path.stat().st_mtime_ns == before


def test_another_state_under_the_same_name_is_refused_without_replace(fresh):
    frozen.freeze(fresh.workspace, "small")
    (fresh.workspace.source("small") / "audit.csv").write_text("item,auditor\n", "utf-8")
    with pytest.raises(UsageError, match="--replace"):
        frozen.freeze(fresh.workspace, "small")
    assert frozen.freeze(fresh.workspace, "small", "later").manifest == ["audit.csv"]
    assert frozen.freeze(fresh.workspace, "small", replace=True).changed


def test_stale_results_are_refused(fresh, monkeypatch):
    stale = [StudyRun("small", [StepRun("02_agreement", "stale", "study.yml changed")])]
    monkeypatch.setattr(runs, "status", lambda *_: stale)
    with pytest.raises(RunError, match=r"02_agreement is stale: study\.yml changed") as caught:
        frozen.freeze(fresh.workspace, "small")
    assert "concord reproduce small" in str(caught.value)
    assert baseline.freezes(fresh.workspace, "small") == []


def test_two_freezes_are_read_and_compared(fresh):
    frozen.freeze(fresh.workspace, "small", "first")
    assert difference(
        frozen.read(fresh.workspace, "small", "first"), frozen.read(fresh.workspace, "small")
    ).empty
