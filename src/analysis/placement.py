"""What a notebook left, put into place where it ended well, and kept aside where it did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from . import staging, stepresults, wholefile
from .errors import ConcordError, RunError
from .kernels import Failure
from .records import Record, Records
from .starts import Start

__all__ = ["failed_copy", "place"]


def place(
    start: Start,
    records: Records,
    standing: Sequence[str],
    read: Mapping[str, str],
    completed: Callable[[], list[dict[str, Any]]],
) -> Record | Failure:
    """Put a step's files into place and record it; return why not where that cannot be.

    Parameters
    ----------
    start : Start
    records : Records
        Of the step's study.
    standing : sequence of str
        The steps of this run whose results stand.
    read : mapping
        Label -> hash of the settings that count for the step.
    completed : callable
        Completes what was left and returns the step's results.
    """
    from .clearance import clear_for, files_below  # loads pandas, which a run that skips all can do without

    plan, step = start.plan, start.step
    try:
        results = completed()
        _refuse_shared_outputs(start, records, standing)
        others = stepresults.merged(plan.workspace, plan.name, standing)
        stepresults.require_apart([*others, *results])
        clear_for(plan.workspace, plan.study, files_below(start.stage.out / "reports"))
        record = staging.place(start.stage, records, step.name, {**start.inputs, **read})
        stepresults.merge(plan.workspace, plan.name, [*standing, step.name])
    except ConcordError as error:
        return Failure("Outputs", None, str(error.problems[0]))
    except OSError as error:
        return Failure("Outputs", None, f"{type(error).__name__}: {error.strerror}.")
    except Exception as error:  # whatever a notebook left, the others go on; what is in it stays untold
        return Failure("Outputs", None, f"what it left cannot be read ({type(error).__name__}).")
    return record


def failed_copy(start: Start, *, keep: bool) -> Path | None:
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


def _refuse_shared_outputs(start: Start, records: Records, standing: Sequence[str]) -> None:
    """Refuse a file that another step of this run wrote: the two would be stale in turns for ever."""
    mine = start.stage.written()
    for other in standing:
        record = records.read(other)
        both = sorted(mine.keys() & record.outputs.keys()) if record else []
        if both:
            raise RunError(f"{records.shown(both[0])} is written by {other} too.")
