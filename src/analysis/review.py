"""Walking through the segments coded differently: which are open, and what one person decides on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .contested import Contested, Item
from .corpus import Corpus, natural
from .decisions import BACK, Decision, Question, conflicts, latest, standing
from .errors import UsageError, did_you_mean, quoted
from .ledger import Ledger
from .paths import Workspace
from .read import read_study
from .study import Study, load_study

__all__ = ["Chosen", "Review", "open_review"]

STATES = ("open", "conflict", "decided")


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
    def contested(self) -> Contested:
        """What is to be decided, worked out once."""
        return Contested(self.corpus, self.study)

    @property
    def items(self) -> list[Item]:
        """Every question that two coders or more answered differently, in the order of the transcripts."""
        return self.contested.items

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
        pairs = {"|".join(pair) for item in self.items for pair in item.pairs()}
        return {
            "code": list(dict.fromkeys(item.about for item in self.items)),
            "pair": sorted(pairs, key=natural),
            "document": sorted({item.document_id for item in self.items if item.document_id}, key=natural),
            "state": list(STATES),
        }

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

    def _refuse_unknown(self, by: Chosen) -> None:
        known = self.choices()
        wrong = {name: value for name, value in vars(by).items() if value and value not in known[name]}
        for name, value in wrong.items():
            hint = did_you_mean(value, known[name])
            raise UsageError(f"no segment coded differently has the {name} {quoted(value)}.{hint}")


def _admits(by: Chosen, item: Item, state: str) -> bool:
    return (
        by.code in ("", item.about)
        and by.document in ("", item.document_id)
        and by.state in ("", state)
        and (not by.pair or by.pair in map("|".join, item.pairs()))
    )
