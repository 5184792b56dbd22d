"""The report as one page: self-contained, under its own content security policy, the same bytes each time."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Protocol

from .htmlpage import house_style, rendered, template
from .study import Study
from .tables import Shown

__all__ = ["page"]

FIGURE_STYLE = re.compile(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>")
TABLE = re.compile(r'<div class="table"><table><caption([^>]*)>([^<]*)</caption>')


class Part(Protocol):
    """A section of the report."""

    @property
    def id(self) -> str:
        """What its address is."""

    @property
    def title(self) -> str:
        """Its heading."""

    @property
    def parts(self) -> tuple[Shown, ...]:
        """What it shows."""


def page(study: Study, banner: Shown, parts: Sequence[Part], evidence: dict[str, Any] | None = None) -> str:
    """Return the report as one HTML page without any outside address.

    Parameters
    ----------
    study : Study
    banner : Shown
    parts : sequence of Section
    evidence : dict, optional
        As :func:`analysis.evidence.evidence` returns it; without it numbers open nothing and the page holds
        no script at all.
    """
    return rendered(
        "report.html",
        [house_style(), template("report/evidence.css")] if evidence else [house_style()],
        template("report/evidence.js") if evidence else "",
        study=study,
        banner=banner.markup,
        sections=[(each.id, each.title, [_for_page(part.markup) for part in each.parts]) for each in parts],
        evidence=_embedded(evidence) if evidence else "",
    )


def _for_page(markup: str) -> str:
    """Return markup as the page needs it: tables that scroll can be reached by keyboard.

    The style sheet that each figure brings goes: the page's own says the same once.
    """
    region = r'<div class="table" tabindex="0" role="region" aria-label="Table: \2">'
    return TABLE.sub(region + r"<table><caption\1>\2</caption>", FIGURE_STYLE.sub("", markup))


def _embedded(data: dict[str, Any]) -> str:
    """Return JSON that cannot end the element it stands in, whatever a text holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
