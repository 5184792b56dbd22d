"""Control characters: a transcript made from a PDF has form feeds, and yet every file comes out whole."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from pathlib import Path
from xml.dom import minidom

import docx
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from analysis.material import Material
from analysis.papertables import table_files
from analysis.paths import Workspace
from analysis.printable import printable
from analysis.read.controls import without_controls
from analysis.reportword import as_docx
from analysis.results import Step
from analysis.scaffold import new_study
from analysis.study import load_study

ODD = "\x01\x02\x03\x0b\x0c\x1b\x1f\ufffe"


def spoil(source: Path) -> None:
    """Put control characters in place of all blanks, in texts one that is the same wherever they stand."""
    odd = itertools.cycle(ODD)
    for path in source.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            if "text" in row:
                row["text"] = row["text"].replace(" ", "\x0c")
            for name in row.keys() & {"name", "definition", "summary"}:
                row[name] = "".join(next(odd) if each == " " else each for each in row[name])
        with path.open("w", newline="", encoding="utf-8") as file:
            told = csv.DictWriter(file, list(rows[0]))
            told.writeheader()
            told.writerows(rows)


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Material:
    root = tmp_path_factory.mktemp("spoiled")
    (root / "data" / "raw").mkdir(parents=True)
    workspace = Workspace(root)
    new_study(workspace, "demo", "framework")
    spoil(workspace.source("demo"))
    return Material(Step(workspace, "05_report", load_study(workspace, "demo")))


def test_names_are_read_with_blanks_and_that_is_said(spoiled: Material) -> None:
    corpus = spoiled.corpus
    assert not any(odd in "".join(corpus.codes["name"]) for odd in ODD)
    assert any(w.startswith("codes.name: ") and "control characters" in w for w in corpus.warnings)


def test_the_word_report_and_every_table_come_out_whole(spoiled: Material) -> None:
    assert docx.Document(io.BytesIO(as_docx(spoiled))).tables
    for name, content in table_files(spoiled.tables.tables, "Demo"):
        if isinstance(content, str):
            assert not any(odd in content for odd in ODD), name
            continue
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.namelist():
                if part.endswith(".xml"):
                    etree.fromstring(packed.read(part))


def test_figures_are_xml(spoiled: Material) -> None:
    assert spoiled.figures
    for figure in spoiled.figures.values():
        minidom.parseString(figure.svg.encode())


@given(st.text())
def test_what_is_printed_can_stand_in_xml_and_is_as_long(text: str) -> None:
    element = etree.Element("a")
    element.text = printable(text)
    assert len(printable(text)) == len(text)


def test_positions_are_kept_by_leaving_texts_alone() -> None:
    table = pd.DataFrame({"document_id": ["d"], "text": ["one\x0ctwo"], "name": ["a\x0cb"]})
    cleared, said = without_controls("documents", table)
    assert (cleared.at[0, "text"], cleared.at[0, "name"]) == ("one\x0ctwo", "a b")
    assert len(said) == 1
