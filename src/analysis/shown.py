"""The stock tables of notebooks and report: which columns people see, under which headings."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from .claims import VERDICTS, Verdict
from .corpus import Corpus
from .counting import Counted
from .disclosure import NOT_SHOWN, case_labels, quotable, shows_text
from .framework import STATES, coverage
from .labels import LEAST_BASE, RULES, label_table
from .study import Study
from .tables import Shown, note, show_table

__all__ = [
    "coverage_gaps",
    "differences",
    "label_key",
    "matrix",
    "quotes",
    "stages",
    "themes_by_group",
    "values",
    "verdicts",
]

FEW = 20


def stages(table: pd.DataFrame) -> Shown:
    """Return who coded how much, by stage and round."""
    columns = {"variable": "variable", "stage": "stage", "round": "round", "coder_id": "coder"}
    columns |= {name: name for name in ("documents", "segments", "codings")}
    return show_table(table, "Who has coded what", columns, ["Segments: those with at least one coding."])


def differences(table: pd.DataFrame, corpus: Corpus, rows: int = 25) -> Shown:
    """Return the segments coded differently, the most divided first; no text."""
    if table.empty:
        return note("No segment was coded differently.")
    labels = case_labels(corpus)
    frame = table.assign(who=table["case_id"].map(labels))
    names = corpus.codes.set_index("code_id")["name"]
    frame["code"] = table["code_id"].map(names).astype("string").fillna(table["variable"])
    columns = {"segment_id": "segment", "who": "participant", "code": "code or variable"}
    columns |= {"agreeing": "share of pairs agreeing", "given": "given"}
    return show_table(frame, f"Segments coded differently ({len(frame)} in all)", columns, rows=rows)


def themes_by_group(themes: pd.DataFrame, counted: Counted | None) -> Shown:
    """Return codes by group: participants contributing and segments, subcodes included."""
    if counted is None:
        return note("Not applicable: this study rates variables and applies no codes.")
    mine = themes[themes["rollup"] == "descendants"]
    groups = list(dict.fromkeys(mine["group"]))
    groups = groups if len(groups) > 2 else ["all"]
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
        frame[f"n {group}"] = frame["code_id"].map(_counts(part, size))
        columns[f"n {group}"] = f"{'all' if group == 'all' else group.replace('_', ' ')} (n = {size})"
    notes = [
        "Cells: participants contributing, segments in brackets, subcodes included; then the label if any.",
        f"Counted: {counted.said}.",
        "Labels that differ by one participant are not a group difference.",
    ]
    return show_table(frame, "Who contributed to what", columns, notes)


def _counts(part: pd.DataFrame, size: int) -> pd.Series:
    cells = part["n_cases"].astype(str) + " (" + part["n_segments"].astype(str) + ")"
    if size >= FEW:
        cells += " " + (100 * part["share"]).round().astype(int).astype(str) + " %"
    labels = part["label"].fillna("")
    return cells + labels.where(labels == "", " " + labels)


def label_key(themes: pd.DataFrame, study: Study) -> Shown:
    """Return which counts carry which label, for every base that occurs."""
    rule = study.themes.labels
    if themes.empty:
        return note("Not applicable: this study applies no codes.")
    if rule == "none":
        return note("This study gives no frequency labels; counts stand for themselves.")
    bases = sorted({int(n) for n in themes["n_group"] if n >= LEAST_BASE})
    frame = pd.concat([label_table(base, rule) for base in bases], ignore_index=True)
    return show_table(frame, f"Which counts carry which label ({rule}: {RULES[rule]})", None)


def values(table: pd.DataFrame) -> Shown:
    """Return how often each value was given, all groups together."""
    if table.empty:
        return note("No single-valued variables in this study.")
    frame = table[table["group"] == "all"].assign(percent=lambda t: 100 * t["share"])
    columns = {"variable": "variable", "value": "value", "rule": "rule", "n": "segments", "ties": "ties"}
    if frame.groupby("variable")["n"].sum().min() >= FEW:
        columns["percent"] = "%"
    return show_table(frame, "How often each value was given", columns, places=1)


def matrix(table: pd.DataFrame, corpus: Corpus, study: Study) -> Shown:
    """Return the framework matrix: a row a participant, a column a charted code, cells written by people."""
    charted = table[table["code_id"].isin(corpus.charting["code_id"])]
    labels = case_labels(corpus)
    codes = charted.drop_duplicates("code_id")
    columns = {"participant": "participant"}
    frame = pd.DataFrame({"case_id": list(dict.fromkeys(charted["case_id"]))})
    frame["participant"] = frame["case_id"].map(labels)
    for code in codes.itertuples(index=False):
        mine = charted[charted["code_id"] == code.code_id].set_index("case_id")
        frame[code.code_id] = frame["case_id"].map(mine.apply(_cell, axis=1, shown=shows_text(study)))
        columns[code.code_id] = code.name
    notes = ["Summaries are written by people, never generated. " + _states(charted)]
    return show_table(frame, "Framework matrix", columns, notes)


def _cell(row: pd.Series, shown: bool) -> str:
    if pd.isna(row["summary"]):
        return STATES[row["state"]]
    return str(row["summary"]) if shown else NOT_SHOWN


def _states(table: pd.DataFrame) -> str:
    counts = table["state"].value_counts()
    return "; ".join(f"{STATES[state]}: {counts[state]}" for state in STATES if state in counts) + "."


def coverage_gaps(table: pd.DataFrame, corpus: Corpus) -> Shown:
    """Return the cells where codings and charting do not meet."""
    gaps = coverage(table)
    if gaps.empty:
        return note("Every cell with segments is charted, and no summary stands without a segment.")
    said = {"coded_not_charted": "coded, not charted", "charted_not_coded": "charted, no segment coded"}
    frame = gaps.assign(gap=gaps["gap"].map(said), who=gaps["case_id"].map(case_labels(corpus)))
    columns = {"gap": "gap", "who": "participant", "name": "code", "n_segments": "segments"}
    return show_table(frame, f"Cells still to be looked at ({len(frame)})", columns)


def quotes(corpus: Corpus, study: Study, counted: Counted | None) -> Shown:
    """Return some words of consenting participants for each code, a different participant each."""
    if counted is None:
        return note("Not applicable: this study applies no codes.")
    if not shows_text(study):
        return note("This study's policy publishes no interview text, so there are no quotes.")
    may = corpus.segments[quotable(corpus, study)].dropna(subset=["text"]).set_index("segment_id")
    marks = counted.marks
    mine = marks[marks["segment_id"].isin(may.index)].drop_duplicates(["code_id", "case_id"])
    mine = mine.groupby("code_id", sort=False).head(study.themes.quotes_per_theme)
    order = {code: place for place, code in enumerate(corpus.codes["code_id"])}
    mine = mine.sort_values("code_id", key=lambda c: c.map(order), kind="stable")
    frame = pd.DataFrame(
        {
            "code": mine["code_id"].map(corpus.codes.set_index("code_id")["name"]),
            "quote": mine["segment_id"].map(may["text"]),
            "who": mine["case_id"].map(case_labels(corpus)),
            "segment": mine["segment_id"],
        }
    )
    notes = ["Only words of participants who consented to being quoted."]
    if frame.empty:
        return note("No consenting participant's segment may be quoted.")
    return show_table(
        frame, "Quotes", {"code": "code", "quote": "quote", "who": "who", "segment": "segment"}, notes
    )


def verdicts(found: Sequence[Verdict], simulated: bool) -> Shown:
    """Return the verdict of every claim, coverage first, failures last."""
    if not found:
        return note("This study states no claims to be checked.")
    checked = [v for v in found if v.verdict != "not_checkable"]
    lead = [
        "Verdicts show whether numbers follow from the codings, not whether the interpretation is right.",
        f"{len(found)} claims: {len(checked)} are checked here, {len(found) - len(checked)} cannot be.",
    ]
    if simulated:
        lead.append("Simulated data: claims hold by construction and count as nothing reproduced.")
    rows = [
        {
            "claim": v.claim.id,
            "printed": ", ".join(v.claim.expected.values()) or "–",
            "recomputed": ", ".join(v.recomputed) or "–",
            "verdict": v.verdict.replace("_", " "),
            "why": v.why or VERDICTS[v.verdict],
        }
        for v in sorted(found, key=lambda v: v.failed)
    ]
    return show_table(pd.DataFrame(rows), "Numbers recomputed", None, lead)
