"""Every reader says what wrote the file, what it held, what was taken and what was left."""

from __future__ import annotations

import json

import pytest

from analysis.importfacts import losses_table, proofs_table
from analysis.inputs import Input
from analysis.read import read_draft
from analysis.read.formats import READERS, is_export

from . import mutants

FORMATS = [name for name in READERS if is_export(name)]


@pytest.fixture
def seeds(tmp_path, database, workbook, make_team) -> list[mutants.Seed]:
    return mutants.seeds_of(tmp_path, database, workbook, make_team)


def test_facts_of_every_format_are_whole_and_go_into_imports_json(seeds, tmp_path):
    seen = set()
    for seed in seeds:
        if not is_export(seed.format):
            continue
        path = tmp_path / seed.name
        path.write_bytes(seed.content)
        draft = read_draft(path, Input(file=path.name, stage="independent", coder="Ada"))
        facts = draft.facts
        assert facts["format"] == seed.format
        assert isinstance(facts["tool"], str) and facts["tool"]
        assert "version" in facts
        assert sum(facts["held"].values()) > 0, seed.name
        assert sum(facts["taken"].values()) > 0, seed.name
        assert all(isinstance(n, int) and n > 0 for n in facts["left"].values())
        assert len(draft.sha256) == 64
        json.dumps(facts, allow_nan=False)
        (proof,) = proofs_table([draft]).to_dict("records")
        assert proof["verdict"]
        assert {"held", "taken"} <= set(losses_table([draft])["part"])
        seen.add(seed.format)
    assert seen == set(FORMATS)
