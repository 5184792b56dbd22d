"""What a piece of code reaches by import, read from the source and never by running it.

A module reaches what it imports anywhere, inside functions too, and the packages that these lie in; what it
imports for type checkers alone it does not reach. A module that opens files of the package reaches those
whose name, or folder, it writes down; all of them if it writes down none.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

__all__ = ["ImportGraph", "Module", "dotted", "source_digest"]

IMPORTERS = {"import_module", "__import__"}
OPENERS = {"__file__", "resources", "importlib_resources", "PackageLoader", "get_data"}
"""What code says that opens files of a package."""
SAID_OF_DOCSTRINGS = (b"__doc__", b"getdoc", b"use_attribute_docstrings")
"""What code says that reads docstrings, its own or another's."""


@dataclass(frozen=True)
class Module:
    """What one file of Python says, as far as it is needed here.

    Parameters
    ----------
    imports : tuple of str
        Absolute names, of modules or of things in them.
    texts : tuple of str
        Short texts in it, if it opens files of the package.
    opens : bool
        Whether it opens files of the package.
    everything : bool
        Whether it imports by a name that is computed.
    """

    imports: tuple[str, ...]
    texts: tuple[str, ...] = ()
    opens: bool = False
    everything: bool = False

    @classmethod
    def read(cls, source: bytes | str, name: str = "__main__", is_package: bool = False) -> Module:
        """Return what a file says; relative imports are resolved against its own name."""
        home = name if is_package else name.rpartition(".")[0]
        imports: list[str] = []
        texts: list[str] = []
        opens = everything = False
        nodes = list(_executed(ast.parse(source)))
        importers = _importers(nodes)
        for node in nodes:
            if isinstance(node, ast.Import):
                imports += [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                imports += _from(node, home)
            elif isinstance(node, ast.Call) and _called_by(node.func) in importers:
                given = node.args[0] if node.args else None
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    dots = len(given.value) - len(given.value.lstrip("."))
                    imports.append(_absolute(given.value[dots:], dots, home))
                else:
                    everything = True
            elif isinstance(node, ast.Name | ast.Attribute):
                opens |= _called_by(node) in OPENERS
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 200:
                texts.append(node.value)
        opens = opens or any(not OPENERS.isdisjoint(name.split(".")) for name in imports)
        return cls(
            tuple(dict.fromkeys(imports)), tuple(dict.fromkeys(texts)) if opens else (), opens, everything
        )


class ImportGraph:
    """The files of one package, and what reaches what.

    Parameters
    ----------
    files : sequence of str
        Names relative to the package.
    module_of : callable
        Gives what a file of Python says, or None where it is not valid.
    name : str
        What the package is imported as.
    """

    def __init__(
        self, files: Iterable[str], module_of: Callable[[str], Module | None], name: str = "analysis"
    ) -> None:
        self.files, self.module_of, self.name = list(files), module_of, name
        self.named = {dotted(name, file): file for file in self.files if file.endswith(".py")}
        self.data = [file for file in self.files if not file.endswith(".py")]
        self._strides: dict[str, list[str]] = {}

    def reached(self, start: Module) -> list[str]:
        """Return the files of the package that a piece of code reaches, sorted."""
        found: dict[str, None] = {}
        waiting = self._next(start, "")
        while waiting:
            file = waiting.pop()
            if file in found:
                continue
            found[file] = None
            if file.endswith(".py"):
                waiting += self._next(self.module_of(file), file)
        return sorted(found)

    def _next(self, module: Module | None, file: str) -> list[str]:
        """Return what a file reaches in one stride; an answer is kept, since many notebooks reach it."""
        if file and file in self._strides:
            return self._strides[file]
        if module is None or module.everything:
            reached = self.files
        else:
            reached = [each for name in module.imports for each in self._files_of(name)]
            reached += self._opened(file, module.texts) if module.opens else []
        self._strides[file] = reached
        return reached

    def _files_of(self, dotted: str) -> list[str]:
        """Return the module that a name is or lies in, and the packages around it."""
        parts = dotted.split(".")
        if parts[0] != self.name:
            return []
        names = [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
        return [self.named[name] for name in names if name in self.named]

    def _opened(self, file: str, texts: Iterable[str]) -> list[str]:
        """Return the data files that a module names: from the package's folder, its own, or by name alone."""
        home = file.rpartition("/")[0]
        given = [text.rstrip("/") for text in texts if text and not text.startswith("/")]
        wanted = {*given, *(f"{home}/{text}" for text in given if home)}
        return [each for each in self.data if not wanted.isdisjoint(_called(each))] or self.data


def source_digest(source: bytes) -> str:
    """Return the sha256 of what Python code does: comments, layout and docstrings do not count.

    Examples
    --------
    >>> source_digest(b"x = 1  # one") == source_digest(b"x=1")
    True
    >>> source_digest(b"def f():\\n    'Add.'\\n    return 1") == source_digest(b"def f(): return 1")
    True
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return hashlib.sha256(source).hexdigest()
    if not any(name in source for name in SAID_OF_DOCSTRINGS) or not _reads_docstrings(tree):
        for node in ast.walk(tree):
            _drop_remarks(node)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _reads_docstrings(tree: ast.AST) -> bool:
    names = {name.decode() for name in SAID_OF_DOCSTRINGS}
    return any(
        getattr(node, attribute, None) in names
        for node in ast.walk(tree)
        for attribute in ("id", "attr", "arg")
    )


def _drop_remarks(node: ast.AST) -> None:
    """Take texts that stand alone out of a body: they are docstrings or remarks."""
    for field in ("body", "orelse", "finalbody"):
        body = getattr(node, field, None)
        if isinstance(body, list):
            kept = [each for each in body if not _is_remark(each)]
            body[:] = kept or ([ast.Pass()] if body and field == "body" else [])


def _is_remark(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _executed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node below one, without remarks and what only type checkers execute."""
    waiting = list(ast.iter_child_nodes(node))[::-1]
    while waiting:
        child = waiting.pop()
        if _is_remark(child):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            waiting += child.orelse[::-1]
            continue
        yield child
        waiting += list(ast.iter_child_nodes(child))[::-1]


def _from(node: ast.ImportFrom, home: str) -> list[str]:
    base = _absolute(node.module or "", node.level, home)
    return [base, *(f"{base}.{alias.name}" for alias in node.names if alias.name != "*")]


def _absolute(name: str, dots: int, home: str) -> str:
    if not dots:
        return name
    parts = home.split(".")
    above = ".".join(parts[: len(parts) - dots + 1])
    return ".".join(part for part in (above, name) if part)


def _importers(nodes: Iterable[ast.AST]) -> set[str]:
    """Return what the functions that import by name are called here."""
    aliases = [alias for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names]
    return IMPORTERS | {alias.asname for alias in aliases if alias.asname and alias.name in IMPORTERS}


def _called_by(function: ast.expr) -> str:
    """Return the last part of a name that is called or read."""
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def _called(file: str) -> list[str]:
    """Return what a data file may be called: its name, its path, and each folder that it lies in."""
    parts = file.split("/")
    return [parts[-1], *("/".join(parts[:count]) for count in range(1, len(parts) + 1))]


def dotted(package: str, file: str) -> str:
    """Return the name that a file of a package is imported by.

    Examples
    --------
    >>> dotted("analysis", "agreement/__init__.py")
    'analysis.agreement'
    """
    parts = [package, *PurePosixPath(file).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
