"""A study frozen under a name, as long as nothing in it is stale."""

from __future__ import annotations

from dataclasses import dataclass

from . import baseline, manifest, runs
from .baseline import BASELINE, NOW
from .errors import Problem, RunError, UsageError, quoted
from .paths import Workspace
from .sealing import is_sealed
from .state import State, observe

__all__ = ["Frozen", "freeze", "read"]


@dataclass(frozen=True)
class Frozen:
    """A freeze that was made.

    Parameters
    ----------
    study, name : str
    results, sealed : int
        How many results it keeps, and how many of these as keyed hashes.
    manifest : list of str
        Files of source/ whose lines in MANIFEST are new.
    changed : bool
        False where the same freeze was there already.
    """

    study: str
    name: str
    results: int
    sealed: int
    manifest: list[str]
    changed: bool


def freeze(workspace: Workspace, study: str, name: str = BASELINE, *, replace: bool = False) -> Frozen:
    """Keep a study's hashes and results under a name, and source/MANIFEST with the files as they are.

    Parameters
    ----------
    workspace : Workspace
    study : str
    name : str
    replace : bool
        Whether a freeze of that name may be written over.

    Raises
    ------
    UsageError
        If there is another freeze of that name already.
    RunError
        If a result is stale: only what follows from the data as they are is frozen.
    """
    workspace.require(study)
    path = baseline.path_of(workspace, study, name)
    _refuse_stale(workspace, study)
    state = observe(workspace, study)
    if path.is_file():
        if baseline.load(workspace, study, name) == state:
            return _frozen(state, name, manifest.update(workspace, study), changed=False)
        if not replace:
            raise UsageError(
                f"{study} has another freeze called {quoted(name)}. Choose another name, or add --replace; "
                f"`concord diff {study} {name}` says what changed."
            )
    changed = manifest.update(workspace, study)
    baseline.save(workspace, state, name)
    return _frozen(state, name, changed, changed=True)


def _frozen(state: State, name: str, files: list[str], *, changed: bool) -> Frozen:
    sealed = sum(map(is_sealed, state.results.values()))
    return Frozen(state.study, name, len(state.results), sealed, files, changed)


def _refuse_stale(workspace: Workspace, study: str) -> None:
    (told,) = runs.status(workspace, [study])
    stale = [step for step in told.steps if step.outcome == "stale"]
    if stale:
        problems = [Problem(f"{study} {step.step} is stale: {step.reason}.") for step in stale]
        raise RunError(
            problems,
            title=f"{study} cannot be frozen: it",
            next_step=f"Run `concord reproduce {study}` first.",
        )


def read(workspace: Workspace, study: str, name: str = NOW) -> State:
    """Return a freeze by its name, or the study as it is ``now``.

    Raises
    ------
    UsageError
        If there is no freeze of that name.
    """
    workspace.require(study)
    return observe(workspace, study) if name == NOW else baseline.load(workspace, study, name)
