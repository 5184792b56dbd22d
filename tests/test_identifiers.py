"""What looks like a direct identifier is found, and ordinary numbers are left alone."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import identifiers
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
        ("M1 1AE", "postcode"),
        ("GIR 0AA it was", "postcode"),
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


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("they moved to sw1a 2aa last year", "postcode"),
        ("they moved to Sw1a2aa last year", "postcode"),
        ("they moved to SW1A\u00a02AA", "postcode"),
        ("ring 020\u00a07946\u00a00018 after six", "phone"),
        ("ring 07700\u202f900123", "phone"),
        ("it is 943\u00a0476\u00a05919", "nhs_number"),
        ("it is 943\u202f476\u202f5919", "nhs_number"),
    ],
)
def test_identifiers_are_found_however_they_are_typed_and_set(text, kind):
    assert [each.kind for each in find(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "see s1 2nd and e2 4th",
        "color:#ba12ab",
        "sha256 ba12ab",
        "in zz1 2ab",
        "segment e12ab",
        "b1 0 px, h1 2em",
    ],
)
def test_small_letters_alone_make_no_postcode(text):
    assert find(text) == []


@pytest.mark.parametrize("written", ["Anna  Smith", "Anna\nSmith", "anna\u00a0smith", "Anna \n  SMITH"])
def test_the_parts_of_a_name_may_stand_apart_by_any_white_space(written):
    (found,) = find(f"then {written} said", ["Anna Smith"])
    assert (found.kind, found.start, found.end) == ("name", 5, 5 + len(written))


@pytest.mark.parametrize("listed", ["NFC", "NFD"])
@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_accents_are_found_in_one_piece_or_taken_apart(listed, written):
    text = unicodedata.normalize(written, "then José said")
    (found,) = find(text, [unicodedata.normalize(listed, "José")])
    assert text[found.start : found.end] == unicodedata.normalize(written, "José")


def test_a_name_within_a_longer_name_is_another_name():
    assert find(unicodedata.normalize("NFD", "then José said"), ["Jose"]) == []
    assert [each.start for each in find("Anna Smith and Anna", ["Anna", "Anna Smith"])] == [0, 15]


@given(
    st.lists(
        st.sampled_from([*"AB19 \u00a0.#-\n", "SW1A", "1AA", "m1", "1ae", "EC1A1BB", "GIR", "0aa", "9zz"])
    )
)
def test_postcodes_are_found_wherever_one_of_their_shapes_fits(parts):
    text = "".join(parts)
    shapes = (identifiers._POSTCODE, identifiers._TYPED)
    fits = {match.span() for shape in shapes for match in shape.finditer(text)}

    assert {match.span() for match in identifiers._postcodes(text)} == fits


def test_each_of_several_postcodes_and_numbers_has_its_place():
    text = "M1 1AE, sw1a 2aa; (0161) 496 0000 or +44 (0)161 496 0000"

    assert [(each.kind, text[each.start : each.end]) for each in find(text)] == [
        ("postcode", "M1 1AE"),
        ("postcode", "sw1a 2aa"),
        ("phone", "(0161) 496 0000"),
        ("phone", "+44 (0)161 496 0000"),
    ]
