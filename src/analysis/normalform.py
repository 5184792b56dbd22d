"""Notebook files read, brought into normal form, and told apart by what they do.

The normal form holds what a person wrote and what the code gave, and nothing of when, where and by whom it
was run. Two runs that computed the same are the same bytes.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .passedover import passed_over
from .preflight import is_parameters, parameters_cell, source_of

__all__ = ["code_digest", "dumps", "load", "normal_form", "unexecuted", "with_parameters"]

Notebook = dict[str, Any]

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
METADATA = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
VOLATILE = ("papermill", "execution", "ExecuteTime", "collapsed", "scrolled", "trusted", "vscode")
CELL_FILE = re.compile(r"\S*ipykernel_\d+/\d+\.py")


def load(path: Path) -> Notebook:
    """Return a notebook as plain JSON data with every multi-line text as one string."""
    return joined(json.loads(path.read_text("utf-8")))


def joined(nb: Notebook) -> Notebook:
    """Return a notebook whose texts are strings, whichever of the two ways they were stored."""
    return {**nb, "cells": [_joined_cell(cell) for cell in nb["cells"]]}


def dumps(nb: Notebook) -> str:
    """Return a notebook's file as Jupyter itself lays it out: sorted keys, one line of text a line."""
    split = {**nb, "cells": [_split_cell(cell) for cell in nb["cells"]]}
    return json.dumps(split, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def normal_form(nb: Mapping[str, Any]) -> Notebook:
    """Return a notebook without any trace of when, where or how it was run.

    Parameters
    ----------
    nb : mapping
        Notebook, format 4, as JSON data; executed by hand, by papermill or not at all.

    Returns
    -------
    dict
        Kernel `python3` without version; no papermill or timing metadata; a stable id for every cell;
        executed code cells numbered 1..n; injected parameters written into the parameters cell in place of
        its defaults.

    Examples
    --------
    >>> nb = {"cells": [{"cell_type": "code", "id": "a", "metadata": {"execution": {}}, "source": "1",
    ...                  "execution_count": 7, "outputs": []}], "metadata": {}}
    >>> normal_form(nb)["cells"]
    [{'cell_type': 'code', 'id': 'a', 'metadata': {}, 'source': '1', 'execution_count': 1, 'outputs': []}]
    """
    cells = [dict(cell) for cell in _merged(joined(dict(nb)))]
    ids: list[str] = []
    count = 0
    for cell in cells:
        cell["id"] = _stable_id(cell, ids)
        ids.append(cell["id"])
        kept = {key: value for key, value in cell.get("metadata", {}).items() if key not in VOLATILE}
        cell["metadata"] = kept
        if cell["cell_type"] == "code":
            count += cell.get("execution_count") is not None
            _renumber(cell, count)
    return {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def with_parameters(nb: Notebook, values: Mapping[str, Any]) -> Notebook:
    """Return an executed notebook in normal form as it is with other values in its parameters cell."""
    with passed_over():
        from papermill.translators import translate_parameters  # slow to import, and seldom needed

    told = translate_parameters("python3", "python", values, "Parameters")
    changed = [
        {**cell, "source": _with_values(cell["source"], told)} if is_parameters(cell) else cell
        for cell in nb["cells"]
    ]
    return {**nb, "cells": changed}


def unexecuted(nb: Mapping[str, Any]) -> list[str]:
    """Return the ids of code cells that hold code and were not executed."""
    return [
        cell["id"]
        for cell in nb["cells"]
        if cell["cell_type"] == "code" and source_of(cell).strip() and cell.get("execution_count") is None
    ]


def code_digest(nb: Mapping[str, Any]) -> str:
    """Return the sha256 of what a notebook says and does.

    Comments and layout of code, outputs, counts and metadata other than tags do not change it. Prose does,
    because people read it in the executed copy.
    """
    told = [_meaning(cell) for cell in nb["cells"] if source_of(cell).strip()]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _meaning(cell: Mapping[str, Any]) -> list[Any]:
    source = source_of(cell).strip()
    if cell["cell_type"] != "code":
        return [cell["cell_type"], source]
    try:
        told = ast.dump(ast.parse(source))
    except SyntaxError:  # a magic: text is all there is
        told = source
    # a final semicolon is no syntax to Python, but it silences the output
    tags = sorted(cell.get("metadata", {}).get("tags", []))
    return ["code", cell.get("id"), tags, told, source.endswith(";")]


def _merged(nb: Notebook) -> list[dict[str, Any]]:
    """Return the cells with injected values in place of the parameters cell's defaults."""
    injected = [
        cell for cell in nb["cells"] if "injected-parameters" in cell.get("metadata", {}).get("tags", [])
    ]
    target = parameters_cell(nb)
    if not injected or target is None:
        return nb["cells"]
    merged = {**target, "source": _with_values(target["source"], injected[-1]["source"])}
    return [merged if cell is target else cell for cell in nb["cells"] if cell not in injected]


def _with_values(source: str, injected: str) -> str:
    values = {name: ast.get_source_segment(injected, value) for name, value in _assigned(injected)}
    lines = source.encode().splitlines(keepends=True)  # ast counts columns in bytes
    for name, node in reversed(list(_assigned(source))):
        if name not in values or node.end_lineno is None:
            continue
        first, last = node.lineno - 1, node.end_lineno - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        lines[first : last + 1] = [before + str(values[name]).encode() + after]
    return b"".join(lines).decode()


def _assigned(source: str) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.parse(source).body:
        target = node.target if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [None])[0]
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None:
            yield target.id, value


def _stable_id(cell: Mapping[str, Any], taken: list[str]) -> str:
    own = cell.get("id")
    if own and own not in taken:
        return str(own)
    stem = hashlib.sha256(source_of(cell).encode()).hexdigest()[:8]
    return next(name for n in range(len(taken) + 2) if (name := f"{stem}-{n}" if n else stem) not in taken)


def _renumber(cell: dict[str, Any], count: int) -> None:
    done = cell.get("execution_count") is not None
    cell["execution_count"] = count if done else None
    cell["outputs"] = _one_stream([_renumbered(o, count) for o in cell.get("outputs", [])]) if done else []


def _renumbered(output: Mapping[str, Any], count: int) -> dict[str, Any]:
    kept = {key: value for key, value in output.items() if key != "transient"}
    if kept["output_type"] == "execute_result":
        kept["execution_count"] = count
    if kept["output_type"] == "stream":
        kept["text"] = CELL_FILE.sub("notebook", kept["text"])
    return kept


def _one_stream(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighbouring pieces of one stream: where it was cut depends on timing alone."""
    whole: list[dict[str, Any]] = []
    for output in outputs:
        last = whole[-1] if whole else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            whole[-1] = {**last, "text": last["text"] + output["text"]}
        else:
            whole.append(output)
    return whole


def _joined_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    whole = {**cell, "source": source_of(cell)}
    if "outputs" in whole:
        whole["outputs"] = [_texts(output, "".join) for output in whole["outputs"]]
    return whole


def _split_cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    split = {**cell, "source": cell["source"].splitlines(keepends=True)}
    if "outputs" in split:
        split["outputs"] = [
            _texts(output, lambda text: text.splitlines(keepends=True)) for output in split["outputs"]
        ]
    return split


def _texts(output: Mapping[str, Any], change: Any) -> dict[str, Any]:
    """Return an output with `change` made to its text and to each text in its data."""
    changed = dict(output)
    if "text" in changed:
        changed["text"] = change(changed["text"])
    if "data" in changed:
        changed["data"] = {
            kind: value if _is_json(kind) else change(value) for kind, value in changed["data"].items()
        }
    return changed


def _is_json(kind: str) -> bool:
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
