"""Agreement in the order of coding, and what a change of the codebook did to it."""

from __future__ import annotations

import pytest

from analysis.agreement import driftview
from analysis.agreement.drift import CHANGES, OVER_TIME, changes, over_time
from analysis.paths import Workspace
from analysis.read import read_drafts
from analysis.read.assemble import assemble
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


def stamped(study, stamps):
    """Write a time stamp behind every coding: as many stamps as transcripts, in the order of DOCUMENTS."""
    head, *lines = str(study.files["codings.csv"]).splitlines()
    made = dict(zip(DOCUMENTS, stamps, strict=True))
    rows = [f"{line},{made[line[:2]]}" for line in lines]
    study.files["codings.csv"] = "\n".join([f"{head},created", *rows]) + "\n"


@pytest.mark.parametrize(
    "stamps",
    [
        ["9.10.2026 08:00", "10.9.2026 08:00", "3.2.2026 08:00", "11.1.2026 08:00"],
        ["2026-10-09T08:00:00Z", "2026-09-10 08:00", "2026-02-03T08:00:00+02:00", "2026-01-11"],
    ],
)
def test_time_stamps_are_read_as_moments_and_not_as_text(drifting, stamps):
    """As text, 10.9. and 11.1. come first and 3.2. before 9.10.: neither the order nor the reverse."""
    stamped(drifting, stamps)
    table = over_time(*drifting.both())

    assert set(table["order"]) == {"coding"}
    assert table["estimate"].tolist()[0] < 0
    assert table["estimate"].tolist()[1] == pytest.approx(1)


def test_time_stamps_that_can_be_read_in_two_ways_order_nothing(drifting):
    stamped(drifting, ["3/11/2026", "2/11/2026", "1/11/2026", "1/10/2026"])
    table = over_time(*drifting.both())

    assert set(table["order"]) == {"interviews"}
    assert table["estimate"].tolist()[0] == pytest.approx(1)


def test_only_the_last_round_stands_in_the_order(drifting):
    """Four transcripts of an earlier round came first: they are in no part, and every part has its units."""
    head, *rows = str(drifting.files["codings.csv"]).splitlines()
    coded = [f"{head},round", *(f"{row},2" for row in rows)]
    order = ["case_id,interview_order"]
    for place, case in enumerate(["Q1", "Q2", "Q3", "Q4", *DOCUMENTS], start=1):
        order.append(f"{case},{place}")
        if case not in DOCUMENTS:
            drifting.files["documents.csv"] += f"D{case},{case}\n"
            drifting.files["segments.csv"] += f"{case}-0,D{case}\n"
            coded += [f"{case}-0,{coder},x,1" for coder in "AB"]
    drifting.files |= {"cases.csv": "\n".join(order) + "\n", "codings.csv": "\n".join(coded) + "\n"}
    table = over_time(*drifting.both())

    assert table["documents"].tolist() == [2, 2]
    assert table["units"].tolist() == [8, 8]
    assert table["estimate"].notna().all()


@pytest.mark.parametrize("more", [4, 6])
def test_transcripts_that_one_person_coded_stand_in_no_part(drifting, more):
    """As `concord assign` deals them: a part of such transcripts alone would have nothing to compare."""
    for n in range(more):
        drifting.files["cases.csv"] += f"S{n},{n + 5}\n"
        drifting.files["documents.csv"] += f"DS{n},S{n}\n"
        drifting.files["segments.csv"] += f"S{n}-0,DS{n}\n"
        drifting.files["codings.csv"] += f"S{n}-0,A,x\n"
    table = over_time(*drifting.both())

    assert table["documents"].tolist() == [2, 2]
    assert table["units"].tolist() == [8, 8]


def test_a_transcript_in_which_nobody_found_anything_leaves_the_time_of_coding_open(drifting):
    rows = [f"{coder},D{case},independent" for coder in "AB" for case in [*DOCUMENTS, "P9"]]
    drifting.files["assignments.csv"] = "\n".join(["coder_id,document_id,stage", *rows]) + "\n"
    stamped(drifting, [f"2026-01-0{n}" for n in range(1, 5)])
    drifting.files["cases.csv"] += "P9,9\n"
    drifting.files["documents.csv"] += "DP9,P9\n"
    drifting.files["segments.csv"] += "P9-0,DP9\n"
    table = over_time(*drifting.both())

    assert set(table["order"]) == {"interviews"}
    assert table["documents"].tolist() == [3, 2]


def test_what_stands_first_is_said_as_it_is(drifting):
    corpus, study = drifting.both()
    assert "when each was coded is not recorded" in over_time_shown(corpus, study)
    assert "Part 1 was coded first" not in over_time_shown(corpus, study)
    drifting.files["cases.csv"] = "case_id\n" + "".join(f"{case}\n" for case in DOCUMENTS)
    assert "Parts follow the list of documents" in over_time_shown(*drifting.both())
    stamped(drifting, [f"2026-01-0{n}" for n in range(1, 5)])
    assert "Part 1 was coded first" in over_time_shown(*drifting.both())


def over_time_shown(corpus, study):
    return driftview.over_time(over_time(corpus, study), study).markup


def test_three_transcripts_are_too_few_to_stand_in_an_order(small):
    assert over_time(*small.both()).empty


def test_a_merge_shows_what_it_did(checkout):
    """simon2021_simulated: impersonal was merged into the relationship code after the first round.

    By hand from its codings: 7 codings of impersonal, and fewer differences once both are one code.
    """
    workspace = Workspace(checkout)
    study = load_study(workspace, "simon2021_simulated")
    drafts = read_drafts(workspace, study)
    table = changes(drafts, assemble(drafts, study), study)

    assert list(table.columns) == CHANGES
    assert table[["old_code", "action", "new_code", "codings", "round"]].to_numpy().tolist() == [
        ["impersonal", "merge", "may_threaten_relationship", 7, 1]
    ]
    assert table.loc[0, "new_after"] > table.loc[0, "new_before"] > table.loc[0, "old"]


def test_without_recodes_there_is_nothing_to_show(small):
    del small.files["recodes.csv"]
    small.edit("codings.csv", "P3-2,A,codes,price,", "P3-2,A,codes,cost,")
    study = small.study()

    drafts = read_drafts(small.workspace, study)

    assert changes(drafts, assemble(drafts, study), study).empty
