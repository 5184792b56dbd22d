"""All studies at a glance, on the index page and on the page that JupyterLab opens on."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from analysis.indexpage import index_page, write_index
from analysis.paths import Workspace
from analysis.startpage import start
from analysis.studies import glance, glances


@pytest.fixture
def workspace(tmp_path, checkout) -> Workspace:
    shutil.copytree(
        checkout / "data" / "raw" / "krippendorff2011", tmp_path / "data" / "raw" / "krippendorff2011"
    )
    return Workspace(tmp_path)


def left(workspace: Workspace, name: str, results: dict[str, float], status: str = "completed") -> None:
    """Leave what a run leaves, as far as a glance looks."""
    entries = [{"key": key, "value": value} for key, value in results.items()]
    workspace.derived(name).mkdir(parents=True, exist_ok=True)
    workspace.reports(name).mkdir(parents=True, exist_ok=True)
    (workspace.derived(name) / "results.json").write_text(json.dumps(entries))
    told = {"status": status, "ended": "2026-03-04T05:06:07.890+00:00"}
    (workspace.reports(name) / "run.json").write_text(json.dumps(told))


def test_a_study_that_never_ran_says_what_to_do(workspace):
    found = glance(workspace, "krippendorff2011")

    assert (found.state, found.following) == ("never run", "concord reproduce krippendorff2011")
    assert not found.report


def test_a_study_without_its_data_says_where_to_get_it(workspace):
    (workspace.source("krippendorff2011") / "ratings.csv").unlink()
    found = glance(workspace, "krippendorff2011")

    assert found.state == "data not here (ratings.csv)"


def test_verdicts_and_agreement_come_from_results(workspace):
    results = {
        "claims.n": 4, "claims.reproduced": 3, "claims.differs": 1,
        "agreement.rating.krippendorff_alpha": 0.743,
        "agreement.rating.krippendorff_alpha[level=ordinal]": 0.8,
    }  # fmt: skip
    left(workspace, "krippendorff2011", results)
    found = glance(workspace, "krippendorff2011")

    assert found.verdicts == "4 claims: 3 reproduced, 1 differ"
    assert found.failed == 1
    assert found.agreement == "Krippendorff's alpha of rating: 0.74"
    assert found.ran == "2026-03-04 05:06 UTC"


def test_simulated_claims_count_as_nothing(workspace):
    path = workspace.raw("krippendorff2011") / "study.yml"
    path.write_text(path.read_text() + "simulated: true\n")
    left(
        workspace, "krippendorff2011", {"claims.n": 4, "claims.holds_by_construction": 3, "claims.differs": 1}
    )
    found = glance(workspace, "krippendorff2011")

    assert "no verdict on a paper" in found.verdicts
    assert "reproduced" not in found.verdicts
    assert "<strong>simulated data</strong>" in index_page([found])


def test_a_study_file_that_cannot_be_read_stops_no_other(workspace):
    broken = workspace.raw("broken")
    broken.mkdir()
    (broken / "study.yml").write_text("study: [")
    found = {each.study: each for each in glances(workspace)}

    assert found["broken"].state == "study.yml is not in order"
    assert found["krippendorff2011"].state == "never run"


def test_the_index_opens_offline_and_runs_nothing(workspace):
    left(workspace, "krippendorff2011", {"claims.n": 0})
    write_index(workspace)
    page = (workspace.root / "reports" / "index.html").read_text()

    assert "default-src 'none'" in page
    assert not re.findall(r"(?:src|href)=[\"'](?:https?:)?//", page)
    assert "<script" not in page


def test_a_title_cannot_break_out_of_a_page(workspace, monkeypatch):
    path = workspace.raw("krippendorff2011") / "study.yml"
    path.write_text(path.read_text().replace("title: Kripp", "title: <script>alert(1)</script> Kripp"))
    monkeypatch.setenv("CONCORD_ROOT", str(workspace.root))

    assert "<script>" not in index_page(glances(workspace))
    assert "<script>" not in start().markup


def test_the_start_page_of_an_empty_workspace_says_how_to_begin(tmp_path, monkeypatch):
    (tmp_path / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("CONCORD_ROOT", str(tmp_path))

    assert "concord new" in start().caption


def with_report(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> str:
    left(workspace, "krippendorff2011", {})
    (workspace.reports("krippendorff2011") / "index.html").write_text("<title>a report</title>")
    monkeypatch.setenv("CONCORD_ROOT", str(workspace.root))
    return start().markup


def test_the_start_page_links_no_report_of_another_workspace(workspace, monkeypatch):
    """The checkout's notebooks lie beside the checkout's reports, not beside this workspace's."""
    markup = with_report(workspace, monkeypatch)

    assert "open the report" not in markup
    assert "reports/krippendorff2011/index.html</code> in the workspace's folder" in markup


def test_the_start_page_links_reports_that_lie_beside_its_notebooks(workspace, monkeypatch):
    (workspace.root / "notebooks").mkdir()
    (workspace.root / "notebooks" / "01_prepare.ipynb").touch()

    assert 'href="../../reports/krippendorff2011/index.html"' in with_report(workspace, monkeypatch)
