"""Agreement in the order of coding, and what a change of the codebook did to it."""

from __future__ import annotations

import pytest

from analysis.agreement.drift import CHANGES, OVER_TIME, changes, over_time
from analysis.paths import Workspace
from analysis.read import read_drafts
from analysis.study import load_study

DOCUMENTS = ["P4", "P3", "P2", "P1"]


@pytest.fixture
def drifting(small):
    """Four transcripts of four segments; the coders agree on the first two and on nothing in the last two."""
    cases, segments, documents, codings = (
        ["case_id,interview_order"],
        ["segment_id,document_id"],
        ["document_id,case_id"],
        ["segment_id,coder_id,value"],
    )
    for place, case in enumerate(DOCUMENTS, start=1):
        cases.append(f"{case},{place}")
        documents.append(f"D{case},{case}")
        for n in range(4):
            segments.append(f"{case}-{n},D{case}")
            mine, theirs = ("x" if n < 2 else "y"), ("x" if (n < 2) == (place < 3) else "y")
            codings += [f"{case}-{n},A,{mine}", f"{case}-{n},B,{theirs}"]
    tables = {"cases": cases, "documents": documents, "segments": segments, "codings": codings}
    return small.only(**{name: "\n".join(rows) + "\n" for name, rows in tables.items()})


def test_agreement_that_falls_in_the_order_of_interviews_is_seen(drifting):
    table = over_time(*drifting.both())

    assert list(table.columns) == OVER_TIME
    assert table["block"].tolist() == [1, 2]
    assert table["documents"].tolist() == [2, 2]
    assert table["estimate"].tolist()[0] == pytest.approx(1)
    assert table["estimate"].tolist()[1] < 0
    assert table["applied"].tolist() == ["A: 8; B: 8", "A: 8; B: 8"]


def test_time_stamps_go_before_the_order_of_interviews(drifting):
    """Coded backwards: the same transcripts, the other way round."""
    lines = str(drifting.files["codings.csv"]).splitlines()
    stamped = [f"{lines[0]},created"]
    stamped += [f"{line},2026-01-{31 - n:02d}" for n, line in enumerate(lines[1::2])] + [
        f"{line},2026-01-{31 - n:02d}" for n, line in enumerate(lines[2::2])
    ]
    drifting.files["codings.csv"] = "\n".join(stamped) + "\n"
    table = over_time(*drifting.both())

    assert table["estimate"].tolist()[0] < 0
    assert table["estimate"].tolist()[1] == pytest.approx(1)


def test_three_transcripts_are_too_few_to_stand_in_an_order(small):
    assert over_time(*small.both()).empty


def test_a_merge_shows_what_it_did(checkout):
    """simon2021_simulated: impersonal was merged into the relationship code after the first round.

    By hand from its codings: 7 codings of impersonal, and fewer differences once both are one code.
    """
    workspace = Workspace(checkout)
    study = load_study(workspace, "simon2021_simulated")
    table = changes(read_drafts(workspace, study), study)

    assert list(table.columns) == CHANGES
    assert table[["old_code", "action", "new_code", "codings", "round"]].to_numpy().tolist() == [
        ["impersonal", "merge", "may_threaten_relationship", 7, 1]
    ]
    assert table.loc[0, "new_after"] > table.loc[0, "new_before"] > table.loc[0, "old"]


def test_without_recodes_there_is_nothing_to_show(small):
    del small.files["recodes.csv"]
    small.edit("codings.csv", "P3-2,A,codes,price,", "P3-2,A,codes,cost,")
    study = small.study()

    assert changes(read_drafts(small.workspace, study), study).empty
