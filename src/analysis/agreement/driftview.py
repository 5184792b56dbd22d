"""Agreement over time and across changes of the codebook, as tables for people."""

from __future__ import annotations

import pandas as pd

from ..corpus import Corpus
from ..disclosure import code_labels, shows_people, shows_text
from ..study import Study
from ..tables import Shown, note, show_table
from .drift import ORDERS
from .summary import titled

__all__ = ["changes", "history", "over_time"]


def over_time(table: pd.DataFrame, study: Study) -> Shown:
    """Return agreement in the first, the middle and the last transcripts, and what they stand in order of."""
    if table.empty:
        return note("Fewer than four transcripts that several people coded: nothing to set in order.")
    measure = titled(study.agreement.primary)
    columns = {"variable": "variable", "block": "part", "documents": "transcripts", "units": "units"}
    columns |= {"lines": "codes or variables", "estimate": f"{measure} (median)", "smallest": "smallest"}
    if shows_people(study):
        columns["applied"] = "given by each coder"
    orders = table.groupby("order", sort=False)["variable"].unique()
    notes = [
        ORDERS[by] if len(orders) == 1 else f"{', '.join(variables)}: {ORDERS[by]}"
        for by, variables in orders.items()
    ]
    notes.append("Described, not tested: so few transcripts tell no trend from chance.")
    return show_table(table, f"{measure} from first to last transcripts", columns, notes)


def changes(table: pd.DataFrame, corpus: Corpus, study: Study) -> Shown:
    """Return what each change of the codebook did to agreement."""
    if table.empty:
        return note("No code was merged, split, renamed or dropped.")
    measure = titled(study.agreement.primary)
    columns = {"old_code": "code", "action": "change", "new_code": "into", "version": "codebook"}
    columns |= {"codings": "codings read anew", "round": "round", "old": f"{measure}, old code"}
    columns |= {"new_before": "new code before", "new_after": "new code after"}
    if not shows_people(study):
        for name in ("codings", "old", "new_before", "new_after"):
            del columns[name]
    notes = ["In the last independent round that the old code was applied in; a dash is undefined."]
    return show_table(_called(table, corpus, study), "What changes of the codebook did", columns, notes)


def history(corpus: Corpus, study: Study) -> Shown | None:
    """Return how the codebook changed and why, None where it did not."""
    if corpus.recodes.empty:
        return None
    columns = {"version": "codebook", "old_code": "code", "action": "change", "new_code": "into"}
    columns |= {"date": "date", "by": "by"}
    if shows_text(study):
        columns["why"] = "why"
    return show_table(_called(corpus.recodes, corpus, study), "How the codebook changed", columns)


def _called(table: pd.DataFrame, corpus: Corpus, study: Study) -> pd.DataFrame:
    """Return codes as they may be called; one that is in no codebook any more may be words."""
    if shows_text(study):
        return table
    labels = code_labels(corpus, study)
    return table.assign(
        **{
            name: table[name].map(lambda code: labels.get(code, "a code"), na_action="ignore")
            for name in ("old_code", "new_code")
        }
    )
