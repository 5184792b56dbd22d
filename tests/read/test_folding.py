"""What several exports say of the same thing stands once; where they differ, that is told."""

from __future__ import annotations

import pandas as pd

from analysis.read.folding import conflicts, fold
from analysis.schemas import FILE, ROW


def test_rows_that_several_exports_share_stand_once_and_fill_each_other():
    rows = pd.DataFrame(
        {
            "code_id": ["a", "b", "a"],
            "name": ["A", "B", "A"],
            "definition": [None, "of b", "of a"],
            FILE: ["one", "one", "two"],
            ROW: [2, 3, 2],
        }
    ).astype({"code_id": "string", "name": "string", "definition": "string", FILE: "string"})
    folded = fold("codes", rows, ["one", "two"])
    assert folded[["code_id", "definition"]].to_numpy().tolist() == [["a", "of a"], ["b", "of b"]]
    assert len(fold("codes", rows, [])) == 3  # tables that people wrote: a duplicate is somebody's mistake


def people(**columns: list[str | None]) -> pd.DataFrame:
    """Return one participant as two files know them."""
    rows = {"case_id": ["P1", "P1"], **columns, FILE: ["one", "two"]}
    return pd.DataFrame(rows, dtype="string").assign(**{ROW: 2})


def test_columns_that_files_fill_differently_are_counted_without_their_words():
    (said,) = conflicts("cases", people(group=["staff", "patient"], site=["north", "north "]), ["one", "two"])
    assert said.startswith("cases: ") and "(group 1)" in said
    assert "patient" not in said


def test_an_empty_cell_contradicts_nobody():
    assert conflicts("cases", people(group=["staff", None]), ["one", "two"]) == []


def test_of_consent_the_stricter_statement_holds_and_nothing_is_told():
    rows = people(consent_quote=["yes", "no"])
    assert conflicts("cases", rows, ["one", "two"]) == []
    assert fold("cases", rows, ["one", "two"])["consent_quote"].tolist() == ["no"]


def test_tables_that_people_wrote_are_checked_elsewhere():
    assert conflicts("cases", people(group=["staff", "patient"]), []) == []
