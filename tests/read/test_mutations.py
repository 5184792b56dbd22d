"""Damaged and hostile exports: every reader answers with a ConcordError or a Draft, whatever the bytes."""

from __future__ import annotations

import json
import random
import sqlite3
import time
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from analysis.errors import ConcordError, DataError
from analysis.read import (
    atlasti,
    dedoose,
    dedoose_docx,
    doccano,
    labelstudio,
    maxqda,
    maxqda_native,
    nvivo,
    qualcoder,
    requal,
    rqda,
    taguette,
    webanno,
)
from analysis.read.draft import Draft
from analysis.read.formats import recognise

from . import (
    test_atlasti,
    test_dedoose,
    test_dedoose_docx,
    test_doccano,
    test_labelstudio,
    test_maxqda,
    test_maxqda_native,
    test_nvivo,
    test_qualcoder,
    test_requal,
    test_rqda,
    test_taguette,
    test_webanno,
)

READERS = {
    "atlasti": (atlasti.read_atlasti, atlasti.recognises),
    "dedoose": (dedoose.read_dedoose, dedoose.recognises),
    "dedoose-docx": (dedoose_docx.read_dedoose_docx, dedoose_docx.recognises),
    "doccano": (doccano.read_doccano, doccano.recognises),
    "labelstudio": (labelstudio.read_labelstudio, labelstudio.recognises),
    "maxqda": (maxqda.read_maxqda, maxqda.recognises),
    "maxqda-project": (maxqda_native.read_maxqda_native, maxqda_native.recognises),
    "nvivo": (nvivo.read_nvivo, nvivo.recognises),
    "qualcoder": (qualcoder.read_qualcoder, qualcoder.recognises),
    "requal": (requal.read_requal, requal.recognises),
    "rqda": (rqda.read_rqda, rqda.recognises),
    "taguette": (taguette.read_taguette, taguette.recognises),
    "webanno": (webanno.read_webanno, webanno.recognises),
}
TEXT = "Well, we waited 😀 long.\nNobody rang, cafe\u0301 shut.\n"
HOSTILE = {
    "nothing": b"",
    "zeros": bytes(4096),
    "no SQLite after its header": b"SQLite format 3\x00" + bytes(range(256)) * 20,
    "a zip that is cut": b"PK\x03\x04" + b"\x14\x00" * 30,
    "an OLE file that is cut": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 600,
    "deep JSON": b"[" * 200_000,
    "a number without end": b'[{"id": ' + b"9" * 10_000 + b', "annotations": []}]',
    "XML entities": b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa">]><l>&a;</l>',
    "UTF-16": "id,document,tag,content\n".encode("utf-16"),
    "NUL in text": b'{"text": "a\\u0000b", "label": [[0, 3, "X\\u0000"]]}\n',
    "lone surrogate": b'{"text": "a\\ud800b", "label": [[0, 3, "X"]]}\n',
    "another table": b"a,b,c\n1,2,3\n",
    "a header alone": b"Document,Code,Segment\n",
    "TSV of offsets beyond reason": b"#FORMAT=WebAnno TSV 3.3\n#T_SP=a.B|c\n#Text=x\n"
    b"1-1\t2147483646-2147483647\tx\tY\n",
}


def survives(name: str, path: Path, given: Callable) -> bool:
    """Read a file both with and without its format known; return whether anything was read."""
    read, recognises = READERS[name]
    if path.is_file():
        recognises(path.read_bytes()[:65536], path)
    try:
        draft = read(path, given(path, coder="Ada"))
    except ConcordError as error:
        assert str(error)
        return False
    assert isinstance(draft, Draft)
    return True


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_end_in_a_clear_error(name, case, tmp_path, given):
    path = tmp_path / "hostile.bin"
    path.write_bytes(HOSTILE[case])
    survives(name, path, given)


@pytest.mark.parametrize("name", READERS)
def test_a_file_that_is_not_there_or_is_a_folder_is_told(name, tmp_path, given):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataError):
            READERS[name][0](path, given(path, coder="Ada"))


@pytest.mark.parametrize("name", ["atlasti", "dedoose", "maxqda", "nvivo", "taguette"])
def test_a_spreadsheet_of_a_million_empty_rows_is_refused_or_read_in_seconds(name, tmp_path, given, workbook):
    path = workbook("huge.xlsx", [["Document name", "Code", "Segment"], ["D", "C", "words"]])
    _add_row(path, 1_048_576)
    began = time.monotonic()
    survives(name, path, given)
    assert time.monotonic() - began < 30


def _add_row(path: Path, number: int) -> None:
    """Add an empty row far below, as a formatted but empty sheet has."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    row = f'<row r="{number}"></row></sheetData>'.encode()
    members[sheet] = members[sheet].replace(b"</sheetData>", row)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_no_message_ever_shows_interview_text(tmp_path, given):
    secret = "quixotic"
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": f"so {secret}", "label": [[1, 3, "A"]]}) + f'\n{{"text": "{secret}\n')
    with pytest.raises(DataError) as refused:
        doccano.read_doccano(path, given(path, coder="Ada"))
    assert secret not in str(refused.value)


@pytest.fixture
def seeds(tmp_path, database, workbook, make_team) -> dict[str, Path]:
    """Return a small whole file of each format."""
    truth = make_team(lines=5)
    (tmp_path / "a.jsonl").write_text(test_doccano.lines(truth, "Ada"), encoding="utf-8")
    (tmp_path / "a.tsv").write_text(test_webanno.twin(truth, "Interview 1", "Ada"), encoding="utf-8")
    comparison = [test_nvivo.HEADING, test_nvivo.ROW]
    ranges = [(0, 6, 9), (1, 7, 11)]
    return {
        "atlasti": workbook("atlasti.xlsx", test_atlasti.quotations(truth)),
        "dedoose": workbook("dedoose.xlsx", test_dedoose.excerpts(truth)),
        "dedoose-docx": test_dedoose_docx.docx(tmp_path / "a.docx", TEXT.splitlines(), ranges, "Waiting"),
        "doccano": tmp_path / "a.jsonl",
        "labelstudio": test_labelstudio.twin(tmp_path, truth),
        "maxqda": workbook("maxqda.xlsx", test_maxqda.sheet(truth, "German")),
        "maxqda-project": test_maxqda_native.twin(database, truth),
        "nvivo": workbook("nvivo.xlsx", comparison),
        "qualcoder": test_qualcoder.twin(database, truth)[0],
        "requal": test_requal.twin(database, truth),
        "rqda": test_rqda.twin(database, truth)[0],
        "taguette": test_taguette.twin(database, truth),
        "webanno": tmp_path / "a.tsv",
    }


def test_every_export_is_recognised_by_what_it_holds(seeds, tmp_path, given):
    for name, seed in seeds.items():
        path = tmp_path / "export"
        path.write_bytes(seed.read_bytes())
        assert recognise(path, given(path)) == name


FAMILIES = {
    "sqlite": ("maxqda-project", "qualcoder", "requal", "rqda", "taguette"),
    "xlsx": ("atlasti", "dedoose", "maxqda", "nvivo"),
    "docx": ("dedoose-docx",),
    "json": ("doccano", "labelstudio"),
    "tsv": ("webanno",),
}
ODD = [
    None,
    "",
    " ",
    -1,
    0,
    2**31,
    2**62,
    1.5,
    float("1e300"),
    "x" * 5000,
    b"\x00\xff",
    "\ud7ff\u202e😀",
    "[1,",
    True,
]
SNIPPETS = [b"99", b"-1", b'""', b"\t", b"\n", b"|", b"[1]", b"\\", b"\xef\xbb\xbf"]
ODD_JSON = [None, "", -1, 2**40, 1.5, [], {}, [[]], {"id": {}}, True, "x", [1, 2, 3], ["a", "b", "c"]]


@pytest.mark.parametrize("family", FAMILIES)
def test_damaged_exports_end_in_a_clear_error_or_a_draft(family, seeds, tmp_path, given):
    _damage(family, seeds, tmp_path, given, 100)


@pytest.mark.soak
@pytest.mark.parametrize("family", FAMILIES)
def test_ten_thousand_damaged_exports_of_each_family(family, seeds, tmp_path, given):
    _damage(family, seeds, tmp_path, given, 10_000)


def _damage(family: str, seeds: dict[str, Path], folder: Path, given: Callable, times: int) -> None:
    dice = random.Random(family)
    read = 0
    for n in range(times):
        name = FAMILIES[family][n % len(FAMILIES[family])]
        path = folder / f"mutant{seeds[name].suffix}"
        path.write_bytes(seeds[name].read_bytes())
        MUTATIONS[family](path, dice)
        try:
            read += survives(name, path, given)
        except Exception as error:
            raise AssertionError(f"mutant {n} of {name} raised {type(error).__name__}: {error}") from error
    assert 0 < read < times, "the mutations were all harmless or all fatal"


def _bytes(content: bytes, dice: random.Random) -> bytes:
    """Return bytes with some changed, cut, doubled or put in."""
    found = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 8])):
        at = dice.randrange(len(found) + 1)
        kind = dice.randrange(6)
        if kind == 0 and at < len(found):
            found[at] = dice.randrange(256)
        elif kind == 1:
            del found[at : at + dice.choice([1, 4, 100])]
        elif kind == 2:
            found[at:at] = bytes(dice.randrange(256) for _ in range(dice.choice([1, 4, 30])))
        elif kind == 3:
            found[at:at] = found[at : at + 200]
        elif kind == 4 and dice.random() < 0.3:
            del found[at:]
        else:
            found[at : at + 2] = dice.choice(
                [b"99", b"-1", b'""', b"\t", b"\n", b"|", b"[1]", b"\\", b"\xef\xbb\xbf"]
            )
    return bytes(found)


def _of_bytes(path: Path, dice: random.Random) -> None:
    path.write_bytes(_bytes(path.read_bytes(), dice))


def _of_zip(path: Path, dice: random.Random) -> None:
    """Change the archive itself or, more often, what one of its members holds."""
    if dice.random() < 0.3:
        _of_bytes(path, dice)
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    victim = dice.choice(sorted(members))
    members[victim] = _bytes(members[victim], dice)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _of_database(path: Path, dice: random.Random) -> None:
    """Change bytes of the file or, more often, the cells of a table that stays a database."""
    if dice.random() < 0.4:
        _of_bytes(path, dice)
        return
    with closing(sqlite3.connect(path)) as connection, connection, suppress(sqlite3.IntegrityError):
        names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
        table = dice.choice(sorted(names))
        columns = [row[1] for row in connection.execute(f"pragma table_info({table})")]
        column, share = dice.choice(columns), dice.choice([1, 3, 10])
        kind = dice.randrange(5)
        if kind == 0:
            connection.execute(f"alter table {table} rename column {column} to gone")
        elif kind == 1:
            connection.execute(f"drop table {table}")
        else:
            change = f"update or ignore {table} set {column} = ? where rowid % ? = 0"
            connection.execute(change, (dice.choice(ODD), share))


def _of_json(path: Path, dice: random.Random) -> None:
    """Change bytes or, more often, one node of one line."""
    if dice.random() < 0.3:
        _of_bytes(path, dice)
        return
    lines = path.read_text(encoding="utf-8").splitlines()
    n = dice.randrange(len(lines))
    holder = [json.loads(lines[n])]
    node: object = holder
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = dice.choice(keys)
        if not isinstance(node[key], dict | list) or not node[key] or dice.random() < 0.2:
            break
        node = node[key]
    node[key] = dice.choice(ODD_JSON)
    lines[n] = json.dumps(holder[0])
    path.write_text("\n".join(lines), encoding="utf-8")


MUTATIONS: dict[str, Callable[[Path, random.Random], None]] = {
    "sqlite": _of_database,
    "xlsx": _of_zip,
    "docx": _of_zip,
    "json": _of_json,
    "tsv": _of_bytes,
}
