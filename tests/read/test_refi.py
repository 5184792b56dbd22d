"""REFI-QDA projects: the public sample, twins of every dialect, and what must be refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from analysis.errors import DataError
from analysis.inputs import Input
from analysis.read import read_draft
from analysis.read.assemble import assemble

from . import twins
from .conftest import STUDY


def draft(path: Path, **settings: object):
    return read_draft(path, Input.model_validate({"file": path.name, "stage": "independent", **settings}))


def corpus(*paths: Path, **settings: object):
    return assemble([draft(path, **settings) for path in paths], STUDY)


def found_in(held, texts: dict[str, str]) -> set[tuple[str, int, int, str, str]]:
    """Return the codings of a corpus by the text they are in, whatever its document is called."""
    names = {text: name for name, text in texts.items()}
    text_of = held.documents.set_index("document_id")["text"]
    rows = held.codings.merge(held.segments, on="segment_id", suffixes=("", "_s")).dropna(subset=["start"])
    code = rows["value"].map(held.codes.set_index("code_id")["name"])
    document = [names[text_of[each]] for each in rows["document_id"]]
    return set(zip(document, rows["start"], rows["end"], rows["coder_id"], code, strict=True))


@pytest.mark.parametrize("dialect", list(twins.DIALECTS))
def test_every_span_and_coder_of_a_dialect_is_recovered(dialect, tmp_path):
    known = twins.truth(documents=3)
    held = corpus(twins.DIALECTS[dialect](tmp_path / "twin.qdpx", known))
    assert found_in(held, known.texts) == known.codings
    assert set(held.coders["coder_id"]) == set(twins.CODERS)


@pytest.mark.parametrize("dialect", list(twins.DIALECTS))
def test_a_convention_of_nobody_is_refused(dialect, tmp_path):
    known = twins.truth()
    path = twins.DIALECTS[dialect](
        tmp_path / "twin.qdpx", known, lambda text, at: twins.utf16(text, at) * 7 // 8
    )
    with pytest.raises(DataError, match="cannot be placed"):
        draft(path)


def test_case_text_of_nvivo_names_the_participant(tmp_path):
    held = corpus(twins.nvivo(tmp_path / "t.qdpx", twins.truth()))
    assert sorted(held.documents["case_id"]) == ["Participant 1", "Participant 2", "Participant 3"]
    assert held.documents["document_id"].nunique() == 3


def test_nameless_cases_of_qualcoder_take_the_name_of_their_source(tmp_path):
    held = corpus(twins.qualcoder(tmp_path / "t.qdpx", twins.truth()))
    assert held.cases["case_id"].tolist() == ["Interview 1", "Interview 2", "Interview 3"]
    assert held.cases["age"].tolist() == ["41", "41", "41"]


def test_sets_of_atlasti_that_read_as_pairs_are_attributes(tmp_path):
    held = corpus(twins.atlasti(tmp_path / "t.qdpx", twins.truth()))
    assert held.cases["site"].tolist() == ["S1", "S2", "S3"]


def test_copies_of_maxqda_meet_on_one_text(tmp_path):
    held = corpus(twins.maxqda(tmp_path / "t.qdpx", twins.truth()))
    assert len(held.documents) == 3
    assert any("copies" in warning for warning in held.warnings)
    assert held.cases["place"].tolist() == ["clinic"] * 3


def test_two_exports_with_other_line_ends_names_and_letters_meet_on_one_text(tmp_path):
    known = twins.truth(newline="\r\n")
    ada = twins.Truth(known.texts, {c for c in known.codings if c[3] == twins.CODERS[0]})
    other = {f"{name} (Ben).txt": text.replace("\r\n", "\n") for name, text in known.texts.items()}
    shifted = {
        (f"{d} (Ben).txt", *(twins.one_a_line_end(known.texts[d], at) for at in (s, e)), coder, code)
        for d, s, e, coder, code in known.codings
        if coder == twins.CODERS[1]
    }
    ben = twins.Truth(other, shifted)
    held = corpus(twins.nvivo(tmp_path / "ada.qdpx", ada), twins.qualcoder(tmp_path / "ben.qdpx", ben))
    assert len(held.documents) == 3
    assert found_in(held, known.texts) == known.codings


def test_the_same_export_twice_says_the_same(tmp_path):
    known = twins.truth()
    one, two = (twins.qualcoder(tmp_path / name, known) for name in ("a.qdpx", "b.qdpx"))
    assert found_in(corpus(one, two), known.texts) == known.codings


def test_a_coding_without_user_takes_the_named_coder(tmp_path):
    known = twins.truth()
    path = twins.qualcoder(tmp_path / "t.qdpx", known)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    users = [f' creatingUser="{twins.guid("user", coder)}"'.encode() for coder in twins.CODERS]
    for user in users:
        members["project.qde"] = members["project.qde"].replace(user, b"")
    bare = twins.pack(tmp_path / "bare.qdpx", members)
    with pytest.raises(DataError, match="--coder NAME"):
        draft(bare)
    assert set(draft(bare, coder="AK").tables["codings"]["coder_id"]) == {"AK"}
    assert set(draft(path, all_by="AK").tables["codings"]["coder_id"]) == {"AK"}


TWO_USERS = [("", ""), ("Ada", "Ada")]  # names of two users: not listed, or called alike


@pytest.mark.parametrize("names", TWO_USERS, ids=["not among the users", "of one name"])
def test_a_user_is_one_coder_whether_the_coding_or_its_selection_names_them(tmp_path, names):
    users = "".join(
        twins.element("User", guid=f"user-{n}", name=name) for n, name in enumerate(names, 1) if name
    )
    ref = twins.element("CodeRef", targetGUID=twins.guid("code", "cost"))
    spans = [
        (0, 2, "user-1", "user-1"),
        (3, 9, "", "user-1"),
        (10, 13, "", "user-2"),
        (14, 20, "", "user-2"),
    ]
    inside = "".join(
        twins.element(
            "PlainTextSelection",
            twins.element("Coding", ref, guid=f"c{start}", **({"creatingUser": user} if user else {})),
            guid=f"s{start}", startPosition=start, endPosition=end, creatingUser=marker,
        )
        for start, end, user, marker in spans
    )  # fmt: skip
    content = twins.element("PlainTextContent", "We waited for months, and nobody rang.")
    path = tmp_path / "users.qde"
    path.write_bytes(twins.project("T", twins.element("TextSource", content + inside, guid="d"), users=users))
    coders = draft(path).tables["codings"]["coder_id"].tolist()
    assert coders[0] == coders[1] != coders[2] == coders[3]
    assert not any("case" in coder for coder in coders)


def test_a_coding_of_a_whole_document_stands_for_all_of_it(tmp_path):
    known = twins.truth(documents=1)
    whole = twins.element(
        "Coding",
        twins.element("CodeRef", targetGUID=twins.guid("code", "cost")),
        guid=twins.guid("whole"),
        creatingUser=twins.guid("user", twins.CODERS[1]),
    ).encode()
    with zipfile.ZipFile(twins.qualcoder(tmp_path / "t.qdpx", known)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["project.qde"] = members["project.qde"].replace(b"</TextSource>", whole + b"</TextSource>")
    held = corpus(twins.pack(tmp_path / "whole.qdpx", members))
    assert found_in(held, known.texts) == known.codings
    rows = held.codings.merge(held.segments, on="segment_id")
    (row,) = rows[rows["start"].isna()].to_dict("records")
    assert (row["document_id"], row["coder_id"], row["value"]) == ("Interview 1", twins.CODERS[1], "cost")


def test_a_user_who_coded_nothing_is_no_coder(tmp_path):
    path = twins.atlasti(tmp_path / "t.qdpx", twins.truth(documents=1))
    held = corpus(path)
    assert "ATLAS.ti" not in set(held.coders["coder_id"])
    assert set(held.coders["coder_id"]) == set(twins.CODERS)


def test_the_stage_is_never_guessed(tmp_path):
    path = twins.qualcoder(tmp_path / "t.qdpx", twins.truth())
    with pytest.raises(DataError, match="stage not declared"):
        draft(path, stage=None)


def test_held_taken_and_left_add_up(tmp_path):
    known = twins.truth()
    facts = draft(twins.atlasti(tmp_path / "t.qdpx", known)).facts
    assert facts["held"]["Coding"] == facts["taken"]["codings"] + sum(
        n for what, n in facts["left"].items() if what.startswith("codings")
    )
    assert facts["positions"]["line_ends"] == "one"


@pytest.mark.parametrize("name", ["sky-loom_Project.qde", "sky-loom_TestProject.qdpx"])
def test_the_public_sample_of_atlasti_reads_with_the_counts_of_its_notes(shared, name):
    read = draft(shared / "samples" / "atlasti" / name)
    held, taken, left = (read.facts[k] for k in ("held", "taken", "left"))
    assert (held["User"], held["Code"], held["Set"], held["Coding"]) == (3, 14, 16, 16)
    assert (held["PlainTextSelection"], held["PDFSelection"], held["Note"], held["Link"]) == (8, 4, 2, 1)
    assert held["transcripts that are a text source too"] == 3
    assert (taken["codings"], taken["coders"], taken["codes"], taken["texts"]) == (9, 1, 14, 0)
    assert left["codings of PDF pages that the text beside them holds too"] == 2
    assert left["further pages of a coded passage"] == 1
    pairs = taken["codings"] + sum(left[k] for k in ("codings on pictures", "codings on video"))
    assert pairs + left["codings on areas of PDF pages"] == 13
    assert read.facts["positions"]["verdict"] == "nothing to prove"
    assert (read.facts["tool"], read.facts["version"]) == ("ATLAS.ti", "8.4.0")
    spans = read.tables["segments"][["start", "end"]].astype(int).to_numpy().tolist()
    assert [139, 195] in spans
    assert read.tables["documents"]["text"].isna().all()
    assert "/Users" not in "".join([str(read.facts), *read.warnings])  # its home path is nobody's business


@pytest.mark.parametrize("namespace", ["codebook:1.0", "codebook:1:0", "codebook:0:4"])
def test_a_codebook_of_any_namespace_gives_codes_with_their_hierarchy(tmp_path, namespace):
    inner = (
        '<Code guid="{A1}" name="Access" isCodable="false"><Code guid="b2" name="Waiting" isCodable="true">'
        "<Description>Time before care</Description></Code></Code>"
    )
    text = (
        f'\ufeff<CodeBook origin="x" xmlns="urn:QDA-XML:{namespace}"><Codes>{inner}</Codes><Sets/></CodeBook>'
    )
    path = tmp_path / "codes.qdc"
    path.write_text(text, "utf-8")
    read = draft(path, stage=None)
    assert read.facts["format"] == "refi-codebook"
    codes = read.tables["codes"][["code_id", "parent_id", "definition"]].fillna("").to_numpy().tolist()
    assert codes == [["Access", "", ""], ["Waiting", "Access", "Time before care"]]


def test_coded_documents_of_nobody_are_counted_where_others_have_a_participant(tmp_path):
    known = twins.truth(documents=3)
    path = twins.nvivo(tmp_path / "t.qdpx", known)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for document in ("Interview 2", "Interview 3"):
        gone = twins.element(
            "Coding",
            twins.element("CodeRef", targetGUID=twins.guid("case", document)),
            guid=twins.guid("whole", document),
        ).encode()
        assert members["project.qde"].count(gone) == 1
        members["project.qde"] = members["project.qde"].replace(gone, b"")
    held = corpus(twins.pack(tmp_path / "part.qdpx", members))
    bare = held.segments["case_id"].isna()
    count = int(held.codings["segment_id"].isin(held.segments.loc[bare, "segment_id"]).sum())
    assert count > 0
    said = [each for each in held.warnings if "to no participant, although others do" in each]
    assert len(said) == 1 and said[0].startswith("2 coded documents") and f"{count} codings" in said[0]
    assert not any("to no participant" in each for each in corpus(path).warnings)


def test_folders_stay_above_their_codes_and_are_counted(tmp_path):
    known = twins.truth(documents=1)
    path = twins.nvivo(tmp_path / "t.qdpx", known)
    read = draft(path)
    assert read.facts["left"]["marks that a code is a folder"] == 1
    above = read.tables["codes"].set_index("code_id")["parent_id"].dropna()
    assert above.to_dict() == dict.fromkeys(twins.CODES, "All codes")
    assert not any("folders" in warning for warning in read.warnings)


def test_codings_with_a_folder_are_kept_and_counted(tmp_path):
    known = twins.truth(documents=1)
    with zipfile.ZipFile(twins.qualcoder(tmp_path / "t.qdpx", known)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    cost = f'guid="{twins.guid("code", "cost")}" name="cost" isCodable='.encode()
    content = members["project.qde"].replace(cost + b'"true"', cost + b'"false"')
    read = draft(twins.pack(tmp_path / "folder.qdpx", members | {"project.qde": content}))
    count = sum(code == "cost" for *_, code in known.codings)
    assert (read.tables["codings"]["value"] == "cost").sum() == count > 0
    assert any(f": {count} codings are with codes that the project calls folders" in w for w in read.warnings)
