"""Workbooks handed out to be filled in: what somebody may have filled in is never written over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .errors import UsageError
from .paths import Workspace
from .wholefile import write_bytes

__all__ = ["hand_out"]


def hand_out(workspace: Workspace, files: Mapping[Path, bytes], instead: str) -> None:
    """Write files, each whole; all of them or, where one is there already and differs, none.

    Parameters
    ----------
    workspace : Workspace
    files : mapping of Path to bytes
    instead : str
        What to do where something is there already, a sentence.

    Raises
    ------
    UsageError
        If a file is there and holds something else.
    """
    for path, content in files.items():
        if path.exists() and path.read_bytes() != content:
            raise UsageError(
                f"{_told(workspace, path)} is there already and differs from what would be written: "
                f"somebody may have filled it in. {instead} Nothing was written."
            )
    for path, content in files.items():
        write_bytes(path, content, scratch=workspace.scratch)


def _told(workspace: Workspace, path: Path) -> str:
    inside = path.is_relative_to(workspace.root)
    return (path.relative_to(workspace.root) if inside else Path(path.name)).as_posix()
