"""Which line of the library can have made a result's key, read from its source without running it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .keys import split

__all__ = ["Function", "function", "yielding"]

PACKAGE = Path(__file__).parent
ANY, MANY = "?", "*"  # one part or none (a part that is None is dropped), and any number of parts


@dataclass(frozen=True)
class Function:
    """A function of the library, and the line that matters in it."""

    name: str
    file: str
    line: int


def function(dotted: str) -> Function | None:
    """Return where a function or class of the library is defined."""
    module, _, name = dotted.rpartition(".")
    node = _definitions(module).get(name)
    return Function(dotted, _file(module), node.lineno) if node is not None else None


def yielding(dotted: str, key: str) -> tuple[int, Function | None]:
    """Return how well a generator can have made a key, and the function and line that did."""
    parts, only = split(key)
    found = [
        (fit, each.by)
        for each in _makers(dotted)
        if each.admits(only) and (fit := _fit(each.pattern, parts)) is not None
    ]
    return max(found, key=lambda each: each[0]) if found else (0, function(dotted))


@dataclass(frozen=True)
class _Maker:
    """A call that makes keys: what the parts can be, what can stand in brackets, and where it is."""

    pattern: list[str]
    named: frozenset[str | None]
    by: Function

    def admits(self, only: Mapping[str, str]) -> bool:
        return None in self.named or set(only) <= self.named


@cache
def _makers(dotted: str) -> list[_Maker]:
    """Return the calls that make keys in a function, and in those of its module that it calls."""
    module, _, name = dotted.rpartition(".")
    defined = _definitions(module)
    reached: list[str] = []
    waiting = [name]
    while waiting:
        here = waiting.pop(0)
        node = defined.get(here)
        if node is not None and here not in reached:
            reached.append(here)
            waiting += [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in defined]
    return [
        _Maker(
            _pattern(call, defined[here]),
            frozenset(keyword.arg for keyword in call.keywords),
            Function(f"{module}.{here}", _file(module), call.lineno),
        )
        for here in reached
        for call in _key_calls(defined[here])
    ]


@cache
def _definitions(module: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    path = PACKAGE.parent / _file(module)
    if not path.is_file():
        return {}
    tree = ast.parse(path.read_text("utf-8"))
    return {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}


def _file(module: str) -> str:
    inside = module.replace(".", "/")
    package = PACKAGE.parent / inside / "__init__.py"
    return f"{inside}/__init__.py" if package.is_file() else f"{inside}.py"


def _key_calls(node: ast.AST) -> list[ast.Call]:
    return [
        n
        for n in ast.walk(node)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "key"
    ]


def _pattern(call: ast.Call, function: ast.AST) -> list[str]:
    """Return what the parts of a key can be: a regular expression each, ANY or MANY."""
    return [piece for given in call.args for piece in _pieces(given, function)]


def _pieces(given: ast.expr, function: ast.AST) -> list[str]:
    if isinstance(given, ast.Constant):
        return [re.escape(str(given.value))]
    if isinstance(given, ast.JoinedStr):
        parts = (re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".*" for v in given.values)
        return ["".join(parts)]
    if isinstance(given, ast.Name) and (words := _words(given.id, function)):
        return ["|".join(map(re.escape, words))]
    if isinstance(given, ast.Starred) and isinstance(given.value, ast.Name):
        values = (
            n.value for n in ast.walk(function) if isinstance(n, ast.Assign) and _sets(n, given.value.id)
        )
        told = next((value for value in values if isinstance(value, ast.Tuple)), None)
        return [p for item in told.elts for p in _pieces(item, function)] if told else [MANY]
    return [MANY] if isinstance(given, ast.Starred) else [ANY]


def _words(name: str, function: ast.AST) -> list[str]:
    """Return the words that a loop of the function gives a name, where it goes through words."""
    for node in ast.walk(function):
        if (
            isinstance(node, ast.For)
            and ast.unparse(node.target) == name
            and isinstance(node.iter, ast.Tuple)
        ):
            words = [each.value for each in node.iter.elts if isinstance(each, ast.Constant)]
            return [str(word) for word in words] if len(words) == len(node.iter.elts) else []
    return []


def _sets(node: ast.Assign, name: str) -> bool:
    return [ast.unparse(each) for each in node.targets] == [name]


def _fit(pattern: list[str], parts: list[str]) -> int | None:
    """Return how many characters of a key a pattern names, or None where it cannot have made the key."""
    if not pattern:
        return None if parts else 0
    first, rest = pattern[0], pattern[1:]
    if first == MANY:
        fits = [_fit(rest, parts[n:]) for n in range(len(parts) + 1)]
    elif first == ANY:
        fits = [_fit(rest, parts[n:]) for n in (0, 1) if n <= len(parts)]
    elif parts and re.fullmatch(first, parts[0]):
        fit = _fit(rest, parts[1:])
        fits = [None if fit is None else fit + len(parts[0])]
    else:
        return None
    return max((fit for fit in fits if fit is not None), default=None)
