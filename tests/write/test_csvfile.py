"""A study's codings as one CSV: whatever a cell holds, it is one cell when it is read back."""

from __future__ import annotations

import csv

import pytest

from analysis.inputs import Input
from analysis.read import read_draft
from analysis.write.csvfile import COLUMNS, write_csv
from analysis.write.left import left_behind
from analysis.write.settled import settled

ODD = ["a\rb", "a\r\nb", 'say "no"', "a,b;c\td", "\u2028line", "😀 cafe\u0301", "=1+1", " edge "]


@pytest.mark.parametrize("odd", ODD)
def test_a_cell_with_line_ends_quotes_or_separators_survives(small, tmp_path, odd):
    corpus = small.corpus()
    codings, _ = settled(corpus, "independent")
    codings.loc[:, "memo"] = odd
    path = tmp_path / "out.csv"
    assert write_csv(corpus, codings, path) == {"codings": len(codings)}
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["memo"] for row in rows] == [odd] * len(codings)
    draft = read_draft(path, Input(file="out.csv"))
    assert draft.tables["codings"]["memo"].tolist() == [odd] * len(codings)


def test_places_and_words_go_along_and_come_back_as_segments(small, tmp_path):
    corpus = small.corpus()
    codings, _ = settled(corpus, "independent")
    path = tmp_path / "out.csv"
    write_csv(corpus, codings, path)
    with path.open(encoding="utf-8", newline="") as stream:
        assert next(csv.reader(stream)) == COLUMNS
    tables = read_draft(path, Input(file="out.csv")).tables
    assert sorted(tables) == ["codings", "segments"]
    held = corpus.segments.set_index("segment_id")
    for row in tables["segments"].itertuples():
        assert (int(row.start), int(row.end)) == tuple(held.loc[row.segment_id, ["start", "end"]])
        about = ["text", "case_id", "speaker", "question"]
        assert [getattr(row, name) for name in about] == held.loc[row.segment_id, about].tolist()
    assert tables["segments"]["segment_id"].is_unique


def test_support_and_versions_of_the_codebook_go_along(small, tmp_path):
    header, *rows = small.rows("codings")
    small.put(
        "codings", [[*header, "supports", "codebook_version"], *([*r, "contradicts", "2"] for r in rows)]
    )
    corpus = small.corpus()
    codings, _ = settled(corpus, "independent")
    path = tmp_path / "out.csv"
    write_csv(corpus, codings, path)
    back = read_draft(path, Input(file="out.csv")).tables["codings"]
    assert back["supports"].tolist() == ["contradicts"] * len(codings)
    assert back["codebook_version"].tolist() == ["2"] * len(codings)
    assert not {"marks of support", "codebook versions"} & set(left_behind(corpus, codings, "csv"))


def test_the_same_codings_are_the_same_bytes(small, tmp_path):
    corpus = small.corpus()
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in paths:
        write_csv(corpus, settled(corpus)[0], path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("format_", ["refi-qda", "csv"])
def test_what_an_export_cannot_hold_is_counted(small, format_):
    corpus = small.corpus()
    codings, _ = settled(corpus, "independent")
    left = left_behind(corpus, codings, format_)
    assert left["codings of other stages or rounds"] == len(corpus.codings) - len(codings)
    assert (left["turns"], left["assignments"], left["charting"], left["audit"]) == (8, 6, 2, 2)
    if format_ == "csv":
        assert left["participants with their group, consent and attributes"] == 3
        assert left["texts of documents"] == 3
    else:
        assert left["ratings"] == int((codings["variable"] == "mood").sum())
        assert "participants with their group, consent and attributes" not in left
    assert all(count > 0 for count in left.values())
