"""Codings of PDF pages, pictures and recordings: which a text holds already, which are taken, which left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..inputs import Input
from ..schemas import ROW
from .refi_coders import coder_names
from .refi_rows import Area, ProjectXml

__all__ = ["Left", "page_codings"]

Left = Counter[str]
KINDS = {
    "PictureSelection": "codings on pictures",
    "AudioSelection": "codings on audio",
    "VideoSelection": "codings on video",
    "PDFSelection": "codings on areas of PDF pages",
}
TWIN = "codings of PDF pages that the text beside them holds too"
FURTHER = "further pages of a coded passage"


def page_codings(
    xml: ProjectXml, documents: Mapping[str, str], codes: Mapping[str, str], given: Input, left: Left
) -> list[dict[str, Any]]:
    """Return codings of PDF pages whose PDF has no text in the file; all others are counted in `left`.

    Where a PDF has a text, the passages coded in it are text selections with the same GUIDs; what is coded
    only on its pages is an area without a place in the text.

    Returns
    -------
    list of dict
        Cells of segments and codings together; the coder is None where nobody is named.
    """
    users = coder_names(xml)
    rows: list[dict[str, Any]] = []
    by_page = {(a.source, a.name, a.page, _codes(a)) for a in xml.areas if a.kind == "PDFSelection"}
    for area in xml.areas:
        if not area.codings:
            left["selections without a code"] += 1
            continue
        if area.kind != "PDFSelection":
            left[KINDS[area.kind]] += len(area.codings)
        elif area.guid in xml.selection_guids:
            left[TWIN] += len(area.codings)
        elif _goes_on(area, by_page):
            left[FURTHER] += len(area.codings)
        elif xml.sources[area.source].has_text if area.source in xml.sources else True:
            left[KINDS["PDFSelection"]] += len(area.codings)
        else:
            rows += _rows(area, documents, codes, users, given, left)
    return rows


def _codes(area: Area) -> tuple[str, ...]:
    return tuple(sorted(code for _, code, _ in area.codings))


def _goes_on(area: Area, by_page: set[tuple[Any, ...]]) -> bool:
    """Return whether the page before holds the same name and codes: such a passage is written twice."""
    page = int(area.page) if area.page and area.page.strip().isdigit() and len(area.page) < 9 else 0
    return bool(area.name) and page > 0 and (area.source, area.name, str(page - 1), _codes(area)) in by_page


def _rows(
    area: Area,
    documents: Mapping[str, str],
    codes: Mapping[str, str],
    users: Mapping[str, str],
    given: Input,
    left: Left,
) -> list[dict[str, Any]]:
    document = documents[area.source]
    rows = []
    for user, code, created in area.codings:
        if code not in codes:
            left["codings whose code is missing"] += 1
            continue
        named = users.get(user or area.user)
        rows.append(
            {
                "segment_id": f"{document}:page {area.page or '?'}:{area.guid[:8]}",
                "document_id": document,
                "page": area.page,
                "text": area.text,
                "coder_id": given.all_by or named or given.coder,
                "variable": "codes",
                "value": codes[code],
                "stage": given.stage,
                "round": str(given.round),
                "memo": None,
                "created": created,
                ROW: area.line,
            }
        )
    return rows
