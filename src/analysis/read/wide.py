"""Wide files: a row a segment and coder, a column a variable; or a row a segment, a column a coder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..errors import DataError, Problem, did_you_mean, quoted
from ..inputs import Input
from ..schemas import FILE, ROW
from .draft import Draft, clean_ids
from .textfile import read_text_table

__all__ = ["read_wide"]

SEPARATOR = ":"
SEGMENT_COLUMNS = {
    "document_id": "document",
    "case_id": "case",
    "text": "text",
    "speaker": "speaker",
    "question": "question",
}


def read_wide(path: Path, given: Input) -> Draft:
    """Return the segments and codings of a wide file.

    Parameters
    ----------
    path : Path
        The file itself.
    given : Input
        Its line in study.yml, which names the columns.

    Raises
    ------
    DataError
        If the file cannot be read, a named column is not there, the stage is not declared, or two rows of
        one segment contradict each other.
    """
    raw = read_text_table(path, given.file, given.encoding)
    cells = raw.frame
    _check_columns(cells, given)
    cells = cells.assign(**{FILE: given.file, ROW: cells.index}).reset_index(drop=True)
    cells["segment_id"] = _segment_ids(cells, given)
    segments = _segments(cells, given)
    codings = _codings_by_row(cells, given) if given.coders is None else _codings_by_column(cells, given)
    tables = {"segments": segments, "codings": codings}
    if given.case is not None:
        tables["cases"] = _cases(cells, given)
    facts = {"format": "wide", "rows": len(cells), "segments": len(segments), "codings": len(codings)}
    facts |= {"encoding": raw.encoding, "delimiter": raw.delimiter}
    return Draft(given.file, raw.sha256, tables, facts, list(raw.warnings))


def _segment_columns(given: Input) -> list[str]:
    return [given.segment] if isinstance(given.segment, str) else list(given.segment or [])


def _check_columns(cells: pd.DataFrame, given: Input) -> None:
    named = [*_segment_columns(given), *(getattr(given, part) for part in SEGMENT_COLUMNS.values())]
    named += [given.group, given.coder, *(given.variables or [])] if given.coders is None else given.coders
    problems = [
        Problem(
            f"study.yml names this column; the header does not have it.{did_you_mean(column, cells.columns)}",
            file=given.file,
            row=1,
            column=column,
        )
        for column in dict.fromkeys(filter(None, named))
        if column not in cells
    ]
    if given.stage is None and "stage" not in cells:
        what = (
            "stage not declared. Write `stage: independent` (or training, consensus, recode) after the file "
            "in study.yml: agreement is computed on independent codings only."
        )
        problems.append(Problem(what, file=given.file, column="stage"))
    if problems:
        raise DataError(problems)


def _segment_ids(cells: pd.DataFrame, given: Input) -> pd.Series:
    parts = [clean_ids(cells[column]) for column in _segment_columns(given)]
    problems = [
        Problem("empty.", file=given.file, row=int(row), column=column)
        for column, part in zip(_segment_columns(given), parts, strict=True)
        for row in cells.loc[part.isna(), ROW]
    ]
    problems += [
        Problem(
            f"holds {quoted(SEPARATOR)}, which joins the parts of a segment's name.",
            file=given.file,
            column=c,
        )
        for c, part in zip(_segment_columns(given), parts, strict=True)
        if len(parts) > 1 and part.str.contains(SEPARATOR, regex=False).any()
    ]
    if problems:
        raise DataError(problems)
    ids = parts[0]
    for part in parts[1:]:
        ids = ids + SEPARATOR + part
    return ids


def _segments(cells: pd.DataFrame, given: Input) -> pd.DataFrame:
    named = {column: getattr(given, part) for column, part in SEGMENT_COLUMNS.items()}
    frame = cells[["segment_id", FILE, ROW]].copy()
    for column, source in named.items():
        if source is not None:
            frame[column] = cells[source] if column == "text" else clean_ids(cells[source])
    return _one_row_each(frame, "segment_id", named, given)


def _cases(cells: pd.DataFrame, given: Input) -> pd.DataFrame:
    frame = cells[[FILE, ROW]].assign(case_id=clean_ids(cells[given.case]))
    if given.group is not None:
        frame["group"] = clean_ids(cells[given.group])
    frame = frame.dropna(subset=["case_id"])
    return _one_row_each(frame, "case_id", {"group": given.group}, given)


def _one_row_each(frame: pd.DataFrame, key: str, named: dict[str, str | None], given: Input) -> pd.DataFrame:
    """Return the first row of each `key`; every later row must say the same."""
    first = frame.drop_duplicates(key, keep="first")
    problems = []
    for column in frame.columns.difference([key, FILE, ROW]):
        there = frame.merge(first[[key, column, ROW]], on=key, suffixes=("", "_first"))
        differs = there[column].fillna("") != there[f"{column}_first"].fillna("")
        problems += [
            Problem(
                f"is not what row {other} says of the same {key.removesuffix('_id')}.",
                file=given.file,
                row=int(row),
                column=named[column],
            )
            for row, other in there.loc[differs, [ROW, f"{ROW}_first"]].itertuples(index=False)
        ]
    if problems:
        raise DataError(problems)
    return first.reset_index(drop=True)


def _codings_by_row(cells: pd.DataFrame, given: Input) -> pd.DataFrame:
    """One row a segment and coder: every variable's column becomes rows of codings."""
    coder = clean_ids(cells[given.coder])
    if coder.isna().any():
        rows = cells.loc[coder.isna(), ROW]
        raise DataError(
            [Problem("empty: who coded this?", file=given.file, row=int(r), column=given.coder) for r in rows]
        )
    parts = [
        _marks(cells, clean_ids(cells[variable]), coder, variable, given)
        for variable in given.variables or []
    ]
    return pd.concat(parts, ignore_index=True)


def _codings_by_column(cells: pd.DataFrame, given: Input) -> pd.DataFrame:
    """One row a segment: every coder's column becomes rows of codings."""
    twice = cells.duplicated("segment_id")
    if twice.any():
        raise DataError(
            [
                Problem(f"segment {quoted(i)} stands twice.", file=given.file, row=int(row))
                for i, row in cells.loc[twice, ["segment_id", ROW]].itertuples(index=False)
            ]
        )
    parts = [
        _marks(cells, clean_ids(cells[coder]), coder, given.variable or "codes", given)
        for coder in given.coders or []
    ]
    return pd.concat(parts, ignore_index=True)


def _marks(
    cells: pd.DataFrame, values: pd.Series, coder: pd.Series | str, variable: str, given: Input
) -> pd.DataFrame:
    """Return the filled cells of one column as codings; an empty cell is no coding."""
    stage = clean_ids(cells["stage"]) if "stage" in cells else pd.Series(pd.NA, cells.index, dtype="string")
    turn = clean_ids(cells["round"]) if "round" in cells else pd.Series(pd.NA, cells.index, dtype="string")
    frame = cells[["segment_id", FILE, ROW]].assign(
        coder_id=coder,
        variable=variable,
        value=values,
        stage=stage.fillna(given.stage) if given.stage else stage,
        round=turn.fillna(str(given.round)),
    )
    return frame[values.notna()]
