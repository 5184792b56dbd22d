"""Frequency labels, count by count, against the printed rule of Hill et al. 2005."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.labels import LEAST_BASE, RULES, label, label_table

# (other, rare, variant, typical, general) for bases as they occur; "" where no count has the label
CQR2005 = {
    6: ("1", "", "2-3", "4", "5-6"),
    7: ("1", "", "2-3", "4-5", "6-7"),
    10: ("1", "", "2-5", "6-8", "9-10"),
    19: ("1", "2-3", "4-9", "10-17", "18-19"),
}
FOUR_LABELS = {
    6: ("", "1", "2-3", "4", "5-6"),
    7: ("", "1", "2-3", "4-5", "6-7"),
    10: ("", "1", "2-5", "6-8", "9-10"),
    19: ("", "1", "2-9", "10-17", "18-19"),
}
ORDER = ("other", "rare", "variant", "typical", "general")


@pytest.mark.parametrize(
    ("rule", "base", "spans"),
    [("cqr2005", n, spans) for n, spans in CQR2005.items()]
    + [("four_labels", n, spans) for n, spans in FOUR_LABELS.items()],
)
def test_label_table_is_the_published_one(rule, base, spans):
    table = label_table(base, rule)

    assert dict(zip(table["label"], table["participants"], strict=True)) == {
        name: span for name, span in zip(ORDER, spans, strict=True) if span
    }
    assert set(table["of"]) == {base}


@pytest.mark.parametrize("rule", ["cqr2005", "four_labels"])
@pytest.mark.parametrize("base", range(LEAST_BASE))
def test_no_label_below_a_base_of_five(rule, base):
    assert [label(n, base, rule) for n in range(base + 1)] == [""] * (base + 1)
    assert label_table(base, rule).empty


def test_rare_needs_more_than_fifteen():
    assert label(2, 15, "cqr2005") == "variant"
    assert label(2, 16, "cqr2005") == "rare"


def test_rule_none_labels_nothing():
    assert label(6, 6, "none") == ""


@given(base=st.integers(LEAST_BASE, 200), rule=st.sampled_from(sorted(RULES)))
def test_labels_never_fall_as_counts_rise(base, rule):
    ranks = [ORDER.index(label(n, base, rule)) for n in range(1, base + 1)]
    assert ranks == sorted(ranks)
    assert label(0, base, rule) == ""


@given(base=st.integers(LEAST_BASE, 200), rule=st.sampled_from(sorted(RULES)))
def test_half_is_variant_and_more_than_half_is_not(base, rule):
    half = base // 2
    assert label(half, base, rule) in ("variant", "rare")
    assert label(half + 1, base, rule) in ("typical", "general")
