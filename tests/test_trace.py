"""A number leads back to the cell, function, settings, files and segments that it comes from."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from analysis.agreement.summary import agreement_results
from analysis.basis import Basis
from analysis.corpus import Corpus
from analysis.counting import counted_or_none
from analysis.differences import difference_results
from analysis.errors import DataError, UsageError
from analysis.framework import framework_matrix, matrix_results
from analysis.grounds import UNKNOWN, grounds
from analysis.keys import Result, key, split
from analysis.origins import origin
from analysis.overview import overview_results
from analysis.paths import Workspace
from analysis.records import Record, Records
from analysis.saturation import new_codes, new_codes_results
from analysis.study import Study
from analysis.themes import joint_table, theme_results, theme_table, value_table
from analysis.trace import trace
from analysis.tracelines import lines

BUNDLED = ("duffy2023_simulated", "simon2021_simulated", "krippendorff2011")

Bundled = Callable[[str], tuple[Corpus, Study]]
Agreement = Callable[[str], pd.DataFrame]
Everything = Callable[[str], tuple[Corpus, Study, pd.DataFrame, list[tuple[str, Result]]]]


def recorded(corpus: Corpus, study: Study, agreement: pd.DataFrame) -> Iterator[tuple[str, Result]]:
    """Yield every result that the notebooks record, with the notebook that does."""
    counted = counted_or_none(corpus, study)
    themes, values = theme_table(corpus, study, counted), value_table(corpus, study)
    by_notebook = {
        "01_prepare": [overview_results(corpus, study)],
        "02_agreement": [agreement_results(agreement, study), difference_results(corpus, study)],
        "03_themes": [
            theme_results(themes, values, joint_table(corpus, study, counted)),
            new_codes_results(new_codes(corpus, study, counted)),
        ],
    }
    if study.method == "framework":
        by_notebook["04_framework"] = [matrix_results(framework_matrix(corpus, study, counted))]
    for notebook, several in by_notebook.items():
        yield from ((notebook, result) for found in several for result in found)


@pytest.fixture(scope="module")
def everything(bundled: Bundled, bundled_agreement: Agreement) -> Everything:
    """Return a maker of corpus, study, agreement.csv and all results of a bundled study, each made once."""

    @functools.cache
    def make(name: str) -> tuple[Corpus, Study, pd.DataFrame, list[tuple[str, Result]]]:
        corpus, study = bundled(name)
        agreement = bundled_agreement(name)
        return corpus, study, agreement, list(recorded(corpus, study, agreement))

    return make


def expected(result: Result) -> float | None:
    """Return how many things stand behind a result by its own account."""
    if result.unit == "share":
        return round((result.value or 0) * (result.n or 0))
    return result.n if result.unit == "coefficient" else result.value


class TestGrounds:
    @pytest.mark.parametrize("name", BUNDLED)
    def test_as_many_things_of_the_data_stand_behind_every_number_as_it_says(
        self, name: str, everything: Everything
    ) -> None:
        corpus, study, agreement, results = everything(name)
        material = Basis(corpus, study, agreement)
        known = {
            "participants": set(corpus.cases["case_id"]),
            "documents": set(corpus.documents["document_id"]),
            "codes": set(corpus.codes["code_id"]),
        }
        segments = set(corpus.segments["segment_id"])

        odd = []
        for _, result in results:
            found = grounds(material, result.key)
            over_codes = result.key.endswith((".stacked", ".mean"))
            if (result.unit == "coders" and result.key != "coders.n") or over_codes:
                fits = bool(found.ids) and len(found.segments) > 0
            else:
                fits = len(found.ids) == expected(result)
            fits &= set(found.segments) <= segments and set(found.ids) <= known.get(
                found.what, set(found.ids)
            )
            if not fits or found.said == UNKNOWN:
                odd.append((result.key, expected(result), len(found.ids)))

        assert odd == []

    def test_participants_behind_a_theme_own_the_segments_behind_it(self, bundled: Bundled) -> None:
        corpus, study = bundled("simon2021_simulated")
        home = corpus.segments.set_index("segment_id")["case_id"]

        found = grounds(Basis(corpus, study, None), "themes.acceptance.n_cases[rollup=descendants]")

        assert set(home[list(found.segments)]) == set(found.ids)

    @pytest.mark.parametrize(
        "code", ["training_supervision", "capacity_lacking", "may_threaten_relationship"]
    )
    def test_percent_agreement_is_the_share_of_units_given_alike(
        self, code: str, everything: Everything
    ) -> None:
        corpus, study, _, results = everything("simon2021_simulated")
        name = f"agreement.codes.{code}.percent"

        found = grounds(Basis(corpus, study, None), name)

        assert sum(row["n"] for row in found.given) == len(found.ids)
        alike = sum(row["n"] for row in found.given if row["A"] == row["B"])
        value = next(result.value for _, result in results if result.key == name)
        assert alike / len(found.ids) == pytest.approx(value)

    def test_krippendorffs_eleven_pairable_units_stand_behind_alpha(self, bundled: Bundled) -> None:
        corpus, study = bundled("krippendorff2011")

        found = grounds(Basis(corpus, study, None), "agreement.rating.krippendorff_alpha")

        assert len(found.ids) == 11  # Krippendorff 2011: unit 12 was rated once and pairs with nothing
        assert {"A": "2", "B": "2", "C": "2", "D": "2", "n": 2} in [dict(row) for row in found.given]

    def test_what_is_no_key_of_ours_says_so(self, bundled: Bundled) -> None:
        corpus, study = bundled("krippendorff2011")

        assert grounds(Basis(corpus, study, None), "weather.n").said == UNKNOWN


class TestOrigin:
    @pytest.mark.parametrize("name", BUNDLED)
    def test_every_key_leads_to_a_line_that_makes_such_keys(
        self, name: str, everything: Everything, checkout: Path
    ) -> None:
        for notebook, result in everything(name)[3]:
            found = origin(checkout / "notebooks" / f"{notebook}.ipynb", result.key)
            assert found is not None
            assert found.yielded_by is not None
            source = (checkout / "src" / found.yielded_by.file).read_text("utf-8").splitlines()
            call = "\n".join(source[found.yielded_by.line - 1 :][:4])
            assert "key(" in call, result.key
            assert f'"{split(result.key)[0][0]}"' in call or "*" in call, result.key

    def test_the_function_that_computed_the_table_is_among_them(self, checkout: Path) -> None:
        found = origin(checkout / "notebooks" / "02_agreement.ipynb", "agreement.rating.krippendorff_alpha")

        assert found is not None
        assert "analysis.agreement.sheet.agreement_table" in [each.name for each in found.computed_by]
        assert found.cell == "record"
        assert "agreement_results" in found.source

    def test_a_notebook_that_records_nothing_has_no_origin(self, tmp_path: Path) -> None:
        cell = {"cell_type": "code", "id": "one", "source": "1 + 1", "metadata": {}, "outputs": []}
        path = tmp_path / "none.ipynb"
        path.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))

        assert origin(path, "cases.n") is None


class TestKeys:
    @pytest.mark.parametrize(
        "parts, only",
        [
            (["cases", "n"], {}),
            (["agreement", "codes", "Q5: trust", "cohen_kappa"], {"pair": "A|B"}),
            (["agreement", "codes", 'so "odd", a = [b].c'], {"group": "x, y=[z]", "value": "n/a"}),
        ],
    )
    def test_a_key_taken_apart_is_what_it_was_made_of(self, parts: list[str], only: dict[str, str]) -> None:
        assert split(key(*parts, **only)) == (parts, only)


class TestTrace:
    def test_it_names_notebook_function_and_files_and_shows_consenting_peoples_words(
        self, prepared: Workspace
    ) -> None:
        found = trace(prepared, "small", "segments.n")

        text = "\n".join(lines(found))
        assert "recorded in notebooks/01_prepare.ipynb, cell record, line " in text
        assert "analysis.overview.overview_results" in text
        assert "source/codings.csv (codings)  CHANGED SINCE" in text  # the sha256 in imports.json is another
        assert "stale: " in text
        assert {segment.partition("-")[0] for segment in found.text} == {"P1", "P3"}
        assert "P2-1: [not shown]" in text
        data = json.loads(json.dumps(found.as_dict()))
        assert len(data["grounds"]["ids"]) == found.result["value"]
        assert data["computed_by"][0]["name"] == "analysis.overview.overview_results"

    def test_no_words_are_shown_where_the_policy_shows_none(self, small, prepared: Workspace) -> None:
        small.edit("study.yml", "as_published", "text_free")
        small.write()

        found = trace(prepared, "small", "segments.n")

        assert found.text == {}
        assert small.secret not in json.dumps(found.as_dict(), default=str)
        assert small.secret not in "\n".join(lines(found))

    def test_an_edited_results_json_is_not_believed(self, prepared: Workspace) -> None:
        path = prepared.derived("small") / "results.json"
        path.write_text('[{"key": "cases.n", "value": 7, "notebook": "01_prepare", "cell": "record"}]')

        assert trace(prepared, "small", "cases.n").result["value"] == 3

    def test_claims_behind_a_count_of_verdicts_are_those_that_the_report_counted(
        self, small, prepared: Workspace
    ) -> None:
        (small.raw / "claims.yml").write_text('- {id: people, result: cases.n, printed: "4"}\n')
        derived = prepared.derived("small")
        told = [
            {"key": "claims.changed_by_withdrawal", "value": 1, "notebook": "05_report", "cell": "record"}
        ]
        (derived / "results" / "05_report.json").write_text(json.dumps(told))
        Records(prepared, "small").write(Record("05_report", complete=True), prepared.scratch)
        (derived / "imports.json").write_text(json.dumps({"files": [], "withdrawn": 1, "warnings": []}))

        assert trace(prepared, "small", "claims.changed_by_withdrawal").grounds.ids == ("people",)

    def test_an_unknown_key_is_answered_with_a_near_one(self, prepared: Workspace) -> None:
        with pytest.raises(UsageError, match=r'has no result "case\.n".*Did you mean "cases\.n"'):
            trace(prepared, "small", "case.n")

    def test_without_results_it_says_what_makes_them(self, small) -> None:
        small.write()
        with pytest.raises(DataError, match="concord reproduce small"):
            trace(small.workspace, "small", "cases.n")
