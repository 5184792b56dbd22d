"""The settings that a step consults, each noted as it is read; a step follows from these and no others.

A step computes the same whenever all settings that it read are the same: up to the first that differs it does
the same, so it reads the same.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from inspect import getattr_static
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any, cast

from .inforce import EVERYTHING, KINDS, label
from .settings import Part
from .study import Study

__all__ = ["NOTES", "Notes", "read", "watched"]

NOTES = "settings.txt"  # beside step.json


def read(folder: Path) -> list[str]:
    """Return the labels of the settings that a step read; all where it kept no notes."""
    file = folder / NOTES
    return sorted(file.read_text("utf-8").splitlines()) if file.is_file() else list(EVERYTHING)


class Notes:
    """What a step has read of its study's settings so far, kept in a file.

    Parameters
    ----------
    folder : Path
        Where the file is, or is begun.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / NOTES
        self._seen: set[str] = set()
        folder.mkdir(parents=True, exist_ok=True)
        self._file.touch()

    def add(self, kind: str, path: str) -> None:
        """Note one setting."""
        told = label(kind, path)
        if told not in self._seen:
            self._seen.add(told)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{told}\n")

    def watch_file(self, settings: Path) -> None:
        """From now on take whoever opens the file of settings to have read all of it."""
        _watched_files[settings.name] = self
        if not _hooked:
            sys.addaudithook(_on_open)
            _hooked.append(True)


_watched_files: dict[str, Notes] = {}
_hooked: list[bool] = []


def _on_open(event: str, given: tuple[Any, ...]) -> None:
    if event != "open" or not isinstance(given[0], str | bytes):
        return
    notes = _watched_files.get(os.fsdecode(given[0]).rpartition("/")[2])
    if notes is not None:
        with suppress(FileNotFoundError):  # the step has ended, in a process that outlives it
            for kind in KINDS:
                notes.add(kind, "")


def watched(study: Study, kind: str, notes: Notes) -> Study:
    """Return a study that notes each setting as it is read.

    Parameters
    ----------
    study : Study
    kind : str
        One of `inforce.KINDS`.
    notes : Notes

    Returns
    -------
    Study
        To whoever uses it a Study; lists and maps of settings count as one setting.
    """
    return cast("Study", _Watched(study, "", lambda path: notes.add(kind, path), {}))


class _Watched:
    """A part of a study's settings that tells what is read of it.

    Parameters
    ----------
    part : Part
    path : str
        Its dotted name, empty for all of a study.
    note : callable
        Takes the dotted name of what is read.
    replaced : mapping
        Field -> value that stands in place of the part's own.
    """

    __slots__ = ("_note", "_part", "_path", "_replaced")

    def __init__(
        self, part: Part, path: str, note: Callable[[str], None], replaced: Mapping[str, Any]
    ) -> None:
        self._part, self._path, self._note, self._replaced = part, path, note, replaced

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(self._part)

    def __getattr__(self, name: str) -> Any:
        if name in self._replaced:
            return self._replaced[name]
        kind = type(self._part)
        if name in kind.model_fields:
            return self._field(name)
        own = _of_ours(kind, name)
        if isinstance(own, property) and own.fget is not None:
            return own.fget(self)
        if isinstance(own, FunctionType):
            return MethodType(own, self)
        return getattr(self._whole(), name)

    def _field(self, name: str) -> Any:
        dotted = f"{self._path}.{name}".lstrip(".")
        value = getattr(self._part, name)
        annotation = type(self._part).model_fields[name].annotation
        if isinstance(annotation, type) and issubclass(annotation, Part):  # neither one of several nor none
            return _Watched(value, dotted, self._note, {})
        self._note(dotted)
        return value

    def _whole(self) -> Part:
        """Return the part as it is: whoever has it may read all of it."""
        self._note(self._path)
        plain = {
            name: value._whole() if type(value) is _Watched else value
            for name, value in self._replaced.items()
        }
        return self._part.model_copy(update=plain)

    def model_copy(self, *, update: Mapping[str, Any] | None = None) -> _Watched:
        """Return a copy with fields replaced; what was replaced is not read."""
        return _Watched(self._part, self._path, self._note, {**self._replaced, **(update or {})})

    def __eq__(self, other: object) -> bool:
        return self._whole() == (other._whole() if type(other) is _Watched else other)

    def __hash__(self) -> int:
        return hash(self._whole())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._whole())

    def __repr__(self) -> str:
        return repr(self._whole())

    def __str__(self) -> str:
        return str(self._whole())

    def __reduce__(self) -> tuple[Any, ...]:
        return _itself, (self._whole(),)


def _itself(part: Part) -> Part:
    return part


def _of_ours(kind: type[Part], name: str) -> Any:
    """Return what a part's class defines by a name, None for what pydantic defines: that reads all fields."""
    ours = kind.__mro__[: kind.__mro__.index(Part)]
    return next((getattr_static(each, name) for each in ours if name in vars(each)), None)
