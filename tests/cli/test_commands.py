"""The installed script from cold: what it prints, where, and how it ends."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import runs, wholefile
from analysis.kernels import Failure
from analysis.outcomes import StepRun, StudyRun


def test_version_and_help(concord):
    version, help_ = concord("--version"), concord("--help")

    assert re.fullmatch(r"concord \d+\.\d+\.\d+\S*\n", version.stdout)
    assert version.returncode == help_.returncode == 0
    for command in ("check", "fetch", "reproduce", "status", "verify", "lab"):
        assert re.search(rf"^\s+{command}\s", help_.stdout, re.MULTILINE), command


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "No such command 'chekc'"),
        (["check", "--frce"], "No such option: --frce"),
        (["reproduce", "--jobs", "many"], "Invalid value for '--jobs'"),
    ],
)
def test_what_cannot_be_meant_ends_with_two(warm, small, arguments, said):
    done = warm(*arguments, root=small.write().root)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


class TestCheck:
    def test_a_study_in_order_in_the_workspace_of_the_environment(self, concord, small):
        done = concord("check", CONCORD_ROOT=str(small.write().root))

        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].startswith("small: in order. 3 participants, 3 documents,")
        assert small.secret not in done.stdout + done.stderr

    def test_a_study_out_of_order_on_a_system_that_knows_ascii_alone(self, concord, small):
        small.edit("codings.csv", "P1-2,A,codes,waiting", "P1-2,A,codes,wäiting")
        done = concord("check", "small", root=small.write().root, LC_ALL="C", PYTHONUTF8="0")

        assert done.returncode == 2
        assert done.stdout == ""
        assert "row 2, column 'value':" in done.stderr
        assert (
            'is not in codes.csv (access, waiting, contact, cost, price). Did you mean "waiting"?'
            in done.stderr
        )
        assert "Traceback" not in done.stderr

    def test_a_folder_that_is_no_workspace(self, warm, tmp_path):
        done = warm("check", root=tmp_path / "nowhere")
        assert done.returncode == 2
        assert "holds no folder data/raw" in done.stderr

    def test_an_unknown_study_names_the_nearest(self, warm, small):
        done = warm("check", "smal", root=small.write().root)
        assert (done.returncode, 'Did you mean "small"?' in done.stderr) == (2, True)

    def test_every_study_is_checked_and_every_wrong_one_told(self, warm, small):
        root = small.write().root
        for name, method in (("other", "codebook"), ("third", "magic")):
            folder = root / "data" / "raw" / name
            (folder / "source").mkdir(parents=True)
            (folder / "study.yml").write_text(
                f"study: {name}\ntitle: T\nmethod: {method}\ndisclosure: {{policy: text_free}}\n"
                "inputs: [{file: codings.csv, stage: independent}]\n"
            )
            (folder / "source" / "codings.csv").write_text("segment_id,coder_id,value\na,A,\n")
        done = warm("check", root=root)

        assert done.returncode == 2
        assert "small: in order" in done.stdout
        assert "other: not in order.\nsource/codings.csv has 1 problem:" in done.stderr
        assert "third: not in order.\nstudy.yml, line 3, 'method'" in done.stderr
        assert done.stderr.endswith("2 of 3 studies not in order.\n")

    def test_studies_without_their_data_are_left_out(self, warm, small):
        root = small.write().root
        folder = root / "data" / "raw" / "elsewhere"
        folder.mkdir(parents=True)
        (folder / "study.yml").write_text(small.settings.replace("study: small", "study: elsewhere"))
        done = warm("check", root=root)

        assert done.returncode == 0
        assert "elsewhere: left out, its data is not here (codings.csv)." in done.stdout

    def test_no_study_has_its_data(self, warm, small):
        small.files = {}
        done = warm("check", root=small.write().root)
        assert done.returncode == 2
        assert "there is no study whose data is there below data/raw." in done.stderr

    def test_claims_are_checked_too(self, warm, small):
        root = small.write().root
        (small.raw / "claims.yml").write_text("- id: a\n  result: cases.n\n  printed: 3\n")
        done = warm("check", "small", root=root)
        assert done.returncode == 2
        assert "claims.yml, line 3, 'printed': write it in quotes" in done.stderr

    def test_a_traceback_only_where_it_is_asked_for(self, warm, small):
        small.files["codings.csv"] = ""
        root = small.write().root
        done = warm("--debug", "check", "small", root=root)
        assert "Traceback" in done.stderr


class TestReproduce:
    @pytest.fixture
    def index(self, small, stand) -> Path:
        """Return the page of all studies as it was before a study was run."""
        small.edit("study.yml", "counted: consensus", "ties: unresolved")
        stand(small.write(), "small")
        page = small.root / "reports" / "index.html"
        page.parent.mkdir(exist_ok=True)
        page.write_text("<p>never run</p>", "utf-8")
        return page

    def test_the_page_of_all_studies_is_made_good_after_a_run_that_was_killed(self, warm, small, index):
        wholefile.write_json(
            small.workspace.reports("small") / "run.json", {}, scratch=small.root / ".concord"
        )
        done = warm("reproduce", "small", root=small.root)

        assert (done.returncode, "run 01_prepare" in done.stdout) == (0, False), done.stderr
        assert "A small study" in index.read_text("utf-8")

    def test_the_page_of_all_studies_is_left_alone_where_nothing_was_stale(self, warm, small, index):
        warm("reproduce", "small", root=small.root)
        index.write_text("<p>as it was</p>", "utf-8")
        again = [warm("reproduce", "small", root=small.root).returncode for _ in range(2)]

        assert again == [0, 0]
        assert index.read_text("utf-8") == "<p>as it was</p>"

    def test_where_nothing_is_stale_no_command_loads_what_notebooks_need(self, warm, small, index):
        warm("reproduce", "small", root=small.root)
        for command in ("reproduce", "status"):
            code = (
                f"import sys; sys.argv = ['concord', '--root', {str(small.root)!r}, {command!r}, 'small']\n"
                "from analysis.cli import main\n"
                "try: main()\n"
                "except SystemExit as end: assert not end.code\n"
                "slow = {'matplotlib', 'nbformat', 'numpy', 'pandas', 'papermill'} & set(sys.modules)\n"
                "print('loaded', sorted(slow))"
            )
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
            assert done.stdout.splitlines()[-1:] == ["loaded []"], done.stdout + done.stderr

    def test_the_page_of_all_studies_tells_of_a_run_that_failed(self, warm, small, index, monkeypatch):
        failed = StepRun("01_prepare", "failed", "forced", Failure("ValueError", "c1", "it went wrong."))
        monkeypatch.setattr(runs, "reproduce", lambda *_, **__: [StudyRun("small", [failed])])
        done = warm("reproduce", "small", root=small.root)

        assert done.returncode == 1
        assert "it went wrong" in done.stderr
        assert "A small study" in index.read_text("utf-8")

    def test_status_tells_of_results_edited_by_hand_until_they_are_made_good(self, warm, small, index):
        def told() -> bool:
            return "results.json is not what the notebooks recorded" in warm("status", root=small.root).stdout

        warm("reproduce", "small", root=small.root)
        before = told()
        path = small.workspace.derived("small") / "results.json"
        path.write_text(path.read_text("utf-8").replace('"value": 3', '"value": 4', 1), "utf-8")
        between = told()
        warm("reproduce", "small", root=small.root)

        assert [before, between, told()] == [False, True, False]

    def test_bad_claims_are_told_before_anything_runs(self, warm, small):
        root = small.write().root
        (small.raw / "claims.yml").write_text("- id: a\n  result: cases.n\n")
        done = warm("reproduce", "small", root=root)
        assert done.returncode == 2
        assert "needs `printed`" in done.stderr
        assert not (root / "reports").exists()

    def test_status_runs_nothing(self, warm, small):
        root = small.write().root
        done = warm("status", "small", root=root)
        assert done.returncode == 0
        assert "small: run 01_prepare (" in done.stdout
        assert not (root / "data" / "derived").exists()

    def test_at_least_one_job(self, warm, small):
        done = warm("reproduce", "small", "--jobs", "0", root=small.write().root)
        assert (done.returncode, "--jobs must be 1 or more" in done.stderr) == (2, True)


class TestFetch:
    @pytest.fixture
    def root(self, checkout, tmp_path):
        folder = tmp_path / "data" / "raw" / "annomi"
        folder.mkdir(parents=True)
        (folder / "study.yml").write_bytes((checkout / "data/raw/annomi/study.yml").read_bytes())
        return tmp_path

    def test_from_a_folder_with_its_terms(self, warm, shared, root):
        origin = shared / "data" / "annomi"
        if not (origin / "AnnoMI-full.csv").is_file():
            pytest.skip("AnnoMI-full.csv is not there: fetch it into ../shared/data/annomi")
        done = warm("fetch", "annomi", "--from", str(origin), root=root)

        assert done.returncode == 0, done.stderr
        assert "data/raw/annomi/source/AnnoMI-full.csv is in place." in done.stdout
        assert "no licence" in done.stdout

    @pytest.mark.parametrize(
        ("name", "said"),
        [("anomi", 'Did you mean "annomi"?'), ("annomi", "holds no AnnoMI-full.csv")],
    )
    def test_what_cannot_be_fetched(self, warm, root, tmp_path, name, said):
        done = warm("fetch", name, "--from", str(tmp_path), root=root)
        assert (done.returncode, said in done.stderr) == (2, True)

    def test_another_file_of_that_name(self, warm, root, tmp_path):
        (tmp_path / "AnnoMI-full.csv").write_text("id\n1\n")
        done = warm("fetch", "annomi", "--from", str(tmp_path), root=root)
        assert done.returncode == 2
        assert "is not the version that this study was written for" in done.stderr
        assert not (root / "data/raw/annomi/source/AnnoMI-full.csv").exists()
