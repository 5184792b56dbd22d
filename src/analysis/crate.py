"""The metadata of a bundle: an RO-Crate 1.1 that says what every file is and which run made it.

Profiles: RO-Crate 1.1 (https://w3id.org/ro/crate/1.1), Workflow RO-Crate 1.0 and Workflow Run Crate 0.5. The
five notebooks are the workflow; one CreateAction stands for the whole run and one for each notebook.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from rocrate.model.contextentity import ContextEntity  # type: ignore[import-untyped]
from rocrate.model.file import File  # type: ignore[import-untyped]
from rocrate.rocrate import ROCrate  # type: ignore[import-untyped]

from .contents import digest

__all__ = ["METADATA", "About", "crate_json", "told_hashes"]

METADATA = "ro-crate-metadata.json"
WORKFLOW = "software/workflow.json"
LOCK = "software/requirements.lock"
SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
KINDS = {
    ".cff": "text/yaml",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".lock": "text/plain",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".tex": "application/x-tex",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".yml": "text/yaml",
    ".zip": "application/zip",
}
TERMS = (
    "The study's files are its authors' and bear the terms that these state; a study.yml holds none. The "
    "software is under GPL-3.0-or-later."
)


@dataclass(frozen=True)
class About:
    """What the metadata says of a bundle as a whole.

    Parameters
    ----------
    study, title, said : str
        Name, title, and which tier of data is in it.
    date : str
        Day of the run, ISO 8601.
    concord, python : str
        Versions.
    steps : sequence of str
        Notebooks that ran.
    """

    study: str
    title: str
    said: str
    date: str
    concord: str
    python: str
    steps: Sequence[str]


def crate_json(about: About, files: Mapping[str, bytes], described: Mapping[str, str]) -> str:
    """Return ro-crate-metadata.json, the same bytes for the same files.

    Parameters
    ----------
    about : About
    files : mapping
        Path in the bundle -> content; the metadata itself is not among them.
    described : mapping
        Path -> what it is, where there is more to say than its name does.
    """
    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms["sha256"] = SHA256
    _describe_root(crate, about)
    parts = {path: crate.add(_file(crate, path, files[path], described.get(path))) for path in sorted(files)}
    _describe_workflow(crate, about, parts)
    _describe_runs(crate, about, parts)
    return json.dumps(crate.metadata.generate(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def told_hashes(metadata: Any) -> dict[str, str]:
    """Return path -> sha256 of every file that a crate's metadata names; its names are URIs.

    Examples
    --------
    >>> told_hashes({"@graph": [{"@id": "my%20file.csv", "@type": "File", "sha256": "00"}]})
    {'my file.csv': '00'}
    """
    graph = metadata.get("@graph", []) if isinstance(metadata, dict) else []
    return {
        unquote(str(entity["@id"])): str(entity.get("sha256", ""))
        for entity in graph
        if isinstance(entity, dict) and "File" in _listed(entity.get("@type")) and "@id" in entity
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _describe_root(crate: ROCrate, about: About) -> None:
    terms = crate.add(_entity(crate, "#terms", "CreativeWork", name="Terms of use", description=TERMS))
    profiles = [
        crate.add(_entity(crate, url, "CreativeWork", name=name, version=version))
        for url, (name, version) in PROFILES.items()
    ]
    crate.metadata["conformsTo"] = [
        {"@id": "https://w3id.org/ro/crate/1.1"},
        {"@id": "https://w3id.org/workflowhub/workflow-ro-crate/1.0"},
    ]
    root = crate.root_dataset
    root["name"] = f"{about.study}: {about.title}"
    root["description"] = (
        "A coded interview study with everything that its reported numbers follow from. "
        f"{about.said} `concord verify` on this bundle checks every file and recomputes every number."
    )
    root["datePublished"] = about.date
    root["license"] = terms
    root["conformsTo"] = profiles


def _file(crate: ROCrate, path: str, content: bytes, said: str | None) -> File:
    properties: dict[str, Any] = {
        "@type": _types(path),
        "name": PurePosixPath(path).name,
        "contentSize": str(len(content)),
        "encodingFormat": KINDS.get(PurePosixPath(path).suffix, "application/octet-stream"),
        "sha256": digest(content),
    }
    if said:
        properties["description"] = said
    return File(crate, dest_path=path, properties=properties)


def _types(path: str) -> str | list[str]:
    if path == WORKFLOW:
        return ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    return ["File", "SoftwareSourceCode"] if path.startswith("software/notebooks/") else "File"


def _describe_workflow(crate: ROCrate, about: About, parts: Mapping[str, File]) -> None:
    language = _entity(crate, "#jupyter", "ComputerLanguage", name="Jupyter notebooks, run by papermill")
    engine = _entity(crate, "#concord", "SoftwareApplication", name="Concord", softwareVersion=about.concord)
    python = _entity(crate, "#python", "SoftwareApplication", name="Python", softwareVersion=about.python)
    engine["softwareRequirements"] = [python, *([parts[LOCK]] if LOCK in parts else [])]
    given = _entity(
        crate,
        "#parameter-study",
        "FormalParameter",
        name="study",
        additionalType="Text",
        valueRequired="True",
    )
    given["conformsTo"] = {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"}
    for entity in (language, engine, python, given):
        crate.add(entity)
    workflow, notebooks = parts[WORKFLOW], _those(parts, "software/notebooks/")
    workflow["name"] = "concord reproduce"
    workflow["programmingLanguage"] = language
    workflow["input"] = [given]
    workflow["hasPart"] = notebooks
    for notebook in notebooks:
        notebook["programmingLanguage"] = language
    crate.root_dataset["mainEntity"] = workflow


def _describe_runs(crate: ROCrate, about: About, parts: Mapping[str, File]) -> None:
    value = _entity(crate, "#study", "PropertyValue", name="study", value=about.study)
    value["exampleOfWork"] = crate.get("#parameter-study")
    crate.add(value)
    made = {path: part for path, part in parts.items() if path.startswith(("data/derived/", "reports/"))}
    whole = _run(crate, "#run", f"concord reproduce {about.study}", about.date)
    whole["instrument"] = parts[WORKFLOW]
    whole["object"] = [*_those(parts, f"data/raw/{about.study}/"), value]
    whole["result"] = list(made.values())
    runs = [whole]
    for step in about.steps:
        run = _run(crate, f"#run-{step}", step, about.date)
        run["instrument"] = parts[f"software/notebooks/{step}.ipynb"]
        run["object"] = [value]
        run["result"] = [part for path, part in made.items() if PurePosixPath(path).stem == step]
        runs.append(run)
    crate.root_dataset["mentions"] = [crate.add(run) for run in runs]


def _run(crate: ROCrate, at: str, said: str, date: str) -> ContextEntity:
    run = _entity(crate, at, "CreateAction", name=said, endTime=date)
    run["actionStatus"] = "http://schema.org/CompletedActionStatus"
    return run


def _entity(crate: ROCrate, at: str, kind: str, **properties: Any) -> ContextEntity:
    return ContextEntity(crate, at, properties={"@type": kind, **properties})


def _those(parts: Mapping[str, File], prefix: str) -> list[File]:
    return [part for path, part in parts.items() if path.startswith(prefix)]
