"""Where a step writes while it runs, and how what it wrote goes into place.

A step's files are moved one by one, each in one stroke. The record is written as incomplete before the first
move and as complete after the last, so whatever interrupts the moves, the next run sees it and knows which
files are the step's own.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from . import wholefile
from .consulted import NOTES
from .contents import file_digest
from .errors import Problem, RunError
from .paths import Workspace
from .records import Record, Records

__all__ = ["RESERVED", "Stage", "drafts", "place", "retire", "sweep"]

ABANDONED = 24 * 3600
FOR_THE_RUNNER = ("step.json", NOTES)
RESERVED = ("derived/results.json", "derived/.records", "reports/run.json", "reports/verification")


class Stage:
    """A folder for one start of one step, gone when the step has ended.

    Parameters
    ----------
    workspace : Workspace
    study, step : str
    below : Path, optional
        Where to make the folder: by default where `sweep` finds it.
    """

    def __init__(self, workspace: Workspace, study: str, step: str, below: Path | None = None) -> None:
        self.folder = (below or _stages(workspace, study)) / f"{step}-{secrets.token_hex(4)}"
        self.out = self.folder / "out"
        self._make()

    @property
    def notebook(self) -> Path:
        """The executed notebook, however far it came."""
        return self.folder / "notebook.ipynb"

    @property
    def log(self) -> Path:
        """What the process that ran the notebook had to say."""
        return self.folder / "worker.log"

    @property
    def recorded(self) -> Path:
        """What the notebook recorded, written as its last act."""
        return self.out / "step.json"

    def written(self) -> dict[str, str]:
        """Return label -> sha256 of every file to go into place.

        Raises
        ------
        RunError
            If the step wrote what it may not: elsewhere, a link, or a file that the runner keeps.
        """
        files = sorted(path for path in self.out.rglob("*") if not path.is_dir() or path.is_symlink())
        labels = [path.relative_to(self.out).as_posix() for path in files]
        wrong = [
            label
            for label, path in zip(labels, files, strict=True)
            if label not in FOR_THE_RUNNER
            and (not label.startswith(("derived/", "reports/")) or path.is_symlink())
        ]
        wrong += [label for label in labels if label.startswith(RESERVED)]
        if wrong:
            raise RunError([Problem(f"a step may not write {label}.") for label in wrong], title="The step")
        return {
            label: file_digest(path)
            for label, path in zip(labels, files, strict=True)
            if label not in FOR_THE_RUNNER
        }

    def empty(self) -> None:
        """Forget whatever was written so far."""
        self.discard()
        self._make()

    def _make(self) -> None:
        for folder in (self.out / "derived", self.out / "reports", self.folder / "tmp"):
            folder.mkdir(parents=True)

    def discard(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)


def place(stage: Stage, records: Records, step: str, inputs: Mapping[str, str]) -> Record:
    """Move a step's files into place, remove those it no longer writes, and leave its record last."""
    outputs = stage.written()
    earlier = records.read(step)
    owned = {**(earlier.outputs if earlier else {}), **outputs}
    records.write(Record(step, dict(inputs), owned, complete=False), stage.folder)
    for label in outputs:
        wholefile.move(stage.out / label, records.output(label))
    _remove(records, [label for label in owned if label not in outputs], step)
    record = Record(step, dict(inputs), outputs, complete=True)
    records.write(record, stage.folder)
    return record


def retire(records: Records, step: str) -> bool:
    """Remove all that a step left, since it no longer applies; return whether there was anything."""
    earlier = records.read(step)
    if earlier is not None:
        _remove(records, list(earlier.outputs), step)
    records.remove(step)
    return earlier is not None


def drafts(workspace: Workspace, study: str) -> Path:
    """Return the folder by way of which a study's files are written; `sweep` empties it."""
    return _stages(workspace, study) / "drafts"


def sweep(workspace: Workspace, study: str) -> None:
    """Remove what interrupted runs of a study left; call it only while holding the study's lock."""
    stages = _stages(workspace, study)
    if stages.is_dir():
        for folder in (workspace.derived(study), workspace.reports(study)):
            wholefile.sweep(folder)
    shutil.rmtree(stages, ignore_errors=True)
    for draft in (workspace.scratch / "drafts").glob("*"):
        with suppress(FileNotFoundError):
            if time.time() - draft.stat().st_mtime > ABANDONED:  # nobody writes one for that long
                draft.unlink()


def _stages(workspace: Workspace, study: str) -> Path:
    return workspace.scratch / "stage" / study


def _remove(records: Records, labels: list[str], step: str) -> None:
    """Delete outputs that no other step owns, and folders that this leaves empty."""
    others = [path.stem for path in (records.workspace.derived(records.study) / ".records").glob("*.json")]
    kept = {
        label
        for other in others
        if other != step and (record := records.read(other))
        for label in record.outputs
    }
    for label in labels:
        if label in kept:
            continue
        path = records.output(label)
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()
