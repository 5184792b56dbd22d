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

__all__ = ["NOTES", "Notes", "read"]

NOTES = "settings.txt"  # beside step.json
PROCESSES = ("os.posix_spawn", "os.system", "subprocess.Popen")  # what another program opens is not seen


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
        Where the file is, or is begun.
    settings : InForce
        What the step was opened with.
    """

    def __init__(self, folder: Path, settings: InForce) -> None:
        self._file, self._settings = folder / NOTES, settings
        folder.mkdir(parents=True, exist_ok=True)
        self._file.touch()
        self._seen = set(read(folder) or ())

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

    def watch(self, settings: Path) -> None:
        """From now on take whoever opens the file of settings, or starts a program, to have read it all."""
        _watching[settings.name] = self
        if not _hooked:
            sys.addaudithook(_heard)
            _hooked.append(True)

    def add_all(self) -> None:
        """Note that everything was read."""
        for kind in KINDS:
            self.add(kind, "")


_watching: dict[str, Notes] = {}
_hooked: list[bool] = []


def _heard(event: str, given: tuple[Any, ...]) -> None:
    if event in PROCESSES:
        for notes in _watching.values():
            notes.add_all()
    elif event == "open" and isinstance(given[0], str | bytes | os.PathLike):
        name = os.fsdecode(given[0]).rpartition("/")[2]
        if name in _watching:
            _watching[name].add_all()
