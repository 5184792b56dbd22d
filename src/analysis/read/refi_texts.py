"""The texts of a REFI-QDA project: in the XML, the archive, or a folder `sources` beside a bare .qde."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from ..errors import DataError
from .archive import Archive
from .refi_rows import ProjectXml, SourceRow
from .ruler import Ruler

__all__ = ["Texts", "rulers_of"]

LARGEST_TEXT = 1 << 26


class Texts:
    """Finds a text by the last part of its path: folders and schemes differ from tool to tool.

    Parameters
    ----------
    archive : Archive, optional
    folder : Path, optional
        Where a bare .qde stands; only a folder called sources in it is looked into.
    """

    def __init__(self, archive: Archive | None = None, folder: Path | None = None) -> None:
        self._archive = archive
        self._members: dict[str, str] = {}
        self._files: dict[str, Path] = {}
        for member in sorted(archive.names if archive else [], key=_preferred, reverse=True):
            self._members[_last(member)] = member
        for place in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
            if place.name.casefold() == "sources" and place.is_dir() and not place.is_symlink():
                inside = [
                    each for each in sorted(place.iterdir()) if each.is_file() and not each.is_symlink()
                ]
                self._files |= {_last(each.name): each for each in inside}

    def read(self, path: str | None) -> bytes | None:
        """Return the bytes of a text, or None where it is not there."""
        if not path:
            return None
        name = _last(unquote(path))
        if self._archive is not None and name in self._members:
            return self._archive.read(self._members[name], LARGEST_TEXT)
        if name in self._files and self._files[name].stat().st_size <= LARGEST_TEXT:
            return self._files[name].read_bytes()
        return None


def rulers_of(project: ProjectXml, texts: Texts, file: str) -> tuple[dict[str, Ruler], list[str]]:
    """Return source GUID -> text, and warnings about texts that are missing or in no known encoding."""
    rulers: dict[str, Ruler] = {}
    warnings: list[str] = []
    paths = {row.path for row in project.sources.values() if row.kind == "TextSource" and row.path}
    wanted: Mapping[str, SourceRow] = {
        guid: row
        for guid, row in project.sources.items()
        if row.has_text and not (row.kind == "Transcript" and row.path in paths)
    }
    old = 0
    for guid, row in wanted.items():
        content = row.content if row.content is not None else texts.read(row.path)
        if content is None:
            continue
        try:
            rulers[guid] = Ruler(content)
        except DataError:
            rulers[guid] = Ruler(_old(content))
            old += 1
    if old:
        warnings.append(f"{file}: {old} texts are not UTF-8; read as Windows-1252. Check accented letters.")
    missing = len(wanted) - len(rulers)
    if missing:
        warnings.append(
            f"{file}: {missing} of {len(wanted)} texts are missing. Their codings are kept with the "
            "positions that the file states; what needs their text, such as agreement on characters, "
            "cannot be computed."
        )
    return rulers, warnings


def _last(path: str) -> str:
    name = path.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return unicodedata.normalize("NFC", name).casefold()


def _preferred(member: str) -> tuple[bool, str]:
    return not member.casefold().startswith("sources/"), member


def _old(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode("cp1252", "replace")
