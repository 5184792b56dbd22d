"""The framework matrix by theme, as it may be published: what its workbook, its page and T5 show."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from .corpus import Corpus
from .disclosure import case_labels, public_corpus, public_summary, shows_people
from .framework import STATES, coverage
from .study import Study

__all__ = ["LEFT_OVER", "NO_GAP", "cells_of", "codes_of", "gaps", "sheets"]

LEFT_OVER = "Cells still to be looked at"
NO_GAP = "Every cell with segments is charted, and no summary stands without a segment."
GAPS = {"coded_not_charted": "coded, not charted", "charted_not_coded": "charted, no segment coded"}


def sheets(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> dict[str, pd.DataFrame]:
    """Return theme -> its part of the matrix: a row a participant, a column a code charted or applied.

    Participants stand by group, in the order of their labels. A cell holds the summary that a person wrote,
    else its state in words; where the policy forbids it, or it holds what looks like a direct identifier, it
    says that it is not shown.

    Returns
    -------
    dict of DataFrame
        Columns: ``participant``, ``group``, then one a code under the code's name; empty where lines about
        single participants may not be published.
    """
    if not shows_people(study):
        return {}
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    labels, said = case_labels(corpus), cells_of(matrix, study)
    cells = {(row.case_id, row.code_id): text for row, text in zip(matrix.itertuples(), said, strict=True)}
    cases = matrix.drop_duplicates("case_id")[["case_id", "group"]]
    found: dict[str, pd.DataFrame] = {}
    for theme, codes in codes_of(matrix, corpus).items():
        group = cases["group"].astype("string").str.replace("_", " ")
        frame = pd.DataFrame({"participant": cases["case_id"].map(labels), "group": group})
        for code in codes:
            name = _unlike(str(names[code]), list(frame.columns))
            frame[name] = [cells.get((case, code), "") for case in cases["case_id"]]
        found[_unlike(str(names[theme]), list(found))] = frame.reset_index(drop=True)
    return found


def codes_of(matrix: pd.DataFrame, corpus: Corpus) -> dict[str, list[str]]:
    """Return theme -> the codes of its sheet, both in codebook order."""
    parent = corpus.codes.set_index("code_id")["parent_id"].to_dict()
    used = set(matrix["code_id"])
    found: dict[str, list[str]] = {}
    for code in corpus.codes["code_id"]:
        if code in used:
            found.setdefault(_root(code, parent), []).append(code)
    return found


def gaps(matrix: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return the cells where codings and charting do not meet, as people read them."""
    found = coverage(matrix) if shows_people(study) else coverage(matrix).iloc[:0]
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    return pd.DataFrame(
        {
            "participant": found["case_id"].map(case_labels(corpus)),
            "group": found["group"].astype("string").str.replace("_", " "),
            "code": found["code_id"].map(names),
            "what": found["gap"].map(GAPS),
            "segments": found["n_segments"].astype(int),
        }
    )


def cells_of(matrix: pd.DataFrame, study: Study) -> Iterator[str]:
    """Yield what stands in each cell: the summary that a person wrote, else the cell's state in words."""
    for row in matrix.itertuples(index=False):
        if pd.isna(row.summary):
            yield STATES[str(row.state)]
        else:
            yield public_summary(str(row.summary), study)


def _root(code: str, parent: dict[str, Any]) -> str:
    above = parent.get(code)
    return code if above is None or pd.isna(above) else _root(above, parent)


def _unlike(name: str, taken: list[str]) -> str:
    return name if name not in taken else _unlike(f"{name}\u00a0", taken)
