"""No message ever shows what people said.

A secret word stands in every text, memo, summary, definition and remark of the small study. Each table is
broken in many ways; what is then told, on the way in or on the command line, never holds the word.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.cli import main
from analysis.errors import ConcordError

CORE = ("cases", "documents", "segments", "coders", "codes", "codings", "recodes")
TABLES = (
    "cases", "documents", "turns", "segments", "coders", "codes", "codings", "assignments", "asked",
    "charting", "audit", "recodes",
)  # fmt: skip
WORDS = {  # where somebody's words stand
    "documents": ["text"],
    "segments": ["text"],
    "codes": ["definition"],
    "codings": ["memo"],
    "charting": ["summary"],
    "audit": ["comment", "resolution"],
    "recodes": ["why"],
}


def swapped(rows, column, other, row):
    """Two headers changed places."""
    a, b = column % len(rows[0]), other % len(rows[0])
    rows[0][a], rows[0][b] = rows[0][b], rows[0][a]
    return rows


def exchanged(rows, column, other, row):
    """The cells of one row changed places."""
    at, a, b = 1 + row % (len(rows) - 1), column % len(rows[0]), other % len(rows[0])
    rows[at][a], rows[at][b] = rows[at][b], rows[at][a]
    return rows


def copied(rows, column, other, row):
    """A column was pasted over another."""
    a, b = column % len(rows[0]), other % len(rows[0])
    return [rows[0], *([*r[:a], r[b], *r[a + 1 :]] for r in rows[1:])]


def renamed(rows, column, other, row):
    rows[0][column % len(rows[0])] += "x"
    return rows


def without_header(rows, column, other, row):
    return rows[1:]


def without_column(rows, column, other, row):
    at = column % len(rows[0])
    return [r[:at] + r[at + 1 :] for r in rows]


def emptied(rows, column, other, row):
    rows[1 + row % (len(rows) - 1)][column % len(rows[0])] = ""
    return rows


def sorted_alone(rows, column, other, row):
    """A spreadsheet sorted one column and left the others."""
    at = column % len(rows[0])
    cells = sorted((r[at] for r in rows[1:]), reverse=True)
    return [rows[0], *([*r[:at], cell, *r[at + 1 :]] for r, cell in zip(rows[1:], cells, strict=True))]


def doubled(rows, column, other, row):
    return [*rows, rows[1 + row % (len(rows) - 1)]]


def split(rows, column, other, row):
    """A text lost its quotation marks, so that its row has a cell too many."""
    at = 1 + row % (len(rows) - 1)
    return [*rows[:at], [part for c in rows[at] for part in c.split(" ", 1)], *rows[at + 1 :]]


BREAKS = (
    swapped, exchanged, copied, renamed, without_header, without_column, emptied, sorted_alone, doubled,
    split,
)  # fmt: skip


def told(small) -> str:
    """Return everything that reading the study says: its error, or its warnings."""
    try:
        return "\n".join(small.corpus().warnings)
    except ConcordError as error:
        return "\n".join([str(error), *(str(problem) for problem in error.problems)])


def test_the_word_stands_wherever_words_can_stand(small):
    """Else the tests below would find nothing because there is nothing."""
    for table, columns in WORDS.items():
        rows = small.rows(table)
        for column in columns:
            cells = [row[rows[0].index(column)] for row in rows[1:]]
            assert any(small.secret in cell for cell in cells), (table, column)


HOW = {
    "broken": st.sampled_from(BREAKS),
    "column": st.integers(0, 6),
    "other": st.integers(0, 6),
    "row": st.integers(0, 20),
}
QUIETLY = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def told_of_broken(small, table, broken, column, other, row) -> str:
    small.keep(*(f"{name}.csv" for name in dict.fromkeys([*CORE, table])))
    small.put(table, broken(small.rows(table), column, other, row))
    return told(small)


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=2, **QUIETLY)
@given(**HOW)
def test_no_message_shows_what_people_said(new_small, table, broken, column, other, row):
    small = new_small()
    assert small.secret not in told_of_broken(small, table, broken, column, other, row)


@pytest.mark.soak
@settings(max_examples=3000, **QUIETLY)
@given(table=st.sampled_from(TABLES), **HOW)
def test_no_message_shows_what_people_said_three_thousand_times(new_small, table, broken, column, other, row):
    small = new_small()
    assert small.secret not in told_of_broken(small, table, broken, column, other, row)


@pytest.mark.parametrize(("table", "columns"), WORDS.items())
def test_nor_does_the_command_line(small, capfd, table, columns):
    """Words under the name of an id, and no header over the ids."""
    rows = small.rows(table)
    small.put(table, swapped(rows, rows[0].index(columns[0]), 0, 0))
    main(["--root", str(small.write().root), "check", "small"])
    out, err = capfd.readouterr()

    assert out + err
    assert small.secret not in out + err
    assert "Traceback" not in err


def test_wide_files_keep_words_to_themselves(small):
    """A column of text was taken for a coder's, and one segment has two texts."""
    small.only()
    small.settings = small.settings.replace(
        "{file: codings.csv, stage: independent}",
        "{file: wide.csv, format: wide, stage: independent, segment: id, text: said, coders: [A, said],"
        " variable: mood}",
    )
    small.settings += "variables: {mood: {kind: nominal, values: [x, y]}}\n"
    header = ["id", "said", "A", "B"]
    first = ["1", f"so {small.secret}, all of it to be sure", "x", "y"]
    for name in ("1", "2"):
        small.put("wide", [header, first, [name, f"what a {small.secret} day that has been", "x", ""]])
        said = told(small)
        assert "wide.csv" in said
        assert small.secret not in said
