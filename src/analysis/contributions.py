"""Who contributed by domain, level and influence; and who raised unasked what others were asked about."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from .corpus import Corpus
from .counting import Counted, counted_or_none
from .incidence import Incidence, incidence
from .policies import policy_of
from .study import Study
from .tables import Shown, note, show_table

__all__ = ["CONTRIBUTIONS", "asked_view", "contribution_table", "contribution_view"]

CONTRIBUTIONS = ["by", "value", "influence_on", "group", "counted", "n_codes", "n_cases", "n_segments"]


def contribution_table(corpus: Corpus, study: Study, counted: Counted | None = None) -> pd.DataFrame:
    """Return participants and segments by domain, by level and by influence, on whatever it acts.

    Returns
    -------
    DataFrame
        One row a kind (``by``: domain, level, influence), ``value`` (with ``influence_on``) and group:
        ``n_codes`` that were applied there, ``n_cases`` (each participant once), ``n_segments``.
    """
    counted = counted or counted_or_none(corpus, study)
    if counted is None:
        return pd.DataFrame(columns=CONTRIBUTIONS)
    coded = incidence(corpus, counted)
    parts = [_contributions(corpus, coded, counted.rule, by) for by in ("domain", "level", "influence")]
    return pd.concat(parts, ignore_index=True)


def contribution_view(table: pd.DataFrame, study: Study) -> Shown:
    """Return participants and segments by domain, level and influence for notebook and report.

    Where a policy hides small counts nothing stands: these lines overlap with those of themes, and what is
    hidden there could be worked out from both.
    """
    if table.empty:
        return note("Not applicable: this study applies no codes, or its codebook says nothing of these.")
    if not policy_of(study).counts_as_they_are:
        return note(f"Not shown, since hidden counts of themes would follow. {policy_of(study).said}")
    said = table["value"].str.replace("_", " ")
    on = table["influence_on"].str.replace("_", " ")
    frame = table.assign(value=said.where(on == "", said + " (" + on + ")"))
    groups = list(dict.fromkeys(frame["group"]))
    groups = groups if len(groups) > 2 else ["all"]
    wide = frame[frame["group"] == "all"][["by", "value", "n_codes"]].reset_index(drop=True)
    columns = {"by": "by", "value": "what", "n_codes": "codes applied"}
    for group in groups:
        mine = frame[frame["group"] == group]
        counts = zip(mine["n_cases"], mine["n_segments"], strict=True)
        wide[f"in {group}"] = [f"{cases} ({segments})" for cases, segments in counts]
        columns[f"in {group}"] = group.replace("_", " ")
    notes = ["Cells: participants contributing, each once; segments in brackets."]
    return show_table(wide, "Who contributed, by domain, level and influence", columns, notes)


def asked_view(themes: pd.DataFrame) -> Shown:
    """Return who was asked about each theme and who raised it unasked, subcodes included.

    Parameters
    ----------
    themes : DataFrame
        Lines of themes.csv as they may be published.
    """
    mine = themes[(themes["rollup"] == "descendants") & themes["n_asked"].notna()]
    if mine.empty:
        return note("Who was asked about what is not on record, or may not be shown.")
    columns = {"name": "code", "group": "group", "n_asked": "asked", "n_cases": "contributed"}
    columns |= {"n_spontaneous": "of them unasked", "n_group": "in the group"}
    frame = mine.assign(group=mine["group"].str.replace("_", " "))
    notes = ["A share is of those asked or who raised it unasked; who was neither is in no denominator."]
    return show_table(frame, "Asked, and raised unasked (participants)", columns, notes)


def _contributions(corpus: Corpus, coded: Incidence, rule: str, by: str) -> pd.DataFrame:
    kinds = [by, "influence_on"] if by == "influence" else [by]
    told = corpus.codes[kinds].dropna(subset=[by]).astype("string").fillna("")
    kind, values = pd.factorize(pd.MultiIndex.from_frame(told))
    K, G = len(values), len(coded.groups)
    sets = sparse.csr_array((np.ones(len(kind), np.int32), (kind, told.index)), shape=(K, len(corpus.codes)))
    gathered = coded.gathered(sets)
    table = pd.DataFrame({"by": by, "value": [each[0] for each in values]}, index=range(K))
    table["influence_on"] = [each[1] if len(each) > 1 else "" for each in values]
    table = table.iloc[np.repeat(np.arange(K), G)].reset_index(drop=True)
    table["group"], table["counted"] = np.tile(coded.groups, K), rule
    table["n_codes"] = (sets @ (coded.n_cases > 0).astype(np.int64)).ravel()
    table["n_cases"], table["n_segments"] = gathered.n_cases.ravel(), gathered.n_segments.ravel()
    return table[CONTRIBUTIONS]
