"""Who has coded what they were asked to code, and what is still outstanding."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `concord status` reads the lines alone, and pandas takes longer than all of it
    import pandas as pd

    from .corpus import Corpus

__all__ = ["FILE", "OUTSTANDING", "lines", "outstanding_table"]

FILE = "coding_progress.csv"
OUTSTANDING = ["stage", "round", "coder_id", "assigned", "coded", "outstanding"]
ORDER = ("training", "independent", "consensus", "recode")


def outstanding_table(corpus: Corpus) -> pd.DataFrame:
    """Return how many transcripts each coder was asked to code and has coded, by stage and round.

    Returns
    -------
    DataFrame
        ``stage``, ``round``, ``coder_id``; ``assigned`` transcripts (missing where nobody recorded who was
        asked to code what); ``coded``, those with one coding at least; ``outstanding``, assigned and without
        any. A transcript that was read and in which nothing was found counts as outstanding: no record tells.
    """
    import pandas as pd

    home = corpus.segments.set_index("segment_id")["document_id"]
    told = corpus.assignments
    asked = told.assign(document_id=told["document_id"].fillna(told["segment_id"].map(home)))
    coded = corpus.codings.assign(document_id=corpus.codings["segment_id"].map(home))
    at = ["stage", "round", "coder_id"]
    assigned, done = _documents(asked, at), _documents(coded, at)
    rows = []
    for key in sorted({*assigned, *done}, key=lambda key: (ORDER.index(key[0]), key[1], key[2])):
        mine, theirs = assigned.get(key), done.get(key, set())
        left = pd.NA if mine is None else len(mine - theirs)
        rows.append((*key, pd.NA if mine is None else len(mine), len(theirs), left))
    frame = pd.DataFrame(rows, columns=OUTSTANDING)
    return frame.astype(dict.fromkeys(OUTSTANDING[3:], "Int64"))


def _documents(frame: pd.DataFrame, at: list[str]) -> dict[tuple, set[str]]:
    known = frame.dropna(subset=["document_id", *at])
    return {key: set(part["document_id"]) for key, part in known.groupby(at, sort=False)}


def lines(folder: Path) -> list[str]:
    """Return who has coded what as the last run of 01_prepare left it, a line a coder, stage and round."""
    path = folder / FILE
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [_line(row) for row in csv.DictReader(file)]


def _line(row: dict[str, str]) -> str:
    who = f"{row['coder_id']}, {row['stage']} round {row['round']}"
    if not row["assigned"]:
        return f"{who}: {row['coded']} transcripts coded; who was asked to code what is not recorded"
    still = f"; {row['outstanding']} outstanding" if row["outstanding"] != "0" else ""
    done = int(row["assigned"]) - int(row["outstanding"])
    return f"{who}: {done} of {row['assigned']} transcripts coded{still}"
