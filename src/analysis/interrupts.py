"""Ctrl-C and SIGTERM: both end a run the same clean way, and cannot cut the cleaning short."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["ignored", "termination_as_interrupt"]


@contextmanager
def termination_as_interrupt() -> Iterator[None]:
    """Raise KeyboardInterrupt on SIGTERM, as on Ctrl-C, while the block lasts."""
    with _handled({signal.SIGTERM: signal.default_int_handler}):
        yield


@contextmanager
def ignored() -> Iterator[None]:
    """Ignore Ctrl-C and SIGTERM while the block, which may take seconds, lasts."""
    with _handled({signal.SIGINT: signal.SIG_IGN, signal.SIGTERM: signal.SIG_IGN}):
        yield


@contextmanager
def _handled(handlers: dict[signal.Signals, Any]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may set handlers, and only it is interrupted
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
