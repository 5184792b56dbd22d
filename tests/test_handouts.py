"""What is handed out to be filled in is never written over, neither by `assign` nor by `differences`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.errors import UsageError
from analysis.handouts import hand_out
from analysis.read import read_study
from analysis.study import load_study

Concord = Callable[..., tuple[int, str]]


@pytest.fixture
def concord(small, capsys) -> Concord:
    """Run a command on the small study; return its exit status and what it said of mistakes."""
    small.write()

    def run(*arguments: str) -> tuple[int, str]:
        status = main(["--root", str(small.root), *arguments])
        return status, capsys.readouterr().err

    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_there_and_differs_is_left_and_nothing_else_is_written(small):
    old, fresh = small.root / "old.xlsx", small.root / "fresh.xlsx"
    old.write_bytes(b"filled in")
    with pytest.raises(UsageError, match=r"^old\.xlsx is there already"):
        hand_out(small.workspace, {fresh: b"blank", old: b"blank"}, "Move it away.")

    assert old.read_bytes() == b"filled in"
    assert not fresh.exists()


def test_the_same_again_is_no_mistake(small):
    path = small.root / "sheet.xlsx"
    for _ in range(2):
        hand_out(small.workspace, {path: b"blank"}, "Move it away.")

    assert path.read_bytes() == b"blank"


def test_another_round_leaves_filled_in_sheets_alone(small, concord):
    folder = small.workspace.derived("small") / "assign"
    assert concord("assign", "small", "--coders", "A,B")[0] == 0
    (folder / "sheet-1.xlsx").write_bytes(b"filled in")
    before = contents(folder)
    assert concord("assign", "small", "--coders", "A,B", "--round", "2")[0] == 0
    after = contents(folder)

    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {
        "assignments-round-2.csv", "sheet-1-round-2.xlsx", "sheet-2-round-2.xlsx",
    }  # fmt: skip


def test_the_same_round_again_is_refused_where_a_sheet_was_filled_in(small, concord):
    sheet = small.workspace.derived("small") / "assign" / "sheet-2.xlsx"
    concord("assign", "small", "--coders", "A,B")
    sheet.write_bytes(b"filled in")
    status, said = concord("assign", "small", "--coders", "A,B")

    assert status == 2
    assert "data/derived/small/assign/sheet-2.xlsx is there already" in said
    assert sheet.read_bytes() == b"filled in"


def test_assignments_of_another_round_can_be_imported_beside_the_first(small, concord):
    for which in ("1", "2"):
        concord("assign", "small", "--coders", "A,B", "--round", which)
    listed = small.workspace.derived("small") / "assign" / "assignments-round-2.csv"

    assert concord("import", str(listed), "--study", "small") == (0, "")
    found = read_study(small.workspace, load_study(small.workspace, "small"))
    assert {*found.assignments["round"]} == {1, 2}
