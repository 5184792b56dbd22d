"""What became, or would become, of a study and of each of its steps."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .errors import Problem, RunError
from .kernels import Failure

__all__ = ["LEFT", "Outcome", "StepRun", "StudyRun", "require_success"]

Outcome = Literal[
    "stale", "completed", "shared", "skipped", "not_applicable", "failed", "blocked", "interrupted"
]

LEFT = ("completed", "shared", "skipped")  # what stands is what the step leaves
WELL = (*LEFT, "not_applicable")
VERBS = {"shared": "share", "skipped": "skip", "not_applicable": "skip", "blocked": "skip"}


@dataclass(frozen=True)
class StepRun:
    """What became, or would become, of one step.

    Parameters
    ----------
    step : str
    outcome : str
        ``stale`` when nothing was run: it would run. ``shared``: what another run of a batch left is its own.
    reason : str
        Why it ran or was skipped.
    failure : Failure, optional
    failed_copy : Path, optional
        The notebook as far as it came.

    Examples
    --------
    >>> print(StepRun("02_agreement", "skipped", "unchanged"))
    skip 02_agreement (unchanged)
    """

    step: str
    outcome: Outcome
    reason: str
    failure: Failure | None = None
    failed_copy: Path | None = None

    @property
    def ended_well(self) -> bool:
        """Whether steps that need this one may start."""
        return self.outcome in WELL

    def __str__(self) -> str:
        return f"{VERBS.get(self.outcome, 'run')} {self.step} ({self.reason})"


@dataclass(frozen=True)
class StudyRun:
    """What became, or would become, of one study.

    Parameters
    ----------
    study : str
    steps : list of StepRun
    label : str
        What the run is called on screen: the study's name, unless one study runs several times.
    """

    study: str
    steps: list[StepRun] = field(default_factory=list)
    label: str = ""

    @property
    def ended_well(self) -> bool:
        """Whether every step ended well or did not apply."""
        return all(step.ended_well for step in self.steps)


def require_success(runs: Sequence[StudyRun]) -> None:
    """Raise one error that names every notebook that did not end well, and how to open it.

    Raises
    ------
    RunError
        A line a failed notebook: study, notebook, cell, message, command.
    """
    failed = [
        (run.label or run.study, step) for run in runs for step in run.steps if step.outcome == "failed"
    ]
    if failed:
        problems = [
            Problem(f"{label} {step.step}: {str(step.failure).rstrip('.')}.{_opened_by(step)}")
            for label, step in failed
        ]
        raise RunError(problems, title="The run" if len(problems) > 1 else None)


def _opened_by(step: StepRun) -> str:
    if step.failed_copy is None:
        return ""
    here = Path.cwd()
    path = step.failed_copy
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return f" Open it: jupyter lab {shlex.quote(str(shown))}"
