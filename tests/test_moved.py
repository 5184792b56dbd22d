"""What moved a number: the first change upstream, raw data before settings before code before packages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis import provenance
from analysis.moved import Since, causes, moved_keys
from analysis.state import State, observe
from analysis.upstream import upstream

KEY = "agreement.rating.krippendorff_alpha"
THEN = State(
    study="demo",
    policy="as_published",
    source={
        "cases.csv": {"sha256": "c1", "rows": 6, "unordered": "c"},
        "codings.csv": {"sha256": "a1", "rows": 12, "unordered": "u1"},
    },
    decisions="d1",
    settings={"agreement.unit": "segment", "seed": 7, "groups.0": "sha256 111", "saturation.run": False},
    notebooks={"01_prepare": "n1", "02_agreement": "n2", "03_themes": "n3"},
    code={
        "src/analysis/units.py": {"ratings": "f1", "(module level)": "m1"},
        "src/analysis/agreement/alpha.py": {"alpha": "f2", "(module level)": "m2"},
    },
    versions={"Python": "3.11.7", "numpy": "2.4.0", "pandas": "3.1.0"},
    results={KEY: {"value": 0.743, "n": 12}, "cases.n": {"value": 6}},
    claims={
        "alpha": {"printed": {KEY: "0.743"}, "digest": "x1"},
        "people": {"printed": {"cases.n": "6"}, "digest": "x2"},
    },
    tables={"themes.csv": "t1"},
    figures={"figures/themes.csv": "g1", "figures/themes.svg": "g2"},
)
MOVED = {**THEN.results, KEY: {"value": 0.7, "n": 12}}


def now(**changes) -> State:
    """Return the state after some changes and with alpha moved."""
    return replace(THEN, **{"results": MOVED, **changes})


def said(after: State, keys=(KEY,), **only) -> list[str]:
    return [str(cause) for cause in causes(THEN, after, list(keys), **only)]


def file(name: str, **changes) -> dict:
    return {**THEN.source, name: {**THEN.source[name], **changes}}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"source": file("codings.csv", sha256="a2", unordered="u2")},
            "changed: values, with as many rows as before",
        ),
        (
            {"source": file("codings.csv", sha256="a2", unordered="u2", rows=11)},
            "changed: 1 row fewer (12 -> 11)",
        ),
        (
            {"source": file("codings.csv", sha256="a2", unordered="u2", rows=15)},
            "changed: 3 rows more (12 -> 15)",
        ),
        ({"source": file("codings.csv", sha256="a2")}, "changed: the same rows in another order"),
        ({"source": {"cases.csv": THEN.source["cases.csv"]}}, "codings.csv is gone"),
        ({"source": {**THEN.source, "more.csv": {"sha256": "z"}}}, "more.csv is new"),
        ({"decisions": "d2"}, "decisions changed: decisions on segments coded differently"),
        ({"settings": {**THEN.settings, "seed": 8}}, "the seed of study.yml changed: 7 -> 8"),
        (
            {"settings": {**THEN.settings, "agreement.unit": "case"}},
            "the setting agreement.unit of study.yml changed: segment -> case",
        ),
        (
            {"settings": {**THEN.settings, "groups.0": "sha256 222"}},
            "the setting groups.0 of study.yml changed",
        ),
        (
            {"settings": {**THEN.settings, "saturation.run": True}},
            "saturation.run of study.yml changed: false -> true",
        ),
        (
            {"settings": {**THEN.settings, "exclude.coder.0": "sha256 1"}},
            "the setting exclude.coder.0 of study.yml changed",
        ),
        ({"notebooks": {**THEN.notebooks, "02_agreement": "n9"}}, "notebooks/02_agreement.ipynb changed"),
        (
            {"code": {**THEN.code, "src/analysis/units.py": {"ratings": "f9", "(module level)": "m1"}}},
            "the function ratings in src/analysis/units.py changed",
        ),
        (
            {"code": {**THEN.code, "src/analysis/units.py": {"ratings": "f1", "(module level)": "m9"}}},
            "what stands outside functions in src/analysis/units.py changed",
        ),
        (
            {"versions": {**THEN.versions, "numpy": "2.5.0"}},
            "the package numpy is another version: 2.4.0 -> 2.5.0",
        ),
        ({"versions": {**THEN.versions, "Python": "3.12.1"}}, "Python is another version: 3.11.7 -> 3.12.1"),
    ],
)
def test_a_single_change_is_named(changes, sentence):
    (told,) = said(now(**changes))
    assert told.endswith(sentence)


def test_causes_come_in_the_order_in_which_data_flow():
    after = now(
        versions={**THEN.versions, "Python": "3.12.1", "numpy": "2.5.0"},
        code={**THEN.code, "src/analysis/units.py": {"ratings": "f9", "(module level)": "m1"}},
        notebooks={**THEN.notebooks, "01_prepare": "n9"},
        settings={**THEN.settings, "seed": 8, "agreement.unit": "case"},
        source=file("codings.csv", sha256="a2"),
        withdrawn=1,
    )
    kinds = [cause.kind for cause in causes(THEN, after, [KEY])]
    assert kinds == ["withdrawal", "raw", "setting", "seed", "notebook", "function", "python", "package"]


def test_a_withdrawal_is_told_without_an_id_and_explains_the_changed_table_of_cases():
    after = now(withdrawn=1, source=file("cases.csv", sha256="c2"))
    assert said(after) == ["1 participant withdrew since the baseline (source/cases.csv)"]


def test_two_withdrawals_and_another_changed_file_are_both_told():
    changed = file("cases.csv", sha256="c2") | {"codings.csv": {"sha256": "a9"}}
    told = said(now(withdrawn=2, source=changed))
    assert told[0].startswith("2 participants withdrew")
    assert told[1] == "data/raw/demo/source/codings.csv changed"


def test_only_notebooks_and_files_that_the_number_rests_on_are_named():
    after = now(
        notebooks={**THEN.notebooks, "03_themes": "n9"},
        code={**THEN.code, "src/analysis/units.py": {"ratings": "f9", "(module level)": "m1"}},
    )
    told = said(after, steps=["01_prepare", "02_agreement"], files=["src/analysis/agreement/alpha.py"])
    assert len(told) == 1
    assert told[0].startswith("nothing upstream differs from the baseline")


def test_a_number_that_stands_under_a_claim_that_changed():
    after = replace(THEN, claims={**THEN.claims, "alpha": {"printed": {KEY: "0.843"}, "digest": "x9"}})
    assert said(after) == [
        "the claim alpha changed in claims.yml (printed 0.743 -> 0.843); the number is what it was"
    ]


def test_a_claim_that_is_new():
    after = replace(THEN, claims={**THEN.claims, "more": {"printed": {KEY: "0.9"}, "digest": "x9"}})
    assert said(after) == ["the claim more is new; the number is what it was"]


def test_a_number_and_a_claim_that_are_what_they_were():
    assert said(THEN) == ["the number is what it was at the baseline: nothing moved it"]
    assert said(THEN, ["cases.m"]) == ["there was no such result at the baseline: nothing moved it"]


def test_a_changed_table_or_figure_has_causes_too():
    after = replace(THEN, tables={"themes.csv": "t2"}, versions={**THEN.versions, "numpy": "2.5.0"})
    assert said(after, ["themes.csv"]) == ["the package numpy is another version: 2.4.0 -> 2.5.0"]
    assert moved_keys(THEN, replace(THEN, figures={"figures/themes.csv": "g9"}), ["figures/themes.csv"])


def test_sealed_counts_are_compared_under_one_key_alone():
    then = replace(THEN, seal="k1", results={"cases.n": "#aa"})
    same_key = replace(then, results={"cases.n": "#bb"})
    other_key = replace(same_key, seal="k2")
    assert moved_keys(then, same_key) == ["cases.n"]
    assert moved_keys(then, other_key) == []
    assert "sealed on another machine" in str(causes(then, other_key, ["cases.n"])[0])
    assert causes(then, replace(other_key, decisions="d2"), ["cases.n"])[0].kind == "raw"


def test_nothing_upstream_of_two_equal_states():
    assert upstream(THEN, replace(THEN)) == []


def test_the_table_that_a_number_rests_on_comes_before_others():
    both = file("cases.csv", sha256="c2", unordered="c9") | {"codings.csv": {"sha256": "a9"}}
    after = now(source=both, results={KEY: {"value": 0.7, "n": 12}, "cases.n": {"value": 5}})
    assert "cases.csv changed" in said(after, ["cases.n"])[0]
    assert "codings.csv changed" in said(after, [KEY])[0]


def test_the_setting_that_a_number_rests_on_comes_before_others():
    settings = {**THEN.settings, "agreement.unit": "case", "saturation.run": True}
    after = now(settings=settings, results={**MOVED, "new_codes.n": {"value": 1}})
    assert [cause.name for cause in causes(THEN, after, ["new_codes.n"])] == [
        "saturation.run",
        "agreement.unit",
    ]
    assert [cause.name for cause in causes(THEN, after, [KEY])] == ["agreement.unit", "saturation.run"]


def test_a_claim_that_failed_is_not_explained_by_another_about_the_same_number():
    other = {"printed": {KEY: "0.9"}, "digest": "x9"}
    after = replace(THEN, claims={**THEN.claims, "aaa": other})
    assert said(after, claim="alpha") == ["the number is what it was at the baseline: nothing moved it"]
    assert said(after, claim="aaa") == ["the claim aaa is new; the number is what it was"]


def test_a_claim_that_changed_under_a_policy_that_hides_counts_shows_no_number():
    after = replace(THEN, seal="k", claims={**THEN.claims, "alpha": {"printed": {KEY: "3"}, "digest": "x9"}})
    assert said(after) == ["the claim alpha changed in claims.yml; the number is what it was"]


def test_results_that_no_freeze_keeps_have_the_causes_of_everything():
    key = "agreement.rating.krippendorff_alpha[case_id=P1]"
    assert "keeps no results about single participants" in said(THEN, [key], unkept=True)[0]
    assert "decisions changed" in said(replace(THEN, decisions="d2"), [key], unkept=True)[0]


def test_a_change_of_policy_is_no_withdrawal():
    after = replace(THEN, policy="acro", seal="k", withdrawn="#aa", settings={**THEN.settings, "seed": 8})
    assert [cause.kind for cause in upstream(THEN, after)] == ["seed"]


class TestSince:
    @pytest.fixture(autouse=True)
    def library(self, tmp_path_factory, monkeypatch):
        """Let the library that counts be one small module: reading all of it takes seconds."""
        folder = tmp_path_factory.mktemp("library")
        (folder / "__init__.py").write_text("", "utf-8")
        monkeypatch.setattr(provenance, "PACKAGE", folder)

    @pytest.fixture
    def since(self, small, stand):
        small.edit("study.yml", "counted: consensus", "ties: unresolved")
        workspace = small.write()
        (small.raw / "claims.yml").write_text('- {id: people, result: cases.n, printed: "3"}\n')
        stand(workspace, "small")
        now = observe(workspace, "small")
        then = replace(
            now,
            notebooks={**now.notebooks, "02_agreement": "other", "03_themes": "other"},
            tables={**now.tables, "themes.csv": "other"},
            results={**now.results, "cases.n": {"value": 4}},
        )
        return Since(workspace, then, now)

    def test_a_table_rests_on_the_steps_that_left_it(self, since):
        assert since.why(["themes.csv"]) == ["notebooks/03_themes.ipynb changed"]

    def test_a_result_rests_on_the_step_that_recorded_it(self, since):
        assert since.why(["cases.n"])[0].startswith("nothing upstream differs")

    def test_a_result_about_one_participant_is_not_said_to_be_new(self, since):
        (first, *_) = since.why(["agreement.mood.percent[case_id=P1]"])
        assert first == "notebooks/02_agreement.ipynb changed"
