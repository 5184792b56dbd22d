"""Claims of a study judged against results, with the tables and printed cells that its workspace holds."""

from __future__ import annotations

from collections.abc import Sequence

from .claims import Claim, Entries, Verdict, judge
from .departures import explained
from .paths import Workspace
from .printedtables import printed_tables_of
from .study import Study
from .tablecells import Tables, tables_of

__all__ = ["judged"]


def judged(
    workspace: Workspace,
    study: Study,
    results: Entries,
    claims: Sequence[Claim],
    *,
    tables: Tables | None = None,
    withdrawn: int = 0,
) -> list[Verdict]:
    """Return the verdict of every claim of a study.

    Parameters
    ----------
    workspace : Workspace
    study : Study
    results : sequence of mapping
        Entries of results.json.
    claims : sequence of Claim
    tables : callable, optional
        Gives the table that a claim names; by default from what the study's run left in the workspace.
    withdrawn : int
        Participants who withdrew: counts that are less by them are no failures.
    """
    name = study.study
    verdicts = judge(
        results,
        claims,
        study.simulated,
        tables=tables or tables_of(workspace, name),
        printed=printed_tables_of(workspace, name),
        minimum=study.agreement.minimum,
    )
    return explained(verdicts, results, withdrawn) if withdrawn else verdicts
