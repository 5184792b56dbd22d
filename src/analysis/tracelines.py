"""A trace as people read it: where a number was recorded, what computed it, and what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .origins import Function, Origin
from .trace import Trace

__all__ = ["lines"]

SHOWN = 12


def lines(found: Trace) -> Iterator[str]:
    """Yield a trace as lines for people."""
    yield f"{found.key} = {_value(found.result)}"
    if found.stale:
        yield f"  stale: {found.stale}. Run `concord reproduce {found.study}`."
    yield f"recorded in {found.notebook}{_place(found.origin)}"
    yield f"  executed: {found.executed}; parameters: {_named(found.parameters)}"
    if found.origin is not None:
        yield f"    {found.origin.source}"
        for fed in found.origin.fed_by:
            yield f"    from cell {fed.cell}, line {fed.line}: {_first_line(fed.source)}"
        yield "computed by"
        yield from (f"  {_function(each)}" for each in found.origin.computed_by)
    yield f"settings: {_named(found.settings) or 'none that decide this number'}"
    yield "input files"
    for file in found.files:
        changed = "" if file.unchanged else "  CHANGED SINCE"
        yield f"  {file.sha256[:16]}  {file.file} ({file.holds}){changed}"
    yield f"its notebook's record: {len(found.inputs)} inputs, all in --json"
    yield from _behind(found)


def _behind(found: Trace) -> Iterator[str]:
    behind = found.grounds
    yield f"behind it: {len(behind.ids)} {behind.what}, {len(behind.segments)} segments. {behind.said}"
    for row in behind.given[:SHOWN]:
        yield f"  {row['n']:>5}  " + ", ".join(f"{coder}: {v}" for coder, v in row.items() if coder != "n")
    if behind.ids != behind.segments:
        yield f"  {behind.what}: {_some(behind.ids)}"
    if not found.text:
        yield f"  segments: {_some(behind.segments)}"
        return
    for segment in behind.segments[:SHOWN]:
        yield f"  {segment}: {found.text.get(segment, '[not shown]')}"
    if len(behind.segments) > SHOWN:
        yield f"  ... and {len(behind.segments) - SHOWN} more; all in --json"


def _value(entry: Mapping[str, Any]) -> str:
    value = "undefined" if entry["value"] is None else f"{entry['value']:g}"
    ends = "" if entry.get("low") is None else f" [{entry['low']:.3f}, {entry['high']:.3f}]"
    base = "" if entry.get("n") is None else f", n = {entry['n']}"
    note = f"; {entry['note']}" if entry.get("note") else ""
    return f"{value}{ends} ({entry['unit']}{base}{note})"


def _place(found: Origin | None) -> str:
    return "" if found is None else f", cell {found.cell}, line {found.line}"


def _function(each: Function) -> str:
    return f"{each.name} (src/{each.file}, line {each.line})"


def _first_line(source: str) -> str:
    first, _, rest = source.partition("\n")
    return f"{first} ..." if rest else first


def _named(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _some(ids: tuple[str, ...]) -> str:
    more = f" ... and {len(ids) - SHOWN} more; all in --json" if len(ids) > SHOWN else ""
    return (" ".join(ids[:SHOWN]) or "none") + more
