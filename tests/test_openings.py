"""Notebooks that could know their settings otherwise than by their step are told from those that cannot."""

from __future__ import annotations

import pytest

from analysis import normalform
from analysis.graph import STEPS
from analysis.openings import ANYTHING, opens_first

OPEN = "from analysis.results import open_step\n\nstep = open_step('03_themes', study, overrides)"


def notebook(*sources: str) -> dict:
    parameters = {
        "cell_type": "code", "metadata": {"tags": ["parameters"]},
        "source": "study: str = 'demo'\noverrides: dict = {}",
    }  # fmt: skip
    return {
        "cells": [parameters, *({"cell_type": "code", "metadata": {}, "source": each} for each in sources)]
    }


@pytest.mark.parametrize("step", [step.name for step in STEPS])
def test_our_notebooks_know_their_settings_by_their_step_alone(checkout, step) -> None:
    assert opens_first(normalform.load(checkout / "notebooks" / f"{step}.ipynb"))


@pytest.mark.parametrize(
    "sources",
    [
        [OPEN, "print('varied:', overrides)"],
        [OPEN, "print(locals())"],
        [OPEN, "%who"],
        [OPEN, "open_step('05_report', study, overrides)"],
        ["text = open('data/raw/demo/study.yml').read()", OPEN],
        ["from analysis.results import open_step\nx = 1\nstep = open_step('03_themes', study, overrides)"],
        ["step = open_step('03_themes', study, {**overrides})"],
        ["print(study)"],
        [],
        [OPEN, "import __main__\n__main__.overrides"],
        [OPEN, "from __main__ import overrides as o"],
        [OPEN, "import sys\ngetattr(sys.modules['__main__'], 'over' + 'rides')"],
        [OPEN, "In[1]"],
        [OPEN, "import inspect\ninspect.currentframe().f_globals"],
        [OPEN, "import builtins\nbuiltins.globals()"],
        [OPEN.replace("analysis.results", "mine")],
        [OPEN, "from mine import open_step"],
    ],
)
def test_a_notebook_that_could_know_more_is_seen(sources) -> None:
    assert not opens_first(notebook(*sources))


@pytest.mark.parametrize("name", [*sorted(ANYTHING - {"*"}), "_i", "_ii", "_iii", "_i1", "_i12"])
def test_whatever_tells_all_names_or_cells_is_seen(name) -> None:
    assert not opens_first(notebook(OPEN, f"print({name})"))
    assert not opens_first(notebook(OPEN, f"print(step.{name})"))


def test_names_that_an_import_brings_unnamed_are_not_trusted() -> None:
    assert not opens_first(notebook(OPEN, "from mine import *"))


def test_imports_before_and_any_work_after_are_free() -> None:
    assert opens_first(notebook("import pandas as pd", OPEN, "step.study.title", "pd.DataFrame()"))
