"""Steps of studies started as their turn comes, and settled as their notebooks end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from . import interrupts, kernels, provenance, staging, stepresults, wholefile
from .errors import ConcordError, RunError
from .executors import Executor
from .graph import Step
from .kernels import Ending, Failure, Limits
from .outcomes import StepRun, StudyRun
from .paths import Workspace
from .progress import Progress
from .records import Records
from .runfile import RunFile, now
from .staging import Stage
from .study import Study

__all__ = ["Plan", "Schedule"]


@dataclass(frozen=True, eq=False)
class Plan:
    """A study as it is to be run.

    Parameters
    ----------
    workspace : Workspace
        Where it is read and what it leaves goes.
    study : Study
        With the overrides applied.
    not_applicable : mapping
        Step -> why it does not apply.
    overrides : mapping
        Dotted name of study.yml -> value.
    called : str
        What the run is called on screen where one study runs several times.
    """

    workspace: Workspace
    study: Study
    not_applicable: Mapping[str, str]
    overrides: Mapping[str, Any] = field(default_factory=dict)
    called: str = ""

    @property
    def name(self) -> str:
        """The study's name."""
        return self.study.study

    @property
    def label(self) -> str:
        """What the run is called on screen."""
        return self.called or self.name

    @property
    def parameters(self) -> dict[str, Any]:
        """What every notebook of the study is given."""
        return {"study": self.name, "overrides": dict(self.overrides)}


@dataclass(eq=False)
class Start:
    """A step under way: what it was started with, and when."""

    plan: Plan
    step: Step
    reason: str
    inputs: dict[str, str]
    data: str
    stage: Stage
    since: str = field(default_factory=now)
    clock: float = field(default_factory=time.monotonic)

    def told(self) -> dict[str, Any]:
        """Return what run.json says of it."""
        return {
            "started": self.since,
            "ended": now(),
            "parameters": self.plan.parameters,
            "inputs": self.inputs,
            "seed": self.plan.study.seed,
        }


class Schedule:
    """One call of `reproduce`, while it holds the studies' locks.

    The executor's threads only wait for notebooks; every decision and every file is the main thread's.

    Parameters
    ----------
    plans : sequence of Plan
        Each with a label of its own.
    steps : sequence of Step
    executor : Executor
    force : bool
    progress : Progress
    limits : Limits
    library : Library
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        steps: Sequence[Step],
        executor: Executor,
        *,
        force: bool,
        progress: Progress,
        limits: Limits,
        library: provenance.Library,
    ) -> None:
        self.plans, self.steps, self.executor = plans, steps, executor
        self.force, self.progress, self.limits = force, progress, limits
        self.made_of = {plan.label: provenance.Provenance(plan.workspace, library) for plan in plans}
        self.records = {plan.label: Records(plan.workspace, plan.name) for plan in plans}
        self.settled: dict[str, dict[str, StepRun]] = {plan.label: {} for plan in plans}
        self.under_way: dict[Future[Ending], Start] = {}
        self.files: dict[str, RunFile] = {}

    def run(self) -> list[StudyRun]:
        """Run until every step is settled."""
        with interrupts.termination_as_interrupt():
            try:
                self._open_run_files()
                while self._begin() or self.under_way:
                    ended, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
                    for future in ended:
                        self._end(self.under_way[future], future.result())
                        del self.under_way[future]
                for plan in self.plans:
                    self._close(plan)
                self.progress.finish()
            except BaseException:
                with interrupts.ignored():
                    self._abandon()
                raise
        return [
            StudyRun(p.name, [self.settled[p.label][s.name] for s in self.steps], p.label) for p in self.plans
        ]

    def _open_run_files(self) -> None:
        for plan in self.plans:
            self.files[plan.label] = RunFile(plan.workspace, plan.name)
            self.files[plan.label].save()

    @cached_property
    def _shared(self) -> dict[str, Any]:
        return {
            "packages": provenance.package_versions(),
            "git": provenance.git_state(provenance.PACKAGE),
            "data_git": {
                folder: provenance.git_state(folder)
                for folder in dict.fromkeys(_raw_folder(plan) for plan in self.plans)
            },
        }

    def _told(self, start: Start) -> dict[str, Any]:
        """Return what run.json says of a start: with what, when, by which code."""
        return {
            **start.told(),
            **self._shared,
            "data_git": self._shared["data_git"][_raw_folder(start.plan)],
        }

    def _begin(self) -> bool:
        """Settle or start every step whose turn it is; return whether any was settled without running."""
        settled_any = False
        for plan in self.plans:
            for step in self.steps:
                if len(self.under_way) >= self.executor.capacity:
                    return settled_any
                if not self._is_due(plan, step):
                    continue
                decided = self._decided(plan, step)
                if isinstance(decided, StepRun):
                    self._settle(plan, decided)
                    self.progress.ended(plan.label, decided)
                    settled_any = True
                else:
                    self._start(decided)
        return settled_any

    def _is_due(self, plan: Plan, step: Step) -> bool:
        settled = self.settled[plan.label]
        started = any(start.plan is plan and start.step is step for start in self.under_way.values())
        return step.name not in settled and not started and all(need in settled for need in step.needs)

    def _decided(self, plan: Plan, step: Step) -> StepRun | Start:
        """Return what becomes of a step without running it, or what it is to be started with."""
        failed = [need for need in step.needs if not self.settled[plan.label][need].ended_well]
        if failed:
            return StepRun(step.name, "blocked", f"needs {failed[0]}, which did not end well")
        records = self.records[plan.label]
        if step.name in plan.not_applicable:
            staging.retire(records, step.name)
            return StepRun(step.name, "not_applicable", plan.not_applicable[step.name])
        upstream = records.upstream(step.needs)
        inputs = self.made_of[plan.label].inputs(plan.study, step, plan.parameters, upstream)
        reason = records.misfit(step.name, inputs) or ("forced" if self.force else None)
        if reason is None:
            return StepRun(step.name, "skipped", "unchanged")
        data = wholefile.dumps(self.made_of[plan.label].data(plan.study, step, plan.parameters, upstream))
        stage = Stage(plan.workspace, plan.name, step.name)
        return Start(plan, step, reason, inputs, provenance.digest(data), stage)

    def _start(self, start: Start) -> None:
        label, step = start.plan.label, start.step.name
        self.progress.begun(label, step)
        self.files[label].step(step, "running", start.reason)
        self.under_way[self.executor.submit(self._job(start))] = start

    def _job(self, start: Start) -> kernels.Job:
        workspace, step = start.plan.workspace, start.step.name
        return kernels.Job(
            notebook=workspace.notebooks / f"{step}.ipynb",
            root=workspace.root,
            stage=start.stage,
            parameters=start.plan.parameters,
            title=f"{step}: {start.plan.study.title}",
            study=start.plan.name,
            step=step,
            reads=tuple(name for name in start.inputs if (workspace.root / name).is_file()),
            limits=self.limits,
        )

    def _end(self, start: Start, ending: Ending) -> None:
        """Put a step's files into place if its notebook ended well; keep the notebook elsewhere if not."""
        told = {**self._told(start), "kernel": ending.kernel}
        if ending.status == "completed":
            ending = self._placed(start)
        step = start.step.name
        copy = _failed_copies(start, keep=ending.failure is not None)
        start.stage.discard()
        run = StepRun(step, ending.status, start.reason, ending.failure, copy)
        self._settle(start.plan, run, ran=told)
        self.progress.ended(start.plan.label, run, time.monotonic() - start.clock)

    def _placed(self, start: Start) -> Ending:
        """Put a step's files into place; return how that ended."""
        from .clearance import (
            clear_for,
            files_below,
        )  # loads pandas, which a run that skips all can do without

        plan, step = start.plan, start.step.name
        try:
            results = stepresults.complete(start.stage, step, start.data)
            self._refuse_shared_outputs(start)
            others = stepresults.merged(plan.workspace, plan.name, self._recorded(plan))
            stepresults.require_apart([*others, *results])
            clear_for(plan.workspace, plan.study, files_below(start.stage.out / "reports"))
            staging.place(start.stage, self.records[plan.label], step, start.inputs)
            stepresults.merge(plan.workspace, plan.name, [*self._recorded(plan), step])
        except ConcordError as error:
            return Ending("failed", Failure("Outputs", None, str(error.problems[0])))
        except OSError as error:
            return Ending("failed", Failure("Outputs", None, f"{type(error).__name__}: {error.strerror}."))
        except Exception as error:  # whatever a notebook left, the others go on; what is in it stays untold
            what = f"what it left cannot be read ({type(error).__name__})."
            return Ending("failed", Failure("Outputs", None, what))
        return Ending("completed")

    def _refuse_shared_outputs(self, start: Start) -> None:
        """Refuse a file that another step of this run wrote: the two would be stale in turns for ever."""
        records = self.records[start.plan.label]
        mine = start.stage.written()
        for other in self._recorded(start.plan):
            record = records.read(other)
            both = sorted(mine.keys() & record.outputs.keys()) if record else []
            if both:
                raise RunError(f"{records.shown(both[0])} is written by {other} too.")

    def _recorded(self, plan: Plan) -> list[str]:
        """Return the steps whose results stand."""
        runs = self.settled[plan.label]
        return [
            s.name for s in self.steps if s.name in runs and runs[s.name].outcome in ("completed", "skipped")
        ]

    def _settle(self, plan: Plan, run: StepRun, ran: Mapping[str, Any] | None = None) -> None:
        self.settled[plan.label][run.step] = run
        self.files[plan.label].step(run.step, run.outcome, run.reason, failure=run.failure, ran=ran)

    def _close(self, plan: Plan) -> None:
        stepresults.merge(plan.workspace, plan.name, self._recorded(plan))
        well = all(run.ended_well for run in self.settled[plan.label].values())
        self.files[plan.label].end("completed" if well else "failed")

    def _abandon(self) -> None:
        """End every kernel and say in run.json what was cut off."""
        self.executor.stop()
        wait(self.under_way)
        for start in self.under_way.values():
            if start.step.name not in self.settled[start.plan.label]:
                run = StepRun(start.step.name, "interrupted", start.reason)
                self._settle(start.plan, run, ran=self._told(start))
            start.stage.discard()
        for label, file in self.files.items():
            for step in self.steps:
                if step.name not in self.settled[label]:
                    file.step(step.name, "interrupted", "stopped before it began")
            file.end("interrupted")


def _raw_folder(plan: Plan) -> Path:
    """Return where a plan's raw data really are: the runs of a batch link to one folder."""
    return (plan.workspace.root / "data" / "raw").resolve()


def _failed_copies(start: Start, *, keep: bool) -> Path | None:
    """Keep the notebook of a failed step where it can be looked at, or remove an earlier one."""
    folder = start.plan.workspace.scratch / "failed" / start.plan.name
    kept: list[Path] = []
    for source, ending in ((start.stage.notebook, "ipynb"), (start.stage.log, "log")):
        target = folder / f"{start.step.name}.{ending}"
        target.unlink(missing_ok=True)
        if keep and source.is_file():
            wholefile.move(source, target)
            kept.append(target)
    return next((path for path in kept if path.suffix == ".ipynb"), None)
