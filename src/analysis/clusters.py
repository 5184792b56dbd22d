"""Which cluster notebooks go to: an address, or a file that says how one is made; encrypted, or all here."""

from __future__ import annotations

import importlib
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from . import yamlfile
from .errors import UsageError, quoted
from .parts import Part

__all__ = ["ClusterFile", "Tls", "load_cluster", "made_cluster", "require_encrypted"]

ENCRYPTED = ("tls", "wss", "gateway")
WITHIN = ("inproc",)


class Tls(Part):
    """Files that prove who we are; paths are relative to the file that names them."""

    ca: Path = Field(description="Write the file of the authority's certificate.")
    cert: Path = Field(description="Write the file of your certificate.")
    key: Path = Field(description="Write the file of its key.")


class Adapt(Part):
    """Between how many workers a cluster grows and shrinks."""

    minimum: int = Field(0, ge=0)
    maximum: int = Field(ge=1, description="Write how many workers there may be.")


class ClusterFile(Part):
    """All of the file of --dask-config: a scheduler's address, or a class that makes a cluster.

    Examples
    --------
    >>> ClusterFile.model_validate({"cluster": "dask_jobqueue.SLURMCluster", "scale": 4}).scale
    4
    """

    scheduler: str | None = None
    tls: Tls | None = None
    cluster: str | None = Field(
        None, description="A class that can be imported, such as distributed.LocalCluster."
    )
    arguments: dict[str, Any] = Field({}, description="What the class is given.")
    scale: int | None = Field(None, ge=1, description="How many workers are asked for.")
    adapt: Adapt | None = None

    @model_validator(mode="after")
    def _one(self) -> ClusterFile:
        if (self.scheduler is None) == (self.cluster is None):
            raise ValueError("needs either `scheduler` (an address) or `cluster` (a class that makes one).")
        if self.scheduler is not None and (self.arguments or self.scale or self.adapt):
            raise ValueError("`arguments`, `scale` and `adapt` go with `cluster`, not with `scheduler`.")
        if self.scale and self.adapt:
            raise ValueError("takes either `scale` or `adapt`.")
        return self


def load_cluster(path: Path) -> ClusterFile:
    """Return what a file says of a cluster.

    Raises
    ------
    UsageError
        With every problem and its line.
    """
    data, lines = yamlfile.load(path, UsageError)
    given = yamlfile.validate(ClusterFile, data, lines, path.name, UsageError)
    if given.tls is None:
        return given
    found = {name: (path.parent / file).resolve() for name, file in given.tls}
    absent = [name for name, file in found.items() if not file.is_file()]
    if absent:
        raise UsageError(f"{path.name}: `tls.{absent[0]}` names a file that is not there.")
    return given.model_copy(update={"tls": Tls(**found)})


def require_encrypted(address: str, whose: str) -> None:
    """Refuse an address that others on the network could listen to.

    Parameters
    ----------
    address : str
        Such as ``tls://host:8786``; without ``tls://`` only this machine's own addresses are taken.
    whose : str
        What has it, for the message.

    Examples
    --------
    >>> require_encrypted("tcp://127.0.0.1:8786", "--scheduler")
    >>> require_encrypted("tcp://10.0.0.5:8786", "--scheduler")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.errors.UsageError: --scheduler tcp://10.0.0.5:8786 is not encrypted: who shares the network ...
    """
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme in (*ENCRYPTED, *WITHIN):
        return
    if parts.scheme not in ("tcp", "ws"):
        raise UsageError(
            f"{whose} {quoted(address)} is no address that Concord knows. Write tls://HOST:PORT."
        )
    if not _is_here(parts.hostname or ""):
        raise UsageError(
            f"{whose} {address} is not encrypted: who shares the network could read interviews and run code. "
            f"Start scheduler and workers with `--protocol tls` and name tls://{parts.netloc}."
        )


@contextmanager
def made_cluster(settings: ClusterFile, security: Any = None) -> Iterator[Any]:
    """Make a cluster as a file says, and close it at the end.

    Raises
    ------
    UsageError
        If its class cannot be imported or refuses its arguments, or what it makes is not encrypted.
    """
    module, _, name = str(settings.cluster).rpartition(".")
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise UsageError(
            f"{quoted(settings.cluster)} cannot be imported. Install its package, or correct `cluster`."
        ) from None
    given = {**settings.arguments, **({"security": security} if security is not None else {})}
    try:
        cluster = kind(**given)
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise UsageError(f"{settings.cluster} could not be made: {type(error).__name__}: {error}") from None
    try:
        require_encrypted(str(cluster.scheduler_address), f"the scheduler of {settings.cluster}")
        if settings.scale:
            cluster.scale(settings.scale)
        if settings.adapt:
            cluster.adapt(minimum=settings.adapt.minimum, maximum=settings.adapt.maximum)
        yield cluster
    finally:
        cluster.close()


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
