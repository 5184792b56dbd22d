"""The framework matrix and its gaps as tables for people."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .corpus import Corpus
from .disclosure import case_labels, public_corpus
from .framework import STATES, charted_whole, coverage
from .links import to_segments
from .matrixsheets import LEFT_OVER, NO_GAP, cells_of, gaps
from .policies import no_people, shows_people
from .publicnames import unlinked
from .study import Study
from .tables import Linked, Shown, note, show_table

__all__ = ["coverage_gaps", "matrix", "sheets"]


def matrix(
    table: pd.DataFrame, corpus: Corpus, study: Study, opens: Mapping[str, str] | None = None
) -> Shown:
    """Return the framework matrix: a row a participant, a column a charted code, cells written by people.

    With `opens` (code -> what it is called on the page) each cell names its segments and opens them,
    unless nothing may show which segments are one participant's.
    """
    if not shows_people(study):
        return note(no_people(study))
    charted = table[table["code_id"].isin(corpus.charting["code_id"])]
    charted = charted.assign(cell=list(cells_of(charted, study)))
    gathering = {code for code in charted_whole(corpus) if corpus.children(code)}
    labels = case_labels(corpus)
    codes = charted.drop_duplicates("code_id")
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    columns = {"participant": "participant"}
    frame = pd.DataFrame({"case_id": list(dict.fromkeys(charted["case_id"]))})
    frame["participant"] = frame["case_id"].map(labels)
    for code in codes.itertuples(index=False):
        mine = charted[charted["code_id"] == code.code_id].set_index("case_id")
        cells = frame["case_id"].map(mine["cell"])
        if opens and not unlinked(study):
            whole = code.code_id in gathering
            cells = _opening(cells, frame, mine["n_segments"], opens[code.code_id], subcodes=whole)
        frame[code.code_id] = cells
        columns[code.code_id] = str(names[code.code_id])
    notes = ["Summaries are written by people, never generated. " + _states(charted)]
    return show_table(frame, "Framework matrix", columns, notes)


def _opening(
    cells: pd.Series, frame: pd.DataFrame, counts: pd.Series, code: str, *, subcodes: bool
) -> pd.Series:
    """Return cells followed by how many segments are behind them, which opens these."""
    linked: list[str] = []
    for cell, case, who in zip(cells, frame["case_id"], frame["participant"], strict=True):
        n = int(counts.get(case, 0))
        linked.append(
            Linked(f"[{n}]", to_segments(code, case=who, subcodes=subcodes), f"{cell} ") if n else cell
        )
    return pd.Series(linked, index=cells.index, dtype=object)


def _states(table: pd.DataFrame) -> str:
    counts = table["state"].value_counts()
    return "; ".join(f"{STATES[state]}: {counts[state]}" for state in STATES if state in counts) + "."


def sheets(found: dict[str, pd.DataFrame]) -> Shown:
    """Return what the workbook of the matrix holds, one line a sheet."""
    if not found:
        return note(
            "framework_matrix.xlsx and framework_matrix.html hold no cell: none may be shown, or none is."
        )
    rows = [
        {"theme": theme, "participants": len(f), "codes": len(f.columns) - 2} for theme, f in found.items()
    ]
    return show_table(pd.DataFrame(rows), "framework_matrix.xlsx and framework_matrix.html, by theme")


def coverage_gaps(table: pd.DataFrame, corpus: Corpus, study: Study) -> Shown:
    """Return the cells where codings and charting do not meet."""
    if not shows_people(study) and coverage(table).size:
        return note(no_people(study))
    found = gaps(table, corpus, study)
    if found.empty:
        return note(NO_GAP)
    columns = {"what": "gap", "participant": "participant", "code": "code", "segments": "segments"}
    return show_table(found, f"{LEFT_OVER} ({len(found)})", columns)
