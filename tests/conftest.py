"""Fixtures that every test may use."""

from __future__ import annotations

import csv
import functools
import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from analysis import provenance, wholefile
from analysis.agreement.sheet import agreement_table
from analysis.consensus import settled_corpus
from analysis.corpus import Corpus
from analysis.graph import STEPS
from analysis.inforce import EVERYTHING, InForce
from analysis.overview import overview_results
from analysis.paths import Workspace
from analysis.read import read_study
from analysis.recomputation import Recomputation
from analysis.records import Record, Records
from analysis.study import Study, load_study

CHECKOUT = Path(__file__).parents[1]

# `make test` tries the same examples each time, so that a red run means a change; `make soak` tries new ones
settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("searching", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

SECRET = "quixotic"
"""Stands in every text, memo, summary, definition and remark of the small study; no message may show it."""

TALK = {
    "D1": [
        ("interviewer", f"Would you tell me how all of it began, in {SECRET} detail?"),
        ("participant", f"Well, we waited for {SECRET} months until anybody wrote to us."),
        ("participant", f"Nobody rang back, so I gave up, rather {SECRET}, at the café 😀."),
    ],
    "D2": [
        ("interviewer", f"Would you tell me how all of it began, in {SECRET} detail?"),
        ("participant", f'She said "wait, please", and I sat there being {SECRET} for a year.'),
        ("participant", f"The fare alone was more than I could find, a {SECRET} sum of money."),
    ],
    "D3": [
        ("interviewer", f"Would you tell me how all of it began, in {SECRET} detail?"),
        ("participant", f"We have no money for more people, which is a {SECRET} thing to say."),
    ],
}
STUDY = """\
study: small
title: A small study
method: codebook
groups: [patient, staff]
inputs:
  - {file: codings.csv}
segmentation: shared
variables:
  mood: {kind: ordinal, values: [low, middling, high, n/a]}
themes: {counted: consensus}
disclosure: {policy: as_published}
"""
BARE = """\
study: small
title: A small study
method: codebook
inputs:
  - {file: codings.csv, stage: independent}
segmentation: shared
disclosure: {policy: as_published}
"""
TABLES = {
    "cases": """\
case_id,group,interview_order,consent_quote,consent_share,withdrawn,site
P1,patient,1,yes,yes,no,north
P2,patient,2,no,yes,no,south
P3,staff,3,yes,no,no,north
""",
    "coders": """\
coder_id,kind,role,affiliation
A,human,coder,a university
B,human,coder,a university
team,human,consensus,
""",
    "codes": f"""\
code_id,name,parent_id,domain,influence,influence_on,definition
access,Getting in,,care,,,Whatever stood between a {SECRET} person and care
waiting,Waiting,access,care,barrier,care,Any time spent in a {SECRET} queue before care began
contact,Contact,access,care,facilitator,care,Anybody who kept in touch in a {SECRET} manner
cost,Cost,,money,barrier,care,Money that a {SECRET} person would have had to find
""",
    "codings": f"""\
segment_id,coder_id,variable,value,stage,round,memo
P1-2,A,codes,waiting,independent,1,my {SECRET} first thought was of the queue
P1-3,A,codes,contact,independent,1,
P2-2,A,codes,waiting,independent,1,
P2-3,A,codes,cost,independent,1,
P3-2,A,codes,price,independent,1,
P1-2,B,codes,waiting,independent,1,
P1-3,B,codes,waiting,independent,1,
P2-2,B,codes,waiting,independent,1,
P3-2,B,codes,cost,independent,1,not sure whether this {SECRET} remark fits here
P1-2,team,codes,waiting,consensus,1,
P1-3,team,codes,contact,consensus,1,
P2-2,team,codes,waiting,consensus,1,
P3-2,team,codes,cost,consensus,1,
P1-2,A,mood,low,independent,1,
P2-2,A,mood,n/a,independent,1,
P3-2,A,mood,high,independent,1,
P1-2,B,mood,low,independent,1,
P2-2,B,mood,middling,independent,1,
""",
    "assignments": """\
coder_id,document_id,stage,round
A,D1,independent,1
A,D2,independent,1
A,D3,independent,1
B,D1,independent,1
B,D2,independent,1
B,D3,independent,1
""",
    "asked": """\
case_id,domain,asked
P1,care,yes
P2,care,yes
P3,care,no
P3,money,yes
""",
    "charting": f"""\
case_id,code_id,summary,author,segment_ids
P1,waiting,Summary: waited for {SECRET} months until anybody wrote,A,P1-2
P3,cost,Summary: no money at all for more {SECRET} people,B,P3-2
""",
    "audit": f"""\
item,auditor,comment,resolution
P1-2,C,is this {SECRET} segment really about the queue,kept as it was after {SECRET} talk
codebook,C,the {SECRET} definition of cost is too wide,the {SECRET} definition was narrowed
""",
    "recodes": f"""\
old_code,action,new_code,version,why
price,rename,cost,2,one {SECRET} word for both of the two things
""",
}


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the folder that this checkout of Concord stands in."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference data, or skip where it is not beside the checkout."""
    folder = Path(os.environ.get("CONCORD_SHARED", CHECKOUT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip("reference data is not there: put it in ../shared or set CONCORD_SHARED")
    return folder


@pytest.fixture(scope="session")
def bundled(checkout: Path) -> Callable[[str], tuple[Corpus, Study]]:
    """Return a reader of the studies that come with Concord; each is read once and must not be changed."""

    @functools.cache
    def read(name: str) -> tuple[Corpus, Study]:
        workspace = Workspace(checkout)
        study = load_study(workspace, name)
        return read_study(workspace, study), study

    return read


@pytest.fixture(scope="session")
def bundled_agreement(bundled: Callable[[str], tuple[Corpus, Study]]) -> Callable[[str], pd.DataFrame]:
    """Return a maker of agreement.csv of the studies that come with Concord, each made once."""
    return functools.cache(lambda name: agreement_table(*bundled(name)))


class SmallStudy:
    """A study of three interviews in a workspace of its own; a test changes its files before reading."""

    secret = SECRET

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = Workspace(root)
        self.settings = STUDY
        self.files: dict[str, str | bytes] = {f"{name}.csv": text for name, text in TABLES.items()}
        self.files |= _transcripts()
        self.raw = self.workspace.raw("small")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace a text that stands once in a table, or in study.yml."""
        text = self.settings if file == "study.yml" else self.files[file]
        assert isinstance(text, str)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        if file == "study.yml":
            self.settings = text.replace(old, new)
        else:
            self.files[file] = text.replace(old, new)

    def rows(self, table: str) -> list[list[str]]:
        """Return the cells of a table, its header first."""
        return list(csv.reader(io.StringIO(str(self.files[f"{table}.csv"]), newline="")))

    def put(self, table: str, rows: list[list[str]]) -> None:
        """Write a table from its cells, its header first."""
        self.files[f"{table}.csv"] = _csv(*rows)

    def without(self, *tables: str) -> SmallStudy:
        """Leave out tables that a test does not speak of: each costs some hundredths of a second."""
        for name in tables:
            del self.files[f"{name}.csv"]
        return self

    def keep(self, *files: str) -> None:
        """Leave out every other table."""
        self.files = {name: self.files[name] for name in files}

    def only(self, **tables: str) -> SmallStudy:
        """Hold these tables and no others; a study.yml that declares nothing but shared segments."""
        self.files = {f"{name}.csv": text for name, text in tables.items()}
        self.settings = BARE
        return self

    def write(self) -> Workspace:
        source = self.raw / "source"
        source.mkdir(parents=True, exist_ok=True)
        (self.raw / "study.yml").write_text(self.settings, encoding="utf-8")
        for name, content in self.files.items():
            (source / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return self.workspace

    def study(self, **overrides: object) -> Study:
        return load_study(self.write(), "small", {k.replace("__", "."): v for k, v in overrides.items()})

    def corpus(self, **overrides: object) -> Corpus:
        return read_study(self.workspace, self.study(**overrides))

    def both(self, **overrides: object) -> tuple[Corpus, Study]:
        study = self.study(**overrides)
        return read_study(self.workspace, study), study


def _transcripts() -> dict[str, str]:
    documents, turns, segments = [], [], []
    for document, talk in TALK.items():
        case = document.replace("D", "P")
        text = ""
        for number, (speaker, words) in enumerate(talk, start=1):
            text += f"{speaker.capitalize()}: "
            start, end = len(text), len(text) + len(words)
            text += f"{words}\n"
            turns.append((document, start, end, speaker))
            segments.append((f"{case}-{number}", document, start, end, words, f"q{number}"))
        documents.append((document, case, f"Interview {document[1:]}", text))
    return {
        "documents.csv": _csv(["document_id", "case_id", "name", "text"], *documents),
        "turns.csv": _csv(["document_id", "start", "end", "speaker"], *turns),
        "segments.csv": _csv(["segment_id", "document_id", "start", "end", "text", "question"], *segments),
    }


def _csv(*rows: Sequence[object]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


@pytest.fixture
def small(tmp_path: Path) -> SmallStudy:
    """Return a small study that is in order."""
    return SmallStudy(tmp_path)


@pytest.fixture
def prepared(small: SmallStudy) -> Workspace:
    """Return the workspace of the small study with what its first notebook leaves, as a trace reads it."""
    corpus, study = small.both()
    derived = small.workspace.derived("small")
    corpus.save(derived)
    results = [
        {"key": r.key, "value": r.value, "unit": r.unit, "n": r.n, "low": None, "high": None, "note": ""}
        | {"notebook": "01_prepare", "cell": "record", "inputs": ["codings.csv"]}
        for r in overview_results(corpus, study)
    ]
    wholefile.write_json(derived / "results" / "01_prepare.json", results, scratch=small.workspace.scratch)
    facts = [{"file": "codings.csv", "sha256": "0" * 64, "table": "codings", "rows": 1}]
    told = {"files": facts, "withdrawn": 0, "warnings": []}
    wholefile.write_json(derived / "imports.json", told, scratch=small.workspace.scratch)
    Records(small.workspace, "small").write(
        Record("01_prepare", {}, {}, complete=True), small.workspace.scratch
    )
    return small.workspace


@pytest.fixture
def new_small(tmp_path: Path) -> Callable[[], SmallStudy]:
    """Return a maker of small studies, each in a workspace of its own, for tests that read several."""
    made: list[SmallStudy] = []

    def make() -> SmallStudy:
        made.append(SmallStudy(tmp_path / f"workspace-{len(made)}"))
        return made[-1]

    return make


@pytest.fixture(scope="module")
def library_of_one_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let the library that counts be one small module: reading all of it takes seconds."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "__init__.py").write_text("", "utf-8")
    (folder / "overview.py").write_text("def files_table(drafts): return drafts", "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "PACKAGE", folder)
        yield folder


@pytest.fixture(scope="session")
def parsed_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the runner remembers of the library's source: parsing it anew takes seconds."""
    workspace = Workspace(tmp_path_factory.mktemp("parsed"))
    library = provenance.Library(workspace)
    for step in STEPS:
        library.code(workspace.notebooks / f"{step.name}.ipynb")
    return workspace.scratch / "source-digests.json"


@pytest.fixture
def stand(parsed_library: Path) -> Callable[[Workspace, str], None]:
    """Return what leaves a study as notebooks would, records and all, without a kernel; no agreement."""

    def stand(workspace: Workspace, name: str) -> None:
        workspace.scratch.mkdir(exist_ok=True)
        (workspace.scratch / parsed_library.name).write_bytes(parsed_library.read_bytes())
        study = load_study(workspace, name)
        corpus = settled_corpus(workspace, study)
        computed = Recomputation(corpus, study)
        results = [{**each, "cell": "record"} for each in computed.results(("cases", "themes", "framework"))]
        records, made_of = Records(workspace, name), provenance.Provenance(workspace)
        given = {"study": name, "overrides": {}}
        for step in STEPS:
            if study.not_applicable(step.name, charted=not corpus.charting.empty):
                continue
            mine = [each for each in results if each["notebook"] == step.name]
            files = {f"derived/results/{step.name}.json": wholefile.dumps(mine)}
            if step.name == "01_prepare":
                facts = {"files": [], "warnings": [], "withdrawn": corpus.withdrawn}
                files["derived/imports.json"] = wholefile.dumps(facts)
            if step.name == "03_themes":
                files |= {f"derived/{n}.csv": computed.text(n) for n in ("themes", "values")}
            for label, text in files.items():
                wholefile.write_text(records.output(label), text, scratch=workspace.scratch)
            outputs = {label: provenance.file_digest(records.output(label)) for label in files}
            inputs = made_of.inputs(InForce(study), step, given, records.upstream(step.needs), EVERYTHING)
            records.write(Record(step.name, inputs, outputs, complete=True), workspace.scratch)

    return stand
