"""What came in, counted; and the abstracts' facts in the simulated studies."""

from __future__ import annotations

import pytest

from analysis import simulate
from analysis.claims import judge, load_claims
from analysis.consensus import with_decisions
from analysis.decisions import Question
from analysis.framework import framework_matrix, matrix_results
from analysis.ledger import Ledger
from analysis.overview import coded_by_table, files_table, groups_table, overview_results, stages_table
from analysis.paths import Workspace
from analysis.read import read_drafts
from analysis.themes import joint_table, theme_results, theme_table, value_table


def results(study, **overrides) -> dict[str, object]:
    return {each.key: each.value for each in overview_results(*study.both(**overrides))}


class TestSmallStudy:
    def test_groups_with_participants_documents_and_segments(self, small):
        table = groups_table(small.corpus())
        assert table.to_numpy().tolist() == [["patient", 2, 2, 6], ["staff", 1, 1, 2], ["all", 3, 3, 8]]

    def test_one_group_is_one_line(self, small):
        small.settings = small.settings.replace("groups: [patient, staff]\n", "")
        small.files["cases.csv"] = "case_id\nP1\nP2\nP3\n"
        assert groups_table(small.corpus()).to_numpy().tolist() == [["all", 3, 3, 8]]

    def test_who_coded_how_much(self, small):
        table = stages_table(small.corpus()).set_index(["variable", "stage", "round", "coder_id"])

        assert table.loc[("codes", "independent", 1, "A")].tolist() == [3, 5, 5]
        assert table.loc[("codes", "consensus", 1, "team")].tolist() == [3, 4, 4]
        assert [at[1] for at in table.index if at[0] == "codes"] == [
            "independent",
            "independent",
            "consensus",
        ]

    def test_how_many_coders_coded_each_document(self, small):
        table = coded_by_table(small.corpus())
        assert table.to_numpy().tolist() == [["D1", "P1", 2, 3], ["D2", "P2", 2, 3], ["D3", "P3", 2, 2]]

    def test_files_and_how_they_were_read(self, small):
        study = small.study()
        table = files_table(read_drafts(small.workspace, study)).set_index("file")

        assert len(table) == len(small.files)
        assert table.loc["codings.csv"].tolist()[:3] == ["codings", 18, "utf-8"]
        assert small.secret not in table.to_csv()

    def test_results_under_their_keys(self, small):
        found = results(small)

        wholes = ("cases.n", "groups.n", "documents.n", "segments.n", "coders.n")
        assert [found[name] for name in wholes] == [3, 2, 3, 8, 2]
        assert (found["cases.group.patient"], found["cases.group.staff"]) == (2, 1)
        assert (found["segments.speaker.participant"], found["segments.speaker.interviewer"]) == (5, 3)
        assert (found["double_coded.documents"], found["double_coded.cases"]) == (3, 3)
        assert found["double_coded.min_coders"] == 2
        assert (found["codes.n"], found["themes.level_1.n"], found["themes.level_2.n"]) == (4, 2, 2)
        assert found["codes.influence.barrier.n[influence_on=care]"] == 2

    def test_a_decision_makes_nobody_a_further_coder(self, small):
        small.put("codings", [row for row in small.rows("codings") if row[1] != "team"])
        small.edit("study.yml", "themes: {counted: consensus}\n", "")
        corpus, study = small.both()
        ledger = Ledger(small.workspace.decisions("small"))
        ledger.take("ana", Question("codes", "P1-3", "contact"), "", "yes", "why")
        settled = with_decisions(corpus, study, ledger.read())
        found = {each.key: each.value for each in overview_results(settled, study)}

        assert "consensus" in set(settled.codings["coder_id"])
        assert found["coders.n"] == results(small)["coders.n"] == 2

    def test_models_count_among_no_coders(self, small):
        """B is a model here: no person coded what another had coded."""
        small.edit("coders.csv", "B,human", "B,model")
        found = results(small)

        assert (found["coders.n"], found["double_coded.documents"]) == (1, 0)
        assert (found["segments.coders.1"], found["ratings.n"]) == (5, 5)
        assert "segments.coders.2" not in found

    def test_segments_and_ratings_by_number_of_coders(self, small):
        """A coded five segments; B all of them but P2-3."""
        found = results(small)

        assert (found["segments.coders.1"], found["segments.coders.2"]) == (1, 4)
        assert (found["ratings.coders.1"], found["ratings.coders.2"], found["ratings.n"]) == (1, 8, 9)
        assert found["segments.coders.2[speaker=participant]"] == 4
        assert found["documents.coders.2"] == 3

    def test_double_coded_cases_are_found_by_way_of_segments_too(self, small):
        """A wide file names the case of a segment, not of a document."""
        small.only(codings="")
        small.files = {"wide.csv": "id,doc,who,A,B\n1,D1,P1,x,y\n2,D2,P2,x,\n"}
        small.settings = small.settings.replace(
            "{file: codings.csv, stage: independent}",
            "{file: wide.csv, format: wide, stage: independent, segment: id, document: doc, case: who,"
            " coders: [A, B], variable: mood}",
        )
        small.settings += "variables: {mood: {kind: nominal, values: [x, y]}}\n"
        found = results(small)

        assert (found["double_coded.documents"], found["double_coded.cases"]) == (1, 1)
        assert found["documents.coders.1"] == 1

    def test_keys_are_recorded_once(self, small):
        keys = [each.key for each in overview_results(*small.both())]
        assert len(keys) == len(set(keys))


@pytest.mark.parametrize("name", simulate.STUDIES)
class TestSimulatedStudies:
    def test_counts_are_the_planted_ones(self, bundled, name):
        corpus, study = bundled(name)
        truth = simulate.truth(name)
        found = {each.key: each.value for each in overview_results(corpus, study)}

        assert found["cases.n"] == sum(truth.cases.values())
        for group, n in truth.cases.items():
            assert found[f"cases.group.{group}"] == n
        assert found["segments.speaker.participant"] == truth.n_segments
        assert found["codes.n"] == len(truth.mentions)
        assert found["double_coded.cases"] == len(truth.double_coded)

    def test_every_claim_of_the_abstract_holds_by_construction(self, bundled, checkout, name):
        corpus, study = bundled(name)
        found = [*overview_results(corpus, study)]
        found += theme_results(
            theme_table(corpus, study), value_table(corpus, study), joint_table(corpus, study)
        )
        if study.method == "framework":
            found += matrix_results(framework_matrix(corpus, study))
        claims = load_claims(Workspace(checkout), name)
        verdicts = judge([vars(result) for result in found], claims, study.simulated)

        assert {v.verdict for v in verdicts} == {"holds_by_construction", "not_checkable"}
        assert len(verdicts) == len(claims) > 10
