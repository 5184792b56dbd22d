"""Walking through the segments coded differently: what is to be decided, in context, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from .corpus import Corpus, natural
from .decisions import BACK, Decision, Question, conflicts, latest, standing
from .division import divide
from .errors import UsageError, did_you_mean, quoted
from .ledger import Ledger
from .paths import Workspace
from .read import read_study
from .settling import Settling, settling
from .study import Study, load_study

__all__ = ["Chosen", "Item", "Passage", "Review", "open_review"]

AROUND = 600  # characters of the transcript shown on either side
PLACE = ["document_id", "start", "end", "speaker"]
STATES = ("open", "conflict", "decided")


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


@dataclass(frozen=True)
class Passage:
    """A segment's words, and those before and after it."""

    before: str
    text: str
    after: str


@dataclass(frozen=True)
class Chosen:
    """Which items to walk through; empty means all.

    Parameters
    ----------
    code : str
        A code, or a variable.
    pair : str
        Two coders, ``A|B``: only what these two gave differently.
    document : str
    state : str
        open, conflict or decided.
    """

    code: str = ""
    pair: str = ""
    document: str = ""
    state: str = ""


def open_review(workspace: Workspace, study: str, by: str) -> Review:
    """Return the review of a study for one person, everything read anew.

    Raises
    ------
    ConcordError
        If the study cannot be read.
    """
    workspace.require(study)
    loaded = load_study(workspace, study)
    return Review(read_study(workspace, loaded), loaded, Ledger(workspace.decisions(study)), by)


@dataclass
class Review:
    """The questions of a study, one person's walk through them, and the ledger that keeps what is decided.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    ledger : Ledger
    by : str
        Who is at the keyboard.
    """

    corpus: Corpus
    study: Study
    ledger: Ledger
    by: str
    mine: list[tuple[Decision, tuple[Decision, ...]]] = field(default_factory=list)

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

    def taken(self) -> list[Decision]:
        """Return all decisions by everybody, read anew."""
        return self.ledger.read()

    def state(self, item: Item, taken: Sequence[Decision]) -> str:
        """Return ``open``, ``decided`` or ``conflict``."""
        return self.states(taken).get(item.question, "open")

    def states(self, taken: Sequence[Decision]) -> dict[Question, str]:
        """Return question -> ``decided`` or ``conflict``; what is not in it is open."""
        clashing = {conflict.question for conflict in conflicts(taken)}
        return {q: "conflict" if q in clashing else "decided" for q in standing(taken)}

    def chosen(self, by: Chosen, taken: Sequence[Decision]) -> list[int]:
        """Return the places in `items` that a choice admits.

        Raises
        ------
        UsageError
            If it names a code, pair, document or state that no item has.
        """
        self._refuse_unknown(by)
        states = self.states(taken)
        return [
            n for n, item in enumerate(self.items) if _admits(by, item, states.get(item.question, "open"))
        ]

    def choices(self) -> dict[str, list[str]]:
        """Return what one may choose by: codes, pairs, documents, states."""
        pairs = {"|".join(pair) for item in self.items for pair in _divided_pairs(item)}
        return {
            "code": list(dict.fromkeys(_about(item) for item in self.items)),
            "pair": sorted(pairs, key=natural),
            "document": sorted({item.document_id for item in self.items if item.document_id}, key=natural),
            "state": list(STATES),
        }

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

    def decide(self, place: int, after: str, why: str, seen: Sequence[Decision] | None = None) -> Decision:
        """Keep a decision on one item.

        Parameters
        ----------
        place : int
            In `items`.
        after, why : str
        seen : sequence of Decision, optional
            The latest decisions that the person had before them; by default the latest now. Somebody
            else's that is not among them is not replaced, and a conflict shows.

        Raises
        ------
        UsageError
            If the answer is none of the item's choices.
        """
        item = self.items[place]
        if after not in item.choices:
            hint = did_you_mean(after, item.choices)
            raise UsageError(f"{quoted(after)} is no answer here.{hint} One of: {', '.join(item.choices)}.")
        earlier = tuple(seen) if seen is not None else latest(self.taken()).get(item.question, ())
        decision = self.ledger.take(self.by, item.question, item.given, after, why, earlier)
        self.mine.append((decision, earlier))
        return decision

    def undo(self) -> Decision | None:
        """Take back the last decision of this sitting; what stood before it stands again.

        Returns None where there is none. The line that is taken back stays in the file, and so does what
        somebody else decided in the meantime.
        """
        if not self.mine:
            return None
        last, earlier = self.mine[-1]
        answers = {each.after for each in earlier if each.after != BACK}
        after = answers.pop() if len(answers) == 1 else BACK
        why = next((each.why for each in earlier if each.after == after != BACK), "")
        told = f"taken back. {why}".strip()
        own = [each for each in latest(self.taken()).get(last.question, ()) if each.by == self.by]
        back = self.ledger.take(self.by, last.question, last.before, after, told, seen=own or [last])
        self.mine.pop()
        return back

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

    def _refuse_unknown(self, by: Chosen) -> None:
        known = self.choices()
        wrong = {name: value for name, value in vars(by).items() if value and value not in known[name]}
        for name, value in wrong.items():
            hint = did_you_mean(value, known[name])
            raise UsageError(f"no segment coded differently has the {name} {quoted(value)}.{hint}")


def _about(item: Item) -> str:
    return item.question.code_id or item.question.variable


def _in_reading_order(item: Item) -> tuple:
    start = item.start if item.start is not None else -1
    return natural(item.document_id), start, natural(item.question.unit_id), _about(item)


def _divided_pairs(item: Item) -> Iterator[tuple[str, str]]:
    names = sorted(item.marks, key=natural)
    for n, a in enumerate(names):
        for b in names[n + 1 :]:
            if item.marks[a] != item.marks[b]:
                yield a, b


def _admits(by: Chosen, item: Item, state: str) -> bool:
    return (
        by.code in ("", _about(item))
        and by.document in ("", item.document_id)
        and by.state in ("", state)
        and (not by.pair or by.pair in map("|".join, _divided_pairs(item)))
    )


def _word(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)


def _number(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
