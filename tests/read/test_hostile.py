"""Files that mean harm, or came to harm: nothing but an error that a person can read, soon and bounded."""

from __future__ import annotations

import io
import random
import sqlite3
import stat
import struct
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ConcordError, DataError
from analysis.inputs import Input
from analysis.read import read_draft
from analysis.read.archive import Archive
from analysis.read.formats import READERS
from analysis.read.sheet import read_sheets
from analysis.read.sqlitefile import SqliteFile

from . import twins

PROJECT = '<Project name="x" xmlns="urn:QDA-XML:project:1.0">{}</Project>'


def read(path: Path, **settings: object):
    given = {"file": path.name, "stage": "independent", "coder": "A", **settings}
    return read_draft(path, Input.model_validate(given))


def packed(path: Path, members: dict[str, bytes | str]) -> Path:
    return twins.pack(path, {name: m.encode() if isinstance(m, str) else m for name, m in members.items()})


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = packed(tmp_path / "b.qdpx", {"project.qde": b" " * 50_000_000})
    begun = time.monotonic()
    with pytest.raises(DataError, match="far more than its size"):
        read(path, format="refi-qda")
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "C:/evil.txt", "..\\evil.txt"]
)
def test_a_member_that_points_outside_is_refused(tmp_path, name):
    path = packed(tmp_path / "s.qdpx", {"project.qde": PROJECT.format(""), name: "x"})
    with pytest.raises(DataError, match="outside itself"):
        read(path, format="refi-qda")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["s.qdpx"]


def test_a_link_in_an_archive_is_refused(tmp_path):
    path = tmp_path / "l.qdpx"
    link = zipfile.ZipInfo("sources/a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", PROJECT.format(""))
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DataError, match="link"):
        read(path, format="refi-qda")


def test_a_header_that_claims_two_gigabytes_is_refused(tmp_path):
    path = packed(tmp_path / "c.qdpx", {"project.qde": PROJECT.format("")})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 2**31)
    path.write_bytes(bytes(content))
    with pytest.raises(DataError, match="far more than its size"):
        read(path, format="refi-qda")


def test_a_member_larger_than_its_header_says_stops_where_the_header_ends(tmp_path):
    path = packed(tmp_path / "c.qdpx", {"project.qde": b"a" * 5000})
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    path.write_bytes(bytes(content))
    with pytest.raises(DataError), Archive(path, "c.qdpx") as archive:
        archive.read("project.qde")


BOMB = '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)
EXTERNAL = '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize(
    "declared", [BOMB, EXTERNAL, '<!DOCTYPE Project SYSTEM "http://localhost:1/x.dtd" [', "<!DOCTYPE p ["]
)
@pytest.mark.parametrize("place", ["text", "attribute"])
def test_entities_are_neither_expanded_nor_fetched(tmp_path, declared, place):
    entity = "&j;" if declared == BOMB else "&x;" if declared == EXTERNAL else ""
    user = f'<User guid="{twins.guid(1)}" name="{entity if place == "attribute" else ""}"/>'
    inner = f"<Users>{user}</Users>" + (f"<Description>{entity}</Description>" if place == "text" else "")
    path = tmp_path / "e.qde"
    path.write_text(f"{declared}]>{PROJECT.format(inner)}", "utf-8")
    begun = time.monotonic()
    with pytest.raises(DataError):
        read(path, format="refi-qda")
    assert time.monotonic() - begun < 5


def test_xml_nested_without_end_is_refused(tmp_path):
    path = tmp_path / "n.qde"
    path.write_text(PROJECT.format("<CodeBook>" + "<Code>" * 100_000), "utf-8")
    with pytest.raises(DataError, match="no XML from here on"):
        read(path, format="refi-qda")


def test_positions_that_no_number_holds_are_counted_and_left(tmp_path):
    known = twins.truth(documents=1)
    path = twins.qualcoder(tmp_path / "t.qdpx", known)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for huge in ("9" * 5000, "-5", "1e3", ""):
        odd = members["project.qde"].replace(b"</TextSource>", _marked(huge) + b"</TextSource>", 1)
        draft = read(twins.pack(tmp_path / "odd.qdpx", members | {"project.qde": odd}))
        assert draft.facts["left"]["codings outside their text"] == 1


def _marked(start: str) -> bytes:
    coding = twins.element(
        "Coding", twins.element("CodeRef", targetGUID=twins.guid("code", "cost")), guid=twins.guid(9)
    )
    return twins.element(
        "PlainTextSelection", coding, guid=twins.guid(8), startPosition=start, endPosition="9"
    ).encode()


def test_a_project_of_nothing_reads_as_nothing_coded(tmp_path):
    path = tmp_path / "e.qde"
    path.write_text(PROJECT.format(""), "utf-8")
    assert len(read(path).tables["codings"]) == 0


@pytest.mark.parametrize("name", ["x.qdpx", "x.rqda", "x.xlsx", "x.xls", "x.qda", "x.json", "x.docx"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"SQLite format 3\x00",
        b"{",
        b"<Project QDA-XML",
    ],
)
def test_a_file_that_is_only_its_first_bytes_is_an_error(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConcordError):
        read(path)


def test_a_view_in_a_database_is_never_run(tmp_path):
    path = tmp_path / "v.rqda"
    with sqlite3.connect(path) as made:
        made.execute(
            "create view source as with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select i from n"
        )
    made.close()
    with SqliteFile(path, "v.rqda") as database:
        assert database.tables == {}
        with pytest.raises(DataError, match="no table"):
            database.table("source")


def test_a_database_is_opened_without_a_trace_beside_it(tmp_path):
    path = tmp_path / "t.db"
    with sqlite3.connect(path) as made:
        made.execute("create table source (id, name)")
        made.execute("insert into source values (1, 'a')")
    made.close()
    with SqliteFile(path, "t.db") as database:
        assert database.table("source", ["name", "memo"]).to_numpy().tolist() == [["a", None]]
    assert [each.name for each in tmp_path.iterdir()] == ["t.db"]


def test_a_sheet_of_a_million_empty_rows_is_only_its_cells(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Code", "Segment"])
    book.active["A1048576"] = "deep"
    book.save(tmp_path / "m.xlsx")
    begun = time.monotonic()
    frame = read_sheets(tmp_path / "m.xlsx", "m.xlsx")[0].table({"code", "segment"})
    assert frame.index.tolist() == [1_048_576]
    assert time.monotonic() - begun < 20


def test_rows_of_one_empty_cell_at_the_far_end_count_all_their_cells(tmp_path, monkeypatch):
    import openpyxl

    monkeypatch.setattr("analysis.read.sheet.CELLS", 2_000_000)
    path = tmp_path / "wide.xlsx"
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"/></row>' for n in range(1, 201))  # 16,384 cells each
    inside = members["xl/worksheets/sheet1.xml"].replace(b"<sheetData>", f"<sheetData>{rows}".encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members | {"xl/worksheets/sheet1.xml": inside}).items():
            archive.writestr(name, content)
    with pytest.raises(DataError, match="2000000 cells"):
        read_sheets(path, "wide.xlsx")


def test_a_formula_is_not_evaluated(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["Code", "Segment"])
    book.active.append(["=1+1", '=HYPERLINK("http://localhost:1")'])
    book.save(tmp_path / "f.xlsx")
    assert 2 not in read_sheets(tmp_path / "f.xlsx", "f.xlsx")[0].rows


def test_a_spreadsheet_with_a_password_says_so(tmp_path):
    path = tmp_path / "p.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )
    with pytest.raises(DataError, match="password"):
        read_sheets(path, "p.xlsx")


MAGIC = [
    b"",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"SQLite format 3\x00",
    b"{",
    b"[{",
    b"<?xml ",
    b"#FORMAT=",
]


@settings(max_examples=60, deadline=None)
@given(start=st.sampled_from(MAGIC), rest=st.binary(max_size=400), format_=st.sampled_from([None, *READERS]))
def test_any_bytes_under_any_format_are_an_error_or_a_draft(start, rest, format_):
    if format_ == "wide":
        return  # needs its columns named
    with TemporaryDirectory() as folder:
        path = Path(folder) / "any.bin"
        path.write_bytes(start + rest)
        with suppress(ConcordError):
            read(path, format=format_)


def test_an_archive_is_read_as_a_stream_within_its_limit(tmp_path):
    path = packed(tmp_path / "a.zip", {"big.txt": random.Random(1).randbytes(3_000_000)})
    with Archive(path, "a.zip") as archive:
        with pytest.raises(DataError, match="larger than"):
            archive.read("big.txt", most=1_000_000)
        with archive.open("big.txt") as stream:
            assert isinstance(stream, io.BufferedReader)
            assert len(stream.read()) == 3_000_000
