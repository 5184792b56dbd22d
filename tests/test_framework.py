"""The framework matrix: states follow the codings, summaries the people, gaps where the two do not meet."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import simulate
from analysis.framework import MATRIX, STATES, coverage, framework_matrix, matrix_results
from analysis.matrixview import matrix


@pytest.fixture
def study(small):
    """P1 raises and is charted; P2 raises, not charted; P3 is charted, nothing coded."""
    return small.only(
        cases="case_id,group\nP1,patient\nP2,patient\nP3,staff\n",
        segments="segment_id,document_id,case_id\na,D1,P1\nb,D1,P1\nc,D2,P2\n",
        codes="code_id,name,domain\nwait,Waiting,care\nfare,Fare,money\nunused,Unused,care\n",
        codings="segment_id,coder_id,value\nb,A,wait\na,A,wait\nc,A,wait\n",
        charting="case_id,code_id,summary,author\nP1,wait,Waited long,A\nP3,fare,No money,B\n",
    )


def states(matrix: pd.DataFrame) -> dict[tuple[str, str], str]:
    return matrix.set_index(["case_id", "code_id"])["state"].to_dict()


def test_one_row_a_participant_and_code_that_was_applied_or_charted(study):
    matrix = framework_matrix(*study.both())

    assert list(matrix.columns) == MATRIX
    assert matrix[["case_id", "code_id"]].to_numpy().tolist() == [
        [case, code] for case in ("P1", "P2", "P3") for code in ("wait", "fare")
    ]


def test_states_where_nobody_recorded_what_was_asked(study):
    assert states(framework_matrix(*study.both())) == {
        ("P1", "wait"): "raised",
        ("P2", "wait"): "not_charted",
        ("P3", "wait"): "not_raised",
        ("P1", "fare"): "not_raised",
        ("P2", "fare"): "not_raised",
        ("P3", "fare"): "not_raised",
    }


def test_asked_and_not_asked_are_told_apart(study):
    study.files["asked.csv"] = "case_id,domain,asked\nP1,money,yes\nP2,money,no\n"
    found = states(framework_matrix(*study.both()))

    assert found["P1", "fare"] == "asked_not_raised"
    assert found["P2", "fare"] == "not_asked"
    assert found["P3", "fare"] == "not_raised"
    assert set(found.values()) <= set(STATES)


def test_gaps_are_cells_where_codings_and_charting_do_not_meet(study):
    gaps = coverage(framework_matrix(*study.both()))
    assert gaps[["case_id", "code_id", "gap"]].to_numpy().tolist() == [
        ["P2", "wait", "coded_not_charted"],
        ["P3", "fare", "charted_not_coded"],
    ]


class TestChartedAtThemes:
    """Waiting is charted with its subcode queue: P1 coded queue and is charted, P2 coded it and is not."""

    CODES = "code_id,name,parent_id,domain\nwait,Waiting,,care\nqueue,Queue,wait,care\nlist,List,wait,care\n"

    @pytest.fixture
    def themes(self, study):
        study.files["codes.csv"] = self.CODES
        study.files["codings.csv"] = "segment_id,coder_id,value\na,A,queue\nb,A,wait\nc,A,queue\n"
        study.files["charting.csv"] = (
            "case_id,code_id,summary,author\nP1,wait,Waited long,A\nP3,wait,Did not,A\n"
        )
        return study

    def test_segments_of_subcodes_stand_behind_the_theme(self, themes):
        cells = framework_matrix(*themes.both()).set_index(["case_id", "code_id"])

        assert cells.loc[("P1", "wait"), ["state", "segment_ids", "gap"]].tolist() == ["raised", "a b", ""]
        assert cells.loc[("P1", "queue"), ["state", "segment_ids", "gap"]].tolist() == ["raised", "a", ""]

    def test_only_the_theme_is_still_to_be_charted(self, themes):
        cells = framework_matrix(*themes.both())

        assert coverage(cells)[["case_id", "code_id", "gap"]].to_numpy().tolist() == [
            ["P2", "wait", "coded_not_charted"],
            ["P3", "wait", "charted_not_coded"],
        ]
        assert states(cells)["P2", "queue"] == "not_charted"

    def test_a_subcode_that_is_charted_on_its_own_keeps_its_segments(self, themes):
        themes.files["charting.csv"] += "P1,queue,Stood in line,A\n"
        cells = framework_matrix(*themes.both())

        assert cells.set_index(["case_id", "code_id"]).loc[("P1", "wait"), "segment_ids"] == "b"
        assert coverage(cells)[["case_id", "code_id"]].to_numpy().tolist() == [
            ["P2", "queue"],
            ["P3", "wait"],
        ]

    def test_what_a_cell_opens_is_what_it_counts(self, themes):
        corpus, plan = themes.both()
        opens = {code: code for code in corpus.codes["code_id"]}
        gathered = matrix(framework_matrix(corpus, plan), corpus, plan, opens).markup
        themes.files["charting.csv"] += "P1,queue,Stood in line,A\n"
        corpus, plan = themes.both()
        apart = matrix(framework_matrix(corpus, plan), corpus, plan, opens).markup

        assert ("[2]" in gathered, "sub=1" in gathered) == (True, True)
        assert ("[2]" in apart, "sub=1" in apart) == (False, False)

    def test_a_theme_and_its_subcode_are_asked_alike(self, themes):
        themes.files["codes.csv"] = self.CODES.replace("wait,Waiting,,care", "wait,Waiting,,")
        themes.files["asked.csv"] = "case_id,domain,asked\nP2,care,yes\nP3,care,no\n"
        found = states(framework_matrix(*themes.both()))

        assert found["P3", "wait"] == found["P3", "queue"] == "not_asked"


def test_summary_is_the_persons_and_segments_are_listed_in_order(study):
    first = framework_matrix(*study.both()).iloc[0]

    assert (first["summary"], first["author"]) == ("Waited long", "A")
    assert (first["segment_ids"], first["n_segments"]) == ("a b", 2)


def test_results_count_cells_and_gaps(study):
    results = {r.key: r for r in matrix_results(framework_matrix(*study.both()))}

    assert results["framework.cells.n"].value == 6
    assert results["framework.cells.raised"].value == 1
    assert results["framework.gaps.coded_not_charted"].value == 1
    assert results["framework.gaps.charted_not_coded"].value == 1
    assert sum(results[f"framework.cells.{state}"].value for state in STATES) == 6


def test_planted_gaps_are_found(bundled):
    corpus, study = bundled("simon2021_simulated")
    truth = simulate.truth("simon2021_simulated")
    matrix = framework_matrix(corpus, study)

    by_gap = coverage(matrix).groupby("gap")[["case_id", "code_id"]]
    found = {gap: set(part.itertuples(index=False, name=None)) for gap, part in by_gap}
    assert found == {
        "coded_not_charted": set(truth.not_charted),
        "charted_not_coded": set(truth.charted_only),
    }
    domain = corpus.codes.set_index("code_id")["domain"]
    for line in matrix[matrix["n_segments"] == 0].itertuples(index=False):
        skipped = (line.case_id, domain[line.code_id]) in truth.not_asked
        assert line.state == ("not_asked" if skipped else "asked_not_raised"), (line.case_id, line.code_id)


def test_every_planted_cell_is_in_its_planted_state(bundled):
    """Raised and charted, raised and not charted, asked and not raised, not asked: no cell elsewhere."""
    corpus, study = bundled("simon2021_simulated")
    truth = simulate.truth("simon2021_simulated")
    domain = corpus.codes.set_index("code_id")["domain"]
    for line in framework_matrix(corpus, study).itertuples(index=False):
        at = (line.case_id, line.code_id)
        if truth.mentions[line.code_id].get(line.case_id):
            expected = "not_charted" if at in truth.not_charted else "raised"
        else:
            expected = (
                "not_asked" if (line.case_id, domain[line.code_id]) in truth.not_asked else "asked_not_raised"
            )
        assert line.state == expected, at
        assert line.n_segments == truth.mentions[line.code_id].get(line.case_id, 0), at
