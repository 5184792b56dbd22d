"""Which characters a tool's positions mean: every convention tried, the one that fits proved.

Positions have no common meaning: NVivo counts UTF-16 units, Taguette bytes, others code points; some count a
line end CRLF as one, some include the last character, some count the byte-order mark. The convention of a
file is never assumed from its type: each is scored over all its selections, by the excerpts that the tool
wrote beside them or, where it wrote none, by whether spans begin and end with a word.

For readers::

    proof = prove({"D1": text, ...}, [Selection("D1", 10, 25, "the excerpt"), ...])
    if proof.usable:
        start, end = proof.to_code_points(text, starts, ends)     # arrays; -1: splits a character or outside
    facts["positions"] = proof.facts()                            # goes to imports.json
    warnings.append(str(proof))                                   # one line for people
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import product
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from .evidence import Evidence, Placed, evidence, grouped
from .ruler import LINE_ENDS, UNITS, LineEnds, Ruler, TextUnit

__all__ = ["Convention", "Proof", "Selection", "prove"]

ACCEPTED = 0.95
FEW = 20
SAMPLE, SAMPLED_DOCUMENTS = 4_000, 50
BEHIND = 0.1  # a convention this far behind the best on the sample is not tried on every selection
UNFIT_SHOWN = 20

Verdict = Literal["proved", "not distinguishable, harmless", "refused", "nothing to prove"]


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
        return _placed(ruler, np.atleast_1d(start), np.atleast_1d(end), self.convention, self.marked)

    def facts(self) -> dict[str, Any]:
        """Return what imports.json records."""
        facts = asdict(self)
        facts["score"] = None if np.isnan(self.score) else round(self.score, 6)
        return facts | {"exceptions": list(self.exceptions)}

    def __str__(self) -> str:
        if self.n == 0:
            return f"Positions: {self.verdict}."
        ends = "CRLF counts 1" if self.line_ends == "one" else "line ends as stored"
        mark = "byte-order mark counted" if self.bom and self.marked else "counted from 1" if self.bom else ""
        how = ", ".join(filter(None, [f"{self.unit}s", ends, f"end {self.end}", mark]))
        fit = f"{round(self.score * self.n)} of {self.n} fit ({100 * self.score:.1f} %, by {self.by})"
        return f"Positions {self.verdict}: {how}; {fit}. {self.note}".strip()


def prove(
    texts: Mapping[str, str | bytes | Ruler],
    selections: Iterable[Selection] | pd.DataFrame,
    *,
    titles: bool = False,
) -> Proof:
    """Return the convention that a file's selections follow.

    Parameters
    ----------
    texts : mapping of document id to str, bytes or Ruler
        As they came, with their byte-order marks. Selections in documents without a text are left out.
    selections : iterable of Selection, or DataFrame with columns document_id, start, end and excerpt
    titles : bool
        Whether an excerpt may be a title that a person gave instead (`@name` in REFI-QDA): one that fits
        under no convention is then left out. Otherwise every excerpt counts.

    Examples
    --------
    >>> text = "Oh 😀 well, we waited long enough."
    >>> print(prove({"D": text}, [Selection("D", 6, 10, "well"), Selection("D", 15, 21, "waited")]).unit)
    utf-16
    """
    rulers = {name: text if isinstance(text, Ruler) else Ruler(text) for name, text in texts.items()}
    marked = any(ruler.marked for ruler in rulers.values())
    groups = grouped(rulers, selections)
    total = sum(len(group.start) for group in groups)
    if total == 0:
        return Proof(marked=marked)
    conventions = _distinct(rulers)
    one_unit = len({convention.unit for convention in conventions}) == 1
    if total > SAMPLE:
        found = _evidence(_sample(groups), conventions, marked, titles)
        best = max(found.share(c) for c in conventions)
        conventions = [c for c in conventions if found.share(c) >= best - BEHIND]
    return _judged(_evidence(groups, conventions, marked, titles), groups, marked, one_unit)


def _sample(groups: list[Placed]) -> list[Placed]:
    """Return some selections of some documents, evenly spread."""
    some = groups[:: -(-len(groups) // SAMPLED_DOCUMENTS)]
    every = -(-sum(len(group.start) for group in some) // SAMPLE)
    return [group.every(every) for group in some]


def _distinct(rulers: Mapping[str, Ruler]) -> list[Convention]:
    """Return the conventions that can differ in these texts, the most plain first."""
    units = [u for u in UNITS if u == "code point" or not _same(rulers, u, "stored")]
    lines = [e for e in LINE_ENDS if e == "stored" or any(ruler.has_crlf for ruler in rulers.values())]
    marks: tuple[Literal[0, 1], ...] = (0, 1)
    ends: tuple[Literal["exclusive", "inclusive"], ...] = ("exclusive", "inclusive")
    return [Convention(unit, line, end, bom) for bom, unit, line, end in product(marks, units, lines, ends)]


def _same(rulers: Mapping[str, Ruler], unit: TextUnit, line_ends: LineEnds) -> bool:
    return all(ruler.same_as_code_points(unit, line_ends) for ruler in rulers.values())


def _evidence(groups: list[Placed], conventions: list[Convention], marked: bool, titles: bool) -> Evidence:
    def place(ruler: Ruler, start: np.ndarray, end: np.ndarray, convention: Any) -> Any:
        return _placed(ruler, start, end, convention, marked)

    return evidence(groups, conventions, place, titles)


def _placed(
    ruler: Ruler, start: np.ndarray, end: np.ndarray, convention: Convention, marked: bool
) -> tuple[np.ndarray, np.ndarray]:
    shift = 0
    if convention.bom and (ruler.marked or not marked):
        shift = 3 if convention.unit == "utf-8" and ruler.marked else 1
    last = 1 if convention.end == "inclusive" else 0
    first = ruler.to_code_points(start - shift, convention.unit, convention.line_ends)
    after = ruler.to_code_points(end - shift + last, convention.unit, convention.line_ends)
    wrong = (first < 0) | (after < 0)
    return np.where(wrong, -1, first), np.where(wrong, -1, after)


def _judged(found: Evidence, groups: list[Placed], marked: bool, one_unit: bool) -> Proof:
    ranked = sorted(found.conventions, key=found.rank, reverse=True)  # stable: the plainest stays first
    best: Convention = ranked[0]
    n = int(found.used.sum())
    facts: dict[str, Any] = {**best._asdict(), "n": n, "by": found.by, "marked": marked}
    if n == 0:
        return Proof(**facts, verdict="refused", note="No selection lies in its text.")
    score = found.share(best)
    facts["score"] = score
    tied = [c for c in ranked[1:] if found.rank(c) == found.rank(best)]
    rivals = [c for c in tied if not found.same_spans(best, c)]
    notes = [f"Only {n} selections: little is proved by so few."] if n < FEW else []
    if rivals and score > 0:
        notes.insert(0, f"{len(rivals)} other ways to count fit as well and give other spans.")
        return Proof(**facts, verdict="refused", note=" ".join(notes))
    if score < ACCEPTED and not found.stands_out(best, ACCEPTED):
        notes.insert(0, "No way to count fits 95 % of the selections.")
        return Proof(**facts, verdict="refused", note=" ".join(notes))
    if score < ACCEPTED:
        notes.append("Many spans begin or end in white space; none of the other ways to count comes near.")
    if found.dropped:
        notes.append(f"{found.dropped} names fit nowhere and were taken for titles.")
    exceptions = tuple(found.misfits(best, groups, FEW, ACCEPTED)[:UNFIT_SHOWN])
    if exceptions:
        notes.append(f"{len(exceptions)} documents do not fit it.")
    verdict: Verdict = "proved"
    if (tied or one_unit) and best.unit == "code point":
        verdict = "not distinguishable, harmless"
    return Proof(**facts, verdict=verdict, note=" ".join(notes), exceptions=exceptions)
