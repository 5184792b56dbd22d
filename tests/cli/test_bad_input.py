"""What people get wrong, told by the command line: a screenful, no traceback, and nothing is written.

Every case breaks one thing in a small study that is in order and names what the message must say.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

LINES, WIDTH = 24, 80
ASIDE = ("turns.csv", "assignments.csv", "asked.csv", "charting.csv", "audit.csv")  # read where they matter
NOT_COUNTED = (".warm-*", "source-digests.json")  # streams of the command; hashes kept between runs

Break = Callable[..., None]


def edit(file: str, old: str, new: str) -> Break:
    return lambda study: study.edit(file, old, new)


def put(file: str, content: str | bytes) -> Break:
    return lambda study: study.files.update({file: content})


def without(file: str) -> Break:
    return lambda study: study.files.pop(file)


def recoded(file: str, encoding: str) -> Break:
    return lambda study: study.files.update({file: study.files[file].encode(encoding)})


def without_column(file: str, column: str) -> Break:
    def drop(study) -> None:
        lines = [line.split(",") for line in study.files[file].splitlines()]
        place = lines[0].index(column)
        study.files[file] = "".join(
            ",".join(cells[:place] + cells[place + 1 :]) + "\n" for cells in lines if cells
        )

    return drop


def each(*breaks: Break) -> Break:
    def all_of_them(study) -> None:
        for one in breaks:
            one(study)

    return all_of_them


CODING = "P1-2,A,codes,waiting,independent,1"
MOOD = "P1-2,A,mood,low,independent,1"
VALUES = "mood: {kind: ordinal, values: [low, middling, high, n/a]}"

# what it is -> how it comes about; and what the message must say, in this order
BAD: dict[str, tuple[Break, list[str]]] = {
    "missing file": (
        without("codings.csv"),
        ["codings.csv", "is not there", "source/ holds: cases.csv"],
    ),
    "unknown code": (
        edit("codings.csv", CODING, CODING.replace("waiting", "wating")),
        ["codings.csv", "row 2, column 'value'", '"wating" is not in codes.csv', 'Did you mean "waiting"?'],
    ),
    "unknown coder": (
        edit("codings.csv", CODING, CODING.replace("A", "teem")),
        ["codings.csv", "row 2, column 'coder_id'", '"teem" is not in coders.csv', 'Did you mean "team"?'],
    ),
    "unknown case": (
        edit("charting.csv", "P3,cost", "P33,cost"),
        ["charting.csv", "row 3, column 'case_id'", '"P33" is not in cases.csv', 'Did you mean "P3"?'],
    ),
    "unknown segment": (
        edit("codings.csv", CODING, CODING.replace("P1-2", "P1_2")),
        ["codings.csv", "row 2, column 'segment_id'", '"P1_2" is not in segments.csv'],
    ),
    "unknown document": (
        edit("assignments.csv", "A,D1", "A,D11"),
        ["assignments.csv", "row 2, column 'document_id'", '"D11" is not in documents.csv'],
    ),
    "unknown group": (
        edit("cases.csv", "P1,patient", "P1,pateint"),
        ["cases.csv", "row 2, column 'group'", "study.yml's groups", 'Did you mean "patient"?'],
    ),
    "unknown parent": (
        edit("codes.csv", ",access,care,barrier", ",acess,care,barrier"),
        ["codes.csv", "row 3, column 'parent_id'", '"acess"', 'Did you mean "access"?'],
    ),
    "undeclared variable": (
        edit("codings.csv", MOOD, MOOD.replace("mood", "moood")),
        ["codings.csv", "row 15, column 'variable'", '"moood" is not declared', 'Did you mean "mood"?'],
    ),
    "duplicate coding": (
        edit("codings.csv", f"{MOOD},\n", f"{MOOD},\n{MOOD},\n"),
        ["codings.csv", "row 16: duplicate of row 15", "Delete one of the two"],
    ),
    "two values": (
        edit("codings.csv", f"{MOOD},\n", f"{MOOD},\n{MOOD.replace('low', 'high')},\n"),
        ["codings.csv", "row 16, column 'value'", 'a second value of "mood" for segment "P1-2" by "A"'],
    ),
    "span outside its text": (
        edit("segments.csv", "P1-2,D1,85,147", "P1-2,D1,85,9147"),
        ["segments.csv", "row 3, column 'end'", "9147 is outside the text", '"D1"', "225 characters"],
    ),
    "span that ends before it starts": (
        edit("segments.csv", "P1-2,D1,85,147", "P1-2,D1,85,47"),
        ["segments.csv", "row 3, column 'end'", "47 is not after start 85"],
    ),
    "span with a start alone": (
        edit("segments.csv", "P1-2,D1,85,147", "P1-2,D1,85,"),
        ["segments.csv", "row 3, column 'end'", "needs both start and end"],
    ),
    "positions of bytes": (
        edit("segments.csv", "P1-3,D1,161,224", "P1-3,D1,162,225"),
        ["segments.csv", "row 4, column 'start'", "count characters (code points) from 0"],
    ),
    "value outside the declared values": (
        edit("codings.csv", MOOD, MOOD.replace("low", "lo")),
        ["codings.csv", "row 15, column 'value'", '"lo" is not one of', "(low, middling, high, n/a)"],
    ),
    "n/a that was not declared": (
        edit("study.yml", VALUES, VALUES.replace(", n/a", "")),
        ["codings.csv", "row 16, column 'value'", '"n/a" is not one of', "If it is a category", "empty"],
    ),
    "n/a without declared values": (
        edit("study.yml", VALUES, "mood: {kind: nominal}"),
        ["codings.csv", "row 16, column 'value'", "may be a category or a missing rating"],
    ),
    "words in an interval variable": (
        edit("study.yml", VALUES, "mood: {kind: interval}"),
        ["codings.csv", "row 15, column 'value'", "must be a number", '"low"'],
    ),
    "empty file": (put("codings.csv", b""), ["codings.csv", "is empty"]),
    "file of blank lines": (put("codings.csv", "\ufeff\n \n\n"), ["codings.csv", "is empty"]),
    "header without rows": (
        put("codings.csv", "segment_id,coder_id,value,stage\n"),
        ["codings.csv", "has a header but no rows"],
    ),
    "UTF-16": (recoded("codings.csv", "utf-16"), ["codings.csv", "is UTF-16", "Save it as UTF-8"]),
    "bytes of no encoding": (
        put("codings.csv", b"segment_id,coder_id,value,stage\nP1-2,A,\x81\x8d,independent\n"),
        ["codings.csv", "line 2", "neither UTF-8 nor Windows-1252"],
    ),
    "not the encoding that was declared": (
        each(
            edit("study.yml", "{file: codings.csv}", "{file: codings.csv, encoding: ascii}"),
            edit("codings.csv", "fits here", "fits là"),
        ),
        ["codings.csv", "is not in the encoding that study.yml names", '"ascii"'],
    ),
    "spreadsheet itself": (
        put("codings.csv", b"PK\x03\x04\x14\x00\x06\x00\x08\x00"),
        ["codings.csv", "is a spreadsheet", "CSV UTF-8"],
    ),
    "header that a spreadsheet named": (
        edit("codings.csv", "segment_id,coder_id", "Column1,coder_id"),
        ["codings.csv", "row 1", 'header of column 1 reads "Column1"'],
    ),
    "header that pandas named": (
        edit("codings.csv", "segment_id,coder_id", "Unnamed: 0,segment_id,coder_id"),
        ["codings.csv", "row 1", 'header of column 1 reads "Unnamed: 0"'],
    ),
    "header that became a formula": (
        edit("codings.csv", "segment_id,coder_id", "segment_id,#NAME?"),
        ["codings.csv", "row 1", 'header of column 2 reads "#NAME?"'],
    ),
    "header with a gap": (
        edit("codings.csv", "segment_id,coder_id", "segment_id,,coder_id"),
        ["codings.csv", "row 1", "header of column 2 is empty"],
    ),
    "header below a blank row": (
        edit("codings.csv", "segment_id,coder_id", "\nsegment_id,coder_id"),
        ["codings.csv", "row 1", "header of column 1 is empty"],
    ),
    "header below a line for the spreadsheet": (
        edit("codings.csv", "segment_id,coder_id", "sep=,\nsegment_id,coder_id"),
        ["codings.csv", "row 1", 'header of column 1 reads "sep="'],
    ),
    "column twice": (
        edit("codings.csv", "stage,round,memo", "stage,stage,memo"),
        ["codings.csv", "row 1, column 'stage'", "stands twice"],
    ),
    "column with another name": (
        edit("codings.csv", "segment_id,coder_id", "segmnet_id,coder_id"),
        ["codings.csv", "row 1, column 'segment_id'", 'The header has "segmnet_id"'],
    ),
    "column misspelt that could be left out": (
        edit("segments.csv", ",start,end,", ",strat,end,"),
        ["segments.csv", "row 1, column 'strat'", 'Did you mean "start"?'],
    ),
    "separator that is none": (
        put("codings.csv", "segment_id|coder_id|value|stage\nP1-2|A|waiting|independent\n"),
        ["codings.csv", "row 1", "has one column only"],
    ),
    "row with a cell too many": (
        edit("codings.csv", f"{CODING},", f"{CODING},,,"),
        ["codings.csv", "row 2", "has 9 cells, the header has 7", "double quotes"],
    ),
    "row with a cell too few": (
        edit("codings.csv", f"{MOOD},\n", "P1-2,A,mood,low\n"),
        ["codings.csv", "row 15", "has 4 cells, the header has 7"],
    ),
    "quotation mark left open": (
        edit("codings.csv", f"{MOOD},\n", f'{MOOD},"\n'),
        ["codings.csv", "line", "a quotation mark is opened and not closed"],
    ),
    "stage not declared": (
        without_column("codings.csv", "stage"),
        [
            "codings.csv",
            "column 'stage'",
            "stage not declared",
            "stage: independent",
            "independent codings only",
        ],
    ),
    "stage that is none": (
        edit("codings.csv", CODING, CODING.replace("independent", "independant")),
        ["codings.csv", "row 2, column 'stage'", "must be one of training, independent, consensus, recode"],
    ),
    "segmentation not declared": (
        edit("study.yml", "segmentation: shared\n", ""),
        ["study.yml", "'segmentation'", "segmentation not declared", "shared", "own"],
    ),
    "round that is no number": (
        edit("codings.csv", CODING, CODING.replace(",1", ",first")),
        ["codings.csv", "row 2, column 'round'", "whole number from 1 up", '"first"'],
    ),
    "key that study.yml does not know": (
        edit("study.yml", "segmentation: shared", "segmentaton: shared"),
        ["study.yml", "line 7", "'segmentaton'", "is not known here", 'Did you mean "segmentation"?'],
    ),
    "key of an input that study.yml does not know": (
        edit("study.yml", "{file: codings.csv}", "{file: codings.csv, stgae: independent}"),
        ["study.yml", "line 6", "'inputs[0].stgae'", 'Did you mean "stage"?'],
    ),
    "word that study.yml does not know": (
        edit("study.yml", "method: codebook", "method: code_book"),
        ["study.yml", "line 3", "'method'", "must be one of", 'Did you mean "codebook"?'],
    ),
    "key twice in study.yml": (
        edit("study.yml", "method: codebook\n", "method: codebook\nmethod: framework\n"),
        ["study.yml", "line 4", "'method'", "stands here and on line 3"],
    ),
    "policy left out": (
        edit("study.yml", "disclosure: {policy: as_published}\n", ""),
        ["study.yml", "'disclosure'", "is missing", "policy: as_published", "policy: text_free"],
    ),
    "study.yml that is no YAML": (
        edit("study.yml", "groups: [patient, staff]", "groups: [patient, staff"),
        ["study.yml", "line", "is no YAML here"],
    ),
    "date in study.yml that cannot be": (
        edit("study.yml", "title: A small study", "title: 2021-13-45"),
        ["study.yml", "date or number that cannot be"],
    ),
    "name that is not the folder's": (
        edit("study.yml", "study: small", "study: smal"),
        ["study.yml", "line 1", '"smal"', '"small"'],
    ),
    "path that leaves source": (
        edit("study.yml", "{file: codings.csv}", "{file: ../../other/source/codings.csv}"),
        ["study.yml", "line 6", "'inputs[0].file'", "must be a path inside source/"],
    ),
    "withdrawn that is neither yes nor no": (
        edit("cases.csv", "P3,staff,3,yes,no,no", "P3,staff,3,yes,no,yess"),
        ["cases.csv", "row 4, column 'withdrawn'", "must be yes or no", '"yess"'],
    ),
    "withdrawn misspelt": (
        edit("cases.csv", "withdrawn", "withdrawnn"),
        ["cases.csv", "row 1, column 'withdrawnn'", 'Did you mean "withdrawn"?'],
    ),
    "code below itself": (
        edit("codes.csv", ",,care,,,Whatever", ",waiting,care,,,Whatever"),
        ["codes.csv", "row 2, column 'parent_id'", "stands below itself"],
    ),
    "recode without a new code": (
        edit("recodes.csv", "price,rename,cost", "price,rename,"),
        ["recodes.csv", "row 2, column 'new_code'", "rename needs the code"],
    ),
    "case left out that is not there": (
        edit("study.yml", "themes:", "exclude: {case: [P4]}\nthemes:"),
        ["study.yml", "'exclude.case'", '"P4" is not among the study\'s cases'],
    ),
    "input that is no table": (
        each(
            edit("study.yml", "{file: codings.csv}", "{file: codins.csv, stage: independent}"),
            lambda study: study.files.update({"codins.csv": study.files.pop("codings.csv")}),
        ),
        ["codins.csv", "is not named after a table", 'Did you mean "codings"?'],
    ),
    "wide file whose column is not there": (
        each(
            edit(
                "study.yml",
                "{file: codings.csv}",
                "{file: ratings.csv, format: wide, stage: independent, segment: id, coders: [A, Bee],"
                " variable: mood}",
            ),
            put("ratings.csv", "id,A,B\nP1-2,low,high\n"),
        ),
        ["ratings.csv", "row 1, column 'Bee'", "the header does not have it"],
    ),
}

SAMPLE = (
    "missing file",
    "unknown code",
    "span outside its text",
    "stage not declared",
    "segmentation not declared",
    "key that study.yml does not know",
    "path that leaves source",
    "withdrawn misspelt",
)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and not any(path.match(pattern) for pattern in NOT_COUNTED)
    }


def screen_lines(text: str) -> int:
    """Return how many lines of a terminal a text takes."""
    return sum(1 + max(0, len(line) - 1) // WIDTH for line in text.splitlines())


def assert_refused(result, said: list[str], secret: str) -> None:
    """The command ended with exit status 2, told where what is wrong is, on one screen, and quoted nobody."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert 1 <= screen_lines(result.stderr) <= LINES, result.stderr
    assert secret not in result.stderr
    assert re.search(".*".join(map(re.escape, said)), result.stderr, re.DOTALL), result.stderr


def broken(small, breaks: Break, said: list[str]) -> Path:
    """Return the workspace of a study with one thing wrong, where an earlier run left something."""
    breaks(small)
    small.keep(*[name for name in small.files if name not in ASIDE or name == said[0]])
    root = small.write().root
    derived = root / "data" / "derived" / "small"
    derived.mkdir(parents=True)
    (derived / "results.json").write_text("[]\n", encoding="utf-8")
    return root


@pytest.mark.parametrize(("breaks", "said"), BAD.values(), ids=BAD)
def test_check_tells_bad_input_on_one_screen(small, warm, breaks, said):
    root = broken(small, breaks, said)
    before = snapshot(root)

    assert_refused(warm("check", "small", root=root), said, small.secret)
    assert snapshot(root) == before


@pytest.mark.parametrize(
    "name", [name if name in SAMPLE else pytest.param(name, marks=pytest.mark.soak) for name in BAD]
)
def test_reproduce_refuses_bad_input_before_a_kernel_starts(small, warm, name):
    root = broken(small, *BAD[name])
    before = snapshot(root)

    assert_refused(warm("reproduce", "small", root=root), BAD[name][1], small.secret)
    assert snapshot(root) == before, "no stage, no report, no half of a table"


def test_study_in_order_is_what_the_cases_start_from(small, warm):
    """Were the small study itself out of order, every case above would pass for the wrong reason."""
    checked = warm("check", "small", root=small.write().root)

    assert checked.returncode == 0
    assert checked.stderr == ""
    assert checked.stdout.endswith(
        "small: in order. 3 participants, 3 documents, 8 segments, 18 codings by 2 coders, 0 claims.\n"
    )
