"""Options that several commands take and ways in which they answer, said once."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

if TYPE_CHECKING:
    from ..kernels import Limits

__all__ = [
    "Force", "Jobs", "Memory", "Minutes", "PlainKernels", "Say", "Studies", "Study", "limits_of",
    "live", "print_json", "say_beside",
]  # fmt: skip

Say = Callable[[str], None]
Study = Annotated[str, typer.Argument(help="Name of the study.")]
Studies = Annotated[list[str] | None, typer.Argument(help="Default: all whose data is there.")]
Force = Annotated[bool, typer.Option(help="Run every notebook, changed or not.")]
Jobs = Annotated[int, typer.Option(help="How many notebooks may run side by side on this machine.")]
Minutes = Annotated[float, typer.Option(min=0.05, help="How long one notebook may take.")]
Memory = Annotated[float | None, typer.Option(min=0.1, help="How many GB one notebook may hold in memory.")]
PlainKernels = Annotated[
    bool, typer.Option("--plain-kernels", help="Start every kernel anew instead of forking a loaded one.")
]


def limits_of(minutes: float, memory: float | None) -> Limits:
    """Return what one notebook may take."""
    from ..kernels import Limits

    seconds = round(minutes * 60)
    return Limits(cell=seconds, notebook=seconds, memory=memory and memory * 1e9)


def say_beside(as_json: bool) -> Say:
    """Return what says a line of progress: on standard error where standard output is JSON alone."""
    return (lambda line: print(line, file=sys.stderr)) if as_json else typer.echo


def print_json(told: Any) -> None:
    """Print what is told as JSON."""
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2))


def live() -> TextIO | None:
    """Return the terminal that shows what is under way, where somebody looks at one."""
    return sys.stderr if sys.stderr.isatty() and not os.environ.get("CI") else None
