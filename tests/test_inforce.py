"""Settings told apart by what they say."""

from __future__ import annotations

import pytest

from analysis.inforce import DECLARED, EVERYTHING, GIVEN, InForce, folded, is_setting, label
from analysis.study import Study

PLAIN = {
    "study": "demo",
    "title": "Demo",
    "method": "codebook",
    "inputs": [{"file": "codings.csv"}],
    "disclosure": {"policy": "text_free"},
}


def study(**more: object) -> Study:
    return Study.model_validate({**PLAIN, **more})


def differ(one: InForce, other: InForce, *told: str) -> list[str]:
    before, now = one.hashes(told), other.hashes(told)
    return [each for each in told if before[each] != now[each]]


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        ({"seed": 2}, ["setting seed"]),
        ({"agreement": {"unit": "case"}}, ["setting agreement", "setting agreement.unit"]),
        ({"agreement": {"interval": {"draws": 500}}}, ["setting agreement"]),
        ({"inputs": [{"file": "codings.csv", "round": 2}]}, ["setting inputs"]),
        ({"double_coding": {"drawn": "all"}}, ["setting double_coding"]),
    ],
)
def test_a_setting_differs_where_it_or_a_part_of_it_does(change, changed) -> None:
    told = [f"setting {each}" for each in ("seed", "agreement", "agreement.unit", "inputs", "double_coding")]
    assert differ(InForce(study()), InForce(study(**change)), *told, *EVERYTHING) == [
        *changed,
        *sorted(EVERYTHING, reverse=True),
    ]


def test_a_default_written_down_is_the_same_setting() -> None:
    written = InForce(study(agreement={"unit": "segment"}, seed=1))
    assert differ(InForce(study()), written, "setting agreement", "setting seed", *EVERYTHING) == []


def test_what_a_run_overrides_is_still_declared_as_it_was() -> None:
    run, plain = InForce(study(seed=2), study()), InForce(study())
    told = label(GIVEN, "seed"), label(DECLARED, "seed")
    assert differ(plain, run, *told) == ["setting seed"]


def test_a_setting_that_is_gone_is_neither_an_error_nor_what_it_was() -> None:
    known = InForce(study())
    gone, there = known.hashes(["setting agreement.gone.further", "setting agreement.unit"]).values()
    assert gone != there


def test_what_is_published_of_inputs_holds_no_hash_of_a_single_setting() -> None:
    known = InForce(study(exclude={"case": ["P07"]}))
    inputs = {"requirements.lock": "a", **known.hashes(["setting exclude.case", "setting seed"])}
    told = folded(inputs)
    assert list(told) == ["requirements.lock", "settings"]
    assert told["settings"] not in inputs.values()
    assert told != folded({**inputs, "setting seed": "another"})


def test_settings_are_told_from_files_and_parameters() -> None:
    assert all(map(is_setting, [*EVERYTHING, "setting seed", "declared setting agreement.unit"]))
    assert not any(map(is_setting, ["parameter overrides", "data/raw/demo/names.txt", "settings.py"]))
