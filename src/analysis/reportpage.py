"""The report as one page: self-contained, under its own content security policy, the same bytes each time."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any, Protocol

import jinja2

from .study import Study
from .tables import Shown

__all__ = ["page"]

FIGURE_STYLE = re.compile(r"<defs>\s*<style[^>]*>[^<]*</style>\s*</defs>")
TABLE = re.compile(r'<div class="table"><table><caption([^>]*)>([^<]*)</caption>')
TEMPLATES = resources.files("analysis").joinpath("templates")


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
    style = _text("report.css") + (_text("report/evidence.css") if evidence else "")
    script = _text("report/evidence.js") if evidence else ""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("analysis"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html").render(
        study=study,
        banner=banner.markup,
        sections=[(each.id, each.title, [_for_page(part.markup) for part in each.parts]) for each in parts],
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script) if evidence else "",
        evidence=_embedded(evidence) if evidence else "",
    )


def _for_page(markup: str) -> str:
    """Return markup as the page needs it: tables that scroll can be reached by keyboard.

    The style sheet that each figure brings goes: the page's own says the same once.
    """
    region = r'<div class="table" tabindex="0" role="region" aria-label="Table: \2">'
    return TABLE.sub(region + r"<table><caption\1>\2</caption>", FIGURE_STYLE.sub("", markup))


def _text(name: str) -> str:
    return TEMPLATES.joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return what a content security policy names a text by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _embedded(data: dict[str, Any]) -> str:
    """Return JSON that cannot end the element it stands in, whatever a text holds."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
