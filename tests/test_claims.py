"""Claims: printed numbers held against recomputed ones, at the precision that was printed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.claims import VERDICTS, Claim, judge, load_claims
from analysis.errors import ClaimsError
from analysis.keys import Result
from analysis.paths import Workspace

KEY = "agreement.mood.krippendorff_alpha"


def entry(value, key: str = KEY, **more) -> dict:
    return {"key": key, "value": value, "n": None, "note": ""} | more


def verdict(printed: str, value, **claim):
    more = {name: claim.pop(name) for name in ("n", "note") if name in claim}
    (found,) = judge([entry(value, **more)], [Claim(id="c", result=KEY, printed=printed, **claim)])
    return found


class TestPrecision:
    @pytest.mark.parametrize(
        ("printed", "value", "expected"),
        [
            ("0.81", 0.81, "reproduced"),
            ("0.81", 0.8149, "reproduced_at_printed_precision"),
            ("0.81", 0.805, "reproduced_at_printed_precision"),  # half up
            ("0.81", 0.815, "reproduced_at_printed_precision"),  # truncated only
            ("0.81", 0.82, "differs"),
            ("0.81", 0.8049, "differs"),
            ("0.810", 0.8149, "differs"),  # a third decimal was printed
            ("0.80", 0.805, "reproduced_at_printed_precision"),  # half even, or truncated
            ("0.82", 0.815, "reproduced_at_printed_precision"),
            (".81", 0.81, "reproduced"),
            ("-0.02", -0.021, "reproduced_at_printed_precision"),
            ("12", 12, "reproduced"),
            ("12", 13, "differs"),
            ("12.", 12, "reproduced"),
        ],
    )
    def test_tolerance_follows_from_the_printed_decimals(self, printed, value, expected):
        assert verdict(printed, value).verdict == expected

    @pytest.mark.parametrize(
        ("rounding", "printed", "value", "holds"),
        [
            ("half_up", "0.81", 0.805, True),
            ("half_even", "0.81", 0.805, False),
            ("truncate", "0.81", 0.805, False),
            ("half_even", "0.80", 0.805, True),
            ("truncate", "0.80", 0.805, True),
            ("half_up", "0.82", 0.815, True),
            ("half_even", "0.82", 0.815, True),
            ("truncate", "0.82", 0.815, False),
            ("half_up", "0.81", 0.815, False),
            ("truncate", "0.81", 0.815, True),
            ("half_up", "13", 12.5, True),
            ("half_even", "12", 12.5, True),
        ],
    )
    def test_one_rule_where_the_claim_names_it(self, rounding, printed, value, holds):
        found = verdict(printed, value, rounding=rounding)
        assert (found.verdict == "reproduced_at_printed_precision") == holds
        assert found.failed != holds

    def test_the_rule_that_makes_it_hold_is_named_unless_it_is_the_usual_one(self):
        assert verdict("0.81", 0.805).why == ""
        assert verdict("0.80", 0.805).why == "rounding: half_even"
        assert verdict("73.6%", 42 / 57).why == "rounding: truncate"

    def test_last_bits_of_a_float_decide_nothing(self):
        """0.1 + 0.2 is 0.30000000000000004."""
        assert verdict("0.3", 0.1 + 0.2).verdict == "reproduced"

    def test_recomputed_value_shows_a_decimal_more_than_is_printed(self):
        assert verdict("0.74", 0.74342).recomputed == ("0.743",)
        assert verdict("12", 12).recomputed == ("12",)

    def test_undefined_is_never_a_match(self):
        found = verdict("0.00", None, note="no variation")
        assert (found.verdict, found.recomputed, found.why) == ("differs", ("undefined",), "no variation")

    @given(st.integers(-10_000, 10_000), st.integers(0, 4))
    def test_a_number_printed_as_python_rounds_it_is_reproduced(self, units, places):
        value = units / 1234
        assert not verdict(f"{value:.{places}f}", value).failed

    @given(st.integers(-9_999, 9_999), st.integers(0, 3), st.sampled_from([-1, 1]))
    def test_two_units_in_the_last_place_always_differ(self, units, places, sign):
        printed = Decimal(units).scaleb(-places)
        moved = printed + sign * 2 * Decimal(1).scaleb(-places)
        assert verdict(f"{printed:f}", float(moved)).verdict == "differs"


class TestCountsAndPercentages:
    def test_count_with_its_base(self):
        assert verdict("4 of 6", 4, n=6).verdict == "reproduced"
        assert verdict("3 of 6", 4, n=6).verdict == "differs"

    def test_another_base_differs_and_says_so(self):
        found = verdict("4 of 6", 4, n=7)
        assert (found.verdict, found.why) == ("differs", "the base is 7, not 6")
        assert found.recomputed == ("4 of 7",)

    @pytest.mark.parametrize(
        ("printed", "value", "expected"),
        [
            ("64.4%", 3102 / 4817, "reproduced_at_printed_precision"),
            ("64.5%", 3102 / 4817, "differs"),
            ("50%", 0.5, "reproduced"),
            ("50 %", 0.5, "reproduced"),
            ("68%", 191 / 281, "reproduced_at_printed_precision"),
        ],
    )
    def test_percentages_are_of_a_share(self, printed, value, expected):
        assert verdict(printed, value).verdict == expected

    def test_percentage_with_its_base(self):
        assert verdict("27.4% of 212", 58 / 212, n=212).verdict == "reproduced_at_printed_precision"
        assert verdict("27.4% of 216", 58 / 212, n=212).verdict == "differs"

    @pytest.mark.parametrize(
        ("printed", "fits"),
        [("47.9%", 103 / 215), ("73.6%", 42 / 57), ("15.4%", 35 / 226), ("90.1%", 64 / 71)],
    )
    def test_truncated_percentages_of_a_published_table_hold(self, printed, fits):
        """JMIR 2020 e18033, Table 5: truncation fits all 18 percentages, rounding 10 of them."""
        assert not verdict(printed, fits).failed


class TestComparators:
    @pytest.mark.parametrize(
        ("comparator", "printed", "value", "holds"),
        [
            ("at_least", "2", 2, True),
            ("at_least", "2", 1, False),
            ("at_most", "2", 2, True),
            ("at_most", "2", 3, False),
            ("between", "0.6..0.8", 0.6, True),
            ("between", "0.6..0.8", 0.81, False),
            ("between", "20%..30%", 0.25, True),
        ],
    )
    def test_comparator(self, comparator, printed, value, holds):
        found = verdict(printed, value, comparator=comparator)
        assert found.verdict == ("reproduced" if holds else "differs")


class TestDecisions:
    def test_a_flip_is_reported_apart_from_a_changed_value(self):
        """0.7996 prints as 0.80 and lies below a cut-off of 0.8."""
        found = verdict("0.80", 0.7996, decision={"at_least": 0.8})
        assert (found.verdict, found.why) == ("decision_flips", "0.7996 is below 0.8")
        assert found.failed

    def test_no_flip_on_the_same_side(self):
        assert (
            verdict("0.80", 0.8004, decision={"at_least": 0.8}).verdict == "reproduced_at_printed_precision"
        )

    def test_at_most(self):
        assert verdict("0.05", 0.0503, decision={"at_most": 0.05}).verdict == "decision_flips"

    def test_a_changed_value_that_flips_too_says_both(self):
        found = verdict("0.80", 0.61, decision={"at_least": 0.667})
        assert found.verdict == "differs"
        assert "0.61 is below 0.667" in found.why


KNOWN = {"recomputed": "0.62", "because": "two ids were merged", "since": "2026-01-02"}


class TestKnownDifferences:
    def test_a_difference_that_is_explained_and_the_same_does_not_fail(self):
        found = verdict("0.70", 0.6183, known_difference=KNOWN)
        assert (found.verdict, found.known, found.failed) == ("differs", True, False)
        assert found.why == "known: two ids were merged, since 2026-01-02"

    def test_another_difference_than_the_known_one_fails(self):
        found = verdict("0.70", 0.6483, known_difference=KNOWN)
        assert found.failed
        assert "no longer the known 0.62" in found.why

    def test_a_known_difference_hides_no_flip(self):
        found = verdict("0.70", 0.6183, known_difference=KNOWN, decision={"at_least": 0.667})
        assert (found.verdict, found.known) == ("decision_flips", True)
        assert found.why.startswith("known: two ids were merged")
        assert found.why.endswith("0.6183 is below 0.667")

    @pytest.mark.parametrize(("high", "failed"), [(0.81, False), (0.9, True)])
    def test_beside_an_interval_it_explains_the_point_alone(self, high, failed):
        claim = Claim(id="c", result=KEY, printed="0.70", interval="0.5 to 0.8", known_difference=KNOWN)
        (found,) = judge([entry(0.6183, low=0.5, high=high)], [claim])
        assert found.failed == failed
        assert failed == ("interval is not the printed one" in found.why)


class TestSeveralResults:
    CLAIM = Claim(id="c", results={"cases.group.a": "6", "cases.group.b": "7"})

    def results(self, a, b):
        return [entry(a, "cases.group.a"), entry(b, "cases.group.b")]

    def test_all_must_hold(self):
        assert judge(self.results(6, 7), [self.CLAIM])[0].verdict == "reproduced"
        assert judge(self.results(6, 8), [self.CLAIM])[0].verdict == "differs"

    def test_the_weakest_part_decides(self):
        assert judge(self.results(6, 7.2), [self.CLAIM])[0].verdict == "reproduced_at_printed_precision"

    def test_every_recomputed_value_is_told(self):
        assert judge(self.results(6, 8), [self.CLAIM])[0].recomputed == ("6", "8")


class TestMissingAndNotCheckable:
    def test_missing_names_the_nearest_key(self):
        claim = Claim(id="c", result="agreement.mood.kripendorff_alpha", printed="0.74")
        (found,) = judge([entry(0.74)], [claim])
        assert found.verdict == "missing"
        assert found.why.endswith(f'Did you mean "{KEY}"?')
        assert found.failed

    def test_not_checkable_gives_its_reason_and_is_no_failure(self):
        (found,) = judge([], [Claim(id="c", status="not_checkable", because="no data record")])
        assert (found.verdict, found.why, found.failed) == ("not_checkable", "no data record", False)

    def test_simulated_is_never_reproduced(self):
        claims = [
            Claim(id="exact", result=KEY, printed="0.74"),
            Claim(id="rounded", result=KEY, printed="0.7"),
            Claim(id="wrong", result=KEY, printed="0.75"),
            Claim(id="absent", result="nothing", printed="1"),
            Claim(id="open", status="not_checkable", because="no data record"),
        ]
        found = [each.verdict for each in judge([entry(0.74)], claims, simulated=True)]
        assert found == [
            "holds_by_construction",
            "holds_by_construction",
            "differs",
            "missing",
            "not_checkable",
        ]

    def test_every_verdict_has_words(self):
        for name in ("reproduced", "differs", "missing", "decision_flips", "holds_by_construction"):
            assert VERDICTS[name]


class TestFile:
    @pytest.fixture
    def write(self, tmp_path):
        workspace = Workspace(tmp_path)
        workspace.raw("demo").mkdir(parents=True)

        def write(text: str):
            (workspace.raw("demo") / "claims.yml").write_text(text, encoding="utf-8")
            return load_claims(workspace, "demo")

        return write

    def test_no_file_is_no_claims(self, tmp_path):
        assert load_claims(Workspace(tmp_path), "demo") == []

    def test_claims_come_in_their_order(self, write):
        claims = write('- {id: b, result: k, printed: "1"}\n- {id: a, results: {x: "2", y: "3 of 4"}}\n')
        assert [claim.id for claim in claims] == ["b", "a"]
        assert claims[1].expected == {"x": "2", "y": "3 of 4"}

    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [
            ('- id: a\n  result: k\n  printed: 0.80\n', 3, "write it in quotes as it is printed"),
            ('- id: a\n  result: k\n', 1, "needs `printed`"),
            ('- id: a\n  printed: "1"\n', 1, "needs `result` with `printed`, or `results`"),
            ('- id: a\n  result: k\n  printed: "about 3"\n', 1, 'prints "about 3"'),
            ('- id: a\n  result: k\n  printed: "3"\n  comparator: between\n', 1, "between needs two numbers"),
            ('- id: a\n  table: t\n  column: n\n  printed: "1"\n  decision: {at_least: 1}\n', 1,
             "gives `decision`, which only a claim about a result can have"),
            ('- id: a\n  table: t\n  column: n\n  printed: "1"\n  interval: "0 to 2"\n', 1,
             "gives `interval`, which only a claim about a result can have"),
            ('- id: a\n  result: k\n  printed: "1"\n  where: {group: x}\n', 1,
             "gives `where`, which only a claim about a table can have"),
            ('- id: a\n  results: {k: "1"}\n  column: n\n', 1,
             "gives `column`, which only a claim about a table can have"),
            ('- id: a\n  results: {k: "1", l: "2"}\n  known_difference: {recomputed: "2", because: x}\n', 1,
             "explains one `known_difference` of several numbers"),
            ('- id: a\n  status: not_checkable\n', 1, "needs `because`"),
            ('- id: a\n  result: k\n  printed: "1"\n  sorce: table\n', 4, 'Did you mean "source"?'),
            ('- id: a\n  result: k\n  printed: "1"\n  source: tabel\n', 4, 'Did you mean "table"?'),
            ('- result: k\n  printed: "1"\n', 1, "is missing. Write a short name"),
            ('- id: a\n  result: k\n  printed: "1"\n- id: a\n  result: k\n  printed: "2"\n', 4,
             'the id "a" stands on line 1 too'),
            ('- id: a\n  result: k\n  result: l\n  printed: "1"\n', 3, "stands here and on line 2"),
            ('- id: a\n  result: k\n  printed: "1"\n- just words\n', 4, "holds no `key: value` lines"),
        ],
    )  # fmt: skip
    def test_errors_name_the_line(self, write, text, line, said):
        with pytest.raises(ClaimsError) as raised:
            write(text)
        (problem,) = raised.value.problems
        assert (problem.file, problem.line) == ("claims.yml", line)
        assert said in problem.what

    def test_all_errors_come_at_once(self, write):
        with pytest.raises(ClaimsError) as raised:
            write('- {id: a, result: k, printed: 1}\n- {id: a, result: k, printed: "x"}\n- {id: c}\n')
        assert [problem.line for problem in raised.value.problems] == [1, 2, 3, 2]

    def test_a_mapping_is_no_list_of_claims(self, write):
        with pytest.raises(ClaimsError, match="must be a list"):
            write("id: a\n")


@pytest.mark.parametrize("interval", ["0.61 to 0.83", "[0.61, 0.83]", "(0.61, 0.83)"])
def test_an_interval_is_said_in_one_pair_of_brackets(interval):
    said = Claim(id="c", result=KEY, printed="0.743", interval=interval).said
    assert said == f"0.743 ({interval.strip('()[]')})"


def test_results_as_the_library_gives_them_can_be_judged():
    result = Result(KEY, 0.7434, "coefficient", n=40)
    (found,) = judge([vars(result)], [Claim(id="c", result=KEY, printed="0.743")])
    assert found.verdict == "reproduced_at_printed_precision"
