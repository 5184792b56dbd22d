"""The committed notebooks, executed as a person would and kept in normal form.

Run it as `python -m analysis.notebooks`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from threading import Event

from . import kernels, normalform, staging, wholefile
from .errors import ConcordError, Problem, RunError
from .graph import STEPS, Step
from .normalform import normal_form
from .paths import CHECKOUT, Workspace
from .staging import Stage
from .studylock import locked

__all__ = ["execute_in_place", "main", "normal_form"]

BY_HAND = "by-hand"


def execute_in_place(
    workspace: Workspace, say: Callable[[str], None] = print, steps: Sequence[Step] = STEPS
) -> list[str]:
    """Execute the workspace's notebooks with their own defaults and write each back in normal form.

    Nothing is written to data/derived or reports: the notebooks run as if opened by hand.

    Returns
    -------
    list of str
        Names of the notebooks whose file changed.

    Raises
    ------
    RunError
        If one does not end well; the notebooks after it are left as they are.
    """
    with locked(workspace, BY_HAND, say):
        staging.sweep(workspace, BY_HAND)
        return [step.name for step in steps if _execute(workspace, step.name, say)]


def main() -> int:
    """Execute the notebooks of this checkout."""
    try:
        execute_in_place(Workspace(CHECKOUT))
    except ConcordError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


def _execute(workspace: Workspace, name: str, say: Callable[[str], None]) -> bool:
    path = workspace.notebooks / f"{name}.ipynb"
    stage = Stage(workspace, BY_HAND, name)
    try:
        ending = kernels.run(kernels.Job(path, workspace.root, stage, by_hand=True), Event())
        if ending.failure is not None:
            raise RunError(Problem(str(ending.failure), file=f"notebooks/{name}.ipynb"))
        text = normalform.dumps(normalform.load(stage.notebook))
    finally:
        stage.discard()
    changed = text != path.read_text("utf-8")
    if changed:
        wholefile.write_text(path, text, scratch=workspace.scratch / "drafts")
    say(f"notebooks/{name}.ipynb {'changed' if changed else 'unchanged'}")
    return changed


if __name__ == "__main__":
    sys.exit(main())
