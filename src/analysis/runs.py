"""Studies reproduced: what is stale runs, what fits is left, and run.json says which and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from . import normalform, preflight, provenance, staging
from .errors import Problem, UsageError
from .graph import STEPS, Step
from .kernels import Limits
from .outcomes import StepRun, StudyRun, require_success
from .paths import Workspace
from .records import Records
from .schedule import Plan, Schedule
from .study import Study, load_study
from .studylock import locked

__all__ = ["StepRun", "StudyRun", "reproduce", "require_success", "status"]

Applicable = Callable[[str, Study], str | None]

LIMITS = Limits()


def reproduce(
    workspace: Workspace,
    studies: Sequence[str],
    *,
    force: bool = False,
    jobs: int = 1,
    say: Callable[[str], None] = print,
    applicable: Applicable | None = None,
    steps: Sequence[Step] = STEPS,
    limits: Limits = LIMITS,
) -> list[StudyRun]:
    """Run what is stale in each study and leave everything else as it is.

    Parameters
    ----------
    workspace : Workspace
    studies : sequence of str
    force : bool
        Run every step that applies.
    jobs : int
        How many notebooks may run side by side.
    say : callable
        Takes one line of progress.
    applicable : callable, optional
        ``applicable(step, study)`` returns why a step does not apply, or None. By default the study's method
        decides.
    steps : sequence of Step
        The graph, each step after those that it needs.
    limits : Limits

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
    if jobs < 1:
        raise UsageError(f"--jobs must be 1 or more. Found {jobs}.")
    plans = [_plan(workspace, name, applicable, steps) for name in dict.fromkeys(studies)]
    _check_parameters(workspace, plans, steps)
    with ExitStack() as held:
        for name in sorted(plan.name for plan in plans):  # one order for all, so no two runs wait in a ring
            held.enter_context(locked(workspace, name, say))
            staging.sweep(workspace, name)
            held.callback(staging.sweep, workspace, name)
        return Schedule(workspace, plans, steps, force=force, say=say, limits=limits).run(jobs)


def status(
    workspace: Workspace,
    studies: Sequence[str],
    *,
    applicable: Applicable | None = None,
    steps: Sequence[Step] = STEPS,
) -> list[StudyRun]:
    """Return what `reproduce` would do, without doing it; takes the arguments of `reproduce`."""
    made_of = provenance.Provenance(workspace)
    found = []
    for name in dict.fromkeys(studies):
        plan = _plan(workspace, name, applicable, steps)
        told: dict[str, StepRun] = {}
        for step in steps:
            told[step.name] = _foretold(made_of, plan, step, told)
        found.append(StudyRun(name, list(told.values())))
    return found


def _foretold(made_of: provenance.Provenance, plan: Plan, step: Step, told: Mapping[str, StepRun]) -> StepRun:
    if step.name in plan.not_applicable:
        return StepRun(step.name, "not_applicable", plan.not_applicable[step.name])
    records = Records(made_of.workspace, plan.name)
    upstream = records.upstream(step.needs)
    reason = records.misfit(step.name, made_of.inputs(plan.name, step, plan.parameters, upstream))
    ahead = [need for need in step.needs if told[need].outcome == "stale"]
    if reason is None and ahead:
        reason = f"{ahead[0]} runs before it"
    return StepRun(step.name, "stale" if reason else "skipped", reason or "unchanged")


def _plan(workspace: Workspace, name: str, applicable: Applicable | None, steps: Sequence[Step]) -> Plan:
    study = load_study(workspace, name)
    charted = (workspace.source(name) / "charting.csv").is_file()
    reasons = {
        step.name: applicable(step.name, study)
        if applicable
        else study.not_applicable(step.name, charted=charted)
        for step in steps
    }
    return Plan(study, {step: reason for step, reason in reasons.items() if reason})


def _check_parameters(workspace: Workspace, plans: Sequence[Plan], steps: Sequence[Step]) -> None:
    """Refuse parameters that a notebook would not take, before any kernel starts."""
    notebooks = _notebooks(workspace, steps)
    for plan in plans[:1]:  # every study is given the same names and types
        preflight.require(notebooks, plan.parameters)


def _notebooks(workspace: Workspace, steps: Sequence[Step]) -> dict[str, Any]:
    files = {f"notebooks/{step.name}.ipynb": workspace.notebooks / f"{step.name}.ipynb" for step in steps}
    missing = [name for name, path in files.items() if not path.is_file()]
    if missing:
        raise UsageError([Problem("is not there.", file=name) for name in missing])
    return {name: normalform.load(path) for name, path in files.items()}
