"""The proof of positions and the losses of every export, as a table and in a line."""

from __future__ import annotations

import math

import pytest

from analysis.importfacts import losses, losses_table, proof_of, proofs, proofs_table
from analysis.inputs import Input
from analysis.overview import files_table
from analysis.read import read_draft, read_drafts
from analysis.read.draft import Draft
from analysis.study import Study

PROVED = {
    "unit": "utf-16", "line_ends": "stored", "end": "exclusive", "bom": 0, "score": 0.98, "n": 50,
    "verdict": "proved", "note": "", "by": "word edges", "marked": True,
    "exceptions": ["Interview 4: 2 of 30 fit (6.7 %)"],
}  # fmt: skip


def export(**facts: object) -> Draft:
    given = {
        "format": "qualcoder", "tool": "QualCoder", "version": "v9", "held": {"codings": 3, "sources": 1},
        "taken": {"codings": 2}, "left": {"codings of areas of pictures": 1}, "positions": PROVED,
    }  # fmt: skip
    return Draft("team.qda", "a" * 64, {}, given | facts)


def study(policy: str) -> Study:
    settings = {"study": "s", "title": "s", "method": "codebook", "inputs": [{"file": "team.qda"}]}
    return Study.model_validate(settings | {"disclosure": {"policy": policy}})


def test_an_export_is_one_line_with_convention_score_and_n():
    (row,) = proofs_table([export()], study("as_published")).to_dict("records")
    assert row == {
        "file": "team.qda",
        "format": "qualcoder",
        "tool": "QualCoder",
        "version": "v9",
        "positions": "UTF-16 units, line ends as stored, end exclusive",
        "score": 0.98,
        "n": 50,
        "verdict": "proved",
        "exceptions": "Interview 4: 2 of 30 fit (6.7 %)",
    }


@pytest.mark.parametrize("given", [None, study("text_free")])
def test_documents_are_told_without_their_names_where_no_text_may_be_shown(given):
    odd = ["Ms Okafor: her own words: 2 of 30 fit (6.7 %)", "Mr Łuczak"]
    draft = export(positions={**PROVED, "exceptions": odd})
    (row,) = proofs_table([draft], given).to_dict("records")
    assert row["exceptions"] == "[name]: 2 of 30 fit (6.7 %); [name]"
    markup = proofs([draft], given).markup
    assert "[name]: 2 of 30 fit" in markup and "Okafor" not in markup and "own words" not in markup


def test_what_was_held_taken_and_left_has_a_count_each():
    assert losses_table([export()]).to_numpy().tolist() == [
        ["team.qda", "held", "codings", 3],
        ["team.qda", "held", "sources", 1],
        ["team.qda", "taken", "codings", 2],
        ["team.qda", "left", "codings of areas of pictures", 1],
    ]


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"positions": {}, "positions_by": "search of the excerpts"}, "by search of the excerpts"),
        ({"positions": {**PROVED, "n": 0, "score": None, "verdict": "nothing to prove"}}, "nothing to prove"),
        ({"positions": {}}, "nothing to prove"),
    ],
)
def test_where_the_file_proves_nothing_the_table_says_why(facts, verdict):
    (row,) = proofs_table([export(**facts)]).to_dict("records")
    assert (row["verdict"], row["n"]) == (verdict, 0)
    assert math.isnan(row["score"])


def test_a_proof_survives_json(truth_file):
    draft = truth_file
    proof = proof_of(draft.facts)
    assert proof is not None and proof.usable
    assert f"{proof.n} of {proof.n} fit" in str(proof)


def test_tables_that_people_made_prove_nothing_and_say_so(small):
    drafts = read_drafts(small.workspace, small.study())
    assert proofs_table(drafts).empty and losses_table(drafts).empty
    assert "No file here is a tool's export" in repr(proofs(drafts))
    assert "No file here is a tool's export" in repr(losses(drafts))


def test_the_tables_of_the_notebook_hold_file_convention_and_counts():
    markup = proofs([export()], study("as_published")).markup + losses([export()]).markup
    for words in (
        "team.qda",
        "UTF-16 units",
        "0.980",
        "QualCoder",
        "v9",
        "codings of areas of pictures",
        "Interview 4",
    ):
        assert words in markup, words


def test_an_export_among_the_files_says_how_many_codings_it_gave():
    (row,) = files_table([export()]).to_dict("records")
    assert (row["rows"], row["tool"]) == (2, "QualCoder v9")


@pytest.fixture
def truth_file(tmp_path):
    path = tmp_path / "a.jsonl"
    words = "we waited for months and nobody rang back then"
    labels = ", ".join(f'[{n}, {n + len(w)}, "X"]' for w in words.split() if (n := words.index(w)) >= 0)
    path.write_text(f'{{"text": "{words}", "label": [{labels}]}}\n')
    return read_draft(path, Input(file=path.name, stage="independent", coder="Ada"))
