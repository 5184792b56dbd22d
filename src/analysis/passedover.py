"""Modules that libraries import where they find them and do as well without: each would cost a second."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["SLOW", "passed_over"]

SLOW = ("rfc3987_syntax", "isoduration", "pyarrow")
"""What papermill and jsonschema look for: addresses, durations and file systems that no notebook needs."""


@contextmanager
def passed_over() -> Iterator[None]:
    """Let the slow modules seem absent while papermill, nbformat or nbconvert are imported."""
    absent = [name for name in SLOW if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)
