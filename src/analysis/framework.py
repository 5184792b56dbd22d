"""The framework matrix: participants by codes, cells written by people, and what is still to be charted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from .asked import asked_about
from .corpus import Corpus, natural
from .counting import Counted, counted_codes
from .keys import Result, key
from .study import Study

__all__ = ["MATRIX", "STATES", "charted_whole", "coverage", "framework_matrix", "matrix_results"]

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
Cell = tuple[str, str]  # a participant and a code


def framework_matrix(corpus: Corpus, study: Study, counted: Counted | None = None) -> pd.DataFrame:
    """Return one row a participant and code, for every code that was applied or charted.

    A cell's state follows the codings; its summary is what a person wrote in charting.csv, never generated.
    A theme that people charted with its subcodes, none of which has a summary of its own for anybody, has
    their segments behind its cells. ``gap`` says ``coded_not_charted`` or ``charted_not_coded`` where codings
    and charting do not meet; a subcode that is charted with its theme is no gap.

    Returns
    -------
    DataFrame
        Sorted by group, participant and codebook order; columns as in framework_matrix.csv.
    """
    marks = (counted or counted_codes(corpus, study)).marks
    segments = marks.groupby(["case_id", "code_id"], sort=False)["segment_id"].agg(set).to_dict()
    charted = corpus.charting.set_index(["case_id", "code_id"])[["summary", "author"]].to_dict("index")
    home = _homes(corpus)
    behind = _behind(segments, home)
    due = {(case, home[code]) for case, code in segments} - set(charted)
    unraised = _unraised(corpus)
    used = {code for _, code in segments} | {code for _, code in charted}
    codes = corpus.codes[corpus.codes["code_id"].isin(used)]
    cases = corpus.cases.assign(place=corpus.cases["group"].map({g: i for i, g in enumerate(corpus.groups)}))
    order = sorted(cases.itertuples(index=False), key=lambda case: (case.place, natural(case.case_id)))
    rows = []
    for case in order:
        for code in codes.itertuples(index=False):
            at = (case.case_id, code.code_id)
            found, cell = sorted(behind.get(at, ()), key=natural), charted.get(at, {})
            open_ = (case.case_id, home[code.code_id]) in due
            rows.append(
                {
                    "case_id": case.case_id,
                    "group": case.group,
                    **{name: getattr(code, name) for name in ("code_id", "name", "parent_id")},
                    "state": ("not_charted" if open_ else "raised") if found else unraised[at],
                    "summary": cell.get("summary", pd.NA),
                    "author": cell.get("author", pd.NA),
                    "n_segments": len(found),
                    "segment_ids": " ".join(found),
                    "gap": _gap(bool(found), bool(cell), at in due),
                }
            )
    return pd.DataFrame(rows, columns=MATRIX)


def charted_whole(corpus: Corpus) -> set[str]:
    """Return the codes that people charted with their subcodes: none of these is charted on its own."""
    columns = set(corpus.charting["code_id"])
    return {code for code in columns if columns.isdisjoint(corpus.children(code))}


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


def _homes(corpus: Corpus) -> dict[str, str]:
    """Return code -> the code that its segments are charted at: itself, or what was charted with it."""
    home = {code: code for code in corpus.codes["code_id"]}
    return home | {below: code for code in charted_whole(corpus) for below in corpus.children(code)}


def _behind(segments: Mapping[Cell, set[str]], home: Mapping[str, str]) -> dict[Cell, set[str]]:
    """Return cell -> its segments, with those of the subcodes that are charted with it."""
    found = {cell: set(mine) for cell, mine in segments.items()}
    for (case, code), mine in segments.items():
        found.setdefault((case, home[code]), set()).update(mine)
    return found


def _gap(coded: bool, charted: bool, due: bool) -> str:
    if due:
        return "coded_not_charted"
    return "charted_not_coded" if charted and not coded else ""


def _unraised(corpus: Corpus) -> dict[Cell, str]:
    """Return cell -> the state that it has where nobody raised it."""
    asked = asked_about(corpus)
    state = np.select([asked.yes, asked.no], ["asked_not_raised", "not_asked"], "not_raised")
    return {
        (case, code): str(state[v, p])
        for v, code in enumerate(corpus.codes["code_id"])
        for p, case in enumerate(corpus.cases["case_id"])
    }
