"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

__all__ = ["dumps", "move", "read_json", "sweep", "write_bytes", "write_json", "write_text"]

PART = ".part"


def dumps(data: Any) -> str:
    """Return JSON that is the same bytes for the same data.

    Raises
    ------
    ValueError
        If a number is not finite: undefined is null, never NaN.

    Examples
    --------
    >>> print(dumps({"b": 1, "a": None}), end="")
    {
      "a": null,
      "b": 1
    }
    """
    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> Any:
    """Return what a JSON file holds, or None where there is no readable one."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def write_json(path: Path, data: Any, *, scratch: Path) -> None:
    """Write JSON by way of a file in `scratch`, so that `path` is never half-written."""
    write_text(path, dumps(data), scratch=scratch)


def write_text(path: Path, text: str, *, scratch: Path) -> None:
    """Write text by way of a file in `scratch`, so that `path` is never half-written."""
    write_bytes(path, text.encode("utf-8"), scratch=scratch)


def write_bytes(path: Path, content: bytes, *, scratch: Path) -> None:
    """Write bytes by way of a file in `scratch`, so that `path` is never half-written."""
    scratch.mkdir(parents=True, exist_ok=True)
    draft = scratch / f"{path.name}.{secrets.token_hex(6)}"
    with draft.open("wb") as file:
        file.write(content)
        if path.parent != scratch:  # what stays in the scratch folder need not outlast a power cut
            file.flush()
            os.fsync(file.fileno())
    move(draft, path)


def move(source: Path, target: Path) -> None:
    """Put a file in place of `target` in one stroke, whatever file systems the two are on."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{target.name}{PART}")
        shutil.copyfile(source, beside)
        beside.replace(target)
        source.unlink()


def sweep(folder: Path) -> None:
    """Remove what `move` left half copied below a folder when it was killed between two file systems."""
    for path in folder.rglob(f".*{PART}"):
        path.unlink(missing_ok=True)
