"""Bringing a tool's export into a study: read first, then copied and listed, comments kept."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from analysis.errors import DataError, UsageError
from analysis.intake import bring, report
from analysis.paths import Workspace
from analysis.read import read_study
from analysis.study import load_study
from analysis.studyfile import with_input

PROJECT = """<Project name="x" origin="QualCoder-3.5" xmlns="urn:QDA-XML:project:1.0">
<Users><User guid="{u}1" name="Ada"/></Users>
<CodeBook><Codes><Code guid="{c}1" name="waiting" isCodable="true"/></Codes></CodeBook>
<Sources><TextSource guid="{s}1" name="D1" plainTextPath="internal://a.txt">{selections}</TextSource></Sources></Project>"""
TEXT = "We waited 😀 for months and nobody rang. " * 10


def export(path: Path) -> Path:
    start, guid = TEXT.index("waited"), "0" * 31
    inside = "".join(
        f'<PlainTextSelection guid="{guid}{n}" name="waited" startPosition="{start + n * 40}" '
        f'endPosition="{start + 6 + n * 40}"><Coding guid="{guid}{n}" creatingUser="u1">'
        '<CodeRef targetGUID="c1"/></Coding></PlainTextSelection>'
        for n in range(9)
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("project.qde", PROJECT.format(u="u", c="c", s="s", selections=inside))
        archive.writestr("sources/a.txt", TEXT)
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return Workspace(tmp_path)


def test_a_study_that_is_not_there_is_made_with_the_safest_settings(workspace, tmp_path):
    brought = bring(workspace, "new", [export(tmp_path / "team.qdpx")], stage="independent")[0]
    study = load_study(workspace, "new")
    assert brought.scaffolded
    assert (study.method, study.segmentation, study.disclosure.policy) == ("codebook", "own", "text_free")
    assert len(read_study(workspace, study).codings) == 9


def test_what_became_of_the_file_is_told(workspace, tmp_path):
    brought = bring(workspace, "new", [export(tmp_path / "team.qdpx")], stage="independent")[0]
    told = "\n".join(report(brought))
    assert "QualCoder 3.5" in told
    assert "codings 9" in told
    assert "9 of 9 fit" in told
    assert "waited" not in told


def test_comments_of_study_yml_are_kept_and_the_manifest_follows(small, tmp_path):
    small.settings = small.settings.replace("{file: codings.csv}", "{file: codings.csv}   # ours")
    workspace = small.write()
    source = workspace.source("small")
    (source / "MANIFEST").write_text(f"{'0' * 64}  codings.csv\n", "utf-8")
    path = export(tmp_path / "rater b.qdpx")
    bring(workspace, "small", [path], stage="independent", coder="B")
    text = (workspace.raw("small") / "study.yml").read_text("utf-8")
    assert (
        "  - {file: codings.csv}   # ours\n  - {file: rater b.qdpx, stage: independent, coder: B}\n" in text
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert f"{digest}  rater b.qdpx\n" in (source / "MANIFEST").read_text("utf-8")
    assert (source / path.name).read_bytes() == path.read_bytes()


def test_a_file_that_cannot_be_read_leaves_everything_as_it_was(small, tmp_path):
    workspace = small.write()
    before = {p: p.read_bytes() for p in sorted(workspace.root.rglob("*")) if p.is_file()}
    broken = tmp_path / "elsewhere"
    broken.mkdir()
    (broken / "bad.qdpx").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(DataError):
        bring(workspace, "small", [broken / "bad.qdpx"], stage="independent")
    after = {p: p.read_bytes() for p in sorted(workspace.root.rglob("*")) if p.is_file()}
    assert {p: c for p, c in after.items() if broken not in p.parents} == before


def test_the_stage_must_be_given(workspace, tmp_path):
    with pytest.raises(DataError, match="stage not declared"):
        bring(workspace, "new", [export(tmp_path / "team.qdpx")])
    assert workspace.studies() == []


def test_another_file_of_the_same_name_is_not_overwritten(workspace, tmp_path):
    bring(workspace, "new", [export(tmp_path / "team.qdpx")], stage="independent")
    (tmp_path / "two").mkdir()
    other = export(tmp_path / "two" / "team.qdpx")
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr("sources/b.txt", "x")
    with pytest.raises(UsageError, match="another file called"):
        bring(workspace, "new", [other], stage="independent")


def test_the_same_file_twice_is_listed_once(workspace, tmp_path):
    path = export(tmp_path / "team.qdpx")
    bring(workspace, "new", [path], stage="independent")
    assert bring(workspace, "new", [path], stage="independent")[0].already
    assert len(load_study(workspace, "new").inputs) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "inputs: [{file: a.csv}]  # one\nseed: 1\n",
            "inputs: [{file: a.csv}, {file: b.qdpx}]  # one\nseed: 1\n",
        ),
        (
            "inputs:\n- file: a.csv\n  stage: training\n# end\n",
            "inputs:\n- file: a.csv\n  stage: training\n- {file: b.qdpx}\n# end\n",
        ),
        ("inputs:\n  - {file: a.csv}", "inputs:\n  - {file: a.csv}\n  - {file: b.qdpx}\n"),
        ("seed: 1\n", "seed: 1\ninputs:\n  - {file: b.qdpx}\n"),
        ("inputs:\r\n  - {file: a.csv}\r\n", "inputs:\r\n  - {file: a.csv}\r\n  - {file: b.qdpx}\r\n"),
    ],
)
def test_an_input_is_added_where_the_others_are(before, after):
    assert with_input(before, {"file": "b.qdpx"}) == after


def test_the_texts_beside_a_bare_project_come_along(workspace, tmp_path):
    (tmp_path / "unpacked").mkdir()
    with zipfile.ZipFile(export(tmp_path / "team.qdpx")) as archive:
        archive.extractall(tmp_path / "unpacked")
    bare = tmp_path / "unpacked" / "project.qde"
    (bare.parent / "sources" / "secret.txt").symlink_to(tmp_path / "team.qdpx")
    bring(workspace, "new", [bare], stage="independent")
    assert sorted(p.name for p in (workspace.source("new") / "sources").iterdir()) == ["a.txt"]
    corpus = read_study(workspace, load_study(workspace, "new"))
    assert corpus.documents["text"].tolist() == [TEXT]
    assert corpus.segments["text"].tolist() == ["waited"] * 9

    (bare.parent / "sources" / "a.txt").write_text("another text")
    with pytest.raises((DataError, UsageError)):
        bring(workspace, "new", [bare], stage="independent")
