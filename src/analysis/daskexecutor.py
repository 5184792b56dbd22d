"""Notebooks executed on a Dask cluster that is there already; `distributed` is imported here alone.

Inputs are sent and outputs travel back as bytes, so no folder needs to be shared. The cluster starts a
notebook again when the worker that had it is lost; nothing is in place before it came back whole, so that a
notebook that ran twice does no harm.
"""

from __future__ import annotations

import threading
import time
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from functools import partial
from types import TracebackType
from typing import Any, Self

from . import parcels
from .clusters import ClusterFile, made_cluster, require_encrypted
from .errors import ConcordError, UsageError
from .kernels import Ending, Failure, Job
from .provenance import Library

__all__ = ["DaskExecutor"]

LOOK = 5.0
PATIENCE = 2.0
LEAST = 8
AGAIN = 2
LOST = "the connection to the scheduler was lost."


class DaskExecutor:
    """Executes jobs on a Dask cluster.

    Parameters
    ----------
    settings : ClusterFile
        Which cluster, and how to reach it.
    library : Library
        What is installed here; workers with another installation refuse to work.
    say : callable
        Takes one line of text.
    warm : bool
        Whether workers may fork kernels from a loaded process.

    Raises
    ------
    UsageError
        If `distributed` is not installed, the cluster cannot be reached, or it is neither encrypted nor
        all on this machine.
    """

    def __init__(
        self,
        settings: ClusterFile,
        library: Library,
        say: Callable[[str], None] = lambda line: None,
        *,
        warm: bool = True,
    ) -> None:
        self._library, self._warm = library, warm
        self._session = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._waiting: dict[Future[Ending], Any] = {}
        self._stopped = False
        self._looked, self._threads = 0.0, 0
        with ExitStack() as opened:
            self._client = _client(settings, opened)
            self._held = opened.pop_all()
        try:
            workers = self._workers()
        except UsageError:
            self._held.close()
            raise
        many = f"{workers} notebooks side by side" if workers != 1 else "one notebook at a time"
        say(f"Cluster at {self._client.scheduler.address}: " + (many if workers else "waiting for workers"))

    @property
    def capacity(self) -> int:
        """How many jobs may be under way at once: more than run, so that workers that join find work."""
        return max(2 * self._workers(), LEAST)

    def prepare(self) -> None:
        """Do nothing: workers load what they need when the first notebook comes."""

    def submit(self, job: Job) -> Future[Ending]:
        """Send a job."""
        ending: Future[Ending] = Future()
        try:
            parcel = parcels.packed(job, self._library, warm=self._warm)
        except OSError as error:
            what = f"{error.filename or 'a file'} could not be read ({error.strerror})."
            ending.set_result(Ending("failed", Failure("NotSent", None, what)))
            return ending
        try:
            remote = self._sent(job, parcel)
        except Exception as error:  # Dask has no one error for a connection that is gone
            ending.set_result(Ending("failed", _lost(error)))
            return ending
        with self._lock:
            self._waiting[ending] = remote
        remote.add_done_callback(partial(self._ended, job, ending))
        return ending

    def stop(self) -> None:
        """End what runs on the workers, as far as they answer at once."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            waiting = dict(self._waiting)
        if waiting:
            asked = threading.Thread(target=self._call_off, args=(list(waiting.values()),), daemon=True)
            asked.start()
            asked.join(PATIENCE)
        for ending in waiting:
            self._settle(ending, Ending("interrupted"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()
        closing = threading.Thread(target=self._let_go, daemon=True)
        closing.start()
        closing.join(PATIENCE if kind else 10 * PATIENCE)

    def _let_go(self) -> None:
        with suppress(Exception):  # whatever a cluster says at its end, nothing of ours is there any more
            self._held.close()

    def _sent(self, job: Job, parcel: parcels.Parcel) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that inputs are large: they must survive the loss of any worker
            return self._client.submit(
                _execute,
                parcel,
                self._session,
                key=f"{job.step}-{uuid.uuid4().hex}",
                pure=False,
                retries=AGAIN,
            )

    def _call_off(self, remotes: list[Any]) -> None:
        with suppress(Exception):  # whoever does not answer ends its notebook on its own
            self._client.cancel(remotes, force=True)
            self._client.run(parcels.stop, self._session, on_error="ignore")

    def _workers(self) -> int:
        """Return how many notebooks the workers can run; refuse any that is reached unencrypted."""
        if time.monotonic() - self._looked > LOOK:
            try:
                threads = self._client.nthreads()
            except (OSError, TimeoutError, ValueError):
                return self._threads  # the scheduler is gone for now; what is under way will tell
            for address in threads:
                require_encrypted(str(address), "the worker")
            self._threads, self._looked = sum(threads.values()), time.monotonic()
        return self._threads

    def _ended(self, job: Job, ending: Future[Ending], remote: Any) -> None:
        """Take what came back; called by Dask in a thread of its own."""
        if self._stopped:
            return
        try:
            told = self._taken(job, remote)
        except ConcordError as error:
            told = Ending("failed", Failure("NotReturned", None, str(error.problems[0])))
        except OSError as error:
            told = Ending("failed", Failure("NotReturned", None, f"{type(error).__name__}: {error.strerror}"))
        except Exception as error:
            told = Ending("failed", _lost(error))
        self._settle(ending, told)

    def _taken(self, job: Job, remote: Any) -> Ending:
        if remote.status in ("cancelled", "lost"):
            return Ending("failed", Failure("ClusterLost", None, LOST))
        returned = remote.result()
        parcels.unpack(returned, job.stage)
        return returned.ending

    def _settle(self, ending: Future[Ending], told: Ending) -> None:
        with self._lock:
            self._waiting.pop(ending, None)
            if not ending.done():
                ending.set_result(told)


def _execute(parcel: parcels.Parcel, session: str) -> parcels.Returned:
    """Execute a parcel on a worker, below the folder that Dask clears after workers that were lost."""
    from distributed import get_worker

    return parcels.execute(parcel, session, get_worker().local_directory)


def _lost(error: Exception) -> Failure:
    kind = type(error).__name__
    if kind == "KilledWorker":
        return Failure(
            kind, None, "every worker that began it was lost; perhaps it takes more memory than they have."
        )
    if kind in ("ModuleNotFoundError", "ImportError", "AttributeError"):
        return Failure(
            kind, None, "the worker has no Concord of this version. Install the same version there."
        )
    if kind in ("CancelledError", "FutureCancelledError", "ClosedClientError", "CommClosedError"):
        return Failure("ClusterLost", None, LOST)
    return Failure(kind, None, "the cluster could not run it; the worker's log says more.")


def _client(settings: ClusterFile, opened: ExitStack) -> Any:
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError:
        raise UsageError("a cluster needs Dask. Install it: pip install 'concord[cluster]'") from None
    tls = settings.tls
    security = (
        Security(
            tls_ca_file=str(tls.ca),
            tls_client_cert=str(tls.cert),
            tls_client_key=str(tls.key),
            require_encryption=True,
        )
        if tls
        else None
    )
    where: Any = settings.scheduler
    if settings.scheduler is not None:
        require_encrypted(settings.scheduler, "--scheduler")
    else:
        where = opened.enter_context(made_cluster(settings, security))
    try:
        return opened.enter_context(
            Client(where, security=security, set_as_default=False, timeout=10, name="concord")
        )
    except (OSError, TimeoutError, TypeError, ValueError, RuntimeError) as error:
        shown = getattr(where, "scheduler_address", where)
        hint = " Name certificates under `tls` in --dask-config FILE." if "tls" in str(shown).lower() else ""
        raise UsageError(
            f"the cluster at {shown} cannot be reached ({type(error).__name__}).{hint}"
        ) from None
