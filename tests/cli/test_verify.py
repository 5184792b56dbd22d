"""concord verify: what it prints, writes and returns where nothing is stale."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

CLAIMS = """\
- {id: people, result: cases.n, printed: "3"}
- {id: patients, result: cases.group.patient, printed: "2"}
- {id: member_check, status: not_checkable, because: no data record of it}
"""


@pytest.fixture
def claimed(small, stand):
    """Return a maker of a small study with claims on which nothing is stale."""

    small.edit("study.yml", "counted: consensus", "ties: unresolved")

    def claimed(before: str = ""):
        workspace = small.write()
        (small.raw / "claims.yml").write_text(before + CLAIMS)
        stand(workspace, "small")
        return workspace.root

    return claimed


def test_one_line_a_claim_and_zero(warm, claimed):
    done = warm("verify", "small", root=claimed())
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "small: source/ is not frozen, so a changed file goes unnoticed: "
        "`concord freeze small` keeps its hashes.",
        "small: nothing is stale",
        "small: 3 statements in claims.yml: 2 are checked here, 1 cannot be.",
        "  people: printed 3, recomputed 3: reproduced [01_prepare.record]",
        "  patients: printed 2, recomputed 2: reproduced [01_prepare.record]",
        "  member_check: not_checkable (no data record of it)",
        "  reports/small/verification.html",
        "Verification shows that the numbers follow from the codings, not that the interpretation is right.",
    ]


def test_a_claim_that_fails_stands_last_and_ends_with_one(warm, claimed):
    done = warm("verify", "small", root=claimed('- {id: wrong, result: cases.n, printed: "4"}\n'))
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if "printed" in line]
    assert lines[-1] == "  wrong: printed 4, recomputed 3: differs [01_prepare.record]"
    assert done.stderr == "1 claim did not hold.\n"


def test_json_stands_alone_on_stdout_and_junit_in_its_file(warm, claimed, tmp_path):
    root = claimed()
    done = warm("verify", "small", "--json", "--junit", str(tmp_path / "j.xml"), root=root)
    told = json.loads(done.stdout)
    assert [(each["study"], each["claim"], each["verdict"]) for each in told] == [
        ("small", "people", "reproduced"),
        ("small", "patients", "reproduced"),
        ("small", "member_check", "not_checkable"),
    ]
    assert ElementTree.parse(tmp_path / "j.xml").getroot().get("tests") == "3"


def test_a_typed_number_is_listed_and_strict_fails_on_it(warm, claimed):
    root = claimed()
    (root / "data/raw/small/findings.md").write_text("# Findings\n\nThere were 3 people.\n")
    loose, strict = (warm("verify", "small", *how, root=root) for how in ((), ("--strict",)))
    assert 'line 3: "3" belongs to no claim and is not filled in' in loose.stdout
    assert (loose.returncode, strict.returncode) == (0, 1)
    assert "in findings.md belong to no claim" in strict.stderr


def test_a_retyped_number_ends_with_one_and_json_says_what_failed(warm, claimed):
    root = claimed()
    (root / "data/raw/small/findings.md").write_text("We met 4 people<!-- claim: people -->.\n")
    plain, told = (warm("verify", "small", *how, root=root) for how in ((), ("--json",)))
    assert (plain.returncode, told.returncode) == (1, 1)
    assert "without a baseline" not in plain.stdout
    records = json.loads(told.stdout)
    assert [each["claim"] for each in records if each["failed"]] == [None]
    assert (records[-1]["verdict"], records[-1]["source"]) == ("retyped", [])
    assert records[-1]["findings"]["retyped"][0]["line"] == 1


def test_an_unknown_key_in_findings_is_bad_input(warm, claimed):
    root = claimed()
    (root / "data/raw/small/findings.md").write_text("{{ cases.m }}\n")
    done = warm("verify", "small", root=root)
    assert done.returncode == 2
    assert 'findings.md, line 1: no result is called "cases.m". Did you mean "cases.n"?' in done.stderr


def test_which_claims_survive_without_somebody(warm, claimed, small):
    done = warm("verify", "small", "--without", "group:staff", root=claimed())
    assert done.returncode == 0, done.stderr
    assert "  without group:staff:" in done.stdout
    assert small.secret not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--without", "coder:X"], 'there is no coder "X"'),
        (["bundle.zip"], "not both at once"),
        (["--junit", "nowhere/verdicts.xml"], "its folder is not there"),
    ],
)
def test_what_cannot_be_meant_ends_with_two(warm, claimed, arguments, said):
    done = warm("verify", "small", *arguments, root=claimed())
    assert (done.returncode, said in done.stderr) == (2, True)
