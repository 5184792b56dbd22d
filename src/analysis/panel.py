"""The panel in JupyterLab where segments coded differently are settled, by keyboard or mouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import resources
from typing import Any

import anywidget
import traitlets

from .contested import Item
from .decisions import Decision, latest
from .errors import ConcordError
from .paths import Workspace
from .review import Chosen, Review, open_review

__all__ = ["Panel", "open_panel"]

ASSETS = resources.files("analysis").joinpath("templates/panel")
NEEDS_REASON = "Say why, in a few words: the decision log is what a reviewer reads."
LOOK_AGAIN = "Run the notebook again to see what was kept."


def open_panel(study: str, by: str) -> Panel:
    """Return the panel for one person on one study.

    Parameters
    ----------
    study : str
        Folder below data/raw.
    by : str
        Who decides; names the file of decisions.

    Raises
    ------
    ConcordError
        If the study cannot be read.
    """
    return Panel(open_review(Workspace.find(), study, by))


class Panel(anywidget.AnyWidget):
    """A view of a :class:`~analysis.review.Review`; every decision is on disk before the view says so.

    Parameters
    ----------
    review : Review
    """

    _esm = ASSETS.joinpath("panel.js").read_text("utf-8")
    _css = ASSETS.joinpath("panel.css").read_text("utf-8")
    view = traitlets.Dict().tag(sync=True)

    def __init__(self, review: Review) -> None:
        super().__init__()
        self.review = review
        self.taken = review.taken()  # as last read; what this person decides is added at once
        self.chosen = Chosen()
        self.places: list[int] = []
        self.at = 0
        self.before_them: dict[int, tuple[Decision, ...]] = {}  # what the person saw, by place
        self._acts: dict[str, Callable[[Mapping[str, Any]], str]] = {
            "decide": self._decide,
            "undo": self._undo,
            "move": self._move,
            "choose": self._choose,
        }
        self.on_msg(self._on_message)
        self._show("")

    def _on_message(self, _widget: Any, asked: Mapping[str, Any], _buffers: Any) -> None:
        """Do what the person asked for; whatever goes wrong is said in the panel, not in a log."""
        act = self._acts.get(str(asked.get("do")))
        if act is None:
            return
        try:
            message = act(asked)
        except ConcordError as error:
            self._show(str(error), failed=True)
        except OSError as error:
            self._show(f"{error.strerror}. {LOOK_AGAIN}", failed=True)
        else:
            self._show(message)

    def _decide(self, asked: Mapping[str, Any]) -> str:
        """Keep a decision; one that comes twice, as by a key pressed twice, is kept once."""
        why = " ".join(str(asked.get("why", "")).split())
        if not why:
            return NEEDS_REASON
        place, after = int(asked["place"]), str(asked["after"])
        known = self.before_them.get(place, ())
        kept = f"Kept: {after}, {self.review.items[place].name}."
        if [(each.by, each.after, each.why) for each in known] == [(self.review.by, after, why)]:
            return kept
        decision = self.review.decide(place, after, why, known)
        self.taken = [*self.taken, decision]
        self.before_them[place] = (decision,)
        if self.places[self.at : self.at + 1] == [place]:
            self._move({"by": 1})
        return kept

    def _undo(self, _asked: Mapping[str, Any]) -> str:
        back = self.review.undo()
        if back is None:
            return "There is nothing to take back in this sitting."
        self.taken = [*self.taken, back]
        here = next(n for n, item in enumerate(self.review.items) if item.question == back.question)
        self.at = self.places.index(here) if here in self.places else self.at
        return "Taken back; the line stays in the file, marked so."

    def _move(self, asked: Mapping[str, Any]) -> str:
        self.at = max(0, min(len(self.places) - 1, self.at + int(asked["by"])))
        return ""

    def _choose(self, asked: Mapping[str, Any]) -> str:
        given = {name: str(asked.get(name, "")) for name in ("code", "pair", "document", "state")}
        chosen = Chosen(**given)
        self.places = self.review.chosen(chosen, self.taken)
        self.chosen, self.at = chosen, 0
        return ""

    def _show(self, message: str, failed: bool = False) -> None:
        """Send the state of things; the list walked through is kept until another is chosen.

        Where somebody's file cannot be read, things are shown as last read: what was kept stays kept.
        """
        try:
            self.taken = self.review.taken()
        except ConcordError as error:
            message, failed = " ".join(dict.fromkeys([message, str(error)])).strip(), True
        if not self.places:
            self.places = self.review.chosen(self.chosen, self.taken)
        states = self.review.states(self.taken)
        counts = {"open": len(self.review.items) - sum(i.question in states for i in self.review.items)}
        for name in ("decided", "conflict"):
            counts[name] = sum(states.get(item.question) == name for item in self.review.items)
        self.view = {
            "by": self.review.by,
            "message": message,
            "failed": failed,
            "serial": self.view.get("serial", 0) + 1,
            "counts": counts,
            "choices": self.review.choices(),
            "chosen": asdict(self.chosen),
            "at": self.at,
            "n": len(self.places),
            "undo": bool(self.review.mine),
            "item": self._item() if self.places else None,
        }

    def _item(self) -> dict[str, Any]:
        place = self.places[self.at]
        item = self.review.items[place]
        decided = [each for each in self.taken if each.question == item.question]
        self.before_them[place] = latest(self.taken).get(item.question, ())
        return {
            "place": place,
            "state": self.review.state(item, self.taken),
            **_told(item),
            "passage": asdict(self.review.contested.passage(item)),
            "earlier": [{"by": d.by, "after": d.after or "taken back", "why": d.why} for d in decided],
        }


def _told(item: Item) -> dict[str, Any]:
    return {
        "name": item.name,
        "code": item.question.code_id or item.question.variable,
        "unit": item.question.unit_id,
        "definition": item.definition,
        "document": item.document_id,
        "participant": item.case_id,
        "speaker": item.speaker,
        "marks": [{"coder": coder, "gave": word} for coder, word in item.marks.items()],
        "choices": list(item.choices),
    }
