"""Hidden counts attacked with everything that is printed beside them: none may follow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analysis import simulate
from analysis.agreement.shown import public_by_code
from analysis.agreement.summary import by_code
from analysis.counting import counted_codes
from analysis.disclosure import POLICIES, public_themes
from analysis.suppression import complement_row
from analysis.themes import theme_table
from analysis.treesuppression import complement_tree

HIDING = sorted(name for name, policy in POLICIES.items() if policy.hides_to)


def test_a_pair_that_adds_up_to_the_least_possible_is_not_enough():
    """1 + 1 = 2: who knows that zeros are shown knows both."""
    counts = np.array([1, 1, 9, 11])

    assert complement_row(counts, counts < 5, np.ones(4, int), np.full(4, 30)).sum() == 3


def test_a_pair_that_fills_both_groups_is_not_enough():
    """6 of 6 and 6 of 6 add up to 12: who knows the sizes of groups knows both."""
    counts, hidden = np.array([6, 6, 7, 19]), np.array([True, True, False, False])

    assert complement_row(counts, hidden, np.ones(4, int), np.array([6, 6, 7, 19])).sum() > 2


def _random_tree(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return counts, the line above each and sizes of a random codebook, as coded and with subcodes.

    People and codes are drawn, not counts, so that whatever holds of a real study holds here.
    """
    V, groups = int(rng.integers(2, 7)), rng.integers(4, 26, size=rng.integers(1, 4))
    parent = np.array([rng.integers(-1, code) if code else -1 for code in range(V)])
    who = rng.random((V, groups.sum())) < rng.uniform(0.05, 0.9, size=(V, 1))
    whole = who.copy()
    for code in range(V - 1, 0, -1):
        if parent[code] >= 0:
            whole[parent[code]] |= whole[code]
    of_group = np.repeat(np.eye(len(groups), dtype=int), groups, axis=0)
    counts = np.vstack([who, whole]) @ of_group
    above = np.concatenate([np.arange(V) + V, np.where(parent >= 0, parent + V, -1)])
    if len(groups) == 1:
        return counts, above, np.full((2 * V, 1), groups[0])
    size = np.tile(np.append(groups, groups.sum()), (2 * V, 1))
    return np.column_stack([counts, counts.sum(axis=1)]), above, size


def _tree_recovered(
    counts: np.ndarray, hidden: np.ndarray, above: np.ndarray, size: np.ndarray, least: int
) -> int:
    """Return how many hidden counts the printed ones determine, by all that a reader knows of a codebook."""
    R, C = counts.shape
    at = np.arange(R * C).reshape(R, C)
    equal, below = [], []
    for row in range(R):
        if C > 1:
            equation = np.zeros(R * C)
            equation[at[row, :-1]], equation[at[row, -1]] = 1, -1
            equal.append(equation)
        children = np.flatnonzero(above == row)
        for column in range(C if len(children) else 0):
            union = np.zeros(R * C)
            union[at[row, column]], union[at[children, column]] = 1, -1
            below.append(union)
            for child in children:
                less = np.zeros(R * C)
                less[at[child, column]], less[at[row, column]] = 1, -1
                below.append(less)
    limits = [
        (min(least, n), top) if h else (n, n)
        for n, h, top in zip(counts.ravel(), hidden.ravel(), size.ravel(), strict=True)
    ]
    known = {"A_ub": below or None, "b_ub": np.zeros(len(below)) if below else None}
    known |= {"A_eq": equal or None, "b_eq": np.zeros(len(equal)) if equal else None}
    recovered = 0
    for place in np.flatnonzero(hidden.ravel()):
        cost = np.eye(R * C)[place]
        low, high = (linprog(sign * cost, bounds=limits, method="highs", **known) for sign in (1, -1))
        assert low.status == high.status == 0
        recovered += -high.fun - low.fun < 0.5
    return recovered


def _attack_trees(tables: int) -> tuple[int, int, int]:
    """Return hidden counts, those of them hidden to protect others, and how many were recovered."""
    rng = np.random.default_rng(20231004)
    found = np.zeros(3, dtype=int)
    for _ in range(tables):
        counts, above, size = _random_tree(rng)
        policy = POLICIES[HIDING[rng.integers(len(HIDING))]]
        least = 0 if policy.hides_zero else 1
        small = policy.small(counts)
        hidden = complement_tree(counts, small, above, size, least)
        assert (hidden | ~small).all()
        found += hidden.sum(), (hidden & ~small).sum(), _tree_recovered(counts, hidden, above, size, least)
    return tuple(found.tolist())


def test_no_count_of_random_codebooks_is_recovered_from_totals_or_themes():
    hidden, protecting, recovered = _attack_trees(25)

    assert recovered == 0
    assert 0 < protecting < hidden


@pytest.mark.soak
def test_no_count_of_a_thousand_random_codebooks_is_recovered():
    assert _attack_trees(1000)[2] == 0


def test_the_attack_finds_a_count_that_only_its_theme_gives_away():
    """A lone subcode of a theme that nobody gave itself has the theme's participants."""
    counts = np.array([[0], [3], [3], [3]])
    above = np.array([2, 3, -1, 2])
    hidden = np.array([[False], [True], [False], [True]])

    assert _tree_recovered(counts, hidden, above, np.full((4, 1), 9), 1) == 2


@pytest.mark.parametrize("policy", HIDING)
@pytest.mark.parametrize("name", simulate.STUDIES)
def test_no_count_of_a_published_theme_table_follows_from_the_others(name, policy, bundled):
    corpus, study = bundled(name)
    study = study.model_copy(update={"disclosure": study.disclosure.model_copy(update={"policy": policy})})
    true = theme_table(corpus, study, counted_codes(corpus, study))
    public = public_themes(true, corpus, study)
    rule = POLICIES[policy]

    assert public.loc[rule.small(true["n_cases"].to_numpy()), "hidden"].all()
    for rows in public.groupby(["code_id", "rollup"]).indices.values():
        rows = rows[np.argsort(public["group"].to_numpy()[rows] == "all", kind="stable")]
        counts, sizes = (true[column].to_numpy(int)[rows] for column in ("n_cases", "n_group"))
        hidden = public["hidden"].to_numpy(bool)[rows]
        if not hidden.any() or len(rows) < 2 or hidden.all():
            continue
        sign = np.append(np.ones(len(rows) - 1), -1)
        right = [-(sign * counts)[~hidden].sum()]
        least = 0 if rule.hides_zero or (counts[hidden] == 0).any() else 1
        limits = [(least, size) for size in sizes[hidden]]
        for place in range(int(hidden.sum())):
            cost = np.eye(int(hidden.sum()))[place]
            low, high = (
                linprog(s * cost, A_eq=[sign[hidden]], b_eq=right, bounds=limits).fun for s in (1, -1)
            )
            assert -high - low > 0.5


def test_hidden_lines_lose_every_figure_that_would_give_them_away(bundled):
    corpus, study = bundled("duffy2023_simulated")
    hes = study.disclosure.model_copy(update={"policy": "hes_before_2018"})
    study = study.model_copy(update={"disclosure": hes})
    public = public_themes(theme_table(corpus, study), corpus, study)

    assert public.loc[public["hidden"], ["n_cases", "share", "n_segments"]].isna().all().all()
    assert (public["label"] == "").all()


def test_codes_applied_rarely_have_no_line_of_agreement(bundled, bundled_agreement):
    """A coefficient and the number of units give away how often a code was applied."""
    corpus, study = bundled("simon2021_simulated")
    acro = study.model_copy(update={"disclosure": study.disclosure.model_copy(update={"policy": "acro"})})
    true = by_code(bundled_agreement("simon2021_simulated"), corpus.codes, study).set_index("code_id")
    public = public_by_code(bundled_agreement("simon2021_simulated"), corpus, acro).set_index("code_id")
    rare = true["n_positive"] < 10

    assert rare.any()
    assert not rare.all()
    assert public.loc[rare, ["estimate", "low", "high", "n_positive"]].isna().all().all()
    assert (public.loc[~rare, "n_positive"] % 5 == 0).all()
    pd.testing.assert_series_equal(public.loc[~rare, "estimate"], true.loc[~rare, "estimate"])


def test_as_published_changes_nothing(bundled):
    corpus, study = bundled("duffy2023_simulated")
    table = theme_table(corpus, study)

    pd.testing.assert_frame_equal(public_themes(table, corpus, study)[list(table)], table)


@pytest.mark.parametrize(
    ("policy", "shown"),
    [
        ("nhs_mental_health", [None, None, None, 5, 5, 10]),
        ("hes_before_2018", [0, None, None, None, 6, 12]),
        ("nhs_subnational", [0, None, None, None, None, 10]),
        ("opensafely", [0, None, None, None, None, 10]),
        ("opensafely_midpoint6", [0, 3, 3, 3, 3, 9]),
        ("ukllc", [None, None, None, None, None, 12]),
        ("acro", [None, None, None, None, None, 10]),
    ],
)
def test_policies_hide_and_round_as_their_sources_say(policy, shown):
    """methods.md section 10, for counts of 0, 1, 4, 5, 6 and 12."""
    counts = np.array([0, 1, 4, 5, 6, 12])
    rule = POLICIES[policy]
    found = [None if h else int(n) for n, h in zip(rule.rounded(counts), rule.small(counts), strict=True)]

    assert found == shown
