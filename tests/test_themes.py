"""Who contributed to what: counts worked out by hand, and the planted truth of the simulated studies."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import simulate
from analysis.counting import counted_codes
from analysis.themes import JOINT, THEMES, VALUES, joint_table, theme_results, theme_table, value_table

CASES = "case_id,group\nP1,patient\nP2,patient\nS1,staff\nM1,manager\n"
SEGMENTS = """\
segment_id,document_id,case_id
a,D1,P1
b,D1,P1
c,D2,P2
d,D3,S1
e,D4,M1
"""
CODES = """\
code_id,name,parent_id,domain
theme,Theme,,care
sub,Sub,theme,care
deep,Deep,sub,care
other,Other,,money
unused,Unused,,money
"""
# P1 raises sub twice (and deep in the same segment), P2 the theme itself, S1 deep, M1 other
CODINGS = """\
segment_id,coder_id,value
a,A,sub
a,A,deep
b,A,sub
c,A,theme
d,A,deep
e,A,other
"""


@pytest.fixture
def study(small):
    return small.only(cases=CASES, segments=SEGMENTS, codes=CODES, codings=CODINGS)


def cell(table: pd.DataFrame, code: str, group: str = "all", rollup: str = "as_coded") -> pd.Series:
    found = table[(table["code_id"] == code) & (table["group"] == group) & (table["rollup"] == rollup)]
    assert len(found) == 1
    return found.iloc[0]


class TestThemeTable:
    def test_columns_and_rows_are_those_of_themes_csv(self, study):
        table = theme_table(*study.both())

        assert list(table.columns) == THEMES
        assert len(table) == 5 * 2 * 4, "codes by rollups by groups and all"

    def test_participants_and_segments_as_coded(self, study):
        table = theme_table(*study.both())

        assert cell(table, "sub")[["n_cases", "n_segments", "n_group"]].tolist() == [1, 2, 4]
        assert cell(table, "sub", "patient")[["n_cases", "share"]].tolist() == [1, 0.5]
        assert cell(table, "unused")[["n_cases", "n_segments", "share"]].tolist() == [0, 0, 0]

    def test_a_theme_is_the_union_of_its_subcodes_never_their_sum(self, study):
        """P1 raised sub and deep in one segment: one participant, one segment of the union."""
        table = theme_table(*study.both())

        whole = cell(table, "theme", rollup="descendants")
        assert whole[["n_cases", "n_segments"]].tolist() == [3, 4]
        assert cell(table, "theme")[["n_cases", "n_segments"]].tolist() == [1, 1]
        assert cell(table, "theme", "patient", "descendants")["n_cases"] == 2
        assert cell(table, "sub", rollup="descendants")[["n_cases", "n_segments"]].tolist() == [2, 3]

    def test_base_is_who_was_asked_or_raised_it_unasked(self, study):
        """Three were asked about money; M1, who was not, raised it; care is on nobody's list of questions."""
        study.files["asked.csv"] = (
            "case_id,domain,asked\nP1,money,yes\nP2,money,yes\nS1,money,yes\nM1,money,no\n"
        )
        table = theme_table(*study.both())

        other = cell(table, "other")
        assert (other["n_asked"], other["n_group"], other["n_cases"], other["share"]) == (3, 4, 1, 0.25)
        assert cell(table, "unused")["share"] == 0
        assert cell(table, "other", "manager")[["n_asked", "share"]].tolist() == [0, 1]
        assert pd.isna(cell(table, "theme")["n_asked"])

    def test_not_asked_never_counts_in_a_denominator(self, study):
        study.files["asked.csv"] = "case_id,domain,asked\nP1,care,yes\nP2,care,no\n"
        assert cell(theme_table(*study.both()), "sub", "patient")["share"] == 1

    def test_a_theme_without_a_domain_is_asked_with_its_subcodes(self, study):
        """Three were asked about care; the fourth, who was not, is in no base of the theme."""
        study.files["codes.csv"] = CODES.replace("theme,Theme,,care", "theme,Theme,,")
        study.files["asked.csv"] = "case_id,domain,asked\nP1,care,yes\nP2,care,yes\nS1,care,yes\nM1,care,no\n"
        table = theme_table(*study.both())

        for code in ("theme", "sub"):
            whole = cell(table, code, rollup="descendants")
            assert whole[["n_asked", "n_base", "n_group"]].tolist() == [3, 3, 4]
        assert cell(table, "theme", rollup="descendants")["share"] == 1

    def test_a_subcode_without_a_domain_is_asked_with_its_theme(self, study):
        study.files["codes.csv"] = CODES.replace("deep,Deep,sub,care", "deep,Deep,sub,")
        study.files["asked.csv"] = "case_id,domain,asked\nP1,care,yes\nP2,care,no\nS1,care,no\nM1,care,no\n"
        deep = cell(theme_table(*study.both()), "deep")
        assert deep[["n_asked", "n_cases", "n_spontaneous", "n_base", "share"]].tolist() == [1, 2, 1, 2, 1]

    def test_without_a_row_nobody_is_said_to_have_raised_it_unasked(self, study):
        """S1 raised deep and is on no row: in the base, but on record as nothing."""
        study.files["asked.csv"] = "case_id,domain,asked\nP1,care,yes\n"
        deep = cell(theme_table(*study.both()), "deep")
        assert deep[["n_asked", "n_cases", "n_spontaneous", "n_base"]].tolist() == [1, 2, 0, 2]

    def test_rows_that_name_a_question_alone_are_warned_of(self, study):
        study.files["asked.csv"] = "case_id,question,asked\nP1,q1,yes\nP2,q1,no\n"
        corpus, plan = study.both()

        assert cell(theme_table(corpus, plan), "theme", "patient")["n_base"] == 2
        assert any("2 rows name a question and no domain" in each for each in corpus.warnings)

    def test_rows_with_a_domain_need_no_warning(self, study):
        study.files["asked.csv"] = "case_id,question,domain,asked\nP1,q1,care,yes\n"
        assert not any("asked" in each for each in study.corpus().warnings)

    def test_nothing_to_count_gives_an_empty_table(self, small):
        study = small.only(codings="segment_id,coder_id,variable,value\na,A,mood,x\n")
        study.settings += "variables: {mood: {kind: nominal, values: [x, y]}}\n"
        corpus, plan = study.both()

        assert theme_table(corpus, plan).empty
        assert list(joint_table(corpus, plan).columns) == JOINT


class TestJointTable:
    def test_two_groups_taken_together(self, study):
        table = joint_table(*study.both()).set_index(["code_id", "groups"])

        assert table.loc[("deep", "patient|staff")].tolist() == [2, 3]
        assert table.loc[("other", "manager|staff")].tolist() == [1, 2]
        assert table.loc[("other", "patient|staff")].tolist() == [0, 3]

    def test_says_nothing_below_three_groups(self, study):
        study.files["cases.csv"] = CASES.replace("manager", "staff")
        assert joint_table(*study.both()).empty


class TestValueTable:
    def test_counts_shares_and_ties(self, small):
        study = small.only(
            segments="segment_id,document_id,case_id\na,D1,P1\nb,D1,P1\nc,D2,P2\n",
            cases="case_id,group\nP1,patient\nP2,staff\n",
            codings="segment_id,coder_id,variable,value\na,A,mood,x\nb,A,mood,x\nb,B,mood,y\nc,A,mood,y\n",
        )
        study.settings += "variables: {mood: {kind: nominal, values: [x, y, z]}}\n"
        table = value_table(*study.both())

        assert list(table.columns) == VALUES
        whole = table[table["group"] == "all"].set_index("value")
        assert whole["n"].to_dict() == {"x": 2, "y": 1, "z": 0}
        assert whole["share"].tolist() == pytest.approx([2 / 3, 1 / 3, 0])
        assert set(whole["ties"]) == {1}
        assert table[table["group"] == "staff"].set_index("value")["n"].to_dict() == {"x": 0, "y": 1, "z": 0}

    def test_unresolved_ties_count_nowhere(self, small):
        study = small.only(codings="segment_id,coder_id,variable,value\na,A,mood,x\na,B,mood,y\nb,A,mood,x\n")
        study.settings += "variables: {mood: {kind: nominal, values: [x, y]}}\nthemes: {ties: unresolved}\n"
        table = value_table(*study.both())

        assert table["n"].tolist() == [1, 0]
        assert table["share"].tolist() == [1, 0]
        assert table["ties"].tolist() == [1, 1]


def test_results_have_readable_keys_and_the_base_that_they_rest_on(study):
    corpus, plan = study.both()
    found = theme_results(theme_table(corpus, plan), value_table(corpus, plan), joint_table(corpus, plan))
    results = {result.key: result for result in found}

    assert results["themes.sub.patient.n_cases"].value == 1
    assert results["themes.sub.patient.n_cases"].n == 2
    assert results["themes.theme.n_cases[rollup=descendants]"].value == 3
    assert results["themes.theme.n_segments[rollup=descendants]"].value == 4
    assert results["themes.deep.n_cases[groups=patient|staff]"].n == 3


@pytest.fixture(scope="module", params=simulate.STUDIES)
def planted(request, bundled):
    return *bundled(request.param), simulate.truth(request.param)


class TestPlantedTruth:
    def test_participants_and_segments_of_every_code_group_and_rollup(self, planted):
        corpus, study, truth = planted
        table = theme_table(corpus, study)

        assert set(table["code_id"]) == set(truth.mentions)
        groups = set(truth.cases) | {"all"} if len(truth.cases) > 1 else set(table["group"])
        assert set(table["group"]) == groups
        for line in table.itertuples(index=False):
            at = (line.code_id, line.group, line.rollup)
            assert (line.n_cases, line.n_segments) == (truth.n_cases(*at), truth.n_coded(*at)), at

    def test_bases_are_the_groups_and_who_was_asked(self, planted):
        corpus, study, truth = planted
        for line in theme_table(corpus, study).itertuples(index=False):
            size = sum(truth.cases.values()) if line.group == "all" else truth.cases[line.group]
            assert line.n_group == size
            if truth.not_asked:
                assert line.n_asked == truth.n_asked(line.domain, line.group)

    def test_labels_are_those_typed_in_from_hill(self, planted):
        corpus, study, truth = planted
        found = theme_table(corpus, study).set_index(["code_id", "group", "rollup"])["label"].to_dict()
        assert found == (truth.labels or dict.fromkeys(found, ""))

    def test_counted_segments_are_the_consensus(self, planted):
        corpus, study, truth = planted
        counted = counted_codes(corpus, study)

        assert counted.rule == "consensus"
        pairs = counted.marks.groupby(["code_id", "case_id"]).size().to_dict()
        assert pairs == {(c, case): n for c, row in truth.mentions.items() for case, n in row.items()}
