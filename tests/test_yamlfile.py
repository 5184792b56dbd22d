"""YAML that people write: every value's line, and every way a file can be no YAML."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from analysis.errors import ConcordError, StudyError
from analysis.study import Study
from analysis.yamlfile import load, validate


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = Field(1, ge=0)
    colour: Literal["red", "green"] = "red"


class Whole(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Write a name.")
    part: Part = Part()
    parts: list[Part] = []
    named: dict[str, Part] = {}


@pytest.fixture
def read(tmp_path):
    def read(text: str | bytes):
        path = tmp_path / "a.yml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load(path, StudyError)

    return read


def test_lines_of_keys_and_items(read):
    data, lines = read("a: 1\nb:\n  - x\n  - c: 2\n")

    assert data == {"a": 1, "b": ["x", {"c": 2}]}
    assert lines == {("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 1): 4, ("b", 1, "c"): 4}


def test_what_one_reader_changes_no_other_sees(read):
    text = "a: {b: [1]}\n"
    read(text)[0]["a"]["b"].append(2)
    assert read(text)[0] == {"a": {"b": [1]}}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: [1, 2\n", 2, "is no YAML here"),
        ("a: 1\n\tb: 2\n", 2, "is no YAML here"),
        ("a: 1\nb: 2\na: 3\n", 3, "stands here and on line 1"),
        ("a:\n  b: 1\n  b: 2\n", 3, "stands here and on line 2"),
        ("a: \x07\n", None, "is no YAML"),
        (b"a: \xff\n", None, "is not UTF-8"),
        ("a: 2021-13-45\n", None, "date or number that cannot be"),
        ("a: " + "[" * 1000 + "]" * 1000, None, "nested too deeply"),
    ],
)
def test_what_is_no_yaml(read, text, line, said):
    with pytest.raises(StudyError, match=said) as raised:
        read(text)
    assert raised.value.problems[0].line == line
    assert raised.value.problems[0].file == "a.yml"


def test_a_mark_before_the_first_key_is_no_part_of_it(read):
    assert read(b"\xef\xbb\xbfa: 1\n")[0] == {"a": 1}


def test_file_that_is_not_there(tmp_path):
    with pytest.raises(StudyError, match="there is no such file"):
        load(tmp_path / "a.yml", StudyError)


def test_a_value_that_stands_for_itself_does_not_hang(read):
    data, lines = read("a: &x\n  b: *x\n")
    assert lines[("a",)] == 1
    with pytest.raises(StudyError):
        validate(Whole, data, lines, "a.yml", StudyError)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("nam: x\nname: y\n", 1, "nam", 'Did you mean "name"?'),
        ("name: y\nzzz: x\n", 2, "zzz", "Known: name, named, part, parts."),
        ("part: {}\n", None, "name", "is missing. Write a name."),
        ("name: y\npart:\n  size: many\n", 3, "part.size", "must be a valid integer"),
        ("name: y\npart:\n  size: -1\n", 3, "part.size", 'must be greater than or equal to 0. Found "-1".'),
        (
            "name: y\npart: {colour: gren}\n",
            2,
            "part.colour",
            'one of red, green. Found "gren". Did you mean "green"?',
        ),
        ("name: y\nparts:\n  - size: 1\n  - szie: 1\n", 4, "parts[1].szie", 'Did you mean "size"?'),
        ("name: y\nnamed:\n  a:\n    sizes: 1\n", 4, "named.a.sizes", 'Did you mean "size"?'),
    ],
)
def test_problems_of_a_model_name_line_setting_and_remedy(read, text, line, column, said):
    data, lines = read(text)
    with pytest.raises(StudyError) as raised:
        validate(Whole, data, lines, "a.yml", StudyError)
    (problem,) = raised.value.problems
    assert (problem.line, problem.column) == (line, column)
    assert said in problem.what


def test_all_problems_come_at_once(read):
    data, lines = read("nam: x\npart: {size: many, colour: blue}\n")
    with pytest.raises(StudyError) as raised:
        validate(Whole, data, lines, "a.yml", StudyError)
    assert {problem.column for problem in raised.value.problems} == {
        "nam",
        "name",
        "part.size",
        "part.colour",
    }


@pytest.mark.parametrize("text", ["", "- a\n", "words\n", "3\n"])
def test_what_is_no_mapping(read, text):
    data, lines = read(text)
    with pytest.raises(StudyError, match="holds no `key: value` lines"):
        validate(Whole, data, lines, "a.yml", StudyError)


GOOD = """\
study: demo
title: Demo
method: codebook
inputs:
  - {file: a.csv, format: wide, stage: independent, segment: [id, nr], coders: [A, B], variable: mood}
variables:
  mood: {kind: nominal, values: [low, high], where: {speaker: [client]}}
agreement: {where: {coders: at_least 2}, interval: {method: bootstrap}}
exclude: {case: [P1]}
disclosure: {policy: text_free}
"""


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, len(GOOD) - 1),
    cut=st.integers(0, 12),
    put=st.one_of(
        st.text(st.sampled_from("{}[]:,-&*!|>'\"#%@` \n\t0x1_.eyn~?"), max_size=6),
        st.binary(max_size=3),
    ),
)
def test_reading_a_mutated_study_raises_nothing_but_concord_errors(read, at, cut, put):
    mutated = (
        GOOD[:at].encode() + (put if isinstance(put, bytes) else put.encode()) + GOOD[at + cut :].encode()
    )
    try:
        data, lines = read(mutated)
        validate(Study, data, lines, "study.yml", StudyError)
    except ConcordError as error:
        assert error.problems
