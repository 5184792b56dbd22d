"""trace, bundle, and verify of a bundle, as people run them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from analysis import manifest, runs
from analysis.bundle import zipped
from analysis.bundlefacts import NAME
from analysis.contents import digest
from analysis.crate import METADATA
from analysis.graph import STEPS
from analysis.outcomes import StepRun, StudyRun
from analysis.paths import Workspace

SECRET = "quixotic"

WORDY = f"""\
- {{id: noted, result: documents.n, printed: "3", note: a {SECRET} remark}}
- {{id: whole, table: themes, cells: printed/wide.csv, by: [group], across: code_id, column: n_cases}}
- id: named
  table: themes
  where: {{name: Cost, group: all, rollup: as_coded}}
  column: name
  printed: Cost
- id: twice
  table: themes
  where: {{name: Waiting, code_id: contact, group: all, rollup: as_coded}}
  column: n_cases
  printed: "1"
"""
CLAIMS = """\
- {id: people, result: cases.n, printed: "3"}
- {id: often, result: themes.waiting.n_cases, printed: "1", comparator: at_least}
- {id: cell, table: themes, where: {code_id: cost, group: staff}, column: n_cases, printed: "1"}
"""


class TestTrace:
    def test_json_stands_alone_on_stdout(self, warm, prepared: Workspace) -> None:
        done = warm("trace", "small", "cases.n", "--json", root=prepared.root)

        assert done.returncode == 0, done.stderr
        data = json.loads(done.stdout)
        assert data["grounds"]["ids"] == ["P1", "P2", "P3"]
        assert data["origin"]["cell"] == "record"

    def test_an_unknown_key_ends_with_status_two_and_a_near_one(self, warm, prepared: Workspace) -> None:
        done = warm("trace", "small", "case.n", root=prepared.root)

        assert done.returncode == 2
        assert 'Did you mean "cases.n"?' in done.stderr
        assert "Traceback" not in done.stderr


class TestBundle:
    def test_a_policy_that_hides_counts_is_told_before_anything_runs(self, warm, small) -> None:
        small.edit("study.yml", "as_published", "acro")
        small.write()

        done = warm("bundle", "small", root=small.root)

        assert done.returncode == 2
        assert "hides small counts" in done.stderr
        assert "run 01_prepare" not in done.stdout

    def test_a_file_that_is_no_bundle_ends_with_status_two(self, warm, small, tmp_path: Path) -> None:
        small.write()
        path = tmp_path / "other.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a.txt", "a")

        done = warm("verify", str(path), root=small.root)

        assert done.returncode == 2
        assert "no bundle" in done.stderr


@pytest.fixture
def shareable(small, stand, monkeypatch) -> Workspace:
    """Return the workspace of a small study that everybody agreed to share; steps run without a kernel."""

    def reproduce(workspace: Workspace, studies: list[str], **_: object) -> list[StudyRun]:
        for name in studies:
            stand(workspace, name)
        return [
            StudyRun(name, [StepRun(step.name, "completed", "new") for step in STEPS]) for name in studies
        ]

    monkeypatch.setattr(runs, "reproduce", reproduce)
    small.edit("cases.csv", "P3,staff,3,yes,no,no,north", "P3,staff,3,yes,yes,no,north")
    small.edit("cases.csv", "P2,patient,2,no,yes,no,south", "P2,patient,2,yes,yes,no,south")
    small.edit("study.yml", "counted: consensus", "ties: unresolved")
    small.files["Gespräch 1.csv"] = "note\nkept as it came\n"
    small.write()
    (small.raw / "claims.yml").write_text(CLAIMS)
    manifest.update(small.workspace, "small")
    return small.workspace


def altered(path: Path, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> Path:
    """Return a copy of a bundle with other files, whose hashes in the metadata are made to fit."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    metadata = files[METADATA]
    for name, content in change(files).items():
        metadata = metadata.replace(digest(files[name]).encode(), digest(content).encode())
        files[name] = content
    other = path.with_name(f"altered-{path.name}")
    other.write_bytes(zipped({**files, METADATA: metadata}))
    return other


class TestRoundWithText:
    """A bundle of everything, text and all, made by one command and verified by another."""

    @pytest.fixture
    def made(self, warm, shareable: Workspace) -> Path:
        done = warm("bundle", "small", root=shareable.root)
        assert done.returncode == 0, done.stderr
        return shareable.root / "reports" / "bundles" / "small.zip"

    def test_it_holds_the_text_and_verifies(self, warm, small, made: Path, tmp_path: Path) -> None:
        done = warm("verify", str(made), "--junit", str(tmp_path / "j.xml"), root=small.root)

        assert done.returncode == 0, done.stdout + done.stderr
        assert "  often: printed at least 1, recomputed 2: reproduced" in done.stdout
        assert small.secret in zipfile.ZipFile(made).read("data/raw/small/source/segments.csv").decode()
        assert ElementTree.parse(tmp_path / "j.xml").getroot().get("tests") == "3"

    def test_changed_words_are_caught_though_no_number_rests_on_them(self, warm, small, made: Path) -> None:
        codings = "data/raw/small/source/codings.csv"

        def change(files: dict[str, bytes]) -> dict[str, bytes]:
            told = json.loads(files[NAME])
            told["installation"]["package numpy"] = "0.1"  # so that files need not be the same bytes
            memo = files[codings].replace(b"first thought was of", b"first thought was not of")
            return {codings: memo, NAME: json.dumps(told).encode()}

        done = warm("verify", str(altered(made, change)), root=small.root)

        assert done.returncode == 1, done.stdout
        assert "source/codings.csv: is not the file that MANIFEST froze" in done.stdout

    def test_no_claim_is_excused_where_nothing_is_withheld(self, warm, small, made: Path) -> None:
        def change(files: dict[str, bytes]) -> dict[str, bytes]:
            return {NAME: json.dumps({**json.loads(files[NAME]), "not_checkable": {"people": "so"}}).encode()}

        done = warm("verify", str(altered(made, change)), root=small.root)

        assert done.returncode == 2
        assert "says that nothing is withheld, and yet names not_checkable" in done.stderr

    def test_a_bundle_that_calls_itself_text_free_and_is_not_is_caught(self, warm, small, made: Path) -> None:
        def change(files: dict[str, bytes]) -> dict[str, bytes]:
            return {NAME: json.dumps({**json.loads(files[NAME]), "tier": "text_free"}).encode()}

        done = warm("verify", str(altered(made, change)), root=small.root)

        assert done.returncode == 1
        assert "bundle.json says that no text is in it; its study.yml says otherwise" in done.stdout

    def test_who_survives_is_asked_of_a_study_not_of_a_zip(self, warm, small, made: Path) -> None:
        done = warm("verify", str(made), "--without", "coder:A", root=small.root)

        assert done.returncode == 2
        assert "concord --root FOLDER verify STUDY --without coder:A" in done.stderr

    def test_source_files_that_are_not_as_frozen_are_not_packed(self, warm, shareable: Workspace) -> None:
        (shareable.source("small") / "extra.csv").write_text("a\n")

        done = warm("bundle", "small", root=shareable.root)

        assert done.returncode == 2
        assert "source/extra.csv: is not in MANIFEST" in done.stderr


def test_without_text_claims_are_checked_under_names_that_are_nobodys_words(
    warm, small, shareable: Workspace
) -> None:
    small.edit("codes.csv", "contact,Contact,", "contact,Waiting,")  # two codes of one name
    small.write()
    manifest.update(small.workspace, "small")
    (small.raw / "printed").mkdir()
    (small.raw / "printed" / "wide.csv").write_text("group,waiting,cost\npatient,2,0\nstaff,0,1\n")
    (small.raw / "claims.yml").write_text(CLAIMS + WORDY)

    made = warm("bundle", "small", "--text-free", "--out", str(small.root / "b.zip"), root=small.root)
    done = warm("verify", str(small.root / "b.zip"), root=small.root)

    assert made.returncode == 0, made.stderr
    assert "5 claims can be checked in this bundle: people, often, cell, noted, whole." in made.stdout
    assert "  named: it needs text that this bundle withholds" in made.stdout
    assert "  twice: it names something by words that this bundle withholds" in made.stdout
    assert done.returncode == 0, done.stdout + done.stderr
    with zipfile.ZipFile(small.root / "b.zip") as archive:
        shared = [name for name in archive.namelist() if not name.startswith("software/")]
        told = "\n".join(archive.read(name).decode() for name in shared)
    for word in (small.secret, "waiting", "Waiting", "cost", "Cost"):
        assert word not in told
