"""reports/index.html: all studies of a workspace on one page that opens offline."""

from __future__ import annotations

from collections.abc import Sequence

from .htmlpage import house_style, rendered
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
    return rendered("index.html", [house_style()], studies=found)
