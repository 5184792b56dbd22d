"""A small study with thin notebooks, reproduced and frozen once, for planting faults in copies of it.

Notebooks are executed in this process: the graph, the records, the library and the commands are the real
ones, only no kernel is started.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
import yaml
from nbformat.v4 import new_code_cell, new_notebook

from analysis import cli, normalform, provenance, runs, wholefile
from analysis.kernels import Ending, Failure, Job
from analysis.paths import Workspace

NAME = "pair"
SETTINGS = """\
study: pair
title: Two coders and six interviews
method: codebook
groups: [patient, staff]
inputs:
  - {file: cases.csv}
  - {file: documents.csv}
  - {file: segments.csv}
  - {file: coders.csv}
  - {file: codes.csv}
  - {file: codings.csv}
  - {file: assignments.csv}
segmentation: shared
variables:
  rating: {kind: nominal, values: ["1", "2", "3"]}
agreement:
  unit: segment
  primary: krippendorff_alpha
  chosen: before_coding
  companions: [percent]
  interval: {method: bootstrap, cluster: none, confidence: 0.95, draws: 200}
themes: {counted: consensus}
disclosure: {policy: as_published}
seed: 7
"""
NOTEBOOKS = {
    "01_prepare": [
        "from analysis import overview\nfrom analysis.results import open_step\n\n"
        'step = open_step("01_prepare", study, overrides)',
        "step.keep_corpus()\nstep.record(overview.overview_results(step.corpus, step.study))\nstep.finish()",
    ],
    "02_agreement": [
        "from analysis import differences\nfrom analysis.agreement import sheet, summary\n"
        "from analysis.results import open_step\n\n"
        'step = open_step("02_agreement", study, overrides)',
        'table = step.keep(sheet.agreement_table(step.corpus, step.study), "agreement.csv")',
        "step.record(summary.agreement_results(table, step.study))\n"
        "step.record(differences.difference_results(step.corpus, step.study))\nstep.finish()",
    ],
    "03_themes": [
        "from analysis import themes\nfrom analysis.counting import counted_or_none\n"
        "from analysis.figures import Drawn\nfrom analysis.results import open_step\n\n"
        'step = open_step("03_themes", study, overrides)\n'
        "counted = counted_or_none(step.corpus, step.study)",
        'table = step.keep(themes.theme_table(step.corpus, step.study, counted), "themes.csv")\n'
        'values = step.keep(themes.value_table(step.corpus, step.study), "values.csv")\n'
        "joint = themes.joint_table(step.corpus, step.study, counted)",
        'bars = table.query("rollup == \'as_coded\' and group == \'all\'")[["code_id", "n_cases"]]\n'
        'drawing = "<svg>" + "".join(f"<rect width=\'{n}\'/>" for n in bars["n_cases"]) + "</svg>"\n'
        'step.figure("themes", Drawn(svg=drawing, alt="Themes", caption="Themes", data=bars))',
        "step.record(themes.theme_results(table, values, joint))\nstep.finish()",
    ],
    "04_framework": ["1"],
    "05_report": [
        "from analysis.results import open_step\n\n"
        'step = open_step("05_report", study, overrides)\nfound = step.recorded(list)',
        "lines = [f\"<li>{each['key']}: {each['value']}</li>\" for each in found]\n"
        'step.publish("index.html", "\\n".join(lines))\nstep.finish()',
    ],
}
PARAMETERS = 'study: str = "pair"  # folder below data/raw\noverrides: dict = {}  # settings'
ALPHA = "agreement.rating.krippendorff_alpha"
MEDIAN = "agreement.codes.krippendorff_alpha.median"
OFTEN = "themes.cost.n_segments"


class InProcess:
    """Executes notebooks in this process, one at a time."""

    capacity = 1

    def submit(self, job: Job) -> Future[Ending]:
        future: Future[Ending] = Future()
        future.set_result(self._execute(job))
        return future

    def prepare(self) -> None:
        """All is loaded already."""

    def stop(self) -> None:
        """Nothing is under way between two calls."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Nothing to end."""

    def _execute(self, job: Job) -> Ending:
        nb = normalform.load(job.notebook)
        cells = [cell for cell in nb["cells"] if cell["cell_type"] == "code"]
        names: dict[str, Any] = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CONCORD_ROOT", str(job.root))
            patch.setenv("CONCORD_STAGE", str(job.stage.out))
            for count, cell in enumerate(cells, start=1):
                try:
                    exec(compile(cell["source"], cell["id"], "exec"), names)
                except Exception as error:
                    return Ending("failed", Failure(type(error).__name__, cell["id"], ""))
                names |= job.parameters if cell["id"] == "parameters" else {}
                cell["execution_count"] = count
        if not job.stage.recorded.is_file():
            return Ending("failed", Failure("Unfinished", None, "it ended without recording its results."))
        pages = job.stage.out / "reports" / "notebooks"
        pages.mkdir(parents=True)
        (pages / job.notebook.name).write_text(normalform.dumps(nb), "utf-8")
        wholefile.write_json(
            job.stage.folder / "current.json", {"cell": cells[-1]["id"]}, scratch=job.stage.folder
        )
        return Ending("completed")


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit status."""

    status: int
    out: str

    def after(self, claim: str) -> list[str]:
        """Return the causes that stand below a claim's line."""
        lines = self.out.splitlines()
        start = next(n for n, line in enumerate(lines) if line.strip().startswith(f"{claim}: "))
        found = []
        for line in lines[start + 1 :]:
            if not line.startswith("      changed: "):
                break
            found.append(line.removeprefix("      changed: "))
        return found


class Lab:
    """A workspace with the small study, its files edited by tests."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workspace = Workspace(root, root / "notebooks")
        self.raw = self.workspace.raw(NAME)
        self.source = self.workspace.source(NAME)
        self.derived = self.workspace.derived(NAME)
        self.reports = self.workspace.reports(NAME)

    def concord(self, *arguments: str) -> Said:
        """Run a command in this process; notebooks too."""
        text = io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(runs, "local_executor", lambda *_, **__: InProcess())
            with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
                status = cli.main(["--root", str(self.root), *arguments])
        return Said(status, text.getvalue())

    def verify(self) -> Said:
        return self.concord("verify", NAME)

    def edit(self, path: Path, old: str, new: str) -> None:
        """Replace a text that stands once in a file."""
        text = path.read_text("utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
        path.write_text(text.replace(old, new), "utf-8")

    def rows(self, table: str) -> list[list[str]]:
        """Return the cells of a source table, its header first."""
        return list(csv.reader(io.StringIO((self.source / f"{table}.csv").read_text("utf-8"), newline="")))

    def put(self, table: str, rows: list[list[str]]) -> None:
        """Write a source table from its cells."""
        (self.source / f"{table}.csv").write_text(as_csv(rows), "utf-8")

    def setting(self, dotted: str, value: Any) -> None:
        """Change one setting of study.yml."""
        path = self.raw / "study.yml"
        data = yaml.safe_load(path.read_text("utf-8"))
        here = data
        *above, last = dotted.split(".")
        for name in above:
            here = here.setdefault(name, {})
        here[last] = value
        path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")

    def claim(self, name: str, **changes: Any) -> None:
        """Change one claim of claims.yml."""
        path = self.raw / "claims.yml"
        data = yaml.safe_load(path.read_text("utf-8"))
        next(claim for claim in data if claim["id"] == name).update(changes)
        path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")

    def printed(self, name: str) -> str:
        data = yaml.safe_load((self.raw / "claims.yml").read_text("utf-8"))
        return next(claim for claim in data if claim["id"] == name)["printed"]


def as_csv(rows: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def write_study(lab: Lab) -> None:
    """Write the small study: 36 segments of six interviews, rated and coded by A and B, settled by a team."""
    lab.source.mkdir(parents=True)
    (lab.raw / "study.yml").write_text(SETTINGS, "utf-8")
    cases = [[f"P{n}", "patient" if n <= 3 else "staff", str(n), "yes", "yes", "no"] for n in range(1, 7)]
    head = ["case_id", "group", "interview_order", "consent_quote", "consent_share", "withdrawn"]
    lab.put("cases", [head, *cases])
    documents, segments, codings, assigned = [], [], [], []
    for n in range(1, 7):
        text = ""
        for place in range(1, 7):
            words = f"Sentence {place} of what participant {n} told us that day."
            segments.append([f"S{n}-{place}", f"D{n}", str(len(text)), str(len(text) + len(words))])
            text += f"{words}\n"
            codings += list(_codings(n, place))
        documents.append([f"D{n}", f"P{n}", f"Interview {n}", text])
        assigned += [[coder, f"D{n}", "independent", "1"] for coder in ("A", "B")]
    lab.put("documents", [["document_id", "case_id", "name", "text"], *documents])
    lab.put("segments", [["segment_id", "document_id", "start", "end"], *segments])
    lab.put("coders", [["coder_id", "kind"], ["A", "human"], ["B", "human"], ["team", "human"]])
    lab.put("codes", [["code_id", "name"], ["waiting", "Waiting"], ["cost", "Cost"], ["contact", "Contact"]])
    lab.put("codings", [["segment_id", "coder_id", "variable", "value", "stage", "round"], *codings])
    lab.put("assignments", [["coder_id", "document_id", "stage", "round"], *assigned])


def _codings(n: int, place: int):
    """Yield what the coders gave one segment: they differ on every fifth, the team follows A."""
    number = 6 * (n - 1) + place
    segment, mine = f"S{n}-{place}", 1 + number % 3
    other = 1 + mine % 3 if number % 5 == 0 else mine
    yield [segment, "A", "rating", str(mine), "independent", "1"]
    yield [segment, "B", "rating", str(other), "independent", "1"]
    code = ["waiting", "cost", "contact"][number % 3] if n <= 4 else "contact"
    again = "cost" if number % 7 == 0 else code
    yield [segment, "A", "codes", code, "independent", "1"]
    yield [segment, "B", "codes", again, "independent", "1"]
    yield [segment, "team", "codes", code, "consensus", "1"]
    yield [segment, "team", "rating", str(mine), "consensus", "1"]


def write_notebooks(lab: Lab) -> None:
    lab.workspace.notebooks.mkdir(parents=True)
    for name, sources in NOTEBOOKS.items():
        named = [("parameters", PARAMETERS), *((f"work-{n}", source) for n, source in enumerate(sources))]
        cells = [new_code_cell(source, id=cell) for cell, source in named]
        cells[0].metadata = {"tags": ["parameters"]}
        path = lab.workspace.notebooks / f"{name}.ipynb"
        path.write_text(json.dumps(new_notebook(cells=cells)), "utf-8")


def write_claims(lab: Lab) -> None:
    """Write claims that hold, from what was computed, and a text that states some of them."""
    found = {e["key"]: e for e in json.loads((lab.derived / "results.json").read_text("utf-8"))}
    alpha, cases = found[ALPHA], found["themes.waiting.n_cases"]
    patients = found["themes.waiting.patient.n_cases"]["value"]
    percent, differ = found["agreement.rating.percent"], found["differences.rating.differ"]
    claims: list[dict[str, Any]] = [
        {"id": "people", "result": "cases.n", "printed": "6"},
        {"id": "alpha", "result": ALPHA, "printed": f"{alpha['value']:.3f}", "decision": {"at_least": 0.5}},
        {
            "id": "interval",
            "result": ALPHA,
            "printed": f"{alpha['value']:.2f}",
            "interval": f"{alpha['low']:.4f} to {alpha['high']:.4f}",
        },
        {"id": "percent", "result": "agreement.rating.percent", "printed": f"{percent['value']:.3f}"},
        {"id": "waiting", "result": "themes.waiting.n_cases", "printed": f"{cases['value']} of {cases['n']}"},
        {"id": "differ", "result": "differences.rating.differ", "printed": str(differ["value"])},
        {
            "id": "cell",
            "table": "themes",
            "where": {"code_id": "waiting", "group": "patient", "rollup": "as_coded"},
            "column": "n_cases",
            "printed": str(patients),
        },
        {
            "id": "figure",
            "table": "figures/themes",
            "where": {"code_id": "waiting"},
            "column": "n_cases",
            "printed": str(cases["value"]),
        },
        {"id": "codes", "result": MEDIAN, "printed": f"{found[MEDIAN]['value']:.3f}"},
        {"id": "often", "result": OFTEN, "printed": str(found[OFTEN]["value"])},
        {"id": "checked", "status": "not_checkable", "because": "no data record of it"},
    ]
    (lab.raw / "claims.yml").write_text(yaml.safe_dump(claims, sort_keys=False), "utf-8")
    text = (
        f"Six people took part. Waiting came up with {{{{ themes.waiting.n_cases | of }}}} of them.\n\n"
        f"Alpha was {alpha['value']:.3f}. <!-- claim: alpha -->\n"
    )
    (lab.raw / "findings.md").write_text(text, "utf-8")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Let the library that counts be a copy that no one edits while the tests run."""
    folder = tmp_path_factory.mktemp("library") / "analysis"
    shutil.copytree(provenance.PACKAGE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "PACKAGE", folder)
        yield folder


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory, library: Path) -> Lab:
    """Return the small study, reproduced, with claims that hold, frozen; not to be changed."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    os.environ.setdefault("MPLBACKEND", "agg")
    write_study(lab)
    write_notebooks(lab)
    first = lab.concord("reproduce", NAME)
    assert first.status == 0, first.out
    write_claims(lab)
    assert lab.verify().status == 0, lab.verify().out
    done = lab.concord("freeze", NAME)
    assert done.status == 0, done.out
    return lab


@pytest.fixture
def lab(clean: Lab, tmp_path: Path) -> Lab:
    """Return a copy of the small study in which a test plants its fault."""
    root = tmp_path / "lab"
    shutil.copytree(clean.root, root)
    return Lab(root)
