"""REFI-QDA: projects (.qdpx, a bare .qde) and codebooks (.qdc) of any tool, to a Draft.

The coder is the user of each Coding, positions are proved over all texts of the file, and what is not taken
is counted.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import DataError, Problem
from ..inputs import Input
from .archive import Archive
from .contents import sha256_of
from .draft import Draft
from .refi_codes import code_table, of_codebook
from .refi_project import Project, tool_of
from .refi_texts import Texts
from .refi_xml import read_project

__all__ = ["read_refi", "read_refi_codebook", "recognises", "recognises_codebook"]

ZIP = b"PK\x03\x04"


def recognises(head: bytes, path: Path) -> bool:
    """Return whether a file is a project: an archive that holds a .qde, or XML whose root is Project."""
    if head.startswith(ZIP):
        return bool(_qde_members(path))
    return b"<Project" in head and b"QDA-XML" in head


def recognises_codebook(head: bytes, path: Path) -> bool:
    """Return whether a file is a codebook: XML whose root is CodeBook."""
    return b"<CodeBook" in head and b"<Project" not in head


def _qde_members(path: Path) -> list[str]:
    try:
        with Archive(path, path.name) as archive:
            return archive.find(lambda name: name.casefold().endswith(".qde"))
    except DataError:
        return []


def read_refi(path: Path, given: Input) -> Draft:
    """Return what a REFI-QDA project holds.

    Parameters
    ----------
    path : Path
        A .qdpx archive or a bare .qde; texts of the latter may stand in a folder `sources` beside it.
    given : Input
        Its line in study.yml.

    Raises
    ------
    DataError
        If it cannot be read, positions fit no way of counting, or stage or coder are stated nowhere.
    """
    name = given.file
    sha256 = sha256_of(path, name)
    with path.open("rb") as stream:
        packed = stream.read(len(ZIP)) == ZIP
    if not packed:
        with path.open("rb") as stream:
            project = read_project(stream, name)
        return Project(project, Texts(folder=path.parent), given, sha256).draft()
    with Archive(path, name) as archive:
        with archive.open(_project_member(archive, name)) as stream:
            project = read_project(stream, name)
        return Project(project, Texts(archive), given, sha256).draft()


def read_refi_codebook(path: Path, given: Input) -> Draft:
    """Return the codes of a REFI-QDA codebook.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    sha256 = sha256_of(path, given.file)
    with path.open("rb") as stream:
        project = read_project(stream, given.file)
    codes = code_table(project, given.file)
    tool, version = tool_of(project.origin)
    facts: dict[str, object] = {"format": "refi-codebook", "tool": tool, "version": version}
    left = {what: count for what, count in of_codebook(project).items() if count}
    facts |= {"held": dict(sorted(project.held.items())), "taken": {"codes": len(codes)}, "left": left}
    return Draft(given.file, sha256, {"codes": codes}, facts, [])


def _project_member(archive: Archive, name: str) -> str:
    found = archive.find(lambda member: member.casefold().endswith(".qde"))
    outer = [m for m in found if "/" not in m] or found
    named = [m for m in outer if m.rpartition("/")[2].casefold() == "project.qde"] or outer
    if not named:
        raise DataError(Problem("holds no project (.qde).", file=name))
    if len(named) > 1:
        raise DataError(Problem(f"holds {len(named)} projects (.qde); one is expected.", file=name))
    return named[0]
