"""A file brought into a study: read, copied into source/, listed in study.yml, and what became of it told."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from . import manifest
from .contents import file_digest
from .errors import Problem, StudyError, UsageError, did_you_mean, quoted
from .importfacts import proof_of
from .inputs import Format, Input, Stage
from .paths import Workspace, refusal
from .read import read_draft
from .read.draft import Draft
from .study import load_study
from .studyfile import first_study, with_input
from .wholefile import move, write_text

__all__ = ["Brought", "bring", "report"]

SQLITE = ("data.qda",)


@dataclass(frozen=True)
class Brought:
    """One file that is now in source/ and in study.yml."""

    file: str
    draft: Draft
    already: bool
    scaffolded: bool


def bring(
    workspace: Workspace,
    study: str,
    files: Sequence[Path],
    *,
    stage: str | None = None,
    format_: str | None = None,
    coder: str | None = None,
    all_by: str | None = None,
) -> list[Brought]:
    """Bring files into a study; all are read before anything is written.

    Parameters
    ----------
    workspace : Workspace
    study : str
        Made with the safest settings if it is not there.
    files : sequence of Path
        Exports or tables, or the folder of a QualCoder project.
    stage, format_, coder, all_by : str, optional
        As in study.yml.

    Raises
    ------
    UsageError
        If an option cannot be meant, or a different file of that name is in source/ already.
    StudyError
        If the study's name or its study.yml is wrong.
    DataError
        If a file cannot be read as what it is; nothing was written then.
    """
    _check(study, stage, format_)
    fresh = study not in workspace.studies()
    read = []
    for path in files:
        origin, name = _origin(path)
        given = Input(file=name, format=format_, stage=stage, coder=coder, all_by=all_by)
        read.append((origin, given, read_draft(origin, given)))
    names = [given.file for _, given, _ in read]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(f"two of the files are called {quoted(twice)}. Rename one.")
    _refuse_others(workspace, study, read)
    return [_put(workspace, study, origin, given, draft, fresh) for origin, given, draft in read]


def report(brought: Brought) -> list[str]:
    """Return the lines that tell what a file held, how its positions were proved and what was lost."""
    facts = brought.draft.facts
    tool = " ".join(str(facts[k]) for k in ("tool", "version") if facts.get(k))
    lines = [
        f"{brought.file}: {', '.join(filter(None, [str(facts.get('format')), tool]))}, "
        f"sha256 {brought.draft.sha256[:12]}"
    ]
    lines += [f"  {name}: {_counts(facts[name])}" for name in ("held", "taken", "left") if facts.get(name)]
    proof = proof_of(facts)
    if proof is not None:
        lines.append(f"  {proof}")
        lines += [f"  positions do not fit: {each}" for each in proof.exceptions]
    if facts.get("positions_by"):
        lines.append(
            f"  Positions: none in the file; found by {facts['positions_by']} once the texts are there."
        )
    return lines + [
        f"  note: {warning.removeprefix(f'{brought.file}: ')}" for warning in brought.draft.warnings
    ]


def _check(study: str, stage: str | None, format_: str | None) -> None:
    if why := refusal(study):
        raise StudyError(Problem(f"a study's name {why}"))
    for option, value, known in (
        ("--stage", stage, get_args(Stage)),
        ("--format", format_, get_args(Format)),
    ):
        if value is not None and value not in known:
            raise UsageError(f"{option} must be one of {', '.join(known)}.{did_you_mean(value, known)}")
    if format_ == "wide":
        raise UsageError(
            "a wide table needs its columns named: put it into source/ and write it into study.yml."
        )


def _origin(path: Path) -> tuple[Path, str]:
    """Return the file to copy and its name in source/."""
    if path.is_dir():
        inside = next((path / name for name in SQLITE if (path / name).is_file()), None)
        if inside is None:
            raise UsageError(f"{quoted(path.name)} is a folder and no QualCoder project (data.qda).")
        return inside, f"{path.name.removesuffix('.qda')}.qda"
    if not path.is_file():
        raise UsageError(f"{quoted(path.name)} is not there.")
    return path, path.name.replace("\\", "_").lstrip("~") or "file"


def _texts_beside(origin: Path) -> list[Path]:
    """Return the texts in the folder `sources` beside a bare .qde: without them it is not whole."""
    if origin.suffix.casefold() != ".qde":
        return []
    folders = [
        each for each in origin.parent.iterdir() if each.name.casefold() == "sources" and each.is_dir()
    ]
    inside = [text for folder in folders if not folder.is_symlink() for text in sorted(folder.iterdir())]
    return [text for text in inside if text.is_file() and not text.is_symlink()]


def _refuse_others(workspace: Workspace, study: str, read: list[tuple[Path, Input, Draft]]) -> None:
    source = workspace.source(study)
    wanted = [(given.file, draft.sha256) for _, given, draft in read]
    wanted += [
        (f"sources/{text.name}", file_digest(text)) for origin, *_ in read for text in _texts_beside(origin)
    ]
    for file, sha256 in wanted:
        there = source / file
        if there.is_file() and file_digest(there) != sha256:
            raise UsageError(
                f"source/ of {study} holds another file called {quoted(file)}. Exports are kept as "
                "they came: rename the new one."
            )


def _put(workspace: Workspace, study: str, origin: Path, given: Input, draft: Draft, fresh: bool) -> Brought:
    source, settings = workspace.source(study), workspace.raw(study) / "study.yml"
    scaffolded = fresh and not settings.is_file()
    line = given.model_dump(exclude_none=True, exclude_defaults=True)
    if scaffolded:
        text = first_study(study, line, "character" if _has_text(draft) else "document")
        already = False
    else:
        before = settings.read_bytes().decode("utf-8-sig")
        already = given.file in {each.file for each in load_study(workspace, study).inputs}
        text = before if already else with_input(before, line)
    _copy(origin, source / given.file, workspace.scratch)
    beside = _texts_beside(origin)
    for each in beside:
        _copy(each, source / "sources" / each.name, workspace.scratch)
    if not already:
        write_text(settings, text, scratch=workspace.scratch)
        try:
            load_study(workspace, study)
        except StudyError:
            if not scaffolded:
                write_text(settings, before, scratch=workspace.scratch)
            raise
    manifest.update(workspace, study, only=[given.file, *(f"sources/{each.name}" for each in beside)])
    return Brought(given.file, draft, already, scaffolded)


def _has_text(draft: Draft) -> bool:
    documents = draft.tables.get("documents")
    return documents is not None and "text" in documents and bool(documents["text"].notna().any())


def _copy(origin: Path, target: Path, scratch: Path) -> None:
    if target.is_file():
        return
    scratch.mkdir(parents=True, exist_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = scratch / f"{target.name}.{secrets.token_hex(6)}"
    shutil.copyfile(origin, part)
    move(part, target)


def _counts(counts: Any) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
