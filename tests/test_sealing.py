"""What goes into git holds no text, no names, no participants' ids, no counts that the policy hides."""

from __future__ import annotations

import json

import pytest

from analysis.sealing import Sealer, is_sealed
from analysis.study import load_study


def prepared(small, policy: str = "as_published", **edits: tuple[str, str]):
    """Return the small study's sealer, with its tables in data/derived."""
    small.edit("study.yml", "policy: as_published", f"policy: {policy}")
    for file, (old, new) in edits.items():
        small.files[f"{file}.csv"] = small.files[f"{file}.csv"].replace(old, new)
    corpus = small.corpus()
    folder = small.workspace.derived("small")
    corpus.save(folder)
    (folder / "imports.json").write_text(json.dumps({"withdrawn": 0}), "utf-8")
    return Sealer(small.workspace, load_study(small.workspace, "small"))


def entry(key: str = "cases.n", value: float = 3, **more) -> dict:
    return {"key": key, "value": value, "low": None, "note": "a quiet remark", **more}


def test_values_stand_as_they_are_where_all_counts_are_shown(small):
    sealer = prepared(small)
    assert sealer.result(entry(n=4)) == {"value": 3, "n": 4}
    assert sealer.count("rows", 3) == 3
    assert sealer.mark == ""
    assert not (small.workspace.scratch / "freeze.key").exists()


@pytest.mark.parametrize(
    "policy", ["nhs_mental_health", "opensafely", "opensafely_midpoint6", "acro", "ukllc"]
)
def test_values_are_sealed_where_small_counts_are_hidden(small, policy):
    sealer = prepared(small, policy)
    sealed = sealer.result(entry())
    assert is_sealed(sealed)
    assert sealed == sealer.result(entry())
    assert sealed != sealer.result(entry(value=4))
    assert sealed != sealer.result(entry("documents.n"))
    assert is_sealed(sealer.count("withdrawn", 1))


def test_the_key_stays_on_this_machine_and_another_gives_other_hashes(small):
    sealer = prepared(small, "acro")
    path = small.workspace.scratch / "freeze.key"
    first = sealer.result(entry()), sealer.mark
    assert path.stat().st_mode & 0o077 == 0
    assert Sealer(small.workspace, sealer.study).mark == sealer.mark
    path.unlink()
    other = Sealer(small.workspace, sealer.study)
    assert (other.result(entry()), other.mark) != first
    assert other.mark != first[1]


@pytest.mark.parametrize(
    "key", ["agreement.mood.percent[case_id=P1]", "x.n[document_id=D1,pair=A|B]", "y[segment_id=S1]"]
)
def test_what_is_about_one_person_is_left_out(small, key):
    assert prepared(small).key(key) is None


def test_keys_without_names_stand_as_they_are(small):
    sealer = prepared(small)
    for key in ("cases.n", "themes.waiting.patient.n_cases", "agreement.mood.percent[pair=A|B]"):
        assert sealer.key(key) == key


def test_coders_with_names_become_numbers(small):
    sealer = prepared(
        small, coders=("\nA,", "\nAnna,"), codings=(",A,", ",Anna,"), assignments=("\nA,", "\nAnna,")
    )
    assert sealer.key("agreement.mood.percent[pair=Anna|B]") == "agreement.mood.percent[pair=coder 1|B]"
    assert sealer.key("themes.Anna.n_cases") == "themes.Anna.n_cases"  # a code of that name is a code


def test_codes_that_may_be_phrases_become_numbers_where_no_text_is_shown(small):
    sealer = prepared(small, "text_free")
    told = sealer.key("themes.waiting.patient.n_cases[rollup=descendants]")
    assert "waiting" not in told
    assert told.endswith(".patient.n_cases[rollup=descendants]")


def test_it_needs_no_tables_to_say_what_it_can(small):
    small.write()
    sealer = Sealer(small.workspace, load_study(small.workspace, "small"))
    assert sealer.key("cases.n") == "cases.n"
