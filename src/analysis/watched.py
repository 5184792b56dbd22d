"""A study whose settings are watched: whoever uses it has a Study, and each setting is told as it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import getattr_static
from types import FunctionType, MethodType
from typing import Any, cast

from .parts import Part
from .study import Study

__all__ = ["watched"]


def watched(study: Study, note: Callable[[str], None]) -> Study:
    """Return a study that tells each setting as it is read.

    Parameters
    ----------
    study : Study
    note : callable
        Takes the dotted name of a setting, empty for all of them.

    Returns
    -------
    Study
        To whoever uses it a Study; lists and maps of settings count as one setting.
    """
    return cast("Study", _Watched(study, "", note, {}))


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

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> _Watched:
        """Return a copy with fields replaced, which are not read; parts never change, so none is copied."""
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
