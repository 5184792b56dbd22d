"""The stock tables of notebooks and report: which columns people see, under which headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .claimview import verdicts
from .cooccurrence import WITHIN
from .corpus import Corpus
from .counting import Counted
from .disclosure import (
    HIDDEN,
    case_labels,
    policy_of,
    public_corpus,
    public_ids,
    public_pairs,
    public_values,
    shows_people,
    shows_text,
)
from .labels import LEAST_BASE, label_table, rule_said, word, word_table
from .links import to_segments, to_values
from .matrixview import coverage_gaps, matrix, sheets
from .policies import no_people
from .publicnames import unlinked
from .quotes import quote_rules, quotes_table
from .saturation import TITLE, NewCodes
from .study import Study
from .tables import Linked, Shown, note, show_table

__all__ = [
    "coverage_gaps",
    "differences",
    "label_key",
    "matrix",
    "new_codes",
    "opposing",
    "quotes",
    "sheets",
    "stages",
    "themes_by_group",
    "together",
    "values",
    "verdicts",
]

FEW = 20
SIDES = {"n_supporting": "supports", "n_contradicting": "contradicts", "n_cases_contradicting": "contradicts"}


def stages(table: pd.DataFrame) -> Shown:
    """Return who coded how much, by stage and round."""
    columns = {"variable": "variable", "stage": "stage", "round": "round", "coder_id": "coder"}
    columns |= {name: name for name in ("documents", "segments", "codings")}
    return show_table(table, "Who has coded what", columns, ["Segments: those with at least one coding."])


def differences(table: pd.DataFrame, corpus: Corpus, study: Study, rows: int = 25) -> Shown:
    """Return the segments coded differently, the most divided first; no text."""
    if table.empty:
        return note("No segment was coded differently.")
    if not shows_people(study):
        return note(no_people(study))
    labels = case_labels(corpus)
    frame = public_ids(table, corpus, study).assign(who=table["case_id"].map(labels))
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    frame["code"] = table["code_id"].map(names).astype("string").fillna(table["variable"])
    columns = {"segment_id": "segment", "who": "participant", "code": "code or variable"}
    if unlinked(study):
        del columns["who"]
    columns |= {"agreeing": "share of pairs agreeing", "given": "given"}
    return show_table(frame, f"Segments coded differently ({len(frame)} in all)", columns, rows=rows)


def themes_by_group(
    themes: pd.DataFrame,
    counted: Counted | None,
    study: Study | None = None,
    opens: Mapping[str, str] | None = None,
) -> Shown:
    """Return codes by group: participants contributing and segments, subcodes included.

    Parameters
    ----------
    themes : DataFrame
        Lines of themes.csv, best as :func:`~analysis.disclosure.public_themes` returns them.
    counted : Counted or None
    study : Study, optional
        Says how counts are shown (``themes.show``) and under which policy.
    opens : mapping, optional
        Code -> what it is called on a page where counts open the segments that they count.
    """
    if counted is None:
        return note("Not applicable: this study rates variables and applies no codes.")
    mine = themes[themes["rollup"] == "descendants"]
    groups = list(dict.fromkeys(mine["group"]))
    groups = groups if len(groups) > 2 else ["all"]
    how = study.themes.show if study else "n"
    frame = mine.drop_duplicates("code_id")[["code_id", "name", "level", "influence"]].copy()
    frame["code"] = [
        "– " * (int(level) - 1) + str(name) for level, name in frame[["level", "name"]].to_numpy()
    ]
    columns = {"code": "code"}
    if frame["influence"].notna().any():
        columns["influence"] = "influence"
    for group in groups:
        part = mine[mine["group"] == group].set_index("code_id")
        size = int(part["n_group"].iloc[0])
        cells = frame["code_id"].map(_counts(part, size, how)).astype(object)
        if opens:
            cells = _opening(cells, [to_segments(opens[code], group) for code in frame["code_id"]])
        frame[f"n {group}"] = cells
        columns[f"n {group}"] = f"{'all' if group == 'all' else group.replace('_', ' ')} (n = {size})"
    notes = [f"{CELLS[how]} Subcodes included.", f"Counted: {counted.said}."]
    if study and "hidden" in mine and not policy_of(study).counts_as_they_are:
        notes.append(f"{HIDDEN}: not shown. {policy_of(study).said}")
    if how in ("n", "labels"):
        notes.append("Labels that differ by one participant are not a group difference.")
    return show_table(frame, "Who contributed to what", columns, notes)


def _opening(cells: pd.Series, addresses: Sequence[str]) -> pd.Series:
    """Return cells that open what they count; empty ones open nothing."""
    linked = [Linked(cell, at) if cell else cell for cell, at in zip(cells, addresses, strict=True)]
    return pd.Series(linked, index=cells.index, dtype=object)


CELLS = {
    "n": "Cells: participants contributing, segments in brackets; then the label if any.",
    "n_percent": f"Cells: participants contributing of those who could have; percent from {FEW} on.",
    "labels": "Cells: how often participants contributed, as a label; the key is below.",
    "words": "Cells: how many participants contributed, in words.",
    "none": "Cells: • where at least one participant contributed.",
}


def _counts(part: pd.DataFrame, size: int, how: str) -> pd.Series:
    cells = [_count(line, size, how) for line in part.itertuples()]
    return pd.Series(cells, index=part.index, dtype="object")


def _count(line: Any, size: int, how: str) -> str:
    if pd.isna(line.n_cases):
        return HIDDEN
    n, named = int(line.n_cases), "" if pd.isna(line.label) else str(line.label)
    base = size if pd.isna(line.n_base) else int(line.n_base)
    percent = f" ({100 * n / base:.0f} %)" if base >= FEW else ""
    segments = "" if pd.isna(line.n_segments) else f" ({line.n_segments})"
    return {
        "n": f"{n}{segments}{percent.replace('(', '').replace(')', '')}{' ' if named else ''}{named}",
        "n_percent": f"{n}/{base}{percent}",
        "labels": named or ("–" if not n else str(n)),
        "words": word(n, base),
        "none": "•" if n else "",
    }[how]


def label_key(themes: pd.DataFrame, study: Study) -> Shown:
    """Return which counts carry which label, for every base that occurs."""
    rule, how = study.themes.labels, study.themes.show
    if themes.empty:
        return note("Not applicable: this study applies no codes.")
    bases = sorted({int(n) for n in themes["n_group"]})
    if how == "words":
        frame = pd.concat([word_table(base) for base in bases], ignore_index=True)
        return show_table(frame, "Which counts are said with which word", None)
    bases = [base for base in bases if base >= LEAST_BASE]
    if rule == "none" or not bases:
        return note("This study gives no frequency labels; counts stand for themselves.")
    frame = pd.concat([label_table(base, rule) for base in bases], ignore_index=True)
    return show_table(frame, f"Which counts carry which label ({rule_said(rule)})", None)


def opposing(themes: pd.DataFrame, opens: Mapping[str, str] | None = None) -> Shown:
    """Return codes with segments that contradict them (deviant cases), beside those that support them.

    With `opens` (code -> what it is called on the page) counts open the segments that they count.
    """
    mine = themes[(themes["rollup"] == "descendants") & (themes["group"] == "all")]
    if len(mine) and mine["n_segments"].isna().all():
        return note("Not shown: counts of segments would give away those that this study's policy hides.")
    if mine["n_contradicting"].isna().all():
        return note("Coders did not record whether a segment supports or contradicts its code.")
    columns = {"name": "code", "n_supporting": "segments supporting", "n_contradicting": "contradicting"}
    columns |= {"n_cases_contradicting": "participants who contradict"}
    mine = mine[mine["n_contradicting"] > 0]
    if opens:
        codes = [opens[code] for code in mine["code_id"]]
        for name, side in SIDES.items():
            addresses = [to_segments(code, side=side) for code in codes]
            mine = mine.assign(**{name: _opening(mine[name].astype(str), addresses)})
    return show_table(mine, "Segments that contradict their code", columns)


def together(table: pd.DataFrame, corpus: Corpus, study: Study, rows: int = 15) -> Shown:
    """Return the codes that stand together most often, by kind of unit; no people where small counts hide."""
    mine = public_pairs(table, study)
    mine = mine[(mine["n"] > 0).fillna(False).astype(bool)]
    if mine.empty and shows_people(study):
        return note("No two codes stand together.")
    if mine.empty:
        return note(f"No two codes stand together so often that it may be shown. {policy_of(study).said}")
    names = public_corpus(corpus, study).codes.set_index("code_id")["name"]
    order = {within: place for place, within in enumerate(WITHIN)}
    frame = mine.assign(at=mine["within"].map(order)).sort_values(
        ["at", "n", "jaccard"], ascending=[True, False, False], kind="stable"
    )
    frame = frame.groupby("at", sort=True).head(rows // len(WITHIN))
    frame = frame.assign(code_a=frame["code_a"].map(names), code_b=frame["code_b"].map(names))
    columns = {"within": "within", "code_a": "code", "code_b": "and", "n": "both", "n_a": "first"}
    columns |= {"n_b": "second", "jaccard": "Jaccard"} if shows_people(study) else {"n_b": "second"}
    for name in ("n", "n_a", "n_b"):
        frame[name] = _or_hidden(frame[name])
    notes = [f"{name}: {said}." for name, said in WITHIN.items() if name in set(frame["within"])]
    return show_table(frame, "Codes that stand together most often", columns, [*notes, "As coded."])


def new_codes(found: NewCodes, study: Study) -> Shown:
    """Return what the twelve settings make of new codes by interview, everybody and each group."""
    if found.criteria.empty:
        return note("Not asked for: study.yml does not say `saturation: {run: true}`.")
    frame = found.criteria.assign(status=found.criteria["status"].str.replace("_", " "))
    frame["threshold"] = "≤ " + frame["threshold"].astype(str) + " %"
    frame.loc[frame["threshold"] == "≤ 0 %", "threshold"] = "0 %"
    frame["at"] = frame["at"].where(frame["at"] != "", frame["status"])
    columns = {"group": "group", "codes": "codes", "base": "base", "run": "run", "threshold": "threshold"}
    columns |= {"at": "met after", "share_of_orders": "share of orders that meet it", "why": "why not"}
    notes = [
        "6+2: new codes in 2 interviews after the 6th were within the threshold, as a share of the codes of "
        "the first interviews (the base). Guest, Namey and Chen 2020, PLoS ONE 15(5):e0232076.",
        "Orders: all that are possible up to seven interviews, else a seeded sample of 1,000. It says "
        "nothing about how much is left to be understood.",
    ]
    return show_table(frame, TITLE, columns, notes)


def values(table: pd.DataFrame, study: Study, opens: bool = False) -> Shown:
    """Return how often each value was given, all groups together; on some pages that opens the segments."""
    if table.empty:
        return note("No single-valued variables in this study.")
    frame = public_values(table, study)
    frame = frame[frame["group"] == "all"].assign(percent=lambda t: 100 * t["share"])
    columns = {"variable": "variable", "value": "value", "rule": "rule", "n": "segments"}
    if not shows_people(study):
        frame["n"] = _or_hidden(frame["n"])
        notes = [f"{HIDDEN}: not shown. {policy_of(study).said}"]
        return show_table(frame, "How often each value was given", columns, notes)
    columns["ties"] = "ties"
    percent = frame.groupby("variable")["n"].sum().min() >= FEW
    if opens:
        told = frame[["variable", "value", "n"]].itertuples(index=False)
        linked = [Linked(str(n), to_values(variable, value)) for variable, value, n in told]
        frame["n"] = pd.Series(linked, index=frame.index, dtype=object)
    if percent:
        columns["percent"] = "%"
    return show_table(frame, "How often each value was given", columns, places=1)


def _or_hidden(counts: pd.Series) -> pd.Series:
    """Return counts as they are, as text with a mark where any is hidden."""
    return counts.astype("string").fillna(HIDDEN) if counts.isna().any() else counts


def quotes(corpus: Corpus, study: Study, counted: Counted | None, table: pd.DataFrame | None = None) -> Shown:
    """Return words of consenting participants for each code, chosen by the rules below the table."""
    if counted is None:
        return note("Not applicable: this study applies no codes.")
    if not shows_text(study):
        return note("This study's policy publishes no interview text, so there are no quotes.")
    table = quotes_table(corpus, study, counted) if table is None else table
    if table.empty:
        return note("No consenting participant's segment may be quoted.")
    columns = {"name": "code", "quote": "quote", "who": "who", "segment_id": "segment"}
    if table["side"].notna().any():
        columns["side"] = "supports or contradicts"
    return show_table(public_ids(table, corpus, study), "Quotes", columns, quote_rules(study))
