"""Where everything is: a workspace names each of its folders once."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import Problem, StudyError, UsageError, did_you_mean, quoted

__all__ = ["CHECKOUT", "NAME", "Workspace", "refusal"]

CHECKOUT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""What a study, or a grid of runs, may be called: its folders are."""


def refusal(name: str) -> str | None:
    """Return why a name will not do for a study or a grid of runs, or None where it will.

    Examples
    --------
    >>> refusal("../demo")
    'may hold letters, digits, _ and - only. Found "../demo".'
    """
    return None if NAME.fullmatch(name) else f"may hold letters, digits, _ and - only. Found {quoted(name)}."


@dataclass(frozen=True)
class Workspace:
    """A folder that holds data/ and reports/, and the notebooks that work on it.

    Parameters
    ----------
    root : Path
        Folder with data/raw below it.
    notebooks : Path, optional
        Folder of the five notebooks: the workspace's own, else those of this checkout.

    Examples
    --------
    >>> Workspace(Path("/w")).raw("demo").as_posix()
    '/w/data/raw/demo'
    """

    root: Path
    notebooks: Path = CHECKOUT / "notebooks"

    @classmethod
    def find(cls, root: str | os.PathLike[str] | None = None) -> Workspace:
        """Return the workspace named by `root`, else by CONCORD_ROOT, else this checkout.

        Raises
        ------
        UsageError
            If the folder named does not hold data/raw.
        """
        named = root or os.environ.get("CONCORD_ROOT")
        folder = Path(named).expanduser().resolve() if named else CHECKOUT
        if named and not (folder / "data" / "raw").is_dir():
            raise UsageError(
                f"{quoted(named)} holds no folder data/raw, so it is no workspace. "
                "Name a folder that does with --root or CONCORD_ROOT."
            )
        own = folder / "notebooks"
        return cls(folder, own if (own / "01_prepare.ipynb").is_file() else CHECKOUT / "notebooks")

    @property
    def lock(self) -> Path:
        """The pinned requirements that the numbers were computed with."""
        return CHECKOUT / "requirements.lock"

    @property
    def scratch(self) -> Path:
        """Folder for what only lives during a run."""
        return self.root / ".concord"

    def raw(self, study: str) -> Path:
        """Folder of what people made."""
        return self.root / "data" / "raw" / study

    def source(self, study: str) -> Path:
        """Folder of exports and tables exactly as they came."""
        return self.raw(study) / "source"

    def frozen(self, study: str) -> Path:
        """Folder of the study's freezes: hashes and results, no text."""
        return self.raw(study) / "frozen"

    def decisions(self, study: str) -> Path:
        """Folder of how segments coded differently were settled, one file a person."""
        return self.raw(study) / "decisions"

    def derived(self, study: str) -> Path:
        """Folder of what notebooks 01-04 made of it."""
        return self.root / "data" / "derived" / study

    def reports(self, study: str) -> Path:
        """Folder of what people read."""
        return self.root / "reports" / study

    def lab(self, study: str) -> Path:
        """Folder that a notebook opened by hand writes to; claims never read it."""
        return self.root / ".lab" / study

    def studies(self) -> list[str]:
        """Return the names of all studies, sorted."""
        return sorted(path.parent.name for path in (self.root / "data" / "raw").glob("*/study.yml"))

    def require(self, study: str) -> Path:
        """Return the study's folder below data/raw.

        Raises
        ------
        StudyError
            If there is no such study; says which there are.
        """
        folder = self.raw(study)
        if study not in self.studies():
            there = self.studies()
            listed = f" Studies here: {', '.join(there)}." if there else " There is no study here yet."
            hint = did_you_mean(study, there)
            raise StudyError(
                Problem(f"there is no study {quoted(study)} below data/raw.{hint}{listed}"),
                next_step="Make one with `concord new NAME --method framework`." if not there else None,
            )
        return folder
