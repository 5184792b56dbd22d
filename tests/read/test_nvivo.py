"""NVivo's tables: results to check against, never codings."""

from __future__ import annotations

import pytest

from analysis.agreement.continuum import Continuum
from analysis.agreement.vendors import compare, nvivo
from analysis.agreement.vendors.comparison import long_form
from analysis.errors import DataError
from analysis.read.nvivo import comparison_table, matrix_table, read_nvivo, recognises

HEADING = (
    *("Node", "Source", "Source Folder", "Source Size", "Kappa", "Agreement (%)", "A and B (%)"),
    *("Not A and Not B (%)", "Disagreement (%)", "A and Not B (%)", "B and Not A (%)"),
)
ROW = ("trust", "d", "Internals", "1000 chars", "0.4444", "90", "5", "85", "10", "5", "5")


@pytest.fixture
def comparison(workbook):
    return workbook("comparison.xlsx", [HEADING, ROW])


def test_a_comparison_holds_results_and_no_codings(comparison, given):
    assert recognises(comparison.read_bytes()[:100], comparison)
    draft = read_nvivo(comparison, given(comparison, stage=None))
    assert draft.tables == {}
    assert draft.facts["kind"] == "coding comparison"
    assert draft.facts["results"][0]["Kappa"] == "0.4444"
    assert "results, no codings" in draft.warnings[0]


def test_every_cell_is_checked_against_our_computation(comparison, given):
    theirs = long_form(comparison_table(comparison, given(comparison)), "nvivo")
    text = Continuum(1000, [("A", 0, 100, "trust"), ("B", 50, 150, "trust")], document="d")
    ours = [view for view in nvivo.coding_comparison([text], "trust", ("A", "B")) if view.document]
    assert compare(theirs, ours)["verdict"].tolist() == ["same"] * 7


def test_decimal_commas_and_other_columns_pass_through(workbook, given):
    path = workbook("c.xlsx", [("Code", "File", "Kappa", "Comment"), ("trust", "d", "0,44", "x")])
    table = comparison_table(path, given(path))
    assert table.to_dict("records") == [{"Node": "trust", "Source": "d", "Kappa": "0,44"}]


def test_a_matrix_is_code_case_and_count(workbook, given):
    path = workbook("matrix.xlsx", [("", "A : Anna", "B : Ben"), ("1 : trust", 3, 0), ("2 : cost", 0, 2)])
    assert recognises(path.read_bytes()[:100], path)
    cells = matrix_table(path, given(path))
    assert list(cells.itertuples(index=False, name=None)) == [
        ("trust", "Anna", 3),
        ("trust", "Ben", 0),
        ("cost", "Anna", 0),
        ("cost", "Ben", 2),
    ]
    assert read_nvivo(path, given(path, stage=None)).facts["kind"] == "matrix"


def test_a_cell_that_is_no_number_is_named(workbook, given):
    path = workbook("matrix.xlsx", [("", "A : Anna"), ("1 : trust", "three")])
    with pytest.raises(DataError, match="row 2, column 'Anna'"):
        matrix_table(path, given(path))


def test_an_empty_cell_of_a_matrix_is_not_taken_for_nothing(workbook, given):
    heading = ("", "A : Anna", "B : Ben")
    path = workbook("matrix.xlsx", [heading, ("1 : trust", 3, ""), ("2 : cost", "", 2), ("", "", "")])
    with pytest.raises(DataError) as refused:
        matrix_table(path, given(path))
    assert [(each.row, each.column) for each in refused.value.problems] == [(2, "Ben"), (3, "Anna")]
    assert "Write 0" in str(refused.value)
