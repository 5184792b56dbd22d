"""Processes forked from loaded ones: what a start costs without its imports.

Two forking processes (`analysis.forkserver`) belong to a run: one is loaded with what executes notebooks, one
with what notebooks import. All that is asked of them is one line an asker; whoever closes a line, or dies,
ends what was forked for it.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from .forkserver import ENVIRONMENT, Line

__all__ = ["Forked", "Nursery", "possible"]

LONG = 60.0


def possible() -> bool:
    """Tell whether this platform can fork loaded processes safely."""
    return sys.platform.startswith("linux") and hasattr(os, "fork") and hasattr(socket, "recv_fds")


class Forked:
    """A process forked for us, with as much of `subprocess.Popen` as Jupyter's clients use.

    Parameters
    ----------
    line : Line
        To the forking process.
    order : dict
    handles : sequence of int
        Open files for the process.
    """

    stdin = stdout = stderr = None

    def __init__(self, line: Line, order: Mapping[str, Any], handles: Sequence[int]) -> None:
        self.line = line
        self.pid: int | None = None
        self.returncode: int | None = None
        self.lost = False  # the forking process is gone, or was never ready
        self._begun = time.monotonic()
        try:
            line.send(dict(order), tuple(handles))
        except OSError:
            self._lose()

    def poll(self) -> int | None:
        """Return the exit status, or None while the process runs or is awaited."""
        while self.returncode is None and self._is_heard(0):
            self._hear()
        if self.pid is None and time.monotonic() - self._begun > LONG:
            self._lose()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end.

        Raises
        ------
        TimeoutExpired
        """
        until = time.monotonic() + (LONG if timeout is None else timeout)
        while self.poll() is None:
            left = until - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired("forked", timeout or LONG)
            self._is_heard(left)
        assert self.returncode is not None
        return self.returncode

    def started(self) -> int | None:
        """Wait until the process is there; return its number, or None if it never will be."""
        while self.poll() is None and self.pid is None:
            self._is_heard(1)
        return self.pid

    def send_signal(self, number: int) -> None:
        """Send a signal to the process, if it still runs."""
        if self.poll() is None and self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Close the line: the process, if it still runs, is killed with its group."""
        self.line.end.close()

    def _is_heard(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.line.end], [], [], seconds)
        return bool(ready)

    def _hear(self) -> None:
        try:
            heard = self.line.receive()
        except OSError:
            heard = None
        if heard is None:
            self._lose()
        elif "pid" in heard[0]:
            self.pid = heard[0]["pid"]
        elif heard[0].get("of") == self.pid:
            self.returncode = heard[0]["status"]

    def _lose(self) -> None:
        self.lost = True
        self.returncode = -int(signal.SIGKILL)


class Nursery:
    """The two forking processes of a run; they load while we do other things.

    Parameters
    ----------
    environment : mapping
        What they are started with, as a kernel would be.
    modules : sequence of str
        What notebooks import.
    """

    def __init__(self, environment: Mapping[str, str], modules: Sequence[str] = ()) -> None:
        self._lock = threading.Lock()
        self.servers: list[subprocess.Popen[bytes]] = []
        self._clients = self._serve("client", environment, ())
        self._kernels = self._serve("kernel", environment, modules)

    def start(
        self, order: Mapping[str, Any], environment: Mapping[str, str], folder: Path, log: IO[bytes]
    ) -> Forked:
        """Begin a process that executes a notebook, with a line of its own to the kernels."""
        line, for_client = self._line(self._clients), self._line(self._kernels)
        settled = {"order": dict(order), "environment": dict(environment), "folder": str(folder)}
        try:
            return Forked(line, settled, (log.fileno(), for_client.end.fileno()))
        finally:
            for_client.end.close()

    def offer(self) -> None:
        """Let Jupyter's clients in this very process be given forked kernels, one after another.

        For papermill's API: ``Nursery(shared_environment()).offer()``, then ``execute_notebook`` with
        ``engine_name="concord"``. With an environment that lets numpy start threads all kernels are new ones.
        """
        from . import warmkernel

        warmkernel.offer(self._line(self._kernels))

    @property
    def broken(self) -> bool:
        """Whether one of the two is gone."""
        with self._lock:  # of two threads that ask at once, Popen would tell the second nothing
            return any(server.poll() is not None for server in self.servers)

    def close(self) -> None:
        """End both, and with them whatever they forked; one that still loads has forked nothing."""
        for control in (self._clients, self._kernels):
            control.close()
        for server in self.servers:
            try:
                server.wait(0.5)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def _serve(self, role: str, environment: Mapping[str, str], modules: Sequence[str]) -> socket.socket:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "analysis.forkserver", role, *modules]
        with theirs:
            server = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",  # no folder whose files could pass for modules
                env={**environment, **ENVIRONMENT},
                start_new_session=True,
            )
        self.servers.append(server)
        return ours

    def _line(self, control: socket.socket) -> Line:
        ours, theirs = socket.socketpair()
        with theirs, self._lock, suppress(OSError):  # a server that is gone shows on the line
            socket.send_fds(control, [b"+"], [theirs.fileno()])
        return Line(ours)
