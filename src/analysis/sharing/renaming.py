"""Names that are nobody's words, in place of ids that may tell whose they are; the same in every table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import get_args

import pandas as pd

from ..agreement.measures import MEASURES
from ..corpus import Corpus, natural
from ..division import INTERVIEWERS
from ..errors import is_name
from ..idlabels import is_label
from ..keys import key, split
from ..publicnames import CODE_COLUMNS, code_labels, code_names
from ..settings import Measure
from ..study import Study

__all__ = ["IN_CLAIMS", "WITHHELD", "Renaming", "renaming"]

WITHHELD = "[withheld]"
NO_CODE = re.compile("|".join([r"level_\d+", *MEASURES, *get_args(Measure)]))  # in results over all codes
ROLES = (*INTERVIEWERS, "participant", "client", "therapist", "patient")
COLUMNS = {
    **dict.fromkeys(CODE_COLUMNS, "codes"),
    "case_id": "cases",
    "document_id": "documents",
    "segment_id": "segments",
    "coder_id": "coders",
    "author": "coders",
    "speaker": "speakers",
    "question": "questions",
}
IN_CLAIMS = {**COLUMNS, "document": "documents", "name": "code_names", "subject": "code_names"}
OPEN = {  # columns of derived tables whose words are Concord's own, or stand in study.yml
    "action", "aggregation", "assumption", "block", "by", "codes", "counted", "domain", "gap", "group",
    "groups", "influence", "influence_on", "interval", "label", "level", "measure", "orders", "rollup",
    "rule", "segmentation", "side", "stage", "state", "status", "unit", "universe", "value", "variable",
    "vendor", "within",
}  # fmt: skip


@dataclass(frozen=True)
class Renaming:
    """Old name -> new name, for each kind of thing.

    The order of names stays, so that everything that is sorted by name stays in order. What no table of the
    study holds has no new name: where a claim says it, :data:`WITHHELD` stands.
    """

    cases: Mapping[str, str]
    documents: Mapping[str, str]
    segments: Mapping[str, str]
    coders: Mapping[str, str]
    codes: Mapping[str, str]
    code_names: Mapping[str, str]
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
            over_all = NO_CODE.fullmatch(parts[at])
            parts[at] = self.codes.get(parts[at], parts[at] if over_all else WITHHELD)
        if parts[:2] == ["segments", "speaker"] and len(parts) > 2:
            parts[2] = self.speakers.get(parts[2], WITHHELD)
        of_codes = parts[1:2] == ["codes"]
        return key(*parts, **{name: self.told(name, value, of_codes) for name, value in only.items()})

    def told(self, column: str, value: object, of_codes: bool = False) -> object:
        """Return what a claim says of a column: under its new name, as it is, or withheld.

        Parameters
        ----------
        column : str
            Of a derived table; or what stands in the brackets of a result's key.
        value : object
        of_codes : bool
            Whether the line is about the variable `codes`, whose values are codes.
        """
        kind = "codes" if of_codes and column == "value" else IN_CLAIMS.get(column)
        text = str(value)
        if kind is not None and value not in (None, ""):
            return getattr(self, kind).get(text, WITHHELD)
        if column == "pair" and text:
            return "|".join(self._coder(each) for each in text.split("|"))
        if column == "counted" and text.startswith("coder:"):
            return f"coder:{self._coder(text.removeprefix('coder:'))}"
        holds_words = isinstance(value, str) and any(map(str.isalpha, text))
        return WITHHELD if holds_words and column not in OPEN else value

    def setting(self, column: str, value: object) -> object:
        """Return a name, or a list of names, as a setting gives it; a role that nobody has stays."""
        if isinstance(value, list):
            return [self.setting(column, each) for each in value]
        kind = COLUMNS.get(column)
        if kind is None:
            return value
        return getattr(self, kind).get(str(value), value if kind == "speakers" else WITHHELD)

    def _coder(self, name: str) -> str:
        coder, round_, number = name.partition(" round ")
        return self.coders.get(coder, WITHHELD) + round_ + (number if number.isdigit() else "")

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
        code_names=_names(corpus, study),
        speakers={
            name: name if name.casefold() in _declared(study) else f"speaker {n}"
            for n, name in enumerate(spoken, start=1)
        },
        questions={name: name if is_name(name) else f"question {n}" for n, name in enumerate(asked, start=1)},
    )


def _numbered(ids: Iterable[str], letter: str) -> dict[str, str]:
    names = [str(each) for each in ids]
    if all(map(is_label, names)):
        return {name: name for name in names}
    return {name: f"{letter}{n}" for n, name in enumerate(names, start=1)}


def _names(corpus: Corpus, study: Study) -> dict[str, str]:
    """Return name of a code -> name that may be shown; variables, which stand beside codes, as they are."""
    shown = code_names(corpus, study)
    own = corpus.codes.drop_duplicates("name", keep=False).set_index("name")["code_id"]
    return {name: name for name in corpus.variables()} | {str(n): shown[str(code)] for n, code in own.items()}


def _declared(study: Study) -> set[str]:
    filters = [study.agreement.where, *(variable.where for variable in study.variables.values())]
    named = [each for where in filters for each in where.columns().get("speaker", [])]
    return {name.casefold() for name in (*ROLES, *named)}
