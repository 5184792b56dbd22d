"""The page that `concord lab` opens on: studies, their state, the next step, and links to their notebooks."""

from __future__ import annotations

import html
from urllib.parse import quote

from .paths import Workspace
from .studies import Glance, glances
from .tables import Shown

__all__ = ["start"]

NOTEBOOKS = ("01_prepare", "02_agreement", "03_themes", "04_framework", "05_report")
HEADINGS = ("study", "state", "reported numbers", "next")


def start() -> Shown:
    """Return all studies of the workspace as a table."""
    workspace = Workspace.find()
    found = glances(workspace)
    if not found:
        words = "There is no study yet. In a terminal: concord new NAME --method codebook"
        return Shown(f"<p>{html.escape(words)}</p>", words)
    head = "".join(f'<th scope="col" style="text-align:left">{name}</th>' for name in HEADINGS)
    beside = workspace.notebooks.parent == workspace.root
    body = "".join(f"<tr>{_row(each, beside=beside)}</tr>" for each in found)
    caption = '<caption style="text-align:left">Studies of this workspace</caption>'
    markup = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{_links()}"
    return Shown(markup, "; ".join(f"{each.study}: {each.state}, next {each.following}" for each in found))


def _row(each: Glance, *, beside: bool) -> str:
    """Return the cells of a study; JupyterLab can open a report only where it lies `beside` the notebooks."""
    simulated = "<br><strong>simulated data</strong>" if each.simulated else ""
    name = f"<strong>{html.escape(each.study)}</strong><br>{html.escape(each.title)}{simulated}"
    when = f"<br>{each.ran}" if each.ran else ""
    verdicts = html.escape(each.verdicts)
    cells = [
        name,
        f"{html.escape(each.state)}{when}",
        verdicts,
        f"<code>{html.escape(each.following)}</code>",
    ]
    page = f"reports/{quote(each.study)}/index.html"
    if each.report and beside:
        cells[1] += f'<br><a href="../../{page}">open the report</a>'
    elif each.report:
        cells[1] += f"<br>report: <code>{page}</code> in the workspace's folder"
    return "".join(f'<td style="text-align:left;vertical-align:top">{cell}</td>' for cell in cells)


def _links() -> str:
    links = [f'<a href="../{name}.ipynb">{name}</a>' for name in NOTEBOOKS]
    differences = '<a href="differences.ipynb">resolving differences</a>'
    return f"<p>Notebooks: {', '.join(links)}; {differences}. Write the study's name into the first cell.</p>"
