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
    lengths = documents.set_index("document_id")["text"].str.len()
    spans = _spans(corpus, study, stage, last)
    spans = spans[spans["document_id"].isin(lengths.index)]
    start, end = spans["start"].fillna(0), spans["end"].fillna(spans["document_id"].map(lengths))
    columns = (spans["coder_id"], start.astype(int), end.astype(int), spans["value"])
    drawn: dict[str, list[tuple[str, int, int, str]]] = {}
    for document, *span in zip(spans["document_id"], *columns, strict=True):
        drawn.setdefault(document, []).append(tuple(span))
    asked = sight.assigned(corpus, "codes", stage, last).dropna(subset=["document_id"])
    coded = {(document, coder) for document, own in drawn.items() for coder, *_ in own}
    coded |= set(zip(asked["document_id"], asked["coder_id"], strict=True))
    humans = corpus.coders.loc[corpus.coders["kind"].fillna("human") == "human", "coder_id"].tolist()
    return [
        Continuum(
            len(document.text),
            drawn.get(document.document_id, []),
            coders=[coder for coder in humans if (document.document_id, coder) in coded],
            document=document.document_id,
            case="" if pd.isna(document.case_id) else document.case_id,
        )
        for document in documents.itertuples(index=False)
    ]


def _spans(corpus: Corpus, study: Study, stage: str, round_: int) -> pd.DataFrame:
    """Return the codings of a round with document, start and end; other than people are left out."""
    codings = corpus.of("codes", stage, round_)
    humans = corpus.coders.loc[corpus.coders["kind"].fillna("human") == "human", "coder_id"]
    inside = universe_of(corpus, study.agreement.where).set_index("segment_id")
    codings = codings[codings["coder_id"].isin(humans) & codings["segment_id"].isin(inside.index)]
    return codings.join(inside[["document_id", "start", "end"]], on="segment_id")
