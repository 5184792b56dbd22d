"""report.docx: headings, captions, tables and pictures that Word and LibreOffice take for what they are."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile

import docx
import pytest

from analysis.paths import Workspace
from analysis.report import Material
from analysis.reportword import as_docx
from analysis.results import Step
from analysis.study import load_study
from analysis.tablebook import as_workbook


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, bytes]:
    """Return the report of a new study of two methods, as invented examples."""
    from analysis.scaffold import new_study

    root = tmp_path_factory.mktemp("reports")
    (root / "data" / "raw").mkdir(parents=True)
    workspace = Workspace(root)
    found = {}
    for method in ("framework", "reflexive"):
        new_study(workspace, method, method)
        found[method] = as_docx(Material(Step(workspace, "05_report", load_study(workspace, method))))
    again = Material(Step(workspace, "05_report", load_study(workspace, "framework")))
    found["again"] = as_docx(again)
    found["book"] = as_workbook(again.tables.tables, "A framework study")
    return found


def opened(content: bytes):
    return docx.Document(io.BytesIO(content))


def test_headings_are_headings_in_order(made):
    document = opened(made["framework"])
    told = [
        (p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith(("Heading", "Title"))
    ]

    assert told[0][0] == "Title"
    assert [text for _, text in told[1:]] == [
        "Methods", "Did the coders agree?", "Who contributed to what?", "Framework matrix",
    ]  # fmt: skip


def test_it_says_that_data_are_simulated(made):
    assert "Simulated data" in opened(made["framework"]).paragraphs[1].text


def test_every_picture_has_an_alternative_text_and_a_caption(made):
    document = opened(made["framework"])
    pictures = [shape._inline.docPr for shape in document.inline_shapes]
    captions = [
        p.text for p in document.paragraphs if p.style.name == "Caption" and p.text.startswith("Figure")
    ]

    assert len(pictures) == len(captions) > 2
    assert all(len(picture.get("descr")) > 20 for picture in pictures)


def test_every_reference_names_a_bookmark_that_is_there(made):
    for name in ("framework", "reflexive"):
        markup = opened(made[name]).element.xml
        referred = {part.split()[0] for part in markup.split(" REF ")[1:]}
        assert referred
        assert all(f'w:name="{bookmark}"' in markup for bookmark in referred)


def test_a_reflexive_study_shows_no_coefficient(made):
    text = "\n".join(p.text for p in opened(made["reflexive"]).paragraphs)

    assert "Did the coders agree?" not in text
    assert "alpha" not in text


def paragraphs_of(study) -> list[str]:
    content = as_docx(Material(Step(study.write(), "05_report", study.study())))
    return [p.text for p in opened(content).paragraphs]


@pytest.fixture
def audited(small):
    """A descriptive-interpretive study with two audit remarks and a claim."""
    small.edit("study.yml", "method: codebook", "method: gdi_qr")
    rows = [row for row in small.rows("codings") if "mood" not in row]
    small.put("codings", rows)
    small.write()
    (small.raw / "claims.yml").write_text(
        '- {id: sample, says: "", source: full_text, basis: stated, result: cases.n, printed: "3"}\n'
    )
    return small


def test_an_audit_comes_before_any_coefficient(audited):
    told = paragraphs_of(audited)
    text = "\n".join(told)

    assert "item: P1-2; auditor: C; comment: is this quixotic segment" in text
    assert told.index("Audit") < told.index("Methods")
    assert text.index("auditor: C") < text.index("alpha")


def test_audit_remarks_stay_away_where_the_policy_shows_no_text(audited):
    audited.edit("study.yml", "as_published", "text_free")
    text = "\n".join(paragraphs_of(audited))

    assert "2 audit remarks; not shown." in text
    assert audited.secret not in text


def test_what_verdicts_show_is_said_above_all_of_them(audited):
    told = paragraphs_of(audited)
    at = told.index("Numbers recomputed")

    assert told[at + 1].endswith("not whether the interpretation is right.")
    assert told[at + 2 : at + 4] == ["1 claims: 1 are checked here, 0 cannot be.", "reproduced: 1"]


def test_the_same_material_gives_the_same_bytes(made):
    assert made["framework"] == made["again"]


def test_no_time_and_nobody_is_in_its_properties(made):
    core = zipfile.ZipFile(io.BytesIO(made["framework"])).read("docProps/core.xml").decode()

    assert "2000-01-01" in core
    assert "python-docx" not in core


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("file", "name"), [("report.docx", "framework"), ("tables.xlsx", "book")])
def test_libreoffice_opens_it(made, tmp_path, file, name):
    (tmp_path / file).write_bytes(made[name])
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "pdf",
    ]
    subprocess.run([*command, file], cwd=tmp_path, check=True, capture_output=True, timeout=120)

    assert (tmp_path / file).with_suffix(".pdf").read_bytes().startswith(b"%PDF")
