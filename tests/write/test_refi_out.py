"""A study's codings as REFI-QDA: valid by the official schema, the same bytes, and read back unchanged."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

from analysis.disclosure import quotable
from analysis.errors import UsageError
from analysis.inputs import Input
from analysis.read import read_draft
from analysis.read.assemble import assemble
from analysis.study import Study
from analysis.write.left import left_behind
from analysis.write.refi import write_refi
from analysis.write.settled import settled

STUDY = Study.model_validate(
    {
        "study": "back",
        "title": "back",
        "method": "codebook",
        "segmentation": "own",
        "inputs": [{"file": "out.qdpx"}],
        "disclosure": {"policy": "text_free"},
    }
)


def written(small, folder: Path, stage: str | None = None) -> Path:
    corpus = small.corpus()
    write_refi(corpus, settled(corpus, stage)[0], folder / "out.qdpx", "small")
    return folder / "out.qdpx"


def said(corpus, stage: str) -> set[tuple]:
    """Return what the codings of a stage say: whose words, where, who, which code, with which memo."""
    of_codes = corpus.codings[(corpus.codings["variable"] == "codes") & (corpus.codings["stage"] == stage)]
    rows = of_codes.merge(corpus.segments, on="segment_id")
    name = rows["value"].map(corpus.codes.set_index("code_id")["name"])
    case, memo = rows["case_id"].fillna(""), rows["memo"].fillna("")
    where = (rows[column].fillna(-1) for column in ("start", "end"))
    return set(zip(case, rows["document_id"], *where, rows["coder_id"], name, memo, strict=True))


def back_again(small, folder: Path, stage: str = "consensus"):
    """Return the corpus before it was written as a project, and as it is read back."""
    path = written(small, folder, stage)
    return small.corpus(), assemble([read_draft(path, Input(file=path.name, stage=stage))], STUDY)


def cells(corpus, table: str, columns: list[str]) -> list[list[object]]:
    """Return rows of a table, in order, None where a cell is empty: missing cells compare as nothing else."""
    frame = corpus.tables()[table].sort_values(columns[0])[columns].astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


@pytest.mark.parametrize("stage", ["consensus", "independent"])
def test_a_round_trip_reads_unchanged(small, tmp_path, stage):
    before, after = back_again(small, tmp_path, stage)
    assert said(after, stage) == said(before, stage)
    assert len(said(after, stage)) > 0
    for table, columns in (
        ("documents", ["document_id", "case_id", "text"]),
        ("cases", ["case_id", "group", "site", "interview_order", "consent_quote", "consent_share"]),
        ("codes", ["name", "definition"]),
    ):
        assert cells(after, table, columns) == cells(before, table, columns)


def focus_group(small) -> None:
    """Let three people speak in one document of nobody's, one of them inside another's turn."""
    small.edit("documents.csv", "D1,P1,Interview 1", "D1,,Focus group")
    header, *rows = small.rows("segments")
    whose = {"P1-2": "P1", "P1-3": "P2", "P2-2": "", "P2-3": "", "P3-2": ""}
    inside = ["P3-9", "D1", "90", "96", "", "q2"]
    small.put("segments", [[*header, "case_id"], *([*r, whose.get(r[0], "")] for r in [*rows, inside])])
    small.files["segments.csv"] = str(small.files["segments.csv"]).replace(
        "P3-9,D1,90,96,,q2,", "P3-9,D1,90,96,,q2,P3"
    )
    small.files["codings.csv"] = str(small.files["codings.csv"]) + (
        "P3-9,team,codes,cost,consensus,1,\nP1-1,team,codes,contact,consensus,1,\n"
    )


def test_each_speaker_of_a_focus_group_stays_themselves(small, tmp_path):
    focus_group(small)
    before, after = back_again(small, tmp_path)
    assert said(after, "consensus") == said(before, "consensus")
    whose = {(case, code) for case, document, *_, code, _ in said(after, "consensus") if document == "D1"}
    assert whose == {("P1", "Waiting"), ("P2", "Contact"), ("P3", "Cost"), ("", "Contact")}
    assert cells(after, "documents", ["document_id", "case_id"]) == [["D1", None], ["D2", "P2"], ["D3", "P3"]]


def test_a_part_that_is_somebody_elses_stays_theirs(small, tmp_path):
    header, *rows = small.rows("segments")
    small.put("segments", [[*header, "case_id"], *([*r, "P3" if r[0] == "P1-2" else ""] for r in rows)])
    before, after = back_again(small, tmp_path)
    assert {case for case, document, *_ in said(before, "consensus") if document == "D1"} == {"P1", "P3"}
    assert said(after, "consensus") == said(before, "consensus")


def test_answers_without_a_document_stay_their_participants(small, tmp_path):
    small.only(
        cases="case_id,group\nP1,patient\nP2,staff\n",
        segments="segment_id,case_id,text\na1,P1,It took long.\na2,P1,Nobody rang.\nb1,P2,It took long.\n",
        codings="segment_id,coder_id,value\na1,A,waiting\na2,A,contact\nb1,A,waiting\n",
    )
    before, after = back_again(small, tmp_path, "independent")
    rows = after.codings.merge(after.segments, on="segment_id")
    assert set(zip(rows["case_id"], rows["value"], strict=True)) == {
        ("P1", "waiting"),
        ("P1", "contact"),
        ("P2", "waiting"),
    }
    assert cells(after, "cases", ["case_id", "group"]) == cells(before, "cases", ["case_id", "group"])


def test_the_project_of_a_focus_group_is_valid_by_the_official_schema(small, tmp_path, shared):
    focus_group(small)
    schema = etree.XMLSchema(etree.parse(shared / "samples" / "refi-qda" / "Project-mrt2019.xsd"))
    with zipfile.ZipFile(written(small, tmp_path)) as archive:
        project = etree.fromstring(archive.read("project.qde"))
    schema.assertValid(project)
    assert len(project.findall(".//{*}SelectionRef")) == 3


def test_what_a_project_has_no_place_for_is_counted(small):
    small.edit("codes.csv", "code_id,name,parent_id", "code_id,a_priori,introduced_version,name,parent_id")
    for code in ("access,", "waiting,", "contact,", "cost,"):
        small.edit("codes.csv", f"\n{code}", f"\n{code}yes,2,")
    corpus = small.corpus()
    codings, _ = settled(corpus, "consensus")
    left = left_behind(corpus, codings, "refi-qda")
    assert {name: left.get(name) for name in LOST} == LOST


LOST = {
    "segments without one of these codings": 4,
    "speakers of segments": 4,
    "questions of segments": 4,
    "ids of codes": 4,
    "names of documents": 3,
    "marks of codes made before coding": 4,
    "versions that codes came with": 4,
    "what codes influence": 3,
    "kinds of coders": 3,
    "roles of coders": 3,
    "affiliations of coders": 2,
}


def test_consent_and_its_absence_survive_a_round_trip(small, tmp_path):
    small.edit("cases.csv", "P1,patient,1,yes,yes,no,north", "P1,patient,,,,no,")
    before, after = back_again(small, tmp_path)
    columns = ["interview_order", "consent_quote", "consent_share", "withdrawn"]
    assert cells(after, "cases", ["case_id", *columns]) == [
        ["P1", None, None, None, None],
        ["P2", 2, False, True, None],
        ["P3", 3, True, False, None],
    ]
    assert "consent_quote (variable)" not in after.cases
    shown = STUDY.model_copy(
        update={"disclosure": STUDY.disclosure.model_copy(update={"policy": "as_published"})}
    )
    for corpus in (before, after):
        quoted = corpus.segments.loc[quotable(corpus, shown), "case_id"]
        assert set(quoted) == {"P3"}


def test_a_study_without_flags_comes_back_without_consent(small, tmp_path):
    small.put("cases", [row[:2] for row in small.rows("cases")])
    _, after = back_again(small, tmp_path)
    assert not after.cases[["consent_quote", "consent_share"]].notna().any(axis=None)


def test_the_project_is_valid_by_the_official_schema(small, tmp_path, shared):
    schema = etree.XMLSchema(etree.parse(shared / "samples" / "refi-qda" / "Project-mrt2019.xsd"))
    with zipfile.ZipFile(written(small, tmp_path, "independent")) as archive:
        schema.assertValid(etree.fromstring(archive.read("project.qde")))


def test_the_same_codings_are_the_same_bytes(small, tmp_path):
    one, two = (written(small, tmp_path / name) for name in ("a", "b"))
    assert one.read_bytes() == two.read_bytes()


def test_consensus_goes_back_where_there_is_one(small):
    codings, sentence = settled(small.corpus())
    assert set(codings["stage"]) == {"consensus"}
    assert sentence.startswith("stage consensus")


def test_a_stage_that_nobody_coded_at_is_refused(small):
    with pytest.raises(UsageError, match="nothing was coded at stage training"):
        settled(small.corpus(), "training")


def test_consent_and_order_of_interviews_go_along_as_variables_of_the_cases(small, tmp_path):
    with zipfile.ZipFile(written(small, tmp_path)) as archive:
        project = etree.fromstring(archive.read("project.qde"))
    names = {each.get("guid"): each.get("name") for each in project.iterfind(".//{*}Variable")}
    held = {
        case.get("name"): {
            names[value.find("{*}VariableRef").get("targetGUID")]: value.findtext("{*}TextValue")
            for value in case.iterfind("{*}VariableValue")
        }
        for case in project.iterfind(".//{*}Case")
    }
    columns = ("group", "interview_order", "consent_quote", "consent_share", "site")
    rows = {"P1": "patient 1 yes yes north", "P2": "patient 2 no yes south", "P3": "staff 3 yes no north"}
    assert held == {case: dict(zip(columns, row.split(), strict=True)) for case, row in rows.items()}


def test_withdrawn_participants_do_not_go_along(small, tmp_path):
    small.edit("cases.csv", "P2,patient,2,no,yes,no,south", "P2,patient,2,no,yes,yes,south")
    with zipfile.ZipFile(written(small, tmp_path)) as archive:
        project = etree.fromstring(archive.read("project.qde"))
        texts = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".txt"))
    assert [case.get("name") for case in project.iterfind(".//{*}Case")] == ["P1", "P3"]
    assert b"The fare alone" not in texts and b"months" in texts
