"""reports/index.html: all studies of a workspace on one page that opens offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .htmlpage import house_style, rendered
from .paths import Workspace
from .studies import Glance, glances
from .wholefile import write_text

__all__ = ["confirm_index", "index_page", "is_behind", "write_index"]


def is_behind(workspace: Workspace) -> bool:
    """Tell whether a run or its results are newer than the page: killed, a run has no time to write it."""
    page = _page(workspace)
    told = [*page.parent.glob("*/run.json"), *(workspace.root / "data" / "derived").glob("*/results.json")]
    return not page.is_file() or any(path.stat().st_mtime_ns > page.stat().st_mtime_ns for path in told)


def confirm_index(workspace: Workspace) -> None:
    """Let the page, which a run that found nothing stale left as it was, be newer than that run."""
    _page(workspace).touch()


def write_index(workspace: Workspace) -> None:
    """Write the page anew, in one stroke."""
    text = index_page(glances(workspace))
    write_text(_page(workspace), text, scratch=workspace.scratch / "drafts")


def _page(workspace: Workspace) -> Path:
    return workspace.root / "reports" / "index.html"


def index_page(found: Sequence[Glance]) -> str:
    """Return the page: same studies, same bytes."""
    return rendered("index.html", [house_style()], studies=found)
