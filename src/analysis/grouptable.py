"""T2: who contributed to each theme, a column a group, said as the study chooses to say counts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .disclosure import HIDDEN, policy_of
from .labels import label_table, rule_said, word, word_table
from .papertables import Column, PaperTable
from .study import Study

__all__ = ["FEW", "group_table", "people"]

FEW = 20  # below it no percentages
ONE_APART = "Labels that differ by one participant are not a group difference."


def group_table(
    name: str, caption: str, themes: pd.DataFrame, study: Study, counted: tuple[str, ...]
) -> PaperTable:
    """Return themes by group: counts as numbers, percentages from 20 participants on, labels or words.

    Parameters
    ----------
    name, caption : str
    themes : DataFrame
        Lines of themes.csv of one rollup, as they may be published.
    study : Study
        ``themes.show`` says what stands in a cell: n, n_percent, labels, words or none.
    counted : tuple of str
        What the counts count.
    """
    groups = list(dict.fromkeys(themes["group"]))
    groups = [*[g for g in groups if g != "all"], "all"] if len(groups) > 2 else ["all"]
    rows = themes.drop_duplicates("code_id")
    order = rows["code_id"]
    frame, columns = pd.DataFrame({"code": people(rows)}), {"code": Column("Theme")}
    if rows["influence"].notna().any():
        frame["influence"] = rows["influence"].to_numpy()
        columns["influence"] = Column("Influence")
    bases = set[int]()
    for group in groups:
        part = themes[themes["group"] == group].set_index("code_id").reindex(order)
        if part.empty:
            continue
        size = int(part["n_group"].iloc[0])
        said = "All" if group == "all" else str(group).replace("_", " ").capitalize()
        title = f"{said} (n\u00a0=\u00a0{size})"
        base = part["n_base"].fillna(part["n_group"]).astype(int).tolist()
        bases |= set(base)
        for kind, (column, cells) in _cells(part, base, title, study).items():
            frame[f"{group} {kind}"], columns[f"{group} {kind}"] = cells, column
    columns = _alone(columns)
    return PaperTable(name, caption, frame, columns, (*counted, *_notes(study, bases, themes)))


def people(codes: pd.DataFrame) -> list[str]:
    """Return names of codes, subcodes set in by a dash a level."""
    levels = codes["level"].fillna(1).astype(int)
    return ["– " * (level - 1) + str(name) for level, name in zip(levels, codes["name"], strict=True)]


def _cells(
    part: pd.DataFrame, base: list[int], title: str, study: Study
) -> dict[str, tuple[Column, list[Any]]]:
    """Return the columns of one group: kind -> how it stands, and its cells."""
    n = part["n_cases"].tolist()
    counts = [HIDDEN if pd.isna(each) else int(each) for each in n]
    named = [str(each) if each else "–" for each in part["label"].fillna("")]
    labels = [HIDDEN if pd.isna(each) else word for each, word in zip(n, named, strict=True)]
    whole = Column("n", title, number=True)
    label = Column("label", title)
    how = study.themes.show
    found: dict[str, tuple[Column, list[Any]]] = {"n": (whole, counts)}
    if how == "none":
        marks = [HIDDEN if pd.isna(each) else "•" if each else "" for each in n]
        return {"mark": (Column(title), marks)}
    if how == "words":
        said = [HIDDEN if pd.isna(m) else word(int(m), b) for m, b in zip(n, base, strict=True)]
        return {"words": (Column(title), said)}
    given = study.themes.labels != "none" and policy_of(study).counts_as_they_are
    if how == "labels" and given:
        return {"label": (Column(title), labels)}
    if how == "n_percent":
        found["of"] = (Column("of", title, number=True), list(base))
        if any(each >= FEW for each in base):
            share = [
                HIDDEN if pd.isna(m) else 100 * m / b if b >= FEW else pd.NA
                for m, b in zip(n, base, strict=True)
            ]
            found["percent"] = (Column("%", title, number=True, places=0), share)
        return found
    if (part["n_group"] != base).any():
        found["of"] = (Column("of", title, number=True), list(base))
    return found | ({"label": (label, labels)} if given else {})


def _alone(columns: dict[str, Column]) -> dict[str, Column]:
    """Return columns so that a heading over one column alone is that column's own."""
    titles = [column.above for column in columns.values()]
    return {
        name: Column(f"{column.above}", "", column.number, column.places)
        if column.above and titles.count(column.above) == 1
        else column
        for name, column in columns.items()
    }


def _notes(study: Study, bases: set[int], themes: pd.DataFrame) -> list[str]:
    """Return the key to words or labels, and how a difference between groups is not to be read."""
    how, rule = study.themes.show, study.themes.labels
    told = []
    if themes["n_asked"].notna().any() and how in ("n_percent", "words", "labels", "n"):
        told.append("Where it was recorded who was asked, the base is those asked or who raised it unasked.")
    if how == "words":
        keys = [_key(word_table(base)) for base in sorted(bases)]
        return [*told, f"Words: {'; '.join(key for key in keys if key)}."]
    if how == "n_percent":
        return [*told, f"Percentages stand only from {FEW} participants on."]
    if rule != "none" and how in ("n", "labels") and policy_of(study).counts_as_they_are:
        keys = [_key(label_table(base, rule)) for base in sorted(bases)]
        told += [f"Labels ({rule_said(rule)}): {'; '.join(key for key in keys if key)}.", ONE_APART]
    return told


def _key(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    said = ", ".join(f"{row.participants} {row.label}" for row in table.iloc[::-1].itertuples(index=False))
    return f"of {table['of'].iloc[0]}: {said}"
