"""Files and texts as the hash of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

__all__ = ["ABSENT", "digest", "file_digest", "files_below"]

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
    """Return all files below a folder, sorted, without hidden ones, editors' drafts and caches."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not _is_passing(path, folder))


def _is_passing(path: Path, folder: Path) -> bool:
    parts: Iterator[str] = iter(path.relative_to(folder).parts)
    return any(part.startswith((".", "~$")) or part.endswith("~") or part == "__pycache__" for part in parts)
