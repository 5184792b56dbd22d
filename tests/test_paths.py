"""Where things are, and which workspace is meant."""

from __future__ import annotations

import pytest

from analysis.errors import StudyError, UsageError
from analysis.paths import CHECKOUT, Workspace


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.delenv("CONCORD_ROOT", raising=False)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path


def test_default_is_this_checkout(root):
    assert Workspace.find().root == CHECKOUT


def test_named_folder_before_the_environment_before_the_checkout(root, tmp_path_factory, monkeypatch):
    other = tmp_path_factory.mktemp("other")
    (other / "data" / "raw").mkdir(parents=True)
    monkeypatch.setenv("CONCORD_ROOT", str(other))

    assert Workspace.find().root == other
    assert Workspace.find(root).root == root


def test_a_folder_without_data_is_no_workspace(tmp_path):
    with pytest.raises(UsageError, match=r"holds no folder data/raw.*--root or CONCORD_ROOT"):
        Workspace.find(tmp_path)


def test_notebooks_are_the_workspaces_own_where_it_has_them(root):
    assert Workspace.find(root).notebooks == CHECKOUT / "notebooks"
    (root / "notebooks").mkdir()
    (root / "notebooks" / "01_prepare.ipynb").write_text("{}")
    assert Workspace.find(root).notebooks == root / "notebooks"


def test_folders_of_a_study_are_all_below_the_root(root):
    workspace = Workspace(root)
    places = {
        workspace.raw("s"): "data/raw/s",
        workspace.source("s"): "data/raw/s/source",
        workspace.derived("s"): "data/derived/s",
        workspace.reports("s"): "reports/s",
        workspace.lab("s"): ".lab/s",
        workspace.scratch: ".concord",
    }
    assert {path.relative_to(root).as_posix() for path in places} == set(places.values())


class TestRequire:
    def test_study_that_is_there(self, root):
        (root / "data/raw/demo").mkdir()
        (root / "data/raw/demo/study.yml").write_text("")
        assert Workspace(root).require("demo") == root / "data/raw/demo"
        assert Workspace(root).studies() == ["demo"]

    def test_study_that_is_not_there_names_the_nearest_and_all(self, root):
        for name in ("demo", "other"):
            (root / "data/raw" / name).mkdir()
            (root / "data/raw" / name / "study.yml").write_text("")
        with pytest.raises(StudyError, match=r'no study "demmo".*Did you mean "demo"\?.*demo, other'):
            Workspace(root).require("demmo")

    def test_no_study_at_all_says_how_to_make_one(self, root):
        with pytest.raises(StudyError, match="concord new"):
            Workspace(root).require("demo")

    @pytest.mark.parametrize("name", ["../demo", "", ".", "a/b"])
    def test_a_name_is_never_a_path(self, root, name):
        (root / "data/raw/study.yml").write_text("")
        (root / "data/demo").mkdir()
        (root / "data/demo/study.yml").write_text("")
        with pytest.raises(StudyError):
            Workspace(root).require(name)
