"""How much memory a process holds, with all that it started."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["can_be_told", "held_by_session"]

PROCESSES = Path("/proc")


def can_be_told() -> bool:
    """Tell whether this platform says what processes hold."""
    return (PROCESSES / "self" / "statm").is_file()


def held_by_session(leader: int) -> int:
    """Return the bytes in memory of a session's processes: of a kernel and of whatever a cell started.

    Examples
    --------
    >>> held_by_session(0) >= 0
    True
    """
    page = os.sysconf("SC_PAGE_SIZE")
    held = 0
    for folder in PROCESSES.glob("[0-9]*"):
        with suppress(OSError, ValueError, IndexError):
            # the name, in brackets, may hold anything; state, parent, group and session follow
            after_name = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(after_name[3]) == leader:
                held += int((folder / "statm").read_text("utf-8").split()[1]) * page
    return held
