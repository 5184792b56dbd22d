"""What code reaches is read from its imports, wherever and however they are written."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from analysis.importgraph import ImportGraph, Module, source_digest
from analysis.sources import Sources, imports_of

FILES = {
    "__init__.py": "",
    "a.py": "",
    "deep/__init__.py": "from .inner import x",
    "deep/inner.py": "from .. import a",
    "deep/outer.py": "from ..a import y",
    "page.html": "",
    "templates/one.css": "",
    "templates/two/three.js": "",
}


def reached(source: str, files: dict[str, str] | None = None) -> list[str]:
    told = files or FILES

    def module_of(file: str) -> Module | None:
        name = "analysis." + file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        return Module.read(told[file], name, file.endswith("__init__.py"))

    return ImportGraph(told, module_of).reached(Module.read(source))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import analysis.a", ["__init__.py", "a.py"]),
        ("import analysis.a as b", ["__init__.py", "a.py"]),
        ("from analysis import a", ["__init__.py", "a.py"]),
        ("from analysis.a import anything", ["__init__.py", "a.py"]),
        (
            "from analysis.deep import outer",
            ["__init__.py", "a.py", "deep/__init__.py", "deep/inner.py", "deep/outer.py"],
        ),
        ("import analysis.deep.inner", ["__init__.py", "a.py", "deep/__init__.py", "deep/inner.py"]),
        ("def f():\n    import analysis.a", ["__init__.py", "a.py"]),
        ("try:\n    import analysis.a\nexcept ImportError:\n    pass", ["__init__.py", "a.py"]),
        ("class A:\n    from analysis import a", ["__init__.py", "a.py"]),
        ("import importlib\nimportlib.import_module('analysis.a')", ["__init__.py", "a.py"]),
        ("from importlib import import_module as im\nim('analysis.a')", ["__init__.py", "a.py"]),
        ("import importlib as il\nil.import_module('analysis.a')", ["__init__.py", "a.py"]),
        ("import pandas, analysist", []),
        ("text = 'import analysis.a'", []),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import analysis.a", []),
    ],
)
def test_every_way_to_import_is_seen_and_no_other(source: str, expected: list[str]) -> None:
    assert reached(source) == expected


def test_an_import_by_a_computed_name_may_reach_everything() -> None:
    assert reached("import importlib\nimportlib.import_module(name)") == sorted(FILES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("page.html", ["page.html"]),
        ("templates/one.css", ["templates/one.css"]),
        ("one.css", ["templates/one.css"]),
        ("templates/two", ["templates/two/three.js"]),
        ("templates", ["templates/one.css", "templates/two/three.js"]),
        ("unknown", ["page.html", "templates/one.css", "templates/two/three.js"]),
    ],
)
def test_files_of_the_package_are_reached_by_name_by_folder_or_all(text: str, expected: list[str]) -> None:
    files = FILES | {"a.py": f"from importlib import resources\nresources.files('analysis') / '{text}'"}
    assert reached("import analysis.a", files) == ["__init__.py", "a.py", *expected]


@pytest.mark.parametrize(
    "opening",
    [
        "from importlib.resources import files\nfiles('analysis')",
        "from importlib import resources as r\nr.files('analysis')",
        "import importlib.resources as r\nr.files('analysis')",
        "from jinja2 import PackageLoader as Loader\nLoader('analysis')",
        "import pkgutil\npkgutil.get_data('analysis', 'page.html')",
    ],
)
def test_files_of_the_package_are_reached_whatever_their_opener_is_called(opening: str) -> None:
    files = FILES | {"a.py": f"{opening}\nname = 'page.html'"}
    assert reached("import analysis.a", files) == ["__init__.py", "a.py", "page.html"]


def test_imports_that_go_in_a_ring_end() -> None:
    files = {"__init__.py": "", "a.py": "from . import b", "b.py": "from . import a"}
    assert reached("import analysis.a", files) == ["__init__.py", "a.py", "b.py"]


def test_magics_of_a_notebook_hide_no_import() -> None:
    cells = [{"cell_type": "code", "source": "%matplotlib inline\nfrom analysis import a"}]
    assert "analysis.a" in imports_of({"cells": cells}).imports


def test_a_notebook_that_is_no_python_may_reach_everything() -> None:
    assert imports_of({"cells": [{"cell_type": "code", "source": "def ("}]}).everything


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 2"),
        ("def f(a): pass", "def f(b): pass"),
        ("x = 'a'", "x = b'a'"),
        ("f(1, 2)", "f(2, 1)"),
    ],
)
def test_code_that_does_something_else_is_told_apart(one: str, other: str) -> None:
    assert source_digest(one.encode()) != source_digest(other.encode())


def test_what_was_read_is_remembered_by_content_alone(tmp_path: Path) -> None:
    folder, remembered = tmp_path / "library", tmp_path / "kept" / "digests.json"
    folder.mkdir()
    (folder / "a.py").write_text("x = 1\n")
    first = Sources(folder, remembered).reached(Module(("analysis.a",)))
    assert Sources(folder, remembered).reached(Module(("analysis.a",))) == first
    (folder / "a.py").write_text("x = 2\n")
    assert Sources(folder, remembered).reached(Module(("analysis.a",))) != first
    (folder / "a.py").write_text("x = 1\n")
    assert Sources(folder, remembered).reached(Module(("analysis.a",))) == first


def test_what_was_read_goes_with_the_last_that_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a.py").write_text("x = 1\n")
    sources = Sources(tmp_path / "library", tmp_path / "digests.json")
    assert sources.reached(Module(("analysis.a",)))
    seen = weakref.ref(sources)
    gc.disable()
    try:
        del sources
        assert seen() is None
    finally:
        gc.enable()
