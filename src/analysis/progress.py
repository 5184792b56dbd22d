"""What a person is told while notebooks run: a line a run, how many are through, about how long is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from .outcomes import StepRun

__all__ = ["Progress", "duration"]

CLEAR = "\r\x1b[K"
WIDTH = 79


def duration(seconds: float) -> str:
    """Return a length of time in the words of a person who waits.

    Examples
    --------
    >>> [duration(each) for each in (4.62, 75, 7300)]
    ['4.6 s', '1 min 15 s', '2 h 1 min']
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min {seconds % 60:.0f} s"
    return f"{seconds // 3600:.0f} h {seconds % 3600 // 60:.0f} min"


class Progress:
    """Tells how a run goes on.

    Parameters
    ----------
    say : callable
        Takes one line that stays.
    total : int
        How many notebooks there are, those that will be skipped too.
    side_by_side : int
        How many run at once.
    live : text stream, optional
        A terminal, for one line that changes; None where nobody watches.
    """

    def __init__(
        self, say: Callable[[str], None], total: int, side_by_side: int = 1, live: TextIO | None = None
    ) -> None:
        self._say, self.total, self._side_by_side, self._live = say, total, side_by_side, live
        self.settled = 0
        self.told: list[StepRun] = []
        self._began = time.monotonic()
        self._took: list[float] = []
        self._under_way: dict[str, None] = {}

    def begun(self, label: str, step: str) -> None:
        """Note that a notebook runs."""
        self._under_way[f"{label} {step}"] = None
        self._show()

    def ended(self, label: str, run: StepRun, seconds: float | None = None) -> None:
        """Say what became of a notebook; `seconds` if it ran."""
        self.settled += 1
        self.told.append(run)
        self._under_way.pop(f"{label} {run.step}", None)
        self._note_time(run, seconds)
        if seconds is None:
            self._print(f"{label}: {run}")
        else:
            how = f"failed: {run.failure}" if run.failure else f"done in {duration(seconds)}"
            self._print(f"{label}: {run} {how}{self._outlook()}")
        self._show()

    def finish(self) -> None:
        """Say in one line what all came to, if anything ran."""
        self._hide()
        counts = {name: sum(run.outcome == name for run in self.told) for name in ("completed", "failed")}
        if not any(counts.values()):
            return
        ran = sum(counts.values())
        parts = [f"{ran} {'notebook' if ran == 1 else 'notebooks'} run in {duration(self._elapsed())}"]
        unchanged = sum(run.outcome == "skipped" for run in self.told)
        blocked = sum(run.outcome == "blocked" for run in self.told)
        parts += [f"{unchanged} unchanged"] if unchanged else []
        parts += [f"{counts['failed']} failed"] if counts["failed"] else []
        parts += [f"{blocked} not begun"] if blocked else []
        self._say(f"{', '.join(parts)}.")

    def left(self) -> float | None:
        """Return about how many seconds are left, None as long as nothing speaks for a number.

        What has not begun is taken to last as notebooks did so far; that it may turn out to be unchanged is
        not known, so the number is rather too large.
        """
        if not self._took:
            return None
        mean = sum(self._took) / len(self._took)
        return (self.total - self.settled) * mean / self._side_by_side

    def _note_time(self, run: StepRun, seconds: float | None) -> None:
        if run.outcome == "shared":
            seconds = 0.0
        if seconds is not None:
            self._took.append(seconds)

    def _outlook(self) -> str:
        if self.total < 2:
            return ""
        left = self.left()
        soon = f", about {duration(left)} left" if left else ""
        return f" [{self.settled} of {self.total}{soon}]"

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _print(self, line: str) -> None:
        self._hide()
        self._say(line)

    def _show(self) -> None:
        if self._live is not None and self._under_way:
            line = f"{', '.join(self._under_way)}{self._outlook()}"
            self._live.write(f"{CLEAR}{line[:WIDTH]}")
            self._live.flush()

    def _hide(self) -> None:
        if self._live is not None:
            self._live.write(CLEAR)
            self._live.flush()
