"""reports/index.html: all studies of a workspace on one page that opens offline."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

import jinja2

from .paths import Workspace
from .studies import Glance, glances
from .wholefile import write_text

__all__ = ["index_page", "write_index"]


def write_index(workspace: Workspace) -> None:
    """Write the page anew, in one stroke."""
    page = index_page(glances(workspace))
    write_text(workspace.root / "reports" / "index.html", page, scratch=workspace.scratch / "drafts")


def index_page(found: Sequence[Glance]) -> str:
    """Return the page: same studies, same bytes."""
    style = resources.files("analysis").joinpath("templates/report.css").read_text("utf-8")
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("index.html").render(
        studies=found, style=style, style_hash=f"sha256-{digest}"
    )
