"""The coded study as tables: one frozen Corpus, whatever tool the coding was done in."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from .errors import DataError, Problem
from .schemas import DTYPES, TABLES

__all__ = ["Corpus", "empty_table", "natural"]

T = TypeVar("T")


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Return a sort key that puts "2" before "10" and P2 before P10.

    Examples
    --------
    >>> sorted(["10", "9", "P10", "P2"], key=natural)
    ['9', '10', 'P2', 'P10']
    """
    parts = re.split(r"(\d+)", name)
    return tuple((0, int(part)) if part.isdecimal() else (1, part.casefold()) for part in parts if part)


def empty_table(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns typed."""
    columns = TABLES[name].columns
    return pd.DataFrame({c: pd.Series([], dtype=DTYPES.get(s.kind, "string")) for c, s in columns.items()})


@dataclass(frozen=True)
class Corpus:
    """Every table of a study (columns: docs/tables.md), checked against each other, in a stated order.

    Tables are frames with plain row numbers; ``coders`` are in their file's order (natural order where they
    were taken from the codings), everything else by its key. Do not change a frame in place.

    Parameters
    ----------
    cases, documents, turns, coders, codes, segments, codings, assignments, asked, charting, audit, recodes :
        DataFrame
    withdrawn : int
        Number of cases that withdrew; nothing of theirs is in any table.
    warnings : tuple of str
        What was inferred or left aside, a sentence each, without interview text.
    """

    cases: pd.DataFrame = field(default_factory=lambda: empty_table("cases"))
    documents: pd.DataFrame = field(default_factory=lambda: empty_table("documents"))
    turns: pd.DataFrame = field(default_factory=lambda: empty_table("turns"))
    coders: pd.DataFrame = field(default_factory=lambda: empty_table("coders"))
    codes: pd.DataFrame = field(default_factory=lambda: empty_table("codes"))
    segments: pd.DataFrame = field(default_factory=lambda: empty_table("segments"))
    codings: pd.DataFrame = field(default_factory=lambda: empty_table("codings"))
    assignments: pd.DataFrame = field(default_factory=lambda: empty_table("assignments"))
    asked: pd.DataFrame = field(default_factory=lambda: empty_table("asked"))
    charting: pd.DataFrame = field(default_factory=lambda: empty_table("charting"))
    audit: pd.DataFrame = field(default_factory=lambda: empty_table("audit"))
    recodes: pd.DataFrame = field(default_factory=lambda: empty_table("recodes"))
    withdrawn: int = 0
    warnings: tuple[str, ...] = ()
    _once: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, about: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes of these tables, made when it is first asked for: tables never change."""
        if about not in self._once:
            self._once[about] = make()
        return self._once[about]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return table name -> frame, in the order of the design."""
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name in TABLES}

    @property
    def groups(self) -> list[str]:
        """Groups of cases, in order of first appearance."""
        return list(self.cases["group"].dropna().unique())

    def of(self, variable: str, stage: str | None = None, round_: int | None = None) -> pd.DataFrame:
        """Return the codings of one variable, of one stage and round where these are named."""
        keep = self.codings["variable"] == variable
        if stage is not None:
            keep &= self.codings["stage"] == stage
        if round_ is not None:
            keep &= self.codings["round"] == round_
        return self.codings[keep]

    def rounds(self, variable: str, stage: str = "independent") -> list[int]:
        """Return the rounds that a variable was coded in at a stage, ascending."""
        return sorted(self.of(variable, stage)["round"].unique().tolist())

    def variables(self) -> list[str]:
        """Return the variables that have codings: codes first, the others by name."""
        names = sorted(self.codings["variable"].unique().tolist(), key=natural)
        return sorted(names, key=lambda name: name != "codes")

    def children(self, code_id: str) -> list[str]:
        """Return a code's subcodes at every depth, in codebook order; the code itself is left out."""
        below = self.once("children", lambda: self.codes.groupby("parent_id")["code_id"].agg(list).to_dict())
        return [each for child in below.get(code_id, ()) for each in (child, *self.children(child))]

    def without_cases(self, case_ids: Iterable[str]) -> Corpus:
        """Return the corpus without some cases: nothing of theirs stays in any table."""
        gone = set(case_ids)
        if not gone:
            return self
        documents = set(self.documents.loc[self.documents["case_id"].isin(gone), "document_id"])
        by_document = self.segments["document_id"].isin(documents)
        segments = set(self.segments.loc[self.segments["case_id"].isin(gone) | by_document, "segment_id"])
        kept: dict[str, Any] = {
            name: frame[~_belongs(frame, gone, documents, segments)].reset_index(drop=True)
            for name, frame in self.tables().items()
        }
        charting = kept["charting"]
        if not charting.empty:
            kept["charting"] = charting.assign(segment_ids=charting["segment_ids"].map(_without(segments)))
        kept["audit"] = kept["audit"][~kept["audit"]["item"].isin(gone | documents | segments)].reset_index(
            drop=True
        )
        return replace(self, **kept)

    def without_coders(self, coder_ids: Iterable[str]) -> Corpus:
        """Return the corpus without some coders, their codings and assignments."""
        gone = list(coder_ids)
        if not gone:
            return self
        kept: dict[str, Any] = {
            name: frame[~frame["coder_id"].isin(gone)].reset_index(drop=True)
            for name, frame in self.tables().items()
            if "coder_id" in frame
        }
        return replace(self, **kept)

    def save(self, folder: Path) -> list[Path]:
        """Write every table to ``<folder>/<table>.parquet``; return the files."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, frame in self.tables().items():
            path = folder / f"{name}.parquet"
            frame.to_parquet(path, index=False, compression="zstd")
            written.append(path)
        return written

    @classmethod
    def load(cls, folder: Path, withdrawn: int = 0, warnings: Iterable[str] = ()) -> Corpus:
        """Return the corpus that :meth:`save` wrote.

        Raises
        ------
        DataError
            If a table is not there.
        """
        missing = [name for name in TABLES if not (folder / f"{name}.parquet").is_file()]
        if missing:
            what = [Problem("is not there.", file=f"{name}.parquet") for name in missing]
            raise DataError(what, next_step="Run `concord reproduce`, which makes it.")
        frames = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
        return cls(**frames, withdrawn=withdrawn, warnings=tuple(warnings))


def _belongs(frame: pd.DataFrame, cases: set[str], documents: set[str], segments: set[str]) -> pd.Series:
    """Return which rows speak of one of these cases, documents or segments."""
    rows = pd.Series(False, index=frame.index)
    for column, gone in (("case_id", cases), ("document_id", documents), ("segment_id", segments)):
        if column in frame:
            rows |= frame[column].isin(gone)
    return rows


def _without(segments: set[str]) -> Callable[[Any], Any]:
    def kept(listed: Any) -> Any:
        if pd.isna(listed):
            return listed
        left = [each for each in str(listed).split() if each.strip(";,") not in segments]
        return " ".join(left) or pd.NA

    return kept
