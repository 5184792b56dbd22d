"""Taguette: twins of a server's database (byte offsets into HTML), of a project export, CSV and xlsx."""

from __future__ import annotations

import csv
import html
import json
import sqlite3

import pytest

from analysis.errors import DataError
from analysis.read.formats import recognise
from analysis.read.html import text_of
from analysis.read.taguette import read_taguette, recognises

SCHEMA = """
create table alembic_version (version_num text);
create table projects (id integer primary key, name text);
create table documents (id integer primary key, name text, contents text);
create table highlights (id integer primary key, document_id integer, start_offset integer,
                         end_offset integer, snippet text);
create table tags (id integer primary key, path text, description text);
create table highlight_tags (highlight_id integer, tag_id integer);
create table commands (id integer primary key, date text, user_login text, project_id integer,
                       document_id integer, payload text);
"""


def as_html(text: str) -> str:
    """Return lines as paragraphs; the line ends stay text between them."""
    lines = [f"<p>{html.escape(line).replace('é', '&eacute;')}</p>" for line in text.split("\n")[:-1]]
    return "".join(f"{line}\n" for line in lines)


def log(n, login, payload):
    return (n, "2024-01-01", login, 1, 1, json.dumps(payload))


def twin(database, truth, logins=("Ada", "Ben"), extra=(), name="twin.sqlite3"):
    doc = {each: n for n, each in enumerate(truth.texts, start=1)}
    tag = {code: n for n, code in enumerate(sorted({s.code for s in truth.spans}), start=1)}
    login = dict(zip(("Ada", "Ben"), logins, strict=True))
    highlights, tags, commands = [], [], []
    for n, s in enumerate(truth.spans, start=1):
        text = truth.texts[s.document]
        start, end = (len(text[:at].encode()) for at in (s.start, s.end))
        highlights.append((n, doc[s.document], start, end, html.escape(truth.words(s))))
        tags.append((n, tag[s.code]))
        payload = {"type": "highlight_add", "highlight_id": n, "start_offset": start, "end_offset": end}
        commands.append(log(n, login[s.coder], payload))
    rows = {
        "alembic_version": [("b6f4b0c2c5a1",)],
        "projects": [(1, "study")],
        "documents": [(doc[each], each, as_html(text)) for each, text in truth.texts.items()],
        "highlights": highlights,
        "tags": [(n, code, None) for code, n in tag.items()],
        "highlight_tags": tags,
        "commands": [*commands, *extra],
    }
    return database(name, SCHEMA, rows)


def test_html_is_reduced_to_its_text_nodes():
    assert text_of("<p>a &lt; b&nbsp;&#128512;</p><!-- x --><ul><li>c</li><li>d</li></ul>") == "a < b\xa0😀cd"


def test_byte_offsets_and_coders_are_recovered_exactly(database, truth, given, spans_of):
    path = twin(database, truth)
    assert recognises(path.read_bytes()[:100], path)
    draft = read_taguette(path, given(path))
    assert draft.tables["documents"]["text"].tolist() == list(truth.texts.values())
    assert draft.facts["positions"]["unit"] == "utf-8"
    assert spans_of(draft) == set(truth.spans)


def test_an_edit_by_somebody_else_leaves_the_creator_and_is_reported(database, truth, given, spans_of):
    edit = log(9001, "Cy", {"type": "highlight_add", "highlight_id": 1})
    path = twin(database, truth, extra=[edit])
    draft = read_taguette(path, given(path))
    assert spans_of(draft) == set(truth.spans)
    assert any("1 highlights were changed by somebody else" in warning for warning in draft.warnings)


def test_an_exported_project_calls_everybody_admin_and_needs_its_coder(database, truth, given, spans_of):
    path = twin(database, truth, logins=("admin", "admin"))
    with pytest.raises(DataError, match="none of the codings names a coder"):
        read_taguette(path, given(path))
    draft = read_taguette(path, given(path, coder="Ada"))
    assert {span._replace(coder="") for span in spans_of(draft)} == {
        s._replace(coder="") for s in truth.spans
    }


def test_highlights_without_tags_are_counted(database, truth, given):
    path = twin(database, truth)
    with sqlite3.connect(path) as connection:
        connection.execute("delete from highlight_tags where highlight_id = 1")
    assert read_taguette(path, given(path)).facts["left"]["highlights without a tag"] == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_highlights_in_a_table_are_excerpts_of_the_coder_that_is_given(
    truth, given, tmp_path, workbook, kind
):
    mine = truth.by("Ada")
    rows = [["id", "document", "tag", "content"]]
    rows += [[str(n), s.document, s.code, truth.words(s)] for n, s in enumerate(mine, start=1)]
    if kind == "xlsx":
        path = workbook("highlights.xlsx", rows, "highlights")
    else:
        path = tmp_path / "highlights.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    assert recognises(path.read_bytes()[:4096], path)
    with pytest.raises(DataError, match="export one file a coder"):
        read_taguette(path, given(path))
    draft = read_taguette(path, given(path, coder="Ada"))
    assert draft.facts["taken"]["codings"] == len(mine)
    words = draft.tables["segments"].set_index("segment_id")["text"]
    assert draft.tables["codings"]["segment_id"].map(words).tolist() == [truth.words(s) for s in mine]


def test_a_tag_below_another_keeps_its_place(given, tmp_path):
    path = tmp_path / "highlights.csv"
    path.write_text("id,document,tag,content\n1,D,care,one\n2,D,care.waiting,two\n3,D,v1.0,three\n")
    codes = read_taguette(path, given(path, coder="A")).tables["codes"].set_index("code_id")["parent_id"]
    assert codes.dropna().to_dict() == {"care.waiting": "care"}


def test_equal_words_of_two_highlights_are_two_segments(given, workbook):
    rows = [("1", "Talk", "yes", "Yes."), ("2", "Talk", "yes", "Yes."), ("2", "Talk", "no", "Yes.")]
    path = workbook("highlights.xlsx", [("id", "document", "tag", "content"), *rows], "highlights")
    draft = read_taguette(path, given(path, coder="Ada"))
    first, *second = draft.tables["codings"]["segment_id"]
    assert second == [second[0]] * 2 and first != second[0]
    assert draft.facts["left"] == {}


@pytest.mark.parametrize("name", ["codings.csv", "segments.csv", "codes.csv"])
def test_highlights_are_recognised_whatever_their_file_is_called(tmp_path, given, name):
    path = tmp_path / name
    path.write_text("id,document,tag,content\n1,Talk,yes,We waited.\n", "utf-8")
    assert recognise(path, given(path)) == "taguette"


def test_a_table_that_lacks_a_column_is_still_the_table_that_its_name_says(tmp_path, given):
    path = tmp_path / "codings.csv"
    path.write_text("segment_id,code\nS1,yes\n", "utf-8")
    assert recognise(path, given(path)) == "tidy"
