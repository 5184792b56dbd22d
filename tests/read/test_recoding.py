"""Changes to the codebook, applied to what was coded with an older version."""

from __future__ import annotations

import pytest

CODINGS = """\
segment_id,coder_id,value,stage
a,A,old,independent
a,A,new,independent
b,A,old,independent
c,A,gone,independent
d,A,broad,independent
e,A,kept,independent
"""
CODES = "code_id,name\nnew,New\nkept,Kept\nthin,Thin\n"


@pytest.fixture
def study(small):
    def study(recodes: str):
        return small.only(
            codings=CODINGS, codes=CODES, recodes=f"old_code,action,new_code,version\n{recodes}"
        )

    return study


REST = "gone,drop,,2\nbroad,split,thin,2\n"


@pytest.mark.parametrize("action", ["merge", "rename"])
def test_successors_take_the_place_of_old_codes(study, action):
    corpus = study(f"old,{action},new,2\n{REST}").corpus()
    marks = corpus.codings[["segment_id", "value"]].to_numpy().tolist()

    assert marks == [["a", "new"], ["b", "new"], ["e", "kept"]], (
        "both parts of a merged code are one application"
    )
    assert f"2 codings of old read as new ({action})." in corpus.warnings


def test_dropped_and_split_codes_are_left_out_and_counted(study):
    warnings = study(f"old,merge,new,2\n{REST}").corpus().warnings
    assert "1 codings of gone left out (drop)." in warnings
    assert "1 codings of broad left out (split)." in warnings


def test_changes_apply_in_the_order_of_versions(study):
    """Renamed in version 2, again in 10, whatever row comes first."""
    corpus = study(f"older,rename,new,10\nold,rename,older,2\n{REST}").corpus()
    assert corpus.codings.loc[corpus.codings["segment_id"] == "b", "value"].tolist() == ["new"]


def test_other_variables_are_left_alone(study, small):
    study(f"old,merge,new,2\n{REST}")
    small.settings += "variables: {age: {kind: nominal, values: [old, new]}}\n"
    small.files["codings.csv"] = (
        CODINGS.replace("value,stage", "value,stage,variable").replace("independent\n", "independent,\n")
        + "b,A,old,independent,age\n"
    )
    codings = small.corpus().codings
    assert codings.loc[codings["variable"] == "age", "value"].tolist() == ["old"]


def test_nothing_to_do_says_nothing(study):
    corpus = study(f"old,merge,new,2\n{REST}nobody,drop,,3\n").corpus()
    assert not any("nobody" in warning for warning in corpus.warnings)
