"""Runs of one study side by side: what one has computed stands for all whose settings it does not touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from .graph import Step
from .plans import Plan
from .provenance import PARAMETER
from .records import Record
from .starts import Start

__all__ = ["Siblings"]

OWN = f"{PARAMETER}overrides"  # each run's, and without effect but by way of the settings read


class Siblings:
    """The runs of one call that read the same study, and what their steps have left so far."""

    def __init__(self) -> None:
        self._left: dict[tuple[Path, str, str], list[tuple[Plan, Record]]] = {}
        self._failed: set[tuple[Path, str, str]] = set()

    def remember(self, plan: Plan, step: Step, record: Record) -> None:
        """Note what a step that ended well left; of several the same the first is kept."""
        left = self._left.setdefault(_family(plan, step), [])
        if not any(_shared(record.inputs) == _shared(each.inputs) for _, each in left):
            left.append((plan, record))

    def is_known(self, plan: Plan, step: Step) -> bool:
        """Tell whether any run has told which settings a step reads."""
        return bool(self._left.get(_family(plan, step)))

    def failed(self, start: Start) -> None:
        """Note that a step did not end well: no other run is to wait for its like."""
        self._failed.add(_family(start.plan, start.step))

    def fitting(self, start: Start) -> tuple[Plan, Record] | None:
        """Return a run whose step was made from what this one would be made from, and its record."""
        settings = start.plan.settings
        for plan, record in self._left.get(_family(start.plan, start.step), []):
            mine = {**start.inputs, **settings.hashes(record.settings)}
            if plan is not start.plan and _shared(record.inputs) == _shared(mine):
                return plan, record
        return None

    def has_left(self, plan: Plan, step: Step, upstream: Mapping[str, str]) -> bool:
        """Tell whether another run left a step that was made with this one's settings and steps before it."""
        return any(
            each is not plan
            and {**upstream, **plan.settings.hashes(record.settings)}.items() <= record.inputs.items()
            for each, record in self._left.get(_family(plan, step), [])
        )

    def may_do(self, start: Start, plan: Plan, step: Step, upstream: Mapping[str, str]) -> bool:
        """Tell whether a step under way may turn out to do for another run, which had better wait for it.

        Parameters
        ----------
        start : Start
            What is under way.
        plan, step, upstream
            Of the run that could wait.
        """
        family = _family(plan, step)
        if family in self._failed or _family(start.plan, start.step) != family or start.upstream != upstream:
            return False
        told = (record.settings for _, record in self._left.get(family, []))
        return all(_agree(plan, start.plan, each) for each in told)


def _agree(one: Plan, other: Plan, settings: Iterable[str]) -> bool:
    read = list(settings)
    return one.settings.hashes(read) == other.settings.hashes(read)


def _family(plan: Plan, step: Step) -> tuple[Path, str, str]:
    return plan.workspace.notebooks, plan.name, step.name


def _shared(inputs: Mapping[str, str]) -> dict[str, str]:
    return {label: told for label, told in inputs.items() if label != OWN}
