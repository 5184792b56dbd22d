"""Workbooks and Word documents that are the same bytes for the same content."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document
    from docx.opc.packuri import PackURI
    from xlsxwriter import Workbook

__all__ = ["WHEN", "plain_workbook", "word_file"]

WHEN = datetime(2000, 1, 1)
"""When every file says it was made."""
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def plain_workbook(buffer: io.BytesIO, title: str | None = None) -> Workbook:
    """Return an empty workbook that goes into `buffer` where it is closed, as at the end of a ``with`` block.

    Text stays text whatever it begins with, so that nothing people wrote becomes a formula or a link.
    """
    import xlsxwriter

    book = xlsxwriter.Workbook(buffer, {"in_memory": True, **PLAIN})
    book.set_properties({"created": WHEN} | ({"title": title} if title is not None else {}))
    return book


def word_file(document: Document) -> bytes:
    """Return a Word document as a file, every entry of it dated alike.

    As python-docx saves it, which dates entries by the clock: to pack them anew takes as long again.
    """
    from docx.opc.pkgwriter import PackageWriter

    package, buffer = document.part.package, io.BytesIO()
    for part in package.parts:
        part.before_marshal()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        writer: Any = _Undated(file)
        PackageWriter._write_content_types_stream(writer, package.parts)
        PackageWriter._write_pkg_rels(writer, package.rels)
        PackageWriter._write_parts(writer, package.parts)
    return buffer.getvalue()


class _Undated:
    """Takes the entries of an office file."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self.file = file

    def write(self, uri: PackURI, content: bytes) -> None:
        """Add an entry."""
        about = zipfile.ZipInfo(uri.membername, WHEN.timetuple()[:6])
        self.file.writestr(about, content, zipfile.ZIP_DEFLATED)
