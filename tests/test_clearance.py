"""Files with what looks like a direct identifier do not go out, in whatever they are packed."""

from __future__ import annotations

import io
import json
import unicodedata

import pandas as pd
import pytest
import xlsxwriter
from docx import Document

from analysis.clearance import clear_files, clear_for, files_below, readable
from analysis.errors import DisclosureError
from analysis.figures import Drawn
from analysis.graph import STEPS
from analysis.plans import Plan
from analysis.records import Records
from analysis.results import Step
from analysis.schedule import Schedule
from analysis.siblings import Siblings
from analysis.staging import Stage
from analysis.starts import Start

PHONE = "ring 020 7946 0018"
FINDS = {
    "quotes.csv": f"x\n{PHONE}\n",
    "methods.md": f"# Methods\n\n{PHONE}\n",
    "index.html": f"<p>fine</p>\n<p>{PHONE}</p>",
    "alt.html": f'<img src="a.png" alt="{PHONE}">',
    "data.html": f'<script type="application/json">{{"quote": "{PHONE}"}}</script>',
    "comment.html": f"<!-- {PHONE} -->",
    "entity.html": "<p>jo&#64;example.org</p>",
    "mail.html": '<a href="mailto:jo@example.org">write</a>',
    "form.html": '<input type="text" value="jo@example.org">',
    "bare.html": "<input value=jo@example.org>",
    "hint.html": f'<input placeholder="{PHONE}">',
    "link.svg": '<svg><a xlink:href="mailto:jo@example.org"/></svg>',
    "hard.html": f"<p>{PHONE.replace(' ', '&nbsp;')}</p>",
    "a.svg": f"<svg><text>{PHONE}</text></svg>",
    "title.svg": f"<svg><title>{PHONE}</title></svg>",
}


def xlsx(text: str) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.add_worksheet("One").write_string(3, 0, text)
    return buffer.getvalue()


def docx(text: str) -> bytes:
    buffer, document = io.BytesIO(), Document()
    document.add_table(1, 1).cell(0, 0).text = text
    document.save(buffer)
    return buffer.getvalue()


def notebook(html: str) -> str:
    output = {"output_type": "execute_result", "data": {"text/html": [html], "image/png": "07700900123"}}
    return json.dumps({"cells": [{"cell_type": "code", "id": "quotes", "source": "x", "outputs": [output]}]})


def test_what_several_documents_share_is_told_of_each():
    with pytest.raises(DisclosureError) as error:
        clear_files({"a.docx": docx(PHONE), "b.docx": docx(PHONE), "c.docx": docx("fine")})

    assert [problem.file for problem in error.value.problems] == ["a.docx", "b.docx"]


@pytest.mark.parametrize("file", FINDS)
def test_an_identifier_is_an_error_that_names_the_file_and_never_the_text(file):
    with pytest.raises(DisclosureError) as error:
        clear_files({"fine.csv": "1,2,3", file: FINDS[file]})

    told = str(error.value)
    assert file in told
    assert "disclosure.allowed" in told
    assert "7946" not in told
    assert "example" not in told


@pytest.mark.parametrize("written", ["<b>Anna</b> Smith", "Anna\nSmith", "Anna&nbsp;Smith", "Anna  Smith"])
def test_a_listed_name_is_found_however_the_page_sets_it(written):
    with pytest.raises(DisclosureError, match="name listed by the study in line 1"):
        clear_files({"a.html": f"<p>{written} said</p>"}, ["Anna Smith"])


@pytest.mark.parametrize(("file", "made"), [("a.xlsx", xlsx), ("a.docx", docx)])
def test_office_files_are_read_as_the_xml_that_they_pack(file, made):
    clear_files({file: made("nothing to see")})
    with pytest.raises(DisclosureError, match=r"telephone number in (xl/sharedStrings|word/document)\.xml"):
        clear_files({file: made(PHONE)})


def test_a_notebook_is_read_by_cell_and_its_pictures_are_not():
    clear_files({"a.ipynb": notebook("<p>fine</p>")})
    with pytest.raises(DisclosureError, match="telephone number in cell quotes, line 1"):
        clear_files({"a.ipynb": notebook(f"<p>{PHONE}</p>")})


@pytest.mark.parametrize(
    "content",
    [
        '<svg><path d="M 020 7946 0018 L 07700 900123"/></svg>',
        '<img src="data:image/png;base64,SW1A 1AA07700900123">',
        "<style>a{width:07700900123px}</style>",
        "<p>63.2 % of 19, alpha .743</p>",
    ],
)
def test_drawing_and_embedded_pictures_are_no_words(content):
    clear_files({"a.html": content})


def test_what_a_study_allows_it_allows_however_accents_are_written():
    taken_apart = unicodedata.normalize("NFD", "José said")
    clear_files({"a.md": taken_apart}, ["José"], allowed=["José"])


def test_lines_are_counted_as_an_editor_does():
    ((_, text),) = readable("a.html", f"<p\nid='x'>\n\n{PHONE}</p>")

    assert text[: text.index("020")].count("\n") == 3


def test_what_the_study_allows_goes_out(small):
    (small.raw).mkdir(parents=True)
    (small.raw / "names.txt").write_text("Anna Beispiel\n", encoding="utf-8")
    study = small.study(disclosure__allowed=["020 7946 0018"], disclosure__names="names.txt")

    clear_for(small.workspace, study, {"a.md": PHONE})
    with pytest.raises(DisclosureError, match="name listed by the study"):
        clear_for(small.workspace, study, {"a.md": "Anna Beispiel said"})


def test_a_step_leaves_neither_a_file_nor_a_figure_with_an_identifier(small, monkeypatch):
    monkeypatch.delenv("CONCORD_STAGE", raising=False)
    step = Step(small.write(), "03_themes", small.study())
    drawn = Drawn(f"<svg><text>{PHONE}</text></svg>", "", "", pd.DataFrame({"n": [1]}))

    with pytest.raises(DisclosureError):
        step.publish("a.md", PHONE)
    with pytest.raises(DisclosureError):
        step.publish_all({"fine.md": "fine", "a.md": PHONE})
    with pytest.raises(DisclosureError):
        step.figure("a", drawn)
    assert files_below(step.out) == {}


def test_the_runner_puts_no_executed_notebook_with_an_identifier_into_place(small):
    plan = Plan(small.write(), small.study(), small.study(), {})
    schedule = object.__new__(Schedule)  # as far as placing needs it: no kernel is started
    schedule.steps, schedule.settled = STEPS, {plan.label: {}}
    schedule.siblings = Siblings()
    schedule.records = {plan.label: Records(plan.workspace, plan.name)}
    stage = Stage(plan.workspace, plan.name, "03_themes")
    (stage.folder / "current.json").write_text('{"cell": "record"}')
    stage.recorded.write_text('{"results": []}')
    pages = stage.out / "reports" / "notebooks"
    pages.mkdir()
    (pages / "03_themes.ipynb").write_text(notebook(f"<p>{PHONE}</p>"), encoding="utf-8")
    step = next(each for each in STEPS if each.name == "03_themes")

    ending = schedule._placed(Start(plan, step, "forced", {}, {}, {}, stage), {}, list)

    assert ending.status == "failed"
    assert "notebooks/03_themes.ipynb: telephone number in cell quotes" in str(ending.failure)
    assert not plan.workspace.reports("small").exists()
