"""Which codings go back to the team's tool."""

from __future__ import annotations

from typing import get_args

import pandas as pd

from ..corpus import Corpus
from ..errors import UsageError, did_you_mean
from ..inputs import Stage

__all__ = ["settled"]

BEST = ("consensus", "independent", "recode", "training")


def settled(corpus: Corpus, stage: str | None = None) -> tuple[pd.DataFrame, str]:
    """Return the codings of one stage, each variable's last round, and a sentence that says which.

    Parameters
    ----------
    corpus : Corpus
    stage : str, optional
        Otherwise consensus where there is one, else independent.

    Raises
    ------
    UsageError
        If there is no such stage, or nothing was coded at it.
    """
    if stage is not None and stage not in get_args(Stage):
        raise UsageError(
            f"--stage must be one of {', '.join(get_args(Stage))}.{did_you_mean(stage, get_args(Stage))}"
        )
    held = set(corpus.codings["stage"])
    chosen = stage or next((each for each in BEST if each in held), None)
    if chosen not in held:
        there = f"there are codings of {', '.join(sorted(held))}" if held else "there are no codings"
        raise UsageError(f"nothing was coded at stage {stage}: {there}." if stage else "nothing was coded.")
    codings = corpus.codings[corpus.codings["stage"] == chosen]
    last = codings["round"] == codings.groupby("variable")["round"].transform("max")
    rounds = "" if bool(last.all()) else ", last round only"
    return codings[last].reset_index(drop=True), f"stage {chosen}{rounds};"
