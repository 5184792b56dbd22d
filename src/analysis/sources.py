"""The library's own code, as far as a notebook reaches it, told apart by what it does."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

from . import wholefile
from .contents import digest, files_below
from .importgraph import ImportGraph, Module, dotted, source_digest
from .preflight import source_of

__all__ = ["Sources", "beside", "imports_of"]

LONGEST = 200  # characters of a module's name; no folder holds a longer one
MAGIC = ("%", "!", "?")


class Sources:
    """The files of a package; what they say is read once and remembered by their bytes.

    Parameters
    ----------
    folder : Path
        The package.
    remembered : Path
        JSON file of what earlier runs read.
    name : str
        What the package is imported as.
    """

    def __init__(self, folder: Path, remembered: Path, name: str = "analysis") -> None:
        self.folder, self.remembered, self.name = folder, remembered, name
        self._reached: dict[Module, dict[str, str]] = {}

    def reached(self, start: Module) -> dict[str, str]:
        """Return label -> hash of every file that a piece of code reaches."""
        if start not in self._reached:
            files = self._graph.reached(start)
            self._reached[start] = {f"src/{self.name}/{file}": self._facts[file][0] for file in files}
        return dict(self._reached[start])

    def has(self, dotted_name: str) -> bool:
        """Tell whether a name is a module of the package; reads none of them."""
        first, *parts = dotted_name.split(".")
        if not all(map(str.isidentifier, parts)) or len(dotted_name) > LONGEST:
            return False
        path = self.folder.joinpath(*parts)
        file = path / "__init__.py" if path.is_dir() else path.with_name(f"{path.name}.py")
        return first == self.name and file.is_file()

    @cached_property
    def _graph(self) -> ImportGraph:
        facts = self._facts  # alone: a graph that held us would stand until the cyclic collector came by
        return ImportGraph(facts, lambda file: facts[file][1], self.name)

    @cached_property
    def _facts(self) -> dict[str, tuple[str, Module | None]]:
        """Return file -> hash of what it does, and what it says if it is Python."""
        kept = wholefile.read_json(self.remembered)
        known = kept["files"] if _is_known(kept) else {}
        found: dict[str, dict[str, Any]] = {}
        for path in files_below(self.folder):
            content = path.read_bytes()
            file = path.relative_to(self.folder).as_posix()
            key = f"{file} {digest(content)}"
            found[key] = known.get(key) or _read(content, file, self.name)
        if found != known:
            data = {"python": platform.python_version(), "files": found}
            wholefile.write_json(self.remembered, data, scratch=self.remembered.parent / "drafts")
        return {key.rpartition(" ")[0]: _as_facts(facts) for key, facts in found.items()}


def imports_of(nb: Mapping[str, Any]) -> Module:
    """Return what a notebook's code cells say; what cannot be read may reach everything."""
    lines = [
        line
        for cell in nb["cells"]
        if cell["cell_type"] == "code"
        for line in source_of(cell).splitlines()
        if not line.lstrip().startswith(MAGIC)
    ]
    try:
        return Module.read("\n".join(lines))
    except (SyntaxError, ValueError):
        return Module((), everything=True)


def beside(folder: Path, start: Module) -> dict[str, str]:
    """Return name -> hash of the modules in a folder, such as a kernel's own, that code reaches by import."""
    found: dict[str, str] = {}
    waiting, seen = list(start.imports), set()
    while waiting:
        first = waiting.pop().partition(".")[0]
        if first and first not in seen:
            seen.add(first)
            for path in [folder / f"{first}.py", *sorted((folder / first).rglob("*.py"))]:
                if path.is_file():
                    content = path.read_bytes()
                    found[path.relative_to(folder).as_posix()] = source_digest(content)
                    waiting += _imported(content)
    return found


def _imported(content: bytes) -> tuple[str, ...]:
    try:
        return Module.read(content).imports
    except (SyntaxError, ValueError):
        return ()


def _read(content: bytes, file: str, package: str) -> dict[str, Any]:
    if not file.endswith(".py"):
        return {"digest": digest(content), "says": None}
    try:
        said = asdict(Module.read(content, dotted(package, file), file.endswith("__init__.py")))
    except (SyntaxError, ValueError):
        said = None
    return {"digest": source_digest(content), "says": said}


def _as_facts(facts: Mapping[str, Any]) -> tuple[str, Module | None]:
    said = facts["says"]
    if said is None:
        return facts["digest"], None
    return facts["digest"], Module(
        tuple(said["imports"]), tuple(said["texts"]), said["opens"], said["everything"]
    )


def _is_known(kept: Any) -> bool:
    return (
        isinstance(kept, dict)
        and kept.get("python") == platform.python_version()
        and isinstance(kept.get("files"), dict)
        and all(
            isinstance(facts, dict) and {"digest", "says"} <= facts.keys() for facts in kept["files"].values()
        )
    )
