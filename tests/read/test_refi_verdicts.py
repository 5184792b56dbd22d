"""One bad document among many of a REFI-QDA project is named with its score; the others stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.disclosure import public_warnings
from analysis.errors import DataError

from . import twins
from .conftest import STUDY
from .test_refi import corpus, draft, found_in

MANY = 50
UNFIT = "codings of documents whose positions do not fit"


def bad_one(path: Path, dialect: str, known: twins.Truth, bad: str, by: int = 3) -> Path:
    """Write a project whose text of one document was changed after coding: its positions are `by` off."""
    count = {"nvivo": twins.utf16, "atlasti": twins.one_a_line_end}[dialect]

    def counted(text: str, position: int) -> int:
        return count(text, position) + by * (text == known.texts[bad])

    return twins.DIALECTS[dialect](path, known, counted)


def many() -> twins.Truth:
    """Return documents none of which is as long as another, so that their texts tell them apart."""
    known = twins.truth(documents=MANY, lines=12, each=30)
    assert len(set(known.texts.values())) == MANY
    return known


@pytest.mark.parametrize("dialect", ["nvivo", "atlasti"])  # by word edges; by names that are excerpts
def test_one_bad_document_among_fifty_is_named_and_the_others_stand(dialect, tmp_path):
    known, bad = many(), "Interview 18"
    path = bad_one(tmp_path / "t.qdpx", dialect, known, bad)
    read, held = draft(path), corpus(path)
    assert found_in(held, known.texts) == {each for each in known.codings if each[0] != bad}
    spans = {each for each in known.codings if each[0] == bad}
    assert read.facts["left"][UNFIT] == len(spans)
    assert read.facts["positions"]["verdict"] == "proved"
    (exception,) = read.facts["positions"]["exceptions"]
    assert " fit (" in exception and int(exception.rpartition(": ")[2].split()[0]) < len(spans) / 2
    (warning,) = [each for each in read.warnings if "positions do not fit the document" in each]
    assert warning.endswith("their codings were left out.") and exception.partition(":")[0] in warning


def test_a_refused_project_names_the_documents_that_fit_worst(tmp_path):
    known = twins.truth(documents=3)
    path = bad_one(tmp_path / "t.qdpx", "nvivo", known, "Interview 2")
    with pytest.raises(DataError, match=r'Export the project again\. "Interview \(\w+\)": \d+ of \d+ fit'):
        draft(path)


def test_a_project_in_which_all_fits_has_no_exception(tmp_path):
    read = draft(twins.nvivo(tmp_path / "t.qdpx", many()))
    assert read.facts["positions"]["exceptions"] == []
    assert UNFIT not in read.facts["left"]


def test_a_document_in_which_people_dragged_over_spaces_is_kept(tmp_path):
    known = twins.truth(documents=20, lines=12, each=30)
    dragged = twins.Truth(known.texts, {_wider(known.texts, each) for each in known.codings})
    path = twins.nvivo(tmp_path / "t.qdpx", dragged)
    assert found_in(corpus(path), known.texts) == dragged.codings
    assert UNFIT not in draft(path).facts["left"]


def _wider(texts: dict[str, str], coding: tuple[str, int, int, str, str]) -> tuple[str, int, int, str, str]:
    """Return a coding of the first interview with the space behind it, others as they are."""
    document, start, end, *rest = coding
    more = document == "Interview 1" and texts[document][end : end + 1] == " "
    return document, start, end + more, *rest


def test_the_warning_names_nobody_where_no_text_may_be_shown(tmp_path):
    path = bad_one(tmp_path / "t.qdpx", "atlasti", known := many(), "Interview 18")
    held = corpus(path)
    assert any("Interview 18" in each for each in held.warnings)
    told = [each for each in public_warnings(held, STUDY) if "do not fit the document" in each]
    assert len(told) == 1 and "[name]" in told[0] and not any(name in told[0] for name in known.texts)
