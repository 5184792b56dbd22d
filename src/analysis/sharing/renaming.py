"""Names that are nobody's words, in place of ids that may tell whose they are; the same in every table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from ..corpus import Corpus, natural
from ..division import INTERVIEWERS
from ..errors import is_name
from ..keys import key, split
from ..publicnames import code_labels
from ..study import Study

__all__ = ["Renaming", "renaming"]

PLAIN = re.compile(r"[A-Za-z]{0,3}[-_. ]?\d+(?:[-_. ][A-Za-z]{0,2}\d+|[a-z])*|[A-Za-z]{1,3}")
ROLES = (*INTERVIEWERS, "participant", "client", "therapist", "patient")
COLUMNS = {
    "case_id": "cases",
    "document_id": "documents",
    "segment_id": "segments",
    "coder_id": "coders",
    "author": "coders",
    "code_id": "codes",
    "parent_id": "codes",
    "speaker": "speakers",
    "question": "questions",
}


@dataclass(frozen=True)
class Renaming:
    """Old name -> new name, for each kind of thing.

    The order of names stays, so that everything that is sorted by name stays in order.
    """

    cases: Mapping[str, str]
    documents: Mapping[str, str]
    segments: Mapping[str, str]
    coders: Mapping[str, str]
    codes: Mapping[str, str]
    speakers: Mapping[str, str]
    questions: Mapping[str, str]

    def column(self, name: str, cells: pd.Series) -> pd.Series:
        """Return a column of ids under their new names; other columns as they are."""
        kind = COLUMNS.get(name)
        return cells if kind is None else self._series(kind, cells)

    def corpus(self, corpus: Corpus) -> Corpus:
        """Return the tables under new names."""
        tables = {
            name: frame.assign(**{column: self.column(column, frame[column]) for column in frame})
            for name, frame in corpus.tables().items()
        }
        codings = tables["codings"]
        of_codes = codings["variable"] == "codes"
        renamed = self._series("codes", codings["value"])
        tables["codings"] = codings.assign(value=codings["value"].mask(of_codes, renamed))
        listed = tables["charting"]["segment_ids"].map(self._listed, na_action="ignore").astype("string")
        tables["charting"] = tables["charting"].assign(segment_ids=listed)
        return replace(corpus, **tables)

    def key(self, name: str) -> str:
        """Return a result's key under new names."""
        parts, only = split(name)
        at = {"agreement": 2, "differences": 2, "themes": 1}.get(parts[0], 0)
        if at and len(parts) > at and (at == 1 or parts[1] == "codes"):
            parts[at] = self.codes.get(parts[at], parts[at])
        if parts[:2] == ["segments", "speaker"]:
            parts[2] = self.speakers.get(parts[2], parts[2])
        if "speaker" in only:
            only["speaker"] = self.speakers.get(only["speaker"], only["speaker"])
        if "pair" in only:
            only["pair"] = "|".join(self._coder(each) for each in only["pair"].split("|"))
        return key(*parts, **only)

    def setting(self, column: str, value: object) -> object:
        """Return a name, or a list of names, as a setting or a condition of a claim gives it."""
        if isinstance(value, list):
            return [self.setting(column, each) for each in value]
        kind = COLUMNS.get(column)
        return value if kind is None or not isinstance(value, str) else getattr(self, kind).get(value, value)

    def _coder(self, name: str) -> str:
        coder, round_, number = name.partition(" round ")
        return self.coders.get(coder, coder) + round_ + number

    def _listed(self, ids: str) -> str:
        return " ".join(self.segments.get(each.strip(";,"), each) for each in str(ids).split())

    def _series(self, kind: str, cells: pd.Series) -> pd.Series:
        names = getattr(self, kind)
        return cells.map(lambda name: names.get(name, name), na_action="ignore").astype(cells.dtype)


def renaming(corpus: Corpus, study: Study) -> Renaming:
    """Return new names for all that may tell whose it is.

    Ids of participants, documents and segments that are all labels such as P01 or D2-s003 stay, and so do
    codes that are; where one is not, all of its kind are numbered. Speakers stay where they are roles, or
    stand in study.yml; questions where they are names and no sentences.

    Parameters
    ----------
    corpus : Corpus
    study : Study
        With the policy text_free.
    """
    spoken = sorted({*corpus.segments["speaker"].dropna(), *corpus.turns["speaker"].dropna()}, key=natural)
    asked = sorted({*corpus.segments["question"].dropna(), *corpus.asked["question"].dropna()}, key=natural)
    return Renaming(
        cases=_numbered(corpus.cases["case_id"], "p"),
        documents=_numbered(corpus.documents["document_id"], "d"),
        segments=_numbered(corpus.segments["segment_id"], "s"),
        coders=_numbered(sorted(corpus.coders["coder_id"].astype(str), key=natural), "coder "),
        codes=code_labels(corpus, study),
        speakers={
            name: name if name.casefold() in _declared(study) else f"speaker {n}"
            for n, name in enumerate(spoken, start=1)
        },
        questions={name: name if is_name(name) else f"question {n}" for n, name in enumerate(asked, start=1)},
    )


def _numbered(ids: Iterable[str], letter: str) -> dict[str, str]:
    names = [str(each) for each in ids]
    if all(PLAIN.fullmatch(name) for name in names):
        return {name: name for name in names}
    return {name: f"{letter}{n}" for n, name in enumerate(names, start=1)}


def _declared(study: Study) -> set[str]:
    filters = [study.agreement.where, *(variable.where for variable in study.variables.values())]
    named = [each for where in filters for each in where.columns().get("speaker", [])]
    return {name.casefold() for name in (*ROLES, *named)}
