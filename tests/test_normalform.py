"""The normal form keeps what a person wrote and what the code gave, and nothing else."""

from __future__ import annotations

import copy
import json

import nbformat
import pytest

from analysis import normalform


def code(source: str, count: int | None = 1, outputs: list | None = None, **metadata) -> dict:
    return {
        "cell_type": "code",
        "id": "a",
        "metadata": metadata,
        "source": source,
        "execution_count": count,
        "outputs": outputs or [],
    }


def notebook(*cells: dict) -> dict:
    return {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def executed() -> dict:
    """Return a notebook as papermill leaves it."""
    timing = {"execution": {"iopub.status.busy": "2026"}, "papermill": {"duration": 1.5}}
    result = {
        "output_type": "execute_result",
        "data": {"text/plain": "2"},
        "metadata": {},
        "execution_count": 3,
    }
    parameters = 'study: str = "demo"  # Ümlaut\noverrides: dict = {}  # more'
    cells = [
        code(parameters, 1, tags=["parameters"], **timing),
        code(
            '# Parameters\nstudy = "x"\noverrides = {"a.b": [1]}', 2, tags=["injected-parameters"], **timing
        ),
        code("1 + 1", 3, [result], **timing),
    ]
    for cell, name in zip(cells, ["parameters", "59c1e6b2", "sum"], strict=True):
        cell["id"] = name
    nb = notebook(*cells)
    nb["metadata"] = {
        "papermill": {"start_time": "2026"},
        "language_info": {"name": "python", "version": "3.11.7"},
    }
    return nb


def test_injected_values_stand_in_the_parameters_cell_with_its_comments():
    first = normalform.normal_form(executed())["cells"][0]
    assert first["source"] == 'study: str = "x"  # Ümlaut\noverrides: dict = {"a.b": [1]}  # more'


def test_the_injected_cell_is_gone_and_cells_are_numbered_from_one():
    cells = normalform.normal_form(executed())["cells"]
    assert [(cell["id"], cell["execution_count"]) for cell in cells] == [("parameters", 1), ("sum", 2)]
    assert cells[1]["outputs"][0]["execution_count"] == 2


def test_no_time_version_or_tool_is_left():
    text = normalform.dumps(normalform.normal_form(executed()))
    for trace in ("2026", "papermill", "iopub", "3.11.7", "59c1e6b2"):
        assert trace not in text


def test_the_normal_form_of_a_normal_form_is_itself_and_valid():
    once = normalform.normal_form(executed())
    assert normalform.normal_form(copy.deepcopy(once)) == once
    nbformat.validate(nbformat.from_dict(once))


def test_a_file_is_laid_out_as_jupyter_lays_it_out(tmp_path):
    nb = normalform.normal_form(executed())
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.from_dict(copy.deepcopy(nb)), path)
    assert normalform.dumps(nb) == path.read_text("utf-8").rstrip("\n") + "\n"
    assert normalform.load(path) == nb


def test_a_cell_without_id_gets_one_that_depends_on_its_text_alone():
    cells = [{**code("x"), "id": None}, {**code("x"), "id": None}, {**code("y"), "id": None}]
    ids = [cell["id"] for cell in normalform.normal_form(notebook(*cells))["cells"]]
    assert len(set(ids)) == 3
    assert ids == [cell["id"] for cell in normalform.normal_form(notebook(*copy.deepcopy(cells)))["cells"]]


def test_a_stream_cut_in_two_by_timing_is_one():
    pieces = [{"output_type": "stream", "name": "stdout", "text": text} for text in ("a\n", "b\n")]
    (cell,) = normalform.normal_form(notebook(code("x", 1, pieces)))["cells"]
    assert [output["text"] for output in cell["outputs"]] == ["a\nb\n"]


def test_a_warning_does_not_name_the_kernels_temporary_file():
    warning = {
        "output_type": "stream",
        "name": "stderr",
        "text": "/tmp/x/ipykernel_12/34.py:1: UserWarning: w",
    }
    (cell,) = normalform.normal_form(notebook(code("x", 1, [warning])))["cells"]
    assert cell["outputs"][0]["text"] == "notebook:1: UserWarning: w"


def test_cells_that_hold_code_and_were_not_executed_are_found():
    nb = notebook({**code("x", None), "id": "left"}, {**code("  ", None), "id": "empty"}, code("y", 2))
    assert normalform.unexecuted(nb) == ["left"]


@pytest.mark.parametrize("change", ["x  =  1  # one", "x = (1)", "\nx = 1\n"])
def test_layout_and_comments_do_not_change_the_digest(change):
    assert normalform.code_digest(notebook(code(change))) == normalform.code_digest(notebook(code("x = 1")))


@pytest.mark.parametrize("change", ["x = 2", "x = 1;", "%time x = 1", "y = 1"])
def test_what_the_code_does_changes_the_digest(change):
    assert normalform.code_digest(notebook(code(change))) != normalform.code_digest(notebook(code("x = 1")))


def test_outputs_and_counts_do_not_change_the_digest():
    bare = executed()
    for cell in bare["cells"]:
        cell["execution_count"], cell["outputs"] = None, []
        cell["metadata"].pop("papermill")
    assert normalform.code_digest(executed()) == normalform.code_digest(bare)


def test_prose_and_tags_change_the_digest():
    prose = {"cell_type": "markdown", "id": "p", "metadata": {}, "source": "# One"}
    digests = {
        normalform.code_digest(nb)
        for nb in (
            notebook(prose, code("x")),
            notebook({**prose, "source": "# Two"}, code("x")),
            notebook(prose, code("x", tags=["raises-exception"])),
        )
    }
    assert len(digests) == 3


def test_both_ways_of_storing_text_are_read_alike():
    nb = normalform.normal_form(executed())
    assert normalform.joined(json.loads(normalform.dumps(nb))) == nb
