"""The framework matrix and its gaps as tables for people."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .corpus import Corpus
from .disclosure import case_labels, public_corpus, public_summary
from .framework import STATES, coverage
from .links import to_segments
from .policies import no_people, shows_people
from .study import Study
from .tables import Linked, Shown, note, show_table

__all__ = ["coverage_gaps", "matrix", "sheets"]


def matrix(
    table: pd.DataFrame, corpus: Corpus, study: Study, opens: Mapping[str, str] | None = None
) -> Shown:
    """Return the framework matrix: a row a participant, a column a charted code, cells written by people.

    With `opens` (code -> what it is called on the page) each cell names its segments and opens them.
    """
    if not shows_people(study):
        return note(no_people(study))
    charted = table[table["code_id"].isin(corpus.charting["code_id"])]
    labels = case_labels(corpus)
    codes = charted.drop_duplicates("code_id")
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    columns = {"participant": "participant"}
    frame = pd.DataFrame({"case_id": list(dict.fromkeys(charted["case_id"]))})
    frame["participant"] = frame["case_id"].map(labels)
    for code in codes.itertuples(index=False):
        mine = charted[charted["code_id"] == code.code_id].set_index("case_id")
        cells = frame["case_id"].map(mine.apply(_cell, axis=1, study=study))
        if opens:
            cells = _opening(cells, frame, mine["n_segments"], opens[code.code_id])
        frame[code.code_id] = cells
        columns[code.code_id] = str(names[code.code_id])
    notes = ["Summaries are written by people, never generated. " + _states(charted)]
    return show_table(frame, "Framework matrix", columns, notes)


def _opening(cells: pd.Series, frame: pd.DataFrame, counts: pd.Series, code: str) -> pd.Series:
    """Return cells followed by how many segments are behind them, which opens these."""
    linked: list[str] = []
    for cell, case, who in zip(cells, frame["case_id"], frame["participant"], strict=True):
        n = int(counts.get(case, 0))
        linked.append(
            Linked(f"[{n}]", to_segments(code, case=who, subcodes=False), f"{cell} ") if n else cell
        )
    return pd.Series(linked, index=cells.index, dtype=object)


def _cell(row: pd.Series, study: Study) -> str:
    if pd.isna(row["summary"]):
        return STATES[row["state"]]
    return public_summary(str(row["summary"]), study)


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
    gaps = coverage(table)
    if not gaps.empty and not shows_people(study):
        return note(no_people(study))
    if gaps.empty:
        return note("Every cell with segments is charted, and no summary stands without a segment.")
    said = {"coded_not_charted": "coded, not charted", "charted_not_coded": "charted, no segment coded"}
    frame = gaps.assign(gap=gaps["gap"].map(said), who=gaps["case_id"].map(case_labels(corpus)))
    frame["name"] = gaps["code_id"].map(public_corpus(corpus, study).codes.set_index("code_id")["name"])
    columns = {"gap": "gap", "who": "participant", "name": "code", "n_segments": "segments"}
    return show_table(frame, f"Cells still to be looked at ({len(frame)})", columns)
