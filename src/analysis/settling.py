"""What is settled of each question: agreed, as one coder gave it, as decided, or still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .corpus import Corpus, natural
from .decisions import Decision, Question, conflicts, standing
from .presence import presence
from .study import Study
from .units import Ratings, ratings

__all__ = ["CODE_WORDS", "Settling", "settle", "settling"]

CODE_WORDS = ("no", "yes")


@dataclass(frozen=True)
class Settling:
    """What of a variable (or code) is settled, and how.

    Parameters
    ----------
    rated : Ratings
        The independent ratings of the headline round, M coders on N units.
    words : tuple of str, length V
        What each value is called in a decision.
    value : ndarray of float, shape (N,)
        Place of the settled value in `words`; nan where nothing is settled.
    how : ndarray of str, shape (N,)
        ``agreed``, ``one coder``, ``decided``, ``open``, ``conflict`` or ``not coded``.
    """

    rated: Ratings
    words: tuple[str, ...]
    value: np.ndarray
    how: np.ndarray


def settling(corpus: Corpus, study: Study, variable: str, taken: Sequence[Decision]) -> list[Settling]:
    """Return what is settled of each code, or of the one variable."""
    if variable == "codes":
        seen = presence(corpus, study)
        return [settle(seen.of(code), CODE_WORDS, taken) for code in seen.codes]
    rated = ratings(corpus, study, variable)
    return [settle(rated, rated.domain, taken)]


def settle(rated: Ratings, words: tuple[str, ...], taken: Sequence[Decision]) -> Settling:
    """Return the settled value of each unit: as agreed, as one coder gave it, or as decided."""
    mine = {q: heads for q, heads in standing(taken).items() if _is_about(q, rated)}
    fresh = {each.after for heads in mine.values() for each in heads} - {*words}
    words = (*words, *sorted(fresh, key=natural))
    counts = np.stack([(rated.values == v).sum(axis=0) for v in range(len(words))])
    given = counts.sum(axis=0)
    alike = (given > 0) & (counts.max(axis=0) == given)
    value = np.where(alike, counts.argmax(axis=0), np.nan)
    how = np.where(alike, np.where(given > 1, "agreed", "one coder"), np.where(given, "open", "not coded"))
    how = how.astype(object)
    place = {unit: n for n, unit in enumerate(rated.units["unit_id"])}
    clashing = {conflict.question for conflict in conflicts(taken)}
    for question, heads in mine.items():
        at = place.get(question.unit_id)
        if at is not None:
            clash = question in clashing
            value[at] = np.nan if clash else words.index(heads[0].after)
            how[at] = "conflict" if clash else "decided"
    return Settling(rated, words, value, how)


def _is_about(question: Question, rated: Ratings) -> bool:
    return (question.variable, question.code_id) == (rated.variable, rated.code_id or "")
