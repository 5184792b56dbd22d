"""Claims judged without somebody: in memory, changing nothing."""

from __future__ import annotations

import re

import pytest

from analysis.errors import UsageError
from analysis.robustness import as_data, lines, public, survivors, without

CLAIMS = """\
- {id: people, result: cases.n, printed: "3"}
- {id: waited, result: themes.waiting.n_cases, printed: "2"}
- {id: contact, result: "themes.access.n_cases[rollup=descendants]", printed: "2 of 2"}
- {id: patients, result: themes.waiting.patient.n_cases, printed: "1", comparator: at_least}
- {id: not_here, status: not_checkable, because: no data record of it}
"""


@pytest.fixture
def surviving(small):
    small.edit("study.yml", "counted: consensus", "ties: unresolved")
    workspace = small.write()
    (small.raw / "claims.yml").write_text(CLAIMS)

    def surviving(*left_out: str, leave_one_out: bool = False):
        return survivors(workspace, "small", left_out, leave_one_out)

    return surviving


def falls(found) -> dict[str, list[str]]:
    return {each.said: [v.claim.id for v in found.fallen(each)] for each in found.left}


def test_claims_that_fall_without_a_case_or_a_group_are_named(surviving):
    assert "waited" in falls(surviving("case:P2"))["without case:P2"]
    assert {"waited", "patients"} <= set(falls(surviving("group:patient"))["without group:patient"])


def test_counts_of_who_took_part_stand_apart(surviving):
    found = surviving("case:P2")
    (left,) = found.left
    assert [v.claim.id for v in found.counts(left)] == ["people"]
    assert "people" not in falls(found)["without case:P2"]


def test_several_are_left_out_together(surviving):
    assert list(falls(surviving("coder:A", "case:P1"))) == ["without coder:A, case:P1"]


def test_leave_one_out_takes_every_independent_coder_and_every_case(surviving):
    found = surviving(leave_one_out=True)
    assert [each.left_out for each in found.left] == [
        ("coder:A",), ("coder:B",), ("case:P1",), ("case:P2",), ("case:P3",),
    ]  # fmt: skip


def test_nothing_is_written(small, surviving):
    before = sorted(path for path in small.root.rglob("*") if path.is_file())
    surviving(leave_one_out=True)
    assert sorted(path for path in small.root.rglob("*") if path.is_file()) == before


def test_a_number_that_is_no_longer_there_cannot_be_asked_for(surviving):
    told = list(lines(surviving("group:patient")))
    assert any(
        "patients: cannot be asked: themes.waiting.patient.n_cases was not computed." in t for t in told
    )


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("coder:C", 'there is no coder "C".'),
        ("case:P11", 'there is no case "P11". Did you mean "P1"?'),
        ("codr:A", "takes coder:NAME, group:NAME or case:NAME."),
        ("A", "takes coder:NAME"),
    ],
)
def test_who_is_not_there_cannot_be_left_out(small, left_out, said):
    with pytest.raises(UsageError) as raised:
        without(small.corpus(), [left_out])
    assert said in str(raised.value)


def test_a_rule_that_needs_who_is_left_out_is_told_and_the_rest_goes_on(small):
    small.edit("study.yml", "counted: consensus", "counted: coder:A")
    workspace = small.write()
    (small.raw / "claims.yml").write_text(CLAIMS)
    found = survivors(workspace, "small", ["coder:A"])
    (left,) = found.left
    assert left.problem
    assert any("cannot be computed" in line for line in lines(found))


def test_without_somebody_is_what_the_study_says_with_that_exclusion(small):
    """The same people gone by `exclude` in study.yml."""
    left = without(small.corpus(), ["case:P2", "coder:B"])
    said = small.corpus(exclude={"case": ["P2"], "coder": ["B"]})
    for name, frame in said.tables().items():
        assert frame.equals(left.tables()[name]), name


def test_simulated_claims_are_never_reproduced_and_in_no_tally(small, surviving):
    small.settings += "simulated: true\n"
    small.write()
    found = surviving("case:P2")
    data = as_data(found)
    without = data["left_out"][0]["claims"].values()
    told = [*data["with_everybody"].values(), *(claim["verdict"] for claim in without)]
    assert "holds_by_construction" in told
    assert not any(verdict.startswith("reproduced") for verdict in told)
    said = "\n".join(lines(found))
    assert not re.search(r"\d+ claims|\d+ survive|\d+ counts", said)
    assert "without case:P2: these no longer hold by construction\n    waited: " in said


def test_a_policy_that_hides_counts_hides_them_in_what_other_programs_read(small, surviving):
    small.edit("study.yml", "as_published", "ukllc")
    found = surviving("case:P2")
    told = as_data(public(found, small.study()))["left_out"][0]
    assert told["claims"]["waited"]["recomputed"] == ["[not shown]"]
    assert told["falls"] == as_data(found)["left_out"][0]["falls"]


def test_claims_about_what_is_not_computed_in_memory_are_named_and_left_out(small, surviving):
    with (small.raw / "claims.yml").open("a") as file:
        file.write('- {id: drawn, table: figures/themes, where: {code_id: cost}, column: n, printed: "1"}\n')
        file.write('- {id: both, table: cooccurrence, where: {code_a: cost}, column: n, printed: "1"}\n')
    found = surviving("case:P2")
    assert (found.unasked, as_data(found)["unasked"]) == (("drawn", "both"), ["drawn", "both"])
    said = list(lines(found))
    assert said[1] == "  with everybody: 3 of 3 claims hold; counts of who took part stand apart"
    assert said[2].endswith("not computed in memory: drawn, both")


def test_as_data_names_what_falls(surviving):
    data = as_data(surviving("case:P2"))
    assert data["left_out"][0]["without"] == ["case:P2"]
    assert data["left_out"][0]["claims"]["waited"]["recomputed"] == ["1"]
