"""trace, bundle, and verify of a bundle, as people run them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from analysis.corpus import Corpus
from analysis.overview import overview_results
from analysis.study import Study


@pytest.fixture
def recorded(small) -> Path:
    """Return a workspace whose one study has results of the first notebook."""
    corpus: Corpus
    study: Study
    corpus, study = small.both()
    derived = small.workspace.derived("small")
    corpus.save(derived)
    entries = [
        {"key": r.key, "value": r.value, "unit": r.unit, "n": r.n, "low": None, "high": None, "note": ""}
        | {"notebook": "01_prepare", "cell": "record", "inputs": ["codings.csv"]}
        for r in overview_results(corpus, study)
    ]
    (derived / "results.json").write_text(json.dumps(entries))
    return small.root


class TestTrace:
    def test_json_stands_alone_on_stdout(self, warm, recorded: Path) -> None:
        done = warm("trace", "small", "cases.n", "--json", root=recorded)

        assert done.returncode == 0, done.stderr
        data = json.loads(done.stdout)
        assert data["grounds"]["ids"] == ["P1", "P2", "P3"]
        assert data["origin"]["cell"] == "record"

    def test_an_unknown_key_ends_with_status_two_and_a_near_one(self, warm, recorded: Path) -> None:
        done = warm("trace", "small", "case.n", root=recorded)

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
