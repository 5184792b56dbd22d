"""Whether a notebook knows its settings by way of the step that it opens, and in no other way."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .preflight import is_parameters, source_of

__all__ = ["opens_first"]

OVERRIDES, OPEN, FROM = "overrides", "open_step", "analysis.results"
# by these a cell may see all names, or what stands in other cells
ANYTHING = {
    "In", "Out", "__main__", "_ih", "_oh", "dir", "eval", "exec", "f_globals", "f_locals", "get_ipython",
    "globals", "locals", "user_ns", "vars", "*",
}  # fmt: skip
INPUT = re.compile(r"_i+|_i\d+")  # the notebook's own words for what stood in a cell


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
    names = [name for statement in body for node in ast.walk(statement) for name in _names(node)]
    once = names.count(OVERRIDES) == 1 and names.count(OPEN) == 2  # imported, and called
    return bool(does) and _opens(does[0]) and _is_imported(body) and once and not any(map(_tells_all, names))


def _is_imported(body: list[ast.stmt]) -> bool:
    froms = [each for each in body if isinstance(each, ast.ImportFrom) and each.module == FROM]
    return any(name.name == OPEN and name.asname is None for each in froms for name in each.names)


def _tells_all(name: str) -> bool:
    return name in ANYTHING or INPUT.fullmatch(name) is not None


def _names(node: ast.AST) -> Iterator[str]:
    """Yield what a piece of code names: variables, attributes, imports, and texts that may become names."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif isinstance(node, ast.alias):
        yield from (node.name, node.asname or "")
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _opens(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != OPEN:
        return False
    return all(isinstance(given, ast.Name | ast.Constant) for given in _given(call))


def _given(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)
