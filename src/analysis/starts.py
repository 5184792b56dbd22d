"""A step as it was started, until its files are in place."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .graph import Step
from .inforce import folded
from .plans import Plan
from .runfile import now
from .staging import Stage

__all__ = ["Start"]


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
