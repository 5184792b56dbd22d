"""An executed notebook as one HTML page that stands alone: no script, no address, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from . import normalform
from .passedover import passed_over

__all__ = ["amend", "leave", "render"]

Cell = Mapping[str, Any]

BEGIN, END = "<main>", "</main>"
EMPTY = {"metadata": normalform.METADATA, "nbformat": 4, "nbformat_minor": 5}
TEMPLATES = (Path(__file__).parent / "templates/notebook").parent


def leave(nb: Mapping[str, Any], title: str, copy: Path) -> None:
    """Write an executed notebook and, beside it, its page."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(normalform.dumps(dict(nb)), "utf-8", newline="\n")
    copy.with_suffix(".html").write_text(render(nb, title), "utf-8", newline="\n")


def amend(nb: Mapping[str, Any], title: str, copy: Path) -> None:
    """Write an executed notebook over one from which few cells differ, and make its page from that one's.

    Parameters
    ----------
    nb : mapping
        Notebook in normal form.
    title : str
    copy : Path
        The other notebook, its page beside it, both as `leave` left them.
    """
    earlier, path = normalform.load(copy), copy.with_suffix(".html")
    page = _exchanged(path.read_bytes().decode(), earlier["cells"], nb["cells"], title)
    copy.write_text(normalform.dumps(dict(nb)), "utf-8", newline="\n")
    path.write_text(page or render(nb, title), "utf-8", newline="\n")


def _exchanged(page: str, earlier: Sequence[Cell], cells: Sequence[Cell], title: str) -> str | None:
    """Return a page with other cells in it, or None if what they look like is not found there just once."""
    pairs = list(zip(earlier, cells, strict=False))
    if len(earlier) != len(cells) or earlier == cells:
        return None
    for before, after in pairs:
        if before != after:
            head, old = _looks(before, title)
            _, new = _looks(after, title)
            if not page.startswith(head) or page.count(old) != 1:
                return None
            page = page.replace(old, new)
    return page


def _looks(cell: Cell, title: str) -> tuple[str, str]:
    """Return what comes before the cells of a page, and what a cell looks like there."""
    page = render({**EMPTY, "cells": [cell]}, title)
    start = page.index(BEGIN) + len(BEGIN)
    return page[:start], page[start : page.rindex(END)].strip()


def render(nb: Mapping[str, Any], title: str) -> str:
    """Return the page of a notebook.

    Parameters
    ----------
    nb : mapping
        Notebook in normal form.
    title : str
        The page's title.
    """
    exporter = _exporter()
    import nbformat

    page, _ = exporter.from_notebook_node(nbformat.from_dict(dict(nb)), {"title": title})
    return page


@cache
def _exporter() -> Any:
    """Return what makes pages; kept, so that a process and all its copies compile the templates once."""
    with passed_over():
        from nbconvert import HTMLExporter

    return HTMLExporter(template_name="notebook", extra_template_basedirs=[str(TEMPLATES)], embed_images=True)
