"""What a person is told while a grid runs: one line a run, not one a notebook."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TextIO

from .executors import Executor
from .graph import STEPS
from .outcomes import StepRun
from .progress import Progress, duration

__all__ = ["BatchProgress"]


class BatchProgress(Progress):
    """Tells how a grid goes on; shared by all its runs.

    Parameters
    ----------
    say : callable
        Takes one line that stays.
    runs : int
    executor : Executor
        Where they run.
    live : text stream, optional
        A terminal, for one line that changes; None where nobody watches.
    """

    def __init__(
        self, say: Callable[[str], None], runs: int, executor: Executor, live: TextIO | None = None
    ) -> None:
        super().__init__(say, runs * len(STEPS), executor.capacity, live)
        self._runs = runs
        self._through = 0
        self._failed = 0
        self._steps: dict[str, list[StepRun]] = {}
        self._since: dict[str, float] = {}

    def begun(self, label: str, step: str) -> None:
        """Note that a notebook runs."""
        self._since.setdefault(label, time.monotonic())
        super().begun(label, step)

    def ended(self, label: str, run: StepRun, seconds: float | None = None) -> None:
        """Note what became of a notebook; say what became of its run once all its notebooks are through."""
        self.settled += 1
        self.told.append(run)
        self._under_way.pop(f"{label} {run.step}", None)
        self._note_time(run, seconds)
        steps = self._steps.setdefault(label, [])
        steps.append(run)
        if len(steps) == len(STEPS):
            self._through += 1
            self._print(f"{label}: {self._became(label, self._steps.pop(label))}{self._outlook()}")
        self._show()

    def finish(self) -> None:
        """Say nothing yet: more runs may follow."""
        self._hide()

    def close(self) -> None:
        """Say in one line what all came to."""
        self._hide()
        told = _told(self.told) or "nothing was stale"
        failed = f", {self._failed} failed" if self._failed else ""
        runs = f"{self._runs} run{'s' * (self._runs != 1)}"
        self._say(f"{runs}{failed}: {told} in {duration(self._elapsed())}.")

    def _became(self, label: str, steps: list[StepRun]) -> str:
        wrong = [step for step in steps if step.outcome == "failed"]
        if wrong:
            self._failed += 1
            return f"failed: {wrong[0].step}, {wrong[0].failure}"
        told = _told(steps)
        took = f" in {duration(time.monotonic() - self._since.pop(label))}" if label in self._since else ""
        return f"{told}{took}" if told else "unchanged"

    def _outlook(self) -> str:
        if self._runs < 2:
            return ""
        left = self.left()
        soon = f", about {duration(left)} left" if left and self._through < self._runs else ""
        return f" [{self._through} of {self._runs}{soon}]"


def _told(steps: Sequence[StepRun]) -> str:
    """Return how many notebooks ran and how many came to what another run had left, nothing for none."""
    ran = sum(step.outcome in ("completed", "failed") for step in steps)
    shared = sum(step.outcome == "shared" for step in steps)
    parts = [f"{ran} notebook{'s' * (ran != 1)} run"] if ran else []
    parts += [f"{shared} shared with other runs"] if shared else []
    return ", ".join(parts)
