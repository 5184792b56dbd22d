"""Do the tables fit together? Every contradiction between them, with file, row and column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import Problem, cell, did_you_mean, is_name
from ..schemas import FILE, ROW, TABLES
from ..study import Study

__all__ = ["among", "contradictions", "several_values"]

Tables = dict[str, pd.DataFrame]
NOT_A_VALUE = {"n/a", "na", "nan", "null", "none", "-", "--", "missing", "#n/a"}
LISTED = {
    "case_id": "cases",
    "document_id": "documents",
    "coder_id": "coders",
    "segment_id": "segments",
    "code_id": "codes",
}


def contradictions(tables: Tables, study: Study) -> list[Problem]:
    """Return every problem between tables.

    Parameters
    ----------
    tables : dict of DataFrame
        Typed tables with ``_file`` and ``_row``; a table that was not given is not there.
    study : Study
        Declared groups, variables and segmentation.
    """
    checks = (
        _duplicate_keys(tables),
        _unknown_ids(tables),
        _unknown_groups(tables, study),
        _unknown_parents(tables),
        _circular_codes(tables),
        _spans(tables),
        _variables(tables, study),
        _code_values(tables),
        several_values(tables),
        _recodes(tables),
        _segmentation(tables, study),
    )
    return [problem for check in checks for problem in check]


def _at(
    frame: pd.DataFrame, rows: pd.Series, column: str | None, say: Callable[[Any], str]
) -> Iterator[Problem]:
    """Yield a problem for every row marked; `say` makes the sentence from the row."""
    marked = rows.fillna(False).to_numpy(bool)
    for _, row in frame[marked].iterrows() if marked.any() else ():
        yield Problem(say(row), file=row[FILE], row=int(row[ROW]), column=column)


def _duplicate_keys(tables: Tables) -> Iterator[Problem]:
    for name, frame in tables.items():
        key = list(TABLES[name].key)
        frame = frame.dropna(subset=[column for column in key if TABLES[name].columns[column].required])
        if not key or frame.empty:
            continue
        twice = frame.duplicated(key, keep="first")
        if not twice.any():
            continue
        first = frame.groupby(key, sort=False, dropna=False)[[FILE, ROW]].transform("first")
        for index, row in frame[twice].iterrows():
            where = first.loc[index]
            other = f"row {where[ROW]}" + ("" if where[FILE] == row[FILE] else f" of {where[FILE]}")
            what = f"duplicate of {other}: {TABLES[name].row} may stand once. Delete one of the two."
            yield Problem(what, file=row[FILE], row=int(row[ROW]), column=None if len(key) > 1 else key[0])


def _unknown_ids(tables: Tables) -> Iterator[Problem]:
    for name, frame in tables.items():
        for column, home in LISTED.items():
            if home == name or home not in tables or column not in frame:
                continue
            yield from _unknown(frame, column, tables[home][column], f"{home}.csv")
    if "codes" in tables and "recodes" in tables:
        known = pd.concat([tables["codes"]["code_id"], tables["recodes"]["old_code"]])
        yield from _unknown(tables["recodes"], "new_code", known, "codes.csv")


def _unknown(frame: pd.DataFrame, column: str, known: pd.Series, listed: str) -> Iterator[Problem]:
    absent = frame[column].notna() & ~among(frame[column], known)
    if absent.any():
        names = known.dropna().unique().tolist()
        yield from _at(frame, absent, column, lambda row: _not_in(row[column], listed, names))


def among(cells: pd.Series, known: pd.Series) -> pd.Series:
    """Return which cells hold one of the known names; `isin` takes names one by one, this all at once."""
    there, names = (pa.array(each.astype("string").array) for each in (cells, known.dropna()))
    return pd.Series(pc.is_in(there, value_set=names).to_numpy(zero_copy_only=False), index=cells.index)


def _not_in(value: object, listed: str, names: list[str]) -> str:
    names = [name for name in names if is_name(name)]
    some = f" ({', '.join(names[:6])}{', ...' if len(names) > 6 else ''})" if len(names) <= 12 else ""
    return f"{cell(value)} is not in {listed}{some}.{did_you_mean(str(value), names)}"


def _unknown_groups(tables: Tables, study: Study) -> Iterator[Problem]:
    if study.groups and "cases" in tables:
        known = pd.Series(study.groups, dtype="string")
        yield from _unknown(tables["cases"], "group", known, "study.yml's groups")


def _unknown_parents(tables: Tables) -> Iterator[Problem]:
    if "codes" in tables:
        codes = tables["codes"]
        yield from _unknown(codes, "parent_id", codes["code_id"], "codes.csv")


def _circular_codes(tables: Tables) -> Iterator[Problem]:
    if "codes" not in tables:
        return
    codes = tables["codes"].dropna(subset=["code_id"])
    parent = dict(zip(codes["code_id"], codes["parent_id"], strict=True))
    circular = pd.Series([_returns(code, parent) for code in codes["code_id"]], index=codes.index, dtype=bool)
    yield from _at(
        codes, circular, "parent_id", lambda row: "the code stands below itself. Correct its parent."
    )


def _returns(code: str, parent: dict[str, str]) -> bool:
    seen: set[str] = set()
    here = parent[code]
    while not pd.isna(here) and here in parent and here not in seen:
        if here == code:
            return True
        seen.add(here)
        here = parent[here]
    return False


def _spans(tables: Tables) -> Iterator[Problem]:
    lengths = {}
    if "documents" in tables:
        known = tables["documents"].dropna(subset=["text"])
        lengths = dict(zip(known["document_id"], known["text"].str.len(), strict=True))
    for name in ("segments", "turns"):
        if name not in tables:
            continue
        frame = tables[name]
        one_only = frame["start"].isna() != frame["end"].isna()
        yield from _at(frame, one_only, "end", lambda row: "a span needs both start and end.")
        spanned = frame["start"].notna() & frame["end"].notna()
        backwards = spanned & (frame["end"] <= frame["start"]).fillna(False)
        yield from _at(
            frame, backwards, "end", lambda row: f"{row['end']} is not after start {row['start']}."
        )
        length = frame["document_id"].map(lengths).astype("Int64")
        outside = spanned & (frame["end"] > length).fillna(False)
        yield from _at(
            frame,
            outside,
            "end",
            lambda row: (
                f"{row['end']} is outside the text of {cell(row['document_id'])}, which has "
                f"{lengths[row['document_id']]} characters."
            ),
        )
        nowhere = spanned & frame["document_id"].isna()
        yield from _at(frame, nowhere, "document_id", lambda row: "empty: a span stands in a document.")


def _variables(tables: Tables, study: Study) -> Iterator[Problem]:
    """Variables must be declared; their values must be among the declared ones where they apply."""
    codings = tables["codings"].dropna(subset=["variable", "value"])
    names = ["codes", *study.variables]
    unknown = ~codings["variable"].isin(names)
    yield from _at(
        codings,
        unknown,
        "variable",
        lambda row: (
            f"{cell(row['variable'])} is not declared under `variables` in study.yml."
            f"{did_you_mean(row['variable'], names)}"
        ),
    )
    for name, variable in study.variables.items():
        mine = codings["variable"] == name
        if variable.values is not None:
            wrong = mine & ~codings["value"].isin(variable.values)
            yield from _at(codings, wrong, "value", _say_outside(variable.values))
        else:
            unsure = mine & codings["value"].str.casefold().isin(NOT_A_VALUE)
            yield from _at(codings, unsure, "value", _say_maybe_missing(name))
        if variable.kind in ("interval", "ratio"):
            numbers = pd.to_numeric(codings["value"], errors="coerce")
            yield from _at(codings, mine & numbers.isna(), "value", _say_no_number)


def _say_no_number(row: Any) -> str:
    return f"must be a number: the variable is interval or ratio. Found {cell(row['value'])}."


def _say_outside(allowed: list[str]) -> Callable[[Any], str]:
    return lambda row: _outside(row["value"], allowed)


def _outside(value: str, allowed: list[str]) -> str:
    what = f"{cell(value)} is not one of the declared values ({', '.join(allowed)})."
    if value.casefold() in NOT_A_VALUE:
        return (
            what
            + f" If it is a category, add {cell(value)} to `values`; if it means no rating, empty the cell."
        )
    return what + did_you_mean(value, allowed)


def _say_maybe_missing(variable: str) -> Callable[[Any], str]:
    return lambda row: (
        f"{cell(row['value'])} may be a category or a missing rating. Declare variables.{variable}.values "
        "in study.yml, with it if it is a category; if it means no rating, empty the cell."
    )


def _code_values(tables: Tables) -> Iterator[Problem]:
    if "codes" in tables:
        of_codes = tables["codings"][tables["codings"]["variable"] == "codes"]
        known = tables["codes"]["code_id"]
        if "recodes" in tables:
            known = pd.concat([known, tables["recodes"]["old_code"]])
        yield from _unknown(of_codes, "value", known, "codes.csv")


def several_values(tables: Tables) -> Iterator[Problem]:
    """Yield every second value of a variable by one coder for one segment at one stage and round."""
    codings = tables["codings"]
    single = codings[codings["variable"] != "codes"]
    key = ["segment_id", "coder_id", "variable", "stage", "round"]
    distinct = single.drop_duplicates([*key, "value"])
    second = distinct.duplicated(key, keep="first")
    yield from _at(
        distinct,
        second,
        "value",
        lambda row: (
            f"a second value of {cell(row['variable'])} for segment {cell(row['segment_id'])} by "
            f"{cell(row['coder_id'])} in the same round; it takes one."
        ),
    )


def _recodes(tables: Tables) -> Iterator[Problem]:
    """A code that became another needs to say which."""
    if "recodes" in tables:
        recodes = tables["recodes"]
        nowhere = recodes["action"].isin(["merge", "rename"]) & recodes["new_code"].isna()
        yield from _at(
            recodes, nowhere, "new_code", lambda row: f"empty: {row['action']} needs the code that it became."
        )


def _segmentation(tables: Tables, study: Study) -> Iterable[Problem]:
    if study.segmentation is None and tables["codings"]["coder_id"].nunique() > 1:
        yield Problem(
            "segmentation not declared. Write `segmentation: shared` when all coders coded the same given "
            "segments, or `segmentation: own` when each drew their own: agreement on segments means "
            "something else in each case.",
            file="study.yml",
            column="segmentation",
        )
