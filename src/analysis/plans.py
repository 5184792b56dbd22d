"""How a study is to be run, and a step of it under way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .graph import Step
from .inforce import InForce, folded
from .paths import Workspace
from .runfile import now
from .staging import Stage
from .study import Study

__all__ = ["Plan", "Start"]


@dataclass(frozen=True, eq=False)
class Plan:
    """A study as it is to be run.

    Parameters
    ----------
    workspace : Workspace
        Where it is read and what it leaves goes.
    study : Study
        With the overrides applied.
    declared : Study
        As study.yml has it.
    not_applicable : mapping
        Step -> why it does not apply.
    overrides : mapping
        Dotted name of study.yml -> value.
    called : str
        What the run is called on screen where one study runs several times.
    """

    workspace: Workspace
    study: Study
    declared: Study
    not_applicable: Mapping[str, str]
    overrides: Mapping[str, Any] = field(default_factory=dict)
    called: str = ""

    @property
    def name(self) -> str:
        """The study's name."""
        return self.study.study

    @cached_property
    def settings(self) -> InForce:
        """The settings that its steps work under."""
        return InForce(self.study, self.declared)

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
    """A step under way: what it was started with, and when.

    Parameters
    ----------
    plan : Plan
    step : Step
    reason : str
    upstream : dict
        Label -> hash of what the steps before it left.
    data : dict
        Label -> hash of the data that go in.
    inputs : dict
        The same with code and machine; settings are added once the step tells which it read.
    stage : Stage
    """

    plan: Plan
    step: Step
    reason: str
    upstream: dict[str, str]
    data: dict[str, str]
    inputs: dict[str, str]
    stage: Stage
    since: str = field(default_factory=now)
    clock: float = field(default_factory=time.monotonic)

    @property
    def title(self) -> str:
        """The title of the executed notebook's page."""
        return f"{self.step.name}: {self.plan.study.title}"

    def told(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        """Return what run.json says of it, given all that went in."""
        return {
            "started": self.since,
            "ended": now(),
            "parameters": self.plan.parameters,
            "inputs": folded(inputs),
            "seed": self.plan.study.seed,
        }
