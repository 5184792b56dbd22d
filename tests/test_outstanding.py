"""Who has coded what, and what is outstanding."""

from __future__ import annotations

from analysis.outstanding import FILE, lines, outstanding_table


def test_assigned_coded_and_outstanding_transcripts(small):
    """A and B were asked to code D1, D2 and D3; A and B coded segments of all three."""
    table = outstanding_table(small.corpus())
    mine = table[table["stage"] == "independent"].set_index("coder_id")

    assert mine.loc["A", ["assigned", "coded", "outstanding"]].tolist() == [3, 3, 0]
    assert mine.loc["B", ["assigned", "coded", "outstanding"]].tolist() == [3, 3, 0]


def test_a_transcript_without_any_coding_is_outstanding(small):
    small.edit("codings.csv", "P3-2,B,codes,cost,independent,1,", "P1-2,B,codes,cost,independent,1,")
    table = outstanding_table(small.corpus())
    mine = table[(table["stage"] == "independent") & (table["coder_id"] == "B")]

    assert mine[["assigned", "coded", "outstanding"]].to_numpy().tolist() == [[3, 2, 1]]


def test_a_transcript_is_done_when_every_segment_of_it_that_was_assigned_is_coded(small):
    """B is asked for two segments of D1 and coded both; for two of D2 and coded one; A for D3 as a whole."""
    small.files["assignments.csv"] = (
        "coder_id,segment_id,document_id,stage,round\n"
        "B,P1-2,,independent,1\nB,P1-3,,independent,1\nB,P2-2,,independent,1\nB,P2-3,,independent,1\n"
        "A,,D3,independent,1\n"
    )
    table = outstanding_table(small.corpus())
    mine = table[table["stage"] == "independent"].set_index("coder_id")

    assert mine.loc["B", ["assigned", "outstanding"]].tolist() == [2, 1]
    assert mine.loc["A", ["assigned", "outstanding"]].tolist() == [1, 0]


def test_without_assignments_nothing_is_called_outstanding(small):
    del small.files["assignments.csv"]
    table = outstanding_table(small.corpus())

    assert table["assigned"].isna().all()
    assert table["outstanding"].isna().all()


def test_the_lines_that_status_prints(tmp_path, small):
    small.edit("codings.csv", "P3-2,B,codes,cost,independent,1,", "P1-2,B,codes,cost,independent,1,")
    outstanding_table(small.corpus()).to_csv(tmp_path / FILE, index=False)

    assert lines(tmp_path, small.workspace.source("small"), stale=False) == [
        "A, independent round 1: 3 of 3 transcripts coded",
        "B, independent round 1: 2 of 3 transcripts coded; 1 outstanding",
        "team, consensus round 1: 3 transcripts coded; who was asked to code what is not recorded",
    ]


def test_what_changed_since_the_last_run_is_said(tmp_path, small):
    outstanding_table(small.corpus()).to_csv(tmp_path / FILE, index=False)
    (small.raw / "source" / "assignments-round-2.csv").write_text(
        "coder_id,document_id,stage,round\nA,D1,independent,2\nA,D2,independent,2\nB,D1,independent,2\n"
    )
    told = lines(tmp_path, small.workspace.source("small"), stale=True)

    assert told[0].endswith("as the last run of 01_prepare counted it; something changed since:")
    assert told[1] == "A, independent round 1: 3 of 3 transcripts coded"
    assert told[4:] == [
        "A, independent round 2: asked to code 2 transcripts; what is coded of it is counted by the next run",
        "B, independent round 2: asked to code 1 transcript; what is coded of it is counted by the next run",
    ]


def test_before_the_first_run_status_tells_who_was_asked(tmp_path, small):
    small.files["assignments.csv"] = (
        "coder_id,segment_id,document_id,stage,round\nA,P1-2,,independent,1\nA,,D2,independent,1\n"
    )
    small.write()

    assert lines(tmp_path, small.workspace.source("small"), stale=True) == [
        "A, independent round 1: asked to code 1 transcript and 1 segment; "
        "what is coded of it is counted by the next run"
    ]
