"""Dedoose's coded documents: three coders meet on one transcript."""

from __future__ import annotations

import zipfile
from html import escape
from itertools import combinations

import numpy as np
import pytest

from analysis.errors import DataError
from analysis.read.dedoose_docx import read_dedoose_docx, recognises

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
EXPECTED = {  # of dedoose-irr-tool's tests, on the window [0, 200): A-B, A-C, B-C
    "Policy views": (0.583333, 0.791667, 0.791667),
    "Legalization timeline": (1, 1, 1),
    "Enforcement": (-1, 1, -1),
    "Social equity": (0.375, 0.375, 1),
    "Market saturation": (np.nan, np.nan, np.nan),
    "Personal use": (0, 0, np.nan),
}


@pytest.fixture
def three(sample, given):
    paths = [sample(f"dedoose/coder_{name}.docx") for name in "abc"]
    return [read_dedoose_docx(path, given(path)) for path in paths]


def test_comments_are_codings_of_the_coder_that_the_file_is_named_after(three):
    assert [draft.facts["taken"]["codings"] for draft in three] == [6, 5, 5]
    coders = [draft.tables["codings"]["coder_id"].unique().tolist() for draft in three]
    assert coders == [["coder_a"], ["coder_b"], ["coder_c"]]
    assert [draft.facts["held"]["paragraphs"] for draft in three] == [8, 8, 8]


def test_three_coders_meet_on_one_transcript_without_its_text(three):
    documents = {draft.tables["documents"]["document_id"][0] for draft in three}
    hashes = {draft.tables["documents"]["sha256"][0] for draft in three}
    assert len(documents) == len(hashes) == 1
    assert all("text" not in draft.tables[name] for draft in three for name in ("documents", "segments"))
    assert all(draft.facts["positions"]["verdict"] == "refused" for draft in three)


def test_kappas_on_the_common_window_are_those_of_the_irr_tool(three):
    marks = [_marks(draft) for draft in three]
    for code, expected in EXPECTED.items():
        pairs = combinations([each.get(code, np.zeros(200, bool)) for each in marks], 2)
        assert [_kappa(a, b) for a, b in pairs] == pytest.approx(expected, abs=5e-7, nan_ok=True)


def test_ranges_that_fit_their_anchors_bring_the_text(tmp_path, given):
    paragraphs = ["Well, we waited 😀 long.", "Nobody rang, cafe\u0301 shut."]
    path = docx(tmp_path / "anna.docx", paragraphs, [(0, 6, 15), (1, 7, 17)], "Waiting")
    draft = read_dedoose_docx(path, given(path))
    assert draft.tables["documents"]["text"][0] == "\n".join(paragraphs)
    assert draft.tables["segments"]["text"].tolist() == ["we waited", "rang, cafe"]


def test_reviewers_comments_are_counted_and_left(tmp_path, given):
    path = docx(tmp_path / "anna.docx", ["Well, we waited."], [(0, 6, 15)], "Waiting", note="see me")
    assert recognises(path.read_bytes()[:100], path)
    assert read_dedoose_docx(path, given(path)).facts["left"] == {"comments that are no codes": 1}


def test_entities_are_refused(tmp_path, given):
    path = docx(tmp_path / "x.docx", ["a b c"], [(0, 0, 1)], "Waiting", head='<!DOCTYPE w [<!ENTITY x "y">]>')
    with pytest.raises(DataError, match="document type"):
        read_dedoose_docx(path, given(path))


def _marks(draft):
    segments = draft.tables["segments"].set_index("segment_id")
    marks = {}
    for row in draft.tables["codings"].itertuples():
        start, end = (int(segments.loc[row.segment_id, side]) for side in ("start", "end"))
        marks.setdefault(row.value, np.zeros(200, bool))[start:end] = True
    return marks


def _kappa(a, b):
    observed = (a == b).mean()
    expected = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return np.nan if expected == 1 else (observed - expected) / (1 - expected)


def docx(path, paragraphs, ranges, code, note=None, head=""):
    """Write a docx; a range is (paragraph, start, end), its numbers in the whole text."""
    offsets = np.cumsum([0, *(len(each) + 1 for each in paragraphs)])
    body, comments = "", ""
    for n, text in enumerate(paragraphs):
        parts, at = "", 0
        for c, (paragraph, start, end) in enumerate(ranges):
            if paragraph == n:
                parts += f"<w:r><w:t>{escape(text[at:start])}</w:t></w:r><w:commentRangeStart w:id='{c}'/>"
                parts += f"<w:r><w:t>{escape(text[start:end])}</w:t></w:r><w:commentRangeEnd w:id='{c}'/>"
                at = end
                place = f"Codes ({offsets[n] + start}-{offsets[n] + end})"
                comments += _comment(c, place, code)
        body += f"<w:p>{parts}<w:r><w:t>{escape(text[at:])}</w:t></w:r></w:p>"
    comments += _comment(99, note) if note else ""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", f"{head}<w:document {W}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/comments.xml", f"<w:comments {W}>{comments}</w:comments>")
    return path


def _comment(number, *paragraphs):
    inside = "".join(f"<w:p><w:r><w:t>{escape(each)}</w:t></w:r></w:p>" for each in paragraphs)
    return f"<w:comment w:id='{number}' w:author='Coder'>{inside}</w:comment>"
