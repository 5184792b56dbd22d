"""A new study runs at once, whatever its method, and says that its example is invented."""

from __future__ import annotations

from typing import get_args

import pytest

from analysis import report
from analysis.agreement.sheet import agreement_table
from analysis.errors import StudyError, UsageError
from analysis.paths import Workspace
from analysis.read import read_study
from analysis.results import Step
from analysis.review import open_review
from analysis.scaffold import new_study
from analysis.settings import Method
from analysis.study import load_study


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return Workspace(tmp_path)


@pytest.mark.parametrize("method", get_args(Method))
def test_every_method_makes_a_study_with_a_report(workspace, method):
    files = new_study(workspace, "mine", method)
    study = load_study(workspace, "mine")
    parts = report.sections(report.Material(Step(workspace, "05_report", study)))

    assert (
        sorted(p.relative_to(workspace.raw("mine")).as_posix() for p in workspace.raw("mine").rglob("*.*"))
        == files
    )
    assert study.method == method
    assert study.simulated
    assert {part.id for part in parts} >= {"study", "themes", "provenance"}


def test_positions_are_where_the_words_are(workspace):
    new_study(workspace, "mine", "framework")
    corpus = read_study(workspace, load_study(workspace, "mine"))
    texts = corpus.documents.set_index("document_id")["text"]

    spans = corpus.segments[["document_id", "start", "end"]].itertuples(index=False)
    assert all(texts[d][s - 1] == " " and texts[d][e - 1] == "." and texts[d][e] == "\n" for d, s, e in spans)


def test_the_example_has_agreement_to_look_at_and_differences_to_settle(workspace):
    new_study(workspace, "mine", "codebook")
    study = load_study(workspace, "mine")
    table = agreement_table(read_study(workspace, study), study)

    assert table.loc[table["measure"] == "krippendorff_alpha", "estimate"].notna().any()
    assert len(open_review(workspace, "mine", "ana").items) == 3


def test_nothing_is_ever_overwritten(workspace):
    new_study(workspace, "mine", "codebook")
    before = {path: path.read_bytes() for path in workspace.raw("mine").rglob("*.*")}
    with pytest.raises(StudyError, match="nothing was changed"):
        new_study(workspace, "mine", "cqr")

    assert {path: path.read_bytes() for path in workspace.raw("mine").rglob("*.*")} == before


@pytest.mark.parametrize("name", ["", "../x", "a b", ".x", "é"])
def test_a_name_that_is_no_folder_is_refused(workspace, name):
    with pytest.raises(StudyError):
        new_study(workspace, name, "codebook")
    assert list(workspace.raw("x").parent.iterdir()) == []


def test_a_method_that_is_none_is_refused_with_what_is_near(workspace):
    with pytest.raises(UsageError, match='Did you mean "framework"'):
        new_study(workspace, "mine", "framewrk")
