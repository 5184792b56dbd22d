"""Zip archives read with limits: nothing is unpacked to disk, and nothing larger than it may be is read.

For readers::

    with Archive(path, given.file) as archive:
        archive.names                                  # members that are files, as they stand
        archive.find(lambda name: name.endswith(".qde"))
        archive.read("sources/a.txt")                  # bytes, at most `most`
        with archive.open("project.qde") as stream:    # counted stream for iterparse
            ...
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ..errors import DataError, Problem, quoted

__all__ = ["BROKEN", "Archive"]

MEMBERS = 100_000
RATIO = 200  # of unpacked to packed; real XML stays below 60, a bomb is near 1,000
SMALL = 1 << 20  # below this a ratio says nothing
LARGEST = 1 << 28  # bytes of one text or picture
LARGEST_STREAM = 1 << 32  # bytes of one XML read as a stream
ALL_READS = 1 << 32

BROKEN = (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, ImportError)


class Archive:
    """A zip archive open for reading.

    Parameters
    ----------
    path : Path
    name : str
        How messages call the file.

    Raises
    ------
    DataError
        If it is no zip archive, is cut short, is encrypted, names places outside itself, holds links, or
        claims to unpack to more than a file of its size can.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self._budget = ALL_READS
        with self._telling():
            self._zip = zipfile.ZipFile(path)
        try:
            self._check()
        except DataError:
            self._zip.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: Any) -> None:
        self._zip.close()

    @property
    def names(self) -> list[str]:
        """Members that are files, in the archive's order."""
        return [info.filename for info in self._zip.infolist() if not info.is_dir()]

    def find(self, wanted: Callable[[str], bool]) -> list[str]:
        """Return the members whose name is wanted."""
        return [name for name in self.names if wanted(name)]

    def size(self, member: str) -> int:
        """Return how many bytes a member claims to hold."""
        return self._zip.getinfo(member).file_size

    def read(self, member: str, most: int = LARGEST) -> bytes:
        """Return a member's bytes.

        Raises
        ------
        DataError
            If it is larger than `most`, or broken.
        """
        with self.open(member, most) as stream, self._telling(member):
            return stream.read()

    @contextmanager
    def open(self, member: str, most: int = LARGEST_STREAM) -> Iterator[IO[bytes]]:
        """Yield a member as a stream that stops with a DataError after `most` bytes."""
        if self.size(member) > most:
            raise self._refused(f"holds {quoted(member)}, larger than the {most >> 20} MiB that it may be.")
        with self._telling(member):
            stream = self._zip.open(member)
        with stream:
            yield io.BufferedReader(_Counted(stream, self, member, most), 1 << 16)

    def spend(self, count: int) -> None:
        """Count bytes against what may be read of the whole archive."""
        self._budget -= count
        if self._budget < 0:
            raise self._refused(f"unpacks to more than {ALL_READS >> 30} GiB.")

    def _check(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > MEMBERS:
            raise self._refused(f"holds {len(infos)} members; at most {MEMBERS} may be there.")
        for info in infos:
            if _outside(info.filename):
                raise self._refused("names a place outside itself. It may be hostile; nothing was read.")
            if stat.S_ISLNK(info.external_attr >> 16):
                raise self._refused("holds a link. It may be hostile; nothing was read.")
            if info.flag_bits & 1:
                raise self._refused("is protected by a password. Export it without one.")
            if info.file_size > max(SMALL, RATIO * info.compress_size):
                raise self._refused("unpacks to far more than its size allows. It may be hostile.")

    def _refused(self, what: str) -> DataError:
        return DataError(Problem(what, file=self.name))

    @contextmanager
    def _telling(self, member: str | None = None) -> Iterator[None]:
        import lzma
        import zlib

        try:
            yield
        except FileNotFoundError:
            raise self._refused("is not there.") from None
        except (*BROKEN, zlib.error, lzma.LZMAError, KeyError, OverflowError):
            what = "is no zip archive, or is cut short. Export it again."
            raise self._refused(f"holds a member that is damaged. {what[-16:]}" if member else what) from None


class _Counted(io.RawIOBase):
    """A member's bytes, counted as they come: headers may claim less than there is."""

    def __init__(self, stream: IO[bytes], archive: Archive, member: str, most: int) -> None:
        self._stream, self._archive, self._member, self._left = stream, archive, member, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with self._archive._telling(self._member):
            chunk = self._stream.read(len(buffer))
        self._left -= len(chunk)
        self._archive.spend(len(chunk))
        if self._left < 0:
            raise self._archive._refused("holds a member larger than its header says.")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return (
        not name
        or path.is_absolute()
        or ".." in path.parts
        or (len(name) > 1 and name[1] == ":")
        or "\x00" in name
    )
