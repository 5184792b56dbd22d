"""Whether a notebook knows its settings by way of the step that it opens, and in no other way."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from .preflight import is_parameters, source_of

__all__ = ["opens_first"]

OVERRIDES = "overrides"
ANYTHING = {
    "dir",
    "eval",
    "exec",
    "get_ipython",
    "globals",
    "locals",
    "vars",
}  # by these a cell may see all names


def opens_first(nb: Mapping[str, Any]) -> bool:
    """Tell whether a notebook opens its step before it does anything else, and uses overrides for that alone.

    Examples
    --------
    >>> def nb(*cells):
    ...     return {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    >>> opens_first(nb("from analysis.results import open_step", "step = open_step('a', study, overrides)"))
    True
    >>> opens_first(nb("step = open_step('a', study, overrides)", "print(overrides)"))
    False
    """
    cells = [cell for cell in nb["cells"] if cell["cell_type"] == "code" and not is_parameters(cell)]
    try:
        body = [statement for cell in cells for statement in ast.parse(source_of(cell)).body]
    except SyntaxError:  # a magic may do anything
        return False
    does = [each for each in body if not isinstance(each, ast.Import | ast.ImportFrom)]
    names = [node.id for statement in body for node in ast.walk(statement) if isinstance(node, ast.Name)]
    opened = bool(does) and _opens(does[0])
    return opened and names.count(OVERRIDES) == names.count("open_step") == 1 and not ANYTHING & {*names}


def _opens(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "open_step":
        return False
    return all(isinstance(given, ast.Name | ast.Constant) for given in _given(call))


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)
