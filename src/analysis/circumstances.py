"""Under which circumstances steps run: packages, the commit of the library, the commits of raw data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from . import provenance
from .plans import Plan
from .starts import Start

__all__ = ["Circumstances"]


class Circumstances:
    """What run.json says of every start; git is asked once, when the first step has run.

    Parameters
    ----------
    plans : sequence of Plan
    """

    def __init__(self, plans: list[Plan]) -> None:
        self._folders = list(dict.fromkeys(map(_raw_folder, plans)))

    def told(self, start: Start, inputs: Mapping[str, str], **more: Any) -> dict[str, Any]:
        """Return what run.json says of a start: with what, when, by which code."""
        data_git = self._shared["data_git"][_raw_folder(start.plan)]
        return {**start.told(inputs), **self._shared, "data_git": data_git, **more}

    @cached_property
    def _shared(self) -> dict[str, Any]:
        return {
            "packages": provenance.package_versions(),
            "git": provenance.git_state(provenance.PACKAGE),
            "data_git": {folder: provenance.git_state(folder) for folder in self._folders},
        }


def _raw_folder(plan: Plan) -> Path:
    """Return where a plan's raw data really are: the runs of a batch link to one folder."""
    return (plan.workspace.root / "data" / "raw").resolve()
