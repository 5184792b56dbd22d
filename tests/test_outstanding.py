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


def test_without_assignments_nothing_is_called_outstanding(small):
    del small.files["assignments.csv"]
    table = outstanding_table(small.corpus())

    assert table["assigned"].isna().all()
    assert table["outstanding"].isna().all()


def test_the_lines_that_status_prints(tmp_path, small):
    small.edit("codings.csv", "P3-2,B,codes,cost,independent,1,", "P1-2,B,codes,cost,independent,1,")
    outstanding_table(small.corpus()).to_csv(tmp_path / FILE, index=False)

    assert lines(tmp_path) == [
        "A, independent round 1: 3 of 3 transcripts coded",
        "B, independent round 1: 2 of 3 transcripts coded; 1 outstanding",
        "team, consensus round 1: 3 transcripts coded; who was asked to code what is not recorded",
    ]
    assert lines(tmp_path / "nowhere") == []
