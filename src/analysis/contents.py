"""Files and texts as the hash of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ABSENT", "digest", "file_digest", "files_below", "is_passing"]

ABSENT = "absent"


def digest(data: bytes | str) -> str:
    """Return the sha256 of bytes or UTF-8 text.

    Examples
    --------
    >>> digest("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def file_digest(path: Path) -> str:
    """Return the sha256 of a file, or ``absent``."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ABSENT


def files_below(folder: Path) -> list[Path]:
    """Return all files below a folder and below folders linked there, sorted.

    Hidden files, editors' drafts and caches are left out. A link that leads back to a folder around it ends
    there.
    """
    return sorted(_walked(folder, frozenset()))


def is_passing(name: str) -> bool:
    """Tell whether a file or folder of this name is hidden, an editor's draft or a cache."""
    return name.startswith((".", "~$")) or name.endswith("~") or name == "__pycache__"


def _walked(folder: Path, around: frozenset[Path]) -> Iterator[Path]:
    here = folder.resolve()
    if here in around or not folder.is_dir():
        return
    for path in folder.iterdir():
        if is_passing(path.name):
            continue
        if path.is_dir():
            yield from _walked(path, around | {here})
        elif path.is_file():
            yield path
