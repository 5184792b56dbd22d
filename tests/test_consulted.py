"""What a step reads of its study's settings is noted, whichever way it reads them."""

from __future__ import annotations

import copy
import io
import os
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from analysis.consulted import NOTES, Notes, read
from analysis.inforce import EVERYTHING, GIVEN, InForce
from analysis.parts import Part
from analysis.settings import AgreementPlan, Where
from analysis.study import Study
from analysis.watched import watched

STUDY = Study.model_validate(
    {
        "study": "demo",
        "title": "Demo",
        "method": "codebook",
        "inputs": [{"file": "codings.csv"}],
        "double_coding": {"drawn": "random"},
        "variables": {"mood": {"kind": "ordinal"}},
        "agreement": {"unit": "case", "where": {"coders": "at_least 2"}},
        "disclosure": {"policy": "text_free"},
    }
)


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    return Notes(tmp_path, InForce(STUDY))


@pytest.fixture
def study(notes: Notes) -> Study:
    return watched(STUDY, partial(notes.add, GIVEN))


def noted(folder: Path) -> list[str]:
    return sorted(label.removeprefix("setting ") for label in read(folder))


def leaves(part: Part, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the way to every setting."""
    found = []
    for name in type(part).model_fields:
        value = getattr(part, name)
        found += leaves(value, (*path, name)) if isinstance(value, Part) else [(*path, name)]
    return found


def at(part: object, path: tuple[str, ...]) -> object:
    for name in path:
        part = getattr(part, name)
    return part


@pytest.mark.parametrize("path", leaves(STUDY), ids=".".join)
def test_every_setting_reads_as_it_is_and_is_noted(study, tmp_path, path) -> None:
    assert at(study, path) == at(STUDY, path)
    dotted = ".".join(path)
    assert noted(tmp_path) == [dotted if not dotted.startswith("double_coding") else "double_coding"]


def test_what_is_not_read_is_not_noted(study, tmp_path) -> None:
    study.agreement.interval.method  # noqa: B018
    study.agreement.interval.method  # noqa: B018
    study.themes  # noqa: B018
    assert noted(tmp_path) == ["agreement.interval.method"]


def test_what_a_property_or_method_reads_is_noted(study, tmp_path) -> None:
    assert study.agreement.measures == STUDY.agreement.measures
    assert study.agreement.where.at_least == 2
    assert study.not_applicable("02_agreement") is None
    assert noted(tmp_path) == [
        "agreement.companions",
        "agreement.primary",
        "agreement.where.coders",
        "method",
    ]


@pytest.mark.parametrize(
    "whole",
    [
        lambda part: part.model_dump(),
        lambda part: part.model_dump_json(),
        lambda part: part == AgreementPlan(),
        lambda part: AgreementPlan() == part,
        lambda part: list(part),
        repr,
        str,
        lambda part: part.__dict__,
        lambda part: pickle.loads(pickle.dumps(part)),
        copy.deepcopy,
        copy.copy,
        lambda part: part.model_fields_set,
    ],
    ids=["dump", "json", "equal", "equal_from_the_other_side", "iter", "repr", "str", "dict", "pickle",
         "deepcopy", "copy", "fields_set"],
)  # fmt: skip
def test_whoever_takes_a_part_as_a_whole_has_read_all_of_it(study, tmp_path, whole) -> None:
    assert whole(study.agreement) == whole(STUDY.agreement)
    assert noted(tmp_path) == ["agreement"]


def test_a_setting_that_is_replaced_in_a_copy_is_not_read(study, tmp_path) -> None:
    everyone = study.agreement.model_copy(update={"where": Where(), "unit": "segment"})
    changed = study.model_copy(update={"agreement": everyone, "segmentation": "shared"})

    assert (changed.agreement.unit, changed.agreement.where.at_least) == ("segment", 1)
    assert changed.segmentation == "shared"
    assert noted(tmp_path) == []
    assert changed.agreement.primary == STUDY.agreement.primary
    assert noted(tmp_path) == ["agreement.primary"]


def test_a_copy_taken_as_a_whole_is_whole(study, tmp_path) -> None:
    everyone = study.agreement.model_copy(update={"unit": "segment"})
    changed = study.model_copy(update={"agreement": everyone})

    expected = STUDY.model_dump()
    expected["agreement"]["unit"] = "segment"
    assert changed.model_dump() == expected
    assert noted(tmp_path) == ["agreement", "of any kind"]


def test_it_passes_for_a_study(study) -> None:
    assert isinstance(study, Study)
    assert isinstance(study.agreement, AgreementPlan)
    with pytest.raises(AttributeError, match="nothing"):
        study.nothing  # noqa: B018


def test_each_note_has_the_hash_of_what_was_read(study, tmp_path) -> None:
    study.agreement.unit  # noqa: B018
    assert read(tmp_path) == InForce(STUDY).hashes(["setting agreement.unit"])


def test_what_a_step_leaves_without_notes_has_none(tmp_path) -> None:
    assert read(tmp_path) is None


@pytest.mark.parametrize("odd", [b"\xff\n", b"something else\t1\n", b"setting seed\n"])
def test_notes_that_are_none_of_ours_are_no_notes(tmp_path, odd) -> None:
    (tmp_path / NOTES).write_bytes(odd)
    assert read(tmp_path) is None


def test_notes_that_a_step_deletes_stay_away(study, tmp_path) -> None:
    study.seed  # noqa: B018
    (tmp_path / NOTES).unlink()
    study.title  # noqa: B018
    assert read(tmp_path) is None


SPAWNS = "multiprocessing.popen_spawn_posix"  # its first import is all that is heard of a process spawned


@pytest.mark.parametrize(
    "opened",
    [
        Path.read_text,
        lambda path: open(bytes(path)).close(),  # noqa: PTH123
        lambda path: io.FileIO(path).close(),
        lambda path: os.close(os.open(path, os.O_RDONLY)),
        lambda path: pd.read_csv(path),
        lambda path: subprocess.run(["true"], check=True),
        lambda path: os.waitpid(os.spawnlp(os.P_NOWAIT, "true", "true"), 0),
        lambda path: (sys.modules.pop(SPAWNS, None), __import__(SPAWNS)),
    ],
    ids=["pathlib", "bytes", "FileIO", "os", "pandas", "another_program", "spawn", "multiprocessing"],
)
def test_whoever_opens_study_yml_or_starts_a_program_has_read_everything(notes, tmp_path, opened) -> None:
    file = tmp_path / "study.yml"
    file.write_text("study: demo\n", "utf-8")
    notes.watch()
    try:
        opened(tmp_path / "study.yml")
        assert read(tmp_path) == InForce(STUDY).hashes(EVERYTHING)
    finally:
        (tmp_path / NOTES).unlink()


def test_opening_another_file_is_no_reading_of_settings(notes, tmp_path) -> None:
    notes.watch()
    (tmp_path / "cases.csv").write_text("case_id\n", "utf-8")
    assert read(tmp_path) == {}
