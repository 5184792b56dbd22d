"""What a study is now: all that its numbers follow from, by hash, and the numbers; not a word of its text."""

from __future__ import annotations

import csv
import json
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import fingerprints, manifest, normalform, provenance, yamlfile
from .claims import FAILURES, Entries, load_claims
from .contents import digest, file_digest, files_below
from .errors import ClaimsError
from .fingerprints import short
from .graph import STEPS
from .judging import judged
from .paths import Workspace
from .sealing import Sealer
from .sources import Sources
from .stepresults import recorded
from .study import Study, load_study
from .wholefile import read_json

__all__ = ["BUT_WITHDRAWN", "State", "observe", "settings_of", "sources_of"]

LARGE = 64_000_000
BUT_WITHDRAWN = "but_withdrawn"
ON_WITHDRAWAL = ("withdrawn", "consent_quote", "consent_share")  # what changes of who withdraws
SAID = ("says", "note", "because", "source", "basis")  # words of a claim, which no verdict rests on
NO_NUMBER = ("title", "based_on", "study")
OPEN = re.compile(
    r"method|segmentation|double_coding\.drawn|agreement\.(unit|primary|chosen|companions\.\d+|interval\..*)"
    r"|themes\.(counted|ties|labels|show|quotes\..*)|disclosure\.policy|variables\..*\.(kind|levels\.\d+)"
    r"|inputs\.\d+\.(stage|format|table)"
)


@dataclass(frozen=True)
class State:
    """All that a study's numbers follow from, by hash, and the numbers.

    Parameters
    ----------
    study, policy : str
    seal : str
        Tells which key counts are sealed with, where the policy hides small ones; see `sealing`.
    withdrawn : int or str
        Participants who withdrew.
    source : dict
        Name in source/ -> ``sha256``, ``rows`` and ``unordered``, a hash that the order of rows leaves alone;
        for the table of cases also a hash of all but who withdrew and consented.
    decisions, findings, lock : str
        One hash each.
    settings : dict
        Dotted name of study.yml -> value, or a hash of it where it may be a name or somebody's words.
    notebooks : dict
        Step -> hash of what its notebook does.
    code : dict
        File -> function -> short hash, in the order in which data flow.
    versions : dict
        Python and packages.
    results : dict
        Key -> those of ``value``, ``low``, ``high``, ``n`` and ``q`` that are defined; or one keyed hash.
    claims : dict
        Id -> ``printed``, ``digest`` of all that its verdict rests on, ``held``: whether it did, and for a
        table of printed ``cells`` a hash of it.
    tables, figures : dict
        File -> short hash.
    """

    study: str
    policy: str = ""
    seal: str = ""
    withdrawn: Any = 0
    source: dict[str, dict[str, Any]] = field(default_factory=dict)
    decisions: str = ""
    findings: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    notebooks: dict[str, str] = field(default_factory=dict)
    code: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    lock: str = ""
    results: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)


def observe(workspace: Workspace, study: str) -> State:
    """Return the state that a study is in now, its results as the steps recorded them.

    Raises
    ------
    StudyError, ClaimsError
        If study.yml or claims.yml cannot be read.
    """
    plan = load_study(workspace, study)
    sealer = Sealer(workspace, plan)
    raw, derived = workspace.raw(study), workspace.derived(study)
    results = recorded(workspace, study)
    pages = [workspace.notebooks / f"{step.name}.ipynb" for step in STEPS]
    return State(
        study=study,
        policy=plan.disclosure.policy,
        seal=sealer.mark,
        withdrawn=sealer.count("withdrawn", (read_json(derived / "imports.json") or {}).get("withdrawn", 0)),
        source=_source(workspace, study, sealer),
        decisions=_digest_of(raw / "decisions"),
        findings=file_digest(raw / "findings.md"),
        settings=settings_of(plan),
        notebooks={p.stem: normalform.code_digest(normalform.load(p)) for p in pages if p.is_file()},
        code=fingerprints.library(sources_of(workspace), pages),
        versions={"Python": platform.python_version(), **provenance.package_versions()},
        lock=provenance.lock_digest(workspace.lock),
        results={key: sealer.result(r) for r in results if (key := sealer.key(r["key"])) is not None},
        claims=_claims(raw / "claims.yml", sealer, _held(workspace, plan, results)),
        tables=_hashes(derived),
        figures=_hashes(workspace.reports(study) / "figures", "figures/"),
    )


def sources_of(workspace: Workspace) -> Sources:
    """Return the library's code."""
    return Sources(provenance.PACKAGE, workspace.scratch / "source-digests.json")


def settings_of(plan: Study) -> dict[str, Any]:
    """Return the settings that a number may rest on, by dotted name.

    Values of a closed list, numbers and truth values stand as they are, all other words as a hash.
    """
    told = dict(_flat(plan.model_dump(mode="json")))
    return {
        name: _setting(name, value)
        for name, value in told.items()
        if value is not None and not name.startswith(NO_NUMBER)
    }


def _source(workspace: Workspace, study: str, sealer: Sealer) -> dict[str, dict[str, Any]]:
    folder = workspace.source(study)
    return {
        name: {"sha256": sha, **_rows(folder / name, sealer)}
        for name, sha in manifest.found(workspace, study).items()
    }


def _rows(path: Path, sealer: Sealer) -> dict[str, Any]:
    """Return how many rows a table holds and a hash of them in any order; nothing for other files."""
    if path.suffix.lower() not in (".csv", ".tsv") or not path.is_file() or path.stat().st_size > LARGE:
        return {}
    header, *lines = path.read_bytes().splitlines() or [b""]
    unordered = short(b"\n".join([header, *sorted(lines)]), 16)
    told = {"rows": sealer.count(path.name, len(lines)), "unordered": unordered}
    return told | ({BUT_WITHDRAWN: _but_withdrawn(path)} if path.stem == "cases" else {})


def _but_withdrawn(path: Path) -> str:
    """Return a hash of a table of cases that a withdrawal leaves alone, in any order of rows."""
    text = path.read_text("utf-8-sig", errors="replace")
    comma = max(",;\t", key=text.partition("\n")[0].count)
    rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=comma) if row] or [[]]
    kept = [n for n, name in enumerate(rows[0]) if name.strip() not in ON_WITHDRAWAL]
    header, *lines = [[row[n] if n < len(row) else "" for n in kept] for row in rows]
    return short(json.dumps([header, *sorted(lines)], ensure_ascii=False), 16)


def _digest_of(folder: Path) -> str:
    """Return one hash of all files below a folder; their names may be people's."""
    files = files_below(folder) if folder.is_dir() else []
    told = [(path.relative_to(folder).as_posix(), file_digest(path)) for path in files]
    return digest(json.dumps(told, ensure_ascii=False)) if told else ""


def _hashes(folder: Path, prefix: str = "") -> dict[str, str]:
    """Return file -> short hash of the tables and drawings in a folder."""
    files = [path for path in sorted(folder.glob("*.*")) if path.suffix in (".csv", ".svg")]
    return {f"{prefix}{path.name}": short(path.read_bytes(), 16) for path in files}


def _held(workspace: Workspace, plan: Study, results: Entries) -> dict[str, bool]:
    """Return whether each claim that can be checked holds."""
    found = judged(workspace, plan, results, load_claims(workspace, plan.study))
    return {v.claim.id: v.verdict not in FAILURES for v in found if v.claim.status is None}


def _claims(path: Path, sealer: Sealer, held: Mapping[str, bool]) -> dict[str, dict[str, Any]]:
    """Return what every claim prints, a hash of all that its verdict rests on but words, and if it held."""
    if not path.is_file():
        return {}
    data, _ = yamlfile.load(path, ClaimsError)
    told = {}
    for item in data if isinstance(data, list) else []:
        if isinstance(item, dict) and "id" in item:
            name = str(item["id"])
            rests = {key: value for key, value in item.items() if key not in SAID}
            told[name] = {
                "printed": {sealer.key(key) or "": value for key, value in _printed(item).items()},
                "digest": short(json.dumps(rests, sort_keys=True, default=str), 16),
            }
            if name in held:
                told[name]["held"] = sealer.count(f"held {name}", held[name])
            if item.get("cells"):
                told[name]["cells"] = short(file_digest(path.parent / str(item["cells"])), 16)
    return told


def _printed(item: Mapping[str, Any]) -> dict[str, str]:
    """Return result key, or table, -> what is printed."""
    if item.get("table"):
        return {f"{str(item['table']).removesuffix('.csv')}.csv": str(item.get("printed", item.get("cells")))}
    given = item.get("results") or {item.get("result"): item.get("printed")}
    return {str(key): str(value) for key, value in given.items() if key is not None}


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        yield name, value
        return
    for key, each in inner:
        yield from _flat(each, f"{name}.{key}" if name else str(key))


def _setting(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    in_the_open = OPEN.fullmatch(name) is not None and not value.startswith("coder:")
    return value if in_the_open else f"sha256 {short(value, 12)}"
