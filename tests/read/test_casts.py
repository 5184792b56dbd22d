"""Cells are cast once; whatever cannot be is told with file, row and column, all at once."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.read.casts import typed
from analysis.schemas import FILE, PRIVATE, ROW, TABLES


def raw(**columns) -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(cells, dtype="string") for name, cells in columns.items()})
    return frame.assign(**{FILE: "a.csv", ROW: range(2, len(frame) + 2)})


def test_kinds_of_cells():
    frame, problems = typed(
        "cases",
        raw(case_id=["P1", "P2"], interview_order=["2", None], withdrawn=["Yes ", "0"], age=["40", "n/a"]),
    )

    assert problems == []
    assert frame["interview_order"].tolist() == [2, pd.NA]
    assert frame["withdrawn"].tolist() == [True, False]
    assert frame["consent_quote"].isna().all()
    assert frame["age"].tolist() == ["40", "n/a"], "attributes stay as they came"


@pytest.mark.parametrize(
    ("table", "column", "cell", "said"),
    [
        ("cases", "withdrawn", "perhaps", 'must be yes or no. Found "perhaps".'),
        ("cases", "interview_order", "0", 'must be a whole number from 1 up. Found "0".'),
        ("cases", "interview_order", "1.5", 'must be a whole number from 1 up. Found "1.5".'),
        ("cases", "case_id", None, "empty."),
        ("segments", "start", "-1", 'must be a whole number from 0 up. Found "-1".'),
        ("segments", "start", "1e400", 'must be a whole number from 0 up. Found "1e400".'),
        ("codings", "weight", "heavy", 'must be a number. Found "heavy".'),
        ("codings", "weight", "inf", 'must be a number. Found "inf".'),
        (
            "codings",
            "stage",
            "final",
            'must be one of training, independent, consensus, recode. Found "final".',
        ),
        (
            "codes",
            "influence",
            "barier",
            'must be one of barrier, facilitator, condition, mixed. Found "barier".',
        ),
        ("coders", "kind", "robot", 'must be one of human, model. Found "robot".'),
    ],
)
def test_cell_that_does_not_fit(table, column, cell, said):
    _, problems = typed(table, raw(**{column: [cell]}))
    mine = [p for p in problems if p.column == column]

    assert [p.what for p in mine] == [said]
    assert (mine[0].file, mine[0].row) == ("a.csv", 2)


def test_all_problems_of_a_table_at_once():
    frame = raw(case_id=["P1", None], interview_order=["x", "2"], withdrawn=["no", "maybe"])
    _, problems = typed("cases", frame)
    assert {(p.row, p.column) for p in problems} == {(2, "interview_order"), (3, "case_id"), (3, "withdrawn")}


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_table_has_every_column_and_no_problem(table):
    frame, problems = typed(table, raw())
    assert problems == []
    assert set(TABLES[table].columns) <= set(frame.columns)


@pytest.mark.parametrize("table", TABLES)
def test_columns_of_words_people_said_are_private(table):
    """Nothing of the kind `text` may be shown in a message."""
    assert {name for name, column in TABLES[table].columns.items() if column.kind == "text"} <= PRIVATE


@settings(max_examples=30, deadline=None)
@given(cells=st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=1, max_size=5), data=st.data())
def test_any_text_in_any_column_gives_typed_cells_or_problems(cells, data):
    table = data.draw(st.sampled_from(sorted(TABLES)))
    column = data.draw(st.sampled_from(sorted(TABLES[table].columns)))
    frame, problems = typed(table, raw(**{column: cells}))

    assert len(frame) == len(cells)
    named = {(p.row, p.column) for p in problems}
    kind = TABLES[table].columns[column].kind
    for row, cell in enumerate(cells, start=2):
        lost = cell is not None and pd.isna(frame[column].iloc[row - 2])
        assert not lost or (row, column) in named, (kind, cell)
