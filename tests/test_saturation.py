"""New codes by interview: the worked case of Guest, Namey and Chen's settings, and what cannot be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus import Corpus
from analysis.counting import Counted
from analysis.orders import codes_so_far, orders_of
from analysis.saturation import new_codes, new_codes_results
from analysis.stopping import SETTINGS, Setting, judged
from analysis.study import Study

WORKED = (10, 6, 4, 2, 1, 1, 0, 1, 0, 0)
PUBLISHED = {
    (4, 2, 5): 5, (5, 2, 5): 5, (6, 2, 5): 6, (4, 3, 5): 6, (5, 3, 5): 6, (6, 3, 5): 6,
    (4, 2, 0): 8, (5, 2, 0): 8, (6, 2, 0): 8, (4, 3, 0): 0, (5, 3, 0): 0, (6, 3, 0): 0,
}  # fmt: skip


def _study(**changes: object) -> Study:
    told = {"study": "demo", "title": "Demo", "method": "codebook", "inputs": [{"file": "codings.csv"}]}
    told |= {"disclosure": {"policy": "as_published"}, "saturation": {"run": True}, **changes}
    return Study.model_validate(told)


def _interviews(new: tuple[int, ...], **cases: object) -> tuple[Corpus, Counted]:
    """Return interviews that each bring so many new codes, and the first code again."""
    n = len(new)
    ids = [f"P{i + 1}" for i in range(n)]
    marks = [(i, f"c{c}") for i, many in enumerate(new) for c in range(sum(new[:i]), sum(new[:i]) + many)]
    marks += [(i, "c0") for i in range(1, n)]
    frame = pd.DataFrame(marks, columns=["place", "code_id"])
    frame["case_id"] = [ids[place] for place in frame["place"]]
    frame["segment_id"] = [
        f"{case}-{code}" for case, code in zip(frame["case_id"], frame["code_id"], strict=True)
    ]
    codings = frame.assign(
        coder_id="A", variable="codes", value=frame["code_id"], stage="independent", round=1
    )
    table = pd.DataFrame({"case_id": ids, "group": "all", "interview_order": range(1, n + 1)}).assign(**cases)
    codes = pd.DataFrame({"code_id": [f"c{c}" for c in range(sum(new))]})
    codes["a_priori"] = pd.Series([c % 2 == 0 for c in range(sum(new))], dtype="boolean")
    corpus = Corpus(
        cases=table, codes=codes, codings=codings, segments=frame[["segment_id", "case_id"]].drop_duplicates()
    )
    return corpus, Counted("coder:A", "", frame)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_the_worked_case_holds_in_all_twelve_settings(setting):
    """methods.md section 6: new codes 10 6 4 2 1 1 0 1 0 0."""
    at = judged(np.cumsum([WORKED], axis=1), setting)[0]

    assert at == PUBLISHED[setting.base, setting.run, setting.threshold]


def test_the_worked_case_is_recovered_from_codings():
    corpus, counted = _interviews(WORKED)
    table = new_codes(corpus, _study(), counted).table
    criteria = new_codes(corpus, _study(), counted).criteria
    mine = criteria[criteria["codes"] == "all"].set_index(["base", "run", "threshold"])["at"]

    assert table.loc[table["codes"] == "all", "n_new"].tolist() == list(WORKED)
    assert {k: int(v.split("+")[0]) if v else 0 for k, v in mine.items()} == PUBLISHED
    assert mine[6, 2, 5] == "6+2"


@pytest.mark.parametrize(("n", "feasible"), [(6, 2), (7, 6), (10, 12), (19, 12)])
def test_settings_that_need_more_interviews_are_not_assessable(n, feasible):
    """methods.md section 6: n = 6: 4+2 only; n = 7: 4+2, 4+3, 5+2; 10 and 19: all twelve."""
    corpus, counted = _interviews((5, 2, 1, *[0] * (n - 3)))
    criteria = new_codes(corpus, _study(), counted).criteria.query("codes == 'all'")
    refused = criteria[criteria["status"] == "not_assessable"]

    assert len(criteria) - len(refused) == feasible
    assert refused["why"].str.contains(f"^{n} interviews are too few").all()
    assert all(b + r <= n for b, r in criteria.loc[criteria["why"] == "", ["base", "run"]].to_numpy())


def test_with_fewer_than_twenty_base_codes_both_thresholds_at_base_four_are_one_test():
    rng = np.random.default_rng(3)
    new = rng.integers(0, 4, size=(500, 12))
    new[:, 0] = 1 + new[:, 0]

    assert (new[:, :4].sum(axis=1) < 20).all()
    so_far = np.cumsum(new, axis=1)
    assert (judged(so_far, Setting(4, 2, 5)) == judged(so_far, Setting(4, 2, 0))).all()


def test_all_orders_are_taken_of_up_to_seven_interviews_and_a_seeded_sample_above():
    assert [orders_of(n, 1)[0].shape for n in (6, 7)] == [(720, 6), (5040, 7)]
    sample, said = orders_of(8, 1)

    assert (said, sample.shape) == ("sample", (1000, 8))
    assert (np.sort(sample, axis=1) == np.arange(8)).all()
    assert (orders_of(8, 1)[0] == sample).all()
    assert (orders_of(8, 2)[0] != sample).any()


def test_emergent_codes_are_counted_alone():
    corpus, counted = _interviews((4, 2, 0, 0, 0, 0))
    table = new_codes(corpus, _study(), counted).table

    assert table.loc[table["codes"] == "emergent", "n_new"].tolist() == [2, 1, 0, 0, 0, 0]


def test_without_a_word_on_what_was_there_beforehand_emergent_codes_are_not_assessable():
    corpus, counted = _interviews((4, 2, 0, 0, 0, 0))
    corpus.codes["a_priori"] = pd.Series(pd.NA, index=corpus.codes.index, dtype="boolean")
    criteria = new_codes(corpus, _study(), counted).criteria.query("codes == 'emergent'")

    assert set(criteria["status"]) == {"not_assessable"}
    assert criteria["why"].str.contains("a_priori").all()


def test_an_unknown_order_is_not_assessable():
    corpus, counted = _interviews(
        WORKED, interview_order=pd.array([1, 2, None, *range(4, 11)], dtype="Int64")
    )
    criteria = new_codes(corpus, _study(), counted).criteria

    assert set(criteria["status"]) == {"not_assessable"}
    assert criteria["why"].str.contains("order of the interviews is unknown for 1 of 10").all()
    assert new_codes(corpus, _study(), counted).table.empty


def test_a_reflexive_study_is_not_assessable_in_its_method_s_words():
    corpus, counted = _interviews(WORKED)
    why = new_codes(corpus, _study(method="reflexive"), counted).criteria["why"]

    assert why.str.contains("reflexive thematic analysis").all()


def test_nothing_is_computed_where_the_study_does_not_ask():
    corpus, counted = _interviews(WORKED)

    assert new_codes(corpus, _study(saturation={"run": False}), counted).table.empty
    assert new_codes(corpus, _study(saturation={"run": False}), counted).criteria.empty


def test_a_change_of_the_guide_is_marked_at_the_first_interview_with_it():
    corpus, counted = _interviews((4, 2, 0, 0, 0, 0))
    guide = pd.DataFrame({"document_id": [f"D{i}" for i in range(6)], "case_id": corpus.cases["case_id"]})
    object.__setattr__(
        corpus, "documents", guide.assign(guide_version=["1", "1", "2", "2", "2", "3"], text=pd.NA)
    )
    table = new_codes(corpus, _study(), counted).table.query("codes == 'all'")

    assert table.loc[table["guide_changed"], "position"].tolist() == [3, 6]


def test_the_recorded_order_is_used_whatever_the_order_of_rows():
    corpus, counted = _interviews(WORKED)
    corpus = replace(corpus, cases=corpus.cases.iloc[::-1].reset_index(drop=True))

    assert new_codes(corpus, _study(), counted).table.query("codes == 'all'")["n_new"].tolist() == list(
        WORKED
    )


def test_groups_have_curves_of_their_own(small):
    from analysis.counting import counted_codes

    corpus, study = small.both(saturation__run=True)
    table = new_codes(corpus, study, counted_codes(corpus, study)).table

    assert table.loc[table["codes"] == "all", "group"].tolist() == ["all"] * 3 + ["patient"] * 2 + ["staff"]


def test_every_number_stands_under_a_key_of_its_own():
    corpus, counted = _interviews(WORKED)
    made = new_codes(corpus, _study(), counted)
    found = {each.key: each.value for each in new_codes_results(made)}

    assert len(found) == len(made.table) + len(made.criteria)
    assert found["new_codes.1.n"] == 10
    assert found["new_codes.met_after[base=6,run=2,threshold=5]"] == 6
    assert found["new_codes.met_after[base=6,run=3,threshold=0]"] is None


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 140), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_codes_found_in_any_order_are_those_counted_by_hand(V, n, seed):
    """V above 64 needs more than one word of bits; what is cut off has found all there is."""
    rng = np.random.default_rng(seed)
    present = rng.random((n, V)) < 0.1
    orders = np.argsort(rng.random((7, n)), axis=1)
    so_far = codes_so_far(present, orders)
    by_hand = np.array([[present[o[: i + 1]].any(0).sum() for i in range(n)] for o in orders])
    m = so_far.shape[1]

    assert so_far.tolist() == by_hand[:, :m].tolist()
    assert (by_hand[:, m - 1 :] == present.any(axis=0).sum()).all()
