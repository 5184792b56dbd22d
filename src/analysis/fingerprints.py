"""The library's functions told apart by what they do, in the order in which data flow through them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import normalform, wholefile
from .contents import digest, file_digest
from .importgraph import Module, dotted
from .sources import Sources, imports_of

__all__ = ["functions_of", "library", "reached", "short"]

LENGTH = 10
LETTERS = str.maketrans("0123456789", "ghijklmnop")
MODULE_LEVEL = "(module level)"
WHOLE = "(whole file)"
Functions = (ast.FunctionDef, ast.AsyncFunctionDef)


def library(sources: Sources, notebooks: Iterable[Path]) -> dict[str, dict[str, str]]:
    """Return file -> function -> short hash for every file of the library that the notebooks reach.

    Parameters
    ----------
    sources : Sources
    notebooks : iterable of Path

    Returns
    -------
    dict
        Files as ``src/analysis/agreement/alpha.py``, what others rest on first: the order in which data flow.
        What is no Python has one entry.
    """
    facts = _facts(sources, reached(sources, notebooks))
    below = {label: [each for each in told["imports"] if each != label] for label, told in facts.items()}
    ordered: dict[str, None] = {}
    for label in facts:
        _place(label, below, ordered, set())
    return {label: facts[label]["functions"] for label in ordered}


def reached(sources: Sources, notebooks: Iterable[Path]) -> list[str]:
    """Return the files of the library that the notebooks reach, those of the first notebook first."""
    pages = [normalform.load(path) for path in notebooks if path.is_file()]
    return list(dict.fromkeys(label for page in pages for label in sorted(sources.reached(imports_of(page)))))


def _place(label: str, below: Mapping[str, list[str]], ordered: dict[str, None], above: set[str]) -> None:
    """Put a file after those that it imports; files that import each other stand as they are met."""
    if label in ordered or label in above or label not in below:
        return
    for each in below[label]:
        _place(each, below, ordered, above | {label})
    ordered[label] = None


def _facts(sources: Sources, labels: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return file -> what it imports by name, and its functions; what was read once is remembered."""
    remembered = sources.remembered.with_name("function-digests.json")
    made_by = file_digest(Path(__file__))
    kept = wholefile.read_json(remembered)
    known = kept.get("files", {}) if isinstance(kept, dict) and kept.get("made_by") == made_by else {}
    top, found = f"src/{sources.name}/", {}
    for label in labels:
        file = label.removeprefix(top)
        content = (sources.folder / file).read_bytes()
        key = f"{label} {digest(content)}"
        found[key] = known.get(key) or _read(sources, file, content)
    if found != known:
        data = {"made_by": made_by, "files": found}
        wholefile.write_json(remembered, data, scratch=remembered.parent / "drafts")
    return {key.rpartition(" ")[0]: told for key, told in found.items()}


def _read(sources: Sources, file: str, content: bytes) -> dict[str, Any]:
    try:
        if not file.endswith(".py"):
            raise ValueError
        says = Module.read(content, dotted(sources.name, file), file.endswith("__init__.py"))
        functions = functions_of(ast.parse(content))
    except (SyntaxError, ValueError):
        return {"imports": [], "functions": {WHOLE: short(content)}}
    paths = [
        name.replace(".", "/").removeprefix(f"{sources.name}/") for name in says.imports if sources.has(name)
    ]
    places = [f"src/{sources.name}/{path}{end}" for path in paths for end in (".py", "/__init__.py")]
    return {"imports": places, "functions": functions}


def functions_of(tree: ast.Module) -> dict[str, str]:
    """Return the functions of a module, methods as ``Class.method``, each with a short hash of what it does.

    Docstrings, comments and layout do not count. What stands outside functions is one entry of its own.

    Examples
    --------
    >>> told = functions_of(ast.parse("x = 1\\ndef f():\\n    'says'\\n    return x"))
    >>> list(told)
    ['(module level)', 'f']
    >>> told == functions_of(ast.parse("x = 1  # one\\ndef f(): return x"))
    True
    """
    told: dict[str, str] = {}
    left = _taken(tree.body, "", told)
    return dict(sorted({**told, MODULE_LEVEL: short("\n".join(left))}.items()))


def _taken(body: Iterable[ast.stmt], prefix: str, told: dict[str, str]) -> list[str]:
    """Note every function of a body; return what is left of it."""
    left = []
    for node in _without_docstring(list(body)):
        if isinstance(node, Functions):
            name = f"{prefix}{node.name}"
            told[name] = short(f"{told.get(name, '')}\n{_told(node)}")  # overloads share a name
        elif isinstance(node, ast.ClassDef):
            inner = _taken(node.body, f"{prefix}{node.name}.", told)
            heads = [_told(part) for part in (*node.bases, *node.keywords, *node.decorator_list)]
            left.append(repr(["class", node.name, heads, inner]))
        elif not _is_about_names(node):
            left.append(_told(node))
    return left


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if said and isinstance(first.value.value, str) else body  # type: ignore[union-attr]


def _is_about_names(node: ast.stmt) -> bool:
    """Tell whether a statement only says which names a module shows."""
    return isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == ["__all__"]


def _told(node: ast.AST) -> str:
    """Return a node as text that is the same under every version of Python: what is empty is left out."""
    fields = [(name, value) for name, value in ast.iter_fields(node) if value is not None and value != []]
    if isinstance(node, Functions):
        fields = [(name, _without_docstring(value) if name == "body" else value) for name, value in fields]
    return f"{type(node).__name__}({','.join(f'{name}={_value(value)}' for name, value in fields)})"


def _value(value: object) -> str:
    if isinstance(value, ast.AST):
        return _told(value)
    return f"[{','.join(map(_value, value))}]" if isinstance(value, list) else repr(value)


def short(content: str | bytes, length: int = LENGTH) -> str:
    """Return the beginning of a sha256 in letters alone, so that nobody takes it for a telephone number.

    Examples
    --------
    >>> short("")
    'ejbgckkipo'
    """
    return digest(content)[:length].translate(LETTERS)
