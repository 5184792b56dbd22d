"""The stock tables of a paper, as the study's policy lets them be published.

T1 themes with definitions and quotes, T2 themes by group, T3 coding tree, T4 barriers and facilitators with a
quote, T5 framework matrix (a table a theme), T6 agreement by code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from .agreement import summary
from .corpus import Corpus
from .counting import Counted
from .disclosure import HIDDEN, policy_of, public_corpus, public_ids, shows_people, shows_text
from .grouptable import group_table, people
from .papertables import Column, PaperTable
from .publiccounts import rarely_applied
from .study import Study
from .tables import SIMULATED

__all__ = ["TITLES", "StockTables", "stock_tables"]

TITLES = {
    "T1": "Themes, definitions and quotes",
    "T2": "Participants contributing to each theme, by group",
    "T3": "Coding tree",
    "T4": "What helps and what hinders",
    "T5": "Framework matrix",
    "T6": "Agreement by code",
}
NO_CODES = "this study applies no codes"
QUOTED = "Quotes: words of participants who consented; group and running number, then the segment's id."


@dataclass(frozen=True)
class StockTables:
    """The tables that a study has the data for, and why the others are not there.

    Parameters
    ----------
    tables : tuple of PaperTable
    left_out : dict of str
        Id of a table -> why there is none.
    """

    tables: tuple[PaperTable, ...]
    left_out: dict[str, str]

    def listed(self) -> pd.DataFrame:
        """Return one row a table: what it is called, how many rows it has, or why it is not there."""
        rows: list[dict[str, Any]] = [
            {"table": each.id, "caption": each.caption, "rows": len(each.frame), "why not": ""}
            for each in self.tables
        ]
        rows += [
            {"table": name, "caption": TITLES[name], "rows": pd.NA, "why not": why}
            for name, why in self.left_out.items()
        ]
        frame = pd.DataFrame(rows, columns=["table", "caption", "rows", "why not"])
        return frame.sort_values("table", kind="stable", ignore_index=True).astype({"rows": "Int64"})


def stock_tables(
    corpus: Corpus,
    study: Study,
    counted: Counted | None,
    themes: pd.DataFrame,
    quotes: pd.DataFrame,
    sheets: Mapping[str, pd.DataFrame] | str,
    agreement: pd.DataFrame | str,
) -> StockTables:
    """Return T1 to T6.

    Parameters
    ----------
    corpus, study, counted :
        As elsewhere; `counted` None means that there are no codes.
    themes : DataFrame
        Lines of themes.csv as :func:`~analysis.disclosure.public_themes` returns them.
    quotes : DataFrame
        Rows of quotes.csv.
    sheets : mapping of DataFrame, or str
        Theme -> sheet of the framework matrix, or why there is none.
    agreement : DataFrame, or str
        Lines of agreement.csv, or why there are none.
    """
    found: list[PaperTable] = []
    left: dict[str, str] = {}
    if counted is None:
        left |= dict.fromkeys(("T1", "T2", "T3", "T4"), NO_CODES)
    else:
        mine = themes[themes["rollup"] == "descendants"]
        said = counted_note(counted, study)
        quoted = public_ids(quotes, corpus, study) if shows_text(study) else quotes.iloc[:0]
        codes = public_corpus(corpus, study).codes
        tables = {
            "T1": _definitions(codes, quoted, mine),
            "T2": group_table("T2", TITLES["T2"], mine, study, said),
            "T3": _tree(mine, said),
            "T4": _influence(mine, quoted, said),
        }
        found += [table for table in tables.values() if len(table.frame)]
        why = {"T1": "no text may be shown, so there is no definition and no quote to print"}
        why |= {"T4": "no code of this codebook is marked as a barrier or a facilitator"}
        left |= {name: why.get(name, NO_CODES) for name, table in tables.items() if not len(table.frame)}
    matrix = _matrix(sheets, study) if not isinstance(sheets, str) else sheets
    agreed = _agreement(agreement, corpus, study) if not isinstance(agreement, str) else agreement
    for name, made in (("T5", matrix), ("T6", agreed)):
        if isinstance(made, str):
            left[name] = made
        else:
            found += made
    return StockTables(tuple(_marked(table, study) for table in found), left)


def counted_note(counted: Counted, study: Study) -> tuple[str, ...]:
    """Return what a count counts, by which rule, and what the policy hides."""
    said = [f"n: participants contributing, subcodes included. A code counts {counted.said}."]
    if not policy_of(study).counts_as_they_are:
        said.append(f"{HIDDEN}: not shown. {policy_of(study).said}")
    return tuple(said)


def _marked(table: PaperTable, study: Study) -> PaperTable:
    return replace(table, banner=SIMULATED) if study.simulated else table


def _definitions(codes: pd.DataFrame, quotes: pd.DataFrame, mine: pd.DataFrame) -> PaperTable:
    said = [f"“{row.quote}” ({row.who}, {row.segment_id})" for row in quotes.itertuples(index=False)]
    by_code = quotes.assign(said=said).groupby("code_id")["said"].agg("\n".join)
    frame = pd.DataFrame({"code": people(codes), "definition": codes["definition"]})
    frame["quotes"] = codes["code_id"].map(by_code)
    told = frame[["definition", "quotes"]].notna().any()
    columns = {"code": Column("Theme or category"), "definition": Column("Definition")}
    columns |= {"quotes": Column("Quotes")}
    kept = {name: column for name, column in columns.items() if name == "code" or told[name]}
    frame = frame[list(kept)] if told.any() and len(mine) else frame.iloc[:0]
    return PaperTable("T1", TITLES["T1"], frame, kept, (QUOTED,) if told["quotes"] else ())


def _tree(mine: pd.DataFrame, said: tuple[str, ...]) -> PaperTable:
    mine = mine[mine["group"] == "all"]
    level = mine["level"].astype("Int64").fillna(1).astype(int)
    frame, columns = pd.DataFrame(index=mine.index), {}
    names = ["Category", "Theme", "Subtheme"] if level.max() == 3 else []
    if mine["domain"].notna().any():
        domain = mine["domain"].astype("string").str.replace("_", " ").fillna("")
        frame["domain"] = domain.where(domain.ne(domain.shift(fill_value="")), "")
        columns["domain"] = Column("Domain")
    for depth in range(1, int(level.max()) + 1 if len(level) else 1):
        frame[f"level_{depth}"] = mine["name"].where(level == depth, "")
        columns[f"level_{depth}"] = Column(names[depth - 1] if names else f"Level {depth}")
    frame["n"] = counts(mine["n_cases"])
    size = f"Participants (of {mine['n_group'].max()})" if len(mine) else "Participants"
    return PaperTable("T3", TITLES["T3"], frame, columns | {"n": Column(size, number=True)}, said)


def _influence(mine: pd.DataFrame, quotes: pd.DataFrame, said: tuple[str, ...]) -> PaperTable:
    mine = mine[(mine["group"] == "all") & mine["influence"].notna()]
    first = quotes[quotes["place"] == 1].drop_duplicates("code_id").set_index("code_id")
    frame = pd.DataFrame({"influence": mine["influence"].str.capitalize()})
    frame["on"] = mine["influence_on"].astype("string").str.replace("_", " ")
    frame["code"], frame["n"] = mine["name"], counts(mine["n_cases"])
    frame["quote"] = [
        f"“{first.at[code, 'quote']}” ({first.at[code, 'who']}, {first.at[code, 'segment_id']})"
        if code in first.index
        else pd.NA
        for code in mine["code_id"]
    ]
    frame = frame.sort_values(["influence", "on"], kind="stable")
    columns = {"influence": Column("Influence"), "on": Column("On"), "code": Column("Code")}
    columns |= {"n": Column("n", number=True), "quote": Column("Quote")}
    kept = {name: column for name, column in columns.items() if name == "n" or frame[name].notna().any()}
    notes = (*said, QUOTED) if "quote" in kept else said
    return PaperTable("T4", TITLES["T4"], frame[list(kept)], kept, notes)


def _matrix(sheets: Mapping[str, pd.DataFrame], study: Study) -> list[PaperTable] | str:
    if not shows_people(study):
        return "lines about single participants may not be published under this study's policy"
    if not sheets:
        return "nothing was charted"
    notes = ("Summaries were written by people, never generated.",)
    made = []
    for place, (theme, sheet) in enumerate(sheets.items(), start=1):
        frame = sheet.drop(columns="group") if sheet["group"].nunique() < 2 else sheet
        columns = {str(name): Column(str(name).strip().capitalize()) for name in frame.columns[:1]}
        columns |= {str(name): Column(str(name).strip()) for name in frame.columns[1:]}
        caption = f"{TITLES['T5']}: {theme}"
        name = "T5" if len(sheets) == 1 else f"T5-{place}"
        made.append(PaperTable(name, caption, frame, columns, notes))
    return made


def _agreement(table: pd.DataFrame, corpus: Corpus, study: Study) -> list[PaperTable] | str:
    codes = public_corpus(corpus, study).codes
    rows = summary.by_code(table, codes, study) if len(table) else table
    if rows.empty:
        return "no codes were applied independently by two coders or more"
    plan = study.agreement
    figures = ["estimate", "low", "high", *plan.measures[1:], "n_units", "n_positive"]
    rare = rarely_applied(rows["n_positive"], study)
    frame = rows[["name", *figures]].astype(dict.fromkeys(figures, object))
    for name in ("n_units", "n_positive"):
        frame[name] = counts(rows[name].astype("Int64"))
    hidden = [name for name in figures if name != "n_units"]
    frame.loc[rare, hidden] = HIDDEN
    if not policy_of(study).counts_as_they_are:
        frame = frame.drop(columns="n_positive")
    interval = f"{plan.interval.confidence:.0%} interval".replace("%", " %")
    columns = {
        "name": Column("Code"),
        "estimate": Column(summary.titled(plan.primary), number=True),
        "low": Column("low", interval, number=True),
        "high": Column("high", interval, number=True),
        **{name: Column(_headed(summary.titled(name)), number=True) for name in plan.measures[1:]},
        "n_units": Column("Units", number=True),
        "n_positive": Column("Times applied", number=True),
    }
    unit = "participants" if plan.unit == "case" else f"{plan.unit}s"
    notes = [f"Units: {unit} that two coders or more rated before discussion; each code present or absent."]
    notes += ["Undefined is a dash: without variation there is nothing to correct for chance, not 0 or 1."]
    notes += [f"Intervals: {plan.interval.method}, by {plan.interval.cluster}."]
    if plan.minimum is not None:
        notes.append(f"The study's own minimum is {plan.minimum:g}.")
    if rare.any():
        notes.append(f"{HIDDEN}: not shown. {policy_of(study).said}")
    shown = {name: column for name, column in columns.items() if name in frame}
    return [PaperTable("T6", TITLES["T6"], frame[list(shown)], shown, tuple(notes))]


def _headed(text: str) -> str:
    return text[:1].upper() + text[1:]


def counts(given: pd.Series) -> pd.Series:
    """Return whole numbers, or the mark of a hidden count."""
    return pd.Series([HIDDEN if pd.isna(n) else int(n) for n in given], index=given.index, dtype=object)
