"""Sixty planted changes: those that matter are seen, by the notebooks they matter to; the others by none."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis import paths, provenance
from analysis.graph import STEPS
from analysis.inforce import InForce
from analysis.paths import Workspace
from analysis.study import load_study

STUDY = """\
study: demo
title: A study
method: codebook
inputs:
  - {file: codings.csv, stage: independent}
disclosure: {policy: text_free, names: names.txt}
seed: 7
"""
CLAIMS = """\
- id: one
  says: ""
  source: abstract
  basis: stated
  result: segments.n
  printed: "20"
"""
LIBRARY = {
    "__init__.py": '__version__ = "1"\n',
    "tables.py": '"""Tables."""\nfrom typing import TYPE_CHECKING\n'
    "if TYPE_CHECKING:\n    from .hints import Hint\n"
    'def show(x, width=80):\n    """Show."""\n    return str(x)[:width]  # as wide as that\n',
    "hints.py": "Hint = int\n",
    "prepare.py": "from . import tables\ndef prepare(x):\n    return tables.show(x)\n",
    "agreement/__init__.py": "",
    "agreement/alpha.py": "def alpha(x):\n    return 1 - x / 2\n",
    "agreement/sheet.py": "def sheet(x):\n    from .alpha import alpha\n    return alpha(x)\n",
    "themes.py": "import analysis.counting\nRULES = {'all': 1}\n",
    "counting.py": "def count(x):\n    return len(x)\n",
    "framework.py": "from importlib import import_module\ncells = import_module('analysis.cells')\n",
    "cells.py": "CELLS = 1\n",
    "report.py": "from importlib import resources\n"
    "STYLE = resources.files('analysis').joinpath('templates/report.css')\n",
    "templates/report.css": "p {}\n",
    "templates/panel.js": "1\n",
    "normalform.py": "FORM = 1\n",
    "notebookpage.py": "from pathlib import Path\nPAGE = Path(__file__).parent / 'templates/page'\n",
    "templates/page/index.html": "<p>\n",
    "simulate.py": "SEED = 1\n",
    "runs.py": "def run():\n    return 1\n",
    "cli/__init__.py": "",
    "cli/run.py": "from .. import runs\n",
}
FIRST = {
    "01_prepare": "from analysis import prepare\nprepare.prepare(study)",
    "02_agreement": "from analysis.agreement.sheet import sheet\nsheet(2)",
    "03_themes": "from analysis import themes",
    "04_framework": "import analysis.framework, helper",
    "05_report": "from analysis import report\nfrom analysis.agreement import sheet",
}
READ = {
    "01_prepare": ["setting groups", "declared setting groups"],
    "02_agreement": ["setting seed", "setting agreement.unit"],
    "03_themes": ["setting seed", "setting themes.quotes"],
    "04_framework": [],
    "05_report": ["setting themes", "setting agreement.interval.draws"],
}
ALL = {step.name for step in STEPS}
EARLY = ALL - {"05_report"}
PARAMETERS = 'study: str = "demo"  # folder\noverrides: dict = {}'


def notebook(first: str) -> dict:
    cells = [
        {"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# Title"},
        {"cell_type": "code", "id": "parameters", "metadata": {"tags": ["parameters"]}, "source": PARAMETERS},
        {"cell_type": "code", "id": "work", "metadata": {}, "source": first},
    ]
    for cell in cells[1:]:
        cell |= {"execution_count": None, "outputs": []}
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


class House:
    """A checkout in small with one study, and what each of its notebooks is made of."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.parameters: dict = {"study": "demo", "overrides": {}}
        self.upstream: dict[str, str] = {}
        for name, text in LIBRARY.items():
            self.write(f"src/analysis/{name}", text)
        for name, first in FIRST.items():
            self.write(f"notebooks/{name}.ipynb", json.dumps(notebook(first)))
        raw = "data/raw/demo"
        self.write(f"{raw}/study.yml", STUDY)
        self.write(f"{raw}/claims.yml", CLAIMS)
        self.write(f"{raw}/findings.md", "We found 20 segments.\n")
        self.write(f"{raw}/README.md", "A study.\n")
        self.write(f"{raw}/names.txt", "Ann\n")
        self.write(f"{raw}/source/codings.csv", "segment_id,coder_id\n1,A\n")
        self.write(f"{raw}/source/MANIFEST", "abc codings.csv\n")
        self.write(f"{raw}/decisions/ann.csv", "segment_id,value\n")
        self.write("drive/interviews/codings.csv", "segment_id,coder_id\n2,B\n")
        (root / raw / "source" / "protected").symlink_to("../../../../drive", target_is_directory=True)
        self.write("helper.py", "import further.one\n")
        self.write("further/one.py", "X = 1\n")
        self.write("requirements.lock", "# made by a tool\na==1 \\\n    --hash=sha256:1\n    # via b\n")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text("utf-8")
        assert text.count(old) == 1, name
        self.write(name, text.replace(old, new))

    def cell(self, step: str, change: Callable[[dict], object]) -> None:
        """Change a notebook's data."""
        path = self.root / "notebooks" / f"{step}.ipynb"
        nb = json.loads(path.read_text("utf-8"))
        change(nb)
        path.write_text(json.dumps(nb), "utf-8")

    def made_of(self) -> dict[str, dict[str, str]]:
        workspace = Workspace(self.root, self.root / "notebooks")
        made_of = provenance.Provenance(workspace)
        study = load_study(workspace, "demo", self.parameters["overrides"])
        settings = InForce(study, load_study(workspace, "demo"))
        given = self.parameters, self.upstream
        return {step.name: made_of.inputs(settings, step, *given, READ[step.name]) for step in STEPS}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(tmp_path / "here")
    monkeypatch.setattr(paths, "CHECKOUT", made.root)
    monkeypatch.setattr(provenance, "PACKAGE", made.root / "src" / "analysis")
    return made


def stale(before: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> set[str]:
    return {step for step in before if before[step] != now[step]}


def cells(change: Callable[[list[dict]], object], *steps: str) -> Callable[[House], None]:
    def planted(house: House) -> None:
        for step in steps or ("02_agreement",):
            house.cell(step, lambda nb: change(nb["cells"]))

    return planted


def edited(name: str, old: str, new: str) -> Callable[[House], None]:
    return lambda house: house.edit(name, old, new)


def written(name: str, text: str) -> Callable[[House], None]:
    return lambda house: house.write(name, text)


def overridden(house: House) -> None:
    house.parameters = {"study": "demo", "overrides": {"seed": 8}}


def fed(house: House) -> None:
    house.upstream = {"data/derived/demo/cases.parquet": "1"}


LIB, RAW = "src/analysis", "data/raw/demo"

MATTER: dict[str, tuple[Callable[[House], None], set[str]]] = {
    "a number in a function that is called": (
        edited(f"{LIB}/agreement/alpha.py", "/ 2", "/ 3"),
        {"02_agreement", "05_report"},
    ),
    "a module imported inside a function": (
        written(f"{LIB}/agreement/alpha.py", "alpha = abs\n"),
        {"02_agreement", "05_report"},
    ),
    "the package that a module lies in": (
        written(f"{LIB}/agreement/__init__.py", "X = 1\n"),
        {"02_agreement", "05_report"},
    ),
    "a module two imports away": (edited(f"{LIB}/tables.py", "80", "79"), {"01_prepare"}),
    "a module imported by its full name": (
        edited(f"{LIB}/counting.py", "len(x)", "len(x) + 1"),
        {"03_themes"},
    ),
    "a module imported by import_module": (edited(f"{LIB}/cells.py", "1", "2"), {"04_framework"}),
    "a table of constants": (edited(f"{LIB}/themes.py", "'all'", "'any'"), {"03_themes"}),
    "a default argument": (edited(f"{LIB}/prepare.py", "(x):", "(x=1):"), {"01_prepare"}),
    "a decorator": (edited(f"{LIB}/counting.py", "def count", "@print\ndef count"), {"03_themes"}),
    "a style sheet that the report reads": (written(f"{LIB}/templates/report.css", "b {}\n"), {"05_report"}),
    "the template of notebooks' pages": (written(f"{LIB}/templates/page/index.html", "<b>\n"), ALL),
    "the normal form of notebooks": (edited(f"{LIB}/normalform.py", "1", "2"), ALL),
    "the package itself": (edited(f"{LIB}/__init__.py", "1", "2"), ALL),
    "a reached module that is gone": (lambda h: (h.root / LIB / "counting.py").unlink(), {"03_themes"}),
    "a reached module that is no Python any more": (written(f"{LIB}/counting.py", "def (\n"), {"03_themes"}),
    "a docstring that is read": (
        edited(f"{LIB}/tables.py", "    return str", "    show.__doc__\n    return str"),
        {"01_prepare"},
    ),
    "code of a cell": (cells(lambda c: c[2].update(source=c[2]["source"] + "\n1")), {"02_agreement"}),
    "a default in the parameters cell": (
        cells(lambda c: c[1].update(source=PARAMETERS.replace("{}", "{1: 2}"))),
        {"02_agreement"},
    ),
    "the order of cells": (cells(lambda c: c.insert(1, c.pop())), {"02_agreement"}),
    "a cell that is gone": (cells(lambda c: c.pop()), {"02_agreement"}),
    "a tag": (cells(lambda c: c[2]["metadata"].update(tags=["hide"])), {"02_agreement"}),
    "prose that readers see": (cells(lambda c: c[0].update(source="# Another")), {"02_agreement"}),
    "a semicolon that silences a cell": (
        cells(lambda c: c[2].update(source=c[2]["source"] + ";")),
        {"02_agreement"},
    ),
    "a coding": (edited(f"{RAW}/source/codings.csv", "1,A", "1,B"), ALL),
    "a new file in source": (written(f"{RAW}/source/cases.csv", "case_id\n"), ALL),
    "a coding on a drive that source links to": (edited("drive/interviews/codings.csv", "2,B", "2,A"), ALL),
    "a new file on a drive that source links to": (written("drive/interviews/cases.csv", "case_id\n"), ALL),
    "a module beside the workspace's data": (
        edited("helper.py", "import", "X = 1\nimport"),
        {"04_framework"},
    ),
    "a module that such a module imports": (edited("further/one.py", "1", "2"), {"04_framework"}),
    "a decision": (written(f"{RAW}/decisions/ann.csv", "segment_id,value\n1,x\n"), ALL),
    "a name to be kept from sight": (written(f"{RAW}/names.txt", "Ann\nBob\n"), ALL),
    "a setting": (edited(f"{RAW}/study.yml", "seed: 7", "seed: 8"), {"02_agreement", "03_themes"}),
    "a setting that had its default": (
        edited(f"{RAW}/study.yml", "seed: 7", "seed: 7\nagreement: {unit: case}"),
        {"02_agreement"},
    ),
    "one of several settings read as one": (
        edited(f"{RAW}/study.yml", "seed: 7", "seed: 7\nthemes: {quotes: {labels: by_code}}"),
        {"03_themes", "05_report"},
    ),
    "the title, which stands on every page": (edited(f"{RAW}/study.yml", "A study", "Our study"), ALL),
    "what may be published": (edited(f"{RAW}/study.yml", "policy: text_free", "policy: as_published"), ALL),
    "a setting replaced for one run": (overridden, ALL),
    "what an earlier step left": (fed, ALL),
    "a claim": (edited(f"{RAW}/claims.yml", '"20"', '"21"'), {"05_report"}),
    "a printed table": (written(f"{RAW}/claims/table.csv", "a,b\n"), {"05_report"}),
    "a pin of the lock": (edited("requirements.lock", "a==1", "a==2"), ALL),
}


def touched(house: House) -> None:
    for path in sorted(house.root.rglob("*")):
        os.utime(path, (1, 1))


def moved(house: House) -> None:
    """Copy all to another folder, as another machine would have it."""
    there = house.root.with_name("there")
    shutil.copytree(house.root, there)
    house.root = there


def rewritten(house: House) -> None:
    """Write every module as a formatter would that leaves nothing where it was."""
    import ast

    for path in sorted((house.root / LIB).rglob("*.py")):
        path.write_text(ast.unparse(ast.parse(path.read_text("utf-8"))) + "\n\n\n", "utf-8")


def forgotten(house: House) -> None:
    shutil.rmtree(house.root / ".concord")


def spoilt(house: House) -> None:
    (house.root / ".concord" / "source-digests.json").write_text('{"files": 3')


def executed(house: House) -> None:
    def change(nb: dict) -> None:
        nb["metadata"] = {"kernelspec": {"name": "other"}, "papermill": {"duration": 1}}
        nb["cells"][2] |= {
            "execution_count": 7,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "x"}],
        }
        nb["cells"][2]["metadata"] = {"execution": {"iopub.status.busy": "now"}, "collapsed": True}

    house.cell("02_agreement", change)


def relaid(house: House) -> None:
    """Write a notebook with one line of text a line, indented."""
    path = house.root / "notebooks" / "02_agreement.ipynb"
    nb = json.loads(path.read_text("utf-8"))
    for cell in nb["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    path.write_text(json.dumps(nb, indent=4, sort_keys=True), "utf-8")


DO_NOT_MATTER: dict[str, Callable[[House], None]] = {
    "every file touched": touched,
    "another folder": moved,
    "every module formatted anew": rewritten,
    "what earlier runs remembered is gone": forgotten,
    "what earlier runs remembered is spoilt": spoilt,
    "a comment in a module": edited(f"{LIB}/tables.py", "as wide as that", "no wider"),
    "a docstring of a module": edited(f"{LIB}/tables.py", "Tables.", "All tables."),
    "a docstring of a function": edited(f"{LIB}/tables.py", "Show.", "Show it."),
    "a docstring where none was": edited(f"{LIB}/counting.py", "(x):\n", "(x):\n    'Count.'\n"),
    "a remark below a constant": edited(f"{LIB}/cells.py", "1\n", '1\n"""How many."""\n'),
    "quotes of a text": edited(f"{LIB}/themes.py", "'all'", '"all"'),
    "brackets around an expression": edited(f"{LIB}/agreement/alpha.py", "1 - x / 2", "(1 - (x / 2))"),
    "line ends of another system": edited(f"{LIB}/counting.py", "(x):\n", "(x):\r\n"),
    "a module that is not reached": edited(f"{LIB}/simulate.py", "1", "2"),
    "a new module that is not reached": written(f"{LIB}/new.py", "X = 1\n"),
    "the command line": written(f"{LIB}/cli/run.py", "X = 1\n"),
    "the runner": edited(f"{LIB}/runs.py", "1", "2"),
    "a module for type checkers alone": edited(f"{LIB}/hints.py", "= int", "= str"),
    "a data file that is not reached": written(f"{LIB}/templates/panel.js", "2\n"),
    "compiled modules": written(f"{LIB}/__pycache__/tables.pyc", "x"),
    "a comment in a cell": cells(lambda c: c[2].update(source="# here\n" + c[2]["source"])),
    "a help text in the parameters cell": cells(
        lambda c: c[1].update(source=PARAMETERS.replace("folder", "where"))
    ),
    "layout of a cell": cells(lambda c: c[2].update(source=c[2]["source"].replace("(2)", "( 2 )\n\n"))),
    "outputs, counts and timings of a notebook": executed,
    "layout of a notebook's file": relaid,
    "an empty cell": cells(
        lambda c: c.append({"cell_type": "markdown", "id": "z", "metadata": {}, "source": " \n"})
    ),
    "a comment in study.yml": edited(f"{RAW}/study.yml", "seed: 7", "seed: 7  # why not"),
    "order and layout of study.yml": edited(
        f"{RAW}/study.yml",
        "disclosure: {policy: text_free, names: names.txt}\nseed: 7\n",
        "seed:   7\ndisclosure:\n  names: 'names.txt'\n  policy: text_free\n",
    ),
    "a setting that no notebook reads": edited(
        f"{RAW}/study.yml", "seed: 7", "seed: 7\nsaturation: {run: true}"
    ),
    "a default written down in study.yml": edited(f"{RAW}/study.yml", "seed: 7", "seed: 7\nsimulated: false"),
    "a comment in claims.yml": edited(f"{RAW}/claims.yml", "- id: one", "# first\n- id: one"),
    "the README of a study": written(f"{RAW}/README.md", "Another.\n"),
    "findings, which verify reads": written(f"{RAW}/findings.md", "We found 21 segments.\n"),
    "a frozen state": written(f"{RAW}/frozen/first.json", "{}\n"),
    "the manifest of source": written(f"{RAW}/source/MANIFEST", "abd codings.csv\n"),
    "a module beside the workspace's data that is not imported": written("other.py", "X = 1\n"),
    "a comment in a module beside the workspace's data": edited("further/one.py", "1", "1  # one"),
    "an editor's draft beside a table": written(f"{RAW}/source/~$codings.xlsx", "x"),
    "a file of the desktop": written(f"{RAW}/.DS_Store", "x"),
    "another study": written("data/raw/other/study.yml", STUDY.replace("demo", "other")),
    "comments of the lock": edited("requirements.lock", "made by a tool", "made by another"),
}


def test_nothing_changed_is_nothing_stale(house: House) -> None:
    assert stale(house.made_of(), house.made_of()) == set()


@pytest.mark.parametrize("name", MATTER)
def test_a_change_that_matters_is_seen_by_the_notebooks_that_it_matters_to(house: House, name: str) -> None:
    before = house.made_of()
    change, expected = MATTER[name]
    change(house)
    assert stale(before, house.made_of()) == expected


@pytest.mark.parametrize("name", DO_NOT_MATTER)
def test_a_change_that_does_not_matter_is_seen_by_none(house: House, name: str) -> None:
    before = house.made_of()
    DO_NOT_MATTER[name](house)
    assert stale(before, house.made_of()) == set()


def test_there_are_thirty_of_each() -> None:
    assert min(len(MATTER), len(DO_NOT_MATTER)) >= 30


def test_labels_are_names_that_people_know(house: House) -> None:
    labels = house.made_of()["02_agreement"].keys()
    assert {
        "data/raw/demo/source/codings.csv",
        "setting agreement.unit",
        "notebooks/02_agreement.ipynb",
        "src/analysis/agreement/alpha.py",
        "parameter overrides",
        "requirements.lock",
    } <= labels
    assert not any(label.startswith("/") for label in labels)
