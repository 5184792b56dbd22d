"""How positions fit document by document: a bad one neither hides behind the mean nor sinks unnamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from ..errors import quoted
from .positions import Judged

__all__ = ["UNFIT", "Verdict", "doubts", "listed", "verdicts_of"]

ACCEPTED = 0.95
ENOUGH = 20  # selections, to doubt a document of which most fit
LISTED = 5  # documents named in an error
UNFIT = "codings of documents whose positions do not fit"
FEW = 3  # selections, to refuse a document of which most do not fit
REFUSED = 0.5


class Verdict(NamedTuple):
    """How many of a document's selections fit under the convention of its file."""

    document: str
    fits: int
    n: int

    @property
    def score(self) -> float:
        """Share of the selections that fit."""
        return self.fits / self.n

    @property
    def doubtful(self) -> bool:
        """Whether too few fit for the document to pass unnamed."""
        return self.refused or (self.n >= ENOUGH and self.score < ACCEPTED)

    @property
    def refused(self) -> bool:
        """Whether most do not fit: this document's positions mean something else, or its text was changed."""
        return self.n >= FEW and self.score < REFUSED

    def told(self, name: str) -> str:
        """Return the document and its score, for people.

        Examples
        --------
        >>> Verdict("d1", 2, 30).told("Interview 4")
        'Interview 4: 2 of 30 fit (6.7 %)'
        """
        return f"{name}: {self.fits} of {self.n} fit ({100 * self.score:.1f} %)"


def listed(found: Iterable[Verdict], names: Mapping[str, str]) -> str:
    """Return the documents that fit worst, for the refusal of a file; empty where none was judged."""
    told = "; ".join(each.told(quoted(names[each.document])) for each in list(found)[:LISTED])
    return f"{told}." if told else ""


def doubts(found: Iterable[Verdict], names: Mapping[str, str]) -> list[str]:
    """Return a sentence about each document that the convention of the file does not fit."""
    return [
        f"positions do not fit the document {each.told(quoted(names[each.document]))}; "
        + ("their codings were left out." if each.refused else "check it before relying on it.")
        for each in found
        if each.doubtful
    ]


def verdicts_of(judged: Judged, *, titles: bool = False) -> list[Verdict]:
    """Return how the selections of each document fit, the worst first; no text is measured again.

    Without an excerpt a selection fits if it splits no word: people drag over a space, and that alone must
    not cost them a document. With `titles`, an excerpt that is not in its place may be a title that a person
    gave, as in :func:`.positions.prove`; then its selection is judged as one without.
    """
    proof, groups, seen = judged
    if seen is None:
        return []
    fits, used = seen.placed(proof.convention), seen.used
    if titles:
        c = seen.conventions.index(proof.convention)
        fits, used = (seen.match[c] > 0) | seen.unsplit[c], np.ones_like(used)
    found, at = [], 0
    for group in groups:
        rows = slice(at, at := at + len(group.start))
        n = int(used[rows].sum())
        if n:
            found.append(Verdict(group.document_id, int(fits[rows].sum()), n))
    return sorted(found, key=lambda each: (each.score, -each.n, each.document))
