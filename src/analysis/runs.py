"""Studies reproduced: what is stale runs, what fits is left, and run.json says which and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from . import memory, normalform, preflight, provenance, staging
from .errors import Problem, UsageError
from .executors import Executor, LocalExecutor
from .graph import STEPS, Step
from .kernels import Limits
from .outcomes import StepRun, StudyRun, require_success
from .paths import Workspace
from .plans import Plan
from .progress import Progress
from .records import Records
from .schedule import Schedule
from .staleness import why
from .study import Study, load_study
from .studylock import locked

__all__ = [
    "StepRun",
    "StudyRun",
    "local_executor",
    "plan",
    "reproduce",
    "require_success",
    "run_plans",
    "status",
]

Applicable = Callable[[str, Study], str | None]

LIMITS = Limits()


def reproduce(
    workspace: Workspace,
    studies: Sequence[str],
    *,
    force: bool = False,
    jobs: int = 1,
    executor: Executor | None = None,
    say: Callable[[str], None] = print,
    applicable: Applicable | None = None,
    steps: Sequence[Step] = STEPS,
    limits: Limits = LIMITS,
    live: TextIO | None = None,
    library: provenance.Library | None = None,
) -> list[StudyRun]:
    """Run what is stale in each study and leave everything else as it is.

    Parameters
    ----------
    workspace : Workspace
    studies : sequence of str
    force : bool
        Run every step that applies.
    jobs : int
        How many notebooks may run side by side on this machine.
    executor : Executor, optional
        Where notebooks are executed, if not in a `local_executor`.
    say : callable
        Takes one line of progress.
    applicable : callable, optional
        ``applicable(step, study)`` returns why a step does not apply, or None. By default the study's method
        decides.
    steps : sequence of Step
        The graph, each step after those that it needs.
    limits : Limits
    live : text stream, optional
        A terminal that shows what is under way; see `Progress`.
    library : Library, optional
        What `status` has read already.

    Returns
    -------
    list of StudyRun
        In the order of `studies`. A notebook that failed is in there, not raised: see `require_success`.

    Raises
    ------
    StudyError, UsageError
        Before anything is started: a study that cannot be read, parameters that a notebook would not take.
    KeyboardInterrupt
        After Ctrl-C or SIGTERM, once every kernel is gone and run.json says so.
    """
    plans = [plan(workspace, name, applicable=applicable, steps=steps) for name in dict.fromkeys(studies)]
    with ExitStack() as held:
        executor = executor or held.enter_context(local_executor(workspace, jobs, steps=steps))
        return run_plans(
            plans, executor, force=force, say=say, steps=steps, limits=limits, live=live, library=library
        )


def local_executor(
    workspace: Workspace,
    jobs: int = 1,
    *,
    warm: bool | None = None,
    steps: Sequence[Step] = STEPS,
    library: provenance.Library | None = None,
) -> LocalExecutor:
    """Return an executor for this machine that has loaded what the workspace's notebooks import.

    Parameters
    ----------
    workspace : Workspace
    jobs, warm
        As for `LocalExecutor`.
    steps, library
        As for `reproduce`.
    """
    notebooks = [workspace.notebooks / f"{step.name}.ipynb" for step in steps]
    return LocalExecutor(jobs, warm, lambda: (library or provenance.Library(workspace)).modules(notebooks))


def run_plans(
    plans: Sequence[Plan],
    executor: Executor,
    *,
    force: bool = False,
    say: Callable[[str], None] = print,
    steps: Sequence[Step] = STEPS,
    limits: Limits = LIMITS,
    live: TextIO | None = None,
    library: provenance.Library | None = None,
    progress: Progress | None = None,
) -> list[StudyRun]:
    """Run what is stale in each plan; the rest is as for `reproduce`.

    Parameters
    ----------
    plans : sequence of Plan
        No two with one label, nor of one study in one workspace.
    executor : Executor
    force, say, steps, limits, live, library
        As for `reproduce`.
    progress : Progress, optional
        What tells how it goes on, if not a line a notebook.

    Returns
    -------
    list of StudyRun
        In the order of `plans`.
    """
    if not plans:
        return []
    if limits.memory is not None and not memory.can_be_told():
        raise UsageError("this platform does not say what a process holds, so memory cannot be limited.")
    _check_parameters(plans, steps)
    with ExitStack() as held:
        once = cache(say)  # of forty runs of one study a line about its lock stands once
        # one order for all, so no two runs wait in a ring
        for each in sorted(plans, key=lambda plan: (str(plan.workspace.root), plan.name)):
            held.enter_context(locked(each.workspace, each.name, once))
            staging.sweep(each.workspace, each.name)
            held.callback(staging.sweep, each.workspace, each.name)
        progress = progress or Progress(say, len(plans) * len(steps), executor.capacity, live)
        library = library or provenance.Library(plans[0].workspace)
        return Schedule(
            plans, steps, executor, force=force, progress=progress, limits=limits, library=library
        ).run()


def plan(
    workspace: Workspace,
    name: str,
    overrides: Mapping[str, Any] | None = None,
    *,
    called: str = "",
    applicable: Applicable | None = None,
    steps: Sequence[Step] = STEPS,
) -> Plan:
    """Return how a study is to be run with single settings replaced.

    Parameters
    ----------
    workspace : Workspace
        Where it is read and what it leaves goes.
    name : str
    overrides : mapping, optional
        Dotted name of study.yml -> value.
    called : str
        What the run is called on screen where one study runs several times.
    applicable, steps
        As for `reproduce`.

    Raises
    ------
    StudyError
        If the study cannot be read.
    """
    declared = load_study(workspace, name)
    study = load_study(workspace, name, overrides) if overrides else declared
    charted = (workspace.source(name) / "charting.csv").is_file()
    reasons = {
        step.name: applicable(step.name, study)
        if applicable
        else study.not_applicable(step.name, charted=charted)
        for step in steps
    }
    not_applicable = {step: reason for step, reason in reasons.items() if reason}
    return Plan(workspace, study, declared, not_applicable, dict(overrides or {}), called)


def status(
    workspace: Workspace,
    studies: Sequence[str],
    *,
    applicable: Applicable | None = None,
    steps: Sequence[Step] = STEPS,
    library: provenance.Library | None = None,
) -> list[StudyRun]:
    """Return what `reproduce` would do, without doing it; takes the arguments of `reproduce`."""
    made_of = provenance.Provenance(workspace, library)
    found = []
    for name in dict.fromkeys(studies):
        meant = plan(workspace, name, applicable=applicable, steps=steps)
        told: dict[str, StepRun] = {}
        for step in steps:
            told[step.name] = _foretold(made_of, meant, step, told)
        found.append(StudyRun(name, list(told.values())))
    return found


def _foretold(made_of: provenance.Provenance, plan: Plan, step: Step, told: Mapping[str, StepRun]) -> StepRun:
    if step.name in plan.not_applicable:
        return StepRun(step.name, "not_applicable", plan.not_applicable[step.name])
    records = Records(made_of.workspace, plan.name)
    reason = why(made_of, records, plan, step, records.upstream(step.needs))
    ahead = [need for need in step.needs if told[need].outcome == "stale"]
    if reason is None and ahead:
        reason = f"{ahead[0]} runs before it"
    return StepRun(step.name, "stale" if reason else "skipped", reason or "unchanged")


def _check_parameters(plans: Sequence[Plan], steps: Sequence[Step]) -> None:
    """Refuse parameters that a notebook would not take, before any kernel starts."""
    for folder in dict.fromkeys(plan.workspace.notebooks for plan in plans):
        notebooks = _notebooks(folder, steps)
        given = next(plan.parameters for plan in plans if plan.workspace.notebooks == folder)
        preflight.require(notebooks, given)  # every run is given the same names and types


def _notebooks(folder: Path, steps: Sequence[Step]) -> dict[str, Any]:
    files = {f"notebooks/{step.name}.ipynb": folder / f"{step.name}.ipynb" for step in steps}
    missing = [name for name, path in files.items() if not path.is_file()]
    if missing:
        raise UsageError([Problem("is not there.", file=name) for name in missing])
    return {name: normalform.load(path) for name, path in files.items()}
