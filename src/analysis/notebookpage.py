"""An executed notebook as one HTML page that stands alone: no script, no address, nothing fetched."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["render"]

TEMPLATES = (Path(__file__).parent / "templates/notebook").parent


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
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="notebook", extra_template_basedirs=[str(TEMPLATES)], embed_images=True
    )
    page, _ = exporter.from_notebook_node(nbformat.from_dict(dict(nb)), {"title": title})
    return page
