"""What went into a result: hashes of data, code and settings, and the state of the checkout.

Everything is told apart by content, never by date: touching, moving or reformatting a file changes nothing
here.
"""

from __future__ import annotations

import ast
import hashlib
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from . import normalform, wholefile
from .graph import Step
from .paths import Workspace

__all__ = ["Provenance", "digest", "file_digest", "git_state", "package_versions", "source_digest"]

PACKAGE = Path(__file__).parent
ABSENT = "absent"
NAME = re.compile(r"[A-Za-z0-9._-]+")


def digest(data: bytes | str) -> str:
    """Return the sha256 of bytes or UTF-8 text.

    Examples
    --------
    >>> digest("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, or ``absent``."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ABSENT


def files_below(folder: Path) -> list[Path]:
    """Return all files below a folder, sorted, without hidden ones, editors' drafts and caches."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_passing(path, folder))


def source_digest(source: bytes) -> str:
    """Return the sha256 of what Python code does: comments and layout do not count.

    Examples
    --------
    >>> source_digest(b"x = 1  # one") == source_digest(b"x=1")
    True
    """
    try:
        return digest(ast.dump(ast.parse(source)))
    except (SyntaxError, ValueError):
        return digest(source)


def lock_digest(path: Path) -> str:
    """Return the sha256 of the pins in a lock file, whatever its comments say."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return ABSENT
    return digest(
        "\n".join(line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("#"))
    )


def package_versions() -> dict[str, str]:
    """Return the installed version of every package that Concord itself asks for."""
    try:
        asked = metadata.requires("concord") or []
    except metadata.PackageNotFoundError:
        return {}
    names = sorted({match[0] for line in asked if "extra ==" not in line and (match := NAME.match(line))})
    return {name: _version(name) for name in names}


def git_state(folder: Path) -> dict[str, Any]:
    """Return the commit that a folder is at and whether tracked files differ from it; empty without git."""
    commit = _git(folder, "rev-parse", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {} if commit is None else {"commit": commit, "dirty": bool(changed)}


class Provenance:
    """What goes into each step of one workspace, as label -> hash.

    The labels are what a person is told when one of them changes, so they are names relative to the
    workspace.

    Parameters
    ----------
    workspace : Workspace
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def inputs(
        self, study: str, step: Step, parameters: Mapping[str, Any], upstream: Mapping[str, str]
    ) -> dict[str, str]:
        """Return label -> hash of everything that one step's outputs follow from.

        Parameters
        ----------
        study : str
        step : Step
        parameters : mapping
            As the notebook will be given them.
        upstream : mapping
            Label -> hash of what the steps before it left.
        """
        return {
            **self.data(study, step, parameters, upstream),
            f"notebooks/{step.name}.ipynb": self._notebook(step.name),
            **self.installation,
        }

    def data(
        self, study: str, step: Step, parameters: Mapping[str, Any], upstream: Mapping[str, str]
    ) -> dict[str, str]:
        """Return the part of `inputs` that is data and settings: not code, not the machine."""
        return {
            **self._raw(study, step),
            **upstream,
            **{f"parameter {name}": digest(wholefile.dumps(value)) for name, value in parameters.items()},
        }

    @cached_property
    def installation(self) -> dict[str, str]:
        """Label -> hash or version of the library, the lock and what is installed."""
        return {
            **self._source(),
            "requirements.lock": lock_digest(self.workspace.lock),
            "Python": platform.python_version(),
            **{f"package {name}": version for name, version in package_versions().items()},
        }

    def _raw(self, study: str, step: Step) -> dict[str, str]:
        folder = self.workspace.raw(study)
        return {
            f"data/raw/{study}/{name}": file_digest(path)
            for path in files_below(folder)
            if (name := path.relative_to(folder).as_posix()) not in step.ignores
        }

    def _notebook(self, name: str) -> str:
        path = self.workspace.notebooks / f"{name}.ipynb"
        return normalform.code_digest(normalform.load(path)) if path.is_file() else ABSENT

    def _source(self) -> dict[str, str]:
        """Return label -> hash of every module; parsing is saved where a file's bytes are known."""
        remembered = self.workspace.scratch / "source-digests.json"
        kept = wholefile.read_json(remembered) or {}
        known = kept.get("files", {}) if kept.get("python") == platform.python_version() else {}
        found, told = {}, {}
        for path in files_below(PACKAGE):
            content = path.read_bytes()
            raw = digest(content)
            found[raw] = known.get(raw) or (source_digest(content) if path.suffix == ".py" else raw)
            told[f"src/analysis/{path.relative_to(PACKAGE).as_posix()}"] = found[raw]
        if found != known:
            wholefile.write_json(
                remembered,
                {"python": platform.python_version(), "files": found},
                scratch=self.workspace.scratch / "drafts",
            )
        return told


def _is_passing(path: Path, folder: Path) -> bool:
    parts: Iterator[str] = iter(path.relative_to(folder).parts)
    return any(part.startswith((".", "~$")) or part.endswith("~") or part == "__pycache__" for part in parts)


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
