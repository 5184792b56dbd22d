"""Kernels for Jupyter's clients that are forked from a loaded process instead of started anew."""

from __future__ import annotations

import asyncio
import os
import subprocess
from contextlib import suppress
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from .forkserver import Line
from .nursery import Forked

__all__ = ["Provisioner", "offer"]

NAME = "concord-warm"
offered: list[Line] = []


def offer(line: Line) -> None:
    """Let every kernel that this process asks for be forked by the process at the other end of `line`."""
    offered[:] = [line]
    entry = EntryPoint(NAME, f"{__name__}:Provisioner", KernelProvisionerFactory.GROUP_NAME)
    KernelProvisionerFactory.provisioners[NAME] = entry
    KernelProvisionerFactory.instance().default_provisioner_name = NAME


class Provisioner(LocalProvisioner):
    """Jupyter's own provisioner, whose process is forked where one is offered and started anew elsewhere."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel; start it anew if the forking process is gone."""
        forked = self._forked(cmd, kwargs) if offered else None
        pid = await asyncio.to_thread(forked.started) if forked else None
        if forked is None or pid is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("Any", forked)
        self.pid = self.pgid = pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see it end, where Jupyter's own would look for that every 0.1 s."""
        await super().kill(restart)
        if isinstance(self.process, Forked):
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1)

    def _forked(self, cmd: list[str], kwargs: dict[str, Any]) -> Forked:
        order = {
            "arguments": cmd[cmd.index("ipykernel_launcher") + 1 :],
            "environment": kwargs.get("env") or dict(os.environ),
            "folder": str(kwargs.get("cwd") or Path.cwd()),
        }
        return Forked(offered[0], order, (1,))
