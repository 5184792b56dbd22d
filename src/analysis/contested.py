"""The questions that coders answered differently, each with its place in the transcripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .corpus import Corpus, natural
from .decisions import Question
from .division import divide
from .settling import Settling, settling
from .study import Study

__all__ = ["Contested", "Item", "Passage"]

AROUND = 600  # characters of the transcript shown on either side
PLACE = ["document_id", "start", "end", "speaker"]


@dataclass(frozen=True)
class Item:
    """One question that coders answered differently.

    Parameters
    ----------
    question : Question
    name : str
        The code's name, or the variable's.
    definition : str
        From the codebook; empty where it says none.
    document_id, case_id, speaker : str
        Empty where not known.
    start, end : int or None
        Place in the document.
    marks : dict
        Coder -> what they gave, in the coders' order; coders who did not see the unit are not in it.
    choices : tuple of str
        What may be decided.
    """

    question: Question
    name: str
    definition: str
    document_id: str
    case_id: str
    speaker: str
    start: int | None
    end: int | None
    marks: Mapping[str, str]
    choices: tuple[str, ...]

    @property
    def given(self) -> str:
        """Who gave what, in one line."""
        return "; ".join(f"{coder}: {word}" for coder, word in self.marks.items())

    @property
    def about(self) -> str:
        """The code that it is about, or the variable."""
        return self.question.code_id or self.question.variable

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every two coders who gave it differently."""
        names = sorted(self.marks, key=natural)
        for n, a in enumerate(names):
            for b in names[n + 1 :]:
                if self.marks[a] != self.marks[b]:
                    yield a, b


@dataclass(frozen=True)
class Passage:
    """A segment's words, and those before and after it."""

    before: str
    text: str
    after: str


@dataclass
class Contested:
    """All that coders of a study answered differently, and the words it is about.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    """

    corpus: Corpus
    study: Study

    @cached_property
    def items(self) -> list[Item]:
        """Every question that two coders or more answered differently, in the order of the transcripts."""
        found = [
            item
            for variable in self.corpus.variables()
            if (self.corpus.of(variable)["stage"] == "independent").any()
            for settled in settling(self.corpus, self.study, variable, [])
            for item in self._divided(settled)
        ]
        return sorted(found, key=_in_reading_order)

    def passage(self, item: Item, around: int = AROUND) -> Passage:
        """Return a segment in its context, cut between words."""
        text = self._texts.get(item.document_id, "")
        if not text or item.start is None or item.end is None:
            return Passage("", self._own_text.get(item.question.unit_id, text), "")
        before = text[max(0, item.start - around) : item.start]
        after = text[item.end : item.end + around]
        if item.start > around:
            before = "… " + before.partition(" ")[2]
        if item.end + around < len(text):
            after = after.rpartition(" ")[0] + " …"
        return Passage(before, text[item.start : item.end], after)

    @cached_property
    def _texts(self) -> dict[str, str]:
        told = self.corpus.documents.dropna(subset=["text"])
        return dict(zip(told["document_id"], told["text"], strict=True))

    @cached_property
    def _own_text(self) -> dict[str, str]:
        told = self.corpus.segments.dropna(subset=["text"])
        return dict(zip(told["segment_id"], told["text"], strict=True))

    @cached_property
    def _segments(self) -> pd.DataFrame:
        return self.corpus.segments.set_index("segment_id")[PLACE]

    @cached_property
    def _units(self) -> pd.DataFrame:
        """Where each unit that codes are compared on is; one that gathers segments has no start or end."""
        unit = self.study.agreement.unit
        if unit == "segment":
            return self._segments
        units = divide(self.corpus, self.study.agreement.where, unit)
        return units.set_index("unit_id").reindex(columns=PLACE)

    def _divided(self, settled: Settling) -> Iterator[Item]:
        rated = settled.rated
        counts = np.stack([(rated.values == v).sum(axis=0) for v in range(len(settled.words))])
        for place in np.flatnonzero((counts > 0).sum(axis=0) > 1):
            yield self._item(settled, int(place))

    def _item(self, settled: Settling, place: int) -> Item:
        rated = settled.rated
        unit = rated.units.iloc[place]
        at = (self._units if rated.code_id else self._segments).loc[unit["unit_id"]]
        marks = {
            coder: settled.words[int(value)]
            for coder, value in zip(rated.coders, rated.values[:, place], strict=True)
            if not np.isnan(value)
        }
        code = rated.code_id or ""
        name, definition = self._codebook.get(code, (rated.variable, ""))
        return Item(
            Question(rated.variable, unit["unit_id"], code),
            name,
            definition,
            _word(unit["document_id"]),
            _word(unit["case_id"]),
            _word(at["speaker"]),
            _number(at["start"]),
            _number(at["end"]),
            marks,
            settled.words,
        )

    @cached_property
    def _codebook(self) -> dict[str, tuple[str, str]]:
        codes = self.corpus.codes[["code_id", "name", "definition"]]
        return {code: (name, _word(told)) for code, name, told in codes.itertuples(index=False)}


def _in_reading_order(item: Item) -> tuple:
    start = item.start if item.start is not None else -1
    return natural(item.document_id), start, natural(item.question.unit_id), item.about


def _word(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _number(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
