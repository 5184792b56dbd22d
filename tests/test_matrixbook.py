"""The framework matrix as a workbook and a page: people's words as text, the same bytes twice."""

from __future__ import annotations

import io
import re
import zipfile

import openpyxl
import pytest

from analysis import simulate
from analysis.framework import framework_matrix
from analysis.matrixbook import matrix_workbook
from analysis.matrixpage import STYLE, matrix_page
from analysis.matrixsheets import gaps, sheets

FORMULA = '=HYPERLINK("http://example.org","open")'


def _book(corpus, study) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(matrix_workbook(framework_matrix(corpus, study), corpus, study)))


def test_there_is_a_sheet_a_theme_with_frozen_header_and_wrapped_text(bundled):
    corpus, study = bundled("simon2021_simulated")
    book = _book(corpus, study)
    first = book.worksheets[0]

    assert [sheet.title for sheet in book] == [
        "Lack of capacity, and a way out",
        "Growing acceptance despite rese",
        "What helps and holds back roll-",
        "To be looked at",
    ]
    assert {sheet.freeze_panes for sheet in book} == {"B3"}
    assert first["C3"].alignment.wrap_text
    assert first.max_row == 4 + len(corpus.cases), "a note stands below"


def test_the_same_matrix_is_the_same_bytes(bundled):
    corpus, study = bundled("simon2021_simulated")
    matrix = framework_matrix(corpus, study)
    made = [matrix_workbook(matrix, corpus, study) for _ in range(2)]
    core = zipfile.ZipFile(io.BytesIO(made[0])).read("docProps/core.xml").decode()

    assert made[0] == made[1]
    assert "2000-01-01" in core
    assert matrix_page(matrix, corpus, study) == matrix_page(matrix, corpus, study)


@pytest.mark.parametrize("written", [FORMULA, "+1+1", "@SUM(A1)", "-2", "12", "http://example.org/x"])
def test_whatever_people_wrote_stays_text(small, written):
    small.files["charting.csv"] = (
        f'case_id,code_id,summary\nP1,waiting,"{written.replace(chr(34), chr(34) * 2)}"\n'
    )
    corpus, study = small.both()
    cells = [cell for sheet in _book(corpus, study) for row in sheet.iter_rows() for cell in row]
    found = [cell for cell in cells if cell.value == written]

    assert [(cell.data_type, cell.hyperlink) for cell in found] == [("s", None)]


def test_a_policy_without_text_leaves_no_summary_and_no_quote(small):
    corpus, study = small.both(disclosure__policy="text_free")
    matrix = framework_matrix(corpus, study)
    book = zipfile.ZipFile(io.BytesIO(matrix_workbook(matrix, corpus, study)))
    written = "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist())
    page = matrix_page(matrix, corpus, study)

    assert "Summary: " not in written + page
    assert "waited" not in written + page
    assert "[not shown]" in written


def test_a_summary_with_an_address_in_it_is_not_shown(small):
    small.files["charting.csv"] = "case_id,code_id,summary\nP1,waiting,write to a@b.org\n"
    corpus, study = small.both()

    assert "a@b.org" not in matrix_page(framework_matrix(corpus, study), corpus, study)


def test_links_lead_to_quotes_that_are_on_the_page(bundled):
    corpus, study = bundled("simon2021_simulated")
    page = matrix_page(framework_matrix(corpus, study), corpus, study)
    links, targets = set(re.findall(r'href="#([^"]+)"', page)), set(re.findall(r'<li id="([^"]+)"', page))

    assert links == targets
    assert len(links) > 50
    assert "http" not in page.replace("http-equiv", "")


def test_rows_follow_the_order_of_the_matrix_and_every_cell_has_a_state(bundled):
    corpus, study = bundled("simon2021_simulated")
    matrix = framework_matrix(corpus, study)
    parts = sheets(matrix, corpus, study)

    assert sum((len(part.columns) - 2) * len(part) for part in parts.values()) == len(matrix)
    for part in parts.values():
        assert part["participant"].iloc[0] == "commissioners and managers 1"
        assert (part.iloc[:, 2:] != "").all().all()


def test_participants_stand_under_their_group(small):
    corpus, study = small.both()
    page = matrix_page(framework_matrix(corpus, study), corpus, study)
    heads = re.findall(r'<th scope="rowgroup"[^>]*>([^<]*)</th>', page)

    assert heads[:2] == ["patient (n = 2)", "staff (n = 1)"]
    assert page.index("patient 2") < page.index("staff (n = 1)") < page.index("staff 1")


def test_gaps_are_listed_on_the_page_and_in_the_workbook(bundled):
    corpus, study = bundled("simon2021_simulated")
    matrix = framework_matrix(corpus, study)
    truth = simulate.truth("simon2021_simulated")
    listed = gaps(matrix, corpus, study)
    last = _book(corpus, study).worksheets[-1]

    assert (listed["what"] == "coded, not charted").sum() == len(truth.not_charted)
    assert (listed["what"] == "charted, no segment coded").sum() == len(truth.charted_only)
    assert [last.cell(row, 4).value for row in range(3, 3 + len(listed))] == listed["what"].tolist()
    assert matrix_page(matrix, corpus, study).count("coded, not charted") == len(truth.not_charted)


def test_where_counts_are_hidden_no_line_is_about_one_participant(bundled):
    corpus, study = bundled("simon2021_simulated")
    hidden = study.disclosure.model_copy(update={"policy": "hes_before_2018"})
    study = study.model_copy(update={"disclosure": hidden})
    matrix = framework_matrix(corpus, study)
    book = _book(corpus, study)

    assert sheets(matrix, corpus, study) == {}
    assert [sheet.title for sheet in book] == ["To be looked at"]
    assert "managers 1" not in matrix_page(matrix, corpus, study)


def test_colours_of_the_page_read_on_their_grounds():
    """WCAG 2: 4.5 to 1 for text."""
    for ink, ground in (
        ("1a1a1a", "ffffff"),
        ("595959", "ffffff"),
        ("005a8f", "ffffff"),
        ("1a1a1a", "fff3cd"),
    ):
        assert f"#{ink}" in STYLE
        assert _contrast(ink, ground) >= 4.5


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
