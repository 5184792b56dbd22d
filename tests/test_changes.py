"""States are compared: by code, by claim, by segments coded differently."""

from __future__ import annotations

from dataclasses import replace

from analysis.changes import Difference, difference, lines
from analysis.state import State

THEN = State(
    study="demo",
    results={
        "themes.waiting.n_cases": {"value": 4, "n": 6},
        'themes."Q5: trust".patient.n_segments[rollup=descendants]': {"value": 9},
        "values.mood.low.n": {"value": 2},
        "differences.codes.waiting.differ": {"value": 5, "n": 30},
        "differences.mood.unanimous": {"value": 25, "n": 30},
        "agreement.mood.percent": {"value": 0.833333, "n": 30},
        "claims.reproduced": {"value": 3},
    },
    claims={"often": {"printed": {"themes.waiting.n_cases": "4 of 6"}, "digest": "x"}},
    figures={"figures/themes.csv": "1", "figures/themes.svg": "2"},
    versions={"numpy": "2.4.0"},
)


def after(**changes) -> Difference:
    results = {
        key: {**THEN.results[key], "value": value} for key, value in changes.pop("results", {}).items()
    }
    return difference(THEN, replace(THEN, results={**THEN.results, **results}, **changes))


def test_nothing_changed():
    found = after()
    assert found.empty
    assert lines(found) == ["demo: nothing changed between baseline and now."]


def test_counts_by_code_and_value():
    key = 'themes."Q5: trust".patient.n_segments[rollup=descendants]'
    found = after(results={"themes.waiting.n_cases": 3, key: 8, "values.mood.low.n": 1})
    told = lines(found)
    assert "  waiting: participants 4 -> 3" in told
    assert '  "Q5: trust": patient.segments[rollup=descendants] 9 -> 8' in told
    assert "  mood.low: segments 2 -> 1" in told
    assert found.others == []


def test_a_claim_whose_number_moved():
    (change,) = after(results={"themes.waiting.n_cases": 3}).claims
    assert (change.name, change.what, change.then, change.now) == ("often", "themes.waiting.n_cases", 4, 3)


def test_a_claim_that_says_something_else_is_new_or_gone():
    other = {"often": {"printed": {"themes.waiting.n_cases": "5 of 6"}, "digest": "y"}}
    assert "  often: says something else; it printed 4 of 6 -> 5 of 6" in lines(after(claims=other))
    assert "  often: is gone" in lines(after(claims={}))
    new = {**THEN.claims, "new": {"printed": {}, "digest": "z"}}
    assert "  new: is new" in lines(after(claims=new))


def test_segments_coded_differently_are_counted_by_code():
    told = lines(after(results={"differences.codes.waiting.differ": 7, "differences.mood.unanimous": 24}))
    assert "  codes.waiting: segments coded differently 5 -> 7" in told
    assert "  mood: segments coded alike 25 -> 24" in told


def test_other_results_and_what_is_upstream():
    found = after(results={"agreement.mood.percent": 0.8}, versions={"numpy": "2.5.0"})
    told = lines(found)
    assert told[:3] == [
        "demo: baseline -> now",
        "Upstream (1):",
        "  the package numpy is another version: 2.4.0 -> 2.5.0",
    ]
    assert "  agreement.mood.percent 0.833333 -> 0.8" in told


def test_tallies_of_verdicts_are_no_results_of_the_study():
    assert after(results={"claims.reproduced": 2}).empty


def test_a_figure_whose_data_changed_is_told_from_one_drawn_otherwise():
    assert "  figures/themes: only styling changed" in lines(
        after(figures={**THEN.figures, "figures/themes.svg": "9"})
    )
    assert "  figures/themes: data changed" in lines(
        after(figures={**THEN.figures, "figures/themes.csv": "9"})
    )


def test_tables_findings_and_the_lock_are_told_when_nothing_else_changed():
    then = replace(THEN, tables={"themes.csv": "1", "old.csv": "2"}, findings="absent", lock="3")

    found = difference(then, replace(then, tables={"themes.csv": "9"}, findings="4", lock="5"))

    assert not found.empty
    assert lines(found)[1:] == [
        "Tables and files (4):",
        "  findings.md: is new",
        "  old.csv: is gone",
        "  requirements.lock: changed",
        "  themes.csv: changed",
    ]


def test_a_withdrawal_shows_as_such_and_without_an_id():
    told = lines(after(withdrawn=1, source={"cases.csv": {"sha256": "2"}}))
    assert "  1 participant withdrew since the baseline (source/cases.csv)" in told
    assert not any("P1" in line for line in told)


def test_undefined_is_told_from_a_number():
    gone = {key: kept for key, kept in THEN.results.items() if key != "agreement.mood.percent"}
    found = difference(THEN, replace(THEN, results={**gone, "agreement.mood.percent": {"n": 30}}))
    assert "  agreement.mood.percent 0.833333 -> undefined" in lines(found)


def test_sealed_counts_of_another_machine_are_not_compared():
    then = replace(THEN, seal="a", results={"cases.n": "#1", "documents.n": "#2"})
    found = difference(then, replace(then, seal="b", results={"cases.n": "#3", "documents.n": "#4"}))
    assert found.uncomparable == 2
    assert "cannot be compared here" in lines(found)[-1]
    assert found.others == []


def test_long_lists_are_cut_short_and_say_so():
    results = {f"agreement.v{n}.percent": {"value": n} for n in range(30)}
    told = lines(difference(State("demo"), State("demo", results=results)))
    assert told[-1] == "  ... and 10 more"
