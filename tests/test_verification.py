"""Verification of a study: verdicts, coverage, withdrawal, and the files that tell of it."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from analysis import wholefile
from analysis.claimfile import Claim
from analysis.errors import DisclosureError
from analysis.junit import junit
from analysis.publicclaims import hides_numbers
from analysis.stepresults import recorded
from analysis.study import load_study
from analysis.verification import BY_CONSTRUCTION, STATEMENT, total, verified
from analysis.verificationfiles import as_data, keep, public

CLAIMS = """\
- {id: people, result: cases.n, printed: "3"}
- {id: wrong, result: cases.group.patient, printed: "3"}
- {id: waiting, table: themes, where: {code_id: waiting}, column: n_cases, printed: "2 of 2"}
- {id: member_check, status: not_checkable, because: no data record of it}
"""


@pytest.fixture
def checked(small, stand):
    """Return a maker of the verification of a small study with claims."""

    small.edit("study.yml", "counted: consensus", "ties: unresolved")

    def checked(claims: str = CLAIMS, **files: str):
        workspace = small.write()
        (small.raw / "claims.yml").write_text(claims, encoding="utf-8")
        for name, text in files.items():
            (small.raw / f"{name}.md").write_text(text, encoding="utf-8")
        stand(workspace, "small")
        return workspace, verified(workspace, load_study(workspace, "small"))

    return checked


def verdicts(v) -> dict[str, str]:
    return {each.claim.id: each.verdict for each in v.verdicts}


class TestVerdicts:
    def test_results_and_cells_are_judged_and_failures_stand_last(self, checked):
        _, v = checked()
        assert verdicts(v) == {
            "people": "reproduced",
            "wrong": "differs",
            "waiting": "reproduced",
            "member_check": "not_checkable",
        }
        assert [each.claim.id for each in v.ordered][-1] == "wrong"
        assert v.failed == 1

    def test_where_each_number_came_from_is_told(self, checked):
        _, v = checked()
        assert [each.origin for each in v.verdicts] == [
            "01_prepare.record", "01_prepare.record", "themes.csv", "",
        ]  # fmt: skip

    def test_coverage_says_how_many_and_why_not_the_others(self, checked):
        _, v = checked()
        assert v.coverage == (
            "4 statements in claims.yml: 3 are checked here, 1 cannot be because: no data record of it."
        )

    def test_an_edited_results_json_is_not_believed(self, checked):
        workspace, _ = checked()
        path = workspace.derived("small") / "results.json"
        path.write_text('[{"key": "cases.group.patient", "value": 3, "notebook": "x", "cell": "y"}]')
        assert verdicts(verified(workspace, load_study(workspace, "small")))["wrong"] == "differs"
        assert len(json.loads(path.read_text())) == len(recorded(workspace, "small")) > 1


class TestSimulated:
    @pytest.fixture
    def simulated(self, small, checked):
        small.settings += "simulated: true\n"
        return checked()[1]

    def test_claims_hold_by_construction_and_a_wrong_one_still_fails(self, simulated):
        assert verdicts(simulated)["people"] == "holds_by_construction"
        assert verdicts(simulated)["wrong"] == "differs"

    def test_no_tally_counts_them(self, simulated):
        assert simulated.tally == {}
        assert total([simulated]) == "not counted, because simulated: small."
        suite = ElementTree.fromstring(junit([simulated]))
        assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "3")

    def test_page_and_data_say_so(self, simulated):
        assert as_data(simulated)["by_construction"] == BY_CONSTRUCTION


class TestFiles:
    def test_page_and_data_hold_the_same_and_are_the_same_bytes_twice(self, checked):
        workspace, v = checked(findings="We met 4 people.\n")
        files = [workspace.root / name for name in keep(workspace, v)]
        first = [path.read_bytes() for path in files]
        assert keep(workspace, verified(workspace, load_study(workspace, "small")))
        assert [path.read_bytes() for path in files] == first

        data, page = json.loads(first[0]), first[1].decode()
        assert [path.name for path in files] == [
            "verification.json", "verification.html", "findings.md", "findings.html",
        ]  # fmt: skip
        assert data["statement"] == STATEMENT
        for text in (STATEMENT, v.coverage, *(each.claim.id for each in v.verdicts), "belongs to no claim"):
            assert text in page
        assert page.index(STATEMENT) < page.index("statements in claims.yml") < page.index("member_check")
        assert [each["claim"] for each in data["claims"]][-1] == "wrong"
        assert data["findings"]["untied"] == [{"line": 1, "text": "4"}]

    def test_nothing_is_fetched_and_no_interview_text_is_told(self, checked, small):
        workspace, v = checked()
        text = "".join((workspace.root / name).read_text("utf-8") for name in keep(workspace, v))
        assert "default-src 'none'" in text
        assert "http" not in text.replace("http-equiv", "")
        assert small.secret not in text

    def test_text_that_holds_a_direct_identifier_is_not_rendered(self, checked):
        workspace, v = checked(findings="Write to anna.meyer@clinic.example for more.\n")
        with pytest.raises(DisclosureError):
            keep(workspace, v)
        assert not (workspace.reports("small") / "findings.html").exists()

    def test_findings_that_are_gone_leave_no_page_behind(self, checked, small):
        workspace, v = checked(findings="Nothing.\n")
        keep(workspace, v)
        (small.raw / "findings.md").unlink()
        keep(workspace, verified(workspace, load_study(workspace, "small")))
        assert not (workspace.reports("small") / "findings.html").exists()

    def test_a_policy_that_hides_counts_hides_them_beside_a_verdict(self, checked, small):
        small.edit("study.yml", "as_published", "nhs_mental_health")
        workspace, v = checked()
        keep(workspace, v)
        found = json.loads((workspace.reports("small") / "verification.json").read_text("utf-8"))
        (waiting,) = [each for each in found["claims"] if each["claim"] == "waiting"]
        assert waiting["recomputed"] == ["[not shown]"]
        assert "2 of 2" not in json.dumps(waiting)

    def test_a_policy_that_hides_counts_hides_how_many_withdrew_in_every_file(self, checked, small):
        small.edit("study.yml", "as_published", "ukllc")
        small.edit("cases.csv", "P2,patient,2,no,yes,no,south", "P2,patient,2,no,yes,yes,south")
        workspace, v = checked('- {id: people, result: cases.n, printed: "3"}\n')
        assert (v.withdrawn, verdicts(v)) == (1, {"people": "changed_by_withdrawal"})
        keep(workspace, v)
        shown = public(v, load_study(workspace, "small"))
        texts = [path.read_text("utf-8") for path in workspace.reports("small").iterdir() if path.is_file()]
        for text in (*texts, junit([shown])):
            assert "1 participant" not in text
            assert "articipants withdrew" in text
        assert as_data(shown)["withdrawn"] is None

    def test_claims_about_one_code_lose_their_numbers_under_such_a_policy(self, small):
        study = small.study(disclosure__policy="ukllc")
        hidden = {
            "code": Claim(id="a", result="agreement.codes.waiting.percent", printed="0.5"),
            "pair": Claim(id="a", result="agreement.mood.percent[pair=A|B]", printed="0.5"),
            "documents": Claim(id="a", result="documents.n", printed="3"),
            "based": Claim(id="a", result="agreement.mood.percent", printed="50% of 4"),
            "cell": Claim(
                id="a", table="agreement", where={"code_id": "waiting"}, column="estimate", printed="0.5"
            ),
            "base": Claim(
                id="a", table="agreement", where={"variable": "mood"}, column="n_units", printed="3"
            ),
        }
        shown = {
            "over all": Claim(id="a", result="agreement.mood.krippendorff_alpha", printed="0.5"),
            "median": Claim(id="a", result="agreement.codes.percent.median", printed="0.5"),
            "cell": Claim(
                id="a", table="agreement", where={"variable": "mood"}, column="estimate", printed="0.5"
            ),
        }
        assert {name for name, claim in hidden.items() if not hides_numbers(claim, study)} == set()
        assert {name for name, claim in shown.items() if hides_numbers(claim, study)} == set()


class TestJUnit:
    def test_a_case_a_claim_with_its_failure(self, checked):
        _, v = checked()
        root = ElementTree.fromstring(junit([v]))
        (suite,) = root
        assert (root.tag, suite.get("name"), suite.get("failures"), suite.get("skipped")) == (
            "testsuites", "small", "1", "1",
        )  # fmt: skip
        (failure,) = suite.findall("testcase[@name='wrong']/failure")
        assert failure.get("type") == "differs"
        assert failure.get("message") == "printed 3, recomputed 2"

    def test_what_xml_cannot_hold_is_a_blank(self, checked):
        _, v = checked('- {id: "a\\u0007b<&", result: cases.n, printed: "3"}\n')
        (case,) = ElementTree.fromstring(junit([v])).iter("testcase")
        assert case.get("name") == "a b<&"


class TestWithdrawal:
    def test_a_withdrawn_participant_of_a_study(self, small, stand):
        small.edit("study.yml", "counted: consensus", "ties: unresolved")
        small.edit("cases.csv", "P2,patient,2,no,yes,no,south", "P2,patient,2,no,yes,yes,south")
        workspace = small.write()
        (small.raw / "claims.yml").write_text(CLAIMS)
        stand(workspace, "small")
        v = verified(workspace, load_study(workspace, "small"))
        assert (v.withdrawn, verdicts(v)["people"]) == (1, "changed_by_withdrawal")
        assert verdicts(v)["wrong"] == "differs"
        assert "P2" not in wholefile.dumps(as_data(v))
