"""What a team settled: the codings that decisions turn independent codings into.

Independent codings stay as they are, so that agreement before discussion can be computed for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .corpus import Corpus, empty_table, natural
from .decisions import Decision, Question, conflicts, standing
from .division import SPANNED, divide
from .errors import DataError, Problem
from .ledger import Ledger
from .paths import Workspace
from .read import read_study
from .study import Study
from .units import Ratings, presence, ratings

__all__ = ["CODER", "Settling", "settle", "settled_corpus", "settling", "with_decisions"]

CODER = "consensus"
STAGE = "consensus"
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


def with_decisions(corpus: Corpus, study: Study, taken: Sequence[Decision]) -> Corpus:
    """Return the corpus with a consensus that follows from independent codings and decisions.

    What all coders gave alike, or one coder alone was there to give, stands; what they gave differently is
    as decided, and left out while it is open. Where the study brings consensus codings of its own, decisions
    change these, and nothing else is added.

    Raises
    ------
    DataError
        If a decision speaks of a unit, code or value that is not there.
    """
    if not taken:
        return corpus
    taken, left = _about_what_is_here(corpus, study, taken)
    codings, segments, notes = [corpus.codings], [corpus.segments], left
    for variable in corpus.variables():
        mine = [each for each in taken if each.variable == variable]
        if not mine:
            continue
        own = corpus.of(variable, STAGE)
        if own.empty:
            made, spans, note = _from_codings(corpus, study, variable, mine)
            segments.append(spans)
        else:
            made, note = _changed(own, mine)
            codings[0] = codings[0].drop(own.index.intersection(codings[0].index))
        codings.append(made)
        notes.append(note)
    return replace(
        corpus,
        codings=_like(codings, corpus.codings),
        segments=_like(segments, corpus.segments),
        coders=_with_coder(corpus.coders),
        warnings=(*corpus.warnings, *notes),
    )


def settled_corpus(workspace: Workspace, study: Study) -> Corpus:
    """Return the corpus of a study read anew from source/ and decisions/.

    Raises
    ------
    DataError
        With every problem in every file.
    """
    taken = Ledger(workspace.decisions(study.study)).read()
    return with_decisions(read_study(workspace, study), study, taken)


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


def _from_codings(
    corpus: Corpus, study: Study, variable: str, taken: Sequence[Decision]
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return consensus codings made of agreed and decided values, the segments they need, and a note."""
    parts = settling(corpus, study, variable, taken)
    rows = [row for part in parts for row in _codings_of(part, variable)]
    made = pd.DataFrame(rows, columns=["segment_id", "value"]).assign(variable=variable)
    left = sum(int(np.isin(part.how.astype(str), ["open", "conflict"]).sum()) for part in parts)
    decided = sum(int((part.how == "decided").sum()) for part in parts)
    note = f"{variable}: consensus from independent codings and {decided} decisions; {left} still open."
    unit = study.agreement.unit if variable == "codes" else "segment"
    return _completed(made), _spans(corpus, study, made, unit), note


def _codings_of(part: Settling, variable: str) -> list[tuple[str, str]]:
    settled = ~np.isnan(part.value)
    units = part.rated.units["unit_id"].to_numpy(object)
    if variable == "codes":
        return [(unit, str(part.rated.code_id)) for unit in units[settled & (part.value == 1)]]
    return [(unit, part.words[int(v)]) for unit, v in zip(units[settled], part.value[settled], strict=True)]


def _spans(corpus: Corpus, study: Study, made: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return a segment for each unit that is none yet, such as a sentence."""
    if unit not in SPANNED:
        return empty_table("segments")
    units = divide(corpus, study.agreement.where, unit).rename(columns={"unit_id": "segment_id"})
    known = corpus.segments["segment_id"]
    fresh = units[units["segment_id"].isin(made["segment_id"]) & ~units["segment_id"].isin(known)]
    return fresh[["segment_id", "document_id", "case_id", "start", "end"]]


def _changed(own: pd.DataFrame, taken: Sequence[Decision]) -> tuple[pd.DataFrame, str]:
    """Return the study's own consensus codings of a variable as decisions leave them, and a note."""
    last = own[own["round"] == own["round"].max()]
    clashing = {conflict.question for conflict in conflicts(taken)}
    kept, added, decided = last, [], 0
    for question, heads in standing(taken).items():
        if question in clashing:
            continue
        decided += 1
        about = kept["segment_id"] == question.unit_id
        about &= (kept["value"] == question.code_id) if question.code_id else True
        kept = kept[~about]
        value = question.code_id if question.code_id else heads[0].after
        if heads[0].after != "no" or not question.code_id:
            added.append({"segment_id": question.unit_id, "value": value, "variable": question.variable})
    fresh = _completed(pd.DataFrame(added, columns=["segment_id", "value", "variable"]))
    fresh["round"] = last["round"].max()
    note = f"{last['variable'].iloc[0]}: {decided} decisions applied to the consensus codings."
    earlier = own[own["round"] != own["round"].max()]
    return _like([earlier, kept, fresh], own), note


def _completed(made: pd.DataFrame) -> pd.DataFrame:
    return made.assign(coder_id=CODER, stage=STAGE, round=1)


def _like(parts: Sequence[pd.DataFrame], model: pd.DataFrame) -> pd.DataFrame:
    """Return the parts below each other, with the columns and types of a table."""
    filled = [part.reindex(columns=model.columns).astype(model.dtypes) for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else model


def _with_coder(coders: pd.DataFrame) -> pd.DataFrame:
    if CODER in set(coders["coder_id"]):
        return coders
    row = pd.DataFrame({"coder_id": [CODER], "kind": ["human"], "role": ["consensus"]})
    return _like([coders, row], coders)


def _about_what_is_here(
    corpus: Corpus, study: Study, taken: Sequence[Decision]
) -> tuple[list[Decision], list[str]]:
    """Return the decisions on what the study holds, and a note on those left aside.

    Decisions on participants who withdrew or were excluded stay in the files and count for nothing. Where
    nobody is missing, a decision about something unknown is an error: it would be lost without a word.
    """
    units = {name: _units_of(corpus, study, name) for name in sorted({each.variable for each in taken})}
    here = [each for each in taken if each.unit_id in units[each.variable]]
    aside = len(taken) - len(here)
    expected = bool(corpus.withdrawn or study.exclude.case or study.exclude.group)
    problems = (
        []
        if expected
        else [
            Problem(
                f"decision {each.id} speaks of a segment that is not there.", file=f"decisions/{each.by}.csv"
            )
            for each in taken
            if each.unit_id not in units[each.variable]
        ]
    )
    problems += _strange_answers(corpus, study, here)
    if problems:
        raise DataError(problems, next_step="Take these decisions back, or put the data right.")
    return here, [f"{aside} decisions on segments that are no longer here left aside."] if aside else []


def _strange_answers(corpus: Corpus, study: Study, here: Sequence[Decision]) -> list[Problem]:
    codes = set(corpus.codes["code_id"])
    problems = []
    for heads in standing(here).values():
        each = heads[0]
        what = "leaves a value that is not declared" if not _known_value(study, each) else ""
        if each.variable == "codes" and each.code_id not in codes:
            what = "speaks of a code that is not in the codebook"
        if what:
            problems.append(Problem(f"decision {each.id} {what}.", file=f"decisions/{each.by}.csv"))
    return problems


def _units_of(corpus: Corpus, study: Study, variable: str) -> set[str]:
    if variable == "codes":
        where, unit = study.agreement.where, study.agreement.unit
        everything = set(corpus.segments["segment_id"])
        return everything if unit == "segment" else set(divide(corpus, where, unit)["unit_id"])
    return set(corpus.segments["segment_id"]) if variable in study.variables else set()


def _known_value(study: Study, decision: Decision) -> bool:
    if decision.variable == "codes":
        return decision.after in CODE_WORDS
    declared = study.variables[decision.variable].values
    return not declared or decision.after in declared


def question_of(settled: Settling, place: int) -> Question:
    """Return the question about one unit."""
    rated = settled.rated
    return Question(rated.variable, rated.units["unit_id"].iloc[place], rated.code_id or "")
