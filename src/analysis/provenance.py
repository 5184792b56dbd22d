"""What went into a result: hashes of data, code and settings, and the state of the checkout.

Everything is told apart by content, never by date: touching, moving or reformatting a file changes nothing
here.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from . import normalform, wholefile
from .consulted import SETTINGS
from .contents import ABSENT, digest, file_digest, files_below
from .graph import Step
from .importgraph import Module
from .inforce import GIVEN, InForce, label
from .openings import opens_first
from .paths import Workspace
from .sources import Sources, beside, imports_of

__all__ = [
    "ABSENT", "PACKAGE", "Library", "Provenance", "digest", "file_digest", "files_below", "git_state",
    "lock_digest", "package_versions",
]  # fmt: skip

PACKAGE = Path(__file__).parent
QUICK_YAML = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAME = re.compile(r"[A-Za-z0-9._-]+")
WRITES_PAGES = Module(("analysis.normalform", "analysis.notebookpage"))
"""What makes the executed notebook and its page, which are outputs of every step."""
PARAMETER = "parameter "
BY_THE_RUNNER = (label(GIVEN, "title"), label(GIVEN, "disclosure"))
"""What the runner itself reads for every step: it gives pages their title and refuses what may not go out."""


def lock_digest(path: Path) -> str:
    """Return the sha256 of the pins in a lock file, whatever its comments say."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ABSENT
    return digest(
        "\n".join(line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
    )


@cache
def package_versions() -> dict[str, str]:
    """Return the installed version of every package that Concord itself asks for."""
    try:
        asked = metadata.requires("concord") or []
    except metadata.PackageNotFoundError:
        return {}
    names = sorted({match[0] for line in asked if "extra ==" not in line and (match := NAME.match(line))})
    there = _installed()
    return {name: there.get(_folded(name)) or _version(name) for name in names}


def git_state(folder: Path) -> dict[str, Any]:
    """Return the commit that a folder is at and whether tracked files differ from it; empty without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {} if commit is None else {"commit": commit, "dirty": bool(changed)}


class Library:
    """What is installed: the library's code, the lock, Python and packages; the same for every study.

    Parameters
    ----------
    workspace : Workspace
        Where what was read is remembered.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._lock = workspace.lock
        self._sources = Sources(PACKAGE, workspace.scratch / "source-digests.json")
        self._notebooks: dict[Path, tuple[str, Module, bool]] = {}

    @cached_property
    def installation(self) -> dict[str, str]:
        """Label -> hash or version of the lock and of what is installed."""
        return {
            "requirements.lock": lock_digest(self._lock),
            "Python": ".".join(platform.python_version_tuple()[:2]),
            **{f"package {name}": version for name, version in package_versions().items()},
        }

    def code(self, notebook: Path) -> dict[str, str]:
        """Return label -> hash of a notebook's code and of all that it reaches by import."""
        told, start, _ = self._notebook(notebook)
        reached = {**self._sources.reached(start), **self._sources.reached(WRITES_PAGES)}
        return {f"notebooks/{notebook.name}": told, **dict(sorted(reached.items()))}

    def opens_first(self, notebook: Path) -> bool:
        """Tell whether a notebook knows its settings by way of its step alone."""
        return self._notebook(notebook)[2]

    def says(self, notebook: Path) -> Module:
        """Return what a notebook's code says, as far as it tells what the notebook reaches."""
        return self._notebook(notebook)[1]

    def modules(self, notebooks: list[Path]) -> list[str]:
        """Return what notebooks import of the library by name, in the order in which they stand there."""
        said = [name for notebook in notebooks for name in self._notebook(notebook)[1].imports]
        return [name for name in dict.fromkeys(said) if self._sources.has(name)]

    def forget(self, notebook: Path) -> None:
        """Drop what was read of a notebook that is about to go."""
        self._notebooks.pop(notebook, None)

    def _notebook(self, path: Path) -> tuple[str, Module, bool]:
        if path not in self._notebooks:
            if path.is_file():
                nb = normalform.load(path)
                self._notebooks[path] = normalform.code_digest(nb), imports_of(nb), opens_first(nb)
            else:
                self._notebooks[path] = ABSENT, Module(()), False
        return self._notebooks[path]


class Provenance:
    """What goes into each step of one workspace, as label -> hash.

    The labels are what a person is told when one of them changes, so they are names relative to the
    workspace.

    Parameters
    ----------
    workspace : Workspace
    library : Library, optional
        Shared by workspaces that are run together.
    """

    def __init__(self, workspace: Workspace, library: Library | None = None) -> None:
        self.workspace = workspace
        self.library = library or Library(workspace)

    def inputs(
        self,
        settings: InForce,
        step: Step,
        parameters: Mapping[str, Any],
        upstream: Mapping[str, str],
        read: Iterable[str],
    ) -> dict[str, str]:
        """Return label -> hash of everything that one step's outputs follow from.

        Parameters
        ----------
        settings : InForce
        step : Step
        parameters : mapping
            As the notebook will be given them.
        upstream : mapping
            Label -> hash of what the steps before it left.
        read : iterable of str
            Labels of the settings that the step read.
        """
        return {**self.data(settings, step, upstream, read), **self.means(step, parameters)}

    def means(self, step: Step, parameters: Mapping[str, Any]) -> dict[str, str]:
        """Return the part of `inputs` that is parameters, code and machine."""
        notebook = self.workspace.notebooks / f"{step.name}.ipynb"
        return {
            **{f"{PARAMETER}{name}": digest(wholefile.dumps(value)) for name, value in parameters.items()},
            **self.library.code(notebook),
            **beside(self.workspace.root, self.library.says(notebook)),  # kernels run in that folder
            **self.library.installation,
        }

    def data(
        self,
        settings: InForce,
        step: Step,
        upstream: Mapping[str, str],
        read: Iterable[str],
    ) -> dict[str, str]:
        """Return the part of `inputs` that is data and settings: not code, not the machine."""
        return {
            **self._raw(settings.study.study, step),
            **settings.hashes({*read, *BY_THE_RUNNER}),
            **upstream,
        }

    def _raw(self, study: str, step: Step) -> dict[str, str]:
        folder = self.workspace.raw(study)
        files = {path.relative_to(folder).as_posix(): path for path in files_below(folder)}
        return {
            f"data/raw/{study}/{name}": _meaning(name, path)
            for name, path in files.items()
            if name != SETTINGS and not _left_out(name, step)
        }


def _meaning(name: str, path: Path) -> str:
    """Return the hash of what a raw file says: for claims not how they are laid out."""
    if name != "claims.yml":
        return file_digest(path)
    try:
        claims = yaml.load(path.read_bytes(), QUICK_YAML)
    except yaml.YAMLError:
        return file_digest(path)
    return digest(json.dumps(claims, default=str))


def _left_out(name: str, step: Step) -> bool:
    return any(name == each or (each.endswith("/") and name.startswith(each)) for each in step.ignores)


def _installed() -> dict[str, str]:
    """Return name -> version by the folders that installers leave: their metadata take long to read."""
    found: dict[str, str] = {}
    for folder in map(Path, reversed(sys.path)):
        for path in sorted(folder.glob("*-*.dist-info")):
            name, _, version = path.stem.rpartition("-")
            found[_folded(name)] = version
    return found


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ABSENT


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
