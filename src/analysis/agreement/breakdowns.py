"""Lines of agreement.csv about some of the coders or some of the units: pairs, groups, cases, documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..study import Study
from ..units import Ratings
from .groups import Groups
from .lines import MOST_CODERS_BY_PAIR, Line, Subject, estimates, groups_of

__all__ = ["Breakdowns"]

About = dict[str, str]
Key = tuple[tuple[str, ...] | None, bytes | None]
WHOLE: Key = None, None


@dataclass(frozen=True, eq=False)
class Cut:
    """Some of the coders, or some of the units, whatever was rated.

    Parameters
    ----------
    coders : list of str or None
    units : ndarray of bool or None, shape (N,)
    frame : Ratings
        The ratings of these coders, or units; their values count for nothing.
    groups : Groups
        What these units come from.
    """

    coders: list[str] | None
    units: np.ndarray | None
    frame: Ratings
    groups: Groups

    def of(self, whole: Ratings) -> Ratings:
        """Return the same cut of other ratings by the same coders on the same units."""
        values = whole.values if self.coders is None else whole.values[whole.places(self.coders)]
        values = values if self.units is None else values[:, self.units]
        return replace(self.frame, code_id=whole.code_id, values=values)


class Breakdowns:
    """What ratings by some coders on some units are broken down by, the same for every code.

    A participant's only document is that participant, and two coders are their only pair: lines about the
    same coders and units are worked out once.

    Parameters
    ----------
    frame : Ratings
        Its coders and units; the values count for nothing.
    study : Study
    """

    def __init__(self, frame: Ratings, study: Study) -> None:
        self.study = study
        self.parts: list[tuple[About, Key]] = []
        self.cuts: dict[Key, Cut] = {}
        for about, coders, units in _parts(frame):
            key = _key(frame, coders, units)
            self.parts.append((about, key))
            if key not in self.cuts:
                some = frame.select(units=units, coders=coders)
                self.cuts[key] = Cut(coders, units, some, groups_of(some, study))

    def lines(self, whole: Ratings, of_whole: Sequence[Line], about: Subject, level: str) -> Iterator[Line]:
        """Yield the lines of every part.

        Parameters
        ----------
        whole : Ratings
        of_whole : sequence of Line
            Its own lines at this level.
        about : Subject
            What these are about.
        level : str
        """
        found = {WHOLE: of_whole}
        for part, key in self.parts:
            if key not in found:
                cut = self.cuts[key]
                found[key] = list(estimates(cut.of(whole), self.study, about, level, cut.groups))
            yield from (line | part for line in found[key])


def _parts(frame: Ratings) -> Iterator[tuple[About, list[str] | None, np.ndarray | None]]:
    """Yield what each part is called, its coders and its units; None stands for all."""
    if len(frame.coders) <= MOST_CODERS_BY_PAIR:
        for a, b in frame.pairs():
            yield {"pair": f"{a}|{b}"}, [a, b], None
    for column in ("group", "case_id", "document_id"):
        labels = frame.units[column]
        found = labels.dropna().unique()
        if column == "group" and len(found) < 2:
            continue
        for label in found:
            yield {column: label}, None, (labels == label).to_numpy(bool)


def _key(frame: Ratings, coders: list[str] | None, units: np.ndarray | None) -> Key:
    some = None if coders is None or tuple(coders) == frame.coders else tuple(coders)
    return some, None if units is None or units.all() else units.tobytes()
