"""The published JSON Schemas: as the models are now, and fitting every study that comes with Concord."""

from __future__ import annotations

import json
import runpy

import jsonschema
import pytest
import yaml

from analysis.study import Study

FILES = ("study", "claims")


@pytest.fixture(scope="module")
def validator(checkout):
    def validator(name: str) -> jsonschema.Draft202012Validator:
        schema = json.loads((checkout / "docs" / "schema" / f"{name}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        return jsonschema.Draft202012Validator(schema)

    return validator


def test_published_schemas_are_those_of_the_models(checkout):
    """Write them anew with `python docs/schema/write.py`."""
    folder = checkout / "docs" / "schema"
    made = runpy.run_path(str(folder / "write.py"))["schemas"]()

    assert {path.name for path in folder.glob("*.json")} == set(made)
    for name, text in made.items():
        assert (folder / name).read_text("utf-8") == text, f"{name} is not up to date"


@pytest.mark.parametrize("name", FILES)
def test_bundled_files_fit(checkout, validator, name):
    files = sorted((checkout / "data" / "raw").glob(f"*/{name}.yml"))
    assert len(files) >= 4
    for path in files:
        data = yaml.safe_load(path.read_text("utf-8"))
        assert [error.message for error in validator(name).iter_errors(data)] == [], path.parent.name


def test_bundled_files_point_editors_to_their_schema(checkout):
    for path in (checkout / "data" / "raw").glob("*/study.yml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../../../docs/schema/study.schema.json"
        assert (path.parent / first.partition("$schema=")[2]).resolve().is_file()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("study", {"study": "demo"}),
        ("study", {"segmentaton": "shared"}),
        ("study", {"agreement": {"unit": "paragraphs"}}),
        ("claims", {"id": "a"}),
        ("claims", [{"id": "a", "printed": 0.8}]),
        ("claims", [{"result": "k", "printed": "0.8"}]),
    ],
)
def test_what_concord_refuses_the_schema_refuses(validator, name, data):
    assert list(validator(name).iter_errors(data))


def test_every_setting_is_in_the_schema(validator):
    assert set(validator("study").schema["properties"]) == set(Study.model_fields)
