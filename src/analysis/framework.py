"""The framework matrix: participants by codes, cells written by people, and what is still to be charted."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from .corpus import Corpus, natural
from .counting import Counted, counted_codes
from .keys import Result, key
from .study import Study

__all__ = ["MATRIX", "STATES", "coverage", "framework_matrix", "matrix_results"]

MATRIX = [
    "case_id", "group", "code_id", "name", "parent_id", "state", "summary", "author", "n_segments",
    "segment_ids", "gap",
]  # fmt: skip
STATES = {
    "raised": "raised and charted",
    "not_charted": "raised, not yet charted",
    "asked_not_raised": "asked, not raised",
    "not_asked": "not asked, not raised",
    "not_raised": "not raised; whether asked is not recorded",
}


def framework_matrix(corpus: Corpus, study: Study, counted: Counted | None = None) -> pd.DataFrame:
    """Return one row a participant and code, for every code that was applied or charted.

    A cell's state follows the codings; its summary is what a person wrote in charting.csv, never generated.
    ``gap`` says ``coded_not_charted`` or ``charted_not_coded`` where the two do not meet.

    Returns
    -------
    DataFrame
        Sorted by group, participant and codebook order; columns as in framework_matrix.csv.
    """
    marks = (counted or counted_codes(corpus, study)).marks
    segments = marks.groupby(["case_id", "code_id"], sort=False)["segment_id"].agg(list).to_dict()
    charted = corpus.charting.set_index(["case_id", "code_id"])[["summary", "author"]].to_dict("index")
    asked = _asked(corpus)
    used = {code for _, code in segments} | {code for _, code in charted}
    codes = corpus.codes[corpus.codes["code_id"].isin(used)]
    cases = corpus.cases.assign(place=corpus.cases["group"].map({g: i for i, g in enumerate(corpus.groups)}))
    order = sorted(cases.itertuples(index=False), key=lambda case: (case.place, natural(case.case_id)))
    rows = []
    for case in order:
        for code in codes.itertuples(index=False):
            at = (case.case_id, code.code_id)
            behind, cell = segments.get(at, []), charted.get(at, {})
            rows.append(
                {
                    "case_id": case.case_id,
                    "group": case.group,
                    **{name: getattr(code, name) for name in ("code_id", "name", "parent_id")},
                    "state": _state(bool(behind), bool(cell), asked.get((case.case_id, code.domain))),
                    "summary": cell.get("summary", pd.NA),
                    "author": cell.get("author", pd.NA),
                    "n_segments": len(behind),
                    "segment_ids": " ".join(sorted(behind, key=natural)),
                    "gap": _gap(bool(behind), bool(cell)),
                }
            )
    return pd.DataFrame(rows, columns=MATRIX)


def coverage(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return the cells where codings and charting do not meet, one row each."""
    return matrix.loc[matrix["gap"] != "", ["gap", "case_id", "group", "code_id", "name", "n_segments"]]


def matrix_results(matrix: pd.DataFrame) -> Iterator[Result]:
    """Yield how many cells are in each state and how many gaps there are."""
    yield Result(key("framework", "cells", "n"), len(matrix), "cells")
    for state in STATES:
        count = int((matrix["state"] == state).sum())
        yield Result(key("framework", "cells", state), count, "cells", n=len(matrix))
    for gap in ("coded_not_charted", "charted_not_coded"):
        yield Result(key("framework", "gaps", gap), int((matrix["gap"] == gap).sum()), "cells")


def _state(raised: bool, charted: bool, asked: bool | None) -> str:
    if raised:
        return "raised" if charted else "not_charted"
    return "not_raised" if asked is None else "asked_not_raised" if asked else "not_asked"


def _gap(coded: bool, charted: bool) -> str:
    return "" if coded == charted else "coded_not_charted" if coded else "charted_not_coded"


def _asked(corpus: Corpus) -> dict[tuple[str, str], bool]:
    """Return (case, domain) -> asked; empty where nobody recorded what was asked."""
    rows = corpus.asked.dropna(subset=["domain"])
    asked = rows.groupby(["case_id", "domain"])["asked"].any()
    return {at: bool(value) for at, value in asked.items()}
