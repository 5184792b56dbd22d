"""Tables as a journal prints them: LaTeX that compiles as text, Word tables that are tables."""

from __future__ import annotations

import io

import docx
import pandas as pd
import pytest

from analysis import simulate
from analysis.counting import counted_codes
from analysis.disclosure import public_themes
from analysis.framework import framework_matrix
from analysis.matrixbook import sheets
from analysis.papertables import PaperTable, as_docx, as_latex, paper_tables
from analysis.quotes import quotes_table
from analysis.themes import theme_table


def _tables(corpus, study):
    counted = counted_codes(corpus, study)
    themes = public_themes(theme_table(corpus, study, counted), corpus, study)
    matrix = sheets(framework_matrix(corpus, study, counted), corpus, study) if len(corpus.charting) else None
    return paper_tables(corpus, study, counted, themes, quotes_table(corpus, study, counted), matrix)


@pytest.fixture(params=simulate.STUDIES)
def tables(request, bundled):
    return _tables(*bundled(request.param))


def test_every_table_has_its_count_s_unit_and_says_that_data_are_simulated(tables):
    assert [t.id for t in tables][:4] == ["T1", "T2", "T3", "T4"]
    assert all(t.note.endswith("Simulated data.") for t in tables)
    assert all("Participants contributing" in t.note for t in tables if t.id in ("T2", "T3", "T4"))


def test_word_tables_have_captions_and_header_rows_that_repeat(tables):
    made = as_docx(tables, "Title")
    document = docx.Document(io.BytesIO(made))

    assert len(document.tables) == len(tables)
    assert sum(p.style.name == "Caption" for p in document.paragraphs) == len(tables)
    assert all(grid.rows[0]._tr.xpath("w:trPr/w:tblHeader") for grid in document.tables)
    assert [cell.text for cell in document.tables[1].rows[0].cells] == list(tables[1].frame.columns)
    assert made == as_docx(tables, "Title")


def test_no_special_character_reaches_latex_unescaped():
    nasty = r"50 % & _a_ #1 {x} $y ~ ^ \end{table}"
    text = as_latex(PaperTable("T2", nasty, pd.DataFrame({nasty: [nasty]}), nasty))

    assert text.count(r"\end{table}") == 1
    assert text.count(r"50 \% \& \_a\_ \#1 \{x\} \$y \textasciitilde{} \textasciicircum{}") == 4


def test_hidden_counts_and_text_stay_hidden(bundled):
    corpus, study = bundled("duffy2023_simulated")
    for policy in ("hes_before_2018", "text_free"):
        plan = study.disclosure.model_copy(update={"policy": policy})
        made = {t.id: t.frame for t in _tables(corpus, study.model_copy(update={"disclosure": plan}))}
        counts = made["T2"].iloc[:, 2:].to_numpy().ravel().tolist()
        assert ("*" in counts) == (policy == "hes_before_2018")
        assert all(n == "*" or n == 0 or n > 5 for n in counts) == (policy == "hes_before_2018")
        assert made["T1"]["Definition"].isna().all() == (policy == "text_free")
        assert made["T1"]["Quotes"].isna().all() == (policy == "text_free")
