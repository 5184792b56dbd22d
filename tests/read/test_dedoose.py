"""Dedoose's excerpts: a column a code."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.read.dedoose import read_dedoose, recognises

from .conftest import coders_of

BEFORE = [
    "Media Title",
    "Excerpt Range",
    "Excerpt Creator",
    "Excerpt Date",
    "Excerpt Copy",
    "Resource Creator",
]


def excerpts(truth, per_code=True):
    codes = sorted({s.code for s in truth.spans})
    columns = [f"Code: Themes\\{c} {what}" for c in codes for what in ("Applied", "Range", "Weight")]
    rows = [[*BEFORE, "Codes Applied Combined", *(columns if per_code else [])]]
    for s in truth.spans:
        marks = [cell for c in codes for cell in ((True, "0-10", 4) if c == s.code else (False, "", ""))]
        row = [s.document, f"{s.start}-{s.end}", s.coder, "1/2/2024", truth.words(s), "x", s.code]
        rows.append([*row, *(marks if per_code else [])])
    return rows


@pytest.mark.parametrize("per_code", [True, False], ids=["a column a code", "combined"])
def test_excerpts_codes_and_coders_are_read(truth, given, workbook, per_code):
    path = workbook("excerpts.xlsx", excerpts(truth, per_code))
    assert recognises(path.read_bytes()[:4096], path)
    draft = read_dedoose(path, given(path))
    words = draft.tables["segments"].set_index("segment_id")["text"]
    codings = draft.tables["codings"]
    found = list(zip(codings["segment_id"].map(words), codings["value"], codings["coder_id"], strict=True))
    assert found == [(truth.words(s), s.code, s.coder) for s in truth.spans]
    assert any("invisible in this export" in warning for warning in draft.warnings)
    assert any("holds a comma" in warning for warning in draft.warnings) is not per_code
    if per_code:
        assert codings["weight"].eq("4").all()
        assert draft.tables["codes"]["parent_id"].dropna().unique().tolist() == ["Themes"]


def test_a_sheet_without_codes_says_which_columns_are_needed(truth, given, workbook):
    rows = [row[:6] for row in excerpts(truth)]
    path = workbook("excerpts.xlsx", rows)
    with pytest.raises(DataError, match="Codes Applied Combined"):
        read_dedoose(path, given(path))


def test_equal_words_of_other_ranges_are_other_segments(given, workbook):
    rows = [("Talk", "3-7", "Ada", "Yes.", "yes"), ("Talk", "90-94", "Ada", "Yes.", "yes")]
    heading = ("Media Title", "Excerpt Range", "Excerpt Creator", "Excerpt Copy", "Codes Applied Combined")
    path = workbook("excerpts.xlsx", [heading, *rows, ("Talk", "90-95", "Ben", "Yes. ", "yes")])
    draft = read_dedoose(path, given(path))
    assert coders_of(draft) == [["Ada"], ["Ada", "Ben"]]
    assert draft.facts["left"] == {}
