"""Whole printed tables, every cell judged."""

from __future__ import annotations

import pytest

from analysis.claimfile import Claim
from analysis.claims import judge
from analysis.errors import ClaimsError
from analysis.paths import Workspace
from analysis.printedtables import printed_tables_of
from analysis.tablecells import parse_cells

THEMES = parse_cells(
    "code_id,group,n_cases,n_asked,n_group,label,share,summary\n"
    "T1,patient,4,,6,typical,0.6667,she said that nobody had ever asked her about it before\n"
    "T1,staff,2,5,6,variant,0.4,\nT2,patient,0,,6,,0,\nT2,staff,6,,6,general,1,\n",
    "themes.csv",
)
LONG = Claim(id="t", table="themes", cells="claims/t.csv", by=["code_id", "group"])
WIDE = Claim(id="t", table="themes", cells="claims/t.csv", by=["code_id"], across="group", column="n_cases")


@pytest.fixture
def judged(tmp_path):
    workspace = Workspace(tmp_path)
    folder = workspace.raw("demo") / "claims"
    folder.mkdir(parents=True)

    def judged(claim: Claim, cells: str):
        (folder / "t.csv").write_text(cells, encoding="utf-8")
        printed = printed_tables_of(workspace, "demo")
        (found,) = judge([], [claim], tables=lambda name: THEMES, printed=printed)
        return found

    return judged


def test_every_cell_is_judged(judged):
    found = judged(LONG, "code_id,group,n_cases,share\nT1,patient,4 of 6,66.7%\nT1,staff,3,.40\n")
    assert found.verdict == "differs"
    assert found.recomputed == ("3 of 4 cells",)
    assert found.why == "T1, staff, n_cases: printed 3, recomputed 2"
    assert found.origin == "themes.csv"


def test_a_column_of_the_printed_table_can_be_a_group(judged):
    found = judged(WIDE, "code_id,patient,staff\nT1,4,2\nT2,0,6\n")
    assert (found.verdict, found.recomputed) == ("reproduced", ("4 of 4 cells",))


def test_an_empty_cell_was_not_printed_and_is_no_zero(judged):
    assert judged(WIDE, "code_id,patient,staff\nT1,,2\nT2,–,6\n").recomputed == ("2 of 2 cells",)


def test_labels_are_compared_as_words(judged):
    found = judged(LONG, "code_id,group,label\nT1,patient,Typical\nT1,staff,rare\n")
    assert found.why == 'T1, staff, label: printed rare, recomputed "variant"'


def test_long_words_of_people_are_never_repeated(judged):
    found = judged(LONG, "code_id,group,summary\nT1,patient,she said something else\n")
    assert "nobody" not in str(found.parts)
    assert "a text of 55 characters" in found.why


def test_a_line_or_column_that_is_not_there_is_missing(judged):
    found = judged(LONG, "code_id,group,n_case\nT9,patient,4\n")
    assert found.verdict == "missing"
    assert "no column" in found.parts[0].why


def test_a_file_of_no_cells_proves_nothing(judged):
    assert judged(LONG, "code_id,group,n_cases\n").verdict == "missing"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("code,group,n_cases\nT1,patient,4\n", 'has no column "code_id", which `by` names.'),
        ("code_id,group,n_cases\nT1,patient,4\nT1,patient,5\n", "names the same line as row 2"),
    ],
)
def test_what_cannot_be_a_printed_table_is_refused(judged, cells, said):
    with pytest.raises(ClaimsError) as raised:
        judged(LONG, cells)
    (problem,) = raised.value.problems
    assert problem.file == "claims/t.csv"
    assert said in problem.what


def test_one_cell_of_a_table():
    claim = Claim(
        id="c", table="themes", where={"code_id": "T1", "group": "staff"}, column="n_cases", printed="2 of 5"
    )
    (found,) = judge([], [claim], tables=lambda name: THEMES)
    assert (found.verdict, found.claim.expected) == (
        "reproduced",
        {"themes n_cases (code_id T1, group staff)": "2 of 5"},
    )


def test_without_tables_at_hand_it_is_said_who_judges():
    claim = Claim(id="c", table="themes", where={"code_id": "T1"}, column="n_cases", printed="2")
    assert "`concord verify` judges it" in judge([], [claim])[0].why
