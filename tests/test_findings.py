"""findings.md: placeholders, typed numbers, and results that nobody speaks of."""

from __future__ import annotations

import pytest

from analysis.claimfile import Claim
from analysis.errors import ClaimsError
from analysis.findings import headline_keys, shown_text, weighed
from analysis.paths import Workspace
from analysis.placeholders import filled
from analysis.study import Study
from analysis.verification import Verification
from analysis.verificationfiles import rendered_page

ALPHA = "agreement.codes.krippendorff_alpha.median"
RESULTS = [
    {"key": "cases.n", "value": 13, "n": None, "unit": "participants"},
    {"key": "cases.group.patient", "value": 7, "n": None, "unit": "participants"},
    {"key": "cases.group.staff", "value": 6, "n": None, "unit": "participants"},
    {"key": "themes.T1.n_cases[groups=a|b]", "value": 4, "n": 6, "unit": "participants"},
    {"key": ALPHA, "value": 0.745, "low": 0.6, "high": 1.0, "n": 14, "unit": "coefficient"},
    {"key": "values.mood.low.share", "value": 0.6439, "n": 212, "unit": "share"},
    {"key": "undefined", "value": None, "n": None, "unit": "coefficient"},
    {"key": "ratings.n", "value": 13551, "n": None, "unit": "segments"},
]
FOUND = {entry["key"]: entry for entry in RESULTS}
CLAIMS = [
    Claim(id="people", result="cases.n", printed="13"),
    Claim(id="alpha", result=ALPHA, printed="0.75", interval="0.60 to 1.00"),
    Claim(id="one", result="themes.T1.n_cases", printed="1"),
    Claim(id="none", result="themes.T2.n_cases", printed="0"),
    Claim(id="spoken", says="We saw six colleagues.", result="cases.group.staff", printed="6"),
]


def study(policy: str = "as_published", **more) -> Study:
    given = {"study": "demo", "title": "Demo", "method": "codebook", "inputs": [{"file": "codings.csv"}]}
    return Study.model_validate(given | {"disclosure": {"policy": policy}} | more)


@pytest.fixture
def weigh(tmp_path):
    workspace = Workspace(tmp_path)
    workspace.raw("demo").mkdir(parents=True)

    def weigh(text: str, policy: str = "as_published", themes=()):
        (workspace.raw("demo") / "findings.md").write_text(text, encoding="utf-8")
        return weighed(workspace, study(policy), CLAIMS, RESULTS, themes)

    return weigh


class TestPlaceholders:
    @pytest.mark.parametrize(
        ("inner", "text"),
        [
            ("cases.n", "13"),
            ("cases.n | words", "thirteen"),
            ("cases.n | Words", "Thirteen"),
            ("themes.T1.n_cases[groups=a|b] | of", "4 of 6"),
            ("themes.T1.n_cases[groups=a|b] | n", "6"),
            (ALPHA, "0.75"),  # halves up, as most journals round
            (f"{ALPHA} | .3f", "0.745"),
            (f"{ALPHA} | n", "14"),
            (f"{ALPHA} | low", "0.60"),
            (f"{ALPHA} | interval", "0.60 to 1.00"),
            (f"{ALPHA} | interval | .1f", "0.6 to 1.0"),
            ("values.mood.low.share | percent", "64%"),
            ("values.mood.low.share | .1%", "64.4%"),
            ("ratings.n | ,", "13,551"),
            ("undefined", "undefined"),
        ],
    )
    def test_a_result_is_filled_in_as_it_is_asked_for(self, inner, text):
        assert filled(f"x {{{{ {inner} }}}} y", FOUND)[0] == f"x {text} y"

    def test_a_number_at_the_head_of_a_line_begins_no_list(self):
        assert filled("all were\n{{ cases.n }}. So", FOUND)[0] == "all were\n13\\. So"

    def test_all_that_is_unknown_comes_at_once_with_its_line_and_the_nearest_name(self, weigh):
        with pytest.raises(ClaimsError) as raised:
            weigh("{{ cases.m }}\n\n13 <!-- claim: peple -->\n\n{{ cases.n | .f }}\n")
        assert [(p.file, p.line) for p in raised.value.problems] == [("findings.md", n) for n in (1, 3, 5)]
        first, second, third = (p.what for p in raised.value.problems)
        assert first == 'no result is called "cases.m". Did you mean "cases.n"?'
        assert second == 'no claim is called "peple". Did you mean "people"?'
        assert "is no format. Known: n, of, low" in third

    def test_counts_that_a_policy_hides_are_not_filled_in(self, weigh):
        text = "{{ themes.T1.n_cases[groups=a|b] }} of {{ cases.n }}, alpha {{ " + ALPHA + " }}"
        assert weigh(text, "acro").text == "[not shown] of 13, alpha 0.75"

    @pytest.mark.parametrize(
        "inner",
        ["values.mood.low.share | n", "values.mood.low.share", f"{ALPHA} | n", "ratings.n", "undefined"],
    )
    def test_what_is_no_coefficient_over_everything_is_not_filled_in_nor_is_its_base(self, weigh, inner):
        assert weigh(f"x {{{{ {inner} }}}} y", "ukllc").text == "x [not shown] y"


class TestTypedNumbers:
    def test_a_number_that_a_named_claim_prints_belongs_to_it(self, weigh):
        prose = weigh("We met thirteen people<!-- claim: people -->.\n")
        assert (prose.tied, prose.untied, prose.retyped) == (1, (), ())

    def test_a_number_without_a_claim_is_listed_with_its_line(self, weigh):
        prose = weigh("One.\n\nWe met 13 people,\nand four of six agreed.\n")
        assert [(n.line, n.text) for n in prose.untied] == [(3, "13"), (4, "four of six")]

    def test_a_retyped_number_is_told_from_the_claim_named_beside_it(self, weigh):
        prose = weigh("\nWe met 31 people<!-- claim: people -->.\n")
        assert prose.retyped == ((2, "claim people prints 13, which does not stand in this paragraph"),)
        assert [n.text for n in prose.untied] == ["31"]

    @pytest.mark.parametrize(
        ("text", "claim"),
        [
            ("Only one<!-- claim: one --> said so.", "one"),
            ("It was said by zero<!-- claim: none --> of them.", "none"),
            ("In theme 3, 13<!-- claim: people --> people spoke.", "people"),
        ],
    )
    def test_one_zero_and_a_number_behind_a_name_belong_to_the_claim_that_prints_them(
        self, weigh, text, claim
    ):
        prose = weigh(text)
        assert (prose.tied, prose.untied, prose.retyped) == (1, (), ())

    def test_a_retyped_number_that_a_policy_hides_is_not_told(self, weigh):
        prose = weigh("Three<!-- claim: one --> said so.\n", "acro")
        assert prose.retyped == ((1, "claim one prints a number, which does not stand in this paragraph"),)

    def test_interval_ends_belong_to_their_claim(self, weigh):
        prose = weigh("Alpha was 0.75 (0.60 to 1.00)<!-- claim: alpha -->.\n")
        assert (prose.tied, prose.untied, prose.retyped) == (3, (), ())

    def test_verbatim_words_of_a_claim_carry_their_numbers(self, weigh):
        assert weigh("Then. We saw six\ncolleagues. Later.\n").untied == ()

    def test_what_is_filled_in_is_no_typed_number(self, weigh):
        prose = weigh("{{ cases.n }} people in 2021.\n")
        assert (prose.filled, prose.tied, prose.untied) == (1, 0, ())


class TestUncited:
    def test_headlines_that_nobody_speaks_of_are_listed(self, weigh):
        assert weigh("Nothing.\n").uncited == ("cases.group.patient",)

    def test_a_claim_or_a_placeholder_cites(self, weigh):
        assert weigh("{{ cases.group.patient }}\n").uncited == ()

    def test_main_themes_are_headlines_and_cited_by_any_count_of_theirs(self):
        found = {**FOUND, "themes.T1.n_cases[rollup=descendants]": {}, "themes.T2.n_cases": {}}
        keys = headline_keys(found, study(), ["T1", "T2"])
        assert keys[-2:] == ["themes.T1.n_cases[rollup=descendants]", "themes.T2.n_cases"]


class TestRendered:
    def test_no_findings_is_nothing(self, tmp_path):
        assert weighed(Workspace(tmp_path), study(), [], [], ()) is None

    def test_markup_in_the_text_is_shown_and_never_run(self, weigh):
        prose = weigh("# T\n\n<script>alert(1)</script> [x](javascript:alert(1))\n")
        page = rendered_page(Verification("demo", "Demo", False, (), prose), prose.text)
        assert "<script" not in page
        assert 'href="javascript' not in page
        assert "Content-Security-Policy" in page

    def test_simulated_text_says_so_and_claims_named_are_not_shown(self, weigh):
        prose = weigh("Thirteen<!-- claim: people --> people.\n")
        assert shown_text(prose, True) == (
            "> **Simulated data.** These numbers describe a demonstration, not a study.\n\nThirteen people.\n"
        )
