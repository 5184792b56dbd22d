"""Frozen data at the command line: what is not as it was frozen is named before anything runs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from analysis import baseline, manifest
from analysis.state import State


@pytest.fixture
def frozen(small):
    """Return the small study with a MANIFEST that fits."""
    manifest.update(small.write(), "small")
    return small


def test_check_names_a_changed_and_an_extra_file(frozen, warm):
    source = frozen.workspace.source("small")
    (source / "codes.csv").write_text(
        (source / "codes.csv").read_text("utf-8") + "rest,The rest,,,,,\n", "utf-8"
    )
    (source / "notes.txt").write_text("new", "utf-8")

    done = warm("check", "small", root=frozen.root)

    assert done.returncode == 2
    assert "source/codes.csv: is not the file that MANIFEST froze" in done.stderr
    assert "source/notes.txt: is not in MANIFEST" in done.stderr
    assert "`concord freeze small NAME`" in done.stderr


def test_check_of_files_as_frozen(frozen, warm):
    done = warm("check", "small", root=frozen.root)
    assert done.returncode == 0, done.stderr


def test_freeze_of_what_was_never_run_says_what_to_do(frozen, warm):
    done = warm("freeze", "small", root=frozen.root)
    assert done.returncode == 1
    assert "Run `concord reproduce small` first." in done.stderr
    assert baseline.freezes(frozen.workspace, "small") == []


def test_diff_of_two_freezes_as_words_and_as_json(frozen, warm):
    then = State("small", results={"themes.cost.n_cases": {"value": 2, "n": 3}})
    baseline.save(frozen.workspace, then, "first")
    baseline.save(
        frozen.workspace, replace(then, withdrawn=1, results={"themes.cost.n_cases": {"value": 1}}), "second"
    )

    said = warm("diff", "small", "first", "second", root=frozen.root)
    told = json.loads(warm("diff", "small", "first", "second", "--json", root=frozen.root).stdout)

    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == [
        "small: first -> second",
        "Upstream (1):",
        "  1 participant withdrew since the baseline",
        "By code (1):",
        "  cost: participants 2 -> 1",
    ]
    assert told["codes"] == [{"name": "cost", "what": "participants", "then": 2, "now": 1}]
    assert told["upstream"][0]["kind"] == "withdrawal"


def test_diff_of_a_freeze_that_is_not_there(frozen, warm):
    done = warm("diff", "small", "frist", root=frozen.root)
    assert done.returncode == 2
    assert 'no freeze called "frist"' in done.stderr
