"""Messages: what is wrong, where, what was found, what to do; all at once, five shown."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import errors
from analysis.errors import ConcordError, DataError, Problem, RunError, StudyError, cell, did_you_mean, quoted

TREE = [getattr(errors, name) for name in errors.__all__ if name.endswith("Error")]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem("empty.", file="a.csv", row=3, column="x"), "a.csv, row 3, column 'x': empty."),
        (Problem("empty.", file="a.csv", row=3), "a.csv, row 3: empty."),
        (Problem("is empty.", file="a.csv"), "a.csv: is empty."),
        (
            Problem("is missing.", file="study.yml", line=4, column="seed"),
            "study.yml, line 4, 'seed': is missing.",
        ),
        (Problem("is missing.", file="study.yml", column="seed"), "study.yml, 'seed': is missing."),
        (Problem("nothing to say where."), "nothing to say where."),
    ],
)
def test_problem_is_one_line_with_its_place(problem, said):
    assert str(problem) == said


def test_problems_of_one_file_name_it_once():
    error = DataError(
        [Problem("empty.", "a.csv", 2, "x"), Problem("empty.", "a.csv", 3, "x")], next_step="Fix."
    )
    assert str(error).splitlines() == [
        "a.csv has 2 problems:",
        "  row 2, column 'x': empty.",
        "  row 3, column 'x': empty.",
        "Fix.",
    ]


def test_problems_of_several_files_name_each():
    error = DataError([Problem("empty.", "a.csv", 2), Problem("empty.", "b.csv", 3)], title="study demo")
    assert str(error).splitlines()[1:] == ["  a.csv, row 2: empty.", "  b.csv, row 3: empty."]


def test_a_title_that_does_not_say_the_file_does_not_hide_it():
    error = StudyError(Problem("not declared.", "study.yml", column="segmentation"), title="study demo")
    assert "study.yml, 'segmentation'" in str(error)


@given(st.integers(2, 10_000))
def test_a_screenful_at_most_however_many_problems(n):
    error = DataError([Problem("empty.", "a.csv", row) for row in range(n)], next_step="Fix.")

    lines = str(error).splitlines()
    assert len(lines) <= 8
    assert f"{n} problems" in lines[0]
    assert len(error.problems) == n
    assert (f"... and {n - 5} more." in str(error)) == (n > 5)


@pytest.mark.parametrize("kind", TREE)
def test_every_error_is_a_concord_error_with_an_exit_status(kind):
    assert issubclass(kind, ConcordError)
    assert kind("wrong").exit_status == (1 if kind is RunError else 2)


@pytest.mark.parametrize("kind", TREE)
def test_every_error_comes_back_whole_from_another_process(kind):
    error = kind([Problem("empty.", "a.csv", 2)], title="t", next_step="Fix.")
    back = pickle.loads(pickle.dumps(error))
    assert (type(back), back.problems, str(back)) == (kind, error.problems, str(error))


@pytest.mark.parametrize(
    ("found", "known", "hint"),
    [
        ("segmnet_id", ["segment_id", "value"], ' Did you mean "segment_id"?'),
        ("Patient", ["patient", "staff"], ' Did you mean "patient"?'),
        ("zzz", ["segment_id"], ""),
        ("x", [], ""),
    ],
)
def test_did_you_mean(found, known, hint):
    assert did_you_mean(found, known) == hint


def test_long_values_are_cut():
    assert quoted("a" * 200) == f'"{"a" * 59}…"'


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=8), st.integers(6, 60))
def test_a_cell_that_reads_as_a_sentence_is_never_shown(word, n):
    """Columns get mixed up: what stands for an id may be somebody's words."""
    sentence = " ".join([word] * n)
    assert cell(sentence) == f"a text of {len(sentence)} characters"
