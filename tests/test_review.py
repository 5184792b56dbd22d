"""Walking through segments coded differently, by panel or by spreadsheet."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from analysis.decisions import standing
from analysis.decisionsheet import read_sheet, sheet
from analysis.errors import DataError, UsageError
from analysis.ledger import Ledger
from analysis.review import Chosen, Review


@pytest.fixture
def review(small) -> Review:
    corpus, plan = small.both()
    return Review(corpus, plan, Ledger(small.workspace.decisions("small")), "ana")


def ben(review: Review) -> Review:
    """Return the same review with somebody else at the keyboard."""
    return replace(review, by="ben", mine=[])


def asked(review: Review) -> list[tuple[str, str]]:
    return [(item.question.unit_id, item.about) for item in review.items]


def test_items_are_what_coders_gave_differently_in_reading_order(review):
    """The small study: on P1-3 contact against waiting, on P2-2 the mood, on P2-3 cost by A alone."""
    assert asked(review) == [
        ("P1-3", "contact"), ("P1-3", "waiting"), ("P2-2", "mood"), ("P2-3", "cost"),
    ]  # fmt: skip
    assert dict(review.items[0].marks) == {"A": "yes", "B": "no"}


@pytest.mark.parametrize(
    ("unit", "first"), [("case", "P1"), ("document", "D1"), ("question", "P1:q3"), ("sentence", "D1:148")]
)
def test_items_are_of_the_unit_that_the_study_compares_on(small, unit, first):
    corpus, plan = small.both(agreement__unit=unit)
    review = Review(corpus, plan, Ledger(small.workspace.decisions("small")), "ana")
    codes = [item for item in review.items if item.question.code_id]

    assert codes[0].question.unit_id == first
    assert codes[0].document_id == "D1"
    assert small.secret in review.contested.passage(codes[0]).text
    assert sheet(review)


def test_a_sentence_and_a_segment_of_the_same_name_are_told_apart(small):
    """A segment may be named after its place, as those of a coding sheet are; so are sentences."""
    for table in ("segments", "codings", "charting", "audit"):
        small.files[f"{table}.csv"] = small.files[f"{table}.csv"].replace("P1-3", "D1:148")
    corpus, plan = small.both(agreement__unit="sentence")
    item = Review(corpus, plan, Ledger(small.workspace.decisions("small")), "ana").items[0]

    assert (item.question.unit_id, item.start) == ("D1:148", 148)


def test_a_passage_is_the_segment_between_its_neighbours(review):
    item = review.items[0]
    whole = review.contested.passage(item, around=10_000)
    document = review.corpus.documents.set_index("document_id").loc[item.document_id, "text"]

    assert whole.before + whole.text + whole.after == document
    assert whole.text == document[item.start : item.end]
    near = review.contested.passage(item, around=12)
    assert near.text == whole.text
    assert near.before.startswith("… ")
    assert len(near.before) <= 14


@pytest.mark.parametrize(
    ("chosen", "n"),
    [
        (Chosen(), 4),
        (Chosen(code="waiting"), 1),
        (Chosen(document="D2"), 2),
        (Chosen(pair="A|B"), 4),
        (Chosen(state="decided"), 0),
        (Chosen(code="mood", document="D2", state="open"), 1),
    ],
)
def test_one_may_choose_by_code_pair_document_and_state(review, chosen, n):
    assert len(review.chosen(chosen, review.taken())) == n


def test_a_choice_of_what_is_not_there_says_what_is_near(review):
    with pytest.raises(UsageError, match="waiting"):
        review.chosen(Chosen(code="wating"), [])


def answers(review) -> list[str]:
    """Return what stands on the first item."""
    return [d.after for d in standing(review.taken()).get(review.items[0].question, ())]


def test_taking_back_restores_what_stood_before(review):
    review.decide(0, "yes", "first")
    review.decide(0, "no", "second")
    review.undo()
    assert answers(review) == ["yes"]
    review.undo()
    assert answers(review) == []
    assert review.undo() is None
    assert len(review.taken()) == 4


def test_taken_back_and_decided_anew_is_no_conflict(review):
    review.decide(0, "yes", "too quick")
    review.undo()
    review.decide(0, "no", "on second thoughts")

    assert answers(review) == ["no"]
    assert review.state(review.items[0], review.taken()) == "decided"


def test_taking_back_leaves_what_somebody_else_decided_meanwhile(review):
    review.decide(0, "yes", "first")
    ben(review).decide(0, "no", "with the first in view")
    review.undo()

    assert answers(review) == ["no"]
    assert review.state(review.items[0], review.taken()) == "decided"


def test_an_answer_that_is_none_is_refused_and_nothing_kept(review):
    with pytest.raises(UsageError, match="One of: no, yes"):
        review.decide(0, "maybe", "why")
    assert review.taken() == []


def test_somebody_elses_decision_that_was_not_in_view_is_not_replaced(review):
    ben(review).decide(0, "no", "meanwhile")
    review.decide(0, "yes", "without knowing", seen=[])

    assert review.state(review.items[0], review.taken()) == "conflict"


def filled(content: bytes, answers: dict[int, tuple[str, str]]) -> bytes:
    """Return the sheet with decision and reason written into rows, counted from the first question."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.active
    heading = [cell.value for cell in page[2]]
    for row, (decision, why) in answers.items():
        page.cell(3 + row, 1 + heading.index("decision"), decision)
        page.cell(3 + row, 1 + heading.index("why"), why)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def back(tmp_path):
    def write(content: bytes):
        path = tmp_path / "filled.xlsx"
        path.write_bytes(content)
        return path

    return write


def test_a_sheet_goes_out_and_decisions_come_back(review, back):
    path = back(filled(sheet(review), {0: ("yes", "as defined"), 2: ("low", "her tone")}))
    brought = read_sheet(path, review)

    assert [(d.unit_id, d.code_id or d.variable, d.after) for d in brought.taken] == [
        ("P1-3", "contact", "yes"), ("P2-2", "mood", "low"),
    ]  # fmt: skip
    again = read_sheet(path, review)
    assert (again.taken, again.same) == ([], 2)


def test_what_was_decided_meanwhile_is_a_conflict_not_overwritten(review, back):
    path = back(filled(sheet(review), {0: ("yes", "from the sheet")}))
    ben(review).decide(0, "no", "meanwhile")
    brought = read_sheet(path, review)

    assert [item.question.code_id for item in brought.clashing] == ["contact"]
    assert review.state(review.items[0], review.taken()) == "conflict"


def test_a_row_left_as_it_came_says_nothing_whoever_brings_it_back(review, back):
    review.decide(0, "yes", "first")
    path = back(sheet(review))
    review.decide(0, "no", "on second thoughts")
    brought = read_sheet(path, ben(review))

    assert (brought.taken, brought.clashing, brought.same) == ([], [], 1)
    assert answers(review) == ["no"]


def test_a_row_whose_answer_was_changed_is_a_decision(review, back):
    review.decide(0, "yes", "first")
    brought = read_sheet(back(filled(sheet(review), {0: ("no", "as defined")})), ben(review))

    assert [(d.by, d.after) for d in brought.taken] == [("ben", "no")]
    assert answers(review) == ["no"]


def test_a_wrong_row_keeps_everything_out_and_is_named(review, back):
    path = back(
        filled(sheet(review), {0: ("yes", "fine"), 1: ("yess", "typo"), 2: ("low", ""), 3: ("", "eh")})
    )
    with pytest.raises(DataError) as error:
        read_sheet(path, review)

    assert review.taken() == []
    for told in ("row 4", "row 5", "row 6", 'Did you mean "yes"'):
        assert told in str(error.value)


def test_the_same_decisions_give_the_same_bytes(review):
    assert sheet(review) == sheet(review)


def test_a_text_that_looks_like_a_formula_stays_text(small):
    small.edit("codes.csv", "contact,Contact,", "contact,=1+1,")
    corpus, plan = small.both()
    content = sheet(Review(corpus, plan, Ledger(small.workspace.decisions("small")), "ana"))
    cells = [
        c for row in openpyxl.load_workbook(io.BytesIO(content)).active for c in row if c.value == "=1+1"
    ]

    assert cells
    assert all(cell.data_type == "s" for cell in cells)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"decision,why\nyes,x\n"])
def test_a_file_that_is_no_sheet_is_refused_in_words(review, back, content):
    with pytest.raises(DataError, match=r"filled\.xlsx"):
        read_sheet(back(content), review)
