"""run.json: what happened to a study, step by step, by our own evidence.

Times, commit and versions stand here alone: every other file of a run is the same bytes whenever it is made.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from . import __version__, wholefile
from .inforce import folded
from .kernels import Failure
from .paths import Workspace
from .records import Records
from .staging import drafts

__all__ = ["RunFile", "now"]


def now() -> str:
    """Return the time as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class RunFile:
    """One study's run.json, written anew whenever something has happened.

    Parameters
    ----------
    workspace : Workspace
    study : str
    """

    def __init__(self, workspace: Workspace, study: str) -> None:
        self.path = workspace.reports(study) / "run.json"
        self.scratch = drafts(workspace, study)
        self.records = Records(workspace, study)
        earlier = wholefile.read_json(self.path)
        self.earlier: dict[str, Any] = earlier.get("steps", {}) if isinstance(earlier, dict) else {}
        self.data: dict[str, Any] = {
            "study": study,
            "concord": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "status": "running",
            "started": now(),
            "ended": None,
            "steps": {},
        }

    def step(
        self,
        name: str,
        status: str,
        reason: str,
        *,
        failure: Failure | None = None,
        ran: Mapping[str, Any] | None = None,
    ) -> None:
        """Note what has become of a step.

        Parameters
        ----------
        name, status, reason : str
        failure : Failure, optional
        ran : mapping, optional
            When it ran, with what, by which code; for a step that was skipped, taken over from the run that
            left its outputs.
        """
        error = None
        if failure is not None:
            error = {"class": failure.kind, "cell": failure.cell, "message": failure.message}
        if status == "skipped":
            ran = self._earlier_run(name)
        told = None if ran is None else dict(ran)
        self.data["steps"][name] = {"status": status, "reason": reason, "error": error, "ran": told}
        if status != "skipped":  # nothing has happened; the end of the run writes it
            self.save()

    def end(self, status: str) -> None:
        """Close the run."""
        self.data.update(status=status, ended=now())
        self.save()

    def save(self) -> None:
        """Write the file in one stroke."""
        wholefile.write_json(self.path, self.data, scratch=self.scratch)

    def _earlier_run(self, name: str) -> dict[str, Any] | None:
        """Return how the outputs that stand were made, as far as run.json or the record still tells."""
        record = self.records.read(name)
        ran = (self.earlier.get(name) or {}).get("ran")
        if record is None or (isinstance(ran, dict) and ran.get("inputs") == folded(record.inputs)):
            return ran
        return {"inputs": folded(record.inputs)}
