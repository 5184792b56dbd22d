"""What looks like a direct identifier is found, and ordinary numbers are left alone."""

from __future__ import annotations

import pytest

from analysis.errors import DisclosureError
from analysis.identifiers import find, names_of, read_names


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jo.smith+x@mail.example.org please", "email"),
        ("ring 020 7946 0018 after six", "phone"),
        ("ring +44 20 7946 0018", "phone"),
        ("ring 07700 900123", "phone"),
        ("ring (0161) 496 0000", "phone"),
        ("they moved to SW1A 1AA last year", "postcode"),
        ("they moved to M1 1AE", "postcode"),
        ("it is 943 476 5919", "nhs_number"),
        ("it is 943-476-5919", "nhs_number"),
        ("my NHS number is 9434765919", "nhs_number"),
        ("then Anna Beispiel said", "name"),
        ("then ANNA BEISPIEL said", "name"),
    ],
)
def test_identifiers_are_found(text, kind):
    assert [each.kind for each in find(text, ["Anna Beispiel"])] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "943 476 5918 has a wrong check digit",
        "9434765919 might be anything",
        "12 of 19 participants, 63.2 %, p = 0.0431",
        "doi 10.3389/fdgth.2023.1139125",
        "in 2019 and 2020, 1,000,000 people",
        "see 2021-03-31 and page 0123",
        "Room B12, ward 4",
        "on 01.02.2021 1230",
        "made with d3@7.8.5",
        "Annabel Beispielhaft",
    ],
)
def test_ordinary_numbers_and_names_are_left_alone(text):
    assert find(text, ["Anna Beispiel"]) == []


def test_a_list_of_names_has_one_a_line(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text("\ufeff# participants\nAnna Beispiel\n\n Bo \n", encoding="utf-8")

    assert read_names(path) == ["Anna Beispiel", "Bo"]


def test_a_list_of_names_that_is_not_there_is_an_error(small):
    study = small.study(disclosure__names="names.txt")
    with pytest.raises(DisclosureError, match=r"disclosure\.names"):
        names_of(small.workspace, study)
    (small.raw / "names.txt").write_text("Anna Beispiel\n", encoding="utf-8")

    assert names_of(small.workspace, study) == ["Anna Beispiel"]
