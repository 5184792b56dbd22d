"""An executed notebook as one HTML page that stands alone: no script, no address, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from . import normalform

__all__ = ["leave", "render"]

TEMPLATES = (Path(__file__).parent / "templates/notebook").parent


def leave(nb: Mapping[str, Any], title: str, copy: Path) -> None:
    """Write an executed notebook and, beside it, its page."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(normalform.dumps(dict(nb)), "utf-8", newline="\n")
    copy.with_suffix(".html").write_text(render(nb, title), "utf-8", newline="\n")


def render(nb: Mapping[str, Any], title: str) -> str:
    """Return the page of a notebook.

    Parameters
    ----------
    nb : mapping
        Notebook in normal form.
    title : str
        The page's title.
    """
    import nbformat

    page, _ = _exporter().from_notebook_node(nbformat.from_dict(dict(nb)), {"title": title})
    return page


@cache
def _exporter() -> Any:
    """Return what makes pages; kept, so that a process and all its copies compile the templates once."""
    from nbconvert import HTMLExporter

    return HTMLExporter(template_name="notebook", extra_template_basedirs=[str(TEMPLATES)], embed_images=True)
