"""What positions mean in one file, proved, and codings moved to code points of the texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError, Problem
from .positions import Proof, Selection, judge
from .ruler import Ruler
from .verdicts import UNFIT, Verdict, doubts, listed, verdicts_of

if TYPE_CHECKING:
    from .coded import CodedFile, Coding

__all__ = ["place", "squeezed"]

LISTED = 10
EDGES_TRIMMED = 0.05
LONE = re.compile("[\ud800-\udfff]")  # half of a character, which JSON may hold and no file can


def place(found: CodedFile, evidence: Iterable[Selection] | None = None) -> None:
    """Prove the positions of a file, by its codings or by `evidence`, and replace them by code points.

    Raises
    ------
    DataError
        If no way to count fits; the documents that fit worst are named.
    """
    for each in found.documents.values():
        each.text = None if each.text is None else LONE.sub("\ufffd", each.text)
    rulers = {key: Ruler(each.text) for key, each in found.documents.items() if each.text is not None}
    spans = [each for each in found.codings if each.start is not None and each.document in rulers]
    if evidence is None:
        evidence = [Selection(c.document, c.start or 0, c.end or 0, c.excerpt) for c in spans]
    judged = judge(rulers, evidence)
    proof, fits = judged.proof, verdicts_of(judged)
    names = {key: each.name for key, each in found.documents.items()}
    found.positions = proof.facts()
    for key, ruler in rulers.items():
        found.documents[key].text = ruler.text
    if spans and not proof.usable:
        what = f"{proof} The codings cannot be placed in their texts: was the text changed after coding?"
        raise DataError(Problem(f"{what} {listed(fits, names)}".strip(), file=found.file))
    _to_code_points(found, spans, rulers, proof)
    _leave_unfit(found, [each for each in fits if each.doubtful], names)


def _leave_unfit(found: CodedFile, doubtful: list[Verdict], names: dict[str, str]) -> None:
    """Name the documents that the file's convention does not fit; leave codings that stand nowhere."""
    found.positions["exceptions"] = [each.told(names[each.document]) for each in doubtful]
    for doubt in doubts(doubtful, names):
        found.warn(doubt)
    gone = {each.document for each in doubtful if each.refused}
    kept = [each for each in found.codings if each.document not in gone or each.start is None]
    found.leave(UNFIT, len(found.codings) - len(kept))
    found.codings = kept


def _to_code_points(found: CodedFile, spans: list[Coding], rulers: dict[str, Ruler], proof: Proof) -> None:
    by_document: dict[str, list[Coding]] = {}
    for each in spans:
        by_document.setdefault(each.document, []).append(each)
    outside: set[int] = set()
    compared: list[tuple[int, str, str]] = []
    for key, codings in by_document.items():
        given = np.array([(each.start, each.end) for each in codings], dtype=np.int64)
        start, end = proof.to_code_points(rulers[key], given[:, 0], given[:, 1])
        for each, first, after in zip(codings, start.tolist(), end.tolist(), strict=True):
            if first < 0:
                outside.add(id(each))
                continue
            each.start, each.end = first, after
            words, each.excerpt = each.excerpt, rulers[key].text[first:after]
            if words:
                compared.append((each.row, words, each.excerpt))
    found.leave("codings outside their text", len(outside))
    found.codings = [each for each in found.codings if id(each) not in outside]
    _name_misfits(found, compared)


def _name_misfits(found: CodedFile, compared: list[tuple[int, str, str]]) -> None:
    """Warn of codings whose excerpt is not what the text reads at their place."""
    unlike = [each for each in compared if each[1] != each[2]]
    wrong = {row for row, words, text in unlike if squeezed(words) != squeezed(text)}
    shifted = {row for row, _, _ in unlike}
    if len(shifted) <= EDGES_TRIMMED * len(compared):  # else the tool trims its excerpts
        wrong = shifted
    if wrong:
        rows = ", ".join(str(row) for row in sorted(wrong)[:LISTED])
        more = ", ..." if len(wrong) > LISTED else ""
        found.warn(
            f"{len(wrong)} of {len(compared)} codings do not read as the text at their place "
            f"(rows {rows}{more})."
        )


def squeezed(text: str) -> str:
    """Return text in NFC with single spaces, none at its edges."""
    return " ".join(unicodedata.normalize("NFC", text).split())
