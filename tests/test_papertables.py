"""Tables as a journal prints them: pages, LaTeX, Word tables that are tables, sheets with numbers in them."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import openpyxl
import pandas as pd
import pytest

from analysis import simulate
from analysis.counting import counted_codes
from analysis.disclosure import public_themes
from analysis.framework import framework_matrix
from analysis.matrixsheets import sheets
from analysis.officefiles import word_file
from analysis.papertables import Column, PaperTable, table_files
from analysis.quotes import quotes_table
from analysis.stocktables import StockTables, stock_tables
from analysis.tablebook import as_workbook
from analysis.tablehtml import as_latex, as_page
from analysis.tables import SIMULATED
from analysis.tableword import as_docx
from analysis.themes import theme_table

NASTY = r"50 % & _a_ #1 {x} $y ~ ^ \end{table} <b>bold</b> **md**"
FORMULA = '=HYPERLINK("http://example.org","open")'


def _stock(corpus, study, agreement: pd.DataFrame | str = "not asked for here") -> StockTables:
    counted = counted_codes(corpus, study)
    themes = public_themes(theme_table(corpus, study, counted), corpus, study)
    charted = len(corpus.charting) > 0
    matrix = sheets(framework_matrix(corpus, study, counted), corpus, study) if charted else "no matrix"
    quotes = quotes_table(corpus, study, counted)
    return stock_tables(corpus, study, counted, themes, quotes, matrix, agreement)


def _under(study, **parts):
    """Return a study with settings of its parts replaced: disclosure={"policy": ...}."""
    changed = {name: getattr(study, name).model_copy(update=value) for name, value in parts.items()}
    return study.model_copy(update=changed)


def _plain(*cells: object, **about: object) -> PaperTable:
    columns = {"code": Column("Code"), "n": Column("n", number=True)}
    frame = pd.DataFrame({"code": [str(each) for each in cells], "n": range(len(cells))})
    return PaperTable("T2", "Caption", frame, columns, **about)


def test_a_control_character_is_printed_as_a_blank():
    assert Column("Quote").text("one page\x0cthe next") == "one page the next"


def _text(content: str | bytes) -> str:
    """Return everything that a file holds as text."""
    if isinstance(content, str):
        return content
    parts = zipfile.ZipFile(io.BytesIO(content))
    return " ".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


@pytest.fixture(scope="module", params=simulate.STUDIES)
def stock(request, bundled, bundled_agreement):
    return _stock(*bundled(request.param), bundled_agreement(request.param))


@pytest.fixture(scope="module")
def files(stock):
    return dict(table_files(stock.tables, "Title"))


class TestStock:
    def test_every_table_is_there_or_says_why_not(self, stock):
        there = {table.id.partition("-")[0] for table in stock.tables}

        assert there | set(stock.left_out) == {"T1", "T2", "T3", "T4", "T5", "T6"}
        assert not there & set(stock.left_out)
        assert all(stock.left_out.values())

    def test_every_count_says_its_unit_and_rule(self, stock):
        for table in stock.tables:
            if table.id in ("T2", "T3", "T4"):
                assert "participants contributing" in table.notes[0]
                assert "as settled in consensus" in table.notes[0]

    def test_counts_are_those_that_were_planted(self, bundled):
        corpus, study = bundled("duffy2023_simulated")
        tables = {table.id: table for table in _stock(corpus, study).tables}
        truth = simulate.truth("duffy2023_simulated")
        for group in ("provider", "commercial", "patient", "all"):
            planted = [truth.n_cases(code, group, "descendants") for code in corpus.codes["code_id"]]
            assert tables["T2"].frame[f"{group} n"].tolist() == planted
        assert tables["T3"].frame["n"].tolist() == planted

    def test_coefficients_are_those_of_agreement_csv(self, bundled, bundled_agreement):
        corpus, study = bundled("simon2021_simulated")
        sheet = bundled_agreement("simon2021_simulated")
        table = next(t for t in _stock(corpus, study, sheet).tables if t.id == "T6")
        lines = sheet[(sheet["measure"] == "krippendorff_alpha") & sheet["code_id"].notna()]

        assert set(table.frame["estimate"].dropna()) <= set(lines["estimate"].dropna())
        assert len(table.frame) > 10

    def test_labels_one_participant_apart_are_not_called_a_difference(self, bundled):
        table = next(t for t in _stock(*bundled("duffy2023_simulated")).tables if t.id == "T2")

        assert "Labels that differ by one participant are not a group difference." in table.notes
        key = next(note for note in table.notes if note.startswith("Labels (cqr2005"))
        assert "of 6: 5-6 general, 4 typical, 2-3 variant, 1 other" in key
        assert "of 19: 18-19 general, 10-17 typical, 4-9 variant, 2-3 rare, 1 other" in key

    @pytest.mark.parametrize("how", ["n", "n_percent", "labels", "words", "none"])
    def test_no_percentage_stands_below_twenty(self, how, bundled):
        corpus, study = bundled("duffy2023_simulated")
        table = next(t for t in _stock(corpus, _under(study, themes={"show": how})).tables if t.id == "T2")

        assert "%" not in {column.heading for column in table.columns.values()}
        assert not re.search(r"\d ?%", " ".join(cell for line in table.lines() for cell in line))

    def test_a_base_of_those_asked_stands_beside_the_count(self, bundled):
        """P09 was not asked about roll-out: 9 of 9, not of 10."""
        table = next(t for t in _stock(*bundled("simon2021_simulated")).tables if t.id == "T2")
        row = table.frame[table.frame["code"] == "What helps and holds back roll-out"].iloc[0]

        assert row[["all n", "all of"]].tolist() == [9, 9]

    def test_agreement_that_is_no_part_of_the_method_is_left_out_in_its_words(self, bundled):
        corpus, study = bundled("simon2021_simulated")
        reason = study.model_copy(update={"method": "reflexive"}).not_applicable("02_agreement")

        assert _stock(corpus, study, reason).left_out["T6"] == reason


class TestDisclosure:
    def test_hidden_counts_stay_hidden(self, bundled):
        corpus, study = bundled("duffy2023_simulated")
        made = _stock(corpus, _under(study, disclosure={"policy": "hes_before_2018"}))
        assert not any("label" in name for table in made.tables for name in table.frame)
        for table in made.tables:
            for name in (name for name in table.frame if name == "n" or str(name).endswith(" n")):
                assert all(n == "*" or n == 0 or n > 5 for n in table.frame[name]), (table.id, name)
            assert any("not shown" in note for note in table.notes) or table.id == "T1"

    def test_rare_codes_have_no_coefficient_where_counts_are_hidden(self, bundled, bundled_agreement):
        corpus, study = bundled("duffy2023_simulated")
        study = _under(study, disclosure={"policy": "hes_before_2018"})
        sheet = bundled_agreement("duffy2023_simulated")
        table = next(t for t in _stock(corpus, study, sheet).tables if t.id == "T6")
        row = table.frame[table.frame["name"] == "Perseverance over time"].iloc[0]

        assert set(row[["estimate", "low", "high", "percent", "gwet_ac1"]]) == {"*"}
        assert "n_positive" not in table.frame

    def test_where_counts_are_hidden_no_line_is_about_one_participant(self, bundled):
        corpus, study = bundled("simon2021_simulated")
        made = _stock(corpus, _under(study, disclosure={"policy": "hes_before_2018"}))

        assert not any(table.id.startswith("T5") for table in made.tables)
        assert "single participants" in made.left_out["T5"]

    @pytest.mark.parametrize("name", simulate.STUDIES)
    def test_without_text_no_word_of_anybody_is_in_any_file(self, name, bundled):
        corpus, study = bundled(name)
        made = _stock(corpus, _under(study, disclosure={"policy": "text_free"}))
        written = " ".join(_text(content) for _, content in table_files(made.tables, study.title))
        said = [*corpus.segments["text"].dropna(), *corpus.charting["summary"].dropna()]
        said += corpus.codes["definition"].dropna().tolist()

        assert "T1" in made.left_out
        assert not any(words in written for words in said if len(words) > 12)

    def test_nobody_is_quoted_without_consent(self, bundled):
        corpus, study = bundled("duffy2023_simulated")
        refused = corpus.cases.loc[~corpus.cases["consent_quote"].fillna(False).astype(bool), "case_id"]
        written = " ".join(_text(content) for _, content in table_files(_stock(corpus, study).tables, "x"))

        assert len(refused)
        assert not any(f"{case}-s" in written for case in refused)


class TestFiles:
    def test_there_are_three_of_each_table_and_one_workbook(self, stock, files):
        endings = ("html", "tex", "docx")
        expected = {f"tables/{table.id}.{ending}" for table in stock.tables for ending in endings}

        assert set(files) == expected | {"tables.xlsx"}

    def test_the_same_tables_are_the_same_bytes(self, stock, files):
        assert dict(table_files(stock.tables, "Title")) == files

    def test_zip_files_bear_no_date_of_today(self, files):
        for name, content in files.items():
            if isinstance(content, bytes):
                core = zipfile.ZipFile(io.BytesIO(content)).read("docProps/core.xml").decode()
                assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"2000-01-01T"}, name

    def test_every_file_says_that_data_are_simulated(self, files, stock):
        for name, content in files.items():
            assert SIMULATED in _text(content), name
        made = openpyxl.load_workbook(io.BytesIO(files["tables.xlsx"])).worksheets
        assert [sheet["A2"].value for sheet in made] == [SIMULATED] * len(stock.tables)

    def test_nothing_to_print_leaves_no_file(self):
        assert list(table_files([], "Title")) == []


class TestWord:
    def test_tables_are_tables_with_captions_and_header_rows_that_repeat(self, stock):
        for table in stock.tables:
            document = docx.Document(io.BytesIO(as_docx([table], "Title")))
            (grid,) = document.tables
            heads = 2 if table.headed else 1
            repeated = [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in grid.rows]
            captions = [p for p in document.paragraphs if p.style.name == "Caption"]

            assert repeated == [True] * heads + [False] * len(table.frame)
            assert [p.text for p in captions] == [f"Table {table.number}. {table.caption}"]
            assert captions[0]._p.xpath("w:r/w:instrText[contains(., 'SEQ Table')]")
            assert [cell.text for cell in grid.rows[heads - 1].cells] == [
                column.heading for column in table.columns.values()
            ]
            assert [[cell.text for cell in row.cells] for row in grid.rows[heads:]] == [
                list(line) for line in table.lines()
            ]
            assert set(table.notes) <= {p.text for p in document.paragraphs}

    def test_a_document_is_what_word_is_given_but_for_its_dates(self):
        document, saved = docx.Document(), io.BytesIO()
        document.add_paragraph("said")
        document.save(saved)
        ours, other = zipfile.ZipFile(io.BytesIO(word_file(document))), zipfile.ZipFile(saved)

        assert ours.namelist() == other.namelist()
        assert all(ours.read(name) == other.read(name) for name in other.namelist())
        assert {entry.date_time for entry in ours.infolist()} == {(2000, 1, 1, 0, 0, 0)}


class TestWorkbook:
    def test_numbers_are_numbers_and_headings_are_frozen(self, stock, files):
        book = openpyxl.load_workbook(io.BytesIO(files["tables.xlsx"]))

        assert book.sheetnames == [table.id for table in stock.tables]
        for table, sheet in zip(stock.tables, book, strict=True):
            top = 4 if table.headed else 3
            assert sheet.freeze_panes == f"B{top + 1}"
            for at, (name, column) in enumerate(table.columns.items(), start=1):
                assert sheet.cell(top, at).value == column.heading
                for row, value in enumerate(table.frame[name], start=top + 1):
                    cell = sheet.cell(row, at)
                    if column.number and isinstance(value, int | float) and not pd.isna(value):
                        assert (cell.data_type, cell.value) == ("n", pytest.approx(value))

    @pytest.mark.parametrize("written", [FORMULA, "+1+1", "@SUM(A1)", "-2", "12", "http://example.org/x"])
    def test_whatever_people_wrote_stays_text(self, written):
        (sheet,) = openpyxl.load_workbook(io.BytesIO(as_workbook([_plain(written)], "x"))).worksheets
        found = [cell for row in sheet.iter_rows() for cell in row if cell.value == written]

        assert [(cell.data_type, cell.hyperlink) for cell in found] == [("s", None)]


class TestPage:
    def test_a_page_needs_nothing_from_outside_and_runs_nothing(self, files):
        for name, content in files.items():
            if name.endswith(".html"):
                assert "default-src 'none'" in content
                assert not re.search(r"<script|<link|@import|src=|url\(|https?://", content), name

    def test_headers_are_scoped_and_the_table_is_named_by_its_caption(self, stock):
        for table in stock.tables:
            page = as_page(table)
            assert page.count('scope="col"') == len(table.columns)
            assert page.count('scope="row"') == len(table.frame)
            assert f'aria-labelledby="{table.id}-title"' in page

    def test_no_markup_of_a_study_reaches_the_page(self):
        page = as_page(_plain(NASTY, notes=(NASTY,), banner=NASTY))

        assert "<b>" not in page
        assert page.count("&lt;b&gt;bold&lt;/b&gt; **md**") == 4

    @pytest.mark.parametrize("write", [as_page, as_latex])
    def test_a_table_without_rows_has_none(self, write):
        assert len(write(_plain())) < len(write(_plain("")))
        assert not re.search(r"<tr>\s*<t[hd][^>]*></t[hd]>|^ *& *\\\\", write(_plain()), re.MULTILINE)

    @pytest.mark.parametrize(
        ("write", "first"), [(as_page, r"  <tr>.*?</tr>"), (as_latex, r"(?<=2\.5pt\]\n).*?& 0 \\\\")]
    )
    def test_each_row_is_the_one_that_a_table_of_that_row_alone_has(self, write, first):
        cells = [NASTY, "", "two\nlines", "x-stub-1", "<tr>\n</tr>", "[1] noted"]
        whole = write(_plain(*cells))

        for number, cell in enumerate(cells, start=1):
            alone = re.search(first, write(_plain(cell)), re.DOTALL)
            assert alone
            row = alone.group().replace('"T2-stub-1', f'"T2-stub-{number}')
            row = row.replace(">0</td>", f">{number - 1}</td>").replace("& 0 ", f"& {number - 1} ")
            assert whole.count(row) == 1


class TestLatex:
    def test_a_bracket_that_begins_a_row_is_no_argument_of_the_line_end_before_it(self):
        assert "\\\\\n{}[1] noted & 1" in as_latex(_plain("first", "[1] noted"))

    def test_no_special_character_reaches_latex_unescaped(self):
        text = as_latex(_plain(NASTY, notes=(NASTY,)))

        assert text.count(r"\end{table}") == 1
        assert text.count(r"50 \% \& \_a\_ \#1 \{x\} \$y \textasciitilde{} \textasciicircum{}") == 2

    def test_braces_and_environments_close(self, files):
        for name, content in files.items():
            if name.endswith(".tex"):
                bare = re.sub(r"\\[{}]", "", content)
                assert bare.count("{") == bare.count("}"), name
                begun = re.findall(r"\\begin\{(\w+\*?)\}", content)
                assert sorted(begun) == sorted(re.findall(r"\\end\{(\w+\*?)\}", content)), name

    def test_running_text_wraps_and_every_table_has_a_label(self, stock):
        for table in stock.tables:
            text = as_latex(table)
            assert rf"\label{{tab:{table.id}}}" in text
            wraps = any(table.running(name) for name in table.columns)
            assert (r"\raggedright" in text) == wraps

    def test_a_long_table_breaks_over_pages(self):
        assert r"\begin{longtable}" in as_latex(_plain(*range(30)))
        assert r"\begin{tabular*}" in as_latex(_plain(*range(3)))
