"""Every headline number over all choices: which are shown, how they are drawn, what flips which claim."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from analysis.batch import Batch, Done, check_data
from analysis.estimands import Estimand
from analysis.grid import load_grid
from analysis.multiverse import ABSENT, multiverse
from analysis.multiversechart import ordered, specification_curve
from analysis.multiversepage import files
from analysis.outcomes import StepRun, StudyRun
from analysis.paths import Workspace
from analysis.records import Record, Records

ALPHA = "agreement.mood.krippendorff_alpha"
CLAIMS = f"""\
- {{id: alpha, says: "", source: abstract, basis: stated, result: {ALPHA}, printed: "0.74"}}
- {{id: enough, says: "", source: abstract, basis: stated, result: {ALPHA}, printed: "0.60",
    comparator: at_least}}
- {{id: people, says: "", source: abstract, basis: stated, result: cases.n, printed: "3"}}
"""
GRID = """\
studies: [small]
vary:
  agreement.unit: [segment, case]
  exclude.coder: [~, A]
"""
VALUES = {("segment", ""): 0.74, ("segment", "A"): 0.65, ("case", ""): 0.62, ("case", "A"): 0.41}


@pytest.fixture
def batch(small, tmp_path: Path):
    """Return a maker of batches whose runs have ended with given values of alpha."""
    workspace = small.write()
    (small.raw / "claims.yml").write_text(CLAIMS, "utf-8")

    def make(text: str = GRID, values: dict | None = None, extra: list | None = None) -> Batch:
        path = tmp_path / "choices.yml"
        path.write_text(text, "utf-8")
        grid = load_grid(workspace, path)
        done = []
        for run in grid.runs:
            place = Workspace(tmp_path / "runs" / run.name)
            excluded = "".join(run.study.exclude.coder)
            alpha = (values or VALUES).get((run.study.agreement.unit, excluded))
            entries = [{"key": "cases.n", "value": 3, "unit": "participants"}, *(extra or [])]
            if alpha is not None:
                key = ALPHA.replace("krippendorff_alpha", run.study.agreement.primary)
                entries.append({"key": key, "value": alpha, "low": alpha - 0.2, "high": alpha + 0.2, "n": 9,
                                "unit": "coefficient"})  # fmt: skip
            results = place.derived("small") / "results" / "02_agreement.json"
            results.parent.mkdir(parents=True, exist_ok=True)
            told = [{"notebook": "02_agreement", "cell": "record", "low": None, "high": None, "n": None, **e}
                    for e in entries]  # fmt: skip
            results.write_text(json.dumps(told), "utf-8")
            steps = [StepRun("02_agreement", "completed", "forced")]
            done.append(Done(run, place, StudyRun("small", steps, run.name)))
        return Batch(workspace, grid, tuple(done), check_data(workspace, grid))

    return make


def claim(found, name: str):
    return next(each for each in found.studies[0].claims if each.claim.id == name)


class TestFlips:
    def test_a_choice_that_flips_a_claim_is_found_all_else_being_equal(self, batch) -> None:
        enough = claim(multiverse(batch()), "enough")

        assert enough.count("holds") == 3
        by_name = {flip.setting: flip for flip in enough.flips}
        assert by_name["exclude.coder"].pairs == 2
        assert by_name["exclude.coder"].flipped == (("none", "A"),)
        assert by_name["agreement.unit"].flipped == (("segment", "case"),)

    def test_a_claim_that_no_choice_touches_has_no_flip(self, batch) -> None:
        people = claim(multiverse(batch()), "people")

        assert people.count("holds") == 4
        assert not any(flip.flipped for flip in people.flips)

    def test_a_number_that_was_not_computed_neither_holds_nor_fails(self, batch) -> None:
        alpha = claim(multiverse(batch(values={("segment", ""): 0.74, ("case", ""): 0.62})), "alpha")

        assert alpha.count(ABSENT) == 2
        assert [flip.setting for flip in alpha.flips] == ["agreement.unit"]

    def test_three_values_are_compared_pair_by_pair(self, batch) -> None:
        values = {("segment", ""): 0.7, ("segment", "A"): 0.7, ("segment", "B"): 0.1}
        found = multiverse(batch("studies: [small]\nvary: {exclude.coder: [~, A, B]}\n", values))

        (flip,) = claim(found, "enough").flips
        assert (flip.pairs, flip.flipped) == (3, (("none", "B"), ("A", "B")))

    def test_runs_that_differ_in_several_choices_at_once_tell_of_no_single_one(self, batch) -> None:
        made = batch(
            "studies: [small]\nruns:\n- {agreement.unit: segment}\n"
            "- {agreement.unit: case, exclude.coder: A}\n"
        )
        assert claim(multiverse(made), "enough").flips == ()
        assert "differ in several choices at once" in str(files(made, multiverse(made))["index.html"])


class TestTables:
    CLAIM = (
        CLAIMS
        + '- {id: cell, says: "", source: table, basis: stated, table: themes, where: {code_id: waiting}, '
        'column: n_cases, printed: "2"}\n'
    )

    def with_themes(self, made: Batch, outcome: str) -> Batch:
        """Leave themes.csv in every run, made by a notebook that then ended as it is said."""
        done = []
        for each in made.done:
            records = Records(each.workspace, "small")
            path = records.output("derived/themes.csv")
            path.write_text("code_id,n_cases\nwaiting,2\n", "utf-8")
            (each.workspace.reports("small")).mkdir(parents=True)
            (each.workspace.reports("small") / "index.html").write_text("<p>", "utf-8")
            outputs = {"derived/themes.csv": "0", "reports/index.html": "0"}
            records.write(Record("03_themes", {}, outputs, complete=True), each.workspace.scratch)
            steps = [*each.outcome.steps, StepRun("03_themes", outcome, "forced")]
            done.append(replace(each, outcome=StudyRun("small", steps, each.run.name)))
        return replace(made, done=tuple(done))

    @pytest.mark.parametrize(
        ("outcome", "state"), [("completed", "holds"), ("failed", ABSENT), ("blocked", ABSENT)]
    )
    def test_a_claim_is_judged_on_no_table_that_an_earlier_run_left(
        self, batch, small, outcome, state
    ) -> None:
        made = batch()
        (small.raw / "claims.yml").write_text(self.CLAIM, "utf-8")

        assert claim(multiverse(self.with_themes(made, outcome)), "cell").count(state) == 4

    @pytest.mark.parametrize(("outcome", "links"), [("completed", 4), ("failed", 0)])
    def test_a_report_that_an_earlier_run_left_is_not_linked(self, batch, outcome, links) -> None:
        made = self.with_themes(batch(), outcome)
        page = str(files(made, multiverse(made))["index.html"])

        assert page.count('/index.html">') == links


class TestEstimands:
    def test_headlines_are_what_agreement_and_claims_state(self, batch) -> None:
        (over,) = multiverse(batch()).studies

        assert [each.name for each in over.estimands] == [ALPHA, "cases.n"]
        assert over.estimands[0].printed == ("0.74", "0.60")
        assert over.estimands[0].own == 0.74
        assert [each.varies for each in over.estimands] == [True, False]

    def test_a_choice_of_coefficient_is_one_panel(self, batch) -> None:
        text = "studies: [small]\nvary: {agreement.primary: [krippendorff_alpha, gwet_ac1]}\n"
        (over,) = multiverse(batch(text)).studies

        assert over.estimands[0].name == "agreement.mood, primary coefficient"
        assert len(over.estimands[0].table) == 2

    def test_the_file_can_name_others(self, batch) -> None:
        text = GRID + 'headlines: ["segments.*[speaker=*]"]\n'
        extra = [{"key": "segments.n[speaker=x]", "value": 1, "unit": "segments"},
                 {"key": "segments.n", "value": 2, "unit": "segments"}]  # fmt: skip
        (over,) = multiverse(batch(text, extra=extra)).studies

        assert [each.name for each in over.estimands] == ["segments.n[speaker=x]"]


class TestDrawing:
    def estimand(self, size: int = 6) -> Estimand:
        values = [0.5, 0.9, None, 0.1, 0.7, 0.3][:size]
        table = pd.DataFrame({
            "run": [f"r{n}" for n in range(size)], "own": [n == 1 for n in range(size)],
            "agreement.unit": ["segment", "case"] * (size // 2), "exclude.coder": ["none"] * size,
            "value": values, "low": [None if v is None else v - 0.1 for v in values],
            "high": [None if v is None else v + 0.1 for v in values], "n": 9, "unit": "coefficient",
        })  # fmt: skip
        return Estimand("x.alpha", "coefficient", table, ("0.90",))

    def test_runs_stand_from_the_smallest_value_to_the_largest_and_undefined_last(self) -> None:
        data = ordered(self.estimand(), ["agreement.unit"])

        assert list(data["value"].dropna()) == [0.1, 0.3, 0.5, 0.7, 0.9]
        assert pd.isna(data["value"].iloc[-1])

    def test_the_order_of_the_grid_does_not_matter(self) -> None:
        first = self.estimand()
        for order in itertools.islice(itertools.permutations(range(6)), 0, 700, 119):
            other = Estimand(first.name, first.unit, first.table.iloc[list(order)], first.printed)
            pd.testing.assert_frame_equal(
                ordered(first, ["agreement.unit"]), ordered(other, ["agreement.unit"])
            )

    def test_the_alternative_says_range_own_settings_and_what_is_printed(self) -> None:
        drawn = specification_curve(self.estimand(), ["agreement.unit", "exclude.coder"], simulated=False)

        assert drawn.alt == (
            "x.alpha over 6 combinations of choices: from 0.1 to 0.9, middle 0.5, own settings 0.9, "
            "printed 0.90; 1 undefined."
        )
        assert "undefined" in drawn.svg
        assert "unit: segment" in drawn.svg
        assert "coder" not in drawn.svg, "a choice that is the same everywhere takes no line"

    def test_simulated_data_are_marked_and_drawings_repeat(self) -> None:
        first = specification_curve(self.estimand(), ["agreement.unit"], simulated=True)

        assert "Simulated data" in first.svg
        assert first.svg == specification_curve(self.estimand(), ["agreement.unit"], simulated=True).svg


class TestPage:
    def test_it_is_self_contained_exploratory_and_links_every_run(self, batch) -> None:
        made = batch()
        page = str(files(made, multiverse(made))["index.html"])

        assert "default-src 'none'" in page
        assert not re.findall(r"(?:src|href)=\"https?:", page)
        assert "<script" not in page
        assert "Exploratory." in page
        assert page.count('run.json">') == 4
        assert "exclude.coder in 1 of 2 comparisons (holds at none, fails at A)" in page

    def test_every_panel_has_its_data_beside_it(self, batch) -> None:
        made = batch()
        written = files(made, multiverse(made))
        drawings = [name for name in written if name.endswith(".svg")]

        assert drawings == [f"figures/small-{ALPHA}.svg"]
        assert str(written[f"figures/small-{ALPHA}.csv"]).count("\n") == 5
        assert f'href="figures/small-{ALPHA}.csv"' in str(written["index.html"])

    def test_coders_whose_ids_may_be_names_stand_on_no_page_and_in_no_table(self, batch, small) -> None:
        for table in ("coders", "codings", "assignments", "charting"):
            small.put(table, [["Annika" if c == "A" else c for c in row] for row in small.rows(table)])
        small.write()
        values = {("segment", ""): 0.74, ("segment", "Annika"): 0.5}
        made = batch("studies: [small]\nvary: {exclude.coder: [~, Annika]}\n", values)
        written = files(made, multiverse(made))

        told = [name for name, content in written.items() if isinstance(content, str) and "nnika" in content]
        assert told == []
        assert "holds at none, fails at coder 1" in str(written["index.html"])
        assert "coder 1" in str(written[f"figures/small-{ALPHA}.csv"])

    def test_a_policy_that_hides_counts_hides_what_claims_print(self, batch, small) -> None:
        path = small.raw / "study.yml"
        text = path.read_text("utf-8")
        path.write_text(re.sub(r"policy: \w+", "policy: ukllc", text), "utf-8")
        claims = small.raw / "claims.yml"
        claims.write_text(
            CLAIMS + '- {id: hidden, says: "", source: abstract, basis: stated, '
            'result: themes.waiting.all.n_cases, printed: "2"}\n', "utf-8"
        )  # fmt: skip
        made = batch(extra=[{"key": "themes.waiting.all.n_cases", "value": 2, "unit": "participants"}])
        found = multiverse(made)

        assert claim(found, "hidden").printed == "[not shown]"
        assert not any("themes" in key for key in found.results["key"])
