"""The settings that a step consults, each noted with its hash as it is read.

A step computes the same whenever all settings that it read are the same: up to the first that differs it does
the same, so it reads the same.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from .inforce import KINDS, InForce, is_setting, label

__all__ = ["NOTES", "SETTINGS", "Notes", "read"]

NOTES = "settings.txt"  # beside step.json
SETTINGS = "study.yml"
PROCESSES = (  # what another process opens is not heard
    "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen",
)  # fmt: skip
STARTS_PROCESSES = ("multiprocessing.popen_", "joblib.externals.loky.backend.popen_", "loky.backend.popen_")


def read(folder: Path) -> dict[str, str] | None:
    """Return label -> hash of the settings that a step read; None where it kept no notes that can be read."""
    try:
        lines = (folder / NOTES).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return None
    noted = dict(line.split("\t", 1) for line in lines if "\t" in line)
    return noted if len(noted) == len(lines) and all(map(is_setting, noted)) else None


class Notes:
    """What a step has read of its study's settings so far, kept in a file.

    Parameters
    ----------
    folder : Path
        Where the file is begun.
    settings : InForce
        What the step was opened with.
    """

    def __init__(self, folder: Path, settings: InForce) -> None:
        self._file, self._settings = folder / NOTES, settings
        folder.mkdir(parents=True, exist_ok=True)
        self._file.write_text("", "utf-8")
        self._seen: set[str] = set()

    def add(self, kind: str, path: str) -> None:
        """Note one setting. Notes that are gone stay gone: then all settings count as read."""
        told = label(kind, path)
        if told in self._seen:
            return
        with suppress(FileNotFoundError):
            there = os.open(self._file, os.O_WRONLY | os.O_APPEND)
            with open(there, "w", encoding="utf-8") as file:  # noqa: PTH123
                file.write(f"{told}\t{self._settings.hashes([told])[told]}\n")
            self._seen.add(told)

    def watch(self) -> None:
        """From now on take whoever opens a study.yml, or starts a process, to have read it all."""
        heard = bool(_watching)
        _watching[:] = [self]
        if not heard:
            sys.addaudithook(_heard)

    def add_all(self) -> None:
        """Note that everything was read."""
        for kind in KINDS:
            self.add(kind, "")


_watching: list[Notes] = []  # at most one: a hook stays for as long as its process


def _heard(event: str, given: tuple[Any, ...]) -> None:
    if (
        event in PROCESSES
        or (event == "import" and str(given[0]).startswith(STARTS_PROCESSES))
        or (event == "open" and _name(given[0]) == SETTINGS)
    ):
        _watching[0].add_all()


def _name(file: Any) -> str:
    return os.fsdecode(file).rpartition("/")[2] if isinstance(file, str | bytes | os.PathLike) else ""
