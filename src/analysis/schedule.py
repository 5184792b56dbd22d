"""Steps of studies started as their turn comes, and settled as their notebooks end."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any

from . import consulted, interrupts, kernels, provenance, staging, stepresults, wholefile
from .circumstances import Circumstances
from .executors import Executor
from .graph import Step
from .kernels import Ending, Failure, Limits
from .outcomes import LEFT, StepRun, StudyRun
from .placement import failed_copy, place
from .plans import Plan
from .progress import Progress
from .records import Record, Records
from .runfile import RunFile
from .siblings import Siblings
from .staging import Stage
from .staleness import Needs, needs
from .starts import Start

__all__ = ["Schedule"]


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
        self.siblings = Siblings()
        self.circumstances = Circumstances(list(plans))
        self._upstream: dict[tuple[str, str], dict[str, str]] = {}
        self._alone: set[tuple[str, str]] = set()  # steps that are executed, whatever others left

    def run(self) -> list[StudyRun]:
        """Run until every step is settled."""
        with interrupts.termination_as_interrupt():
            try:
                self._open_run_files()
                self._settle_standing()
                while self._begin() or self.under_way:
                    ended, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
                    self._begin()  # others can go on while files are put into place
                    for future in [each for each in self.under_way if each in ended]:
                        self._end(self.under_way[future], future.result())
                        del self.under_way[future]
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

    def _settle_standing(self) -> None:
        """Settle, before any is started, what runs left that still fits: others may share it."""
        for plan, step in itertools.product(self.plans, self.steps):
            if self._is_due(plan, step) and isinstance(decided := self._decided(plan, step), StepRun):
                self._settle(plan, decided)
                self.progress.ended(plan.label, decided)

    def _begin(self) -> bool:
        """Settle or start every step whose turn it is; return whether any was settled without running."""
        settled_any, shared, waiting = False, [], []
        for plan, step in itertools.product(self.plans, self.steps):
            if self._is_full():
                break
            if not self._is_due(plan, step):
                continue
            if self._waits(plan, step):
                waiting.append((plan, step))
                continue
            decided = self._decided(plan, step)
            if isinstance(decided, StepRun):
                self._settle(plan, decided)
                self.progress.ended(plan.label, decided)
                settled_any = True
                continue
            start = self._starting(plan, step, decided)
            if found := self._fitting(start):
                shared.append((start, *found))
            else:
                self._start(start)
        for start, other, record in shared:  # copying takes a moment: what is to be executed has begun by now
            self._share(start, other, record)
        if not settled_any and not shared:
            self._begin_idle(waiting)
        return settled_any or bool(shared)

    def _begin_idle(self, waiting: Sequence[tuple[Plan, Step]]) -> None:
        """Start what may turn out to have been needless where nothing else can be done meanwhile."""
        for plan, step in waiting:
            if self._is_full() or any(future.done() for future in self.under_way):  # one is about to tell
                return
            if self.siblings.is_known(plan, step):
                continue
            if not isinstance(decided := self._decided(plan, step), StepRun):
                self._start(self._starting(plan, step, decided))

    def _is_full(self) -> bool:
        return sum(not future.done() for future in self.under_way) >= self.executor.capacity

    def _is_due(self, plan: Plan, step: Step) -> bool:
        settled = self.settled[plan.label]
        started = any(start.plan is plan and start.step is step for start in self.under_way.values())
        return step.name not in settled and not started and all(need in settled for need in step.needs)

    def _waits(self, plan: Plan, step: Step) -> bool:
        """Tell whether only what is under way in another run may turn out to do for this one."""
        upstream = self._left_before(plan, step)
        if self._runs_alone(plan, step) or self.siblings.has_left(plan, step, upstream):
            return False
        return any(self.siblings.may_do(start, plan, step, upstream) for start in self.under_way.values())

    def _left_before(self, plan: Plan, step: Step) -> dict[str, str]:
        """Return label -> hash of what the steps before one left, once all of them are settled."""
        key = plan.label, step.name
        if key not in self._upstream:
            self._upstream[key] = self.records[plan.label].upstream(step.needs)
        return self._upstream[key]

    def _decided(self, plan: Plan, step: Step) -> StepRun | Needs:
        """Return what becomes of a step without running it, or what it needs and why."""
        failed = [need for need in step.needs if not self.settled[plan.label][need].ended_well]
        if failed:
            return StepRun(step.name, "blocked", f"needs {failed[0]}, which did not end well")
        records = self.records[plan.label]
        if step.name in plan.not_applicable:
            staging.retire(records, step.name)
            return StepRun(step.name, "not_applicable", plan.not_applicable[step.name])
        found = needs(self.made_of[plan.label], records, plan, step, self._left_before(plan, step))
        if found.record is None or found.reason is not None or self.force:
            return found
        self.siblings.remember(plan, step, found.record)
        return StepRun(step.name, "skipped", "unchanged")

    def _starting(self, plan: Plan, step: Step, found: Needs) -> Start:
        stage = Stage(plan.workspace, plan.name, step.name)
        reason, upstream = found.reason or "forced", self._left_before(plan, step)
        return Start(plan, step, reason, upstream, found.data, found.inputs, stage)

    def _fitting(self, start: Start) -> tuple[Plan, Record] | None:
        """Return a run that has left what a step would come to."""
        return None if self._runs_alone(start.plan, start.step) else self.siblings.fitting(start)

    def _runs_alone(self, plan: Plan, step: Step) -> bool:
        return self.force or (plan.label, step.name) in self._alone

    def _share(self, start: Start, other: Plan, record: Record) -> None:
        """Settle a step with what another run left; where that cannot be had, the step's turn comes again."""
        from .handover import hand_over  # loads what makes pages

        read = start.plan.settings.hashes(record.settings)
        ending = self._placed(start, read, lambda: hand_over(start, self.records[other.label], record))
        start.stage.discard()
        if ending.status != "completed":
            self._alone.add((start.plan.label, start.step.name))
            return
        run = StepRun(start.step.name, "shared", f"comes to the same as in {other.label}")
        told = self.circumstances.told(start, {**start.inputs, **read}, shared_with=other.label)
        self._settle(start.plan, run, ran=told)
        self.progress.ended(start.plan.label, run)

    def _start(self, start: Start) -> None:
        label, step = start.plan.label, start.step.name
        self.progress.begun(label, step)
        self.files[label].step(step, "running", start.reason)
        self.under_way[self.executor.submit(self._job(start))] = start

    def _job(self, start: Start) -> kernels.Job:
        workspace, step = start.plan.workspace, start.step.name
        names = [*start.inputs, f"data/raw/{start.plan.name}/{consulted.SETTINGS}"]
        return kernels.Job(
            notebook=workspace.notebooks / f"{step}.ipynb",
            root=workspace.root,
            stage=start.stage,
            parameters=start.plan.parameters,
            title=start.title,
            study=start.plan.name,
            step=step,
            reads=tuple(name for name in names if (workspace.root / name).is_file()),
            limits=self.limits,
        )

    def _end(self, start: Start, ending: Ending) -> None:
        """Put a step's files into place if its notebook ended well; keep the notebook elsewhere if not."""
        step, kernel = start.step.name, ending.kernel
        read, same = self._read_by(start)
        if ending.status == "completed" and not same:
            ending = Ending(
                "failed", Failure("Settings", None, "study.yml was changed while it ran. Run again.")
            )
        if ending.status == "completed":
            data = provenance.digest(wholefile.dumps({**start.data, **read}))
            ending = self._placed(start, read, lambda: stepresults.complete(start.stage, step, data))
        if ending.status != "completed":
            self.siblings.failed(start)
        copy = failed_copy(start, keep=ending.failure is not None)
        start.stage.discard()
        run = StepRun(step, ending.status, start.reason, ending.failure, copy)
        self._settle(
            start.plan, run, ran=self.circumstances.told(start, {**start.inputs, **read}, kernel=kernel)
        )
        self.progress.ended(start.plan.label, run, time.monotonic() - start.clock)

    def _read_by(self, start: Start) -> tuple[dict[str, str], bool]:
        """Return label -> hash of the settings that count for a step, and whether it read them as we did."""
        settings, notebook = start.plan.settings, start.plan.workspace.notebooks / f"{start.step.name}.ipynb"
        noted = consulted.read(start.stage.out)
        same = noted is None or noted == settings.hashes(noted)
        if noted is None or not self.made_of[start.plan.label].library.opens_first(notebook):
            return settings.whole, same
        return settings.hashes(noted), same

    def _placed(
        self, start: Start, read: Mapping[str, str], completed: Callable[[], list[dict[str, Any]]]
    ) -> Ending:
        """Put a step's files into place; return how that ended."""
        plan = start.plan
        placed = place(start, self.records[plan.label], self._recorded(plan), read, completed)
        if isinstance(placed, Failure):
            return Ending("failed", placed)
        self.siblings.remember(plan, start.step, placed)
        return Ending("completed")

    def _recorded(self, plan: Plan) -> list[str]:
        """Return the steps whose results stand."""
        runs = self.settled[plan.label]
        return [s.name for s in self.steps if s.name in runs and runs[s.name].outcome in LEFT]

    def _settle(self, plan: Plan, run: StepRun, ran: Mapping[str, Any] | None = None) -> None:
        self._note(plan, run, ran)
        if len(self.settled[plan.label]) == len(self.steps):
            self._close(plan)

    def _note(self, plan: Plan, run: StepRun, ran: Mapping[str, Any] | None) -> None:
        self.settled[plan.label][run.step] = run
        self.files[plan.label].step(run.step, run.outcome, run.reason, failure=run.failure, ran=ran)

    def _close(self, plan: Plan) -> None:
        stepresults.merge(plan.workspace, plan.name, self._recorded(plan))
        well = all(run.ended_well for run in self.settled[plan.label].values())
        self.files[plan.label].end("completed" if well else "failed")
        del self.files[plan.label]

    def _abandon(self) -> None:
        """End every kernel and say in run.json of runs that are not through what was cut off."""
        self.executor.stop()
        wait(self.under_way)
        for start in self.under_way.values():
            if start.step.name not in self.settled[start.plan.label]:
                run = StepRun(start.step.name, "interrupted", start.reason)
                self._note(start.plan, run, self.circumstances.told(start, start.inputs))
            start.stage.discard()
        for label, file in self.files.items():
            for step in self.steps:
                if step.name not in self.settled[label]:
                    file.step(step.name, "interrupted", "stopped before it began")
            file.end("interrupted")
