"""What a team settled: the codings that decisions turn independent codings into.

Independent codings stay as they are, so that agreement before discussion can be computed for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from .corpus import Corpus
from .counting import inferred
from .decisions import Decision, conflicts, standing
from .division import divide
from .errors import DataError, Problem
from .ledger import Ledger
from .paths import Workspace
from .read import read_study
from .settling import CODE_WORDS, Settling, settling
from .study import Study, load_study

__all__ = ["CODER", "settled_corpus", "with_decisions"]

CODER = "consensus"
STAGE = "consensus"
PLACE = ["document_id", "case_id", "start", "end"]


def with_decisions(
    corpus: Corpus, study: Study, taken: Sequence[Decision], declared: Study | None = None
) -> Corpus:
    """Return the corpus with a consensus that follows from independent codings and decisions.

    What all coders gave alike, or one coder alone was there to give, stands; what they gave differently is
    as decided, and left out while it is open. Where the study brings consensus codings of its own, decisions
    change these, and nothing else is added.

    Parameters
    ----------
    corpus : Corpus
    study : Study
    taken : sequence of Decision
    declared : Study, optional
        The study as study.yml has it, where `study` has settings replaced: decisions are on its units,
        whatever unit agreement is asked for by.

    Raises
    ------
    DataError
        If a decision speaks of a unit, code or value that is not there.
    """
    if not taken:
        return _noted(corpus, study)
    plan = _as_decided_on(study, declared or study)
    taken, left = _about_what_is_here(corpus, plan, taken)
    if study.agreement.unit == "segment" != plan.agreement.unit:
        taken, more = _without_codes(taken, plan.agreement.unit)
        left += more
    codings, segments, notes = [corpus.codings], [corpus.segments], left
    for variable in corpus.variables():
        mine = [each for each in taken if each.variable == variable]
        if not mine:
            continue
        own, units = corpus.of(variable, STAGE), _as_segments(corpus, plan, variable)
        if own.empty:
            made, note = _from_codings(corpus, plan, variable, mine, units)
        else:
            made, note = _changed(own, mine, units)
            codings[0] = codings[0].drop(own.index.intersection(codings[0].index))
        codings.append(made)
        segments.append(_fresh(units, made, corpus))
        notes.append(note)
    settled = replace(
        corpus,
        codings=_like(codings, corpus.codings),
        segments=_like(segments, corpus.segments),
        coders=_with_coder(corpus.coders),
        warnings=(*corpus.warnings, *notes),
    )
    return _noted(settled, study)


def _noted(corpus: Corpus, study: Study) -> Corpus:
    """Return the corpus with a word on the counting rule where nobody declared it."""
    said = inferred(corpus, study)
    return replace(corpus, warnings=(*corpus.warnings, *said)) if said else corpus


def settled_corpus(workspace: Workspace, study: Study) -> Corpus:
    """Return the corpus of a study read anew from source/ and decisions/.

    Raises
    ------
    DataError
        With every problem in every file.
    """
    taken = Ledger(workspace.decisions(study.study)).read()
    declared = load_study(workspace, study.study)
    return with_decisions(read_study(workspace, study), study, taken, declared)


def _as_segments(corpus: Corpus, study: Study, variable: str) -> pd.DataFrame:
    """Return the units of a study that are no segments, such as sentences, as segments they may become.

    Returns
    -------
    DataFrame
        ``unit_id``; ``segment_id``, the same unless a segment that stands elsewhere has that name already;
        ``document_id``, ``case_id``, ``start``, ``end``.
    """
    unit = study.agreement.unit if variable == "codes" else "segment"
    if unit == "segment":
        return pd.DataFrame(columns=["unit_id", "segment_id", *PLACE])
    units = divide(corpus, study.agreement.where, unit).reindex(columns=["unit_id", *PLACE])
    there = corpus.segments.set_index("segment_id")[PLACE].reindex(units["unit_id"]).reset_index(drop=True)
    known, here = units["unit_id"].isin(corpus.segments["segment_id"]), units[PLACE]
    equal = ((here == there) | (here.isna() & there.isna())).fillna(False).all(axis=1)
    names = units["unit_id"].where(equal | ~known, units["unit_id"] + f":{unit}")
    return units.assign(segment_id=names)


def _fresh(units: pd.DataFrame, made: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Return the segments that codings need and that are none yet."""
    wanted = units["segment_id"].isin(made["segment_id"])
    return units[wanted & ~units["segment_id"].isin(corpus.segments["segment_id"])].drop(columns="unit_id")


def _from_codings(
    corpus: Corpus, study: Study, variable: str, taken: Sequence[Decision], units: pd.DataFrame
) -> tuple[pd.DataFrame, str]:
    """Return consensus codings made of agreed and decided values, and a note."""
    parts = settling(corpus, study, variable, taken)
    rows = [row for part in parts for row in _codings_of(part, variable)]
    called = _names(units)
    rows = [(called.get(unit, unit), value) for unit, value in rows]
    made = pd.DataFrame(rows, columns=["segment_id", "value"]).assign(variable=variable)
    left = sum(int(np.isin(part.how.astype(str), ["open", "conflict"]).sum()) for part in parts)
    decided = sum(int((part.how == "decided").sum()) for part in parts)
    note = f"{variable}: consensus from independent codings and {decided} decisions; {left} still open."
    return _completed(made), note


def _names(units: pd.DataFrame) -> dict[str, str]:
    """Return unit -> the segment that it is, or becomes."""
    return dict(zip(units["unit_id"], units["segment_id"], strict=True))


def _codings_of(part: Settling, variable: str) -> list[tuple[str, str]]:
    settled = ~np.isnan(part.value)
    units = part.rated.units["unit_id"].to_numpy(object)
    if variable == "codes":
        return [(unit, str(part.rated.code_id)) for unit in units[settled & (part.value == 1)]]
    return [(unit, part.words[int(v)]) for unit, v in zip(units[settled], part.value[settled], strict=True)]


def _changed(own: pd.DataFrame, taken: Sequence[Decision], units: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the study's own consensus codings of a variable as decisions leave them, and a note."""
    last = own[own["round"] == own["round"].max()]
    clashing = {conflict.question for conflict in conflicts(taken)}
    kept, added, decided, called = last, [], 0, _names(units)
    for question, heads in standing(taken).items():
        if question in clashing:
            continue
        decided += 1
        segment = called.get(question.unit_id, question.unit_id)
        about = kept["segment_id"] == segment
        about &= (kept["value"] == question.code_id) if question.code_id else True
        kept = kept[~about]
        value = question.code_id if question.code_id else heads[0].after
        if heads[0].after != "no" or not question.code_id:
            added.append({"segment_id": segment, "value": value, "variable": question.variable})
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


def _as_decided_on(study: Study, declared: Study) -> Study:
    """Return a study with the units that its team decided on."""
    units = {"agreement": declared.agreement, "segmentation": declared.segmentation}
    return study.model_copy(update=units)


def _without_codes(taken: Sequence[Decision], unit: str) -> tuple[list[Decision], list[str]]:
    """Return decisions without those on codes, and a note.

    Units of another kind become segments as they are settled; where agreement is asked for by segment,
    these would count as segments that coders were shown.
    """
    rest = [each for each in taken if each.variable != "codes"]
    n = len(taken) - len(rest)
    return rest, [f"{n} decisions by {unit} left aside: agreement is asked for by segment."] if n else []


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
    """Return the ids of everything that a decision on a variable, or on codes, may speak of."""
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
