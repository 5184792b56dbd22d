"""What a file's positions mean, and how well that was proved."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from .ruler import LineEnds, Ruler, TextUnit

__all__ = ["Convention", "Proof", "Selection", "Verdict", "placed"]

Verdict = Literal["proved", "not distinguishable, harmless", "refused", "nothing to prove"]
WORDS: dict[TextUnit, str] = {
    "code point": "code points",
    "utf-16": "UTF-16 units",
    "utf-8": "UTF-8 bytes",
}


class Selection(NamedTuple):
    """A span as the tool wrote it: document, start, end, and its words where the tool gives them."""

    document_id: str
    start: int
    end: int
    excerpt: str | None = None


class Convention(NamedTuple):
    """One way to count. With ``bom`` 1 positions are one mark too high (or count from one)."""

    unit: TextUnit = "code point"
    line_ends: LineEnds = "stored"
    end: Literal["exclusive", "inclusive"] = "exclusive"
    bom: Literal[0, 1] = 0


@dataclass(frozen=True)
class Proof:
    """The convention of a file's positions and how well it fits.

    Parameters
    ----------
    unit, line_ends, end, bom
        The convention; see :class:`Convention`.
    score : float
        Share of the selections used that fit; nan where there is none.
    n : int
        Selections used.
    verdict : str
        ``proved``, ``not distinguishable, harmless`` (several fit and give the same spans; code points are
        taken), ``refused``, or ``nothing to prove`` (no selection in a text that is there).
    note : str
        In a sentence or two, for people.
    by : str
        ``excerpts``, ``word edges`` or both.
    marked : bool
        Whether any text has a byte-order mark: then only those texts are shifted by `bom`.
    exceptions : tuple of str
        Documents with 20 selections or more that the convention does not fit.
    """

    unit: TextUnit = "code point"
    line_ends: LineEnds = "stored"
    end: Literal["exclusive", "inclusive"] = "exclusive"
    bom: Literal[0, 1] = 0
    score: float = float("nan")
    n: int = 0
    verdict: Verdict = "nothing to prove"
    note: str = ""
    by: str = ""
    marked: bool = False
    exceptions: tuple[str, ...] = field(default=())

    @property
    def convention(self) -> Convention:
        """The four choices as one."""
        return Convention(self.unit, self.line_ends, self.end, self.bom)

    @property
    def usable(self) -> bool:
        """Whether positions may be used; where there is nothing to prove there is nothing to use."""
        return self.verdict in ("proved", "not distinguishable, harmless")

    @property
    def counted(self) -> str:
        """How positions count, in words.

        Examples
        --------
        >>> Proof("utf-16", "one").counted
        'UTF-16 units, CRLF counts 1, end exclusive'
        """
        ends = "CRLF counts 1" if self.line_ends == "one" else "line ends as stored"
        mark = "byte-order mark counted" if self.bom and self.marked else "counted from 1" if self.bom else ""
        return ", ".join(filter(None, [WORDS[self.unit], ends, f"end {self.end}", mark]))

    def to_code_points(
        self, text: str | bytes | Ruler, start: Any, end: Any
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return half-open spans in code points of `text` without its byte-order mark.

        Parameters
        ----------
        text : str, bytes or Ruler
            As it came: with its byte-order mark if it had one.
        start, end : int or array of int, shape (N,)

        Returns
        -------
        start, end : array of int64, shape (N,)
            -1 in both where a position is outside the text or splits a character.
        """
        ruler = text if isinstance(text, Ruler) else Ruler(text)
        return placed(ruler, np.atleast_1d(start), np.atleast_1d(end), self.convention, self.marked)

    def facts(self) -> dict[str, Any]:
        """Return what imports.json records."""
        facts = asdict(self)
        facts["score"] = None if np.isnan(self.score) else round(self.score, 6)
        return facts | {"exceptions": list(self.exceptions)}

    def __str__(self) -> str:
        if self.n == 0:
            return f"Positions: {self.verdict}."
        fit = f"{round(self.score * self.n)} of {self.n} fit ({100 * self.score:.1f} %, by {self.by})"
        return f"Positions {self.verdict}: {self.counted}; {fit}. {self.note}".strip()


def placed(
    ruler: Ruler, start: np.ndarray, end: np.ndarray, convention: Convention, marked: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return spans in code points under a convention; -1 in both where a span has no place."""
    shift = 0
    if convention.bom and (ruler.marked or not marked):
        shift = 3 if convention.unit == "utf-8" and ruler.marked else 1
    last = 1 if convention.end == "inclusive" else 0
    first = ruler.to_code_points(start - shift, convention.unit, convention.line_ends)
    after = ruler.to_code_points(end - shift + last, convention.unit, convention.line_ends)
    wrong = (first < 0) | (after < 0)
    return np.where(wrong, -1, first), np.where(wrong, -1, after)
