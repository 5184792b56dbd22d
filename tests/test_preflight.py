"""Parameters are read without running a notebook and refused before a kernel starts."""

from __future__ import annotations

import pytest

from analysis import preflight
from analysis.errors import UsageError

GOOD = 'study: str = "demo"  # folder below data/raw\noverrides: dict = {}  # settings by dotted name'


def notebook(source: str, tags: tuple[str, ...] = ("parameters",)) -> dict:
    cell = {"cell_type": "code", "id": "parameters", "metadata": {"tags": list(tags)}, "source": source}
    return {"cells": [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# T"}, cell]}


def said(source: str, given: dict) -> list[str]:
    return [str(problem) for problem in preflight.check(notebook(source), given)]


def test_what_the_notebooks_are_given_passes():
    assert said(GOOD, {"study": "x", "overrides": {"agreement.unit": "case"}}) == []


def test_a_misspelt_parameter_is_unknown_and_the_right_one_is_named():
    assert said(GOOD, {"studdy": "x"}) == [
        'parameter "studdy" is unknown. Did you mean "study"? It takes study, overrides.'
    ]


@pytest.mark.parametrize(
    ("annotation", "value", "fits"),
    [
        ("str", "7", True),
        ("str", 7, False),
        ("int", 7, True),
        ("int", True, False),
        ("int", "7", False),
        ("float", 7, True),
        ("float", "abc", False),
        ("bool", True, True),
        ("bool", 1, False),
        ("dict", [], False),
        ("dict[str, int]", {"a": 1}, True),
        ("dict[str, int]", {"a": "1"}, False),
        ("list[str]", ["a"], True),
        ("list[str]", [1], False),
        ("list[str] | None", None, True),
        ("str | int", 1.5, False),
        ("str", None, False),
    ],
)
def test_a_value_is_checked_against_its_annotation(annotation, value, fits):
    problems = said(f"x: {annotation}", {"x": value})
    assert (problems == []) is fits
    assert fits or problems[0].startswith(f'parameter "x" must be {annotation}. Found ')


def test_a_parameter_without_default_is_missing_unless_given():
    assert said("x: int", {}) == ['parameter "x" is missing: it has no default, so give a value.']
    assert said("x: int", {"x": 1}) == []


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("x: int = 1 + len('a')", "computed"),
        ("x = 1", "not an annotated literal"),
        ("x = y = 3", "not an annotated literal"),
        ("import os", "not an annotated literal"),
        ("x: Path = 'a'", "cannot be checked"),
        ("x: set[int] = {1}", "cannot be checked"),
        ("x: int = 'a'", "'s default must be int. Found str"),
        ("x: int = 1\nx: int = 2", "twice"),
        ("x: int =", "not valid Python"),
    ],
)
def test_a_parameters_cell_holds_annotated_literals_and_nothing_else(source, what):
    problems = said(source, {})
    assert len(problems) == 1
    assert what in problems[0]


def test_a_default_with_a_hash_in_a_string_is_read_whole():
    parameters, problems = preflight.declared(notebook('x: str = "a # b"'))
    assert problems == []
    assert parameters["x"].default == "a # b"


@pytest.mark.parametrize("cells", [[], [GOOD, GOOD]])
def test_there_is_exactly_one_parameters_cell(cells):
    nb = {"cells": [cell for source in cells for cell in notebook(source)["cells"]]}
    assert "needs one code cell tagged `parameters`" in str(preflight.check(nb, {"study": "x"})[0])


def test_all_problems_of_all_notebooks_come_at_once():
    notebooks = {"notebooks/a.ipynb": notebook(GOOD), "notebooks/b.ipynb": notebook("overrides: dict = {}")}
    with pytest.raises(UsageError) as caught:
        preflight.require(notebooks, {"study": 7, "overrides": {}})
    assert [problem.file for problem in caught.value.problems] == ["notebooks/a.ipynb", "notebooks/b.ipynb"]
    assert "No notebook was started." in str(caught.value)
