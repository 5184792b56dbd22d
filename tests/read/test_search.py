"""Excerpts without positions: two coders' spreadsheets meet on the text that a third file brings."""

from __future__ import annotations

import csv

import pytest

from analysis.paths import Workspace
from analysis.read import read_study
from analysis.read.search import Haystack
from analysis.study import load_study

STUDY = """\
study: team
title: A team
method: codebook
segmentation: own
inputs:
  - {file: ada.xlsx, stage: independent, coder: Ada}
  - {file: ben.xlsx, stage: independent, coder: Ben}
disclosure: {policy: text_free}
"""


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("we waited", (6, 15)),
        ("Well,\nwe   waited", (0, 15)),
        ("caf\u00e9", (17, 22)),
        ("long", None),
        ("a", (29, 30)),
        ("", None),
        ("x" * 32_767, None),
    ],
)
def test_an_excerpt_is_found_where_it_stands_once(words, place):
    assert Haystack("Well, we waited, cafe\u0301, long a long").find(words) == place


def test_two_coders_spreadsheets_meet_on_the_text_of_a_third_file(truth, tmp_path, workbook):
    source = tmp_path / "data" / "raw" / "team" / "source"
    source.mkdir(parents=True)
    (source.parent / "study.yml").write_text(STUDY)
    for coder in ("Ada", "Ben"):
        rows = [["Document group", "Document name", "Code", "Segment"]]
        rows += [["north", s.document, s.code, truth.words(s)] for s in truth.by(coder)]
        workbook(f"{coder.lower()}.xlsx", rows).rename(source / f"{coder.lower()}.xlsx")
    with (source / "documents.csv").open("w", encoding="utf-8", newline="") as file:
        texts = [(f"{name}.docx", text) for name, text in truth.texts.items()]
        csv.writer(file).writerows([("document_id", "text"), *texts])
    workspace = Workspace(tmp_path)

    corpus = read_study(workspace, load_study(workspace, "team"))

    both = corpus.codings.merge(corpus.segments, on="segment_id")
    found = {
        (row.document_id.removesuffix(".docx"), row.start, row.end, row.value, row.coder_id)
        for row in both.itertuples()
    }
    assert found == set(truth.spans)
    assert corpus.documents["document_id"].tolist() == ["Entrevista ñ.docx", "Interview 1.docx"]
    assert corpus.documents["case_id"].tolist() == ["Entrevista ñ", "Interview 1"]
    assert corpus.cases["document_group"].tolist() == ["north", "north"]
