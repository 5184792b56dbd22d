"""Bytes to text cells: the encodings and separators that teams send, rows as a spreadsheet counts them."""

from __future__ import annotations

import csv
import hashlib
import io

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from analysis.errors import DataError
from analysis.inputs import Input
from analysis.read.textfile import decode, read_text_table
from analysis.read.tidy import read_tidy

TEXT = "segment_id,coder_id,value,stage,memo\ns1,Zoë,café,independent,\ns2,Zoë,n/a,independent,“so” – 😀\n"


@pytest.fixture
def read(tmp_path):
    def read(content: bytes | str, encoding: str | None = None):
        path = tmp_path / "a.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_text_table(path, "a.csv", encoding)

    return read


def refused(read, content: bytes | str, encoding: str | None = None):
    with pytest.raises(DataError) as raised:
        read(content, encoding)
    return raised.value.problems


class TestEncodings:
    def test_utf8_says_nothing(self, read):
        table = read(TEXT)
        assert (table.encoding, table.warnings) == ("utf-8", ())
        assert table.frame["value"].tolist()[0] == "café"
        assert table.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()

    def test_a_mark_at_the_start_is_no_part_of_the_first_name(self, read):
        table = read(TEXT.encode("utf-8-sig"))
        assert table.encoding == "utf-8-sig"
        assert table.frame.columns[0] == "segment_id"

    def test_windows_1252_is_detected_and_reported(self, read):
        table = read(TEXT.replace("😀", "!").encode("cp1252"))

        assert table.encoding == "cp1252"
        assert table.frame["coder_id"].tolist() == ["Zoë", "Zoë"]
        assert table.frame["memo"].iloc[1] == "“so” – !"
        assert table.warnings == ("a.csv is not UTF-8; read as Windows-1252. Check accented letters.",)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1250", "mac-roman"])
    def test_a_declared_encoding_is_taken_at_its_word(self, read, encoding):
        text = "id,value\n1,caf\u00e9\n"
        assert read(text.encode(encoding), encoding).frame["value"].tolist() == ["café"]

    @pytest.mark.parametrize("encoding", ["ascii", "no-such-encoding", "base64", "undefined", "utf-16"])
    def test_a_declared_encoding_that_is_wrong(self, read, encoding):
        (problem,) = refused(read, "id,value\n1,é\n1", encoding)
        assert "is not in the encoding that study.yml names" in problem.what

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    def test_utf16_is_told_for_what_it_is(self, read, encoding):
        (problem,) = refused(read, TEXT.encode(encoding))
        assert "UTF-16 or no text at all" in problem.what

    def test_bytes_of_no_encoding_name_their_line(self, read):
        (problem,) = refused(read, b"id,value\n1,x\n2,\x81\x9d\n")
        assert (problem.line, "neither UTF-8 nor Windows-1252" in problem.what) == (3, True)

    def test_letters_that_were_read_wrongly_once_before_are_reported(self, read):
        table = read("id,value\n1,cafÃ©\n2,donâ€™t\n")
        assert any("reading UTF-8 as Windows-1252" in warning for warning in table.warnings)

    def test_what_a_spreadsheet_saved_is_no_text(self, read):
        for start in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
            assert "is a spreadsheet or an archive" in refused(read, start + b"\x00" * 20)[0].what

    @given(st.text(max_size=200))
    def test_text_in_utf8_comes_back_as_it_was(self, text):
        expected = text.removeprefix("\ufeff")
        assume("\x00" not in text and not text.startswith("PK\x03\x04"))
        assert decode(text.encode(), "a.csv")[0] == expected


class TestSeparators:
    @pytest.mark.parametrize(
        ("separator", "name", "warned"),
        [(",", "comma", False), (";", "semicolon", True), ("\t", "tab", True)],
    )
    def test_separator_is_found_and_told(self, read, separator, name, warned):
        table = read(TEXT.replace(",", separator))
        assert table.delimiter == name
        assert table.frame.columns.tolist() == ["segment_id", "coder_id", "value", "stage", "memo"]
        assert any(f"separated by {name}s" in warning for warning in table.warnings) == warned

    def test_commas_inside_quoted_names_do_not_count(self, read):
        table = read('"a,b,c";d\n1;2\n')
        assert table.frame.columns.tolist() == ["a,b,c", "d"]

    def test_decimal_commas_survive_semicolons(self, read):
        assert read("id;weight\n1;0,5\n").frame["weight"].tolist() == ["0,5"]


class TestCells:
    def test_only_an_empty_cell_is_missing(self, read):
        frame = read("id,value\n1,n/a\n2,NA\n3,\n4, \n5,NULL\n").frame
        assert frame["value"].isna().tolist() == [False, False, True, False, False]
        assert frame["value"].tolist()[:2] == ["n/a", "NA"]

    def test_rows_are_numbered_as_a_spreadsheet_counts_them(self, read):
        """A cell with two lines is one row; a blank row is a row."""
        frame = read('id,text\n1,"one\ntwo"\n\n3,x\n').frame
        assert frame.index.tolist() == [2, 4]
        assert frame.loc[2, "text"] == "one\ntwo"

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends_of_every_system(self, read, end):
        assert read(f"id,value{end}1,x{end}2,y{end}").frame["value"].tolist() == ["x", "y"]

    def test_line_ends_inside_a_cell_are_kept_as_they_are(self, read):
        assert read('id,text\n1,"a\r\nb"\n').frame["text"].tolist() == ["a\r\nb"]

    def test_doubled_quotation_marks(self, read):
        assert read('id,text\n1,"she said ""no"""\n').frame["text"].tolist() == ['she said "no"']

    def test_a_cell_may_hold_a_whole_transcript(self, read):
        long = "word " * 60_000
        assert read(f'id,text\n1,"{long}"\n').frame["text"].tolist() == [long]

    def test_empty_columns_at_the_right_are_left_out(self, read):
        assert read("id,value,,\n1,x,,\n").frame.columns.tolist() == ["id", "value"]

    def test_a_value_below_no_name_is_ragged(self, read):
        (problem,) = refused(read, "id,value,,\n1,x,,y\n")
        assert problem.row == 2

    def test_every_ragged_row_is_told(self, read):
        problems = refused(read, "id,value\n1\n2,x\n3,x,y\n")
        assert [problem.row for problem in problems] == [2, 4]

    def test_names_lose_blanks_and_marks_around_them(self, read):
        assert read("\u200b id\u00a0, value \n1,x\n").frame.columns.tolist() == ["id", "value"]


class TestFiles:
    def test_a_file_that_is_not_there_names_its_neighbours(self, tmp_path):
        (tmp_path / "codings.csv").write_text("x")
        with pytest.raises(DataError, match=r"is not there.*source/ holds: codings\.csv"):
            read_text_table(tmp_path / "coding.csv", "coding.csv")

    def test_a_folder_is_no_file(self, tmp_path):
        with pytest.raises(DataError, match="is not there"):
            read_text_table(tmp_path, "source")

    def test_a_file_in_a_file_is_not_there(self, tmp_path):
        (tmp_path / "a.csv").write_text("x")
        with pytest.raises(DataError, match="is not there"):
            read_text_table(tmp_path / "a.csv" / "b.csv", "a.csv/b.csv")


VALID = (
    "\ufeffsegment_id;coder_id;value;stage;memo\r\n"
    's1;A;"waiting; long";independent;"two\r\nlines"\r\n'
    "s2;B;café;consensus;\r\n"
    "\r\n"
    's3;"B";cost;training;"she said ""no"""\r\n'
).encode()
MUTATION = st.tuples(
    st.integers(0, len(VALID)),
    st.integers(0, 8),
    st.binary(max_size=4) | st.sampled_from([b'"', b"\r", b";", b"\x00"]),
)


def mutated(changes) -> bytes:
    content = VALID
    for at, cut, put in changes:
        content = content[:at] + put + content[at + cut :]
    return content


def reads_or_tells(folder, content: bytes) -> None:
    """A file is read, or what is wrong with it is told; nothing else ever comes of it."""
    path = folder / "codings.csv"
    path.write_bytes(content)
    try:
        draft = read_tidy(path, Input(file="codings.csv"))
    except DataError as error:
        assert error.problems
    else:
        frame = draft.tables["codings"]
        assert len(frame) > 0
        assert frame.columns.is_unique


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(MUTATION, min_size=1, max_size=3))
@example([(0, len(VALID), b"\r\ra,b")])
def test_any_bytes_are_read_or_told(tmp_path, changes):
    reads_or_tells(tmp_path, mutated(changes))


@pytest.mark.soak
@settings(max_examples=10_000, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(MUTATION, min_size=1, max_size=6))
def test_any_bytes_are_read_or_told_ten_thousand_times(tmp_path, changes):
    reads_or_tells(tmp_path, mutated(changes))


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6),
    separator=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_what_is_read(tmp_path, rows, separator, end):
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [("id", "text"), *rows]
    )
    path = tmp_path / "a.csv"
    path.write_bytes(out.getvalue().encode())
    assume(any(cell for row in rows for cell in row))

    frame = read_text_table(path, "a.csv").frame
    filled = [row for row in rows if any(row)]
    assert frame.fillna("").to_numpy().tolist() == [list(row) for row in filled]
    assert frame.index.tolist() == [number for number, row in enumerate(rows, start=2) if any(row)]
