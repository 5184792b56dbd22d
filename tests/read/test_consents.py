"""Consent as tools' files state it: what is plain is read, of two statements the stricter holds."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import zipfile
from pathlib import Path

import pytest

from analysis.read.assemble import assemble
from analysis.read.consents import stricter

from . import test_qualcoder, test_requal, test_rqda, twins
from .conftest import STUDY
from .test_refi import corpus, draft

TEXT = "We waited for months, and nobody rang us back."


def project(path: Path, case: dict[str, str], source: dict[str, str] | None = None) -> Path:
    """Write a project of one participant: what variables of the case and of their text say."""
    names = sorted({*case, *(source or {})})
    variables = "".join(
        twins.element("Variable", guid=twins.guid("variable", name), name=name, typeOfVariable="Text")
        for name in names
    )
    selection = twins.element(
        "PlainTextSelection",
        twins.element(
            "Coding",
            twins.element("CodeRef", targetGUID=twins.guid("code", "waiting")),
            guid=twins.guid("coding"),
            creatingUser=twins.guid("user", twins.CODERS[0]),
        ),
        guid=twins.guid("selection"),
        name="waited",
        startPosition=3,
        endPosition=9,
    )
    document = twins.element(
        "TextSource",
        twins.element("PlainTextContent", TEXT) + selection + values(source or {}),
        guid=twins.guid("source"),
        name="Interview",
    )
    reference = twins.element("SourceRef", targetGUID=twins.guid("source"))
    person = twins.element("Case", values(case) + reference, guid=twins.guid("case"), name="P1")
    middle = f"<Variables>{variables}</Variables><Cases>{person}</Cases>"
    return twins.pack(path, {"project.qde": twins.project("Tool 1", document, middle=middle)})


def values(said: dict[str, str]) -> str:
    return "".join(
        twins.element(
            "VariableValue",
            twins.element("VariableRef", targetGUID=twins.guid("variable", name))
            + twins.element("TextValue", value),
        )
        for name, value in said.items()
    )


def told(held) -> dict[str, object]:
    frame = held.cases.astype(object)
    return frame.where(frame.notna(), None).to_dict("records")[0]


def test_plain_flags_and_order_are_read_as_ours(tmp_path):
    said = {"consent_quote": "Yes", "consent_share": "0", "interview_order": "3", "age": "41"}
    (read,) = [told(corpus(project(tmp_path / "t.qdpx", said)))]
    assert (read["consent_quote"], read["consent_share"], read["interview_order"]) == (True, False, 3)
    assert read["age"] == "41" and read["withdrawn"] is None


def test_what_is_no_yes_or_no_is_no_consent_and_kept_under_another_name(tmp_path):
    path = project(tmp_path / "t.qdpx", {"consent_quote": "ask again", "interview_order": "first"})
    read = told(corpus(path))
    assert read["consent_quote"] is None and read["interview_order"] is None
    assert read["consent_quote (variable)"] == "ask again"
    assert read["interview_order (variable)"] == "first"
    warnings = [each for each in draft(path).warnings if "cannot be" in each]
    assert [("no consent" in each, "ask again" in each) for each in warnings] == [
        (False, False),
        (True, False),
    ]


def test_ids_of_ours_are_never_taken_from_a_variable(tmp_path):
    read = told(corpus(project(tmp_path / "t.qdpx", {"case_id": "P9"})))
    assert (read["case_id"], read["case_id (variable)"]) == ("P1", "P9")


@pytest.mark.parametrize(("case", "source"), [("yes", "no"), ("no", "yes")])
def test_a_refusal_at_the_text_or_at_the_case_is_a_refusal(case, source, tmp_path):
    path = project(tmp_path / "t.qdpx", {"consent_quote": case}, {"consent_quote": source})
    assert told(corpus(path))["consent_quote"] is False


@pytest.mark.parametrize("order", [("yes", "no"), ("no", "yes")])
def test_of_two_exports_the_stricter_statement_holds(order, tmp_path):
    paths = [
        project(tmp_path / f"{n}.qdpx", {"consent_quote": word, "withdrawn": "no", "site": f"S{n}"})
        for n, word in enumerate(order)
    ]
    read = told(corpus(*paths))
    assert (read["consent_quote"], read["site"]) == (False, "S0")


def test_a_participant_withdrawn_in_the_tool_is_withdrawn_here(tmp_path):
    read = draft(project(tmp_path / "t.qdpx", {"withdrawn": "yes"}))
    assert read.tables["cases"]["withdrawn"].tolist() == ["yes"]


def test_a_withdrawal_is_taken_beside_cells_that_nobody_filled_in(tmp_path):
    people = {"P1": "yes", "P2": "Unassigned"}
    with zipfile.ZipFile(project(tmp_path / "t.qdpx", {"withdrawn": "x"})) as archive:
        content = archive.read("project.qde").decode()
    one = re.search(r"<Case .*</Case>", content)[0]
    cases = "".join(
        one.replace('name="P1"', f'name="{name}"').replace("<TextValue>x<", f"<TextValue>{said}<")
        for name, said in people.items()
    )
    path = twins.pack(tmp_path / "two.qdpx", {"project.qde": content.replace(one, cases).encode()})
    rows = draft(path).tables["cases"].set_index("case_id")
    assert rows["withdrawn"].dropna().to_dict() == {"P1": "yes"}
    assert rows["withdrawn (variable)"].to_dict() == people


SAID = {"Withdrawn": "yes", "Group": "staff", "Consent_quote": "no", "AGE": "41"}


def of_qualcoder(database, truth, path):
    cases = {"cases": [(1, "P1", None)], "case_text": [(1, 1, 1, 0, len(truth.texts["Interview 1"]))]}
    attributes = [(n, name, "case", value, 1) for n, (name, value) in enumerate(SAID.items(), start=1)]
    return test_qualcoder.twin(database, truth, attribute=attributes, **cases)[0]


def of_rqda(database, truth, path):
    links = [(1, 1, 0.0, float(len(truth.texts["Interview 1"])), 1)]
    attributes = [(name, value, 1, 1) for name, value in SAID.items()]
    return test_rqda.twin(database, truth, cases=[("P1", 1, 1)], caselinkage=links, caseAttr=attributes)[0]


def of_requal(database, truth, path):
    file = test_requal.twin(database, truth)
    with contextlib.closing(sqlite3.connect(file)) as connection, connection:
        for table in ("attributes", "attribute_values", "attributes_cases_map"):
            connection.execute(f"delete from {table}")
        for n, (name, value) in enumerate(SAID.items(), start=1):
            connection.execute("insert into attributes values (?, ?)", (n, name))
            connection.execute("insert into attribute_values values (?, ?, ?)", (n, n, value))
            connection.execute("insert into attributes_cases_map values (1, ?, ?)", (n, n))
    return file


def of_refi_variables(database, truth, path):
    return project(path / "variables.qdpx", SAID)


def of_refi_sets(database, truth, path):
    with zipfile.ZipFile(project(path / "t.qdpx", {})) as archive:
        content = archive.read("project.qde").decode()
    member = twins.element("MemberSource", targetGUID=twins.guid("source"))
    sets = "".join(
        twins.element("Set", member, guid=twins.guid(name), name=f"{name}: {value}")
        for name, value in SAID.items()
    )
    end = f"<Sets>{sets}</Sets></Project>"
    return twins.pack(path / "sets.qdpx", {"project.qde": content.replace("</Project>", end).encode()})


@pytest.mark.parametrize("tool", [of_qualcoder, of_rqda, of_requal, of_refi_variables, of_refi_sets])
def test_a_name_of_ours_means_the_same_in_any_case(tool, database, truth, tmp_path):
    read = draft(tool(database, truth, tmp_path), coder="Ada")
    row = read.tables["cases"].set_index("case_id").loc["P1"]
    assert [row[name] for name in ("withdrawn", "group", "consent_quote", "AGE")] == [
        "yes",
        "staff",
        "no",
        "41",
    ]
    assert "P1" not in set(assemble([read], STUDY).cases["case_id"])


def test_groups_of_atlasti_mean_the_same_in_any_case(workbook):
    heading = ("Document", "Document Groups", "Quotation Content", "Codes", "Created by")
    groups = "\r\n".join(f"{name}: {value}" for name, value in SAID.items())
    path = workbook("quotations.xlsx", [heading, ("P1", groups, "We waited.", "waiting", "Ada")])
    cases = draft(path).tables["cases"]
    assert cases["withdrawn"].tolist() == ["yes"] and cases["AGE"].tolist() == ["41"]


def test_of_two_spellings_of_withdrawal_the_stricter_holds(database, truth, tmp_path):
    spelt = [(1, "Withdrawn", "case", "yes", 1), (2, "withdrawn", "case", "no", 1)]
    file, _ = test_qualcoder.twin(database, truth, cases=[(1, "P1", None)], attribute=spelt)
    paths = [file, project(tmp_path / "two.qdpx", {"Withdrawn": "yes", "withdrawn": "no"})]
    assert [draft(path).tables["cases"]["withdrawn"].tolist() for path in paths] == [["yes"], ["yes"]]


def test_a_withdrawal_said_of_the_document_holds_against_the_case(database, truth):
    spelt = [(1, "withdrawn", "file", "yes", 1), (2, "withdrawn", "case", "no", 1)]
    mine = {"case_text": [(1, 1, 1, 0, len(truth.texts["Interview 1"]))], "cases": [(1, "P1", None)]}
    file, _ = test_qualcoder.twin(database, truth, attribute=spelt, **mine)
    assert draft(file).tables["cases"]["withdrawn"].tolist() == ["yes"]


def test_other_attributes_keep_the_first_statement():
    assert stricter("site", "north", "no") == "north"
    assert stricter("withdrawn", "no", "Yes") == "Yes"
