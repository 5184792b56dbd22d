"""Published tables recomputed from their own numbers, and what is refused because it can be read two ways."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from analysis.agreement import coefficient
from analysis.arithmetic import Interval, interval_problems, partition_problem, sum_of
from analysis.comparison import compare
from analysis.errors import DataError
from analysis.printed import holding_rule, read_printed

# Families in the pandemic, J Autism Dev Disord 2020, 10.1007/s10803-020-04577-2, Table 2:
# kappa, how often applied, interval
KAPPAS = {
    "Anxiety(P)": (".95", 27, (".94", ".96")),
    "Distress(P)": ("1.0", 6, (".99", "1.01")),
    "Uncertainty(P)": (".48", 4, (".47", ".49")),
    "Finance(P)": ("-.01", 1, ("-.02", "0")),
    "Frustration(C)": (".79", 5, (".65", ".66")),
    "Sleep(C)": ("-.04", 3, ("-.05", "-.03")),
    "Communication(C)": ("-.02", 2, ("-.03", "-.01")),
    "Community(C)": (".36", 5, (".35", ".37")),
}
# iCBT implementer survey, JMIR 2020 e18033, Table 5: count/base printed %, twice, then item nonresponse
SURVEY = [
    ((103, 215, "47.9"), (53, 77, "68.8"), 89), ((157, 196, "80.1"), (42, 57, "73.6"), 128),
    ((57, 105, "54.2"), (34, 54, "62.9"), 222), ((56, 85, "65.8"), (35, 44, "79.5"), 252),
    ((58, 91, "63.7"), (31, 44, "70.4"), 246), ((123, 152, "80.9"), (64, 71, "90.1"), 158),
    ((59, 89, "66.2"), (41, 47, "87.2"), 245), ((35, 226, "15.4"), (36, 72, "50.0"), 83),
    ((87, 164, "53.0"), (58, 66, "87.8"), 151),
]  # fmt: skip
SHARES = [part for row in SURVEY for part in row[:2]]
# Hadjistavropoulos et al. 2017, 10.1186/s12888-017-1496-7, Table 4, first domain
POSITIVE, NEGATIVE = (10, 18, 2, 2, 0, 16, 1), (2, 2, 11, 0, 6, 4, 1)
# Implement Sci 2017, 10.1186/s13012-017-0570-3, Table 2
ROUNDS = {"n": (20, 24, 26, 40, 30, 33, 30), "kappa": (0.66, 0.90, 0.79, 0.74, 0.85, 0.83, 0.90)}


def _problems(name: str, n_units: int | None = 44) -> list[str]:
    kappa, _, (low, high) = KAPPAS[name]
    return interval_problems(Interval(float(kappa), float(low), float(high), n_units))


class TestKappaTable:
    @pytest.mark.parametrize("name", KAPPAS)
    def test_kappas_follow_from_two_coders_and_43_or_44_units(self, name):
        """Applied `often` times in all by two coders: both in some units, one alone in the others."""
        printed, often, _ = KAPPAS[name]
        found = [_kappa(both, often - 2 * both, N) for N in (43, 44) for both in range(often // 2 + 1)]

        assert any(holding_rule(Decimal(f"{k:.12g}"), read_printed(printed), ["half_up"]) for k in found)

    def test_an_interval_beyond_one_is_reported(self):
        assert any("goes beyond 1" in each for each in _problems("Distress(P)"))
        assert not any("beyond 1" in each for each in _problems("Anxiety(P)"))

    def test_an_estimate_outside_its_own_interval_is_reported(self):
        assert any("outside its own interval" in each for each in _problems("Frustration(C)"))
        assert not any("outside" in each for each in _problems("Uncertainty(P)"))

    @pytest.mark.parametrize("name", [name for name in KAPPAS if name != "Distress(P)"])
    def test_intervals_too_narrow_for_so_few_units_are_reported(self, name):
        assert any("standard error of 0.15" in each for each in _problems(name))
        assert not any("standard error" in each for each in _problems(name, n_units=None))

    def test_an_honest_interval_has_no_problem(self):
        assert interval_problems(Interval(0.66, 0.35, 0.91, n_units=44)) == []


def _kappa(both: int, alone: int, N: int) -> float:
    values = np.zeros((2, N))
    values[:, :both] = 1
    values[0, both : both + alone] = 1
    return coefficient(values, "fleiss_kappa").estimate


class TestRounds:
    def test_sum_and_share(self):
        n = ROUNDS["n"]
        verdict, text, _ = compare("9.85%", {"value": n[0] / sum(n), "n": sum(n), "unit": "share"})

        assert sum(n) == 203
        assert (verdict, text) == ("reproduced_at_printed_precision", "9.852")

    def test_agreement_need_not_rise_by_round(self):
        assert (np.diff(ROUNDS["kappa"]) < 0).any()


class TestSums:
    def test_the_first_domain_adds_up(self):
        cells = [{str(place): str(n) for place, n in enumerate(side)} for side in (POSITIVE, NEGATIVE)]

        assert [sum_of(side) for side in cells] == [49, 26]
        assert partition_problem(75, [49, 26]) == ""

    def test_a_blank_is_refused_unless_a_rule_says_what_it_means(self):
        cells = {"positive": "10", "negative": " "}

        with pytest.raises(DataError, match="zero or not stated") as raised:
            sum_of(cells)
        assert raised.value.problems[0].column == "negative"
        assert sum_of(cells, blank="zero") == sum_of(cells, blank="not_stated") == 10

    def test_words_are_no_counts(self):
        with pytest.raises(DataError, match="no whole number"):
            sum_of({"positive": "most"})

    @pytest.mark.parametrize(("recomputed", "printed"), [(4.513, "4.52"), (4.367, "4.36")])
    def test_means_of_rounded_means_need_one_unit_in_the_last_place(self, recomputed, printed):
        """Same paper, Table 5: groups of 22 and 11."""
        entry = {"value": recomputed, "n": 33, "unit": "score"}

        assert compare(printed, entry, rounding="half_up")[0] == "differs"
        assert compare(printed, entry, rounding="last_place")[0] == "reproduced_at_printed_precision"
        assert compare(f"{recomputed:.1f}9", entry, rounding="last_place")[0] == "differs"


class TestShares:
    def test_bases_and_nonresponse_add_to_381_in_every_row(self):
        for first, second, missing in SURVEY:
            assert partition_problem(381, [first[1], second[1]], remainder=missing) == ""

    def test_percentages_were_truncated(self):
        """Truncation fits 18 of 18, rounding 10 of 18."""
        fits = {rule: sum(_fits(*share, rule) for share in SHARES) for rule in ("truncate", "half_up")}
        assert fits == {"truncate": 18, "half_up": 10}

    def test_a_truncated_percentage_says_so(self):
        verdict, _, why = compare("73.6%", {"value": 42 / 57, "n": 57, "unit": "share"})
        assert verdict == "reproduced_at_printed_precision"
        assert "truncate" in why

    def test_a_declared_rounding_is_held_to(self):
        entry = {"value": 42 / 57, "n": 57, "unit": "share"}

        assert compare("73.6%", entry, rounding="half_up")[0] == "differs"
        assert compare("73.6%", entry, rounding="truncate")[0] == "reproduced_at_printed_precision"

    def test_191_of_281_is_68_percent(self):
        """PMC6096253."""
        assert _fits(191, 281, "68", "half_up")


def _fits(count: int, base: int, printed: str, rule: str) -> bool:
    entry = {"value": count / base, "n": base, "unit": "share"}
    return compare(f"{printed}%", entry, rounding=rule)[0] != "differs"


class TestPartitions:
    """ItFits trial, 10.1186/s13012-024-01380-w, Table 2; articles: JMIR 22(7):e17362."""

    @pytest.mark.parametrize(
        ("total", "parts"),
        [
            (31, (25, 3, 3)), (31, (30, 1)), (31, (9, 9, 10, 2, 1)), (31, (15, 1, 2, 0, 3, 0, 3, 7)),
            (29, (14, 11, 4)),
        ],
    )  # fmt: skip
    def test_parts_make_up_the_total(self, total, parts):
        assert partition_problem(total, parts) == ""

    def test_a_remainder_must_be_said_and_is_never_worked_out(self):
        """Strategies sum to 29; a note says that 2 did not get that far."""
        assert "say how many are in none" in partition_problem(31, [29])
        assert partition_problem(31, [29], remainder=2) == ""
        assert partition_problem(31, [29], remainder=1) != ""

    def test_parts_that_exceed_the_total_are_reported(self):
        assert partition_problem(31, [30, 2]) == "the parts add to 32 of 31"


class TestRoundingTraps:
    @pytest.mark.parametrize(
        ("rule", "printed"), [("half_up", "13"), ("half_even", "12"), ("truncate", "12")]
    )
    def test_a_half_goes_where_the_rule_says(self, rule, printed):
        assert holding_rule(Decimal("12.5"), read_printed(printed), [rule]) == rule

    def test_a_value_can_round_to_the_printed_number_and_still_miss_a_cutoff(self):
        assert compare(".80", {"value": 0.7996, "n": 44, "unit": "coefficient"})[0] != "differs"
        assert 0.7996 < 0.80
