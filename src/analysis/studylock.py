"""One run of a study at a time on one machine."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from .paths import Workspace

__all__ = ["locked"]

PAUSE = 0.1


@contextmanager
def locked(workspace: Workspace, study: str, say: Callable[[str], None]) -> Iterator[None]:
    """Hold a study for as long as the block lasts; wait, and say so, while another run holds it.

    The lock is the kernel's (`flock`), so it ends with the process however that ends. On NFS it holds between
    machines where the server keeps locks (Linux 2.6.12 and later); elsewhere it holds on one machine.

    Parameters
    ----------
    workspace : Workspace
    study : str
    say : callable
        Takes one line of text.
    """
    path = workspace.scratch / "locks" / f"{study}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            _take(file, study, say)
        except OSError as error:
            say(
                f"{study}: this file system keeps no locks ({error.strerror}), so nothing stops a second run "
                "of the study. Start none."
            )
        yield


def _take(file: TextIO, study: str, say: Callable[[str], None]) -> None:
    if not _taken(file.fileno()):
        file.seek(0)
        say(f"{study}: another run is under way (process {file.read().strip() or '?'}); waiting for it")
        while not _taken(file.fileno()):
            time.sleep(PAUSE)
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()


def _taken(handle: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
