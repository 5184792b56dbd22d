"""How a study is to be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .inforce import InForce
from .paths import Workspace
from .study import Study

__all__ = ["Plan"]


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
