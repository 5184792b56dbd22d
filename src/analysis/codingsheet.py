"""A blank sheet for one coder: their transcripts, their codes to choose from, nothing of anybody else.

Who a participant is and what others gave is left out. `concord import` reads a filled-in sheet back.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from .assign import Drawn
from .corpus import Corpus
from .division import divide
from .errors import DataError, Problem, quoted
from .officefiles import plain_workbook
from .read.codingsheet import CODES, CODES_A_SEGMENT, FIXED, title
from .settings import Where
from .simulate.chance import generator, shuffled
from .study import Study

if TYPE_CHECKING:
    from xlsxwriter import Workbook

__all__ = ["coding_sheet"]

WIDTHS = {"words": 80, "segment": 16, "document": 18, "speaker": 14, "memo": 40}
HIDDEN = ("start", "end")
LONGEST = 32_000


def coding_sheet(corpus: Corpus, study: Study, drawn: Drawn, coder: str) -> bytes:
    """Return the workbook of one coder; the same draw gives the same bytes.

    Parameters
    ----------
    corpus : Corpus
    study : Study
        Declared variables become columns of their own.
    drawn : Drawn
    coder : str

    Raises
    ------
    DataError
        If coders draw their own segments and a transcript has no text: there is nothing to show them.
    """
    rows = list(_rows(corpus, study, drawn, coder))
    choices = _choices(corpus, study)
    columns = [*FIXED, *choices, "memo"]
    round_ = int(drawn.assignments["round"].iloc[0])
    buffer = io.BytesIO()
    with plain_workbook(buffer) as book:
        page = book.add_worksheet("coding")
        bold = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        page.write_string(0, 0, title(study.study, coder, round_))
        for at, name in enumerate(columns):
            page.write_string(1, at, name, bold)
            page.set_column(at, at, WIDTHS.get(name, 22), wrapped, {"hidden": name in HIDDEN})
        for number, cells in enumerate(rows, start=2):
            for at, name in enumerate(FIXED):
                page.write_string(number, at, cells[name][:LONGEST], wrapped)
        for name, source in choices.items():
            at = columns.index(name)
            if rows:
                page.data_validation(2, at, 1 + len(rows), at, {"validate": "list", "source": source})
        page.freeze_panes(2, 1)
        _codebook(book, corpus, bold, wrapped)
    return buffer.getvalue()


def _choices(corpus: Corpus, study: Study) -> dict[str, str | list[str]]:
    """Return column -> what may be chosen in it: codes from the codebook's sheet, values as declared."""
    found: dict[str, str | list[str]] = {}
    if not corpus.codes.empty:
        listed = f"=codebook!$A$2:$A${1 + len(corpus.codes)}"
        found |= {f"{CODES} {n}": listed for n in range(1, CODES_A_SEGMENT + 1)}
    return found | {name: each.values for name, each in study.variables.items() if each.values}


def _rows(corpus: Corpus, study: Study, drawn: Drawn, coder: str) -> Iterator[Mapping[str, str]]:
    """Yield the segments of the coder's transcripts, transcripts in an order of their own."""
    mine = drawn.assignments.loc[drawn.assignments["coder_id"] == coder, "document_id"].tolist()
    order = shuffled(generator(study.seed, f"sheet:{coder}"), mine)
    pieces = _pieces(corpus, study)
    if study.segmentation == "own":
        _refuse_bare(corpus, mine)
    texts = corpus.documents.set_index("document_id")["text"]
    for document in order:
        for row in (
            pieces[pieces["document_id"] == document].sort_values("start", kind="stable").to_dict("records")
        ):
            text = texts[document] if pd.isna(row["text"]) else row["text"]
            spanned = pd.isna(row["text"]) and not pd.isna(row["start"]) and not pd.isna(text)
            words = text[int(row["start"]) : int(row["end"])] if spanned else text
            told = {"segment": row["segment_id"], "document": document, "speaker": row["speaker"]}
            told |= {"start": row["start"], "end": row["end"], "words": words}
            yield {name: "" if pd.isna(value) else str(value) for name, value in told.items()}


def _refuse_bare(corpus: Corpus, documents: list[str]) -> None:
    told = corpus.documents[corpus.documents["document_id"].isin(documents)]
    bare = told.loc[told["text"].isna(), "document_id"].tolist()
    if bare:
        what = "has no text to draw segments in (segmentation: own): import the transcript."
        raise DataError([Problem(f"document {quoted(document)} {what}") for document in bare])


def _pieces(corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return what is coded: the segments given, in documents without any the paragraphs.

    Where each coder draws their own segments, those that are there are what earlier coders drew: a coder who
    saw them would not be blind, so it is paragraphs everywhere.
    """
    columns = ["segment_id", "document_id", "start", "end", "speaker", "text"]
    given = corpus.segments[columns]
    if study.segmentation == "own":
        given = given.iloc[:0]
    bare = corpus.documents[~corpus.documents["document_id"].isin(given["document_id"])]
    if bare["text"].notna().any():
        units = divide(corpus, Where(), "paragraph").rename(columns={"unit_id": "segment_id"})
        units = units[units["document_id"].isin(bare["document_id"])]
        given = pd.concat([given, units.reindex(columns=columns)], ignore_index=True)
    return given


def _codebook(book: Workbook, corpus: Corpus, bold: object, wrapped: object) -> None:
    page = book.add_worksheet("codebook")
    for at, (name, width) in enumerate({"code_id": 28, "name": 32, "definition": 90}.items()):
        page.write_string(0, at, name, bold)
        page.set_column(at, at, width, wrapped)
        for number, cell in enumerate(corpus.codes[name], start=1):
            page.write_string(number, at, "" if pd.isna(cell) else str(cell), wrapped)
    page.freeze_panes(1, 0)
