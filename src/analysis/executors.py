"""Where notebooks are executed: what every executor promises, and the one for this machine."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

from . import kernels
from .errors import UsageError
from .kernelenvironment import shared_environment
from .kernels import Ending, Job
from .nursery import Nursery, possible

__all__ = ["Executor", "LocalExecutor"]


class Executor(Protocol):
    """Executes jobs away from the caller's thread.

    A job says by itself all that its execution needs. Once its future has resolved, the folder `job.stage`
    holds what `kernels.run` leaves there, wherever the notebook was executed: ``out/``, ``notebook.ipynb``,
    ``current.json`` and ``worker.log``. Executing a job twice is harmless: nothing is in place until the
    schedule puts it there.
    """

    @property
    def capacity(self) -> int:
        """How many jobs may be under way at once."""
        ...

    def submit(self, job: Job) -> Future[Ending]:
        """Begin a job; the future never raises for what a notebook does."""
        ...

    def stop(self) -> None:
        """End all that is under way within seconds; the futures resolve to ``interrupted``."""
        ...


class LocalExecutor:
    """Executes jobs on this machine, each in processes of its own.

    Parameters
    ----------
    jobs : int
        How many notebooks may run side by side.
    warm : bool, optional
        Whether kernels are forked from a loaded process. By default where the platform can, unless the
        environment says ``CONCORD_WARM=0``.
    modules : callable
        Gives what the notebooks import, for the loaded process.

    Raises
    ------
    UsageError
        If that is less than one.
    """

    def __init__(
        self, jobs: int, warm: bool | None = None, modules: Callable[[], Sequence[str]] = list
    ) -> None:
        if jobs < 1:
            raise UsageError(f"--jobs must be 1 or more. Found {jobs}.")
        self.capacity = jobs
        wanted = os.environ.get("CONCORD_WARM") != "0" if warm is None else warm
        self._modules = modules
        self._is_warm = wanted and possible()
        self.nursery: Nursery | None = None
        self._pool = ThreadPoolExecutor(jobs)  # its threads only wait for processes
        self._stopped = threading.Event()

    def submit(self, job: Job) -> Future[Ending]:
        """Begin a job."""
        self.prepare()
        if self.nursery is not None and self.nursery.broken:
            self.nursery.close()
            self.nursery, self._is_warm = None, False
        return self._pool.submit(kernels.run, job, self._stopped, self.nursery)

    def prepare(self) -> None:
        """Begin to load what notebooks need, in processes of their own; return at once."""
        if self._is_warm and self.nursery is None:
            self.nursery = Nursery(shared_environment(), self._modules())

    def stop(self) -> None:
        """End every notebook, kernel and process that was started."""
        self._stopped.set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()
        self._pool.shutdown()
        if self.nursery is not None:
            self.nursery.close()
