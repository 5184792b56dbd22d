"""What each step left behind and what it was made from; a step without a record that fits is stale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from . import wholefile
from .contents import ABSENT, file_digest
from .inforce import is_setting
from .paths import Workspace

__all__ = ["PAGES", "Record", "Records"]

PAGES = "reports/notebooks"  # executed notebooks, which no notebook reads


@dataclass(frozen=True)
class Record:
    """A step's outputs and inputs, by hash.

    Parameters
    ----------
    step : str
    inputs : dict
        Label -> hash of everything that went in.
    outputs : dict
        Label -> sha256 of every file the step owns, such as ``derived/cases.parquet``.
    complete : bool
        False from before the first file is moved until after the last: an interrupted move shows.
    """

    step: str
    inputs: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    complete: bool = False

    @property
    def settings(self) -> list[str]:
        """The labels of the settings that the step read."""
        return [label for label in self.inputs if is_setting(label)]


class Records:
    """The records of one study.

    Parameters
    ----------
    workspace : Workspace
    study : str
    """

    def __init__(self, workspace: Workspace, study: str) -> None:
        self.workspace = workspace
        self.study = study

    def read(self, step: str) -> Record | None:
        """Return a step's record, or None where there is none that can be trusted."""
        data = wholefile.read_json(self._path(step))
        if not _is_record(data, step):
            return None
        return Record(step, data["inputs"], data["outputs"], data["complete"])

    def write(self, record: Record, scratch: Path) -> None:
        """Write a step's record in one stroke."""
        wholefile.write_json(self._path(record.step), asdict(record), scratch=scratch)

    def remove(self, step: str) -> None:
        """Forget a step."""
        self._path(step).unlink(missing_ok=True)

    def output(self, label: str) -> Path:
        """Return where ``derived/x.csv`` or ``reports/x.html`` stands."""
        top, _, rest = label.partition("/")
        folder = (
            self.workspace.derived(self.study) if top == "derived" else self.workspace.reports(self.study)
        )
        return folder / rest

    def shown(self, label: str) -> str:
        """Return an output's name as people know it, relative to the workspace."""
        return self.output(label).relative_to(self.workspace.root).as_posix()

    def upstream(self, steps: tuple[str, ...]) -> dict[str, str]:
        """Return label -> hash of what other steps left that a notebook can read."""
        return {
            self.shown(label): sha
            for step in steps
            if (record := self.read(step)) is not None
            for label, sha in sorted(record.outputs.items())
            if not label.startswith(f"{PAGES}/")
        }

    def misfit(self, record: Record | None, inputs: Mapping[str, str]) -> str | None:
        """Return why a step has to run, or None when its record fits what is there."""
        if record is None:
            return "no record of an earlier run"
        if not record.complete:
            return "an earlier run was cut off"
        return _difference(record.inputs, inputs) or self._touched(record)

    def _touched(self, record: Record) -> str | None:
        now = {label: file_digest(self.output(label)) for label in record.outputs}
        odd = [label for label, sha in sorted(record.outputs.items()) if now[label] != sha]
        if not odd:
            return None
        how = "is missing" if now[odd[0]] == ABSENT else "was changed by hand"
        return f"{self.shown(odd[0])} {how}{_more(odd)}"

    def _path(self, step: str) -> Path:
        return self.workspace.derived(self.study) / ".records" / f"{step}.json"


def _difference(then: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    """Return the first input that is not what it was, in the order of `now`."""
    changed = [label for label in now if then.get(label) != now[label]]
    changed += sorted(label for label in then if label not in now)
    if not changed:
        return None
    label = changed[0]
    if label not in now:
        return f"{label} is gone{_more(changed)}"
    return f"{label} {'changed' if label in then else 'is new'}{_more(changed)}"


def _more(labels: list[str]) -> str:
    return f", and {len(labels) - 1} more" if len(labels) > 1 else ""


def _is_record(data: Any, step: str) -> bool:
    if not isinstance(data, dict) or data.get("step") != step or not isinstance(data.get("complete"), bool):
        return False
    return (
        _is_hashes(data.get("inputs"))
        and _is_hashes(data.get("outputs"))
        and all(map(_is_ours, data["outputs"]))
    )


def _is_hashes(data: Any) -> bool:
    return isinstance(data, dict) and all(isinstance(value, str) for value in data.values())


def _is_ours(label: str) -> bool:
    """Tell whether an output lies in the study's own folders: what a record lists may be deleted one day."""
    parts = PurePosixPath(label).parts
    return len(parts) > 1 and parts[0] in ("derived", "reports") and ".." not in parts and "\\" not in label
