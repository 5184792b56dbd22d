"""Where a result was recorded and what computed it, read from the notebook and the library without running.

A notebook records results by ``step.record(module.some_results(table, plan))``. From that line the cells
that made its arguments follow, and so do the functions of the library that they call; in the function, the
call of :func:`analysis.keys.key` that can have made the key is the line that yielded it.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import normalform
from .keymakers import Function, function, yielding

__all__ = ["Fed", "Function", "Origin", "origin"]

PACKAGE = Path(__file__).parent.name


@dataclass(frozen=True)
class Fed:
    """A statement of the notebook that the recorded line depends on."""

    cell: str
    line: int
    source: str
    calls: tuple[Function, ...]


@dataclass(frozen=True)
class Origin:
    """Where one result comes from.

    Parameters
    ----------
    cell : str
        Id of the cell that recorded it.
    line : int
        Line within the cell, from 1.
    source : str
        The statement that recorded it.
    yielded_by : Function or None
        What gave the number its key.
    calls : tuple of Function
        What the statement calls.
    fed_by : tuple of Fed
        Statements that made what it was computed from, in the notebook's order.
    """

    cell: str
    line: int
    source: str
    yielded_by: Function | None
    calls: tuple[Function, ...]
    fed_by: tuple[Fed, ...]

    @property
    def computed_by(self) -> tuple[Function, ...]:
        """The library's functions on the way, the last first."""
        on_the_way = [*self.calls, *(call for fed in reversed(self.fed_by) for call in fed.calls)]
        found = [*([self.yielded_by] if self.yielded_by else []), *on_the_way]
        return tuple({each.name: each for each in reversed(found)}[name] for name in _names(found))


def _names(functions: list[Function]) -> list[str]:
    return list(dict.fromkeys(each.name for each in functions))


@dataclass(frozen=True)
class _Statement:
    cell: str
    node: ast.stmt
    source: str


def origin(notebook: Path, key: str) -> Origin | None:
    """Return where a notebook records a result; None where no line of it can be told to.

    Parameters
    ----------
    notebook : Path
    key : str

    Examples
    --------
    >>> from analysis.paths import CHECKOUT
    >>> found = origin(CHECKOUT / "notebooks" / "01_prepare.ipynb", "cases.n")
    >>> found.cell, found.yielded_by.name
    ('record', 'analysis.overview.overview_results')
    """
    statements = _statements(notebook.read_text("utf-8"))
    imported = dict(pair for each in statements for pair in _imports(each.node))
    best: tuple[int, _Statement, Function | None] | None = None
    for each in statements:
        for call in _recorded(each.node):
            at = _resolved(call.func, imported)
            score, by = yielding(at, key) if at else (0, None)
            if best is None or score > best[0]:
                best = score, each, by
    if best is None:
        return None
    _, where, by = best
    fed = tuple(_told(each, imported) for each in _feeding(where, statements))
    mine = _told(where, imported).calls
    return Origin(where.cell, where.node.lineno, where.source, by, mine, fed)


@cache
def _statements(notebook: str) -> list[_Statement]:
    cells = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    sources = [(cell["id"], normalform.source_of(cell)) for cell in cells]
    return [
        _Statement(name, node, ast.get_source_segment(source, node) or "")
        for name, source in sources
        for node in _parsed(source)
    ]


def _parsed(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:  # a cell with a magic records nothing
        return []


def _imports(node: ast.stmt) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
        for name in node.names:
            yield name.asname or name.name, f"{node.module}.{name.name}"


def _recorded(node: ast.stmt) -> Iterator[ast.Call]:
    """Yield the calls whose results a statement records."""
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "record":
        yield from (given for given in call.args if isinstance(given, ast.Call))


def _resolved(func: ast.expr, imported: Mapping[str, str]) -> str | None:
    """Return the dotted name of a function of the library, or None."""
    parts = []
    while isinstance(func, ast.Attribute):
        parts.append(func.attr)
        func = func.value
    if not isinstance(func, ast.Name) or func.id not in imported:
        return None
    return ".".join([imported[func.id], *reversed(parts)])


def _feeding(where: _Statement, statements: list[_Statement]) -> list[_Statement]:
    """Return the assignments that a statement depends on, in the notebook's order."""
    found: list[int] = []
    waiting = [(name, statements.index(where)) for name in _read(where.node)]
    while waiting:
        name, before = waiting.pop()
        at = next((n for n in range(before - 1, -1, -1) if name in _assigned(statements[n].node)), None)
        if at is not None and at not in found:
            found.append(at)
            waiting += [(needed, at) for needed in _read(statements[at].node)]
    return [statements[n] for n in sorted(found)]


def _read(node: ast.stmt) -> list[str]:
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]


def _assigned(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return []
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _told(each: _Statement, imported: Mapping[str, str]) -> Fed:
    calls = [node for node in ast.walk(each.node) if isinstance(node, ast.Call)]
    names = [name for call in calls if (name := _resolved(call.func, imported))]
    functions = tuple(found for name in dict.fromkeys(names) if (found := function(name)))
    return Fed(each.cell, each.node.lineno, each.source, functions)
