"""YAML files that people write: data, and the line that each value stands on."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from .errors import ConcordError, Problem, did_you_mean, quoted

__all__ = ["Lines", "load", "validate"]

Lines = dict[tuple[str | int, ...], int]
Model = TypeVar("Model", bound=BaseModel)


def load(path: Path, error: type[ConcordError]) -> tuple[Any, Lines]:
    """Return what a YAML file holds, and the line of every key and item.

    Parameters
    ----------
    path : Path
        The file; UTF-8, with or without a byte-order mark.
    error : type of ConcordError
        What to raise when it cannot be read.

    Returns
    -------
    data : object
        Plain dicts, lists and scalars.
    lines : dict
        Path of keys and indices -> line number, from 1.

    Raises
    ------
    ConcordError
        Of the type asked for: no file, no UTF-8, no YAML, or the same key twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise error(Problem("there is no such file.", file=path.name)) from None
    except UnicodeDecodeError:
        raise error(Problem("is not UTF-8. Save it as UTF-8.", file=path.name)) from None
    except OSError as problem:
        raise error(Problem(f"cannot be read ({problem.strerror}).", file=path.name)) from None
    try:
        kept, lines, twice = _parsed(text)
        data = copy.deepcopy(kept)
    except yaml.MarkedYAMLError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else None
        what = f"is no YAML here: {problem.problem}. Check indentation, colons and quotes."
        raise error(Problem(what, file=path.name, line=line)) from None
    except yaml.YAMLError:
        raise error(Problem("is no YAML.", file=path.name)) from None
    except ValueError as problem:  # a date or number that cannot be
        what = f"holds a date or number that cannot be ({problem}). Write it in quotes."
        raise error(Problem(what, file=path.name)) from None
    except RecursionError:
        raise error(Problem("is nested too deeply to be read.", file=path.name)) from None
    if twice:
        raise error([replace(problem, file=path.name) for problem in twice])
    return data, lines


@lru_cache(maxsize=8)  # the runs of a batch each ask for their study
def _parsed(text: str) -> tuple[Any, Lines, list[Problem]]:
    loader = yaml.SafeLoader(text)
    node = loader.get_single_node()
    data = None if node is None else loader.construct_document(node)
    return data, *_walk(node)


def _walk(root: yaml.Node | None) -> tuple[Lines, list[Problem]]:
    """Return the line of every key and item, and the keys that stand twice in one place."""
    lines: Lines = {}
    twice: list[Problem] = []
    walked: set[int] = set()  # an alias is the node itself, which may even stand inside itself
    waiting: list[tuple[yaml.Node | None, tuple[str | int, ...]]] = [(root, ())]
    while waiting:
        node, at = waiting.pop()
        if id(node) in walked:
            continue
        walked.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                here, line = (*at, key.value), key.start_mark.line + 1
                if here in lines:
                    what = f"stands here and on line {lines[here]}. Keep one."
                    twice.append(Problem(what, line=line, column=_dotted(here)))
                lines[here] = line
                waiting.append((value, here))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                lines[(*at, index)] = item.start_mark.line + 1
                waiting.append((item, (*at, index)))
    return lines, sorted(twice, key=lambda problem: problem.line or 0)


def validate(model: type[Model], data: Any, lines: Lines, file: str, error: type[ConcordError]) -> Model:
    """Return `data` as `model`, or raise every problem with its line and a suggestion.

    Raises
    ------
    ConcordError
        Of the type asked for.
    """
    if not isinstance(data, Mapping):
        raise error(Problem("holds no `key: value` lines.", file=file))
    try:
        return model.model_validate(data)
    except ValidationError as found:
        problems = [_problem(model, detail, lines, file) for detail in found.errors(include_url=False)]
        unique = {str(problem): problem for problem in problems}
        raise error(list(unique.values())) from None


def _problem(model: type[BaseModel], detail: Any, lines: Lines, file: str) -> Problem:
    at = tuple(detail["loc"])
    line = next((lines[at[:n]] for n in range(len(at), 0, -1) if at[:n] in lines), None)
    kind, given = detail["type"], detail.get("input")
    if kind == "extra_forbidden":
        known = _fields(model, at[:-1])
        what = f"is not known here.{did_you_mean(str(at[-1]), known)}"
        if "Did you mean" not in what:
            what += f" Known: {', '.join(sorted(known))}."
    elif kind == "missing":
        what = "is missing. " + _hint(model, at)
    elif kind == "literal_error":
        allowed = [part.strip("'") for part in detail["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        what = f"must be one of {', '.join(allowed)}. Found {quoted(given)}."
        what += did_you_mean(str(given), allowed)
    elif kind == "value_error":
        what = str(detail["ctx"]["error"])
    else:
        what = f"{detail['msg'].removeprefix('Input should be').strip().capitalize()}."
        what = f"must be {what[0].lower()}{what[1:]}" if detail["msg"].startswith("Input should be") else what
        what += f" Found {quoted(given)}." if isinstance(given, str | int | float | bool) else ""
    return Problem(what.strip(), file=file, line=line, column=_dotted(at))


def _dotted(at: tuple[str | int, ...]) -> str:
    text = ""
    for part in at:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _fields(model: type[BaseModel], at: tuple[str | int, ...]) -> list[str]:
    found = _model_at(model, at)
    return [field.alias or name for name, field in found.model_fields.items()] if found else []


def _hint(model: type[BaseModel], at: tuple[str | int, ...]) -> str:
    owner = _model_at(model, at[:-1])
    field = owner.model_fields.get(str(at[-1])) if owner else None
    return field.description or "" if field else ""


def _model_at(model: type[BaseModel], at: tuple[str | int, ...]) -> type[BaseModel] | None:
    here: Any = model
    for part in at:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            here = field.annotation if field else None
        else:
            here = next(iter(get_args(here)[-1:]), None)
        here = _unwrapped(here)
        if here is None:
            return None
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _unwrapped(kind: Any) -> Any:
    if get_origin(kind) in (Union, UnionType):
        kinds = [part for part in get_args(kind) if part is not type(None)]
        models = [part for part in kinds if isinstance(part, type) and issubclass(part, BaseModel)]
        return (models or kinds)[0]
    return kind
