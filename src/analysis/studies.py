"""All studies of a workspace at a glance: state, verdicts, agreement, and what to do next.

Read from what runs left, so it takes a moment and starts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import wholefile
from .errors import ConcordError
from .measurenames import named
from .paths import Workspace
from .study import METHOD_NAMES, Study, load_study

__all__ = ["Glance", "glance", "glances"]

VERDICT_WORDS = {
    "reproduced": "reproduced",
    "reproduced_at_printed_precision": "at printed precision",
    "differs": "differ",
    "decision_flips": "flip a decision",
    "missing": "missing",
    "changed_by_withdrawal": "changed by withdrawal",
    "not_checkable": "not checkable",
}
FAILED = ("differs", "decision_flips", "missing")


@dataclass(frozen=True)
class Glance:
    """One study at a glance.

    Parameters
    ----------
    study, title, method : str
        Method in words; empty where study.yml cannot be read.
    simulated : bool
    state : str
        What a person should know first, such as "run", "never run" or "data not here".
    ran : str
        When it was last run to the end, to the minute in UTC; empty if never.
    verdicts : str
        Claims in words; for a simulated study, that they hold by construction.
    agreement : str
        The headline coefficient in words.
    failed : int
        Claims that did not hold.
    following : str
        The command or act that comes next.
    report : bool
        Whether there is a report to open.
    """

    study: str
    title: str
    method: str
    simulated: bool
    state: str
    ran: str
    verdicts: str
    agreement: str
    failed: int
    following: str
    report: bool


def glances(workspace: Workspace) -> list[Glance]:
    """Return every study of the workspace at a glance, by name."""
    return [glance(workspace, name) for name in workspace.studies()]


def glance(workspace: Workspace, name: str) -> Glance:
    """Return one study at a glance; a study.yml that cannot be read is a state, not an error."""
    try:
        study = load_study(workspace, name)
    except ConcordError:
        return Glance(
            name, "", "", False, "study.yml is not in order", "", "", "", 0, f"concord check {name}", False
        )
    ran, status = _last_run(workspace, name)
    results = {entry["key"]: entry for entry in wholefile.read_json(_results(workspace, name)) or []}
    state, following = _state(workspace, study, status, bool(results))
    return Glance(
        name,
        study.title,
        METHOD_NAMES[study.method],
        study.simulated,
        state,
        ran,
        _verdicts(results, study.simulated),
        _agreement(results, study),
        0 if study.simulated else sum(_count(results, verdict) for verdict in FAILED),
        following,
        (workspace.reports(name) / "index.html").is_file(),
    )


def _results(workspace: Workspace, name: str) -> Any:
    return workspace.derived(name) / "results.json"


def _last_run(workspace: Workspace, name: str) -> tuple[str, str]:
    told = wholefile.read_json(workspace.reports(name) / "run.json")
    if not isinstance(told, dict):
        return "", ""
    ended = told.get("ended")
    when = datetime.fromisoformat(ended).strftime("%Y-%m-%d %H:%M UTC") if isinstance(ended, str) else ""
    return when, str(told.get("status", ""))


def _state(workspace: Workspace, study: Study, status: str, has_results: bool) -> tuple[str, str]:
    """Return what a person should know first, and what comes next."""
    name = study.study
    absent = [each.file for each in study.inputs if not (workspace.source(name) / each.file).exists()]
    if absent:
        return f"data not here ({absent[0]})", f"put the files in source/, or concord fetch {name}"
    if not status or not has_results:
        return "never run", f"concord reproduce {name}"
    if status == "completed":
        return "run", f"concord verify {name}"
    return f"last run {status}", f"concord reproduce {name}"


def _count(results: Mapping[str, Mapping[str, Any]], verdict: str) -> int:
    return int((results.get(f"claims.{verdict}") or {}).get("value") or 0)


def _verdicts(results: Mapping[str, Mapping[str, Any]], simulated: bool) -> str:
    n = _count(results, "n")
    if not n:
        return "no claims" if results else ""
    if simulated:
        held = _count(results, "holds_by_construction")
        return f"{held} of {n} hold by construction (simulated; no verdict on a paper)"
    parts = [f"{count} {words}" for name, words in VERDICT_WORDS.items() if (count := _count(results, name))]
    return f"{n} claims: {', '.join(parts)}"


def _agreement(results: Mapping[str, Mapping[str, Any]], study: Study) -> str:
    """Return the headline: the median over codes, or each variable's coefficient."""
    measure = study.agreement.primary
    wanted = re.compile(rf'agreement\.(?P<of>"[^"]*"|[\w|-]+)\.{measure}(?P<median>\.median)?')
    told = []
    for key, entry in sorted(results.items()):
        match = wanted.fullmatch(key)
        if match and isinstance(entry.get("value"), int | float):
            of = match["of"].strip('"')
            median = ", median over codes" if match["median"] else f" of {of}"
            if of != "codes" or match["median"]:
                told.append(f"{named(measure)}{median}: {entry['value']:.2f}")
    return "; ".join(told[:3])
