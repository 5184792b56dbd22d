"""The seeded generator of the two simulated studies, and the truth that it plants in them.

``python -m analysis.simulate`` writes the source tables below data/raw. Every number in them is planted: the
plans in :mod:`duffy` and :mod:`simon` say who raises which code in how many segments and where the two coders
slip; only words, places and order are drawn.

    plan        what is planted
    planted     what an analysis must therefore find
    chance      seeded draws
    text        sentence templates
    interviews  transcripts with positions
    coders      codings with planted slips
    tables      the tidy tables as bytes
    duffy, simon    the two plans; their sentences are in the .yml beside each
"""

from __future__ import annotations

from pathlib import Path

import yaml

from ..errors import UsageError, did_you_mean, quoted
from ..paths import Workspace
from . import duffy, planted, simon
from .plan import Plan
from .planted import Contingency, Truth
from .tables import as_csv, manifest, tables

__all__ = ["STUDIES", "Contingency", "Truth", "files", "truth", "write"]

_PLANS: dict[str, Plan] = {module.PLAN.study: module.PLAN for module in (duffy, simon)}
_SENTENCES = {duffy.PLAN.study: "duffy.yml", simon.PLAN.study: "simon.yml"}
STUDIES = tuple(sorted(_PLANS))


def truth(study: str) -> Truth:
    """Return what is planted in a simulated study.

    Parameters
    ----------
    study : str
        ``duffy2023_simulated`` or ``simon2021_simulated``.

    Raises
    ------
    UsageError
        If no such study is simulated.

    Examples
    --------
    >>> truth("simon2021_simulated").cases
    {'commissioners_and_managers': 10}
    """
    return planted.of(_plan(study))


def files(study: str) -> dict[str, bytes]:
    """Return the files of a simulated study's source/, name -> bytes, with the MANIFEST last.

    Examples
    --------
    >>> sorted(files("duffy2023_simulated"))[:3]
    ['MANIFEST', 'assignments.csv', 'audit.csv']
    """
    written = {f"{table.name}.csv": as_csv(table) for table in tables(_plan(study), _sentences(study))}
    return {**written, "MANIFEST": manifest(written)}


def write(workspace: Workspace) -> list[Path]:
    """Write both studies' source/ below a workspace; return the paths written."""
    written: list[Path] = []
    for study in STUDIES:
        folder = workspace.source(study)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files(study).items():
            (folder / name).write_bytes(content)
            written.append(folder / name)
    return written


def _plan(study: str) -> Plan:
    if study not in _PLANS:
        raise UsageError(
            f"{quoted(study)} is not simulated.{did_you_mean(study, STUDIES)} "
            f"Simulated studies: {', '.join(STUDIES)}."
        )
    return _PLANS[study]


def _sentences(study: str) -> dict[str, list[str]]:
    path = Path(__file__).with_name(_SENTENCES[study])
    return yaml.safe_load(path.read_text(encoding="utf-8"))
