"""study.yml changed as text: an input added where it belongs, every comment kept; a first study.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from .errors import Problem, StudyError

__all__ = ["first_study", "with_input"]


def first_study(name: str, given: Mapping[str, Any], unit: str) -> str:
    """Return the study.yml of a study that begins with one imported file: the safest settings.

    Parameters
    ----------
    name : str
    given : mapping
        The file's line under `inputs`.
    unit : str
        What agreement is computed on.
    """
    return f"""\
study: {_word(name)}
title: {_word(name)}   # write what the study is about
method: codebook   # coding_reliability | codebook | framework | gdi_qr | cqr | reflexive
inputs:
  - {_flow(given)}
segmentation: own   # own: each coder drew their own spans; shared: all coded the same given segments
agreement: {{unit: {unit}}}
disclosure: {{policy: text_free}}   # no text leaves data/derived; as_published: consented quotes are shown
"""


def with_input(text: str, given: Mapping[str, Any]) -> str:
    """Return a study.yml with one more line under `inputs`.

    Raises
    ------
    StudyError
        If `inputs` is there and is no list.

    Examples
    --------
    >>> print(with_input("inputs:\\n  - {file: a.csv}  # ours\\nseed: 1\\n", {"file": "b.qdpx"}), end="")
    inputs:
      - {file: a.csv}  # ours
      - {file: b.qdpx}
    seed: 1
    """
    node = _inputs(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    if node is None or (isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~")):
        if node is not None:
            raise StudyError(
                Problem("is empty. Delete the line, then import again.", file="study.yml", column="inputs")
            )
        return f"{text.rstrip()}{newline}inputs:{newline}  - {_flow(given)}{newline}"
    if not isinstance(node, yaml.SequenceNode):
        raise StudyError(Problem("is no list.", file="study.yml", column="inputs"))
    if node.flow_style:
        comma = ", " if node.value else ""
        at = node.end_mark.index - 1
        return f"{text[:at].rstrip()}{comma}{_flow(given)}{text[at:]}"
    lines = text.splitlines(keepends=True)
    last = max(mark.line for mark in _ends(node))
    if not lines[last].endswith(("\n", "\r")):
        lines[last] += newline
    lines.insert(last + 1, f"{' ' * node.start_mark.column}- {_flow(given)}{newline}")
    return "".join(lines)


def _inputs(text: str) -> yaml.Node | None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for key, value in root.value if key.value == "inputs"), None)


def _ends(node: yaml.Node) -> list[yaml.Mark]:
    """Return where each value within a node ends; a block's own end is where the next thing begins."""
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False):
        return [node.end_mark]
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    return [mark for part in parts for mark in _ends(part)] or [node.start_mark]


def _word(text: str) -> str:
    """Return a text as YAML writes it: in quotes where it would be read as a number or truth value."""
    return yaml.safe_dump(text).removesuffix("...\n").strip()


def _flow(given: Mapping[str, Any]) -> str:
    plain = {name: value for name, value in given.items() if value is not None}
    line = yaml.safe_dump(
        plain, default_flow_style=True, allow_unicode=True, width=float("inf"), sort_keys=False
    )
    return line.strip()
