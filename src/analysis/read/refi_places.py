"""Where the selections of a REFI-QDA project stand: positions proved, then moved to code points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import DataError, Problem
from .positions import Proof, judge
from .refi_documents import Documents
from .refi_rows import NOWHERE, ProjectXml
from .ruler import Ruler
from .verdicts import Verdict, doubts, listed, verdicts_of

__all__ = ["Places"]


class Places:
    """Selections as arrays: number of the document, start, end, and whether the place is lost.

    Parameters
    ----------
    xml : ProjectXml
    documents : Documents

    Attributes
    ----------
    doubtful : list of Verdict
        Documents that the proof does not fit, by id, the worst first.
    unfit : array of bool
        Of each document, whether most of its selections do not fit: they stand nowhere.
    """

    def __init__(self, xml: ProjectXml, documents: Documents) -> None:
        marks = xml.marks
        self.keys, self.ids = documents.keys, documents.ids
        self.doubtful: list[Verdict] = []
        self.unfit = np.zeros(len(self.keys) + 1, dtype=bool)  # the last stands for no document
        self.names = marks.name
        self.document = documents.of_source[np.array(marks.source, dtype=np.int64)]
        self.start = np.array(marks.start, dtype=np.int64)
        self.end = np.array(marks.end, dtype=np.int64)
        self.lost = (self.start == NOWHERE) | (self.end == NOWHERE)

    def proved(self, rulers: Mapping[str, Ruler], file: str) -> Proof:
        """Return what the positions of the file mean.

        Raises
        ------
        DataError
            If they fit no way of counting; the documents that fit worst are named.
        """
        rows = np.flatnonzero((self.document != NOWHERE) & ~self.lost)
        guids = np.array(self.keys, dtype=object)
        frame = pd.DataFrame(
            {
                "document_id": guids[self.document[rows]] if len(rows) else [],
                "start": self.start[rows],
                "end": self.end[rows],
                "excerpt": pd.Series([self.names[row] for row in rows.tolist()], dtype=object),
            }
        )
        judged = judge(rulers, frame, titles=True)
        proof, found = judged.proof, verdicts_of(judged, titles=True)
        if proof.verdict == "refused":
            what = (
                f"{proof} Codings cannot be placed in the texts. Were texts changed after coding? Export the "
                f"project again. {listed(found, self.ids)}"
            )
            raise DataError(Problem(what.strip(), file=file))
        self.doubtful = [each for each in found if each.doubtful]
        place = {guid: number for number, guid in enumerate(self.keys)}
        for each in self.doubtful:
            self.unfit[place[each.document]] = each.refused
        return replace(proof, exceptions=tuple(each.told(self.ids[each.document]) for each in self.doubtful))

    def warnings(self, file: str) -> list[str]:
        """Return a sentence a document that the proof does not fit."""
        return [f"{file}: {doubt}" for doubt in doubts(self.doubtful, self.ids)]

    def to_code_points(self, proof: Proof, rulers: Mapping[str, Ruler]) -> None:
        """Turn positions into code points where the text is there; -1 where a selection has no place."""
        outside = np.zeros(len(self.start), dtype=bool)
        order = np.argsort(self.document, kind="stable")
        bounds = np.searchsorted(self.document[order], np.arange(len(self.keys) + 1))
        for number, guid in enumerate(self.keys):
            rows = order[bounds[number] : bounds[number + 1]]
            ruler = rulers.get(guid)
            if ruler is None or not len(rows):
                continue
            start, end = proof.to_code_points(ruler, self.start[rows], self.end[rows])
            outside[rows] = start < 0
            self.start[rows], self.end[rows] = start, end
            ruler.forget()
        self.lost = outside | (self.start == NOWHERE) | (self.end == NOWHERE) | self.unfit[self.document]
