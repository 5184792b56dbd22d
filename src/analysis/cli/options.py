"""Options that several commands take, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..kernels import Limits

__all__ = ["Jobs", "Memory", "Minutes", "PlainKernels", "Studies", "limits_of"]

Studies = Annotated[list[str] | None, typer.Argument(help="Default: all whose data is there.")]
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
