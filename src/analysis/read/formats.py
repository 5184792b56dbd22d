"""Which tool a file comes from, told from what it holds; the reader of every format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import DataError, Problem
from ..inputs import Input
from . import (
    atlasti,
    codingsheet,
    dedoose,
    dedoose_docx,
    doccano,
    labelstudio,
    maxqda,
    maxqda_native,
    nvivo,
    qualcoder,
    refi,
    requal,
    rqda,
    taguette,
    webanno,
)
from .draft import Draft
from .tablefile import first_rows
from .tidy import fits_table, read_tidy, table_named
from .wide import read_wide

__all__ = ["READERS", "is_export", "recognise"]

HEAD = 1 << 16
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
TEXT_TABLES = (".csv", ".tsv", ".txt")

READERS: dict[str, Callable[[Path, Input], Draft]] = {
    "tidy": read_tidy,
    "wide": read_wide,
    "refi-qda": refi.read_refi,
    "refi-codebook": refi.read_refi_codebook,
    "qualcoder": qualcoder.read_qualcoder,
    "rqda": rqda.read_rqda,
    "requal": requal.read_requal,
    "maxqda-project": maxqda_native.read_maxqda_native,
    "taguette": taguette.read_taguette,
    "dedoose-docx": dedoose_docx.read_dedoose_docx,
    "dedoose": dedoose.read_dedoose,
    "atlasti": atlasti.read_atlasti,
    "maxqda": maxqda.read_maxqda,
    "webanno": webanno.read_webanno,
    "labelstudio": labelstudio.read_labelstudio,
    "doccano": doccano.read_doccano,
    "nvivo": nvivo.read_nvivo,
    "coding-sheet": codingsheet.read_codingsheet,
}
RECOGNISERS: dict[str, Callable[[bytes, Path], bool]] = {  # the surest first
    "coding-sheet": codingsheet.recognises,
    "refi-qda": refi.recognises,
    "refi-codebook": refi.recognises_codebook,
    "qualcoder": qualcoder.recognises,
    "rqda": rqda.recognises,
    "requal": requal.recognises,
    "maxqda-project": maxqda_native.recognises,
    "taguette": taguette.recognises,
    "dedoose-docx": dedoose_docx.recognises,
    "dedoose": dedoose.recognises,
    "atlasti": atlasti.recognises,
    "maxqda": maxqda.recognises,
    "webanno": webanno.recognises,
    "labelstudio": labelstudio.recognises,
    "doccano": doccano.recognises,
    "nvivo": nvivo.recognises,
}


def is_export(format_: object) -> bool:
    """Return whether a format is a tool's, not a table that people made for Concord."""
    return format_ in READERS and format_ not in ("tidy", "wide", "coding-sheet")


def recognise(path: Path, given: Input) -> str:
    """Return the format of a file, from its line in study.yml or what it holds.

    A file that is named after a table and has the table's columns is that table.

    Raises
    ------
    DataError
        If it is not there, or is nothing that Concord reads.
    """
    if given.format is not None:
        return given.format
    if given.table:
        return "tidy"
    head = _head(path, given.file)
    named = table_named(given.file)
    if named and fits_table(named, first_rows(head, path)):
        return "tidy"
    for name, recognises in RECOGNISERS.items():
        if recognises(head, path):
            return name
    if path.suffix.casefold() in TEXT_TABLES and (named or not head.startswith((ZIP, OLE))):
        return "tidy"
    what = (
        "is of no format that Concord knows. If it is an export of a tool, name its format after the file in "
        f"study.yml, or give `--format`: {', '.join(READERS)}."
    )
    raise DataError(Problem(what, file=given.file))


def _head(path: Path, name: str) -> bytes:
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(HEAD)
    except FileNotFoundError:
        if path.suffix.casefold() in TEXT_TABLES:
            return b""
        what = "is not there. Put it in source/ or correct `inputs` in study.yml."
        raise DataError(Problem(what, file=name)) from None
    except OSError as error:
        raise DataError(Problem(f"cannot be read ({error.strerror}).", file=name)) from None
