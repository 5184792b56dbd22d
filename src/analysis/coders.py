"""Who coded: people, apart from models and from what was settled together."""

from __future__ import annotations

import pandas as pd

from .corpus import Corpus

__all__ = ["coders_of", "humans", "independent_codings"]


def humans(corpus: Corpus) -> pd.Series:
    """Return the ids of coders who are people, in the coders' order; a kind not stated is a person."""
    return corpus.coders.loc[corpus.coders["kind"].fillna("human") == "human", "coder_id"]


def coders_of(corpus: Corpus) -> list[str]:
    """Return the people who coded at any stage but consensus, in the coders' order.

    Whoever stands for what was settled together is no further coder. Where nothing but the consensus was
    kept, its coders are all that there are.
    """
    alone = corpus.codings.loc[corpus.codings["stage"] != "consensus", "coder_id"]
    coded = corpus.codings["coder_id"] if alone.empty else alone
    people = humans(corpus)
    return people[people.isin(coded)].tolist()


def independent_codings(corpus: Corpus) -> pd.DataFrame:
    """Return the codings that people made at the independent stage, every round of them."""
    codings = corpus.codings
    return codings[(codings["stage"] == "independent") & codings["coder_id"].isin(humans(corpus))]
