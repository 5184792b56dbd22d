"""MAXQDA's coded segments: one team's coding written with the headings of five languages, in any order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.read.casts import typed
from analysis.read.maxqda import read_maxqda, recognises
from analysis.read.search import locate, meet_by_name

FIELDS = (
    "colour",
    "comment",
    "group",
    "document",
    "code",
    "begin",
    "end",
    "weight",
    "segment",
    "coder",
    "created",
)
LANGUAGES = {
    "English": (
        *("Color", "Comment", "Document group", "Document name", "Code", "Beginning", "End", "Weight score"),
        *("Segment", "Author", "Creation date"),
    ),
    "German": (
        *("Farbe", "Kommentar", "Dokumentgruppe", "Dokumentname", "Code", "Anfang", "Ende", "Gewicht"),
        *("Segment", "Autor", "Erstellt am"),
    ),
    "Spanish": (
        *("Color", "Comentario", "Grupo de documentos", "Nombre del documento", "Código", "Inicio", "Fin"),
        *("Ponderación", "Segmento", "Autor", "Fecha de creación"),
    ),
    "French": (
        *("Couleur", "Commentaire", "Groupe de documents", "Nom du document", "Code", "Début", "Fin"),
        *("Pondération", "Segment", "Auteur", "Date de création"),
    ),
    "Polish": (
        *("Color", "Komentarz", "Grupa dokumentów", "Nazwa dokumentu", "Kod", "Początek", "Koniec", "Waga"),
        *("Fragment", "Autor", "Data utworzenia"),
    ),
}


def sheet(truth, language, leave_out=(), seed=3):
    """Return a heading and rows whose columns stand in a random order."""
    headings = dict(zip(FIELDS, LANGUAGES[language], strict=True))
    order = [
        FIELDS[i] for i in np.random.default_rng(seed).permutation(len(FIELDS)) if FIELDS[i] not in leave_out
    ]
    rows = [[headings[field] for field in order]]
    for s in truth.spans:
        cells = {
            "colour": "●",
            "comment": "a memo",
            "group": "patients",
            "document": s.document,
            "code": f"Themes\\{s.code}",
            "begin": 3,
            "end": 3,
            "weight": "5",
            "segment": truth.words(s),
            "coder": s.coder,
            "created": "01.02.2024 10:00",
        }
        rows.append([cells[field] for field in order])
    return rows


def located(draft, truth, spans_of):
    """Return the draft's spans once another file brings the texts."""
    texts = pd.DataFrame(
        {"document_id": f"{name}.docx", "text": text, "_file": "documents.csv", "_row": 2}
        for name, text in truth.texts.items()
    )
    documents = pd.concat([draft.tables["documents"], texts], ignore_index=True)
    tables = {name: typed(name, draft.tables[name])[0] for name in ("segments", "codings")}
    tables["documents"] = typed("documents", documents)[0]
    meet_by_name(tables, [draft.file])
    tables["segments"], counts, refused = locate(tables["segments"], tables["documents"])
    tables["codings"] = tables["codings"][~tables["codings"]["segment_id"].isin(refused)]
    tables["documents"]["name"] = tables["documents"]["document_id"].str.removesuffix(".docx")
    return spans_of(type(draft)("", "", {**draft.tables, **tables})), counts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_and_order_of_columns_is_read_alike(truth, given, workbook, language, spans_of):
    path = workbook("segments.xlsx", sheet(truth, language, seed=len(language)))
    assert recognises(path.read_bytes()[:4096], path)
    draft = read_maxqda(path, given(path))
    codings = draft.tables["codings"]
    assert draft.facts["held"]["coded segments"] == len(truth.spans) == len(codings)
    assert codings["coder_id"].tolist() == [s.coder for s in truth.spans]
    assert codings["value"].tolist() == [s.code for s in truth.spans]
    assert codings["memo"].eq("a memo").all() and codings["weight"].eq("5").all()
    assert draft.tables["codes"].set_index("code_id")["parent_id"].dropna().unique().tolist() == ["Themes"]
    assert draft.tables["cases"]["document_group"].eq("patients").all()
    found, counts = located(draft, truth, spans_of)
    assert found == set(truth.spans)
    assert counts == {"found": draft.facts["taken"]["segments"], "refused": 0}


def test_a_table_without_authors_needs_its_coder(truth, given, workbook):
    path = workbook("segments.xlsx", sheet(truth, "English", leave_out=["coder"]))
    with pytest.raises(DataError, match="coder: NAME"):
        read_maxqda(path, given(path))
    draft = read_maxqda(path, given(path, coder="Ada"))
    assert draft.tables["codings"]["coder_id"].unique().tolist() == ["Ada"]


def test_two_coders_files_meet_on_the_same_segments(given, workbook, tmp_path):
    rows = [
        ["Document name", "Document group", "Code", "Segment"],
        ["D", "G", "Waiting", "the queue  was long"],
    ]
    drafts = []
    for coder in ("Ada", "Ben"):
        path = workbook(f"{coder}.xlsx", rows)
        drafts.append(read_maxqda(path, given(path, coder=coder)))
    first, second = (draft.tables["codings"]["segment_id"].tolist() for draft in drafts)
    assert first == second


def test_the_same_name_in_two_groups_is_two_documents(given, workbook):
    rows = [
        ["Document name", "Document group", "Code", "Segment", "Author"],
        ["D", "north", "Waiting", "one", "Ada"],
        ["D", "south", "Waiting", "two", "Ada"],
    ]
    path = workbook("segments.xlsx", rows)
    documents = read_maxqda(path, given(path)).tables["documents"]["document_id"].tolist()
    assert documents == ["north > D", "south > D"]


def test_a_missing_column_is_named_with_its_headings(given, workbook):
    path = workbook("segments.xlsx", [["Document name", "Code", "Author"], ["D", "Waiting", "Ada"]])
    with pytest.raises(DataError, match=r"lacks segment \(Segment"):
        read_maxqda(path, given(path))


def test_two_columns_that_may_be_the_code_are_refused(given, workbook):
    path = workbook("segments.xlsx", [["Document", "Code", "Codes", "Segment"], ["D", "a", "b", "words"]])
    with pytest.raises(DataError, match="may each be the code"):
        read_maxqda(path, given(path))


def test_an_excerpt_that_stands_twice_is_refused_and_counted(given, workbook, spans_of):
    rows = [
        ["Document name", "Code", "Segment", "Author"],
        ["D", "Waiting", "a long wait", "Ada"],
        ["D", "Waiting", "never said", "Ada"],
        ["D", "Waiting", "then a\tletter", "Ada"],
    ]
    path = workbook("segments.xlsx", rows)
    draft = read_maxqda(path, given(path))
    team = type("T", (), {"texts": {"D": "It was a long wait, such a long wait; then a\r\nletter came."}})
    found, counts = located(draft, team, spans_of)
    assert {span[1:3] for span in found} == {(38, 52)}
    assert counts == {"found": 1, "refused": 2}


def test_the_old_spreadsheet_format_reads_as_the_new_one(make_team, given, workbook):
    """The .xls was saved by LibreOffice from the very rows that the .xlsx holds."""
    old = Path(__file__).parent / "samples" / "maxqda_german.xls"
    new = workbook("maxqda_german.xlsx", sheet(make_team(lines=5), "German"))
    drafts = [read_maxqda(path, given(path)) for path in (old, new)]
    assert recognises(old.read_bytes()[:4096], old)
    assert drafts[0].facts["held"] == drafts[1].facts["held"]
    for name, frame in drafts[1].tables.items():
        shown = [each.drop(columns="_file") for each in (drafts[0].tables[name], frame)]
        pd.testing.assert_frame_equal(*shown)


SAID = ["Document name", "Code", "Beginning", "Segment", "Author"]


def test_equal_words_of_other_paragraphs_are_other_segments(given, workbook):
    rows = [("Talk", "yes", "3", "Yes, it did.", "Ada"), ("Talk", "yes", "9", "Yes, it  did.", "Ada")]
    rows += [("Talk", "yes", "9", "Yes, it did.", "Ben"), ("Talk", "no", "4", "No.", "Ada")]
    path = workbook("segments.xlsx", [SAID, *rows])
    draft = read_maxqda(path, given(path))
    codings = draft.tables["codings"]
    assert len(codings) == 4 and draft.facts["left"] == {}
    third, ninth, ben, _ = codings["segment_id"]
    assert ninth == ben != third


def test_repeated_words_without_a_paragraph_are_called_what_they_are(given, workbook):
    row = ("Talk", "Group", "yes", "Yes, it did.", "Ada")
    path = workbook(
        "segments.xlsx", [["Document name", "Document group", "Code", "Segment", "Author"], row, row]
    )
    left = read_maxqda(path, given(path)).facts["left"]
    assert left == {"codings of words that the coder gave the code before, perhaps elsewhere": 1}


def test_words_that_stand_once_are_one_segment_whether_or_not_paragraphs_were_on_show(given, workbook):
    row = ("Talk", "Group", "yes", "3", "Yes, it did.", "Ada")
    heading = ("Document name", "Document group", "Code", "Beginning", "Segment", "Author")
    with_, without = (
        workbook(f"{len(cells)}.xlsx", cells)
        for cells in ([heading, row], [(*heading[:3], *heading[4:]), (*row[:3], *row[4:]), []])
    )
    ids = [
        read_maxqda(path, given(path)).tables["segments"]["segment_id"].tolist() for path in (with_, without)
    ]
    assert ids[0] == ids[1]
