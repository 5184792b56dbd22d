"""Steps of studies started as their turn comes, and settled as their notebooks end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import interrupts, kernels, provenance, staging, stepresults, wholefile
from .errors import ConcordError, RunError
from .graph import Step
from .kernels import Ending, Failure, Limits
from .outcomes import StepRun, StudyRun
from .paths import Workspace
from .records import Records
from .runfile import RunFile, now
from .staging import Stage
from .study import Study

__all__ = ["Plan", "Schedule"]


@dataclass(frozen=True)
class Plan:
    """A study as it is to be run: its settings, and why which steps do not apply."""

    study: Study
    not_applicable: Mapping[str, str]

    @property
    def name(self) -> str:
        """The study's name."""
        return self.study.study

    @property
    def parameters(self) -> dict[str, Any]:
        """What every notebook of the study is given."""
        return {"study": self.name, "overrides": {}}


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

    Threads only wait for kernels; every decision and every file is the main thread's.

    Parameters
    ----------
    workspace : Workspace
    plans : sequence of Plan
    steps : sequence of Step
    force : bool
    say : callable
    limits : Limits
    """

    def __init__(
        self,
        workspace: Workspace,
        plans: Sequence[Plan],
        steps: Sequence[Step],
        *,
        force: bool,
        say: Callable[[str], None],
        limits: Limits,
    ) -> None:
        self.workspace, self.plans, self.steps = workspace, plans, steps
        self.force, self.say, self.limits = force, say, limits
        self.made_of = provenance.Provenance(workspace)
        self.records = {plan.name: Records(workspace, plan.name) for plan in plans}
        self.settled: dict[str, dict[str, StepRun]] = {plan.name: {} for plan in plans}
        self.under_way: dict[Future[Ending], Start] = {}
        self.files: dict[str, RunFile] = {}
        self.stop = threading.Event()

    def run(self, jobs: int) -> list[StudyRun]:
        """Run until every step is settled, up to `jobs` notebooks side by side."""
        with interrupts.termination_as_interrupt(), ThreadPoolExecutor(jobs) as pool:
            try:
                self._open_run_files()
                while self._begin(pool, jobs) or self.under_way:
                    ended, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
                    for future in ended:
                        self._end(self.under_way[future], future.result())
                        del self.under_way[future]
                for plan in self.plans:
                    self._close(plan)
            except BaseException:
                with interrupts.ignored():
                    self._abandon()
                raise
        return [StudyRun(p.name, [self.settled[p.name][s.name] for s in self.steps]) for p in self.plans]

    def _open_run_files(self) -> None:
        shared = {
            "packages": provenance.package_versions(),
            "git": provenance.git_state(provenance.PACKAGE),
            "data_git": provenance.git_state(self.workspace.raw("")),
        }
        for plan in self.plans:
            self.files[plan.name] = RunFile(self.workspace, plan.name, shared)
            self.files[plan.name].save()

    def _begin(self, pool: ThreadPoolExecutor, jobs: int) -> bool:
        """Settle or start every step whose turn it is; return whether any was settled without running."""
        settled_any = False
        for plan in self.plans:
            for step in self.steps:
                if len(self.under_way) >= jobs:
                    return settled_any
                if not self._is_due(plan, step):
                    continue
                decided = self._decided(plan, step)
                if isinstance(decided, StepRun):
                    self._settle(plan, decided)
                    self.say(f"{plan.name}: {decided}")
                    settled_any = True
                else:
                    self._start(pool, decided)
        return settled_any

    def _is_due(self, plan: Plan, step: Step) -> bool:
        settled = self.settled[plan.name]
        started = any(start.plan is plan and start.step is step for start in self.under_way.values())
        return step.name not in settled and not started and all(need in settled for need in step.needs)

    def _decided(self, plan: Plan, step: Step) -> StepRun | Start:
        """Return what becomes of a step without running it, or what it is to be started with."""
        failed = [need for need in step.needs if not self.settled[plan.name][need].ended_well]
        if failed:
            return StepRun(step.name, "blocked", f"needs {failed[0]}, which did not end well")
        records = self.records[plan.name]
        if step.name in plan.not_applicable:
            staging.retire(records, step.name)
            return StepRun(step.name, "not_applicable", plan.not_applicable[step.name])
        upstream = records.upstream(step.needs)
        inputs = self.made_of.inputs(plan.name, step, plan.parameters, upstream)
        reason = records.misfit(step.name, inputs) or ("forced" if self.force else None)
        if reason is None:
            return StepRun(step.name, "skipped", "unchanged")
        data = wholefile.dumps(self.made_of.data(plan.name, step, plan.parameters, upstream))
        stage = Stage(self.workspace, plan.name, step.name)
        return Start(plan, step, reason, inputs, provenance.digest(data), stage)

    def _start(self, pool: ThreadPoolExecutor, start: Start) -> None:
        name, step = start.plan.name, start.step.name
        self.say(f"{name}: run {step} ({start.reason})")
        self.files[name].step(step, "running", start.reason)
        self.under_way[pool.submit(kernels.run, self._job(start), self.limits, self.stop)] = start

    def _job(self, start: Start) -> kernels.Job:
        return kernels.Job(
            notebook=self.workspace.notebooks / f"{start.step.name}.ipynb",
            root=self.workspace.root,
            stage=start.stage,
            parameters=start.plan.parameters,
            title=f"{start.step.name}: {start.plan.study.title}",
        )

    def _end(self, start: Start, ending: Ending) -> None:
        """Put a step's files into place if its notebook ended well; keep the notebook elsewhere if not."""
        told = start.told()
        if ending.status == "completed":
            ending = self._placed(start)
        name, step = start.plan.name, start.step.name
        copy = _failed_copies(self.workspace, start, keep=ending.failure is not None)
        start.stage.discard()
        self._settle(start.plan, StepRun(step, ending.status, start.reason, ending.failure, copy), ran=told)
        seconds = time.monotonic() - start.clock
        how = f"failed {step} ({ending.failure})" if ending.failure else f"done {step} ({seconds:.1f} s)"
        self.say(f"{name}: {how}")

    def _placed(self, start: Start) -> Ending:
        """Put a step's files into place; return how that ended."""
        plan, step = start.plan, start.step.name
        try:
            stepresults.complete(start.stage, step, start.data)
            self._refuse_shared_outputs(start)
            staging.place(start.stage, self.records[plan.name], step, start.inputs)
            stepresults.merge(self.workspace, plan.name, [*self._recorded(plan), step])
        except ConcordError as error:
            return Ending("failed", Failure("Outputs", None, str(error.problems[0])))
        except OSError as error:
            return Ending("failed", Failure("Outputs", None, f"{type(error).__name__}: {error.strerror}."))
        return Ending("completed")

    def _refuse_shared_outputs(self, start: Start) -> None:
        """Refuse a file that another step of this run wrote: the two would be stale in turns for ever."""
        records = self.records[start.plan.name]
        mine = start.stage.written()
        for other in self._recorded(start.plan):
            record = records.read(other)
            both = sorted(mine.keys() & record.outputs.keys()) if record else []
            if both:
                raise RunError(f"{records.shown(both[0])} is written by {other} too.")

    def _recorded(self, plan: Plan) -> list[str]:
        """Return the steps whose results stand."""
        runs = self.settled[plan.name]
        return [
            s.name for s in self.steps if s.name in runs and runs[s.name].outcome in ("completed", "skipped")
        ]

    def _settle(self, plan: Plan, run: StepRun, ran: Mapping[str, Any] | None = None) -> None:
        self.settled[plan.name][run.step] = run
        self.files[plan.name].step(run.step, run.outcome, run.reason, failure=run.failure, ran=ran)

    def _close(self, plan: Plan) -> None:
        stepresults.merge(self.workspace, plan.name, self._recorded(plan))
        well = all(run.ended_well for run in self.settled[plan.name].values())
        self.files[plan.name].end("completed" if well else "failed")

    def _abandon(self) -> None:
        """End every kernel and say in run.json what was cut off."""
        self.stop.set()
        wait(self.under_way)
        for start in self.under_way.values():
            if start.step.name not in self.settled[start.plan.name]:
                run = StepRun(start.step.name, "interrupted", start.reason)
                self._settle(start.plan, run, ran=start.told())
            start.stage.discard()
        for name, file in self.files.items():
            for step in self.steps:
                if step.name not in self.settled[name]:
                    file.step(step.name, "interrupted", "stopped before it began")
            file.end("interrupted")


def _failed_copies(workspace: Workspace, start: Start, *, keep: bool) -> str | None:
    """Keep the notebook of a failed step where it can be looked at, or remove an earlier one."""
    folder = workspace.scratch / "failed" / start.plan.name
    kept: list[Path] = []
    for source, ending in ((start.stage.notebook, "ipynb"), (start.stage.log, "log")):
        target = folder / f"{start.step.name}.{ending}"
        target.unlink(missing_ok=True)
        if keep and source.is_file():
            wholefile.move(source, target)
            kept.append(target)
    found = [path for path in kept if path.suffix == ".ipynb"]
    return found[0].relative_to(workspace.root).as_posix() if found else None
