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
from itertools import product
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from .evidence import Evidence, Placed, evidence, grouped
from .proof import Convention, Proof, Selection, Verdict, placed
from .ruler import LINE_ENDS, UNITS, LineEnds, Ruler, TextUnit

__all__ = ["Convention", "Judged", "Proof", "Selection", "judge", "prove"]

ACCEPTED = 0.95
FEW = 20
SAMPLE, SAMPLED_DOCUMENTS = 4_000, 50
BEHIND = 0.1  # a convention this far behind the best on the sample is not tried on every selection
UNFIT_SHOWN = 20


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
    return judge(rulers, selections, titles=titles).proof


class Judged(NamedTuple):
    """A proof with what it stands on: the selections by document, and how each fits."""

    proof: Proof
    groups: list[Placed]
    evidence: Evidence | None


def judge(
    rulers: Mapping[str, Ruler], selections: Iterable[Selection] | pd.DataFrame, *, titles: bool = False
) -> Judged:
    """Return the proof as :func:`prove` does, with its evidence; None where there is nothing to prove."""
    marked = any(ruler.marked for ruler in rulers.values())
    groups = grouped(rulers, selections)
    total = sum(len(group.start) for group in groups)
    if total == 0:
        return Judged(Proof(marked=marked), groups, None)
    conventions = _distinct(rulers)
    one_unit = len({convention.unit for convention in conventions}) == 1
    if total > SAMPLE:
        found = _evidence(_sample(groups), conventions, marked, titles)
        best = max(found.share(c) for c in conventions)
        conventions = [c for c in conventions if found.share(c) >= best - BEHIND]
    found = _evidence(groups, conventions, marked, titles)
    return Judged(_proof(found, groups, marked, one_unit), groups, found)


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
        return placed(ruler, start, end, convention, marked)

    return evidence(groups, conventions, place, titles)


def _proof(found: Evidence, groups: list[Placed], marked: bool, one_unit: bool) -> Proof:
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
