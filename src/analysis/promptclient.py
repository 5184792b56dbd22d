"""Jupyter's client of a kernel without its waits."""

from __future__ import annotations

import time
from contextlib import suppress
from queue import Empty
from typing import Any

from jupyter_client.asynchronous import AsyncKernelClient

__all__ = ["PromptKernelClient"]

RECONNECT = 10  # ms


class PromptKernelClient(AsyncKernelClient):
    """Jupyter's client, ready as soon as the kernel answers and what it publishes reaches us.

    Jupyter's own then listens until the kernel has published nothing for 0.2 s. nbclient needs no such
    silence: it takes only what names the request that it sent.
    """

    def _context_default(self) -> Any:
        context = super()._context_default()
        context.reconnect_ivl = RECONNECT  # zmq's own 100 ms are longer than a forked kernel takes to listen
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel is ready.

        Raises
        ------
        RuntimeError
            If the kernel died, or did not answer in time.
        """
        until = time.monotonic() + (float("inf") if timeout is None else timeout)
        while not await self._answers():
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    async def _answers(self) -> bool:
        self.kernel_info()
        with suppress(Empty):
            reply = await self.get_shell_msg(timeout=1)
            if reply["msg_type"] == "kernel_info_reply":
                await self.get_iopub_msg(timeout=0.2)
                self._handle_kernel_info_reply(reply)
                return True
        return False
