"""Who has coded what they were asked to code, and what is still outstanding."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `concord status` reads the lines alone, and pandas takes longer than all of it
    import numpy as np
    import pandas as pd

    from .corpus import Corpus

__all__ = ["FILE", "OUTSTANDING", "lines", "outstanding_table"]

FILE = "coding_progress.csv"
OUTSTANDING = ["stage", "round", "coder_id", "assigned", "coded", "outstanding"]
AT = OUTSTANDING[:3]
ORDER = ("training", "independent", "consensus", "recode")


def outstanding_table(corpus: Corpus) -> pd.DataFrame:
    """Return how many transcripts each coder was asked to code and has coded, by stage and round.

    Returns
    -------
    DataFrame
        ``stage``, ``round``, ``coder_id``; ``assigned`` transcripts (missing where nobody recorded who was
        asked to code what); ``coded``, those with one coding at least; ``outstanding``, assigned and without
        any, or where single segments were assigned, without one in each. What was read and nothing found in
        counts as outstanding: no record tells.
    """
    import pandas as pd

    home = corpus.segments.set_index("segment_id")["document_id"]
    told = corpus.assignments
    asked = told.assign(document_id=told["document_id"].fillna(told["segment_id"].map(home)))
    coded = corpus.codings.assign(document_id=corpus.codings["segment_id"].map(home))
    assigned, done = _documents(asked), _documents(coded)
    open_ = _documents(asked[~_is_coded(asked, coded)])
    rows = []
    for key in sorted({*assigned, *done}, key=lambda key: (ORDER.index(key[0]), key[1], key[2])):
        mine = assigned.get(key)
        left = pd.NA if mine is None else len(open_.get(key, ()))
        rows.append((*key, pd.NA if mine is None else len(mine), len(done.get(key, ())), left))
    frame = pd.DataFrame(rows, columns=OUTSTANDING)
    return frame.astype(dict.fromkeys(OUTSTANDING[3:], "Int64"))


def _is_coded(asked: pd.DataFrame, coded: pd.DataFrame) -> np.ndarray:
    """Return which assignments have a coding: of the segment where one was named, else of the transcript."""
    import numpy as np
    import pandas as pd

    by_document, by_segment = (
        pd.MultiIndex.from_frame(asked[[*AT, column]]).isin(pd.MultiIndex.from_frame(coded[[*AT, column]]))
        for column in ("document_id", "segment_id")
    )
    return np.where(asked["segment_id"].isna(), by_document, by_segment)


def _documents(frame: pd.DataFrame) -> dict[tuple, set[str]]:
    known = frame.dropna(subset=["document_id", *AT])
    return {key: set(part["document_id"]) for key, part in known.groupby(AT, sort=False)}


def lines(derived: Path, source: Path, *, stale: bool) -> list[str]:
    """Return who has coded what as the last run of 01_prepare counted it, a line a coder, stage and round.

    Where the study changed since, that is said first, and who was asked to code something since stands last,
    from tables as `concord assign` writes them.

    Parameters
    ----------
    derived, source : Path
        The study's folders.
    stale : bool
        Whether 01_prepare would run anew.
    """
    rows = _rows(derived / FILE)
    told = [_line(row) for row in rows]
    if not stale:
        return told
    if told:
        told.insert(
            0, "who has coded what, as the last run of 01_prepare counted it; something changed since:"
        )
    counted = {(row["stage"], row["round"], row["coder_id"]) for row in rows if row["assigned"]}
    told += [
        f"{coder}, {stage} round {round_}: asked to code {' and '.join(what)}; "
        "what is coded of it is counted by the next run"
        for (stage, round_, coder), what in _asked(source).items()
        if (stage, round_, coder) not in counted
    ]
    return told


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _asked(source: Path) -> dict[tuple[str, str, str], list[str]]:
    """Return how many transcripts, and single segments, each coder was asked to code by stage and round."""
    found: dict[tuple[str, str, str], dict[str, set[str]]] = {}
    for path in sorted(source.glob("assignments*.csv")):
        for row in _rows(path):
            key = row.get("stage") or "", row.get("round") or "", row.get("coder_id") or ""
            kind = "segment" if row.get("segment_id") else "transcript"
            name = row.get("segment_id") or row.get("document_id")
            if all(key) and name:
                found.setdefault(key, {}).setdefault(kind, set()).add(name)
    return {
        key: [
            f"{len(names)} {kind}{'s' * (len(names) != 1)}"
            for kind, names in sorted(kinds.items(), reverse=True)
        ]
        for key, kinds in sorted(found.items())
    }


def _line(row: dict[str, str]) -> str:
    who = f"{row['coder_id']}, {row['stage']} round {row['round']}"
    if not row["assigned"]:
        return f"{who}: {row['coded']} transcripts coded; who was asked to code what is not recorded"
    still = f"; {row['outstanding']} outstanding" if row["outstanding"] != "0" else ""
    done = int(row["assigned"]) - int(row["outstanding"])
    return f"{who}: {done} of {row['assigned']} transcripts coded{still}"
