"""A table that another program printed, against the codings it is about, found by names alone."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from analysis.agreement.published import published_cells
from analysis.agreement.texts import continua
from analysis.agreement.vendors import nvivo, qualcoder
from analysis.errors import DataError, UsageError
from analysis.inputs import Input
from analysis.read.assemble import assemble
from analysis.read.doccano import read_doccano
from analysis.study import Study

TEXTS = [
    "We waited for months and nobody rang us back at all.",
    "It cost more than we could ever find, so we gave up.",
]
STUDY = Study.model_validate(
    {
        "study": "s",
        "title": "s",
        "method": "codebook",
        "segmentation": "own",
        "inputs": [{"file": "s"}],
        "disclosure": {"policy": "text_free"},
    }
)
MARKS = {
    "Ada": {0: [(0, 20, "Waiting"), (24, 36, "Contact")], 1: [(0, 20, "Cost")]},
    "Ben": {0: [(3, 20, "Waiting")], 1: [(3, 36, "Cost")]},
    "Cy": {0: [(0, 9, "Waiting")], 1: [(0, 7, "Cost")]},
}


@pytest.fixture
def corpus(tmp_path: Path, request):
    drafts = []
    for coder in getattr(request, "param", ("Ada", "Ben")):
        lines = [
            f'{{"id": {n}, "text": "{text}", "label": {[list(m) for m in MARKS[coder][n]]}}}'.replace(
                "'", '"'
            )
            for n, text in enumerate(TEXTS)
        ]
        path = tmp_path / f"{coder}.jsonl"
        path.write_text("\n".join(lines))
        drafts.append(read_doccano(path, Input(file=path.name, stage="independent", coder=coder)))
    return assemble(drafts, STUDY)


def sheet(path: Path, *rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


def test_every_cell_of_nvivos_comparison_is_found_by_the_names_that_people_see(corpus, tmp_path):
    rows = [["Node", "Source", "Kappa", "Agreement (%)"]]
    for code in ("Waiting", "Cost", "Contact"):
        views = nvivo.coding_comparison(continua(corpus, STUDY), code, ("Ada", "Ben"))
        for name in corpus.documents["document_id"]:
            found = {v.measure: f"{v.value:.4f}" for v in views if v.document == name}
            rows.append([f"Themes\\{code}", f"{name}.docx", found["Kappa"], found["Agreement (%)"]])
    cells, kind = published_cells(sheet(tmp_path / "c.csv", *rows), corpus, corpus.codings, STUDY)
    assert kind == "NVivo coder comparison"
    assert len(cells) == 12
    assert set(cells["verdict"]) == {"same"}


def test_a_cell_that_differs_and_a_code_that_is_not_here_are_told_apart(corpus, tmp_path):
    table = sheet(
        tmp_path / "c.csv",
        ["Node", "Source", "Kappa"],
        ["Cost", "example 1", "0.99"],
        ["Hope", "example 1", "1"],
    )
    cells, _ = published_cells(table, corpus, corpus.codings, STUDY)
    assert cells["verdict"].tolist() == ["differs", "only there"]


def test_qualcoders_comparison_is_read_below_its_title(corpus, tmp_path):
    views = qualcoder.coder_comparison(continua(corpus, STUDY), "Cost", ("Ada", "Ben"))
    found = {view.measure: view.value for view in views}
    shares = ["Agree %", "A and B %", "Not A Not B %", "Disagree %", "Agree coded only %"]
    rows = [
        ["Coder Comparison: Ada, Ben"],
        ["Code tree", *shares, "Kappa"],
        ["Cost", *(f"{found[share]}%" for share in shares), str(found["Kappa"])],
    ]
    cells, kind = published_cells(
        _xlsx(tmp_path / "Coder_comparison.xlsx", rows), corpus, corpus.codings, STUDY
    )
    assert kind == "QualCoder coder comparison"
    assert cells["verdict"].tolist() == ["same"] * 6


@pytest.mark.parametrize(
    ("heading", "counts"),
    [
        (["", "A : example 0", "B : example 1"], [["1 : Waiting", 2, 0], ["2 : Cost", 0, 2]]),
        (["", "A : Ada", "B : Ben"], [["1 : Waiting", 1, 1], ["2 : Contact", 1, 0]]),
    ],
)
def test_a_matrix_counts_codings_by_document_or_by_coder(corpus, tmp_path, heading, counts):
    cells, kind = published_cells(
        _xlsx(tmp_path / "m.xlsx", [heading, *counts]), corpus, corpus.codings, STUDY
    )
    assert kind == "NVivo matrix"
    assert cells["verdict"].tolist() == ["same"] * 4


@pytest.mark.parametrize("corpus", [("Ada", "Ben", "Cy")], indirect=True)
def test_with_three_coders_the_pair_must_be_named(corpus, tmp_path):
    views = nvivo.coding_comparison(continua(corpus, STUDY), "Cost", ("Ada", "Cy"))
    kappa = next(v.value for v in views if v.measure == "Kappa" and v.document == "example 1")
    table = sheet(tmp_path / "c.csv", ["Node", "Source", "Kappa"], ["Cost", "example 1", f"{kappa:.6f}"])
    with pytest.raises(UsageError, match=r"--coders A,B \(pairs: Ada,Ben; Ada,Cy; Ben,Cy\)"):
        published_cells(table, corpus, corpus.codings, STUDY)
    with pytest.raises(UsageError, match='Not a coder of these documents: "Dan"'):
        published_cells(table, corpus, corpus.codings, STUDY, ["Ada", "Dan"])
    cells, _ = published_cells(table, corpus, corpus.codings, STUDY, ["Ada", "Cy"])
    assert cells["verdict"].tolist() == ["same"]


def test_another_table_says_what_it_lacks(corpus, tmp_path):
    with pytest.raises(DataError, match="the heading lacks Node"):
        published_cells(sheet(tmp_path / "x.csv", ["a", "b"], ["1", "2"]), corpus, corpus.codings, STUDY)


def _xlsx(path: Path, rows) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path
