"""Functions are told apart by what they do, and stand in the order in which data flow."""

from __future__ import annotations

import ast
import json

import pytest

from analysis import fingerprints
from analysis.fingerprints import functions_of
from analysis.paths import CHECKOUT
from analysis.sources import Sources


def told(source: str) -> dict[str, str]:
    return functions_of(ast.parse(source))


BEFORE = """\
X = 1
def f(a):
    '''Say f.'''
    return a + X
class C(Base):
    y: int = 0
    def m(self):
        return f(self.y)
"""


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("    '''Say f.'''\n", "", []),
        ("return a + X", "return (a + X)  # the sum", []),
        ("return a + X", "return a - X", ["f"]),
        ("def f(a):", "def f(a, b=1):", ["f"]),
        ("def f(a):", "@cache\ndef f(a):", ["f"]),
        ("X = 1", "X = 2", ["(module level)"]),
        ("X = 1", "__all__ = ['f']\nX = 1", []),
        ("class C(Base)", "class C(Other)", ["(module level)"]),
        ("y: int = 0", "y: int = 1", ["(module level)"]),
        ("f(self.y)", "f(self.y + 1)", ["C.m"]),
        ("def m(self)", "def n(self)", ["C.m", "C.n"]),
    ],
)
def test_what_a_change_changes(old, new, changed):
    assert BEFORE.count(old) == 1
    before, after = told(BEFORE), told(BEFORE.replace(old, new))
    assert sorted(name for name in {*before, *after} if before.get(name) != after.get(name)) == sorted(
        changed
    )


def test_functions_of_one_name_count_together():
    assert told("def f(): return 1\ndef f(): return 2")["f"] != told("def f(): return 2")["f"]


def test_hashing_leaves_the_tree_as_it_was():
    tree = ast.parse(BEFORE)
    before = ast.dump(tree)
    functions_of(tree)
    assert ast.dump(tree) == before


@pytest.fixture
def package(tmp_path):
    """Return a small library, with a notebook that imports its last module."""
    folder = tmp_path / "src" / "analysis"
    folder.mkdir(parents=True)
    for name, content in {
        "__init__.py": "",
        "alpha.py": "from . import zeta\ndef a(): return zeta.z()",
        "zeta.py": "def z(): return 1",
        "unused.py": "def u(): return 1",
    }.items():
        (folder / name).write_text(content, "utf-8")
    cell = {
        "cell_type": "code",
        "id": "a",
        "metadata": {},
        "source": "from analysis import alpha",
        "outputs": [],
    }
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}}), "utf-8")
    return Sources(folder, tmp_path / "remembered" / "source-digests.json"), [tmp_path / "n.ipynb"]


def test_what_others_rest_on_comes_first_and_what_nothing_reaches_is_left_out(package):
    found = fingerprints.library(*package)
    assert list(found) == ["src/analysis/__init__.py", "src/analysis/zeta.py", "src/analysis/alpha.py"]
    assert list(found["src/analysis/zeta.py"]) == ["(module level)", "z"]


def test_what_is_remembered_is_what_is_read(package, tmp_path):
    sources, pages = package
    first = fingerprints.library(sources, pages)
    again = Sources(sources.folder, sources.remembered)
    assert fingerprints.library(again, pages) == first
    (sources.folder / "zeta.py").write_text("def z(): return 2", "utf-8")
    changed = fingerprints.library(Sources(sources.folder, sources.remembered), pages)
    assert changed["src/analysis/zeta.py"]["z"] != first["src/analysis/zeta.py"]["z"]


def test_a_file_that_is_no_python_is_one_entry(package):
    sources, pages = package
    (sources.folder / "zeta.py").write_text("def z(:", "utf-8")
    found = fingerprints.library(Sources(sources.folder, sources.remembered), pages)
    assert list(found["src/analysis/zeta.py"]) == ["(whole file)"]


def test_reading_comes_before_agreement_in_this_library(tmp_path):
    sources = Sources(CHECKOUT / "src" / "analysis", tmp_path / "source-digests.json")
    order = list(fingerprints.library(sources, [CHECKOUT / "notebooks" / "02_agreement.ipynb"]))
    places = [order.index(f"src/analysis/{name}") for name in ("errors.py", "units.py", "agreement/sheet.py")]
    assert places == sorted(places)
    assert not [name for name in order if name.startswith("src/analysis/cli/")]
