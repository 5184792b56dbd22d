"""A process that has the slow imports behind it and makes copies of itself when asked.

Started by `analysis.nursery` as ``python -m analysis.forkserver ROLE MODULE...`` with one end of a pair of
connected sockets as standard input. What arrives there are further sockets, each the line to one asker. An
order on such a line makes a process; its number and how it ended go back. When a line is closed the process
is killed; when standard input is closed, all are.

Only what `analysis.loading` does happens before the copy is made: no thread, no socket of zmq, no event
loop.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import random
import selectors
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from . import loading

__all__ = ["ENVIRONMENT", "Line", "main"]

ENVIRONMENT = {
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "MATPLOTLIBRC": os.devnull,
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
"""What the forking process is given and a copy is not: no threads, and figures as a new kernel shows them."""

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
SET_BY_DEBUGGER = {"PYDEVD_USE_FRAME_EVAL": "NO"}  # as ipykernel imports it


class Line:
    """One end of a connected pair over which whole messages and file handles go.

    Parameters
    ----------
    end : socket
    """

    def __init__(self, end: socket.socket) -> None:
        self.end = end

    def send(self, message: dict[str, Any], handles: tuple[int, ...] = ()) -> None:
        """Send a message, and copies of open files with it."""
        data = json.dumps(message).encode()
        head = len(data).to_bytes(4, "big")
        if handles:
            socket.send_fds(self.end, [head], list(handles))
        else:
            self.end.sendall(head)
        self.end.sendall(data)

    def receive(self) -> tuple[dict[str, Any], list[int]] | None:
        """Return the next message and the files sent with it, or None where the other end is closed."""
        head, handles, _, _ = socket.recv_fds(self.end, 4, 4)
        head += self._exactly(4 - len(head)) if head else b""
        data = self._exactly(int.from_bytes(head, "big")) if len(head) == 4 else b""
        return (json.loads(data), handles) if data else None

    def _exactly(self, count: int) -> bytes:
        got = b""
        while len(got) < count and (more := self.end.recv(count - len(got))):
            got += more
        return got if len(got) == count else b""


class Server:
    """The loop of the forking process; one thread does it all.

    Parameters
    ----------
    control : socket
        Brings the line of each asker.
    become : callable
        What a copy does with its order and the files that came with it; never returns.
    """

    def __init__(
        self, control: socket.socket, become: Callable[[dict[str, Any], list[int]], NoReturn]
    ) -> None:
        self.control, self.become = control, become
        self.lines: dict[int, Line] = {}
        self.children: dict[int, int] = {}  # process -> handle of the line that asked for it
        self.woken, self.waker = os.pipe()
        os.set_blocking(self.woken, False)
        os.set_blocking(self.waker, False)
        self.selector = selectors.PollSelector()

    def serve(self) -> NoReturn:
        """Serve until the control line is closed."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        self.selector.register(self.control, selectors.EVENT_READ)
        self.selector.register(self.woken, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                if key.fd == self.control.fileno():
                    self._welcome()
                elif key.fd == self.woken:
                    self._reap()
                elif key.fd in self.lines:
                    self._hear(key.fd)

    def _welcome(self) -> None:
        data, handles, _, _ = socket.recv_fds(self.control, 1, 1)
        if not data:
            for child in self.children:
                _kill(child)
            os._exit(0)
        line = Line(socket.socket(fileno=handles[0]))
        self.lines[line.end.fileno()] = line
        self.selector.register(line.end, selectors.EVENT_READ)

    def _hear(self, handle: int) -> None:
        line = self.lines[handle]
        try:
            heard = line.receive()
        except OSError:
            heard = None
        self._end_children(handle)
        if heard is None:
            self.selector.unregister(line.end)
            del self.lines[handle]
            line.end.close()
            return
        order, given = heard
        parent = os.getpid()
        child = os.fork()
        if child == 0:
            self._be_child(order, given, parent)
        for each in given:
            os.close(each)
        self.children[child] = handle
        self._tell(handle, {"pid": child})

    def _be_child(self, order: dict[str, Any], given: list[int], parent: int) -> NoReturn:
        try:
            os.setsid()
            _die_with(parent)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self.selector.close()
            for handle in (self.woken, self.waker):
                os.close(handle)
            for end in (self.control, *(line.end for line in self.lines.values())):
                end.close()
            self.become(order, given)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(70)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self.woken, 512):
                pass
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                child, status = ended
                handle = self.children.pop(child, -1)
                self._tell(handle, {"status": os.waitstatus_to_exitcode(status), "of": child})

    def _tell(self, handle: int, message: dict[str, Any]) -> None:
        if handle in self.lines:
            with suppress(OSError):
                self.lines[handle].send(message)

    def _end_children(self, handle: int) -> None:
        """Kill what a line asked for: it is closed, or asks for something else."""
        for child, asker in self.children.items():
            if asker == handle:
                _kill(child)


def main() -> NoReturn:
    """Load, then serve."""
    if sys.path[0] == str(Path.cwd()):
        del sys.path[0]  # as Jupyter's launcher does
    role, modules = sys.argv[1], sys.argv[2:]
    control = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    loading.load(role, modules)
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        sys.exit("a module has started a thread, so no copy would be whole.")
    gc.collect()
    gc.freeze()
    Server(control, {"client": _be_client, "kernel": _be_kernel}[role]).serve()


def _be_client(order: dict[str, Any], given: list[int]) -> NoReturn:
    from . import worker

    log, kernels = given
    _settle(order, log)
    worker.obey(order["order"], Line(socket.socket(fileno=kernels)))


def _be_kernel(order: dict[str, Any], given: list[int]) -> NoReturn:
    from ipykernel import kernelapp

    (log,) = given
    _settle(order, log)
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.environ.update(SET_BY_DEBUGGER)
    sys.modules["numpy"].random.seed()  # a new kernel starts with randomness of its own
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [str(Path(kernelapp.__file__).parents[1] / "ipykernel_launcher.py"), *order["arguments"]]
    # its default was read from the environment when the class was made
    kernelapp.IPKernelApp.launch_instance(parent_handle=os.getppid())
    sys.exit(0)


def _settle(order: dict[str, Any], log: int) -> None:
    """Take on environment, folder and streams as a new process would be given them."""
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.clear()
    os.environ.update(order["environment"])
    os.chdir(order["folder"])
    time.tzset()
    tempfile.tempdir = None
    random.seed()


def _kill(leader: int) -> None:
    """Kill a process and its group, which it may not lead yet."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(leader, signal.SIGKILL)


def _die_with(parent: int) -> None:
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it was gone before that could be asked for
        os._exit(70)


if __name__ == "__main__":
    main()
