"""A notebook's parameters, read without running it and checked before a kernel starts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import Problem, UsageError, did_you_mean, quoted

__all__ = ["Parameter", "check", "declared", "parameters_cell", "require"]

PLAIN: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (int, float),
    "bool": bool,
    "list": list,
    "dict": dict,
    "None": type(None),
}


@dataclass(frozen=True)
class Parameter:
    """One annotated literal of the parameters cell."""

    name: str
    annotation: str
    default: Any = None
    required: bool = False


def require(notebooks: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]) -> None:
    """Refuse parameters that any of the notebooks would not understand.

    Parameters
    ----------
    notebooks : mapping
        File name to show -> notebook as JSON data.
    given : mapping
        Parameter -> value, the same for every notebook.

    Raises
    ------
    UsageError
        With every problem of every notebook: unknown, missing, wrong type, default that is no literal.
    """
    problems = [problem for name, nb in notebooks.items() for problem in check(nb, given, name)]
    if problems:
        raise UsageError(
            problems,
            title="The notebooks' parameters",
            next_step="No notebook was started. Put these right first.",
        )


def check(nb: Mapping[str, Any], given: Mapping[str, Any], file: str | None = None) -> list[Problem]:
    """Return what is wrong with a notebook's parameters cell and the values meant for it.

    Examples
    --------
    >>> nb = {"cells": [{"cell_type": "code", "metadata": {"tags": ["parameters"]},
    ...                  "source": "seed: int = 1"}]}
    >>> for problem in check(nb, {"sead": 7}):
    ...     print(problem)
    parameter "sead" is unknown. Did you mean "seed"? It takes seed.
    """
    parameters, problems = declared(nb)
    names = ", ".join(parameters) or "none"
    if parameters or not problems:
        problems += [
            f"parameter {quoted(name)} is unknown.{did_you_mean(name, parameters)} It takes {names}."
            for name in given
            if name not in parameters
        ]
    for name, parameter in parameters.items():
        if name in given:
            problems += _mistyped(parameter, given[name], "")
        elif parameter.required:
            problems.append(f"parameter {quoted(name)} is missing: it has no default, so give a value.")
    return [Problem(problem, file=file) for problem in problems]


def declared(nb: Mapping[str, Any]) -> tuple[dict[str, Parameter], list[str]]:
    """Return the parameters that a notebook declares, and what is wrong with the declarations."""
    cells = [cell for cell in nb["cells"] if is_parameters(cell)]
    if len(cells) != 1:
        return {}, [f"needs one code cell tagged `parameters`; it has {len(cells) or 'none'}."]
    try:
        body = ast.parse(source_of(cells[0])).body
    except SyntaxError:
        return {}, ["the parameters cell is not valid Python."]
    parameters: dict[str, Parameter] = {}
    problems: list[str] = []
    for parameter, problem in map(_declaration, body):
        if parameter and parameter.name in parameters:
            problem = f"parameter {quoted(parameter.name)} stands there twice."
        if problem:
            problems.append(problem)
        if parameter:
            parameters[parameter.name] = parameter
    return parameters, problems


def parameters_cell(nb: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the cell tagged `parameters`, or None."""
    return next((cell for cell in nb["cells"] if is_parameters(cell)), None)


def is_parameters(cell: Mapping[str, Any]) -> bool:
    """Tell whether a cell is the one that declares parameters."""
    return cell["cell_type"] == "code" and "parameters" in cell.get("metadata", {}).get("tags", [])


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's text, whether stored as one string or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _declaration(node: ast.stmt) -> tuple[Parameter | None, str | None]:
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
        name = getattr(node.targets[0], "id", None) if isinstance(node, ast.Assign) else None
        about = f"parameter {quoted(name)}" if name else f"line {node.lineno} of the parameters cell"
        # kept as known, so that a value for it is not called unknown on top
        known = Parameter(name, "object") if name else None
        return known, f"{about} is not an annotated literal. Write `name: type = value`."
    name, annotation = node.target.id, ast.unparse(node.annotation)
    if not all(part in PLAIN or part in ("object", "Any") for part in _names(node.annotation)):
        return Parameter(
            name, "object"
        ), f"parameter {quoted(name)} has a type that cannot be checked: {annotation}."
    if node.value is None:
        return Parameter(name, annotation, required=True), None
    try:
        default = ast.literal_eval(node.value)
    except ValueError:
        return (
            Parameter(name, annotation),
            f"parameter {quoted(name)} has a default that is computed. Write the value itself.",
        )
    parameter = Parameter(name, annotation, default)
    return parameter, next(_mistyped(parameter, default, "'s default"), None)


def _mistyped(parameter: Parameter, value: Any, whose: str) -> Iterator[str]:
    if not _fits(value, ast.parse(parameter.annotation, mode="eval").body):
        found = "nothing" if value is None else f"{type(value).__name__}"
        yield f"parameter {quoted(parameter.name)}{whose} must be {parameter.annotation}. Found {found}."


def _fits(value: Any, annotation: ast.expr) -> bool:
    if isinstance(annotation, ast.BinOp):
        return _fits(value, annotation.left) or _fits(value, annotation.right)
    if isinstance(annotation, ast.Subscript):
        return _fits(value, annotation.value) and _parts_fit(value, annotation.slice)
    name = ast.unparse(annotation)
    if name in ("object", "Any"):
        return True
    if isinstance(value, bool):
        return name == "bool"
    return isinstance(value, PLAIN[name])


def _parts_fit(value: list | dict, inner: ast.expr) -> bool:
    if isinstance(value, list):
        return all(_fits(item, inner) for item in value)
    key, held = inner.elts if isinstance(inner, ast.Tuple) else (inner, inner)
    return all(_fits(k, key) and _fits(v, held) for k, v in value.items())


def _names(annotation: ast.expr) -> list[str]:
    """Return the type names that an annotation is made of."""
    if isinstance(annotation, ast.BinOp):
        return _names(annotation.left) + _names(annotation.right)
    if isinstance(annotation, ast.Subscript):
        if ast.unparse(annotation.value) not in ("list", "dict"):
            return ["?"]
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        return [name for part in inner for name in _names(part)]
    return [ast.unparse(annotation)]
