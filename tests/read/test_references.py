"""Ids in charting and audit must be there."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.read.references import dangling
from analysis.schemas import FILE, ROW


def table(name: str, **columns: list) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.assign(**{FILE: f"{name}.csv", ROW: range(2, len(frame) + 2)}).astype({FILE: "string"})


def tables(**more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {"segments": table("segments", segment_id=["P1-1", "P1-2"]), **more}


def test_a_segment_behind_a_summary_must_be_there():
    charting = table("charting", segment_ids=["P1-1", "P1-1; P1-3", None])
    (problem,) = dangling(tables(charting=charting))

    assert str(problem).startswith("charting.csv, row 3, column 'segment_ids': \"P1-3\" is no segment.")


@pytest.mark.parametrize("separator", [" ", "; ", ", "])
def test_several_segments_may_be_separated_as_people_do(separator):
    charting = table("charting", segment_ids=[separator.join(["P1-1", "P1-2"])])

    assert dangling(tables(charting=charting)) == []


def test_an_item_of_audit_written_like_a_segment_must_be_one():
    audit = table("audit", item=["P1-2", "codebook", "P9-9", "theme 2", "T1"])
    (problem,) = dangling(tables(audit=audit))

    assert "row 4, column 'item'" in str(problem)


def test_without_a_table_of_segments_there_is_nothing_to_hold_ids_against():
    assert dangling({"audit": table("audit", item=["P9-9"])}) == []
