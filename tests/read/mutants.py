"""Small whole exports of every format, and ways to damage them."""

from __future__ import annotations

import io
import json
import random
import signal
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.read import codingsheet

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
    twins,
)

TEXT = "Well, we waited 😀 long.\nNobody rang, cafe\u0301 shut.\n"
CODEBOOK = (
    '<CodeBook origin="x" xmlns="urn:QDA-XML:codebook:1.0"><Codes><Code guid="a1" name="Access" '
    'isCodable="false"><Code guid="b2" name="Waiting" isCodable="true"><Description>Time</Description>'
    '</Code></Code></Codes><Sets><Set guid="c3" name="s"><MemberCode guid="b2"/></Set></Sets></CodeBook>'
)
SHEET = [
    [codingsheet.title("s", "Ada", 1)],
    [*codingsheet.FIXED, "code 1", "code 2", "memo"],
    ["d:0", "d", "participant", "0", "9", "we waited", "waiting", "cost", "a memo"],
    ["s2", "d", "participant", "10", "14", "long", "waiting", "", ""],
]
XLS = Path(__file__).parent / "samples" / "maxqda_german.xls"  # saved by LibreOffice from our own twin
SECONDS = 20


@dataclass(frozen=True)
class Seed:
    """A whole file: its format as study.yml calls it, its family, its name and its bytes."""

    format: str
    family: str
    name: str
    content: bytes


class HangError(BaseException):
    """A mutant took longer than it may; no `except Exception` on the way swallows it."""


@contextmanager
def time_limit(seconds: int = SECONDS) -> Iterator[None]:
    """Raise a HangError in what takes longer: of the processor's time, since machines are shared."""

    def stop(*_: object) -> None:
        raise HangError(f"took more than {seconds} seconds")

    limits = {
        signal.SIGPROF: (signal.ITIMER_PROF, seconds),
        signal.SIGALRM: (signal.ITIMER_REAL, 10 * seconds),
    }
    before = {number: signal.signal(number, stop) for number in limits}
    for timer, most in limits.values():
        signal.setitimer(timer, most)
    try:
        yield
    finally:
        for number, (timer, _) in limits.items():
            signal.setitimer(timer, 0)
            signal.signal(number, before[number])


def seeds_of(folder: Path, database: Callable, workbook: Callable, make_team: Callable) -> list[Seed]:
    """Return a small whole file of each format."""
    truth = make_team(lines=5)
    known = twins.truth(documents=1, lines=10, each=8)
    ranges = [(0, 6, 9), (1, 7, 11)]
    paths = {
        "qualcoder": test_qualcoder.twin(database, truth)[0],
        "rqda": test_rqda.twin(database, truth)[0],
        "requal": test_requal.twin(database, truth),
        "maxqda-project": test_maxqda_native.twin(database, truth),
        "taguette": test_taguette.twin(database, truth),
        "dedoose-docx": test_dedoose_docx.docx(folder / "a.docx", TEXT.splitlines(), ranges, "Waiting"),
        "atlasti": workbook("atlasti.xlsx", test_atlasti.quotations(truth)),
        "dedoose": workbook("dedoose.xlsx", test_dedoose.excerpts(truth)),
        "maxqda": workbook("maxqda.xlsx", test_maxqda.sheet(truth, "German")),
        "coding-sheet": workbook("sheet.xlsx", SHEET, "coding"),
        "nvivo": workbook("nvivo.xlsx", [test_nvivo.HEADING, test_nvivo.ROW]),
        "labelstudio": test_labelstudio.twin(folder, truth),
    }
    family = dict.fromkeys(("qualcoder", "rqda", "requal", "maxqda-project", "taguette"), "sqlite")
    family |= dict.fromkeys(("atlasti", "dedoose", "maxqda", "nvivo", "coding-sheet"), "xlsx")
    family |= {"dedoose-docx": "docx", "labelstudio": "json"}
    found = [Seed(name, family[name], path.name, path.read_bytes()) for name, path in paths.items()]
    for dialect, make in twins.DIALECTS.items():
        whole = make(folder / f"{dialect}.qdpx", known)
        found.append(Seed("refi-qda", "qdpx", whole.name, whole.read_bytes()))
    with zipfile.ZipFile(folder / "nvivo.qdpx") as archive:
        found.append(Seed("refi-qda", "xml", "twin.qde", archive.read("project.qde")))
    files = {name: test_webanno.twin(truth, name, "Ada") for name in truth.texts}
    highlights = "id,document,tag,content\n1,D,care.waiting,we waited\n2,D,care,Nobody rang\n"
    project = {f"annotation/{name}.txt/Ada.tsv": file.encode() for name, file in files.items()}
    users = {f"{coder}.jsonl": test_doccano.lines(truth, coder).encode() for coder in ("Ada", "Ben")}
    return [
        *found,
        Seed("refi-codebook", "xml", "codes.qdc", CODEBOOK.encode()),
        Seed("maxqda", "xls", "maxqda.xls", XLS.read_bytes()),
        Seed("doccano", "json", "ada.jsonl", users["Ada.jsonl"]),
        Seed("doccano", "zip", "doccano.zip", _zip(users)),
        Seed("webanno", "tsv", "ada.tsv", files["Interview 1"].encode()),
        Seed("webanno", "zip", "webanno.zip", _zip(project)),
        Seed("taguette", "csv", "highlights.csv", highlights.encode()),
        Seed("tidy", "csv", "codings.csv", b"segment_id,coder_id,value\ns1,A,waiting\ns2,B,cost\n"),
    ]  # fmt: skip


# Public samples and the family that each is damaged in.
SAMPLES = {
    "atlasti/sky-loom_TestProject.qdpx": ("refi-qda", "qdpx"),
    "atlasti/sky-loom_Project.qde": ("refi-qda", "xml"),
    "dedoose/coder_a.docx": ("dedoose-docx", "docx"),
    "dedoose/coder_b.docx": ("dedoose-docx", "docx"),
    "dedoose/coder_c.docx": ("dedoose-docx", "docx"),
    "doccano/sequence_labeling_example.jsonl": ("doccano", "json"),
    "doccano/text_classification_example.jsonl": ("doccano", "json"),
    "doccano/text_classification_example.csv": ("doccano", "csv"),
    "inception/testSentenceWithEmoji_reference.tsv": ("webanno", "tsv"),
    "inception/testTokenBoundedStackedSpanWithFeatureValue_reference.tsv": ("webanno", "tsv"),
    "labelstudio/previous_export.json": ("labelstudio", "json"),
    "requal/test_basic.requal": ("requal", "sqlite"),
    "rqda/OPCW.rqda": ("rqda", "sqlite"),
}


def samples_of(shared: Path, most: int = 200_000) -> list[Seed]:
    """Return the public samples, but for the largest, whose every reading takes a second."""
    paths = {name: shared / "samples" / name for name in SAMPLES}
    return [
        Seed(*SAMPLES[name], path.name, path.read_bytes())
        for name, path in paths.items()
        if path.is_file() and path.stat().st_size <= most
    ]


ODD = [
    *(None, "", " ", -1, 0, 2**31, 2**62, 1.5, float("1e300"), "x" * 5000, b"\x00\xff"),
    *("\ud7ff\u202e😀", "[1,", True),
]
ODD_JSON = [None, "", -1, 2**40, 1.5, [], {}, [[]], {"id": {}}, True, "x", [1, 2, 3], ["a", "b", "c"]]
SNIPPETS = [
    *(b"99", b"-1", b'""', b"\t", b"\n", b"|", b"[1]", b"\\", b"\xef\xbb\xbf", b"<", b'"', b"&#0;", b"]]>"),
    *(b"999999999999", b",", b"::", b"\r", b"\xff\xff\xff\xff", bytes(16)),
]


def damage(seed: Seed, dice: random.Random, path: Path) -> None:
    """Write a damaged copy of a seed."""
    path.write_bytes(MUTATIONS[seed.family](seed.content, dice, path))


def of_bytes(content: bytes, dice: random.Random, _: Path | None = None) -> bytes:
    """Return bytes with some changed, cut out, doubled or put in."""
    out = bytearray(content)
    for _ in range(dice.choice([1, 1, 2, 5, 20])):
        at = dice.randrange(len(out) + 1)
        width = dice.choice([1, 2, 4, 16, 200])
        kind = dice.randrange(6)
        if kind == 0 and at < len(out):
            out[at] = dice.randrange(256)
        elif kind == 1:
            del out[at : at + width]
        elif kind == 2:
            out[at:at] = dice.randbytes(width)
        elif kind == 3:
            out[at:at] = out[at : at + width]
        elif kind == 4 and dice.random() < 0.2:
            del out[at:]
        else:
            out[at : at + 2] = dice.choice(SNIPPETS)
    return bytes(out)


def of_zip(content: bytes, dice: random.Random, _: Path) -> bytes:
    """Change the archive itself or, more often, what one of its members holds."""
    if dice.random() < 0.3:
        return of_bytes(content, dice)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    victim = dice.choice(sorted(members))
    members[victim] = of_bytes(members[victim], dice)
    return _zip(members)


def of_database(content: bytes, dice: random.Random, path: Path) -> bytes:
    """Change bytes of the file or, more often, the cells of a table that stays a database."""
    if dice.random() < 0.4:
        return of_bytes(content, dice)
    path.write_bytes(content)
    with closing(sqlite3.connect(path)) as connection, connection, suppress(sqlite3.Error):
        connection.execute("pragma synchronous = off")
        connection.execute("pragma journal_mode = memory")
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
    return path.read_bytes()


def of_json(content: bytes, dice: random.Random, _: Path) -> bytes:
    """Change bytes or, more often, one node of one line."""
    if dice.random() < 0.3:
        return of_bytes(content, dice)
    text = content.decode()
    lines = [text] if text.lstrip().startswith("[") else text.splitlines()
    n = dice.randrange(len(lines))
    holder = [json.loads(lines[n])]
    node: dict | list = holder
    while True:
        key = dice.choice(list(node) if isinstance(node, dict) else list(range(len(node))))
        if not isinstance(node[key], dict | list) or not node[key] or dice.random() < 0.2:
            break
        node = node[key]
    node[key] = dice.choice(ODD_JSON)
    lines[n] = json.dumps(holder[0])
    return "\n".join(lines).encode()


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


MUTATIONS: dict[str, Callable[[bytes, random.Random, Path], bytes]] = {
    "qdpx": of_zip,
    "xml": of_bytes,
    "sqlite": of_database,
    "xlsx": of_zip,
    "xls": of_bytes,
    "docx": of_zip,
    "zip": of_zip,
    "json": of_json,
    "tsv": of_bytes,
    "csv": of_bytes,
}
