"""A notebook sent to another machine as bytes and its outputs sent back: no folder needs to be shared."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path, PurePosixPath

from . import kernels
from .errors import RunError, quoted
from .kernelenvironment import shared_environment
from .kernels import Ending, Failure, Job
from .nursery import Nursery, possible
from .paths import Workspace
from .provenance import Library
from .staging import Stage

__all__ = ["Parcel", "Returned", "execute", "packed", "stop", "unpack"]

LEFT = ("notebook.ipynb", "current.json", "worker.log")
OWN_MACHINE = "requirements.lock"  # stands in a checkout, not in an installed package


@dataclass(frozen=True)
class Parcel:
    """A job with all the bytes that it needs; none of them shows where a cluster logs what it was sent.

    Parameters
    ----------
    job : Job
    notebook : bytes
    files : dict
        Name below the workspace's root -> content.
    made_of : dict
        Label -> hash or version of the code that must run it.
    modules : tuple of str
        What notebooks import, for a process that has it loaded.
    warm : bool
        Whether kernels may be forked from it.
    """

    job: Job = field(repr=False)
    notebook: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    made_of: Mapping[str, str] = field(repr=False)
    modules: tuple[str, ...] = ()
    warm: bool = True


@dataclass(frozen=True)
class Returned:
    """How a notebook ended elsewhere, and the files that it left, by their names in its stage."""

    ending: Ending
    files: Mapping[str, bytes] = field(repr=False)


def packed(job: Job, library: Library, *, warm: bool = True) -> Parcel:
    """Return a job as it can be sent.

    Parameters
    ----------
    job : Job
    library : Library
        Of the machine that the job is sent from.
    warm : bool
        Whether kernels may be forked from a loaded process.
    """
    files = {name: (job.root / name).read_bytes() for name in job.reads}
    modules = tuple(library.modules(sorted(job.notebook.parent.glob("*.ipynb"))))
    return Parcel(job, job.notebook.read_bytes(), files, _made_of(library, job.notebook), modules, warm)


def execute(parcel: Parcel, session: str, below: str | None = None) -> Returned:
    """Execute a parcel on this machine, in a folder that is gone afterwards.

    Parameters
    ----------
    parcel : Parcel
    session : str
        The call that it belongs to, for `stop`.
    below : str, optional
        Where to make the folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="concord-", dir=below))
    try:
        root = folder / "workspace"
        (root / "data" / "raw").mkdir(parents=True)
        _write(root, parcel.files)
        notebook = folder / parcel.job.notebook.name
        notebook.write_bytes(parcel.notebook)
        other = _other_code(parcel, notebook)
        if other is not None:
            return Returned(Ending("failed", other), {})
        stage = Stage(Workspace(root), parcel.job.study, parcel.job.step)
        job = replace(parcel.job, root=root, notebook=notebook, stage=stage)
        ending = kernels.run(job, _stopped(session), _nursery(parcel.modules) if parcel.warm else None)
        return Returned(ending, _left(stage))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unpack(returned: Returned, stage: Stage) -> None:
    """Leave what came back in a stage, as if the notebook had been executed there.

    Raises
    ------
    RunError
        If a file would go anywhere else.
    """
    _write(stage.folder, returned.files)


def stop(session: str) -> None:
    """End, within two seconds, whatever runs on this machine for a session."""
    _stopped(session).set()


def _made_of(library: Library, notebook: Path) -> dict[str, str]:
    told = {**library.code(notebook), **library.installation}
    return {label: what for label, what in told.items() if label != OWN_MACHINE}


def _other_code(parcel: Parcel, notebook: Path) -> Failure | None:
    """Return how this machine's installation differs from the sender's: its numbers could differ as well."""
    here = _made_of(_library(), notebook)
    _library().forget(notebook)  # the library stays for as long as the worker, each notebook has a new path
    odd = [label for label in {**parcel.made_of, **here} if parcel.made_of.get(label) != here.get(label)]
    if not odd:
        return None
    more = f", and {len(odd) - 1} more" if len(odd) > 1 else ""
    what = f"the worker's {odd[0]} is not as on this machine{more}. Install the same version there."
    return Failure("OtherInstallation", None, what)


def _left(stage: Stage) -> dict[str, bytes]:
    paths = [path for path in sorted(stage.out.rglob("*")) if path.is_file() and not path.is_symlink()]
    paths += [stage.folder / name for name in LEFT if (stage.folder / name).is_file()]
    return {path.relative_to(stage.folder).as_posix(): path.read_bytes() for path in paths}


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\\" in name:
            raise RunError(
                f"a file sent from another machine is called {quoted(name)}, which is no place here."
            )
        path = folder.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@cache
def _library() -> Library:
    """Return what is installed here, read once: what is loaded does not change under a process."""
    scratch = tempfile.mkdtemp(prefix="concord-library-")
    try:
        library = Library(Workspace(Path(scratch)))
        library.code(Path(scratch) / "none")  # reads all sources
        return library
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@cache
def _stopped(session: str) -> threading.Event:
    return threading.Event()


_lock = threading.Lock()
_nurseries: dict[tuple[str, ...], Nursery] = {}


def _nursery(modules: tuple[str, ...]) -> Nursery | None:
    """Return this process's loaded processes, made anew once where they are gone."""
    if not possible():
        return None
    with _lock:
        there = _nurseries.get(modules)
        if there is None or there.broken:
            if there is not None:
                there.close()
            _nurseries[modules] = Nursery(shared_environment(), modules)
        return _nurseries[modules]
