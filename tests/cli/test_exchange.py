"""Codings in from a tool and back to it, on the command line, with the public samples."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from analysis.paths import Workspace
from analysis.read import read_study
from analysis.study import load_study

PUBLISHED = {"TALK.Part": "TALK-Participation", "TALK.Trans": "TALK-Transparency", "ACT.Part.4": "ACT.Part"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a workspace without a study."""
    (tmp_path / "here" / "data" / "raw").mkdir(parents=True)
    return tmp_path / "here"


@pytest.fixture
def sample(shared: Path):
    def find(name: str) -> str:
        path = shared / "samples" / name
        if not path.is_file():
            pytest.skip(f"sample {name} is not there")
        return str(path)

    return find


def files_of(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def said(root: Path, study: str) -> set[tuple]:
    """Return what the codings of a study say: document, place, coder, code, stage, memo."""
    workspace = Workspace(root)
    corpus = read_study(workspace, load_study(workspace, study))
    codings = corpus.codings[corpus.codings["variable"] == "codes"]
    rows = codings.merge(corpus.segments, on="segment_id")
    name = rows["value"].map(corpus.codes.set_index("code_id")["name"])
    columns = [rows[c] for c in ("document_id", "start", "end", "coder_id", "stage")]
    return set(zip(*columns, name, rows["memo"].fillna(""), strict=True))


class TestImport:
    def test_a_real_project_is_proved_listed_and_told(self, warm, root, sample):
        done = warm(
            "import", sample("rqda/OPCW.rqda"), "--study", "opcw", "--stage", "independent", root=root
        )
        assert done.returncode == 0, done.stderr
        for words in (
            "OPCW.rqda: rqda, RQDA 0.2.2, sha256 ",
            "held: ", "coding 1039",
            "codings 1023",
            "left: deleted rows of coding 16",
            "code points", "1022 of 1023 fit (99.9 %, by excerpts)",
            "note: 2 of 1023 codings do not read as the text",
            "made data/raw/opcw/study.yml: method codebook, segmentation own, policy text_free.",
            "Next: concord check opcw",
        ):  # fmt: skip
            assert words in done.stdout, words
        study = load_study(Workspace(root), "opcw")
        assert (study.method, study.segmentation, study.disclosure.policy) == ("codebook", "own", "text_free")
        assert [(each.file, each.stage) for each in study.inputs] == [("OPCW.rqda", "independent")]
        assert warm("check", "opcw", root=root).returncode == 0

    def test_a_project_without_texts_says_what_it_lost(self, warm, root, sample):
        path = sample("atlasti/sky-loom_TestProject.qdpx")
        done = warm("import", path, "--study", "mabel", "--stage", "independent", root=root)
        assert done.returncode == 0, done.stderr
        for words in (
            "ATLAS.ti 8.4.0",
            "left: ",
            "codings on pictures 2",
            "texts are missing",
            "nothing to prove",
        ):
            assert words in done.stdout, words
        assert "/Users" not in done.stdout

    def test_three_coders_meet_on_one_transcript(self, warm, root, sample):
        paths = [sample(f"dedoose/coder_{name}.docx") for name in "abc"]
        done = warm("import", *paths, "--study", "cannabis", "--stage", "independent", root=root)
        assert done.returncode == 0, done.stderr
        found = said(root, "cannabis")
        assert len(found) == 16
        assert len({row[0] for row in found}) == 1
        assert {row[3] for row in found} == {"coder_a", "coder_b", "coder_c"}

    def test_another_format_than_the_files_own_is_refused_and_nothing_is_written(self, warm, root, sample):
        path = sample("dedoose/coder_a.docx")
        before = files_of(root)
        for format_, words in (
            ("rqda", "is no SQLite database"),
            ("refi-qda", "coder_a.docx"),
            ("webanno", ""),
        ):
            done = warm(
                *("import", path, "--study", "s", "--stage", "independent", "--format", format_), root=root
            )
            assert done.returncode == 2
            assert words in done.stderr
            assert "Traceback" not in done.stderr
        assert files_of(root) == before

    def test_a_format_that_nobody_knows_has_a_suggestion(self, warm, root, sample):
        path = sample("dedoose/coder_a.docx")
        done = warm("import", path, "--study", "s", "--stage", "independent", "--format", "refi", root=root)
        assert done.returncode == 2
        assert "--format must be one of" in done.stderr and "refi-qda" in done.stderr

    def test_a_missing_coder_is_an_error_that_says_how_to_give_it(self, warm, root, sample):
        path = sample("doccano/sequence_labeling_example.jsonl")
        done = warm("import", path, "--study", "s", "--stage", "independent", root=root)
        assert done.returncode == 2
        assert "--coder NAME" in done.stderr and "`coder: NAME`" in done.stderr
        assert files_of(root) == {}

        done = warm("import", path, "--study", "s", "--stage", "independent", "--coder", "Ada", root=root)
        assert done.returncode == 0, done.stderr
        assert {row[3] for row in said(root, "s")} == {"Ada"}

    def test_all_by_overrides_whom_the_file_names(self, warm, root, sample):
        path = sample("dedoose/coder_a.docx")
        done = warm("import", path, "--study", "s", "--stage", "training", "--all-by", "Cy", root=root)
        assert done.returncode == 0, done.stderr
        assert {(row[3], row[4]) for row in said(root, "s")} == {("Cy", "training")}

    def test_the_stage_is_never_guessed(self, warm, root, sample):
        done = warm("import", sample("dedoose/coder_a.docx"), "--study", "s", root=root)
        assert done.returncode == 2
        assert "stage not declared" in done.stderr
        assert files_of(root) == {}

    def test_a_file_that_is_listed_already_keeps_its_line(self, warm, root, sample):
        command = ("import", sample("dedoose/coder_a.docx"), "--study", "s", "--stage", "independent")
        warm(*command, root=root)
        before = (root / "data/raw/s/study.yml").read_bytes()
        done = warm(*command, root=root)
        assert done.returncode == 0, done.stderr
        assert "stood in study.yml already; its line was left as it is" in done.stdout
        assert (root / "data/raw/s/study.yml").read_bytes() == before

    def test_one_bad_file_among_good_ones_leaves_everything_as_it_was(self, warm, root, sample, tmp_path):
        bad = tmp_path / "bad.qdpx"
        bad.write_bytes(b"PK\x03\x04 and no more")
        good = sample("dedoose/coder_a.docx")
        done = warm("import", good, str(bad), "--study", "s", "--stage", "independent", root=root)
        assert done.returncode == 2
        assert "bad.qdpx" in done.stderr
        assert files_of(root) == {}

    def test_a_link_that_leads_out_of_the_study_is_refused(self, warm, root, sample):
        warm("import", sample("dedoose/coder_a.docx"), "--study", "s", "--stage", "independent", root=root)
        inside = root / "data/raw/s/source/coder_a.docx"
        inside.unlink()
        inside.symlink_to(sample("dedoose/coder_a.docx"))
        done = warm("check", "s", root=root)
        assert done.returncode == 2
        assert "is a link to a place outside the study" in done.stderr


class TestExport:
    @pytest.mark.parametrize("format_", ["refi-qda", "csv"])
    def test_a_round_trip_reads_unchanged(self, warm, root, small, format_):
        marks = small.files["codings.csv"].splitlines(keepends=True)
        small.files["codings.csv"] = "".join(line for line in marks if ",mood," not in line)
        small.write()
        done = warm("export", "small", "--format", format_, "--stage", "independent", root=small.root)
        assert done.returncode == 0, done.stderr
        out = next((small.root / "data/derived/small/export").iterdir())
        stage = ("--stage", "independent") if format_ == "refi-qda" else ()
        again = warm("import", str(out), "--study", "again", *stage, root=root)
        assert again.returncode == 0, again.stderr
        before = {row for row in said(small.root, "small") if row[4] == "independent"}
        assert len(before) > 5
        if format_ == "csv":  # one table: codes are known by their ids, as in `value`
            names = {"Waiting": "waiting", "Contact": "contact", "Cost": "cost", "Getting in": "access"}
            before = {(*row[:5], names[row[5]], row[6]) for row in before}
        assert said(root, "again") == before
        assert small.secret not in done.stdout + again.stdout

    def test_the_project_is_valid_by_the_official_schema(self, warm, small, shared):
        small.write()
        schema = etree.XMLSchema(etree.parse(shared / "samples" / "refi-qda" / "Project-mrt2019.xsd"))
        for stage in ("consensus", "independent"):
            out = small.root / f"{stage}.qdpx"
            done = warm("export", "small", "--stage", stage, "--out", str(out), root=small.root)
            assert done.returncode == 0, done.stderr
            assert f"stage {stage}" in done.stdout
            with zipfile.ZipFile(out) as archive:
                schema.assertValid(etree.fromstring(archive.read("project.qde")))

    @pytest.mark.soak
    def test_a_real_project_comes_back_as_it_went(self, warm, root, sample):
        path = sample("rqda/OPCW.rqda")
        warm("import", path, "--study", "opcw", "--stage", "independent", root=root)
        done = warm("export", "opcw", root=root)
        assert done.returncode == 0, done.stderr
        out = str(root / "data/derived/opcw/export/opcw.qdpx")
        assert warm("import", out, "--study", "back", "--stage", "independent", root=root).returncode == 0
        assert said(root, "back") == said(root, "opcw")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--format", "csvv"], 'Did you mean "csv"?'),
            (["--stage", "training"], "nothing was coded at stage"),
        ],
    )
    def test_what_cannot_be_written_is_told(self, warm, small, arguments, words):
        small.write()
        done = warm("export", "small", *arguments, root=small.root)
        assert done.returncode == 2
        assert words in done.stderr


class TestCompare:
    def test_forty_four_of_forty_five_published_cells_reproduce_and_the_other_is_named(
        self, warm, root, sample, tmp_path
    ):
        warm("import", sample("rqda/OPCW.rqda"), "--study", "opcw", "--stage", "independent", root=root)
        with Path(sample("rqda/expected_opcw.csv")).open() as stream:
            years = list(csv.DictReader(stream))
        letters = "ABCDEFGHIJKLMNO"
        heading = ["", *(f"{letter} : {row['Year']}" for letter, row in zip(letters, years, strict=True))]
        rows = [
            [f"{n} : {code}", *(row[column] for row in years)]
            for n, (column, code) in enumerate(PUBLISHED.items(), start=1)
        ]
        path = _sheet(tmp_path / "published.xlsx", [heading, *rows])
        done = warm("compare", "opcw", str(path), root=root)
        lines = done.stdout.splitlines()
        assert lines[0] == "published.xlsx, NVivo matrix: 44 of 45 cells are the same here.", done.stderr
        # 1997 has two reports, of 3 and 10 codings: the table counted the second alone
        assert lines[1:] == ["  ACT.Part, 1997, references: 10 there, 3 here (differs)."]
        assert done.returncode == 1


def _sheet(path: Path, rows: list[list[object]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path
