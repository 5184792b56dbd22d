"""Claims that no longer hold because participants withdrew, and those that something else changed."""

from __future__ import annotations

import pytest

from analysis import baseline, provenance
from analysis.claimfile import Claim
from analysis.claims import judge
from analysis.departures import explained
from analysis.state import observe
from analysis.study import load_study
from analysis.verification import verified

PEOPLE = Claim(id="people", result="cases.n", printed="3")
ALPHA = Claim(id="alpha", result="a", printed="0.74")
CLAIMS = """\
- {id: people, result: cases.n, printed: "3"}
- {id: waited, result: themes.waiting.n_cases, printed: "2"}
- {id: share, result: themes.waiting.n_cases, printed: "67%"}
- {id: cell, table: themes, where: {code_id: waiting, group: patient}, column: n_cases, printed: "2 of 2"}
- {id: wrong, result: cases.group.patient, printed: "3"}
"""
P2 = "P2,patient,2,no,yes,no,south"


def entry(key: str, value: float, unit: str) -> dict:
    return {"key": key, "value": value, "unit": unit, "n": None}


class TestWithoutBaseline:
    def verdict(self, claim: Claim, now: dict, withdrawn: int = 1) -> str:
        (found,) = explained(judge([now], [claim]), [now], withdrawn)
        return found.verdict

    def test_a_count_of_participants_that_is_less_by_those_who_are_gone(self):
        assert self.verdict(PEOPLE, entry("cases.n", 2, "participants")) == "changed_by_withdrawal"

    @pytest.mark.parametrize("value", [1, 4])
    def test_a_count_that_differs_otherwise_still_fails(self, value):
        assert self.verdict(PEOPLE, entry("cases.n", value, "participants")) == "differs"

    def test_what_is_no_count_of_participants_still_fails(self):
        assert self.verdict(ALPHA, entry("a", 0.7, "coefficient")) == "differs"


@pytest.fixture
def small_library(tmp_path_factory, monkeypatch):
    """Let the library that counts be one small module: reading all of it takes seconds."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "__init__.py").write_text("", "utf-8")
    monkeypatch.setattr(provenance, "PACKAGE", folder)


class TestSinceBaseline:
    """A study is frozen, then changed; everything but `wrong` held before."""

    @pytest.fixture(autouse=True)
    def library(self, small_library):
        pass

    @pytest.fixture
    def changed(self, small, stand):
        small.edit("study.yml", "counted: consensus", "ties: unresolved")
        del small.files["asked.csv"]

        def changed(*edits: tuple[str, str, str], forgets: tuple[str, ...] = ()):
            workspace = small.write()
            (small.raw / "claims.yml").write_text(CLAIMS)
            stand(workspace, "small")
            then = observe(workspace, "small")
            for name in forgets:
                then.source["cases.csv"].pop(name, None)
                [claim.pop(name, None) for claim in then.claims.values()]
            baseline.save(workspace, then)
            for edit in edits:
                small.edit(*edit)
            stand(small.write(), "small")
            found = verified(workspace, load_study(workspace, "small"))
            return {v.claim.id: v.verdict for v in found.verdicts}

        return changed

    def test_whatever_held_before_is_excused_counts_percentages_and_cells_alike(self, changed):
        gone = P2.replace(",no,south", ",yes,south")
        assert changed(("cases.csv", P2, gone)) == {
            "people": "changed_by_withdrawal",
            "waited": "changed_by_withdrawal",
            "share": "changed_by_withdrawal",
            "cell": "changed_by_withdrawal",
            "wrong": "differs",
        }

    def test_consent_withdrawn_with_it_is_no_other_change(self, changed):
        gone = P2.replace("no,yes,no,south", "no,no,yes,south")
        assert changed(("cases.csv", P2, gone))["people"] == "changed_by_withdrawal"

    def test_counts_that_a_policy_hides_are_excused_too(self, changed, small):
        small.edit("study.yml", "as_published", "ukllc")
        gone = P2.replace(",no,south", ",yes,south")
        found = changed(("cases.csv", P2, gone))
        assert (found["people"], found["cell"], found["wrong"]) == (
            "changed_by_withdrawal", "changed_by_withdrawal", "differs",
        )  # fmt: skip

    @pytest.mark.parametrize(
        "edit",
        [
            ("cases.csv", "P1,patient,1", "P1,staff,1"),
            ("codings.csv", "P1-3,team,codes,contact,consensus,1,\n", ""),
            ("codings.csv", "P1-2,A,codes,waiting", "P1-2,A,codes,cost"),
            ("study.yml", "ties: unresolved", "counted: all"),
        ],
    )
    def test_another_change_beside_it_is_not_excused(self, changed, edit):
        gone = P2.replace(",no,south", ",yes,south")
        assert "changed_by_withdrawal" not in changed(("cases.csv", P2, gone), edit).values()

    def test_an_older_freeze_excuses_counts_alone(self, changed):
        gone = P2.replace(",no,south", ",yes,south")
        found = changed(("cases.csv", P2, gone), forgets=("held", "but_withdrawn"))
        assert (found["people"], found["cell"]) == ("changed_by_withdrawal", "differs")

    def test_a_freeze_sealed_on_another_machine_excuses_counts_alone(self, changed, small, monkeypatch):
        small.edit("study.yml", "as_published", "ukllc")
        save = baseline.save

        def save_and_leave(workspace, state):
            save(workspace, state)
            (workspace.scratch / "freeze.key").unlink()

        monkeypatch.setattr(baseline, "save", save_and_leave)
        gone = P2.replace(",no,south", ",yes,south")
        found = changed(("cases.csv", P2, gone))
        assert (found["people"], found["cell"], found["wrong"]) == (
            "changed_by_withdrawal", "differs", "differs",
        )  # fmt: skip

    def test_who_withdrew_before_the_freeze_excuses_nothing(self, changed, small):
        small.edit("cases.csv", P2, P2.replace(",no,south", ",yes,south"))
        assert changed()["people"] == "differs"
