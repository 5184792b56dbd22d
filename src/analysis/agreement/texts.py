"""A study's codings as marked stretches of text: what the unitizing family and other software compare."""

from __future__ import annotations

import pandas as pd

from .. import sight
from ..corpus import Corpus
from ..division import universe_of
from ..study import Study
from .continuum import Continuum

__all__ = ["continua"]


def continua(
    corpus: Corpus, study: Study, stage: str = "independent", round_: int | None = None
) -> list[Continuum]:
    """Return every document with text as a continuum with the spans of its coders.

    A segment without positions stands for the whole document. Who coded a document is taken from the
    assignments where they are recorded, else from the codings themselves.

    Parameters
    ----------
    corpus : Corpus
    study : Study
        Its ``agreement.where`` says whose speech counts; positions stay those of the whole document.
    stage : str
    round_ : int, optional
        The last one where not given.

    Returns
    -------
    list of Continuum
        In the order of the documents; empty where no document has text.
    """
    rounds = corpus.rounds("codes", stage)
    last = round_ if round_ is not None else (rounds[-1] if rounds else 1)
    documents = corpus.documents.dropna(subset=["text"])
    spans = _spans(corpus, study, stage, last)
    asked = sight.assigned(corpus, "codes", stage, last).dropna(subset=["document_id"])
    humans = corpus.coders.loc[corpus.coders["kind"].fillna("human") == "human", "coder_id"]
    found = []
    for document in documents.itertuples(index=False):
        mine = spans[spans["document_id"] == document.document_id]
        end = mine["end"].fillna(len(document.text)).astype(int)
        who = set(mine["coder_id"]) | set(asked.loc[asked["document_id"] == document.document_id, "coder_id"])
        columns = (mine["coder_id"], mine["start"].fillna(0).astype(int), end, mine["value"])
        found.append(
            Continuum(
                len(document.text),
                list(zip(*columns, strict=True)),
                coders=[coder for coder in humans if coder in who],
                document=document.document_id,
                case="" if pd.isna(document.case_id) else document.case_id,
            )
        )
    return found


def _spans(corpus: Corpus, study: Study, stage: str, round_: int) -> pd.DataFrame:
    """Return the codings of a round with document, start and end; other than people are left out."""
    codings = corpus.of("codes", stage, round_)
    humans = corpus.coders.loc[corpus.coders["kind"].fillna("human") == "human", "coder_id"]
    inside = universe_of(corpus, study.agreement.where).set_index("segment_id")
    codings = codings[codings["coder_id"].isin(humans) & codings["segment_id"].isin(inside.index)]
    return codings.join(inside[["document_id", "start", "end"]], on="segment_id")
