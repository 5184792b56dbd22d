"""QualCoder: twins of its databases, old and new, with and without a byte-order mark."""

from __future__ import annotations

import pytest

from analysis.errors import DataError
from analysis.read.qualcoder import read_qualcoder, recognises

OLD = """
create table project (databaseversion text, date text, memo text, about text);
create table source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text,
                     date text);
create table code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text,
                        color text);
create table code_cat (catid integer primary key, name text, owner text, date text, memo text,
                       supercatid integer);
create table code_text (cid integer, fid integer, seltext text, pos0 integer, pos1 integer, owner text,
                        date text, memo text);
create table code_image (imid integer);
create table code_av (avid integer);
create table cases (caseid integer primary key, name text, memo text);
create table case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer);
create table attribute (attrid integer primary key, name text, attr_type text, value text, id integer);
"""
NEW = (
    OLD.replace("color text);", "color text, supercid integer);")
    .replace("create table code_text (", "create table code_text (ctid integer primary key, ")
    .replace(
        "memo text);\ncreate table code_image",
        "memo text, avid integer, important integer);\ncreate table code_image",
    )
)


def twin(database, truth, *, schema=OLD, mark=False, name="data.qda", **changed):
    """Write the team's codings; with `mark` texts begin with a byte-order mark that positions count."""
    fid = {name: n for n, name in enumerate(truth.texts, start=1)}
    cid = {code: n for n, code in enumerate(sorted({s.code for s in truth.spans}), start=1)}
    new = schema == NEW
    coding = []
    for n, s in enumerate(truth.spans, start=1):
        place = (s.start + mark, s.end + mark)
        row = (cid[s.code], fid[s.document], truth.words(s), *place, s.coder, "2024-05-01", "why")
        coding.append((n, *row, None, None) if new else row)
    rows = {
        "project": [("v17" if new else "v8", None, None, "QualCoder 3.8")],
        "source": [
            (fid[name], name, "\ufeff" * mark + text, None, None, "x", None)
            for name, text in truth.texts.items()
        ],
        "code_name": [
            (n, code, None, None, "x", None, "#ff0000") + ((None,) if new else ()) for code, n in cid.items()
        ],
        "code_text": coding,
    }
    return database(name, schema, {**rows, **changed}), rows


@pytest.mark.parametrize("schema", [OLD, NEW], ids=["version 8", "version 17"])
@pytest.mark.parametrize("mark", [False, True], ids=["plain", "byte-order mark"])
def test_spans_and_coders_are_recovered_exactly(database, truth, given, spans_of, schema, mark):
    path, _ = twin(database, truth, schema=schema, mark=mark)
    draft = read_qualcoder(path, given(path))
    assert spans_of(draft) == set(truth.spans)
    assert draft.tables["documents"]["text"].tolist() == list(truth.texts.values())
    assert draft.facts["version"] == ("v17" if schema == NEW else "v8")
    assert draft.tables["codings"]["memo"].eq("why").all()


def test_crlf_texts_keep_their_line_ends(database, make_team, given, spans_of):
    truth = make_team("\r\n")
    path, _ = twin(database, truth)
    draft = read_qualcoder(path, given(path))
    assert spans_of(draft) == set(truth.spans)
    assert "\r\n" in draft.tables["documents"]["text"][0]


def test_the_project_folder_is_read_as_its_database(database, truth, given, tmp_path, spans_of):
    path, _ = twin(database, truth)
    folder = tmp_path / "study.qda"
    folder.mkdir()
    path.rename(folder / "data.qda")
    assert recognises(b"", folder)
    assert spans_of(read_qualcoder(folder, given(folder))) == set(truth.spans)


def test_categories_stand_above_codes_even_of_the_same_name(database, truth, given):
    path, rows = twin(database, truth)
    first = rows["code_name"][0][1]
    path, _ = twin(
        database,
        truth,
        code_cat=[(1, "Barriers", "x", None, "all that hinders", None), (2, first, "x", None, None, 1)],
        code_name=[(*row[:3], 2 if n == 0 else None, *row[4:]) for n, row in enumerate(rows["code_name"])],
    )
    codes = read_qualcoder(path, given(path)).tables["codes"].set_index("code_id")
    assert codes.loc[f"Barriers > {first} > {first}", "parent_id"] == f"Barriers > {first}"
    assert codes.loc["Barriers", "definition"] == "all that hinders"


def test_subcodes_of_version_17_stand_below_their_code(database, truth, given):
    path, rows = twin(database, truth, schema=NEW)
    names = [(*row[:-1], 1 if n == 1 else None) for n, row in enumerate(rows["code_name"])]
    path, _ = twin(database, truth, schema=NEW, code_name=names)
    codes = read_qualcoder(path, given(path)).tables["codes"].set_index("code_id")
    assert codes.loc[names[1][1], "parent_id"] == names[0][1]


def test_cases_and_attributes_come_along(database, truth, given):
    lengths = [len(text) for text in truth.texts.values()]
    half = truth.texts["Entrevista ñ"].index("\n", lengths[1] // 2) + 1
    path, _ = twin(
        database,
        truth,
        cases=[(1, "P1", None), (2, "P2", None), (3, "P3", None)],
        case_text=[(1, 1, 1, 0, lengths[0]), (2, 2, 2, 0, half), (3, 3, 2, half, lengths[1])],
        attribute=[(1, "Group", "case", "patient", 1), (2, "site", "file", "north", 1)],
    )
    draft = read_qualcoder(path, given(path))
    cases = draft.tables["cases"].set_index("case_id")
    assert cases.loc["P1", ["group", "site"]].tolist() == ["patient", "north"]
    documents = draft.tables["documents"].set_index("document_id")["case_id"]
    assert documents["Interview 1"] == "P1" and documents.isna()["Entrevista ñ"]
    inside = draft.tables["segments"].query("document_id == 'Entrevista ñ'")
    expected = ["P2" if int(end) <= half else "P3" for end in inside["end"]]
    assert inside["case_id"].tolist() == expected and len(set(expected)) == 2


def test_pictures_and_sound_are_counted_and_left(database, truth, given):
    path, _ = twin(database, truth, code_image=[(1,), (2,)], code_av=[(1,)])
    left = read_qualcoder(path, given(path)).facts["left"]
    assert left["codings of pictures and PDF areas"] == 2 and left["codings of audio and video"] == 1


def test_two_spellings_of_one_coder_are_pointed_out(database, truth, given):
    _, rows = twin(database, truth)
    coding = [(*row[:5], "ada " if n == 0 else row[5], *row[6:]) for n, row in enumerate(rows["code_text"])]
    path, _ = twin(database, truth, code_text=coding)
    assert any("differ in spelling only" in warning for warning in read_qualcoder(path, given(path)).warnings)


def test_texts_changed_after_coding_are_refused(database, truth, given):
    _, rows = twin(database, truth)
    source = [(*row[:2], "An added line.\n" + row[2], *row[3:]) for row in rows["source"]]
    path, _ = twin(database, truth, source=source)
    with pytest.raises(DataError, match="was the text changed after coding"):
        read_qualcoder(path, given(path))
