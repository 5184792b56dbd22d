"""agreement.csv as people read it: headline, by code, by pair, by round; and as results under keys."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..corpus import Corpus
from ..keys import Result, key
from ..measurenames import named, titled
from ..readings import applied
from ..study import Study
from ..units import Ratings, ratings
from .multiplicity import holm
from .peer import package_alpha
from .sheet import headline

__all__ = [
    "agreement_results",
    "by_code",
    "by_pair",
    "by_round",
    "forest_data",
    "overall",
    "package_check",
    "same_coder",
    "titled",
]


def overall(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a variable, level and measure: what all coders did on all units."""
    whole = headline(table)
    whole = whole[whole["code_id"].isna()]
    return whole.assign(measure=whole["measure"].map(named))


def by_code(table: pd.DataFrame, codes: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return one row a code: the primary coefficient with its interval, companions, units and uses."""
    whole = headline(table)
    whole = whole[whole["code_id"].notna()]
    primary = study.agreement.primary
    frame = whole[whole["measure"] == primary].set_index("code_id")
    rows = frame[["estimate", "low", "high", "q", "n_units", "n_positive", "note"]].copy()
    rows["q_holm"] = holm(rows["q"].to_numpy(float))
    for measure in study.agreement.measures[1:]:
        rows[measure] = whole[whole["measure"] == measure].set_index("code_id")["estimate"]
    rows.insert(0, "name", codes.set_index("code_id")["name"].reindex(rows.index))
    return rows.reset_index()


def by_pair(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the primary coefficient of every pair of coders: a row a variable, and the range over codes."""
    return _over_lines(table[~_one_coder(table)], study)


def same_coder(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return intracoder agreement: each coder's last two rounds, and the range over codes."""
    return _over_lines(table[_one_coder(table)], study)


def _one_coder(table: pd.DataFrame) -> pd.Series:
    return table["pair"].astype("string").str.contains(" round ").fillna(False)


def _over_lines(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    mine = table[table["pair"].notna() & (table["measure"] == study.agreement.primary)]
    grouped = mine.groupby(["variable", "pair"], sort=False)["estimate"]
    rows = grouped.agg(lines="size", median="median", smallest="min", largest="max")
    return rows.reset_index()


def by_round(table: pd.DataFrame, codes: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return the primary coefficient by stage and round, a column each; rounds are never pooled."""
    mine = table[table["stage"].notna() & (table["measure"] == study.agreement.primary)]
    mine = mine[mine["pair"].isna()]
    if mine.empty:
        return pd.DataFrame()
    names = codes.set_index("code_id")["name"]
    mean = mine["aggregation"].map({"mean": "mean over codes"})
    subject = mine["code_id"].map(names).astype("string").fillna(mean).fillna(mine["variable"])
    column = mine["stage"] + " " + mine["round"].astype(str)
    frame = pd.DataFrame({"subject": subject, "round": column, "estimate": mine["estimate"]})
    wide = frame.drop_duplicates(["subject", "round"]).set_index(["subject", "round"])["estimate"]
    order = list(dict.fromkeys(frame["round"]))
    rows = [name for name in [*names, *dict.fromkeys(subject)] if name in set(subject)]
    return wide.unstack().reindex(columns=order, index=list(dict.fromkeys(rows))).reset_index()  # noqa: PD010


def forest_data(table: pd.DataFrame, codes: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return what the forest plot draws: a line a code, or a variable where there are no codes."""
    if headline(table)["code_id"].notna().any():
        rows = by_code(table, codes, study)
        return rows.rename(columns={"name": "subject"})[["subject", "estimate", "low", "high", "n_units"]]
    whole = headline(table)
    primary = whole[whole["measure"] == study.agreement.primary]
    several = primary["level"].nunique() > 1
    subject = primary["variable"] + (" (" + primary["level"] + ")" if several else "")
    return primary.assign(subject=subject)[["subject", "estimate", "low", "high", "n_units"]]


def package_check(corpus: Corpus, study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Return alpha as the krippendorff package computes it beside our own, for every headline line.

    Returns
    -------
    DataFrame
        ``subject``, ``level``, ``concord``, ``package``, ``equal`` (within 1e-12, or both undefined).
    """
    whole = headline(table)
    mine = whole[(whole["measure"] == "krippendorff_alpha") & whole["aggregation"].isna()]
    seen = applied(corpus, study) if (mine["variable"] == "codes").any() else None
    rows = []
    for line in mine.itertuples(index=False):
        by_code = seen is not None and line.variable == "codes"
        rated = seen.of(line.code_id) if by_code and seen else ratings(corpus, study, line.variable)
        ours, theirs = float(line.estimate), package_alpha(*_at(rated, line.level))
        equal = bool(np.isclose(ours, theirs, rtol=0, atol=1e-12, equal_nan=True))
        subject = line.code_id if by_code else line.variable
        rows.append((subject, line.level, ours, theirs, equal))
    return pd.DataFrame(rows, columns=["subject", "level", "concord", "package", "equal"])


def agreement_results(table: pd.DataFrame, study: Study) -> Iterator[Result]:
    """Yield every line of agreement.csv that is about more than one case or document, under its key.

    Median, smallest and largest value over codes are added for every measure.
    """
    kinds = {name: variable.kind for name, variable in study.variables.items()}
    for line in table[table["case_id"].isna() & table["document_id"].isna()].itertuples(index=False):
        declared = line.level == kinds.get(line.variable, "nominal") or pd.notna(line.value)
        named = {name: getattr(line, name) for name in ("pair", "group", "value", "stage", "round")}
        named["level"] = None if declared else line.level
        named["assumption"] = line.assumption if line.assumption == "all_documents" else None
        parts = ("agreement", line.variable, line.code_id, line.measure, line.aggregation)
        yield Result(
            key(*parts, **named),
            _number(line.estimate),
            "coefficient",
            low=_number(line.low),
            high=_number(line.high),
            n=None if pd.isna(line.n_units) else int(line.n_units),
            note="" if pd.isna(line.note) else line.note,
            q=_number(line.q),
        )
    whole = headline(table)
    for measure, lines in whole[whole["code_id"].notna()].groupby("measure", sort=False):
        defined = lines["estimate"].dropna()
        if not defined.empty:
            for name in ("median", "min", "max"):
                value = float(getattr(defined, name)())
                yield Result(key("agreement", "codes", measure, name), value, "coefficient", n=len(defined))


def _at(rated: Ratings, level: str) -> tuple[np.ndarray, str, np.ndarray]:
    values, domain = rated.at(level)
    return values, level, domain


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)
