"""Codes of several people's exports meet by where they stand, not by their name alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.inputs import Input
from analysis.read import read_draft
from analysis.read.assemble import assemble

from . import twins
from .conftest import STUDY

TEXT = "We waited for months, and nobody rang us back. Then she wrote to them again."


def book(*paths: str, key: str) -> str:
    """Return the codes at paths such as "Barriers > Time" and the folders that they stand in."""
    tree: dict = {}
    for path in paths:
        here = tree
        for name in path.split(" > "):
            here = here.setdefault(name, {})

    def elements(below: dict, above: str) -> str:
        return "".join(
            twins.element(
                "Code", elements(inner, f"{above}/{n}"), guid=twins.guid(key, f"{above}/{n}"), name=n
            )
            for n, inner in below.items()
        )

    return elements(tree, "")


def export(folder: Path, coder: str, *paths: str, coded: str = "", group: str = "", site: str = ""):
    """Return one coder's project: the same text, one passage with one code, their own GUIDs."""
    key = twins.guid(coder)
    target = twins.guid(key, "/" + (coded or paths[0]).replace(" > ", "/"))
    coding = twins.element(
        "Coding",
        twins.element("CodeRef", targetGUID=target),
        guid=twins.guid(coder, "coding"),
        creatingUser=twins.guid("user", coder),
    )
    passage = twins.element(
        "PlainTextSelection", coding, guid=twins.guid(coder, 1), name="waited", startPosition=3, endPosition=9
    )
    content = twins.element("PlainTextContent", TEXT)
    source = twins.element("TextSource", content + passage, guid=twins.guid(coder, "source"), name="Talk")
    values = "".join(
        twins.element(
            "VariableValue",
            twins.element("VariableRef", targetGUID=twins.guid(key, name))
            + f"<TextValue>{value}</TextValue>",
        )
        for name, value in (("group", group), ("site", site))
        if value
    )
    variables = "".join(
        twins.element("Variable", guid=twins.guid(key, name), name=name, typeOfVariable="Text")
        for name in ("group", "site")
    )
    ref = twins.element("SourceRef", targetGUID=twins.guid(coder, "source"))
    case = twins.element("Case", values + ref, guid=twins.guid(coder, "case"), name="P1")
    middle = f"<Variables>{variables}</Variables><Cases>{case}</Cases>"
    users = twins.element("User", guid=twins.guid("user", coder), name=coder)
    path = folder / f"{coder}.qde"
    path.write_bytes(twins.project("T", source, users=users, codes=book(*paths, key=key), middle=middle))
    return read_draft(path, Input(file=path.name, stage="independent"))


def coded(corpus) -> dict[str, tuple[str, str]]:
    """Return coder -> code id and the id of the code above it."""
    parent = corpus.codes.set_index("code_id")["parent_id"].fillna("")
    rows = corpus.codings[["coder_id", "value"]].itertuples(index=False)
    return {coder: (code, parent[code]) for coder, code in rows}


def test_a_name_below_other_codes_is_another_code(tmp_path):
    ada = export(tmp_path, "Ada", "Barriers > Time > Queue")
    ben = export(tmp_path, "Ben", "Facilitators > Time > Queue", coded="Facilitators > Time")
    corpus = assemble([ada, ben], STUDY)
    assert coded(corpus)["Ben"] == ("Facilitators > Time", "Facilitators")
    below = corpus.codes.set_index("code_id")["parent_id"]
    assert below["Time"] == "Barriers"
    assert below["Facilitators > Time > Queue"] == "Facilitators > Time"
    assert any("Ben.qde: 2 codes are named as in another file but" in each for each in corpus.warnings)


def test_one_path_is_one_code_whatever_it_is_called(tmp_path):
    ada = export(tmp_path, "Ada", "Barriers > Time", "Facilitators > Time")
    ben = export(tmp_path, "Ben", "Barriers > Time")
    corpus = assemble([ada, ben], STUDY)
    assert coded(corpus) == dict.fromkeys(("Ada", "Ben"), ("Barriers > Time", "Barriers"))
    assert len(corpus.codes) == 4
    assert not any("named as in another file" in each for each in corpus.warnings)


@pytest.mark.parametrize(("first", "second"), [("Ada", "Ben"), ("Ben", "Ada")])
def test_a_file_without_hierarchy_meets_the_one_code_of_that_name(tmp_path, first, second):
    drafts = {
        "Ada": export(tmp_path, "Ada", "Barriers > Time"),
        "Ben": export(tmp_path, "Ben", "Time"),
    }
    corpus = assemble([drafts[first], drafts[second]], STUDY)
    assert coded(corpus) == dict.fromkeys(("Ada", "Ben"), ("Time", "Barriers"))
    assert any("1 codes are named as in another file and only one" in each for each in corpus.warnings)


def test_a_folder_around_the_whole_codebook_does_not_part_codes(tmp_path):
    ada = export(tmp_path, "Ada", "Barriers > Time", "Facilitators > Time")
    ben = export(tmp_path, "Ben", "All codes > Facilitators > Time")
    corpus = assemble([ada, ben], STUDY)
    assert coded(corpus)["Ben"] == ("Facilitators > Time", "Facilitators")
    assert corpus.codes.set_index("code_id")["parent_id"]["Facilitators"] == "All codes"


@pytest.mark.parametrize(("first", "second"), [("Ada", "Ben"), ("Ben", "Ada")])
def test_a_name_that_may_be_either_of_two_codes_is_neither(tmp_path, first, second):
    drafts = {
        "Ada": export(tmp_path, "Ada", "Barriers > Time", "Facilitators > Time"),
        "Ben": export(tmp_path, "Ben", "Time"),
    }
    corpus = assemble([drafts[first], drafts[second]], STUDY)
    assert coded(corpus)["Ada"][0] == "Barriers > Time"
    assert coded(corpus)["Ben"] == ("Time", "")


def test_files_that_say_different_things_of_a_participant_are_named(tmp_path):
    ada = export(tmp_path, "Ada", "Time", group="staff", site="north")
    ben = export(tmp_path, "Ben", "Time", group="patient", site="north")
    corpus = assemble([ada, ben], STUDY)
    assert corpus.cases["group"].tolist() == ["staff"]
    assert [each for each in corpus.warnings if each.startswith("cases:")] == [
        "cases: files say different things of the same ones (group 1); the first file's word stands."
    ]
