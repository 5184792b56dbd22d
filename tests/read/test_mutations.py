"""Damaged and hostile exports: every reader answers with a ConcordError or a Draft, whatever the bytes."""

from __future__ import annotations

import json
import random
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from analysis.errors import ConcordError, DataError
from analysis.inputs import Input
from analysis.read import read_draft
from analysis.read.assemble import assemble
from analysis.read.draft import Draft
from analysis.read.formats import READERS, RECOGNISERS, recognise

from . import mutants
from .conftest import STUDY

FORMATS = [name for name in READERS if name != "wide"]
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


def survives(format_: str | None, path: Path, *, whole: bool = False) -> str:
    """Read a file, its format named or recognised; return what became of it."""
    given = Input(file=path.name, format=format_, stage="independent", coder="Ada")
    try:
        draft = read_draft(path, given)
        assert isinstance(draft, Draft)
        if whole:
            assemble([draft], STUDY)
    except ConcordError as error:
        told = str(error)
        assert 0 < len(told) < 3000, "an error that fills more than a screen"
        return "refused"
    return "read"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_files_end_in_a_clear_error(name, case, tmp_path):
    path = tmp_path / "hostile.bin"
    path.write_bytes(HOSTILE[case])
    if name in RECOGNISERS:
        RECOGNISERS[name](HOSTILE[case][:65536], path)
    survives(name, path)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_is_not_there_or_is_a_folder_is_told(name, tmp_path, given):
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(DataError):
            READERS[name](path, given(path, coder="Ada"))


@pytest.mark.parametrize("name", ["atlasti", "dedoose", "maxqda", "nvivo", "taguette"])
def test_a_spreadsheet_of_a_million_empty_rows_is_refused_or_read_in_seconds(name, tmp_path, workbook):
    path = workbook("huge.xlsx", [["Document name", "Code", "Segment"], ["D", "C", "words"]])
    _add_row(path, 1_048_576)
    began = time.monotonic()
    survives(name, path)
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
        read_draft(path, given(path, coder="Ada"))
    assert secret not in str(refused.value)


@pytest.fixture
def seeds(tmp_path, database, workbook, make_team) -> list[mutants.Seed]:
    return mutants.seeds_of(tmp_path, database, workbook, make_team)


def test_every_format_and_every_kind_of_damage_has_a_seed(seeds):
    assert {seed.format for seed in seeds} == set(FORMATS)
    assert {seed.family for seed in seeds} == set(mutants.MUTATIONS)


def test_every_export_is_recognised_by_what_it_holds(seeds, tmp_path, given):
    for seed in seeds:
        path = tmp_path / "export"
        path.write_bytes(seed.content)
        if seed.format != "tidy":
            assert recognise(path, given(path)) == seed.format, seed.name


def test_every_seed_reads_whole(seeds, tmp_path):
    for seed in seeds:
        path = tmp_path / seed.name
        path.write_bytes(seed.content)
        assert survives(seed.format, path) == "read", seed.name


@pytest.mark.parametrize("family", mutants.MUTATIONS)
def test_damaged_exports_end_in_a_clear_error_or_a_draft(family, seeds, tmp_path):
    counts, _ = survive_damage(family, seeds, tmp_path, 40)
    assert counts["refused"] > 0, "no mutation did any damage"


@pytest.mark.soak
@pytest.mark.parametrize("family", mutants.MUTATIONS)
def test_ten_thousand_damaged_exports_of_each_family(family, seeds, shared, tmp_path):
    everything = sorted([*seeds, *mutants.samples_of(shared)], key=lambda seed: len(seed.content))
    counts, slowest = survive_damage(family, everything, tmp_path, 10_000, told_every=500)
    print(f"{family}: {dict(counts)}, slowest {slowest:.1f} s")
    assert min(counts["read"], counts["refused"]) > 0, "the mutations were all harmless or all fatal"


def survive_damage(
    family: str, seeds: list[mutants.Seed], folder: Path, times: int, told_every: int | None = None
) -> tuple[Counter[str], float]:
    """Read `times` damaged files of a family; the n-th is the same in every run."""
    mine = [seed for seed in seeds if seed.family == family]
    counts: Counter[str] = Counter()
    slowest = 0.0
    for n in range(times):
        seed, dice = mine[n % len(mine)], random.Random(f"{family} {n}")
        path = folder / f"mutant{Path(seed.name).suffix}"
        mutants.damage(seed, dice, path)
        named, whole = dice.random() < 0.8, dice.random() < 0.03
        begun = time.monotonic()
        try:
            with mutants.time_limit():
                counts[survives(seed.format if named else None, path, whole=whole)] += 1
        except (Exception, mutants.HangError) as error:
            raise AssertionError(
                f"mutant {n} of {seed.name} raised {type(error).__name__}: {error}"
            ) from error
        slowest = max(slowest, time.monotonic() - begun)
        if told_every and (n + 1) % told_every == 0:
            print(f"{family} {n + 1}: {dict(counts)}, slowest {slowest:.1f} s", flush=True)
    return counts, slowest
