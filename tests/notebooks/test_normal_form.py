"""The committed notebooks are thin, executed, and in normal form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import normalform, preflight
from analysis.graph import STEPS

FOLDER = Path(__file__).parents[2] / "notebooks"

BRANCHES = (
    ast.AsyncFor,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.DictComp,
    ast.For,
    ast.FunctionDef,
    ast.GeneratorExp,
    ast.If,
    ast.IfExp,
    ast.Lambda,
    ast.ListComp,
    ast.Match,
    ast.SetComp,
    ast.Try,
    ast.While,
)
PLACES = re.compile(r"(?<![\w.])(/home/|/root/|/Users/|/work/|/tmp/|[A-Z]:\\)")
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
COMMIT = re.compile(r"\b[0-9a-f]{40}\b")


@pytest.fixture(params=[step.name for step in STEPS])
def path(request) -> Path:
    found = FOLDER / f"{request.param}.ipynb"
    if not found.is_file():
        pytest.skip(f"notebooks/{found.name} is not there")
    return found


@pytest.fixture
def nb(path) -> dict:
    return normalform.load(path)


@pytest.fixture
def code(nb) -> list[dict]:
    return [cell for cell in nb["cells"] if cell["cell_type"] == "code"]


def outputs(code: list[dict]) -> Iterator[dict]:
    for cell in code:
        yield from cell["outputs"]


def shown(code: list[dict]) -> Iterator[str]:
    """Return every text that an executed cell shows."""
    for output in outputs(code):
        yield from (text for text in output.get("data", {}).values() if isinstance(text, str))
        yield output.get("text", "")


def test_the_file_is_in_normal_form(path, nb):
    assert path.read_text("utf-8") == normalform.dumps(normalform.normal_form(nb)), "run `make notebooks`"


def test_every_code_cell_was_executed_in_order(code):
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))


def test_every_cell_has_an_id_of_its_own(nb):
    ids = [cell["id"] for cell in nb["cells"]]
    assert len(set(ids)) == len(ids)


def test_the_parameters_are_study_and_overrides_each_with_a_comment(nb):
    parameters, problems = preflight.declared(nb)
    assert problems == []
    assert [(p.name, p.annotation, p.default) for p in parameters.values()] == [
        ("study", "str", "simon2021_simulated"),
        ("overrides", "dict", {}),
    ]
    cell = preflight.parameters_cell(nb)
    assert cell is not None
    assert all("#" in line for line in cell["source"].splitlines() if line.strip())


def test_no_cell_branches_loops_or_defines(code):
    for cell in code:
        found = [node for node in ast.walk(ast.parse(cell["source"])) if isinstance(node, BRANCHES)]
        assert found == [], f"cell {cell['id']}: {type(found[0]).__name__} belongs in src/analysis"


def test_no_cell_names_a_place_on_a_machine(code):
    for cell in code:
        assert not PLACES.search(cell["source"]), f"cell {cell['id']}"


def test_no_cell_is_left_out_of_the_comparison(code):
    for cell in code:
        tags = set(cell["metadata"].get("tags", []))
        assert not {tag for tag in tags if tag.startswith("nbval") or tag == "raises-exception"}
        assert "NBVAL" not in cell["source"]


def test_no_cell_silences_its_output_by_a_semicolon(code):
    assert [cell["id"] for cell in code if cell["source"].rstrip().endswith(";")] == []


def test_the_last_cell_records_results(code):
    assert "record" in code[-1]["source"]


def test_no_output_is_an_error_or_a_warning(code):
    assert [output for output in outputs(code) if output["output_type"] == "error"] == []
    assert [output["text"] for output in outputs(code) if output.get("name") == "stderr"] == []


def test_figures_are_svg_and_say_what_they_show(code):
    for output in outputs(code):
        assert not {"image/png", "image/jpeg"} & output.get("data", {}).keys()
        page = output.get("data", {}).get("text/html", "")
        assert page.count("<svg") == len(re.findall(r'<svg[^>]*aria-label="[^"]', page))


def test_outputs_name_no_address_place_or_commit(code):
    for text in shown(code):
        for trace in (ADDRESS, PLACES, COMMIT):
            assert not trace.search(text)


def test_there_is_prose_beside_the_code(nb, code):
    prose = [cell for cell in nb["cells"] if cell["cell_type"] == "markdown"]
    assert prose[0] is nb["cells"][0]
    assert prose[0]["source"].startswith("# ")
    assert len(prose) * 2 >= len(code)
