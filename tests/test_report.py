"""What the report says where a study holds less than it could."""

from __future__ import annotations

from types import SimpleNamespace

from analysis import report


def test_source_files_are_listed_where_none_of_them_is_a_table(small):
    """An export has neither rows nor an encoding of its own."""
    corpus, study = small.both()
    step = SimpleNamespace(files=lambda: [{"file": "team.qdpx", "sha256": "0" * 64, "format": "refi-qda"}])
    told = report._provenance(
        SimpleNamespace(step=step, corpus=corpus, study=study, applies=lambda name: None)
    )

    assert told[0].caption == "Source files"
    assert "team.qdpx" in told[0].markup
    assert "encoding" not in told[0].markup
