"""A sheet whose headings were changed is refused: else a column of words would pass for a variable."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.read import read_draft
from analysis.read.codingsheet import FIXED

from .mutants import SHEET


@pytest.mark.parametrize("heading", FIXED)
def test_a_sheet_that_lost_or_renamed_a_heading_is_refused(heading, workbook, given):
    header = ["something else" if each == heading else each for each in SHEET[1]]
    path = workbook("sheet.xlsx", [SHEET[0], header, *SHEET[2:]], "coding")
    with pytest.raises(DataError, match="its first two rows were changed"):
        read_draft(path, given(path))
