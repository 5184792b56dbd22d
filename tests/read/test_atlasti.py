"""ATLAS.ti's quotations: a row a quotation, a line a code."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError
from analysis.read.atlasti import read_atlasti, recognises

from .conftest import coders_of

HEADING = (
    *("ID", "Quotation Name", "Document", "Document Groups", "Quotation Content", "Comment", "Codes"),
    *("Reference", "Density", "Created by", "Modified by", "Created", "Modified"),
)

LANGUAGES = {
    "German": (
        *("ID", "Zitatname", "Dokument", "Dokumentgruppen", "Zitatinhalt", "Kommentar", "Kodes", "Referenz"),
        *("Dichte", "Erstellt von", "Geändert von", "Erstellt", "Geändert"),
    ),
    "Spanish": (
        *("ID", "Nombre de la cita", "Documento", "Grupos de documentos", "Contenido de la cita"),
        *("Comentario", "Códigos", "Referencia", "Densidad", "Creado por", "Modificado por", "Creado"),
        "Modificado",
    ),
    "Portuguese": (
        *("ID", "Nome da citação", "Documento", "Grupos de documentos", "Conteúdo da citação"),
        *("Comentário", "Códigos", "Referência", "Densidade", "Criado por", "Modificado por", "Criado"),
        "Modificado",
    ),
    "French": (
        *("ID", "Nom de la citation", "Document", "Groupes de documents", "Contenu de la citation"),
        *("Commentaire", "Codes", "Référence", "Densité", "Créé par", "Modifié par", "Créé le", "Modifié le"),
    ),
}


def quotations(truth):
    rows = [HEADING]
    ordered = sorted(truth.spans, key=lambda s: (s.document, s.coder, s.start, s.end))
    for n, (_, group) in enumerate(groupby(ordered, key=lambda s: s[:3] + s[4:]), start=1):
        spans = list(group)
        first = spans[0]
        codes = "\r\n".join(span.code for span in spans)
        row = [
            f"1:{n}",
            "a name",
            first.document,
            "gender: male\r\nSimon",
            truth.words(first),
            "",
            codes,
            "¶ 3",
        ]
        rows.append([*row, "1", first.coder, "x", "2024-01-01", "2024-01-01"])
    return rows


def test_every_line_of_codes_is_a_coding_by_who_created_the_quotation(truth, given, workbook):
    path = workbook("quotations.xlsx", quotations(truth), "Quotation Manager")
    assert recognises(path.read_bytes()[:4096], path)
    draft = read_atlasti(path, given(path))
    segments = draft.tables["segments"].set_index("segment_id")
    found = {
        (
            segments.loc[row.segment_id, "document_id"],
            segments.loc[row.segment_id, "text"],
            row.value,
            row.coder_id,
        )
        for row in draft.tables["codings"].itertuples()
    }
    assert found == {(s.document, truth.words(s), s.code, s.coder) for s in truth.spans}
    assert any("who created a quotation" in warning for warning in draft.warnings)


def test_document_groups_are_attributes_of_the_participant(truth, given, workbook):
    path = workbook("quotations.xlsx", quotations(truth))
    cases = read_atlasti(path, given(path)).tables["cases"]
    assert cases["gender"].eq("male").all() and cases["Simon"].eq("yes").all()


def test_quotations_without_code_or_text_are_counted(given, workbook):
    rows = [HEADING]
    rows += [
        ["1:1", "", "D", "", "words", "", "", "", "", "Ada"],
        ["1:2", "", "D", "", "", "", "Coke", "", "", "Ada"],
    ]
    rows += [["1:3", "", "D", "", "other words", "", "Coke\r\nCoke::diet Coke", "", "", "Ada"]]
    path = workbook("quotations.xlsx", rows)
    draft = read_atlasti(path, given(path))
    left = draft.facts["left"]
    assert left == {"quotations without a code": 1, "quotations without text (pictures, audio, video)": 1}
    assert draft.tables["codes"].set_index("code_id")["parent_id"].dropna().to_dict() == {
        "Coke::diet Coke": "Coke"
    }


def test_without_a_creator_the_coder_must_be_named(truth, given, workbook):
    rows = [[cell for n, cell in enumerate(row) if n != 9] for row in quotations(truth)]
    path = workbook("quotations.xlsx", rows)
    with pytest.raises(DataError, match="none of the codings names a coder"):
        read_atlasti(path, given(path))


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_of_other_languages_in_any_order_are_read_alike(truth, given, workbook, language):
    _, *rows = quotations(truth)
    order = np.random.default_rng(len(language)).permutation(len(HEADING))
    localised = [[LANGUAGES[language][n] for n in order], *([row[n] for n in order] for row in rows)]
    english = read_atlasti(*_opened(workbook("quotations.xlsx", quotations(truth)), given))
    path = workbook("quotations.xlsx", localised)
    assert recognises(path.read_bytes()[:4096], path)
    draft = read_atlasti(*_opened(path, given))
    for name in ("documents", "codes", "segments", "codings", "cases"):
        pd.testing.assert_frame_equal(draft.tables[name], english.tables[name], check_like=True)


def test_the_title_above_the_heading_is_passed_over(truth, given, workbook):
    path = workbook("quotations.xlsx", [["Project: Coke"], [], *quotations(truth)])
    assert len(read_atlasti(*_opened(path, given)).tables["codings"]) == len(truth.spans)


def _opened(path, given):
    return path, given(path)


def test_equal_words_of_other_places_are_other_segments(given, workbook):
    rows = [("Talk", "Yes.", "yes", "3 - 3", "Ada"), ("Talk", "Yes.", "yes", "9 - 9", "Ada")]
    heading = ("Document", "Quotation Content", "Codes", "Reference", "Created by")
    path = workbook("quotations.xlsx", [heading, *rows, ("Talk", "Yes.", "yes", "9 - 9", "Ben")])
    draft = read_atlasti(path, given(path))
    assert coders_of(draft) == [["Ada"], ["Ada", "Ben"]]
    assert draft.facts["left"] == {}
