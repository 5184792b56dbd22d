"""source/MANIFEST: the files of source/ as they were frozen, one sha256 a line, as `sha256sum` writes it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from .contents import file_digest, files_below
from .errors import ConcordError, DataError, Problem, quoted
from .paths import Workspace
from .wholefile import write_text

__all__ = [
    "MANIFEST",
    "SAID",
    "changes",
    "compare",
    "found",
    "frozen",
    "note",
    "require",
    "update",
    "warnings",
]

MANIFEST = "MANIFEST"
SAID = {"changed": "changed", "missing": "is gone", "extra": "is new"}
"""What :func:`compare` found, as it is said of anything that has a name and a hash."""
LINE = re.compile(r"(?P<sha>[0-9a-fA-F]{64}) [ *](?P<name>.+)")
GONE = "is not there, though the study was frozen: whether a file of source/ was changed cannot be told."
NONE = "source/ is not frozen, so a changed file goes unnoticed: `concord freeze {study}` keeps its hashes."
FREEZE = "If the change is meant, `concord freeze {study} NAME` takes the files as they are now."


def frozen(workspace: Workspace, study: str) -> dict[str, str] | None:
    """Return name -> sha256 as MANIFEST holds them, or None where a study has no MANIFEST.

    Raises
    ------
    DataError
        If it is no UTF-8; or with every line that is no sha256 and name, or names a file twice.
    """
    path = workspace.source(study) / MANIFEST
    if not path.is_file():
        return None
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        what = "is no text in UTF-8, as `sha256sum` writes it. Save it as UTF-8."
        raise DataError(Problem(what, file=f"source/{MANIFEST}")) from None
    told: dict[str, str] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        match = LINE.fullmatch(line.rstrip())
        if match is None:
            if line.strip():
                what = "is no line of `sha256sum`: 64 digits, two spaces, a file's name."
                problems.append(Problem(what, file=f"source/{MANIFEST}", line=number))
            continue
        name = _name(match["name"].removeprefix("./"))
        if name in told:
            what = f"names {quoted(name)} a second time."
            problems.append(Problem(what, file=f"source/{MANIFEST}", line=number))
        told[name] = match["sha"].lower()
    if problems:
        raise DataError(problems)
    return told


def found(workspace: Workspace, study: str) -> dict[str, str]:
    """Return name -> sha256 of every file that is in source/ now, MANIFEST and editors' drafts aside."""
    source = workspace.source(study)
    if not source.is_dir():
        return {}
    files = {_name(path.relative_to(source).as_posix()): path for path in files_below(source)}
    return {name: file_digest(path) for name, path in sorted(files.items()) if name != MANIFEST}


def changes(workspace: Workspace, study: str) -> list[Problem]:
    """Return what in source/ is not as MANIFEST says: changed, missing and extra files.

    Without one there is nothing to tell, unless the study was frozen: then it was there.

    Raises
    ------
    DataError
        If MANIFEST itself cannot be read.
    """
    then = frozen(workspace, study)
    if then is None:
        return [Problem(GONE, file=f"source/{MANIFEST}")] if _was_frozen(workspace, study) else []
    return [
        Problem(_REFUSED[how], file=f"source/{name}") for name, how in compare(then, found(workspace, study))
    ]


def compare(then: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the name of every file that is not as it was, and whether it is changed, missing or extra.

    Examples
    --------
    >>> compare({"a.csv": "1", "b.csv": "2"}, {"b.csv": "3", "c.csv": "4"})
    [('a.csv', 'missing'), ('b.csv', 'changed'), ('c.csv', 'extra')]
    """
    names = sorted({*then, *now})
    return [
        (name, "extra" if name not in then else "missing" if name not in now else "changed")
        for name in names
        if then.get(name) != now.get(name)
    ]


def require(workspace: Workspace, study: str) -> None:
    """Refuse source files that are not as they were frozen.

    Raises
    ------
    DataError
        With every changed, missing and extra file.
    """
    problems = changes(workspace, study)
    if problems:
        raise DataError(problems, title=f"source/ of {study}", next_step=FREEZE.format(study=study))


def warnings(workspace: Workspace, study: str) -> list[str]:
    """Return a line for each source file that is not as it was frozen, and for a MANIFEST that is none."""
    try:
        return [str(problem) for problem in changes(workspace, study)]
    except ConcordError as error:
        return [str(problem) for problem in error.problems]


def note(workspace: Workspace, study: str) -> str | None:
    """Return how to freeze source/ where nothing ever was, else None."""
    there = (workspace.source(study) / MANIFEST).is_file() or _was_frozen(workspace, study)
    return None if there else NONE.format(study=study)


def update(workspace: Workspace, study: str, only: Iterable[str] | None = None) -> list[str]:
    """Write MANIFEST for the files that are there; return the names whose lines changed.

    Parameters
    ----------
    only : iterable of str, optional
        Take in these files alone and leave every other line, where there is a MANIFEST already: bringing one
        file in must not bless a change to another.

    Raises
    ------
    DataError
        If there is a MANIFEST that cannot be read and `only` some lines are to change.
    """
    now = found(workspace, study)
    then = _readable(workspace, study) if only is None else frozen(workspace, study)
    if only is not None and then is not None:
        taken = {_name(name) for name in only}
        now = {**then, **{name: sha for name, sha in now.items() if name in taken}}
    changed = [name for name, _ in compare(then or {}, now)]
    if changed or then is None:
        text = "".join(f"{now[name]}  {name}\n" for name in sorted(now))
        write_text(workspace.source(study) / MANIFEST, text, scratch=workspace.scratch)
    return changed


_REFUSED = {
    "changed": "is not the file that MANIFEST froze: its sha256 differs.",
    "missing": "is in MANIFEST and is not there.",
    "extra": "is not in MANIFEST.",
}


def _was_frozen(workspace: Workspace, study: str) -> bool:
    return any(workspace.frozen(study).glob("*.json"))


def _readable(workspace: Workspace, study: str) -> dict[str, str] | None:
    try:
        return frozen(workspace, study)
    except DataError:
        return {}


def _name(name: str) -> str:
    """Return a name as Linux and Macs both spell it."""
    return unicodedata.normalize("NFC", name)
