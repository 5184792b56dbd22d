"""Consent as tools' files state it: what is plain is read, of two statements the stricter holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.read.consents import stricter

from . import twins
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


def test_other_attributes_keep_the_first_statement():
    assert stricter("site", "north", "no") == "north"
    assert stricter("withdrawn", "no", "Yes") == "Yes"
